//! Texts with values in them.

use super::super::ast::{Expression, Kind, Piece, plain};
use super::super::fault::Fault;
use super::super::value::{Value, quoted};
use super::Lowering;
use super::env::Env;

impl Lowering<'_, '_> {
    /// A text: plain where every value in it is, else a call of `format`.
    pub(super) fn text(&mut self, pieces: &[Piece], env: &Env<'_>) -> Result<Value, Fault> {
        if let Some(text) = plain(pieces) {
            return Ok(Value::Text(text.to_owned()));
        }
        let mut parts = Vec::new();
        for piece in pieces {
            parts.push(match piece {
                Piece::Plain(text) => Value::Text(text.clone()),
                Piece::Value(value) => self.lower(value, env)?.value,
            });
        }
        Ok(joined(&parts))
    }

    /// The text that a path or the like must be: one that no deployment changes.
    pub(super) fn constant(&mut self, expression: &Expression, env: &Env<'_>) -> Result<String, Fault> {
        if let Kind::Text(pieces) = &expression.kind
            && let Some(text) = plain(pieces)
        {
            return Ok(text.to_owned());
        }
        Err(env.fault(expression.at, "expected a text in single quotes without values in it"))
    }
}

/// The parts as one text.
pub(super) fn joined(parts: &[Value]) -> Value {
    let mut pattern = String::new();
    let mut arguments = Vec::new();
    let mut plain = String::new();
    for part in parts {
        match part {
            Value::Text(text) => {
                plain.push_str(text);
                pattern.push_str(&text.replace('{', "{{").replace('}', "}}"));
            }
            Value::Number(number) => {
                plain.push_str(&number.to_string());
                pattern.push_str(&number.to_string());
            }
            other => {
                pattern.push_str(&format!("{{{}}}", arguments.len()));
                arguments.push(other.expression());
            }
        }
    }
    if arguments.is_empty() {
        return Value::Text(plain);
    }
    let all: Vec<String> = std::iter::once(quoted(&pattern)).chain(arguments).collect();
    Value::called("format", &all)
}
