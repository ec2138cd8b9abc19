//! Where the network sends a flow, and its fate there.

use std::collections::BTreeSet;
use std::fmt;

use super::verdict::FlowVerdict;
use super::whereabouts::{Whereabouts, size, union, whereabouts};
use crate::evaluate::{self, FlowOutcome};
use crate::flow::Flow;
use crate::model::{Action, Firewall, Model, Policy};
use crate::net::{AddressSet, HostName};
use crate::way::{Carrier, Destinations, Fate, NetworkWay, Sender, Ways};

/// The way of a flow, and its fate.
#[derive(Clone, Debug)]
pub struct ExplainedCourse<'m> {
    /// Where the network sends it; of several ways, that of the most addresses.
    pub way: NetworkWay<'m>,
    /// What becomes of it.
    pub fate: Fate,
    /// The conditions under which it goes another way.
    pub others: Vec<Detour<'m>>,
    /// The firewall that it comes to, where that does not have the named policy whose rules are evaluated.
    pub elsewhere: Option<(&'m Firewall, &'m str)>,
}

impl ExplainedCourse<'_> {
    /// What becomes of the flow where the rules do `action`, whichever way it goes.
    pub fn fate_on_any_way(&self, action: Action) -> Fate {
        let usual = self.fate_of(action);
        let mut others = self.others.iter().map(|other| other.way.by.fate(|| fate_of(action.into())));
        if others.all(|fate| fate == usual) { usual } else { Fate::Depends }
    }

    /// What becomes of the flow on its usual way where the rules do `action`.
    pub fn fate_of(&self, action: Action) -> Fate {
        self.way.by.fate(|| fate_of(action.into()))
    }
}

/// Another way of a flow, under a condition.
#[derive(Clone, Debug)]
pub struct Detour<'m> {
    /// The service tags that hold its address.
    tags: Vec<&'m str>,
    /// Service tags that do not hold it together: their routes win.
    but: Vec<Vec<&'m str>>,
    /// Where its name has its address.
    address: Option<(HostName, Whereabouts)>,
    /// The way.
    pub way: NetworkWay<'m>,
    /// What becomes of it then.
    pub fate: Fate,
}

impl fmt::Display for Detour<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = self.tags.iter().map(|tag| format!("tag({tag})"));
        let but = self.but.iter().map(|tags| match tags.as_slice() {
            [tag] => format!("not tag({tag})"),
            tags => format!("not ({})", tags.iter().map(|tag| format!("tag({tag})")).collect::<Vec<_>>().join(" and ")),
        });
        let address = self.address.as_ref().map(|(name, at)| match at {
            Whereabouts::In(set) => format!("the address of {name} in {set}"),
            Whereabouts::Outside(set) => format!("the address of {name} outside {set}"),
        });
        let parts: Vec<String> = tags.chain(but).chain(address).collect();
        f.write_str(&parts.join(" and "))
    }
}

