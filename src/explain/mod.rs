//! What happens to one flow, by which rule, and which rules it passed on the way.
//!
//! In: a model, the policy that is attached to the firewall, and a flow as the user gave it. Out: an [`Explanation`],
//! as data, as a line of JSON ([`report`]) and as text for people ([`text`]). Guaranteed: `allow` and `deny` hold for
//! every address the flow may go to and for every content of the sets that only Azure knows; what does not is `depends`,
//! with the conditions. Deliberately absent: files, the command line, and the set algebra.

mod alike;
mod fate;
mod given;
mod json;
mod near;
mod rests;
mod text;
mod verdict;
mod whereabouts;
mod written;

use std::collections::HashMap;
use std::fmt;
use std::net::Ipv4Addr;

use indexmap::IndexMap;

use crate::evaluate::{
    self, Exceptions, FlowOutcome, FlowPoint, Knowledge, Miss, NoAnswer, NoDestination, OrderLine, OrderReading,
    RuleOrder, SortedRule, Turn, World,
};
use crate::flow::{Flow, Service};
use crate::model::{self, Action, Model, Policy, ResourceName};
use crate::net::{AddressSet, HostName};
use crate::source::Origin;
use crate::way::{Carrier, Ways};
use whereabouts::{Whereabouts, size, union, whereabouts};

pub use alike::{ServiceSpan, alike, services_alike};
pub use fate::{Detour, ExplainedCourse};
pub use given::{FlowError, FlowLine};
pub use json::{DecidedBy, ExplainReport, Translated, WayTaken, decided_by, report, target, way_taken};
pub use near::Near;
pub use rests::AnswerRests;
pub use text::text;
pub use verdict::FlowVerdict;
pub use written::WrittenAnswer;

/// What happens to one flow.
#[derive(Clone, Debug)]
pub struct Explanation<'m> {
    /// The answer.
    pub verdict: FlowVerdict,
    /// What decides; where the verdict depends, what decides unless one of the conditions holds.
    pub decided_by: Decision<'m>,
    /// The rules that were read before, in order; nothing where only the decision was requested.
    pub passed: Vec<Passed<'m>>,
    /// The conditions under which the answer is another one.
    pub depends: Vec<ExplainedCase<'m>>,
    /// The conditions under which another rule decides with the same answer.
    pub also: Vec<ExplainedCase<'m>>,
    /// The rules that allow it but for one field, the nearest first, where it is denied.
    pub near: Vec<Near<'m>>,
    /// Where a DNAT rule sends the flow.
    pub translation: Option<ExplainedTranslation<'m>>,
    /// Where the network sends the flow, and its fate.
    pub course: ExplainedCourse<'m>,
    /// The rule of the source from which `decided_by` is made; of several, the one that matches this flow.
    pub written: Option<Origin>,
}

/// What decides a flow.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'m> {
    /// A rule.
    Rule(OrderLine<'m>),
    /// No rule of the attached policy or of its parent: the default, deny.
    Default(&'m Policy),
}

impl<'m> Decision<'m> {
    fn of(line: Option<OrderLine<'m>>, order: &RuleOrder<'m>) -> Self {
        line.map_or(Self::Default(order.policy()), Self::Rule)
    }

    /// The rule that decides, where one does.
    pub fn line(&self) -> Option<OrderLine<'m>> {
        match self {
            Self::Rule(line) => Some(*line),
            Self::Default(_) => None,
        }
    }

    /// What happens to the flow.
    pub fn action(&self) -> Action {
        evaluate::action_of(self.line())
    }
}

/// A rule that was read and did not match.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'m> {
    /// The rule.
    pub line: OrderLine<'m>,
    /// The first reason why it did not match.
    pub why: Miss,
}

/// What decides under a condition.
#[derive(Clone, Debug)]
pub struct ExplainedCase<'m> {
    /// The condition.
    pub on: ExplainedCondition,
    /// What decides where it holds.
    pub decided_by: Decision<'m>,
}

/// Something that a flow does not state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExplainedCondition {
    world: World,
    but: Exceptions,
    address: Option<(HostName, Whereabouts)>,
}

