//! A step of the optimiser.

use crate::lower::lowered::Removal;
use crate::lower::parts::{GroupPart, PartKind};
use crate::model::{Carried, Inspection, Model};

use super::forced::Forced;
use super::saving::Saving;

/// The removed entries that something else covers.
pub(in crate::lower) type Removals<'r> = &'r mut Vec<Removal>;

/// A step of the optimiser.
pub struct OptimiseStep {
    /// Its name.
    pub name: &'static str,
    /// What it does, as the words after "by".
    pub does: &'static str,
    pub(super) run: Run,
}

/// What a step works on.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// The rules of one collection, all handled alike.
    Parts(fn(Vec<GroupPart>, Removals<'_>) -> Vec<GroupPart>),
    /// Everything, where a limit forces it.
    Model(fn(&mut Model, &Forced<'_>)),
}

impl OptimiseStep {
    /// The parts after the step, where it works on parts. Those that are handled otherwise, with headers, inspection or
    /// properties that are carried through, keep their place among the others.
    pub(in crate::lower) fn on_parts(&self, parts: Vec<GroupPart>, removals: Removals<'_>) -> Vec<GroupPart> {
        let Run::Parts(run) = self.run else { return parts };
        let mut done = Vec::with_capacity(parts.len());
        let mut alike: Vec<GroupPart> = Vec::new();
        for part in parts {
            if alike.last().is_some_and(|last| handling(last) != handling(&part)) {
                done.extend(run(std::mem::take(&mut alike), removals));
            }
            alike.push(part);
        }
        done.extend(run(alike, removals));
        done
    }

    /// Does the step, where it works on the whole model; what it saved in each policy.
    pub(in crate::lower) fn on_model(&self, model: &mut Model, forced: &Forced<'_>) -> Vec<(String, Saving)> {
        let Run::Model(run) = self.run else { return Vec::new() };
        let measure = |model: &Model| -> Vec<(String, Saving)> {
            model.policies.iter().map(|policy| (policy.name.to_string(), Saving::measured(policy))).collect()
        };
        let before = measure(model);
        run(model, forced);
        let after = measure(model).into_iter();
        before.into_iter().zip(after).map(|((name, before), (_, after))| (name, before.less(after))).collect()
    }
}

/// The handling of a flow, apart from letting it pass.
#[derive(PartialEq)]
struct Handling<'p> {
    inspection: Option<&'p Inspection>,
    carried: &'p Carried,
}

fn handling(part: &GroupPart) -> Handling<'_> {
    let inspection = match &part.kind {
        PartKind::Network { .. } => None,
        PartKind::Application { handling, .. } => Some(handling),
    };
    Handling { inspection, carried: &part.carried }
}
