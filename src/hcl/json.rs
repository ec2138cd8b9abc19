//! `.tf.json`: the syntax of JSON, whose texts are templates.
//!
//! Source: HashiCorp, "JSON Configuration Syntax" of Terraform 1.9. Whether a property is an attribute or a block is for the
//! provider's schema to say: here it is an attribute, but for `dynamic`, which only a block has.

use std::rc::Rc;

use super::ast::{Attribute, Expr, HclBlock, HclBody, HclKind};
use super::fault::WrongHcl;
use super::number::Number;
use super::syntax::{self, HclSource};
use crate::source::LayoutStretch;

/// How deep values may be nested.
const DEEPEST: usize = 64;

/// A value with its place.
struct HclJson {
    at: LayoutStretch,
    kind: HclJsonKind,
}

enum HclJsonKind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<HclJson>),
    Object(Vec<(HclJson, HclJson)>),
}

/// What a file contains.
pub(super) fn body(number: usize, text: &str) -> Result<HclBody, WrongHcl> {
    let document = document(number, text)?;
    let HclJsonKind::Object(entries) = document.kind else {
        return Err(WrongHcl::last(document.at, "expected an object"));
    };
    let mut body = HclBody::default();
    for (key, value) in entries {
        top_level(&name(&key)?, key.at, value, &mut body)?;
    }
    Ok(body)
}

/// What a file of values contains.
pub(super) fn values(number: usize, text: &str) -> Result<HclBody, WrongHcl> {
    let document = document(number, text)?;
    let attributes = attributes(document)?;
    Ok(HclBody { attributes, blocks: Vec::new() })
}

fn document(number: usize, text: &str) -> Result<HclJson, WrongHcl> {
    let mut reader = HclJsonReader { number, text, at: 0 };
    reader.at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let document = reader.value(DEEPEST)?;
    reader.blanks();
    if reader.at < text.len() { Err(reader.expected("the end of the file")) } else { Ok(document) }
}

fn name(key: &HclJson) -> Result<Rc<str>, WrongHcl> {
    match &key.kind {
        HclJsonKind::Text(text) => Ok(text.as_str().into()),
        _ => Err(WrongHcl::last(key.at, "expected a name")),
    }
}

/// A block of the file, by how many labels its kind has.
fn top_level(kind: &str, at: LayoutStretch, value: HclJson, body: &mut HclBody) -> Result<(), WrongHcl> {
    let labels = match kind {
        "//" => return Ok(()),
        "resource" | "data" | "ephemeral" => 2,
        "variable" | "output" | "module" | "provider" | "check" => 1,
        _ => 0,
    };
    labelled(kind, &[], labels, at, value, body)
}

fn labelled(
    kind: &str,
    labels: &[Rc<str>],
    missing: usize,
    at: LayoutStretch,
    value: HclJson,
    body: &mut HclBody,
) -> Result<(), WrongHcl> {
    match (value.kind, missing) {
        (HclJsonKind::List(items), _) => {
            items.into_iter().try_for_each(|item| labelled(kind, labels, missing, at, item, body))
        }
        (HclJsonKind::Object(entries), 1..) => entries.into_iter().try_for_each(|(key, inner)| {
            let own: Vec<Rc<str>> = labels.iter().cloned().chain([name(&key)?]).collect();
            if &*own.last().cloned().unwrap_or_default() == "//" {
                return Ok(());
            }
            labelled(kind, &own, missing - 1, key.at, inner, body)
        }),
        (HclJsonKind::Object(entries), 0) => {
            let value = HclJson { at: value.at, kind: HclJsonKind::Object(entries) };
            let inner = block_body(kind, value)?;
            body.blocks.push(HclBlock { kind: kind.into(), labels: labels.to_vec(), at, body: inner });
            Ok(())
        }
        _ => Err(WrongHcl::last(value.at, format!("expected an object for `{kind}`"))),
    }
}

