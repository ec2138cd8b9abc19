//! Texts with values in them.

use super::super::ast::{BicepExpression, ExpressionKind, StringPiece, plain};
use super::super::fault::BicepFault;
use super::super::value::{BicepValue, quoted};
use super::BicepLowering;
use super::env::BicepEnv;

impl BicepLowering<'_, '_> {
    /// A text: plain where every value in it is, else a call of `format`.
    pub(super) fn text(&mut self, pieces: &[StringPiece], env: &BicepEnv<'_>) -> Result<BicepValue, BicepFault> {
        if let Some(text) = plain(pieces) {
            return Ok(BicepValue::Text(text.to_owned()));
        }
        let mut parts = Vec::new();
        for piece in pieces {
            parts.push(match piece {
                StringPiece::Plain(text) => BicepValue::Text(text.clone()),
                StringPiece::Value(value) => self.lower(value, env)?.value,
            });
        }
        Ok(joined(&parts))
    }

    /// The text that a path or the like must be: one that no deployment changes.
    pub(super) fn constant(&mut self, expression: &BicepExpression, env: &BicepEnv<'_>) -> Result<String, BicepFault> {
        if let ExpressionKind::Text(pieces) = &expression.kind
            && let Some(text) = plain(pieces)
        {
            return Ok(text.to_owned());
        }
        Err(env.fault(expression.at, "expected a text in single quotes without values in it"))
    }
}

/// The parts as one text.
pub(super) fn joined(parts: &[BicepValue]) -> BicepValue {
    let mut pattern = String::new();
    let mut arguments = Vec::new();
    let mut plain = String::new();
    for part in parts {
        match part {
            BicepValue::Text(text) => {
                plain.push_str(text);
                pattern.push_str(&text.replace('{', "{{").replace('}', "}}"));
            }
            BicepValue::Number(number) => {
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
        return BicepValue::Text(plain);
    }
    let all: Vec<String> = std::iter::once(quoted(&pattern)).chain(arguments).collect();
    BicepValue::called("format", &all)
}
