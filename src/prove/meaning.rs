//! The first proof of every compile: the Azure model, in processing order, does what the source states.

use crate::evaluate::{Knowledge, OrderLine, RuleOrder};
use crate::flow::{
    By, DecisionList, Difference, Equivalence, Flow, FlowAction, Match, MatchingEnds, MatchingNames, MatchingPaths,
    NotDecided, ReachExpectation, Service, Space, SpaceQuery, Witness, WorkBudget, difference, equivalent, expect,
};
use crate::intent::{self, Intent};
use crate::model::Model;
use crate::net::{HostPattern, PortSpan, ServiceSet};
use crate::prove::{Decisions, Effects, Ipv6, MeantDecisions, decisions_of, meant};
use crate::source::Origin;

use super::axioms;

/// The most products of a difference that are examined; a policy that differs more is wrong in any case.
const LIMIT: usize = 5000;
/// How many pairs of rules are reported.
const PAIRS: usize = 50;

/// Whether a policy means what its source states.
#[derive(Clone, Debug)]
pub enum RuleMeaning<'m> {
    /// It does, for every flow.
    Proved,
    /// It does not for these flows, each pair of rules once.
    Differs(Vec<Bypass<'m>>),
    /// The budget did not suffice; the rule the work stopped at, where it is one of the model.
    NotDecided(NotDecided),
}

/// A rule that is meant to decide, and the rule that decides instead.
#[derive(Clone, Debug)]
pub struct Bypass<'m> {
    /// The rule that is meant to decide; `None` for the default and for rules of exports.
    pub meant: Option<Origin>,
    /// What it is meant to do.
    pub meant_action: FlowAction,
    /// The rule that decides in Azure; `None` for the default.
    pub does: Option<OrderLine<'m>>,
    /// What that does.
    pub does_action: FlowAction,
    /// A flow that shows it.
    pub witness: Witness,
    /// Whether some flow is decided otherwise whatever its address and whatever the opaque sets hold.
    pub certain: bool,
}

/// Compares what `policy` shall do with what `model` does.
pub fn meaning<'m>(
    intent: &Intent,
    policy: &intent::Policy,
    model: &'m Model,
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> RuleMeaning<'m> {
    let Some(target) = model.policy(&policy.name.value) else { return RuleMeaning::Proved };
    let mut effects = Effects::default();
    let meant = meant(intent, policy, model, knowledge, &mut effects);
    let does = decisions_of(&RuleOrder::of(model, target), knowledge, &mut effects, Ipv6::Sets);
    match compare(&meant, &does, knowledge, budget) {
        Ok(meaning) => meaning,
        Err(stopped) => RuleMeaning::NotDecided(stopped),
    }
}

fn compare<'m>(
    meant: &MeantDecisions,
    does: &Decisions<'m>,
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> Result<RuleMeaning<'m>, NotDecided> {
    let (space, [left, right]) = Space::of(&axioms(knowledge), [&meant.list, &does.list]);
    if equivalent(&space, &left, &right, budget)? == Equivalence::Equal {
        return Ok(RuleMeaning::Proved);
    }
    let apart = difference(&space, &left, &right, LIMIT, budget)?;
    let mut bypasses = pairs(&apart, meant, does);
    settle(&mut bypasses, meant, does, knowledge, budget)?;
    Ok(RuleMeaning::Differs(bypasses))
}

/// Each pair of rules once, with its first witness that has a name where one has.
fn pairs<'m>(apart: &Difference, meant: &MeantDecisions, does: &Decisions<'m>) -> Vec<Bypass<'m>> {
    let mut seen: Vec<(By, By)> = Vec::new();
    let mut bypasses = Vec::new();
    for change in &apart.changes {
        if seen.contains(&(change.before, change.after)) || seen.len() == PAIRS {
            continue;
        }
        seen.push((change.before, change.after));
        bypasses.push(Bypass {
            meant: origin(meant, change.before),
            meant_action: meant.list.action(change.before),
            does: line(does, change.after),
            does_action: does.list.action(change.after),
            witness: change.witness.clone(),
            certain: false,
        });
    }
    bypasses
}

