//! The proof of the optimiser: no step changes what happens to any flow.

use crate::azure::evaluate::{Knowledge, Order};
use crate::azure::{Effects, Lock, Model, STEPS, decisions_with, lower_by};
use crate::flow::{Budget, Equivalence, NotDecided, Space, equivalent};
use crate::intent::Intent;

use super::{axioms, describe};

/// The first step of the optimiser that changes what happens to a flow, with the flow; none, as it has to be.
///
/// # Errors
/// Where the budget does not suffice.
pub fn unlike(
    meant: &Intent,
    lock: &Lock,
    knowledge: &Knowledge,
    budget: &Budget,
) -> Result<Option<(&'static str, String)>, NotDecided> {
    let mut before = lower_by(meant, lock, &[]).0.model;
    for (index, step) in STEPS.iter().enumerate() {
        let after = lower_by(meant, lock, STEPS.get(..=index).unwrap_or(&STEPS)).0.model;
        if let Some(flow) = apart(&before, &after, knowledge, budget)? {
            return Ok(Some((step.name, flow)));
        }
        before = after;
    }
    Ok(None)
}

/// A flow that two models decide differently.
fn apart(one: &Model, other: &Model, knowledge: &Knowledge, budget: &Budget) -> Result<Option<String>, NotDecided> {
    for policy in &one.policies {
        let Some(same) = other.policy(&policy.name) else { continue };
        if policy.groups == same.groups {
            continue;
        }
        let mut effects = Effects::default();
        let left = decisions_with(&Order::of(one, policy), knowledge, &mut effects);
        let right = decisions_with(&Order::of(other, same), knowledge, &mut effects);
        let (space, [left, right]) = Space::of(&axioms(knowledge), [&left.list, &right.list]);
        if let Equivalence::Apart { witness, .. } = equivalent(&space, &left, &right, budget)? {
            return Ok(Some(describe(&witness)));
        }
    }
    Ok(None)
}
