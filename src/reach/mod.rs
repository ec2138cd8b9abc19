//! Which flows a policy lets through, and by which rule.
//!
//! In: a model, the policy attached to the firewall, and the flows of a query. Out: entries that do not share a flow,
//! each a product of literal sets, with the rule that decides it. Guaranteed: the entries cover every flow of the query
//! that passes, and no other. Deliberately absent: files, the command line, and the names of the author's sets.

mod case;
mod entry;

use crate::evaluate::{Knowledge, OrderLine, RuleOrder};
use crate::flow::{
    By, Decided, DecisionList, Except, FlowAction, FlowReach, Match, NotDecided, Product, Space, Witness, WorkBudget,
    reach as flow_reach,
};
use crate::logic::Formula;
use crate::model::{Model, Policy};
use crate::prove::{Decisions, Meets, ProvedAround, WayLines, axioms_of_any_address, decisions, leads_past, way_lines};
use crate::way::{self, NetworkWay, Sender, Ways};

pub use case::{ReachCase, Usual};
pub use entry::{Excepted, Opaque, ReachEntry, opaque_words, witness};

/// Flows, and the rule that decides them.
#[derive(Clone, Debug)]
pub struct PassingEntries<'m> {
    /// The flows.
    pub entry: ReachEntry,
    /// The same, as sets.
    pub product: Product,
    /// The rule.
    pub by: OrderLine<'m>,
    /// The place of the rule in the order in which the network and the rules decide.
    place: usize,
    /// Whether they go to addresses that their names usually have.
    pub case: ReachCase,
    /// One of the flows.
    pub witness: Witness,
    /// The rules that come first and take some of the product: one for each of its exceptions.
    pub first: Vec<OrderLine<'m>>,
}

/// Flows that go past the firewall, whatever its rules are.
#[derive(Clone, Debug)]
pub struct PastFirewall<'m> {
    /// The flows.
    pub entry: ReachEntry,
    /// The same, as sets.
    pub product: Product,
    /// Whether they go to addresses that their names usually have.
    pub case: ReachCase,
    /// Where the network sends them.
    pub way: NetworkWay<'m>,
    /// One of the flows.
    pub witness: Witness,
}

impl PastFirewall<'_> {
    /// Whether that way was configured: flows inside a subnet and to link-local addresses go past every firewall.
    pub fn is_chosen(&self) -> bool {
        match self.way.by {
            way::Carrier::LinkLocal => false,
            way::Carrier::VirtualNetwork => self.way.route.is_some(),
            way::Carrier::Firewall
            | way::Carrier::Internet
            | way::Carrier::Gateway
            | way::Carrier::PrivateEndpoint
            | way::Carrier::ServiceEndpoint
            | way::Carrier::Nowhere
            | way::Carrier::Unknown => true,
        }
    }
}

/// The flows of a question that pass.
#[derive(Clone, Debug)]
pub struct PolicyReach<'m> {
    /// The flows, rule by rule in processing order, the ordinary ones first: those that come to the firewall and pass, or those
    /// that one rule decides.
    pub passing: Vec<PassingEntries<'m>>,
    /// The flows that go past the firewall.
    pub past: Vec<PastFirewall<'m>>,
    /// Whether that is all; else there are more than the limit.
    pub complete: bool,
}

/// The flows that one rule decides: the first rule in processing order that `wanted` picks.
///
/// # Errors
/// Where the budget does not suffice.
pub fn decided_by<'m>(
    model: &'m Model,
    policy: &'m Policy,
    wanted: impl Fn(&OrderLine<'_>) -> bool,
    knowledge: &Knowledge,
    limit: usize,
    budget: &WorkBudget,
) -> Result<Option<(OrderLine<'m>, PolicyReach<'m>)>, NotDecided> {
    let decisions = decisions(&RuleOrder::of(model, policy), knowledge);
    let picked = decisions.list.lines.iter().enumerate();
    let picked = picked.filter_map(|(index, line)| Some((index, line, *decisions.lines.get(line.origin)?)));
    let Some((index, line, by)) = { picked }.find(|(_, _, by)| wanted(by)) else { return Ok(None) };
    let axioms = axioms_of_any_address(knowledge);
    let usual = Usual::of([model], &axioms);
    let (space, [list], queries) = Space::with_queries(&axioms, [&decisions.list], &line.matches);
    let (mut passing, mut complete) = (Vec::new(), true);
    for query in &queries {
        let reached = flow_reach(&space, &list, query, limit, budget)?;
        complete &= reached.complete;
        let own = reached.decided.into_iter().filter(|decided| decided.by == By::Line(index));
        passing.extend(own.map(|decided| passing_by((decided, index), by, &decisions, &usual)));
    }
    Ok(Some((by, PolicyReach { passing, past: Vec::new(), complete })))
}

