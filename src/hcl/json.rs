//! `.tf.json`: the syntax of JSON, whose texts are templates.
//!
//! Source: HashiCorp, "JSON Configuration Syntax" of Terraform 1.9. Whether a property is an attribute or a block is for the
//! provider's schema to say: here it is an attribute, but for `dynamic`, which only a block has.

use std::rc::Rc;

use super::ast::{Attribute, Block, Body, Expr, Kind};
use super::fault::Wrong;
use super::number::Number;
use super::syntax::{self, Source};
use crate::source::Stretch;

/// How deep values may be nested.
const DEEPEST: usize = 64;

/// A value with its place.
struct Json {
    at: Stretch,
    kind: JsonKind,
}

enum JsonKind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(Json, Json)>),
}

/// What a file contains.
pub(super) fn body(number: usize, text: &str) -> Result<Body, Wrong> {
    let document = document(number, text)?;
    let JsonKind::Object(entries) = document.kind else { return Err(Wrong::last(document.at, "expected an object")) };
    let mut body = Body::default();
    for (key, value) in entries {
        top_level(&name(&key)?, key.at, value, &mut body)?;
    }
    Ok(body)
}

/// What a file of values contains.
pub(super) fn values(number: usize, text: &str) -> Result<Body, Wrong> {
    let document = document(number, text)?;
    let attributes = attributes(document)?;
    Ok(Body { attributes, blocks: Vec::new() })
}

fn document(number: usize, text: &str) -> Result<Json, Wrong> {
    let mut reader = Reader { number, text, at: 0 };
    reader.at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let document = reader.value(DEEPEST)?;
    reader.blanks();
    if reader.at < text.len() { Err(reader.expected("the end of the file")) } else { Ok(document) }
}

fn name(key: &Json) -> Result<Rc<str>, Wrong> {
    match &key.kind {
        JsonKind::Text(text) => Ok(text.as_str().into()),
        _ => Err(Wrong::last(key.at, "expected a name")),
    }
}

/// A block of the file, by how many labels its kind has.
fn top_level(kind: &str, at: Stretch, value: Json, body: &mut Body) -> Result<(), Wrong> {
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
    at: Stretch,
    value: Json,
    body: &mut Body,
) -> Result<(), Wrong> {
    match (value.kind, missing) {
        (JsonKind::List(items), _) => {
            items.into_iter().try_for_each(|item| labelled(kind, labels, missing, at, item, body))
        }
        (JsonKind::Object(entries), 1..) => entries.into_iter().try_for_each(|(key, inner)| {
            let own: Vec<Rc<str>> = labels.iter().cloned().chain([name(&key)?]).collect();
            if &*own.last().cloned().unwrap_or_default() == "//" {
                return Ok(());
            }
            labelled(kind, &own, missing - 1, key.at, inner, body)
        }),
        (JsonKind::Object(entries), 0) => {
            let value = Json { at: value.at, kind: JsonKind::Object(entries) };
            let inner = block_body(kind, value)?;
            body.blocks.push(Block { kind: kind.into(), labels: labels.to_vec(), at, body: inner });
            Ok(())
        }
        _ => Err(Wrong::last(value.at, format!("expected an object for `{kind}`"))),
    }
}

