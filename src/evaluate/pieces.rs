//! The addresses that a flow may go to, cut where some rule may distinguish them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::order::OrderLine;
use super::sort::SortedRule;
use super::tag_hosts::TagHosts;

use crate::flow::Flow;
use crate::model::{AddressTerm, Model, PrivateEndpoint, Rules};
use crate::net::{AddressSet, AddressSpan, HostName, Interval};

/// The addresses of host names, as private endpoints and DNS snapshots give them; and what tags hold.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Knowledge {
    addresses: BTreeMap<HostName, AddressSet>,
    /// The addresses of service tags, by their names in lower case.
    tags: BTreeMap<String, AddressSet>,
    /// The hosts of FQDN tags, by their names in lower case.
    fqdn_tags: BTreeMap<String, TagHosts>,
}

impl Knowledge {
    /// Nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// What private endpoints state: each of their names has their addresses.
    pub fn of(endpoints: &[PrivateEndpoint]) -> Self {
        let mut knowledge = Self::none();
        for endpoint in endpoints {
            endpoint.hosts.iter().for_each(|host| knowledge.learn(host.clone(), &endpoint.addresses));
        }
        knowledge
    }

    /// Adds addresses of `name`. An empty set changes nothing: the name stays as unknown as it was.
    pub fn learn(&mut self, name: HostName, addresses: &AddressSet) {
        if !addresses.is_empty() {
            let known = self.addresses.entry(name).or_default();
            *known = known.union(addresses);
        }
    }

    /// Sets the addresses of the service tag `tag`; an empty set is one that holds none.
    pub fn learn_tag(&mut self, tag: &str, addresses: AddressSet) {
        self.tags.insert(tag.to_ascii_lowercase(), addresses);
    }

    /// The addresses of the service tag `tag`, where they are known.
    pub fn addresses_of_tag(&self, tag: &str) -> Option<&AddressSet> {
        self.tags.get(&tag.to_ascii_lowercase())
    }

    /// Sets the hosts of the FQDN tag `tag`.
    pub fn learn_fqdn_tag(&mut self, tag: &str, hosts: TagHosts) {
        self.fqdn_tags.insert(tag.to_ascii_lowercase(), hosts);
    }

    /// The hosts of the FQDN tag `tag`, where something is known of them. Azure compares the names of tags without regard
    /// to case.
    pub fn hosts_of_tag(&self, tag: &str) -> Option<&TagHosts> {
        self.fqdn_tags.get(&tag.to_ascii_lowercase())
    }

    /// `model` with known addresses in place of the service tags that have them: the model of an answer, not what is
    /// deployed. A rule that no destination is left of matches nothing.
    pub fn applied_to(&self, model: &Model) -> Model {
        let mut model = model.clone();
        if self.tags.is_empty() {
            return model;
        }
        let groups = model.policies.iter_mut().flat_map(|policy| &mut policy.groups);
        for collection in groups.flat_map(|group| &mut group.collections) {
            if let Rules::Network(_, rules) = &mut collection.rules {
                rules.iter_mut().for_each(|rule| self.expand(&mut rule.matches.destinations));
            }
        }
        model
    }

    fn expand(&self, terms: &mut Vec<AddressTerm>) {
        let expanded: Vec<AddressTerm> = terms
            .drain(..)
            .flat_map(|term| match &term {
                AddressTerm::ServiceTag(tag) => match self.addresses_of_tag(tag) {
                    Some(known) => known.spans().map(AddressTerm::Span).collect(),
                    None => vec![term],
                },
                AddressTerm::Any | AddressTerm::Span(_) | AddressTerm::Ipv6(_) => vec![term],
            })
            .collect();
        *terms = expanded;
    }

    /// Every name whose addresses are known.
    pub fn known(&self) -> impl Iterator<Item = (&HostName, &AddressSet)> {
        self.addresses.iter()
    }

    /// The addresses of `name`, where they are known.
    pub fn addresses_of(&self, name: &HostName) -> Option<&AddressSet> {
        self.addresses.get(name)
    }
}

/// The flow has neither an address nor a name, so that it cannot be evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoDestination;

impl fmt::Display for NoDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the flow has no destination: expected an address or a host name")
    }
}

impl std::error::Error for NoDestination {}

/// The addresses that `flow` may go to: its own; else those of its name; else any of the internet.
pub fn candidate_addresses(flow: &Flow, knowledge: &Knowledge) -> Result<AddressSet, NoDestination> {
    match (flow.address, &flow.name) {
        (Some(address), _) => Ok(AddressSpan::from(address).into()),
        (None, Some(name)) => Ok(knowledge.addresses_of(name).cloned().unwrap_or_else(AddressSet::internet)),
        (None, None) => Err(NoDestination),
    }
}

