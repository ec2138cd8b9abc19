//! Generated IP groups, where there would be too many pairs of source and destination: a group counts as one.

use std::collections::{BTreeMap, BTreeSet};

use super::forced::Forced;
use crate::limits::{self, IP_GROUPS, Limit, NETWORK_PAIRS};
use crate::lower::names::from_content;
use crate::model::{AddressTerm, IpGroup, IpGroupRef, Model, NetworkRule, Policy, Rules, Scope};
use crate::net::AddressSpan;
use crate::source::Fingerprint;

/// Puts the lists whose pairs are the most into IP groups, one after the other, until there are few enough.
pub(super) fn step(model: &mut Model, forced: &Forced<'_>) {
    let names: Vec<String> = model.policies.iter().map(|policy| policy.name.to_string()).collect();
    for name in names.iter().filter(|name| forced.is_own(name)) {
        while is_over(model, name, &NETWORK_PAIRS, forced, 0) && !is_over(model, name, &IP_GROUPS, forced, 1) {
            let Some(list) = model.policy(name).and_then(heaviest) else { break };
            put(model, name, &list, forced);
        }
    }
}

/// Whether `more` than what a policy has is over a limit.
fn is_over(model: &Model, policy: &str, limit: &Limit, forced: &Forced<'_>, more: u64) -> bool {
    let used = model.policy(policy).map(|policy| limits::used_of(limit, model, policy));
    used.is_some_and(|used| used + more > forced.options.max(limit))
}

/// The list of addresses without which there would be the fewest pairs.
fn heaviest(policy: &Policy) -> Option<Vec<AddressSpan>> {
    let mut saved: BTreeMap<Vec<AddressSpan>, u64> = BTreeMap::new();
    for rule in network_rules(policy) {
        let from = rule.matches.sources.addresses.len() + rule.matches.sources.ip_groups.len();
        let to = rule.matches.destinations.len()
            + rule.matches.destination_ip_groups.len()
            + rule.matches.destination_fqdns.len();
        for (list, others) in [(sources(rule), to), (destinations(rule), from)] {
            let Some(list) = list else { continue };
            let pairs = (list.len() - 1) * others;
            *saved.entry(list).or_default() += u64::try_from(pairs).unwrap_or(u64::MAX);
        }
    }
    // Of equal ones the first in order, so that the choice is deterministic.
    let most = saved.values().copied().max().filter(|&most| most > 0)?;
    saved.into_iter().find(|(_, saved)| *saved == most).map(|(list, _)| list)
}

fn network_rules(policy: &Policy) -> impl Iterator<Item = &NetworkRule> {
    policy.groups.iter().flat_map(|group| &group.collections).flat_map(|collection| collection.rules.network())
}

/// The sources, where an IP group can hold all of them.
fn sources(rule: &NetworkRule) -> Option<Vec<AddressSpan>> {
    list(&rule.matches.sources.addresses)
}

/// The destinations, where an IP group can hold all of them.
fn destinations(rule: &NetworkRule) -> Option<Vec<AddressSpan>> {
    list(&rule.matches.destinations)
}

/// Literal addresses, two or more, in order.
fn list(terms: &[AddressTerm]) -> Option<Vec<AddressSpan>> {
    let span = |term: &AddressTerm| match term {
        AddressTerm::Span(span) => Some(*span),
        AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
    };
    let mut list: Vec<AddressSpan> = terms.iter().map(span).collect::<Option<_>>()?;
    list.sort_unstable();
    list.dedup();
    (list.len() > 1).then_some(list)
}

/// Makes an IP group of `addresses` and refers to it wherever a network rule of the policy lists them.
fn put(model: &mut Model, policy: &str, addresses: &[AddressSpan], forced: &Forced<'_>) {
    let lists = model.policy(policy).map(|policy| lists(policy, addresses)).unwrap_or_default();
    let name = known_name(model, policy, &lists, forced).unwrap_or_else(|| name(model, policy, addresses));
    forced.named.borrow_mut().push((policy.to_owned(), name.clone(), lists));
    let Some(own) = model.policies.iter_mut().find(|own| own.name == policy) else { return };
    for collection in own.groups.iter_mut().flat_map(|group| &mut group.collections) {
        let Rules::Network(_, rules) = &mut collection.rules else { continue };
        for rule in rules {
            if sources(rule).is_some_and(|list| list == addresses) {
                rule.matches.sources.addresses.clear();
                rule.matches.sources.ip_groups.push(IpGroupRef::Named(name.clone().into()));
            }
            if destinations(rule).is_some_and(|list| list == addresses) {
                rule.matches.destinations.clear();
                rule.matches.destination_ip_groups.push(IpGroupRef::Named(name.clone().into()));
            }
        }
    }
    let group = IpGroup {
        name: name.clone().into(),
        scope: Scope::default(),
        location: None,
        addresses: addresses.to_vec(),
        ipv6: Vec::new(),
        origin: None,
    };
    model.ip_groups.entry(name.into()).or_insert(group);
}

/// The lists of a policy's network rules that hold `addresses`, by their fingerprints in the lock.
fn lists(policy: &Policy, addresses: &[AddressSpan]) -> BTreeSet<Fingerprint> {
    let mut found = BTreeSet::new();
    for group in &policy.groups {
        for collection in &group.collections {
            let Rules::Network(_, rules) = &collection.rules else { continue };
            for rule in rules {
                for (side, list) in [("from", sources(rule)), ("to", destinations(rule))] {
                    if list.is_some_and(|list| list == addresses) {
                        found.insert(Fingerprint::of(&[&collection.name, "/", &rule.name, " ", side].concat()));
                    }
                }
            }
        }
    }
    found
}

/// The name that the most of these lists had before, whatever was added to them since.
fn known_name(model: &Model, policy: &str, lists: &BTreeSet<Fingerprint>, forced: &Forced<'_>) -> Option<String> {
    let is_free = |name: &str| !model.ip_groups.keys().any(|known| known.name == *name);
    let known = forced.lock.ip_groups(policy).filter(|(name, _)| is_free(name));
    let shared = known.map(|(name, known)| (known.intersection(lists).count(), name));
    let most = shared.filter(|(count, _)| *count > 0).max_by_key(|&(count, name)| (count, std::cmp::Reverse(name)))?;
    Some(most.1.clone())
}

/// A name that depends only on the policy and the addresses.
fn name(model: &Model, policy: &str, addresses: &[AddressSpan]) -> String {
    let mut content = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    loop {
        let name = from_content(&[policy.to_owned(), "ips".to_owned()], &content);
        let taken = model.ip_groups.values().find(|group| group.name == name);
        if taken.is_none_or(|taken| taken.addresses == addresses) {
            return name;
        }
        content.push('#');
    }
}
