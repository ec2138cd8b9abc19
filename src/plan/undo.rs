//! What leads back over a step.

use serde_json::Value;

use crate::emit::arm::{Single, draft, single};
use crate::model::Model;

use super::{Deed, MigrationPlan, PlanChange, PlanStep};

/// One write of one resource, and its template where it is written.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Write {
    pub(super) deed: Deed,
    pub(super) template: Option<Value>,
}

/// What a step does.
pub(super) fn done(step: &PlanStep) -> Write {
    match step.operation.deed {
        Deed::Put => write(template(&step.after, &step.operation.what)),
        Deed::Delete => write(None),
    }
}

/// What makes the resource of a step as it was before: it is written as it was, or deleted where it was not.
pub(super) fn undo(plan: &MigrationPlan, number: usize, step: &PlanStep) -> Write {
    let before = number.checked_sub(1).and_then(|number| plan.steps.get(number));
    let before = before.map_or(&plan.before, |step| &step.after);
    write(template(before, &step.operation.what))
}

fn write(template: Option<Value>) -> Write {
    let deed = if template.is_some() { Deed::Put } else { Deed::Delete };
    Write { deed, template }
}

/// The template of a resource; `None` where the model does not hold it.
pub(super) fn template(model: &Model, what: &PlanChange) -> Option<Value> {
    let what = match what {
        PlanChange::IpGroup(name) => Single::IpGroup(name),
        PlanChange::Settings(name) => Single::Policy(name),
        PlanChange::Group(policy, name) => Single::Group(policy, name),
        PlanChange::Pods(policy, name) => Single::Pods(policy, name),
        PlanChange::RouteTable(name) => Single::RouteTable(name),
        PlanChange::Draft(policy, groups) => return draft(model, policy, groups),
    };
    single(model, what)
}
