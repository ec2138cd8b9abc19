//! JSON text to a value, refusing duplicate keys, which readers of JSON disagree about. Comments and trailing commas are
//! taken for blanks, and strings may have several lines, as template tools do.
//!
//! Source: Microsoft Learn, "Understand the structure and syntax of ARM templates" (comments, multi-line strings), 2026-08.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::fault::{Fault, quoted};

/// The value of `text`.
pub(super) fn parse(text: &str) -> Result<Value, Fault> {
    let plain = match serde_json::from_str::<Strict>(text) {
        Ok(Strict(value)) => return Ok(value),
        Err(_) => without_remarks(text),
    };
    match serde_json::from_str::<Strict>(&plain) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => Err(Fault::at("$", message(&error))),
    }
}

/// `text` from its first character that is neither blank nor in a comment.
pub(super) fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = match rest.as_bytes() {
            [b'/', b'/', ..] => rest.split_once('\n'),
            [b'/', b'*', ..] => rest.get(2..).and_then(|inner| inner.split_once("*/")),
            _ => return rest,
        };
        rest = after.map_or("", |(_, after)| after).trim_start();
    }
}

/// The text with blanks for comments and for trailing commas, so that lines and columns stay, and with escapes for the line
/// ends in strings.
fn without_remarks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    // The comma that may turn out to be a trailing one.
    let mut comma: Option<usize> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => text_length(rest),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => {
                rest.get(2..).and_then(|inner| inner.find("*/")).map_or(rest.len(), |end| end + 4)
            }
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        match c {
            '/' if length > 1 => plain.extend(piece.chars().map(|c| if c == '\n' { c } else { ' ' })),
            '"' if piece.contains(['\n', '\r', '\t']) => {
                comma = None;
                plain.push_str(&piece.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t"));
            }
            ',' => {
                comma = Some(plain.len());
                plain.push(c);
            }
            ']' | '}' => {
                if let Some(at) = comma.take() {
                    plain.replace_range(at..at + 1, " ");
                }
                plain.push(c);
            }
            c => {
                comma = comma.filter(|_| c.is_whitespace());
                plain.push_str(piece);
            }
        }
    }
    plain
}

/// How long the string is that `text` begins with.
fn text_length(text: &str) -> usize {
    let mut escaped = false;
    let closing = text.char_indices().skip(1).find(|&(_, c)| {
        let is_end = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        is_end
    });
    closing.map_or(text.len(), |(end, _)| end + 1)
}

fn message(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => format!("the JSON ends too early, at line {} column {}", error.line(), error.column()),
        Category::Syntax | Category::Data | Category::Io => error.to_string(),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
            match object.entry(key) {
                Entry::Vacant(entry) => _ = entry.insert(value),
                Entry::Occupied(entry) => {
                    return Err(A::Error::custom(format_args!("duplicate key {}", quoted(entry.key()))));
                }
            }
        }
        Ok(Value::Object(object))
    }
}