impl fmt::Display for ExplainedCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address.as_ref().map(|(name, whereabouts)| match whereabouts {
            Whereabouts::In(set) => format!("the address of {name} in {set}"),
            Whereabouts::Outside(set) => format!("the address of {name} outside {set}"),
        });
        let world = (!self.world.is_empty()).then(|| self.world.to_string());
        let but = (!self.but.is_empty()).then(|| self.but.to_string());
        f.write_str(&world.into_iter().chain(but).chain(address).collect::<Vec<_>>().join(" and "))
    }
}

impl ExplainedCondition {
    /// Whether the condition holds where a name has the address `address`, if it tests one, and `world` is the case.
    /// Exceptions that are only counted are ignored.
    pub fn holds(&self, world: &World, address: Ipv4Addr) -> bool {
        let is_there = match &self.address {
            None => true,
            Some((_, Whereabouts::In(set))) => set.contains(address),
            Some((_, Whereabouts::Outside(set))) => !set.contains(address),
        };
        is_there && world.implies(&self.world) && !self.but.have(world)
    }
}

/// Where a DNAT rule sends a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExplainedTranslation<'m> {
    /// The address or host that gets the flow, and the port there.
    pub to: &'m model::DnatTranslation,
    /// The address that the target sees as the source: inbound DNAT always translates it (Azure Firewall docs, DNAT).
    pub source_becomes: Option<Ipv4Addr>,
}

/// The detail of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Only what decides.
    Decision,
    /// The rules that were read before, too.
    Passed,
}

/// Explains what a firewall that `policy` is attached to does with `flow`.
pub fn explain<'m>(
    model: &'m Model,
    policy: &'m Policy,
    flow: &Flow,
    knowledge: &Knowledge,
) -> Result<Explanation<'m>, NoAnswer> {
    Explainer::new(&RuleOrder::of(model, policy), knowledge, Detail::Passed).explain(flow)
}

/// Explains many flows of one order.
pub struct Explainer<'o, 'm> {
    order: &'o RuleOrder<'m>,
    knowledge: &'o Knowledge,
    detail: Detail,
    source: Option<WrittenAnswer<'o, 'm>>,
    ways: Ways<'m>,
    /// The rules that may match, by source and service: flows of a log repeat these pairs.
    asked: HashMap<(Ipv4Addr, Service), Vec<&'o OrderReading<'m>>>,
    /// How many rules the map `asked` holds.
    held: usize,
}

/// The most rules that an explainer caches; beyond it, the cache is cleared.
const HELD: usize = 1 << 20;

impl<'o, 'm> Explainer<'o, 'm> {
    /// With `Detail::Decision`, explanations leave out the rules that were passed.
    pub fn new(order: &'o RuleOrder<'m>, knowledge: &'o Knowledge, detail: Detail) -> Self {
        let ways = Ways::of(order.model(), knowledge);
        Self { order, knowledge, detail, source: None, ways, asked: HashMap::new(), held: 0 }
    }

    /// With the rules of the source, from which those of Azure were merged.
    #[must_use]
    pub fn with_source(self, source: WrittenAnswer<'o, 'm>) -> Self {
        Self { source: Some(source), ..self }
    }

