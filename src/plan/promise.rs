//! The promise, decided by the flow algebra: what passes on the way passes at one of the ends. A flow that goes past a firewall
//! passes, as another than one that it allows.

use crate::evaluate::{Knowledge, RuleOrder};
use crate::flow::{Axioms, Between, DecisionList, FlowAction, NotDecided, PassingFlows, Space, between, difference};
use crate::logic::Formula;
use crate::model::Model;
use crate::prove::{
    Effects, Meets, ProvedAround, WayLines, axioms_of_any_address, decisions_with, leads_past, way_lines,
};
use crate::way::{Carrier, NetworkWay, Sender, Ways};

use super::network::PlannedNetwork;
use super::state::{ended, find_policy};
use super::{NoPlan, PlanGiven};

/// How many products of flows are told apart; more are cut off and said to be so.
const LIMIT: usize = 2_000;

/// What `way` does with the flows of the firewalls that the policies are attached to, compared with the states before the
/// first and after the last step, of which `old` and `new` may state the network around.
///
/// # Errors
/// Where the budget does not suffice.
pub fn effect([old, way, new]: [&Model; 3], given: &PlanGiven<'_>) -> Result<Between, NotDecided> {
    let (before, after) = (old.as_deployed(), new.as_deployed());
    let network = PlannedNetwork::of(old, new, given.knowledge);
    Promise::new(&before, &ended(&before, &after), &after, network, given).effect(way)
}

/// The ends that all between them is compared with.
pub(super) struct Promise<'p> {
    firewalls: Vec<PromisedFirewall>,
    network: Option<PlannedNetwork>,
    axioms: Axioms,
    effects: Effects,
    past: PastState,
    given: &'p PlanGiven<'p>,
}

/// What a firewall does at both ends.
struct PromisedFirewall {
    policy: String,
    old: DecisionList,
    new: DecisionList,
}

impl<'p> Promise<'p> {
    /// The ends are `old` and `end`, with the network around them. Each policy counts that may be attached to a firewall: one that no other inherits,
    /// before, in the end, or as far as `new` tells.
    pub(super) fn new(
        old: &Model,
        end: &Model,
        new: &Model,
        network: Option<PlannedNetwork>,
        given: &'p PlanGiven<'p>,
    ) -> Self {
        let mut policies: Vec<&str> = Vec::new();
        for leaf in new.leaves().chain(end.leaves()).chain(old.leaves()) {
            if !policies.iter().any(|known| leaf.name == **known) {
                policies.push(&leaf.name);
            }
        }
        let mut effects = Effects::default();
        let past = PastState::of(&mut effects);
        let before = network.as_ref().map(|network| network.before(given.knowledge));
        let after = network.as_ref().map(|network| network.after(given.knowledge));
        let firewall = |policy: &str| PromisedFirewall {
            policy: policy.to_owned(),
            old: past.along(before.as_ref(), list(old, policy, given.knowledge, &mut effects)),
            new: past.along(after.as_ref(), list(end, policy, given.knowledge, &mut effects)),
        };
        let firewalls = policies.into_iter().map(firewall).collect();
        let axioms = axioms_of_any_address(given.knowledge);
        Self { firewalls, network, axioms, effects, past, given }
    }

    /// What the firewalls do in a state, each along the ways of that state.
    fn lists(&self, state: &Model) -> Vec<DecisionList> {
        let knowledge = self.given.knowledge;
        let so_far = self.network.as_ref().map(|network| (network, network.so_far(state)));
        let ways = so_far.as_ref().map(|(network, so_far)| network.on_the_way(so_far, state, knowledge));
        let list = |firewall: &PromisedFirewall| list(state, &firewall.policy, knowledge, &mut self.effects.clone());
        self.firewalls.iter().map(|firewall| self.past.along(ways.as_ref(), list(firewall))).collect()
    }

    /// Whether some flow passes in `next`, or goes past a firewall, that does not in `state`.
    pub(super) fn is_wider(&self, state: &Model, next: &Model) -> Result<bool, NotDecided> {
        for (before, after) in self.lists(state).iter().zip(&self.lists(next)) {
            let (space, [before, after]) = Space::of(&self.axioms, [before, after]);
            let found = difference(&space, &before, &after, 1, self.given.budget)?;
            if found.deeds.iter().any(|(before, after)| after.0 == FlowAction::Allow && before != after) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What `way` does otherwise than both ends.
    pub(super) fn effect(&self, way: &Model) -> Result<Between, NotDecided> {
        let mut all = Between { complete: true, ..Between::default() };
        for (firewall, way) in self.firewalls.iter().zip(self.lists(way)) {
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

/// The effects of lines that mean ways past a firewall.
#[derive(Clone, Copy, Debug)]
struct PastState {
    past: u32,
    endpoint: u32,
}

impl PastState {
    /// Two effects that no translation has.
    fn of(effects: &mut Effects) -> Self {
        Self { past: effects.number("past the firewall"), endpoint: effects.number("to a private endpoint") }
    }

    /// What becomes of each flow along its way, where `rules` decide what comes to the firewall.
    fn along(self, ways: Option<&Ways<'_>>, rules: DecisionList) -> DecisionList {
        let Some(ways) = ways else { return rules };
        let around = ProvedAround { rules: &rules, first: rules.lines.len() };
        let WayLines { mut lines, .. } = way_lines(ways, &around, &mut |sender, way| self.meets(sender, way));
        lines.extend(rules.lines.iter().cloned());
        DecisionList { lines, default: rules.default }
    }

    fn meets(self, sender: &Sender<'_>, way: &NetworkWay<'_>) -> Meets {
        let effect = if way.by == Carrier::PrivateEndpoint { self.endpoint } else { self.past };
        match (leads_past(sender, way), way.by) {
            (Some(when), _) => Meets::Line { action: FlowAction::Allow, effect, when },
            (None, Carrier::Nowhere) => Meets::Line { action: FlowAction::Deny, effect: 0, when: Formula::Always },
            (None, _) => Meets::Rules,
        }
    }
}

/// What a firewall with the policy does; without it nothing passes.
fn list(model: &Model, policy: &str, knowledge: &Knowledge, effects: &mut Effects) -> DecisionList {
    let model = knowledge.applied_to(model);
    match find_policy(&model, policy) {
        Some(policy) => decisions_with(&RuleOrder::of(&model, policy), knowledge, effects).list,
        None => DecisionList::new(Vec::new()),
    }
}

/// That a step opens `found`.
pub(super) fn opens(found: &Between) -> NoPlan {
    NoPlan::of(found.opened.first())
}

/// How large a part of all flows is cut.
pub(super) fn share(cut: &[PassingFlows]) -> f64 {
    cut.iter().map(|passing| passing.product.share).sum()
}
