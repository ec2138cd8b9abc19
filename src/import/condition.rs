//! The conditions of resources that only a deployment knows, as formulas.

use std::collections::HashMap;

use serde_json::Value;

use crate::logic::Formula;
use crate::model::Presence;
use crate::net::same_word;
use crate::template::{Expression, Node, Scope, bracketed, parse};

/// How deep `not`, `and` and `or` are taken apart; what is below is one condition.
const DEEPEST: usize = 16;

/// What the conditions of a resource and of those nested in it say, by their texts. `inside` is the nested deployment with
/// parameters of its own that they are in.
pub(super) fn conditions(resource: &Value, scope: &Scope, inside: Option<&str>) -> HashMap<String, Presence> {
    let mut found = HashMap::new();
    let mut waiting = vec![resource];
    while let Some(Value::Object(entries)) = waiting.pop() {
        for (key, value) in entries {
            match value {
                Value::String(text) if same_word(key, "condition") => {
                    drop(found.insert(text.clone(), presence(text, scope, inside)));
                }
                Value::Array(items) if same_word(key, "resources") => waiting.extend(items),
                Value::Object(items) if same_word(key, "resources") => waiting.extend(items.values()),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => {}
            }
        }
    }
    found
}

/// What the condition `text` says: `not`, `and` and `or` are taken apart, every other rest is one condition.
pub(super) fn presence(text: &str, scope: &Scope, inside: Option<&str>) -> Presence {
    match bracketed(text).and_then(parse) {
        Some(expression) => formula(&expression, scope, inside, 0).settled(),
        None => Formula::Is(text.into()),
    }
}

fn formula(expression: &Expression, scope: &Scope, inside: Option<&str>, depth: usize) -> Presence {
    if let Ok(Node::Bool(value)) = scope.evaluated(expression, 0) {
        return if value { Formula::Always } else { Formula::Never };
    }
    let below = |of: &Expression| formula(of, scope, inside, depth + 1);
    match expression {
        Expression::Call(function, parts) if depth < DEEPEST => {
            match (function.to_ascii_lowercase().as_str(), parts.as_slice()) {
                ("not", [of]) => below(of).negated(),
                ("and", parts) => parts.iter().map(below).fold(Formula::Always, Formula::and),
                ("or", parts) => parts.iter().map(below).fold(Formula::Never, Formula::or),
                (_, _) => only(expression, inside),
            }
        }
        Expression::Call(..)
        | Expression::Text(_)
        | Expression::Number(_)
        | Expression::Member(..)
        | Expression::Item(..) => only(expression, inside),
    }
}

/// One condition, by its text; a nested deployment's parameters are its own.
fn only(expression: &Expression, inside: Option<&str>) -> Presence {
    let text = match inside {
        Some(deployment) => format!("{expression} in {deployment}"),
        None => expression.to_string(),
    };
    Formula::Is(text.into())
}
