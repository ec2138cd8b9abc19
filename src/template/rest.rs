//! What remains of an expression: made, written out, and told from others.

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::names::canonical;
use super::value::{TemplateId, TemplateValue, UnknownRest, ValueKind, ValueLack, ValuePlace};

/// How many bytes of what remains are written out; of what is longer, the beginning and a mark of the whole.
const LONGEST: usize = 600;

/// What remains, of the kind `kind`. Where it would be too deep, it is a mark of the parts.
pub(super) fn rest(kind: ValueKind, lack: Option<ValueLack>) -> TemplateValue {
    let mark = || mark_of(&kind);
    if UnknownRest::fits(&kind) {
        return UnknownRest::value(kind, lack);
    }
    let written = ValueKind::Written(format!("…#{}", mark()).into());
    UnknownRest::value(written, Some(ValueLack::Refused("it nests too deep".into())))
}

/// The call of `function` remains.
pub(super) fn call(function: &str, arguments: Vec<TemplateValue>) -> TemplateValue {
    rest(ValueKind::Call(canonical(function).into(), arguments), None)
}

/// The call of `function` has no value for the reason `why`.
pub(super) fn refused_call(function: &str, arguments: Vec<TemplateValue>, why: impl Into<Rc<str>>) -> TemplateValue {
    rest(ValueKind::Call(canonical(function).into(), arguments), Some(ValueLack::Refused(why.into())))
}

/// The expression that is written as `text` has no value for the reason `why`.
pub(super) fn refused(text: &str, why: impl Into<Rc<str>>) -> TemplateValue {
    rest(ValueKind::Written(text.into()), Some(ValueLack::Refused(why.into())))
}

/// The expression that is written as `text` lacks something.
pub(super) fn lacking(text: &str, lack: ValueLack) -> TemplateValue {
    rest(ValueKind::Written(text.into()), Some(lack))
}

/// The property `name` of the resource group, or of whatever `function` gives in `place`.
pub(super) fn member_of_place(function: &str, name: &str, place: &ValuePlace) -> TemplateValue {
    let call =
        rest(ValueKind::Call(function.into(), Vec::new()), Some(ValueLack::Deployment(format!("{function}()").into())));
    rest(ValueKind::Member(of_place(call, place), name.into()), None)
}

/// What a function of a nested deployment gives that puts its resources elsewhere, told from what it gives outside.
pub(super) fn of_place(value: TemplateValue, place: &ValuePlace) -> TemplateValue {
    of_own(value, place.deployment.as_ref())
}

/// What something of a nested deployment is, told from what it is outside.
pub(super) fn of_own(value: TemplateValue, deployment: Option<&Rc<str>>) -> TemplateValue {
    match deployment {
        Some(deployment) => rest(ValueKind::Of(Rc::clone(deployment), value), None),
        None => value,
    }
}

/// A value, or what remains of it, as an expression that tells it from every other.
pub(super) fn written(value: &TemplateValue) -> String {
    let mut text = Limited { text: String::new(), is_whole: true };
    // The only error is that the text is full.
    let is_whole = write_value(&mut text, value).is_ok() && text.is_whole;
    match is_whole {
        true => text.text,
        false => format!("{}…#{}", text.text, marked(value)),
    }
}

/// Some digits that tell a value from every other.
pub(super) fn marked(value: &TemplateValue) -> String {
    hex(&RestMarks::default().value(value))
}

fn mark_of(kind: &ValueKind) -> String {
    hex(&RestMarks::default().kind(kind))
}

fn hex(digest: &[u8; 32]) -> String {
    digest.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A text that takes a bounded number of bytes.
struct Limited {
    text: String,
    is_whole: bool,
}

impl Write for Limited {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = LONGEST.saturating_sub(self.text.len());
        if piece.len() <= room {
            self.text.push_str(piece);
            return Ok(());
        }
        let end = (0..=room).rev().find(|end| piece.is_char_boundary(*end)).unwrap_or(0);
        self.text.push_str(piece.get(..end).unwrap_or_default());
        self.is_whole = false;
        Err(fmt::Error)
    }
}

fn write_value(f: &mut Limited, value: &TemplateValue) -> fmt::Result {
    match value {
        TemplateValue::Null => f.write_str("null()"),
        TemplateValue::Bool(true) => f.write_str("true()"),
        TemplateValue::Bool(false) => f.write_str("false()"),
        TemplateValue::Number(number) => write!(f, "{number}"),
        TemplateValue::Text(text) => write_text(f, text),
        TemplateValue::Id(id) => write_id(f, id),
        TemplateValue::List(list) => write_call(f, "createArray", list.items.iter()),
        TemplateValue::Object(object) => {
            let pairs = object.entries.iter().flat_map(|(key, value)| [RestPart::Key(key), RestPart::Value(value)]);
            f.write_str("createObject(")?;
            write_parts(f, pairs)?;
            f.write_str(")")
        }
        TemplateValue::Unknown(rest) => write_rest(f, &rest.kind),
    }
}