fn passing_by<'m>(
    (decided, place): (Decided, usize),
    by: OrderLine<'m>,
    decisions: &Decisions<'m>,
    usual: &Usual,
) -> PassingEntries<'m> {
    let Decided { product, witness, .. } = decided;
    let line = |except: &Except| decisions.lines.get(decisions.list.lines.get(except.line)?.origin).copied();
    let first = product.except.iter().filter_map(line).collect();
    PassingEntries { entry: ReachEntry::of(&product), case: usual.case(&product), product, by, place, witness, first }
}

/// The flows of `asked` that come to the firewall and that `policy` lets through, and those that go past it, in at most
/// `limit` entries for each product of the query. Of a name without given addresses every address counts.
///
/// # Errors
/// Where the budget does not suffice.
pub fn reach<'m>(
    model: &'m Model,
    policy: &'m Policy,
    asked: &[Match],
    knowledge: &Knowledge,
    limit: usize,
    budget: &WorkBudget,
) -> Result<PolicyReach<'m>, NotDecided> {
    let mut found = PolicyReach { passing: Vec::new(), past: Vec::new(), complete: true };
    for reached in reach_each(model, policy, asked, knowledge, limit, budget) {
        let PolicyReach { passing, past, complete } = reached?;
        found.passing.extend(passing);
        found.past.extend(past);
        found.complete &= complete;
    }
    Ok(found.in_order())
}

/// The same for each product of the query by itself. The policy is ordered and numbered once for all of them.
pub fn reach_each<'m>(
    model: &'m Model,
    policy: &'m Policy,
    asked: &[Match],
    knowledge: &Knowledge,
    limit: usize,
    budget: &WorkBudget,
) -> impl Iterator<Item = Result<PolicyReach<'m>, NotDecided>> {
    let along = Along::of(model, policy, knowledge);
    let axioms = axioms_of_any_address(knowledge);
    let usual = Usual::of([model], &axioms);
    let (space, [list], queries) = Space::with_queries(&axioms, [&along.decisions.list], asked);
    let budget = *budget;
    let reached = move |query| Ok(along.split(flow_reach(&space, &list, &query, limit, &budget)?, &usual).in_order());
    queries.into_iter().map(reached)
}

impl PolicyReach<'_> {
    /// The ordinary flows first, then rule by rule in processing order.
    fn in_order(mut self) -> Self {
        self.passing.sort_by_key(|passing| (passing.case, passing.place));
        self
    }
}

/// What decides flows: the network first, then the rules.
struct Along<'m> {
    /// The ways that do not lead to the firewall, then the rules.
    decisions: Decisions<'m>,
    /// The ways, by the origins of their lines from `first` on.
    ways: Vec<NetworkWay<'m>>,
    first: usize,
}

impl<'m> Along<'m> {
    fn of(model: &'m Model, policy: &'m Policy, knowledge: &Knowledge) -> Self {
        let Decisions { list, lines } = decisions(&RuleOrder::of(model, policy), knowledge);
        let first = lines.len();
        let ways = Ways::of(model, knowledge);
        let found = way_lines(&ways, &ProvedAround { rules: &list, first }, &mut of_way);
        let WayLines { lines: mut all, ways } = found;
        all.extend(list.lines);
        Self { decisions: Decisions { list: DecisionList { lines: all, default: list.default }, lines }, ways, first }
    }

    /// What passes, and what goes past the firewall.
    fn split(&self, reached: FlowReach, usual: &Usual) -> PolicyReach<'m> {
        let mut found = PolicyReach { passing: Vec::new(), past: Vec::new(), complete: reached.complete };
        for decided in reached.decided {
            let By::Line(index) = decided.by else { continue };
            let line = self.decisions.list.lines.get(index).filter(|line| line.action == FlowAction::Allow);
            let Some(origin) = line.map(|line| line.origin) else { continue };
            if let Some(by) = self.decisions.lines.get(origin).copied() {
                found.passing.push(passing_by((decided, index), by, &self.decisions, usual));
            } else if let Some(way) = origin.checked_sub(self.first).and_then(|at| self.ways.get(at)) {
                let Decided { product, witness, .. } = decided;
                let (entry, case) = (ReachEntry::of(&product), usual.case(&product));
                found.past.push(PastFirewall { entry, case, product, way: *way, witness });
            }
        }
        found
    }
}

/// What flows on a way meet: one that leads past the firewall lets them pass, one that leads nowhere does not.
fn of_way<'m>(sender: &Sender<'m>, way: &NetworkWay<'m>) -> Meets {
    match (leads_past(sender, way), way.by) {
        (Some(when), _) => Meets::Line { action: FlowAction::Allow, effect: 1, when },
        (None, way::Carrier::Nowhere) => Meets::Line { action: FlowAction::Deny, effect: 0, when: Formula::Always },
        (None, _) => Meets::Rules,
    }
}
