//! The promise, witnessed without the flow algebra: flows at the corners of all rules, decided rule by rule in Azure's
//! order, in several worlds of the sets that only Azure knows.

use std::collections::BTreeSet;

use fwc::diff::DiffSide;
use fwc::evaluate::{Atom, Knowledge, Outside, RuleOrder};
use fwc::flow::{PassingFlows, WorkBudget};
use fwc::model::{Action, Model};
use fwc::plan::{MigrationPlan, PlanChange, PlanGiven, PlanStep, effect, ended, json};
use fwc::reach;
use fwc::way::{Carrier, Sender, Ways};

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
    /// Flows that the network does not always send to the firewall.
    pub elsewhere: usize,
    /// Flows in states that cut them.
    pub cut: usize,
    /// Flows that a state opens.
    pub opened: Vec<String>,
    /// Flows that a state cuts and its step does not list, or the other way round.
    pub unlisted: Vec<String>,
}

/// Flows that the operations of a plan would open in the opposite order: those that its order has to keep out.
fn at_risk(old: &Model, plan: &MigrationPlan, end: &Model) -> Vec<Entry> {
    let given = PlanGiven { knowledge: &Knowledge::none(), budget: &WorkBudget::default() };
    let mut entries = Vec::new();
    for state in careless(old, plan, end) {
        let opened = effect([old, &state, end], &given).unwrap().opened;
        let entry = |passing: &PassingFlows| Entry::of(&serde_json::json!(reach::ReachEntry::of(&passing.product)));
        entries.extend(opened.iter().take(20).map(entry));
    }
    entries
}

/// What would stand there if the groups of a plan were written as they shall be, the last one first.
pub fn careless(old: &Model, plan: &MigrationPlan, end: &Model) -> Vec<Model> {
    let mut state = old.clone();
    for (name, group) in &end.ip_groups {
        state.ip_groups.entry(name.clone()).or_insert_with(|| group.clone());
    }
    let mut states = Vec::new();
    for step in plan.steps.iter().rev() {
        let PlanChange::Group(policy, name) = &step.operation.what else { continue };
        let wanted = end.policy(policy).and_then(|policy| policy.groups.iter().find(|group| group.name == *name));
        let Some(here) = state.policies.iter_mut().find(|known| known.name == *policy) else { continue };
        here.groups.retain(|group| group.name != *name);
        here.groups.extend(wanted.cloned());
        states.push(state.clone());
    }
    states
}

/// The ways at both ends of a plan, and which of them holds on the way.
struct Roads<'m> {
    old: Ways<'m>,
    end: Ways<'m>,
    /// Behind each operation, the route tables that are not yet written.
    unwritten: Vec<Vec<&'m str>>,
}

impl<'m> Roads<'m> {
    fn of(old: &'m Model, plan: &'m MigrationPlan, end: &'m Model, knowledge: &Knowledge) -> Self {
        let behind = |number: usize| plan.steps.iter().skip(number + 1).filter_map(table_of).collect();
        let unwritten = (0..plan.steps.len()).map(behind).collect();
        Self { old: Ways::of(old, knowledge), end: Ways::of(end, knowledge), unwritten }
    }

    /// Where the network sends a flow in each state, the ends among them; `None` where a subnet changes its table, which no
    /// operation does.
    fn of_flow(&self, asked: &Asked) -> Option<Vec<Carrier>> {
        let holds = |tag: &str| asked.world.holds(&Atom::Destination(Outside::ServiceTag(tag.into())));
        let by = |ways: &Ways<'_>| ways.of_flow(asked.source, asked.address, &holds).by;
        let (before, after) = (by(&self.old), by(&self.end));
        let tables = [&self.old, &self.end].map(|ways| {
            let sender = ways.senders().iter().find(|sender| sender.sources.contains(asked.source));
            sender.and_then(Sender::table).map(|table| table.name.to_string())
        });
        let is_written = |unwritten: &Vec<&str>| match &tables[1] {
            Some(table) => !unwritten.contains(&table.as_str()),
            None => unwritten.is_empty(),
        };
        let between = self.unwritten.iter().map(|unwritten| if is_written(unwritten) { after } else { before });
        let all = std::iter::once(before).chain(between).chain([after]).collect();
        (tables[0] == tables[1] || before == after && self.unwritten.iter().all(Vec::is_empty)).then_some(all)
    }
}

fn table_of(step: &PlanStep) -> Option<&str> {
    match &step.operation.what {
        PlanChange::RouteTable(name) => Some(name.as_str()),
        _ => None,
    }
}

/// What becomes of a flow that the network sends `by`, and that the rules decide as `decided`; `None` where the way is not known.
fn became(by: Carrier, decided: Outcome) -> Option<Outcome> {
    match by {
        Carrier::Unknown => None,
        Carrier::Firewall => Some(decided),
        Carrier::Nowhere => Some((Action::Deny, None)),
        Carrier::PrivateEndpoint => Some((Action::Allow, Some("to a private endpoint".to_owned()))),
        _ => Some((Action::Allow, Some("past the firewall".to_owned()))),
    }
}

/// Looks at `flows` flows of each firewall in every state of a plan between two models.
pub fn watch(ends: [&Model; 2], plan: &MigrationPlan, flows: usize, random: &mut Random, counts: &mut Counts) {
    let knowledge = Knowledge::none();
    let network = ended(ends[0], ends[1]);
    let roads = Roads::of(ends[0], plan, &network, &knowledge);
    let [old, new] = &ends.map(Model::as_deployed);
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
        let sides: Vec<Option<DiffSide<'_>>> =
            models.iter().map(|model| model.policy(leaf).map(|policy| side(model, policy, &knowledge))).collect();
        let corners = Corners::of(&sides.iter().flatten().copied().collect::<Vec<_>>());
        let orders: Vec<Option<RuleOrder<'_>>> =
            sides.iter().map(|side| side.map(|side| RuleOrder::of(side.model, side.policy))).collect();
        for number in 0..flows {
            let cut = listed.get(number % listed.len().max(1)).map_or(&[][..], Vec::as_slice);
            let near = if number % 2 == 0 && !at_risk.is_empty() { &at_risk } else { cut };
            let asked = corners.draw(near, random);
            counts.at_risk += usize::from(at_risk.iter().any(|entry| entry.holds(&asked)));
            if !possible(&asked, &knowledge) {
                continue;
            }
            let Some(ways) = roads.of_flow(&asked) else { continue };
            let decided = orders.iter().map(|order| {
                order.as_ref().map_or((Action::Deny, None), |order| outcome(decide(order, &knowledge, &asked)))
            });
            let said: Option<Vec<_>> = decided.zip(&ways).map(|(decided, &by)| became(by, decided)).collect();
            let Some(said) = said else { continue };
            counts.elsewhere += usize::from(ways.iter().any(|by| *by != Carrier::Firewall));
            let complete: Vec<bool> = plan.steps.iter().map(|step| step.cut_complete).collect();
            compare(&said, &listed, (leaves.len() == 1, &complete), &asked, counts);
        }
    }
}

fn after(step: &PlanStep) -> &Model {
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
