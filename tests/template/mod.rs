//! Template expressions: each function held to its page, and answers that are right whatever is unknown.

mod agree;
mod functions;
mod nested;
mod unknown;

use fwc::template::{Answer, Cloud, evaluate};
use serde_json::{Value, json};

/// The value of an expression, written between brackets, without a template around it.
fn value(expression: &str) -> Answer {
    evaluate(&json!({}), &format!("[{expression}]"), &[], Some(Cloud::Public))
}

/// The value of `[expression]` in a template with `sections`.
fn within(sections: &Value, expression: &str) -> Answer {
    evaluate(sections, &format!("[{expression}]"), &[], Some(Cloud::Public))
}

/// Why an expression has no value.
#[track_caller]
fn why(answer: Answer) -> String {
    match answer {
        Answer::Unknown { why, .. } => why,
        other => panic!("{other:?} is known"),
    }
}