fn write_rest(f: &mut Limited, kind: &ValueKind) -> fmt::Result {
    match kind {
        ValueKind::Parameter(name) => write!(f, "parameters('{name}')"),
        // The index of a loop that goes round nobody knows how often.
        ValueKind::Bound(name) if name.ends_with(')') => f.write_str(name),
        ValueKind::Bound(name) => write!(f, "lambdaVariables('{name}')"),
        ValueKind::Written(text) => f.write_str(text),
        ValueKind::Call(function, arguments) => write_call(f, function, arguments.iter()),
        ValueKind::Member(of, name) => {
            write_value(f, of)?;
            write!(f, ".{name}")
        }
        ValueKind::Item(of, index) => {
            write_value(f, of)?;
            f.write_str("[")?;
            write_value(f, index)?;
            f.write_str("]")
        }
        ValueKind::Lambda(names, body) => {
            f.write_str("lambda(")?;
            names.iter().try_for_each(|name| write!(f, "'{name}', "))?;
            write_value(f, body)?;
            f.write_str(")")
        }
        ValueKind::Of(deployment, value) => {
            write!(f, "deployment('{deployment}').")?;
            write_value(f, value)
        }
    }
}

enum RestPart<'v> {
    Key(&'v str),
    Value(&'v TemplateValue),
}

fn write_parts<'v>(f: &mut Limited, parts: impl Iterator<Item = RestPart<'v>>) -> fmt::Result {
    for (index, part) in parts.enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        match part {
            RestPart::Key(key) => write_text(f, key)?,
            RestPart::Value(value) => write_value(f, value)?,
        }
    }
    Ok(())
}

fn write_call<'v>(f: &mut Limited, function: &str, arguments: impl Iterator<Item = &'v TemplateValue>) -> fmt::Result {
    write!(f, "{function}(")?;
    write_parts(f, arguments.map(RestPart::Value))?;
    f.write_str(")")
}

fn write_text(f: &mut Limited, text: &str) -> fmt::Result {
    f.write_str("'")?;
    for (index, piece) in text.split('\'').enumerate() {
        f.write_str(if index == 0 { "" } else { "''" })?;
        f.write_str(piece)?;
    }
    f.write_str("'")
}

fn write_id(f: &mut Limited, id: &TemplateId) -> fmt::Result {
    if let Some(deployment) = &id.place.deployment {
        write!(f, "deployment('{deployment}').")?;
    }
    f.write_str("resourceId(")?;
    if let Some(group) = &id.group {
        write_text(f, group)?;
        f.write_str(", ")?;
    }
    write_text(f, &id.kind)?;
    id.names.iter().try_for_each(|name| {
        f.write_str(", ")?;
        write_value(f, name)
    })?;
    f.write_str(")")
}

/// Digests, each shared part once.
#[derive(Default)]
struct RestMarks {
    known: HashMap<usize, [u8; 32]>,
}

impl RestMarks {
    fn value(&mut self, value: &TemplateValue) -> [u8; 32] {
        match value {
            TemplateValue::Null => digest("null", &[]),
            TemplateValue::Bool(value) => digest(if *value { "true" } else { "false" }, &[]),
            TemplateValue::Number(number) => digest("number", &[digest(&number.to_string(), &[])]),
            TemplateValue::Text(text) => digest("text", &[digest(text, &[])]),
            TemplateValue::Id(id) => self.once(Rc::as_ptr(id).addr(), |marks| marks.id(id)),
            TemplateValue::List(list) => self.once(Rc::as_ptr(list).addr(), |marks| {
                let items: Vec<[u8; 32]> = list.items.iter().map(|item| marks.value(item)).collect();
                digest("list", &items)
            }),
            TemplateValue::Object(object) => self.once(Rc::as_ptr(object).addr(), |marks| {
                let pairs = object.entries.iter().flat_map(|(key, value)| [digest(key, &[]), marks.value(value)]);
                digest("object", &pairs.collect::<Vec<_>>())
            }),
            TemplateValue::Unknown(rest) => self.once(Rc::as_ptr(rest).addr(), |marks| marks.kind(&rest.kind)),
        }
    }

    fn once(&mut self, at: usize, make: impl FnOnce(&mut Self) -> [u8; 32]) -> [u8; 32] {
        if let Some(known) = self.known.get(&at) {
            return *known;
        }
        let made = make(self);
        self.known.insert(at, made);
        made
    }

    fn id(&mut self, id: &TemplateId) -> [u8; 32] {
        let stated = [id.place.deployment.as_deref(), id.group.as_deref(), Some(&*id.kind)];
        let mut parts: Vec<[u8; 32]> = stated.iter().map(|part| digest(part.unwrap_or_default(), &[])).collect();
        parts.extend(id.names.iter().map(|name| self.value(name)));
        digest("id", &parts)
    }

    fn kind(&mut self, kind: &ValueKind) -> [u8; 32] {
        match kind {
            ValueKind::Parameter(name) => digest("parameter", &[digest(name, &[])]),
            ValueKind::Bound(name) => digest("bound", &[digest(name, &[])]),
            ValueKind::Written(text) => digest("written", &[digest(text, &[])]),
            ValueKind::Call(function, arguments) => {
                let mut parts = vec![digest(function, &[])];
                parts.extend(arguments.iter().map(|argument| self.value(argument)));
                digest("call", &parts)
            }
            ValueKind::Member(of, name) => digest("member", &[self.value(of), digest(name, &[])]),
            ValueKind::Item(of, index) => digest("item", &[self.value(of), self.value(index)]),
            ValueKind::Lambda(names, body) => digest("lambda", &[digest(&names.join(","), &[]), self.value(body)]),
            ValueKind::Of(deployment, value) => digest("of", &[digest(deployment, &[]), self.value(value)]),
        }
    }
}

fn digest(text: &str, parts: &[[u8; 32]]) -> [u8; 32] {
    let mut all = Sha256::new();
    all.update(text.as_bytes());
    all.update([0]);
    parts.iter().for_each(|part| all.update(part));
    all.finalize().into()
}
