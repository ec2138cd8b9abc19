//! The proof of the optimiser: no step changes what happens to any flow.

use std::fmt::Debug;

use crate::evaluate::{Knowledge, RuleOrder, SortedRule};
use crate::flow::{DecisionList, Equivalence, NotDecided, Space, WorkBudget, equivalent};
use crate::intent::Intent;
use crate::lower::{How, STEPS, lower_by};
use crate::model::{Carried, Model, Policy};
use crate::prove::{Effects, Ipv6, decisions_of};

use super::{axioms, describe};

/// The first step of the optimiser that changes what happens to a flow, with the flow; none, as it has to be.
///
/// # Errors
/// Where the budget does not suffice.
pub fn unlike(
    meant: &Intent,
    how: &How<'_>,
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> Result<Option<(&'static str, String)>, NotDecided> {
    let after = |count: usize| {
        let steps = STEPS.get(..count).unwrap_or(&STEPS);
        lower_by(meant, &How { steps, ..*how }).0.model
    };
    let mut before = after(0);
    for (index, step) in STEPS.iter().enumerate() {
        let next = after(index + 1);
        if let Some(flow) = apart(&before, &next, knowledge, budget)? {
            return Ok(Some((step.name, flow)));
        }
        before = next;
    }
    Ok(None)
}

/// A flow that two models decide differently, or let pass with other headers or inspection.
fn apart(one: &Model, other: &Model, knowledge: &Knowledge, budget: &WorkBudget) -> Result<Option<String>, NotDecided> {
    for policy in &one.policies {
        let Some(same) = other.policy(&policy.name) else { continue };
        if policy.groups == same.groups {
            continue;
        }
        let mut effects = Effects::default();
        let left = list(one, policy, knowledge, &mut effects);
        let right = list(other, same, knowledge, &mut effects);
        let (space, [left, right]) = Space::of(&axioms(knowledge), [&left, &right]);
        if let Equivalence::Apart { witness, .. } = equivalent(&space, &left, &right, budget)? {
            return Ok(Some(describe(&witness)));
        }
    }
    Ok(None)
}

/// What a policy does, where headers, inspection and what is carried through count as the target of a translation does.
fn list(model: &Model, policy: &Policy, knowledge: &Knowledge, effects: &mut Effects) -> DecisionList {
    let model = knowledge.applied_to(model);
    let Some(policy) = model.policy(&policy.name) else { return DecisionList::new(Vec::new()) };
    let mut decisions = decisions_of(&RuleOrder::of(&model, policy), knowledge, effects, Ipv6::Sets);
    for line in &mut decisions.list.lines {
        let Some(rule) = decisions.lines.get(line.origin).map(|line| line.rule) else { continue };
        let handled = match rule {
            // What a translation does is the effect of its line already.
            SortedRule::Nat(rule) => unlike_plain(&(), &rule.carried),
            SortedRule::Network(_, rule) => unlike_plain(&rule.handling, &rule.carried),
            SortedRule::Application(_, rule) => unlike_plain(&rule.handling, &rule.carried),
        };
        if let Some(handled) = handled {
            line.effect = effects.number(&format!("{} {handled}", line.effect));
        }
    }
    decisions.list
}

/// What is done with the flows of a rule, whole; nothing for a rule that only lets them pass or drops them.
fn unlike_plain<H: Default + PartialEq + Debug>(handling: &H, carried: &Carried) -> Option<String> {
    (*handling != H::default() || !carried.is_empty()).then(|| format!("{handling:?} {carried:?}"))
}
