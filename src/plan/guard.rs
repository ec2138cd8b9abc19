//! The temporary group that denies what would pass on the way only.

use crate::azure::{
    Action, AddressTerm, Collection, Group, Model, NetworkProtocol, NetworkRule, Policy, Rules, Sources,
};
use crate::flow::{Passing, Product};
use crate::intent::Priority;
use crate::net::{AddressSet, PortSet};

use super::NoPlan;
use super::state::{find_group, find_policy};

const NAME: &str = "fwc-plan-guard";
/// More rules than this deny everything instead: the group is there for minutes.
const RULES: usize = 200;

/// What a guard denies.
#[derive(Clone, Copy)]
pub(super) enum Guard<'p> {
    /// At least these flows: names and what only Azure knows are left out, which denies more.
    Of(&'p [Passing]),
    /// Everything.
    All,
}

/// A group that denies `what`, in front of every group of `policy` that `new` changes: one of its own where a priority is
/// free for it, else the first group as it stands, with the denial in front of what it says.
pub(super) fn guard(policy: &Policy, state: &Model, new: &Model, what: Guard<'_>) -> Result<Group, NoPlan> {
    let denial = denial(what);
    match room(policy, state, new) {
        Some(priority) => Ok(Group { name: NAME.to_owned(), priority, collections: vec![denial], origin: None }),
        None => inside_first(policy, state, denial).ok_or_else(|| NoPlan::NoRoom(policy.name.clone())),
    }
}

/// Whether a guard is a group of its own, and not one of the policy's.
pub(super) fn is_own(guard: &Group) -> bool {
    guard.name == NAME
}

fn denial(what: Guard<'_>) -> Collection {
    let mut rules: Vec<NetworkRule> = match what {
        Guard::Of(opened) => opened.iter().flat_map(|passing| rules_of(&passing.product)).collect(),
        Guard::All => Vec::new(),
    };
    if rules.is_empty() || rules.len() > RULES {
        rules = vec![rule(vec![NetworkProtocol::Any], vec![AddressTerm::Any], vec![AddressTerm::Any], PortSet::any())];
    }
    for (number, rule) in (1..).zip(&mut rules) {
        rule.name = format!("{NAME}-{number}");
    }
    let rules = Rules::Network(Action::Deny, rules);
    Collection { name: NAME.to_owned(), priority: Priority::FIRST, rules, origin: None }
}

/// The first group with `denial` in front; its collections move down as far as they must.
fn inside_first(policy: &Policy, state: &Model, denial: Collection) -> Option<Group> {
    let now = find_policy(state, &policy.name)?;
    let mut group = now.groups.iter().min_by_key(|group| group.priority)?.clone();
    group.collections.sort_by_key(|collection| collection.priority);
    let mut last = denial.priority.get();
    for collection in &mut group.collections {
        last = collection.priority.get().max(last + 1);
        collection.priority = Priority::new(last.into())?;
    }
    group.collections.insert(0, denial);
    Some(group)
}

/// The largest free priority in front of everything that changes.
fn room(policy: &Policy, state: &Model, new: &Model) -> Option<Priority> {
    let now = find_policy(state, &policy.name)?;
    let then = find_policy(new, &policy.name)?;
    let is_same = |group: &Group| find_group(now, &group.name) == find_group(then, &group.name);
    let all = || now.groups.iter().chain(&then.groups);
    let changed = all().filter(|group| !is_same(group)).map(|group| group.priority.get()).min();
    let first = changed.or_else(|| all().map(|group| group.priority.get()).min());
    let end = first.unwrap_or(Priority::FIRST.get() + 1);
    let is_free = |number: &u16| all().all(|group| group.priority.get() != *number);
    let number = (Priority::FIRST.get()..end).rev().find(is_free)?;
    Priority::new(number.into())
}

/// Network rules that deny a product and no less.
fn rules_of(product: &Product) -> Vec<NetworkRule> {
    let services = &product.services;
    let tcp = services.tcp.union(&services.http).union(&services.https).union(&services.mssql);
    let make = |protocol, ports| rule(vec![protocol], terms(&product.sources), terms(&product.addresses), ports);
    if services.other {
        return vec![make(NetworkProtocol::Any, PortSet::any())];
    }
    let mut rules = Vec::new();
    for (protocol, ports) in [(NetworkProtocol::Tcp, &tcp), (NetworkProtocol::Udp, &services.udp)] {
        if !ports.is_empty() {
            rules.push(make(protocol, ports.clone()));
        }
    }
    if services.icmp {
        rules.push(make(NetworkProtocol::Icmp, PortSet::any()));
    }
    rules
}

fn terms(set: &AddressSet) -> Vec<AddressTerm> {
    if set.is_any() {
        return vec![AddressTerm::Any];
    }
    set.spans().map(AddressTerm::Span).collect()
}

fn rule(
    protocols: Vec<NetworkProtocol>,
    sources: Vec<AddressTerm>,
    destinations: Vec<AddressTerm>,
    ports: PortSet,
) -> NetworkRule {
    NetworkRule {
        name: String::new(),
        description: None,
        protocols,
        sources: Sources { addresses: sources, ip_groups: Vec::new(), pods: Vec::new() },
        destinations,
        destination_ip_groups: Vec::new(),
        destination_fqdns: Vec::new(),
        ports,
        origin: None,
    }
}