/// The body of a block.
fn block_body(kind: &str, value: HclJson) -> Result<HclBody, WrongHcl> {
    let HclJsonKind::Object(entries) = value.kind else { return Err(WrongHcl::last(value.at, "expected an object")) };
    let mut body = HclBody::default();
    for (key, value) in entries {
        let own = name(&key)?;
        match (kind, &*own) {
            (_, "//") => {}
            ("resource" | "data" | "content", "dynamic") => dynamic(value, &mut body)?,
            // A type is an expression, not a template.
            ("variable", "type") => body.attributes.push(type_attribute(own, value)?),
            _ => body.attributes.push(Attribute { name: own, at: key.at, value: expr(value)? }),
        }
    }
    Ok(body)
}

fn type_attribute(name: Rc<str>, value: HclJson) -> Result<Attribute, WrongHcl> {
    let HclJsonKind::Text(text) = value.kind else { return Err(WrongHcl::last(value.at, "expected a type as a text")) };
    let source = HclSource { number: value.at.text, text: &text, offset: 0, fixed: Some(value.at) };
    Ok(Attribute { name, at: value.at, value: syntax::expression(source)? })
}

/// Blocks that are made from a collection, by the kind that they have.
fn dynamic(value: HclJson, body: &mut HclBody) -> Result<(), WrongHcl> {
    match value.kind {
        HclJsonKind::List(items) => items.into_iter().try_for_each(|item| dynamic(item, body)),
        HclJsonKind::Object(entries) => entries.into_iter().try_for_each(|(key, value)| {
            let kind = name(&key)?;
            each_dynamic(&kind, key.at, value, body)
        }),
        _ => Err(WrongHcl::last(value.at, "expected an object for `dynamic`")),
    }
}

fn each_dynamic(kind: &Rc<str>, at: LayoutStretch, value: HclJson, body: &mut HclBody) -> Result<(), WrongHcl> {
    if let HclJsonKind::List(items) = value.kind {
        return items.into_iter().try_for_each(|item| each_dynamic(kind, at, item, body));
    }
    let HclJsonKind::Object(entries) = value.kind else { return Err(WrongHcl::last(value.at, "expected an object")) };
    let mut inner = HclBody::default();
    for (key, value) in entries {
        match (&*name(&key)?, value) {
            ("content", value) => {
                let body = block_body("content", only(value))?;
                inner.blocks.push(HclBlock { kind: "content".into(), labels: Vec::new(), at: key.at, body });
            }
            // The name of a variable.
            ("iterator", HclJson { at, kind: HclJsonKind::Text(text) }) => {
                let value = Expr { at, kind: HclKind::Variable(text.as_str().into()) };
                inner.attributes.push(Attribute { name: "iterator".into(), at, value });
            }
            (own, value) => inner.attributes.push(Attribute { name: own.into(), at: key.at, value: expr(value)? }),
        }
    }
    body.blocks.push(HclBlock { kind: "dynamic".into(), labels: vec![Rc::clone(kind)], at, body: inner });
    Ok(())
}

/// The only element of a list, or the value itself.
fn only(value: HclJson) -> HclJson {
    match value.kind {
        HclJsonKind::List(mut items) if items.len() == 1 => {
            items.pop().unwrap_or(HclJson { at: value.at, kind: HclJsonKind::Null })
        }
        kind => HclJson { at: value.at, kind },
    }
}

fn attributes(value: HclJson) -> Result<Vec<Attribute>, WrongHcl> {
    let HclJsonKind::Object(entries) = value.kind else { return Err(WrongHcl::last(value.at, "expected an object")) };
    let attribute =
        |(key, value): (HclJson, HclJson)| Ok(Attribute { name: name(&key)?, at: key.at, value: expr(value)? });
    entries.into_iter().map(attribute).collect()
}