    /// Explains `flow`.
    ///
    /// # Errors
    /// Where the flow has no destination that the knowledge allows, or more unknown conditions meet in it than are tried.
    pub fn explain(&mut self, flow: &Flow) -> Result<Explanation<'m>, NoAnswer> {
        let (order, knowledge) = (self.order, self.knowledge);
        let outcomes = evaluate::outcomes_among(self.asked_by(flow), order, flow, knowledge)?;
        let base = usual(&outcomes).ok_or(NoAnswer::Destination(NoDestination))?;
        let decided_by = Decision::of(base.decided_by, order);
        let (depends, also) = cases(&outcomes, base, order, flow);
        let verdict = if depends.is_empty() { decided_by.action().into() } else { FlowVerdict::Depends };
        let passed = match self.detail {
            Detail::Passed => passed(order, flow, base, knowledge),
            Detail::Decision => Vec::new(),
        };
        let translation = base.decided_by.and_then(|line| translation(line, order, &base.addresses));
        let written = base.decided_by.and_then(|line| self.written(&line, flow, base));
        let course = fate::course(&self.ways, (order.model(), order.policy()), flow, &outcomes, verdict);
        let near = if is_denied(verdict, &course) { self.near(flow, base) } else { Vec::new() };
        Ok(Explanation { verdict, decided_by, passed, depends, also, near, translation, course, written })
    }

    fn near(&self, flow: &Flow, base: &FlowOutcome<'m>) -> Vec<Near<'m>> {
        let Some(point) = point_of(flow, base) else { return Vec::new() };
        let mut near = near::near(self.order, flow, point.address, self.knowledge);
        for (near, instead) in &mut near {
            if let Some((source, point)) = self.source.as_ref().zip(instead.address) {
                near.written = source.origin(&near.line, &FlowPoint::of(instead, point), self.knowledge);
            }
        }
        near.into_iter().map(|(near, _)| near).collect()
    }

    fn written(&self, line: &OrderLine<'m>, flow: &Flow, base: &FlowOutcome<'m>) -> Option<Origin> {
        let Some((source, point)) = self.source.as_ref().zip(point_of(flow, base)) else {
            return line.rule.origin().cloned();
        };
        source.origin(line, &point, self.knowledge)
    }

    fn asked_by(&mut self, flow: &Flow) -> &[&'o OrderReading<'m>] {
        let who = (flow.source, flow.service);
        if self.held > HELD && !self.asked.contains_key(&who) {
            self.asked.clear();
            self.held = 0;
        }
        let (order, held) = (self.order, &mut self.held);
        self.asked.entry(who).or_insert_with(|| {
            let asked = evaluate::asked_by(order, flow.source, flow.service);
            // An entry without rules takes room too.
            *held += asked.len() + 16;
            asked
        })
    }
}

/// The outcome reported as "otherwise": of the action with the most addresses, the one with the most.
fn usual<'o, 'm>(outcomes: &'o [FlowOutcome<'m>]) -> Option<&'o FlowOutcome<'m>> {
    let action = |outcome: &FlowOutcome<'_>| evaluate::action_of(outcome.decided_by);
    let total = |wanted: Action| {
        let same = outcomes.iter().filter(|outcome| action(outcome) == wanted);
        same.map(|outcome| size(&outcome.addresses)).sum::<u64>()
    };
    let usual = if total(Action::Allow) > total(Action::Deny) { Action::Allow } else { Action::Deny };
    let candidates = outcomes.iter().rev().filter(|outcome| action(outcome) == usual);
    candidates.max_by_key(|outcome| size(&outcome.addresses))
}

/// The conditions under which the answer is another than `base`, and those under which only the rule is.
fn cases<'m>(
    outcomes: &[FlowOutcome<'m>],
    base: &FlowOutcome<'m>,
    order: &RuleOrder<'m>,
    flow: &Flow,
) -> (Vec<ExplainedCase<'m>>, Vec<ExplainedCase<'m>>) {
    let mut turns: IndexMap<Voice, (Vec<&AddressSet>, Option<OrderLine<'m>>)> = IndexMap::new();
    for (voice, addresses, line) in outcomes.iter().flat_map(|outcome| voices(outcome, base)) {
        turns.entry(voice).or_insert((Vec::new(), line)).0.push(addresses);
    }
    let everywhere = union(outcomes.iter().map(|outcome| &outcome.addresses));
    let (mut depends, mut also) = (Vec::new(), Vec::new());
    for (Voice { world, but, counts, .. }, (addresses, line)) in turns {
        let address = whereabouts(union(addresses), &everywhere, flow);
        let case =
            ExplainedCase { on: ExplainedCondition { world, but, address }, decided_by: Decision::of(line, order) };
        if counts { depends.push(case) } else { also.push(case) }
    }
    (depends, also)
}

/// What decides under a condition.
#[derive(PartialEq, Eq, Hash)]
struct Voice {
    world: World,
    but: Exceptions,
    place: Option<usize>,
    /// Whether it has part in the answer, and not only in the rule that gives it.
    counts: bool,
}

/// Where `outcome` is another than `base`, and what its facts change in it. What gives the same answer counts only where it
/// is an exception of what does not.
fn voices<'o, 'm>(
    outcome: &'o FlowOutcome<'m>,
    base: &FlowOutcome<'m>,
) -> Vec<(Voice, &'o AddressSet, Option<OrderLine<'m>>)> {
    let turns = |line: Option<OrderLine<'m>>| evaluate::action_of(line) != evaluate::action_of(outcome.decided_by);
    let is_exception =
        |line: Option<OrderLine<'m>>| outcome.unless.iter().any(|turn| turns(turn.line) && turn.but.are_by(line));
    let voice = |world: &World, but: &Exceptions, line: Option<OrderLine<'m>>, counts: bool| {
        let place = line.map(|line| line.place);
        (Voice { world: world.clone(), but: but.clone(), place, counts }, &outcome.addresses, line)
    };
    let moved = outcome.decided_by.map(|line| line.place) != base.decided_by.map(|line| line.place);
    let counts = evaluate::action_of(outcome.decided_by) != evaluate::action_of(base.decided_by);
    let here = moved.then(|| voice(&World::default(), &outcome.but, outcome.decided_by, counts));
    // Where the answer is that of `base`, "otherwise" has the other worlds of the same line.
    let told =
        |turn: &&Turn<'m>| counts || turn.line.map(|line| line.place) != outcome.decided_by.map(|line| line.place);
    let facts = outcome
        .unless
        .iter()
        .filter(told)
        .map(|turn| voice(&turn.world, &turn.but, turn.line, turns(turn.line) || is_exception(turn.line)));
    here.into_iter().chain(facts).collect()
}