/// `addresses`, cut so that no term of `lines` holds a part of a piece and not the rest.
pub fn pieces(
    addresses: &AddressSet,
    lines: &[&OrderLine<'_>],
    model: &Model,
    knowledge: &Knowledge,
) -> Vec<Interval<u32>> {
    let mut starts = BTreeSet::new();
    let untagged =
        if lines.iter().any(|line| asks_tags(line)) { AddressSet::untagged() } else { AddressSet::default() };
    let known = lines.iter().flat_map(|line| destination_intervals(line, model, knowledge));
    for term in known.chain(untagged.as_intervals().intervals().iter().copied()) {
        starts.insert(term.first());
        starts.extend(term.last().checked_add(1));
    }
    addresses.as_intervals().intervals().iter().flat_map(|&interval| cut(interval, &starts)).collect()
}

/// `interval`, with a new piece at each of `starts`.
fn cut(interval: Interval<u32>, starts: &BTreeSet<u32>) -> Vec<Interval<u32>> {
    let mut pieces = Vec::new();
    let mut rest = Some(interval);
    while let Some(open) = rest {
        let next = open.first().checked_add(1).and_then(|low| starts.range(low..).next().copied());
        let next = next.filter(|&next| next <= open.last());
        let last = next.map_or(open.last(), |next| next - 1);
        pieces.extend(Interval::new(open.first(), last));
        rest = next.and_then(|next| Interval::new(next, open.last()));
    }
    pieces
}

/// The known intervals of destination addresses that `line` tests.
fn destination_intervals(line: &OrderLine<'_>, model: &Model, knowledge: &Knowledge) -> Vec<Interval<u32>> {
    match line.rule {
        SortedRule::Nat(rule) => rule.matches.destinations.iter().filter_map(term_interval).collect(),
        SortedRule::Network(_, rule) => {
            let terms = rule.matches.destinations.iter().filter_map(term_interval);
            let groups = rule.matches.destination_ip_groups.iter().filter_map(|group| model.ip_group(group));
            let groups = groups.flat_map(|group| group.addresses.iter().map(|span| span.interval()));
            let names = rule.matches.destination_fqdns.iter().filter_map(|name| knowledge.addresses_of(name));
            let names = names.flat_map(|addresses| addresses.as_intervals().intervals().iter().copied());
            terms.chain(groups).chain(names).collect()
        }
        SortedRule::Application(..) => Vec::new(),
    }
}

/// Whether `line` has a service tag among its destinations.
fn asks_tags(line: &OrderLine<'_>) -> bool {
    let destinations = match line.rule {
        SortedRule::Nat(rule) => &rule.matches.destinations,
        SortedRule::Network(_, rule) => &rule.matches.destinations,
        SortedRule::Application(_, rule) => &rule.matches.destinations,
    };
    destinations.iter().any(|term| matches!(term, AddressTerm::ServiceTag(_)))
}

/// Whether `line` may match at some address of `hull`: `false` only where every address that it tests is known and lies
/// elsewhere.
pub fn may_meet(line: &OrderLine<'_>, hull: Interval<u32>, model: &Model, knowledge: &Knowledge) -> bool {
    let is_open = |terms: &[AddressTerm]| terms.iter().any(|term| term_interval(term).is_none());
    let asks_the_unknown = match line.rule {
        SortedRule::Nat(rule) => is_open(&rule.matches.destinations),
        SortedRule::Network(_, rule) => {
            is_open(&rule.matches.destinations)
                || rule.matches.destination_ip_groups.iter().any(|group| model.ip_group(group).is_none())
                || !rule.matches.destination_fqdns.is_empty()
        }
        SortedRule::Application(..) => true,
    };
    let meets = |interval: Interval<u32>| interval.intersection(hull).is_some();
    asks_the_unknown || destination_intervals(line, model, knowledge).into_iter().any(meets)
}

fn term_interval(term: &AddressTerm) -> Option<Interval<u32>> {
    match term {
        AddressTerm::Span(span) => Some(span.interval()),
        AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_loses_no_address() {
        let interval = |first, last| Interval::new(first, last);
        let whole = interval(10, 20).map(|whole| cut(whole, &BTreeSet::from([5, 10, 12, 20, 21])));
        let parts = [interval(10, 11), interval(12, 19), interval(20, 20)];
        assert_eq!(whole, parts.into_iter().collect());
    }
}
