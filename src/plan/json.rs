//! A plan for programs: `fwc.plan/1`.

use serde_json::{Value, json as value};

use crate::flow::Passing;
use crate::reach::Entry;

use super::script::template;
use super::{Plan, Step};

/// The plan as `fwc.plan/1`.
pub fn json(plan: &Plan) -> Value {
    let operations: Vec<Value> = (1..).zip(&plan.steps).map(|(number, step)| operation(number, step)).collect();
    value!({
        "schema": "fwc.plan/1",
        "opened": [],
        "guarded": plan.is_guarded(),
        "operations": operations,
        "leftOver": plan.left_over,
    })
}

fn operation(number: usize, step: &Step) -> Value {
    let mut written = value!({
        "step": number,
        "do": step.operation.deed.to_string(),
        "what": step.operation.what.kind(),
        "name": step.operation.what.path(),
        "why": step.operation.why.to_string(),
        "cut": step.cut.iter().map(cut).collect::<Vec<Value>>(),
    });
    if let (Some(fields), Some(template)) = (written.as_object_mut(), template(step)) {
        fields.insert("template".to_owned(), template);
    }
    written
}

fn cut(passing: &Passing) -> Value {
    value!(Entry::of(&passing.product))
}
