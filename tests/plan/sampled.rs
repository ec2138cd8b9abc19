//! The promise, witnessed without the flow algebra: flows at the corners of all rules, decided rule by rule in Azure's
//! order, in several worlds of the sets that only Azure knows.

use std::collections::BTreeSet;

use fwc::diff::Side;
use fwc::evaluate::{Knowledge, Order};
use fwc::flow::{Budget, Passing};
use fwc::model::{Action, Model};
use fwc::plan::{Given, Plan, Step, What, effect, json};
use fwc::reach;

use super::whole;
use crate::diff::{
    entries::{Asked, Entry},
    sampled::{Corners, decide, outcome, possible, side},
};
use crate::oracle::random::Random;

/// What was seen.
#[derive(Default, Debug)]
pub struct Counts {
    /// Flows, each asked of the first, each later and the last state.
    pub flows: usize,
    /// Of these, those that pass in some state.
    pub allowed: usize,
    /// Those in a world with facts.
    pub opaque: usize,
    /// Flows drawn near those that the opposite order would open.
    pub at_risk: usize,
    /// Flows in states that cut them.
    pub cut: usize,
    /// Flows that a state opens.
    pub opened: Vec<String>,
    /// Flows that a state cuts and its step does not list, or the other way round.
    pub unlisted: Vec<String>,
}

/// Flows that the operations of a plan would open in the opposite order: those that its order has to keep out.
fn at_risk(old: &Model, plan: &Plan, end: &Model) -> Vec<Entry> {
    let given = Given { knowledge: &Knowledge::none(), budget: &Budget::default() };
    let mut entries = Vec::new();
    for state in careless(old, plan, end) {
        let opened = effect([old, &state, end], &given).unwrap().opened;
        let entry = |passing: &Passing| Entry::of(&serde_json::json!(reach::Entry::of(&passing.product)));
        entries.extend(opened.iter().take(20).map(entry));
    }
    entries
}

/// What would stand there if the groups of a plan were written as they shall be, the last one first.
pub fn careless(old: &Model, plan: &Plan, end: &Model) -> Vec<Model> {
    let mut state = old.clone();
    for (name, group) in &end.ip_groups {
        state.ip_groups.entry(name.clone()).or_insert_with(|| group.clone());
    }
    let mut states = Vec::new();
    for step in plan.steps.iter().rev() {
        let What::Group(policy, name) = &step.operation.what else { continue };
        let wanted = end.policy(policy).and_then(|policy| policy.groups.iter().find(|group| group.name == *name));
        let Some(here) = state.policies.iter_mut().find(|known| known.name == *policy) else { continue };
        here.groups.retain(|group| group.name != *name);
        here.groups.extend(wanted.cloned());
        states.push(state.clone());
    }
    states
}

/// Looks at `flows` flows of each firewall in every state of a plan from `old` to `new`.
pub fn watch(old: &Model, plan: &Plan, new: &Model, flows: usize, random: &mut Random, counts: &mut Counts) {
    let knowledge = Knowledge::none();
    let end = whole(old, new);
    let at_risk = at_risk(old, plan, &end);
    let written = json(plan);
    let listed: Vec<Vec<Entry>> = written["operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["cut"].as_array().unwrap().iter().map(Entry::of).collect())
        .collect();
    let leaves: BTreeSet<&str> = end.leaves().chain(old.leaves()).map(|policy| policy.name.as_str()).collect();
    for leaf in &leaves {
        let models: Vec<&Model> = std::iter::once(old).chain(plan.steps.iter().map(after)).chain([&end]).collect();
        let sides: Vec<Option<Side<'_>>> =
            models.iter().map(|model| model.policy(leaf).map(|policy| side(model, policy, &knowledge))).collect();
        let corners = Corners::of(&sides.iter().flatten().copied().collect::<Vec<_>>());
        let orders: Vec<Option<Order<'_>>> =
            sides.iter().map(|side| side.map(|side| Order::of(side.model, side.policy))).collect();
        for number in 0..flows {
            let cut = listed.get(number % listed.len().max(1)).map_or(&[][..], Vec::as_slice);
            let near = if number % 2 == 0 && !at_risk.is_empty() { &at_risk } else { cut };
            let asked = corners.draw(near, random);
            counts.at_risk += usize::from(at_risk.iter().any(|entry| entry.holds(&asked)));
            if !possible(&asked, &knowledge) {
                continue;
            }
            let said: Vec<_> = orders
                .iter()
                .map(|order| {
                    order.as_ref().map_or((Action::Deny, None), |order| outcome(decide(order, &knowledge, &asked)))
                })
                .collect();
            let complete: Vec<bool> = plan.steps.iter().map(|step| step.cut_complete).collect();
            compare(&said, &listed, (leaves.len() == 1, &complete), &asked, counts);
        }
    }
}

fn after(step: &Step) -> &Model {
    &step.after
}

type Outcome = (Action, Option<String>);

/// `of` says whether there is one firewall, and which lists have all that is cut.
fn compare(said: &[Outcome], listed: &[Vec<Entry>], of: (bool, &[bool]), asked: &Asked, counts: &mut Counts) {
    let (is_only, complete) = of;
    let [old, states @ .., new] = said else { panic!("two ends") };
    counts.flows += 1;
    counts.opaque += usize::from(!asked.world.is_empty());
    counts.allowed += usize::from(said.iter().any(|outcome| outcome.0 == Action::Allow));
    let passes = |outcome: &Outcome| outcome.0 == Action::Allow;
    for (number, (state, listed)) in states.iter().zip(listed).enumerate() {
        let is_cut = passes(old) && !passes(state) && passes(new);
        counts.cut += usize::from(is_cut);
        if passes(state) && state != old && state != new {
            counts.opened.push(format!("step {}: {asked:?}: {old:?} {state:?} {new:?}", number + 1));
        }
        let is_listed = listed.iter().any(|entry| entry.holds(asked));
        if is_cut && !is_listed && complete[number] || is_only && is_listed && !is_cut {
            counts.unlisted.push(format!("step {}: {asked:?}: cut {is_cut}, listed {is_listed}", number + 1));
        }
    }
}