fn expr(value: HclJson) -> Result<Expr, WrongHcl> {
    let at = value.at;
    let kind = match value.kind {
        HclJsonKind::Null => HclKind::Null,
        HclJsonKind::Bool(truth) => HclKind::Bool(truth),
        HclJsonKind::Number(text) => match Number::parse(&text) {
            Some(number) => HclKind::Number(number),
            None => return Err(WrongHcl::last(at, "the number is too large or too precise: expected at most 64 bits")),
        },
        HclJsonKind::Text(text) => {
            let source = HclSource { number: at.text, text: &text, offset: 0, fixed: Some(at) };
            syntax::template(source)?.kind
        }
        HclJsonKind::List(items) => HclKind::List(items.into_iter().map(expr).collect::<Result<_, _>>()?),
        HclJsonKind::Object(entries) => {
            let entry = |(key, value)| Ok((expr(key)?, expr(value)?));
            HclKind::Object(entries.into_iter().map(entry).collect::<Result<_, _>>()?)
        }
    };
    Ok(Expr { at, kind })
}

struct HclJsonReader<'t> {
    number: usize,
    text: &'t str,
    at: usize,
}

impl HclJsonReader<'_> {
    fn stretch(&self, start: usize) -> LayoutStretch {
        let of = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        LayoutStretch { text: self.number, start: of(start), end: of(self.at) }
    }

    fn expected(&self, what: &str) -> WrongHcl {
        let found = self.rest().chars().next().map_or_else(|| "the end of the file".to_owned(), |c| format!("`{c}`"));
        WrongHcl::last(self.stretch(self.at), format!("found {found}, expected {what}"))
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn takes(&mut self, text: &str) -> bool {
        let is = self.rest().starts_with(text);
        self.at += if is { text.len() } else { 0 };
        is
    }

    fn value(&mut self, depth: usize) -> Result<HclJson, WrongHcl> {
        self.blanks();
        let start = self.at;
        let Some(depth) = depth.checked_sub(1) else { return Err(self.expected("fewer values in each other")) };
        let kind = match self.rest().bytes().next() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => HclJsonKind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.takes("null") => HclJsonKind::Null,
            _ if self.takes("true") => HclJsonKind::Bool(true),
            _ if self.takes("false") => HclJsonKind::Bool(false),
            _ => return Err(self.expected("a value")),
        };
        Ok(HclJson { at: self.stretch(start), kind })
    }

    fn number(&mut self) -> HclJsonKind {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default().to_owned();
        self.at += end;
        HclJsonKind::Number(text)
    }

    fn string(&mut self) -> Result<String, WrongHcl> {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.bytes().enumerate().skip(1).find(|(_, byte)| {
            let ends = !escaped && *byte == b'"';
            escaped = !escaped && *byte == b'\\';
            ends
        });
        let written = end.and_then(|(end, _)| rest.get(..=end));
        match written.and_then(|written| Some((written.len(), serde_json::from_str(written).ok()?))) {
            Some((length, text)) => {
                self.at += length;
                Ok(text)
            }
            None => Err(self.expected("a text that ends")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<HclJsonKind, WrongHcl> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.takes("]") {
            return Ok(HclJsonKind::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.blanks();
            match (self.takes(","), self.rest().starts_with(']')) {
                (true, _) => {}
                (false, true) => {
                    self.at += 1;
                    return Ok(HclJsonKind::List(items));
                }
                (false, false) => return Err(self.expected("`,` or `]`")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<HclJsonKind, WrongHcl> {
        self.at += 1;
        let mut entries = Vec::new();
        self.blanks();
        if self.takes("}") {
            return Ok(HclJsonKind::Object(entries));
        }
        loop {
            self.blanks();
            let start = self.at;
            if !self.rest().starts_with('"') {
                return Err(self.expected("a name in quotes"));
            }
            let key = self.string()?;
            let key = HclJson { at: self.stretch(start), kind: HclJsonKind::Text(key) };
            self.blanks();
            if !self.takes(":") {
                return Err(self.expected("`:`"));
            }
            entries.push((key, self.value(depth)?));
            self.blanks();
            match (self.takes(","), self.rest().starts_with('}')) {
                (true, _) => {}
                (false, true) => {
                    self.at += 1;
                    return Ok(HclJsonKind::Object(entries));
                }
                (false, false) => return Err(self.expected("`,` or `}`")),
            }
        }
    }
}