/// What the network does with `flow`, whose rules give the `outcomes` and, over all of them, `verdict`.
///
/// The course of a flow. A name without a given address has the ordinary addresses: those of the Internet that are no
/// firewall's own.
pub(super) fn course<'m>(
    ways: &Ways<'m>,
    (model, policy): (&'m Model, &'m Policy),
    flow: &Flow,
    outcomes: &[FlowOutcome<'m>],
    verdict: FlowVerdict,
) -> ExplainedCourse<'m> {
    let sender = ways.senders().iter().find(|sender| sender.sources.contains(flow.source));
    let Some(sender) = sender else {
        let way = NetworkWay::plain(Carrier::Firewall);
        return ExplainedCourse { way, fate: fate_of(verdict), others: Vec::new(), elsewhere: None };
    };
    let addresses = ordinary(model, flow, outcomes);
    let cells = cells(sender, &addresses);
    let mut known: Vec<(NetworkWay<'m>, AddressSet)> = Vec::new();
    for cell in cells.iter().filter(|cell| cell.tags.is_empty()) {
        match known.iter_mut().find(|(way, _)| way.is_same(&cell.way)) {
            Some((_, all)) => *all = all.union(&cell.addresses),
            None => known.push((cell.way, cell.addresses.clone())),
        }
    }
    let usual = known.iter().max_by_key(|(_, addresses)| size(addresses));
    let way = usual.map_or(NetworkWay::plain(Carrier::Nowhere), |(way, _)| *way);
    let fates: Vec<Fate> = cells.iter().map(|cell| cell.fate(outcomes)).collect();
    let first = fates.first().copied().unwrap_or(Fate::Denied);
    let fate = if fates.iter().all(|fate| *fate == first) { first } else { Fate::Depends };
    let others = (0..).zip(cells.iter().zip(fates)).filter(|(_, (cell, _))| !cell.way.is_same(&way));
    let detour = |(at, (cell, fate)): (usize, (&FateCell<'m>, Fate))| Detour {
        tags: cell.tags.clone(),
        but: cells
            .iter()
            .take(at)
            .filter(|first| first.may_take(cell))
            .map(|first| first.tags.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        address: whereabouts(cell.addresses.clone(), &addresses, flow),
        way: cell.way,
        fate,
    };
    let elsewhere = way.firewall_of_another(&policy.name, model).map(|firewall| (firewall, policy.name.as_str()));
    ExplainedCourse { way, fate, others: others.map(detour).collect(), elsewhere }
}

/// The addresses that an answer is about.
fn ordinary(model: &Model, flow: &Flow, outcomes: &[FlowOutcome<'_>]) -> AddressSet {
    let all = union(outcomes.iter().map(|outcome| &outcome.addresses));
    if flow.name.is_none() || flow.address.is_some() {
        return all;
    }
    let ordinary = all.intersection(&AddressSet::internet()).difference(&model.firewall_addresses());
    if ordinary.is_empty() { all } else { ordinary }
}

/// Addresses to which the network sends a flow alike, under a condition or without.
struct FateCell<'m> {
    tags: Vec<&'m str>,
    addresses: AddressSet,
    way: NetworkWay<'m>,
}

fn cells<'m>(sender: &Sender<'m>, addresses: &AddressSet) -> Vec<FateCell<'m>> {
    let mut left = addresses.clone();
    let mut cells = Vec::new();
    for step in &sender.steps {
        let (tags, here) = match &step.to {
            Destinations::Addresses(to) => (Vec::new(), left.intersection(to)),
            Destinations::Tagged { tags, within } => (each_once(tags), left.intersection(within)),
        };
        // What a route to some of the tags takes, none to more of them gets.
        let takes = |first: &FateCell<'_>| {
            let is_wider = first.tags.iter().all(|tag| tags.contains(tag));
            !first.tags.is_empty() && is_wider && first.addresses.covers(&here)
        };
        if here.is_empty() || cells.iter().any(takes) {
            continue;
        }
        if tags.is_empty() {
            left = left.difference(&here);
        }
        cells.push(FateCell { tags, addresses: here, way: step.way });
    }
    cells
}

fn each_once<'m>(tags: &[&'m str]) -> Vec<&'m str> {
    let mut once: Vec<&'m str> = Vec::new();
    for tag in tags {
        if !once.contains(tag) {
            once.push(tag);
        }
    }
    once
}

impl FateCell<'_> {
    /// Whether the cell, which comes first, sends some flows of `other` another way, under a condition.
    fn may_take(&self, other: &Self) -> bool {
        !self.tags.is_empty() && !self.way.is_same(&other.way) && self.addresses.intersects(&other.addresses)
    }

    fn fate(&self, outcomes: &[FlowOutcome<'_>]) -> Fate {
        let here = |outcome: &&FlowOutcome<'_>| outcome.addresses.intersects(&self.addresses);
        self.way.by.fate(|| decided(outcomes.iter().filter(here)))
    }
}

/// What the rules do in all of `outcomes`.
fn decided<'o, 'm: 'o>(outcomes: impl Iterator<Item = &'o FlowOutcome<'m>>) -> Fate {
    let lines = outcomes
        .flat_map(|outcome| std::iter::once(outcome.decided_by).chain(outcome.unless.iter().map(|turn| turn.line)));
    let mut actions = lines.map(evaluate::action_of);
    let first = actions.next().unwrap_or(Action::Deny);
    if actions.all(|action| action == first) { fate_of(first.into()) } else { Fate::Depends }
}

fn fate_of(verdict: FlowVerdict) -> Fate {
    match verdict {
        FlowVerdict::Allow => Fate::Allowed,
        FlowVerdict::Deny => Fate::Denied,
        FlowVerdict::Depends => Fate::Depends,
    }
}
