//! A plan for programs: `fwc.plan/1`.

use serde_json::{Value, json as value};

use crate::flow::PassingFlows;
use crate::model::Association;
use crate::reach::ReachEntry;

use super::undo::{Write, done, undo};
use super::{MigrationPlan, PlanStep};

/// The plan as `fwc.plan/1`.
pub fn json(plan: &MigrationPlan) -> Value {
    let steps = plan.steps.iter().enumerate();
    let operations: Vec<Value> = steps.map(|(index, step)| operation(plan, index, step)).collect();
    value!({
        "schema": "fwc.plan/1",
        "opened": [],
        "guarded": plan.is_guarded(),
        "operations": operations,
        "leftOver": plan.left_over,
        "associate": plan.to_associate.iter().map(association).collect::<Vec<Value>>(),
    })
}

fn association(of: &Association) -> Value {
    value!({ "routeTable": of.table.to_string(), "subnet": of.subnet })
}

fn operation(plan: &MigrationPlan, index: usize, step: &PlanStep) -> Value {
    let mut written = value!({
        "step": index + 1,
        "do": step.operation.deed.to_string(),
        "what": step.operation.what.kind(),
        "name": step.operation.what.path(),
        "why": step.operation.why.to_string(),
        "cut": step.cut.iter().map(cut).collect::<Vec<Value>>(),
        "cutComplete": step.cut_complete,
    });
    if let (Some(fields), Some(template)) = (written.as_object_mut(), done(step).template) {
        fields.insert("template".to_owned(), template);
    }
    if let Some(fields) = written.as_object_mut() {
        fields.insert("undo".to_owned(), back(undo(plan, index, step)));
    }
    written
}

/// What makes the resource as it was before the operation, from whatever came of it.
fn back(write: Write) -> Value {
    let mut written = value!({ "do": write.deed.to_string() });
    if let (Some(fields), Some(template)) = (written.as_object_mut(), write.template) {
        fields.insert("template".to_owned(), template);
    }
    written
}

fn cut(passing: &PassingFlows) -> Value {
    value!(ReachEntry::of(&passing.product))
}
