//! Template expressions: each function held to its page, and answers that are right whatever is unknown.

mod agree;
mod functions;
mod nested;
mod unknown;

use fwc::template::{Cloud, ConditionAnswer, evaluate};
use serde_json::{Value, json};

/// The value of an expression, written between brackets, without a template around it.
fn value(expression: &str) -> ConditionAnswer {
    evaluate(&json!({}), &format!("[{expression}]"), &[], Some(Cloud::Public))
}

/// The value of `[expression]` in a template with `sections`.
fn within(sections: &Value, expression: &str) -> ConditionAnswer {
    evaluate(sections, &format!("[{expression}]"), &[], Some(Cloud::Public))
}

/// Why an expression has no value.
#[track_caller]
fn why(answer: ConditionAnswer) -> String {
    match answer {
        ConditionAnswer::Unknown { why, .. } => why,
        other => panic!("{other:?} is known"),
    }
}