/// The body of a block.
fn block_body(kind: &str, value: Json) -> Result<Body, Wrong> {
    let JsonKind::Object(entries) = value.kind else { return Err(Wrong::last(value.at, "expected an object")) };
    let mut body = Body::default();
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

fn type_attribute(name: Rc<str>, value: Json) -> Result<Attribute, Wrong> {
    let JsonKind::Text(text) = value.kind else { return Err(Wrong::last(value.at, "expected a type as a text")) };
    let source = Source { number: value.at.text, text: &text, offset: 0, fixed: Some(value.at) };
    Ok(Attribute { name, at: value.at, value: syntax::expression(source)? })
}

/// Blocks that are made from a collection, by the kind that they have.
fn dynamic(value: Json, body: &mut Body) -> Result<(), Wrong> {
    match value.kind {
        JsonKind::List(items) => items.into_iter().try_for_each(|item| dynamic(item, body)),
        JsonKind::Object(entries) => entries.into_iter().try_for_each(|(key, value)| {
            let kind = name(&key)?;
            each_dynamic(&kind, key.at, value, body)
        }),
        _ => Err(Wrong::last(value.at, "expected an object for `dynamic`")),
    }
}

fn each_dynamic(kind: &Rc<str>, at: Stretch, value: Json, body: &mut Body) -> Result<(), Wrong> {
    if let JsonKind::List(items) = value.kind {
        return items.into_iter().try_for_each(|item| each_dynamic(kind, at, item, body));
    }
    let JsonKind::Object(entries) = value.kind else { return Err(Wrong::last(value.at, "expected an object")) };
    let mut inner = Body::default();
    for (key, value) in entries {
        match (&*name(&key)?, value) {
            ("content", value) => {
                let body = block_body("content", only(value))?;
                inner.blocks.push(Block { kind: "content".into(), labels: Vec::new(), at: key.at, body });
            }
            // The name of a variable.
            ("iterator", Json { at, kind: JsonKind::Text(text) }) => {
                let value = Expr { at, kind: Kind::Variable(text.as_str().into()) };
                inner.attributes.push(Attribute { name: "iterator".into(), at, value });
            }
            (own, value) => inner.attributes.push(Attribute { name: own.into(), at: key.at, value: expr(value)? }),
        }
    }
    body.blocks.push(Block { kind: "dynamic".into(), labels: vec![Rc::clone(kind)], at, body: inner });
    Ok(())
}

/// The only element of a list, or the value itself.
fn only(value: Json) -> Json {
    match value.kind {
        JsonKind::List(mut items) if items.len() == 1 => {
            items.pop().unwrap_or(Json { at: value.at, kind: JsonKind::Null })
        }
        kind => Json { at: value.at, kind },
    }
}

fn attributes(value: Json) -> Result<Vec<Attribute>, Wrong> {
    let JsonKind::Object(entries) = value.kind else { return Err(Wrong::last(value.at, "expected an object")) };
    let attribute = |(key, value): (Json, Json)| Ok(Attribute { name: name(&key)?, at: key.at, value: expr(value)? });
    entries.into_iter().map(attribute).collect()
}

fn expr(value: Json) -> Result<Expr, Wrong> {
    let at = value.at;
    let kind = match value.kind {
        JsonKind::Null => Kind::Null,
        JsonKind::Bool(truth) => Kind::Bool(truth),
        JsonKind::Number(text) => match Number::parse(&text) {
            Some(number) => Kind::Number(number),
            None => return Err(Wrong::last(at, "the number is too large or too precise: expected at most 64 bits")),
        },
        JsonKind::Text(text) => {
            let source = Source { number: at.text, text: &text, offset: 0, fixed: Some(at) };
            syntax::template(source)?.kind
        }
        JsonKind::List(items) => Kind::List(items.into_iter().map(expr).collect::<Result<_, _>>()?),
        JsonKind::Object(entries) => {
            let entry = |(key, value)| Ok((expr(key)?, expr(value)?));
            Kind::Object(entries.into_iter().map(entry).collect::<Result<_, _>>()?)
        }
    };
    Ok(Expr { at, kind })
}

struct Reader<'t> {
    number: usize,
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn stretch(&self, start: usize) -> Stretch {
        let of = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Stretch { text: self.number, start: of(start), end: of(self.at) }
    }

    fn expected(&self, what: &str) -> Wrong {
        let found = self.rest().chars().next().map_or_else(|| "the end of the file".to_owned(), |c| format!("`{c}`"));
        Wrong::last(self.stretch(self.at), format!("found {found}, expected {what}"))
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

    fn value(&mut self, depth: usize) -> Result<Json, Wrong> {
        self.blanks();
        let start = self.at;
        let Some(depth) = depth.checked_sub(1) else { return Err(self.expected("fewer values in each other")) };
        let kind = match self.rest().bytes().next() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => JsonKind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.takes("null") => JsonKind::Null,
            _ if self.takes("true") => JsonKind::Bool(true),
            _ if self.takes("false") => JsonKind::Bool(false),
            _ => return Err(self.expected("a value")),
        };
        Ok(Json { at: self.stretch(start), kind })
    }

    fn number(&mut self) -> JsonKind {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default().to_owned();
        self.at += end;
        JsonKind::Number(text)
    }

    fn string(&mut self) -> Result<String, Wrong> {
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

    fn list(&mut self, depth: usize) -> Result<JsonKind, Wrong> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.takes("]") {
            return Ok(JsonKind::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.blanks();
            match (self.takes(","), self.rest().starts_with(']')) {
                (true, _) => {}
                (false, true) => {
                    self.at += 1;
                    return Ok(JsonKind::List(items));
                }
                (false, false) => return Err(self.expected("`,` or `]`")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<JsonKind, Wrong> {
        self.at += 1;
        let mut entries = Vec::new();
        self.blanks();
        if self.takes("}") {
            return Ok(JsonKind::Object(entries));
        }
        loop {
            self.blanks();
            let start = self.at;
            if !self.rest().starts_with('"') {
                return Err(self.expected("a name in quotes"));
            }
            let key = self.string()?;
            let key = Json { at: self.stretch(start), kind: JsonKind::Text(key) };
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
                    return Ok(JsonKind::Object(entries));
                }
                (false, false) => return Err(self.expected("`,` or `}`")),
            }
        }
    }
}
