//! The temporary group that denies what would pass on the way only.

use crate::flow::{FlowNames, PassingFlows, Product};
use crate::limits;
use crate::model::{
    Action, AddressTerm, ApplicationMatches, ApplicationRule, Carried, Collection, Group, Inspection, Model,
    NetworkMatches, NetworkProtocol, NetworkRule, Policy, Presence, Priority, Rules, Sources,
};
use crate::net::{AddressSet, AppProtocol, HostPattern, PortSet};

use super::state::{GroupContent, Task, find_group, find_policy};
use super::{Deed, PlanChange, PlanOperation, PlanReason};

const NAME: &str = "fwc-plan-guard";
/// More rules than this deny everything instead: the group is there for minutes.
const RULES: usize = 200;
/// A rule by names lists at most so many ports.
const PORTS: usize = 16;

/// What a guard denies.
#[derive(Clone, Copy)]
pub(super) enum Guard<'p> {
    /// At least these flows: by the names that they ask for, where they have some, else as [`Guard::Flows`] does. Network
    /// rules let flows pass before it is asked.
    Names(&'p [PassingFlows]),
    /// At least these flows: names and what only Azure knows are left out, which denies more.
    Flows(&'p [PassingFlows]),
    /// Everything.
    All,
}

/// Where a guard is.
#[derive(Clone, Copy, Debug)]
pub(super) enum GuardedHost {
    /// In a group of its own, at a free priority.
    Own,
    /// In front of what the first group states now.
    First,
    /// In front of what the group states that will be the first.
    FirstToBe,
}

/// What puts a guard that denies `what` before all groups of a policy that `new` changes; none where there is no such
/// place.
pub(super) fn guard(policy: &str, state: &Model, new: &Model, what: Guard<'_>, host: GuardedHost) -> Option<Task> {
    let (now, then) = (find_policy(state, policy)?, find_policy(new, policy)?);
    let denial = denial(what);
    let group = match host {
        GuardedHost::Own => Group {
            name: NAME.to_owned().into(),
            priority: room(now, then)?,
            presence: Presence::Always,
            collections: denial,
            origin: None,
        },
        GuardedHost::First => in_front(first(now)?, denial)?,
        GuardedHost::FirstToBe => in_front(first(then)?, denial)?,
    };
    Some(put(policy, group, PlanReason::Guard))
}

/// Frees the first priority of a policy: the groups that are there, one after the other, move back by one, the last
/// one first, which changes no flow.
pub(super) fn shift(policy: &str, state: &Model) -> Vec<Task> {
    let Some(now) = find_policy(state, policy) else { return Vec::new() };
    let at = |number: u16| now.groups.iter().filter(move |group| group.priority.get() == number);
    let run: Vec<u16> = (Priority::FIRST.get()..).take_while(|&number| at(number).next().is_some()).collect();
    let moved = run.iter().rev().flat_map(|&number| at(number).map(move |group| (number, group)));
    moved.filter_map(|(number, group)| Some(moved_to(policy, group, Priority::new(u32::from(number) + 1)?))).collect()
}

/// Writes a group as it is at another priority, which it leaves again.
pub(super) fn moved_to(policy: &str, group: &Group, priority: Priority) -> Task {
    put(policy, Group { priority, ..group.clone() }, PlanReason::InTheWay)
}

/// Takes the DNAT rules out of a group, which has them again in the end.
pub(super) fn without_dnat(policy: &str, group: &Group) -> Option<Task> {
    let is_nat = |collection: &Collection| matches!(collection.rules, Rules::Nat(_));
    if !group.collections.iter().any(is_nat) {
        return None;
    }
    let collections = group.collections.iter().filter(|collection| !is_nat(collection)).cloned().collect();
    Some(put(policy, Group { collections, ..group.clone() }, PlanReason::Untranslated))
}

fn put(policy: &str, group: Group, why: PlanReason) -> Task {
    let what = PlanChange::Group(policy.into(), group.name.clone());
    Task { operation: PlanOperation { deed: Deed::Put, what, why }, content: GroupContent::Group(group) }
}

/// The collections that deny.
fn denial(what: Guard<'_>) -> Vec<Collection> {
    let (mut network, mut application) = (Vec::new(), Vec::new());
    match what {
        Guard::Names(opened) => {
            for product in opened.iter().map(|passing| &passing.product) {
                match named_rule(product) {
                    Some(rule) => application.push(rule),
                    None => network.extend(rules_of(product)),
                }
            }
        }
        Guard::Flows(opened) => network.extend(opened.iter().flat_map(|passing| rules_of(&passing.product))),
        Guard::All => {}
    }
    let count = network.len() + application.len();
    if count == 0 || count > RULES {
        let any = || vec![AddressTerm::Any];
        network = vec![rule(vec![NetworkProtocol::Any], any(), any(), PortSet::any())];
        application.clear();
    }
    let mut names = (1..).map(|number| format!("{NAME}-{number}"));
    let mut collections = Vec::new();
    for mut rules in [Rules::Network(Action::Deny, network), Rules::Application(Action::Deny, application)] {
        rules.heads_mut().zip(&mut names).for_each(|(head, name)| *head.name = name);
        if rules.is_empty() {
            continue;
        }
        let name = if collections.is_empty() { NAME.to_owned() } else { format!("{NAME}-names") };
        let number = Priority::FIRST.get() + u16::from(!collections.is_empty());
        let Some(priority) = Priority::new(number.into()) else { continue };
        let (presence, carried) = (Presence::Always, Carried::default());
        collections.push(Collection { name, priority, presence, rules, carried, origin: None });
    }
    collections
}

/// The application rule that denies a product of flows with names, and no less.
fn named_rule(product: &Product) -> Option<ApplicationRule> {
    let services = &product.services;
    let FlowNames::Of { unnamed: false, terms: names } = &product.names else { return None };
    if !services.tcp.is_empty() || !services.udp.is_empty() || services.icmp || services.other {
        return None;
    }
    let of = [(AppProtocol::Http, &services.http), (AppProtocol::Https, &services.https)];
    let of = of.into_iter().chain([(AppProtocol::Mssql, &services.mssql)]);
    let ports = of.flat_map(|(protocol, ports)| {
        ports.spans().flat_map(move |span| (span.first()..=span.last()).map(move |port| (protocol, port)))
    });
    let protocols: Vec<(AppProtocol, u16)> = ports.take(PORTS + 1).collect();
    let fqdns: Vec<HostPattern> = names.iter().flat_map(|term| term.of.iter().cloned()).collect();
    (protocols.len() <= PORTS && !fqdns.is_empty()).then(|| ApplicationRule {
        name: String::new(),
        description: None,
        origin: None,
        matches: ApplicationMatches {
            protocols,
            sources: Sources { addresses: terms(&product.sources), ..Sources::default() },
            destinations: Vec::new(),
            fqdns,
            urls: Vec::new(),
            fqdn_tags: Vec::new(),
            web_categories: Vec::new(),
        },
        handling: Inspection::default(),
        carried: Carried::default(),
    })
}

fn first(policy: &Policy) -> Option<&Group> {
    policy.groups.iter().min_by_key(|group| group.priority)
}

/// A group with `denial` in front; its collections move down as far as they must.
fn in_front(group: &Group, denial: Vec<Collection>) -> Option<Group> {
    let mut group = group.clone();
    group.collections.sort_by_key(|collection| collection.priority);
    let mut last = denial.last()?.priority.get();
    for collection in &mut group.collections {
        last = collection.priority.get().max(last + 1);
        collection.priority = Priority::new(last.into())?;
    }
    group.collections.splice(..0, denial);
    Some(group)
}

/// The largest free priority before everything that changes, where the policy may have one group more.
fn room(now: &Policy, then: &Policy) -> Option<Priority> {
    let all = || now.groups.iter().chain(&then.groups);
    let more = then.groups.iter().filter(|group| find_group(now, &group.name).is_none()).count();
    if u64::try_from(now.groups.len() + more).ok()? >= limits::GROUPS.near {
        return None;
    }
    let is_same = |group: &Group| find_group(now, &group.name) == find_group(then, &group.name);
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
        origin: None,
        matches: NetworkMatches {
            protocols,
            sources: Sources { addresses: sources, ip_groups: Vec::new(), pods: Vec::new() },
            destinations,
            destination_ip_groups: Vec::new(),
            destination_fqdns: Vec::new(),
            ports,
        },
        handling: (),
        carried: Carried::default(),
    }
}