/// Whether it is the rules that keep the flow from passing.
fn is_denied(verdict: FlowVerdict, course: &ExplainedCourse<'_>) -> bool {
    let comes = match course.way.by {
        Carrier::Firewall | Carrier::Unknown => true,
        Carrier::Internet | Carrier::VirtualNetwork | Carrier::Gateway | Carrier::PrivateEndpoint => false,
        Carrier::ServiceEndpoint | Carrier::LinkLocal | Carrier::Nowhere => false,
    };
    verdict == FlowVerdict::Deny && comes
}

/// The flow at the first of the addresses at which `base` holds.
fn point_of<'f>(flow: &'f Flow, base: &FlowOutcome<'_>) -> Option<FlowPoint<'f>> {
    let address = base.addresses.as_intervals().intervals().first()?;
    Some(FlowPoint::of(flow, address.first().into()))
}

/// The rules before the one that decides `base`, with why each does not match.
fn passed<'m>(order: &RuleOrder<'m>, flow: &Flow, base: &FlowOutcome<'m>, knowledge: &Knowledge) -> Vec<Passed<'m>> {
    let Some(point) = point_of(flow, base) else { return Vec::new() };
    let why = |line: &OrderLine<'m>| evaluate::misses(order, line, &point, knowledge, &World::default());
    order.lines().iter().map_while(|line| why(line).map(|why| Passed { line: *line, why })).collect()
}

fn translation<'m>(
    line: OrderLine<'m>,
    order: &RuleOrder<'m>,
    addresses: &AddressSet,
) -> Option<ExplainedTranslation<'m>> {
    match line.rule {
        SortedRule::Nat(rule) => {
            let source_becomes = private_address(order, addresses);
            Some(ExplainedTranslation { to: &rule.handling, source_becomes })
        }
        SortedRule::Network(..) | SortedRule::Application(..) => None,
    }
}

/// The private address of the firewall that has one of `addresses`, else of the only one that the policy is attached to.
fn private_address(order: &RuleOrder<'_>, addresses: &AddressSet) -> Option<Ipv4Addr> {
    let is_attached = |name: &ResourceName| *name == order.policy().name;
    let attached = || {
        let firewalls = order.model().firewalls.iter();
        firewalls.filter(|firewall| firewall.policy.as_ref().is_some_and(is_attached))
    };
    let owns = attached().find(|firewall| {
        firewall.public_ips.values().chain(&firewall.private_ip).any(|&address| addresses.contains(address))
    });
    let only = || attached().next().filter(|_| attached().count() == 1);
    owns.or_else(only)?.private_ip
}