fn origin(meant: &MeantDecisions, by: By) -> Option<Origin> {
    let By::Line(index) = by else { return None };
    let line = meant.list.lines.get(index)?;
    meant.lines.get(line.origin)?.clone()
}

fn line<'m>(does: &Decisions<'m>, by: By) -> Option<OrderLine<'m>> {
    let By::Line(index) = by else { return None };
    does.lines.get(does.list.lines.get(index)?.origin).copied()
}

/// Finds out which bypasses are certain: a flow to that name, from there, with that service, is meant to be decided one
/// way at every address it may have, and is decided the other way at every one.
fn settle(
    bypasses: &mut [Bypass<'_>],
    meant: &MeantDecisions,
    does: &Decisions<'_>,
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> Result<(), NotDecided> {
    let doubts = bypasses.iter();
    let doubts = doubts.map(|bypass| MeaningDoubt {
        witness: &bypass.witness,
        left: bypass.meant_action,
        right: bypass.does_action,
    });
    let doubts: Vec<MeaningDoubt<'_>> = doubts.collect();
    let certain = are_certain(&doubts, [&meant.list, &does.list], knowledge, budget)?;
    bypasses.iter_mut().zip(certain).for_each(|(bypass, certain)| bypass.certain = certain);
    Ok(())
}

/// A flow that two lists decide differently, perhaps for its address or what opaque sets hold alone.
pub(super) struct MeaningDoubt<'w> {
    /// The flow.
    pub witness: &'w Witness,
    /// What the one list does with it.
    pub left: FlowAction,
    /// What the other does.
    pub right: FlowAction,
}

/// Whether each flow is decided so at every address it may have, whatever the opaque sets hold.
pub(super) fn are_certain(
    doubts: &[MeaningDoubt<'_>],
    lists: [&DecisionList; 2],
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> Result<Vec<bool>, NotDecided> {
    let questions: Vec<Match> = doubts.iter().map(|doubt| everywhere(&doubt.witness.flow)).collect();
    let (space, [left, right], queries) = Space::with_queries(&axioms(knowledge), lists, &questions);
    let is_certain = |(doubt, query): (&MeaningDoubt<'_>, &SpaceQuery)| {
        let holds = doubt.left != doubt.right
            && expect(&space, &left, query, doubt.left, budget)? == ReachExpectation::Holds
            && expect(&space, &right, query, doubt.right, budget)? == ReachExpectation::Holds;
        Ok(holds)
    };
    doubts.iter().zip(&queries).map(is_certain).collect()
}

/// The flow at every address.
fn everywhere(flow: &Flow) -> Match {
    let names = match &flow.name {
        Some(name) => MatchingNames::of([HostPattern::Exact(name.clone())]),
        None => MatchingNames::Unnamed,
    };
    let destinations = match (&flow.name, flow.address) {
        (None, Some(address)) => {
            MatchingEnds::from(crate::net::AddressSet::from(crate::net::AddressSpan::from(address)))
        }
        (Some(_), _) | (None, None) => MatchingEnds::any(),
    };
    let source = crate::net::AddressSet::from(crate::net::AddressSpan::from(flow.source));
    Match {
        services: one_service(flow.service),
        sources: source.into(),
        destinations,
        names,
        paths: MatchingPaths::Any,
        besides: [None, None],
    }
}

fn one_service(service: Service) -> ServiceSet {
    let ports = service.port().and_then(PortSpan::single).map(crate::net::PortSet::from).unwrap_or_default();
    match service {
        Service::Application(protocol, _) => ServiceSet::application(protocol, ports),
        Service::Tcp(_) => ServiceSet { tcp: ports, ..ServiceSet::default() },
        Service::Udp(_) => ServiceSet { udp: ports, ..ServiceSet::default() },
        Service::Icmp => ServiceSet { icmp: true, ..ServiceSet::default() },
        Service::Other(_) => ServiceSet::any(),
    }
}
