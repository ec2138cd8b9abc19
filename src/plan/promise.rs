//! The promise, decided by the flow algebra: what passes on the way passes at one of the ends.

use crate::evaluate::{Knowledge, Order};
use crate::flow::{Axioms, Between, DecisionList, NotDecided, Space, between};
use crate::model::Model;
use crate::prove::{Effects, axioms_of_any_address, decisions_with};

use super::state::{ended, find_policy};
use super::{Given, NoPlan};

/// How many products of flows are told apart; more are cut off and said to be so.
const LIMIT: usize = 2_000;

/// What `way` does with the flows of the firewalls that the policies are attached to, compared with the states before the
/// first and after the last step.
///
/// # Errors
/// Where the budget does not suffice.
pub fn effect([old, way, new]: [&Model; 3], given: &Given<'_>) -> Result<Between, NotDecided> {
    Promise::new(old, &ended(old, new), new, given).effect(way)
}

/// The ends that all between them is compared with.
pub(super) struct Promise<'p> {
    firewalls: Vec<Firewall>,
    axioms: Axioms,
    effects: Effects,
    given: &'p Given<'p>,
}

/// What a firewall does at both ends.
struct Firewall {
    policy: String,
    old: DecisionList,
    new: DecisionList,
}

impl<'p> Promise<'p> {
    /// The ends are `old` and `end`. Each policy counts that may be attached to a firewall: one that no other inherits,
    /// before, in the end, or as far as `new` tells.
    pub(super) fn new(old: &Model, end: &Model, new: &Model, given: &'p Given<'p>) -> Self {
        let mut policies: Vec<&str> = Vec::new();
        for leaf in new.leaves().chain(end.leaves()).chain(old.leaves()) {
            if !policies.iter().any(|known| leaf.name == **known) {
                policies.push(&leaf.name);
            }
        }
        let mut effects = Effects::default();
        let firewall = |policy: &str| Firewall {
            policy: policy.to_owned(),
            old: list(old, policy, given.knowledge, &mut effects),
            new: list(end, policy, given.knowledge, &mut effects),
        };
        let firewalls = policies.into_iter().map(firewall).collect();
        Self { firewalls, axioms: axioms_of_any_address(given.knowledge), effects, given }
    }

    /// What `way` does otherwise than both ends.
    pub(super) fn effect(&self, way: &Model) -> Result<Between, NotDecided> {
        let mut all = Between { complete: true, ..Between::default() };
        for firewall in &self.firewalls {
            let way = list(way, &firewall.policy, self.given.knowledge, &mut self.effects.clone());
            if way == firewall.old || way == firewall.new {
                continue;
            }
            let (space, [old, way, new]) = Space::of(&self.axioms, [&firewall.old, &way, &firewall.new]);
            let found = between(&space, [&old, &way, &new], LIMIT, self.given.budget)?;
            all.opened.extend(found.opened);
            all.cut.extend(found.cut);
            all.complete &= found.complete;
        }
        Ok(all)
    }
}

/// What a firewall with the policy does; without it nothing passes.
fn list(model: &Model, policy: &str, knowledge: &Knowledge, effects: &mut Effects) -> DecisionList {
    let model = knowledge.applied_to(model);
    match find_policy(&model, policy) {
        Some(policy) => decisions_with(&Order::of(&model, policy), knowledge, effects).list,
        None => DecisionList::new(Vec::new()),
    }
}

/// That a step opens `found`.
pub(super) fn opens(found: &Between) -> NoPlan {
    NoPlan::of(found.opened.first())
}

/// How large a part of all flows is cut.
pub(super) fn share(found: &Between) -> f64 {
    found.cut.iter().map(|passing| passing.product.share).sum()
}
