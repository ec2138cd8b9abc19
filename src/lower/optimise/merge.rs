//! Rules that differ in one field: destinations, sources, ports or protocols.

use std::collections::{HashMap, HashSet};

use super::services::{Services, sorted_sources};
use super::step::Removals;
use crate::intent::{Address, Entry, Host, Meta};
use crate::lower::parts::{NetworkEnds, Part, PartKind, source_word};
use crate::model::{Inspection, NetworkProtocol};
use crate::net::{HostName, PortSet, ServiceSet};

/// The field in which rules may differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Ends,
    Sources,
    Ports,
    Protocols,
}

/// Merges parts without a label that differ in one field. A label is a promise about logs and is kept.
pub(super) fn step(parts: Vec<Part>, _: Removals<'_>) -> Vec<Part> {
    [Field::Ends, Field::Sources, Field::Ports, Field::Protocols].into_iter().fold(parts, merged)
}

/// Merges what differs in `field` only.
fn merged(parts: Vec<Part>, field: Field) -> Vec<Part> {
    let mut first: HashMap<Key, usize> = HashMap::new();
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        let Some(key) = Key::of(&part, field) else {
            merged.push(part);
            continue;
        };
        match first.get(&key).and_then(|&index| merged.get_mut(index)) {
            Some(earlier) => absorb(earlier, part, field),
            None => {
                first.insert(key, merged.len());
                merged.push(part);
            }
        }
    }
    merged.iter_mut().filter(|part| part.called.len() > 1).for_each(without_twice);
    merged
}

/// Takes away sources and names that stand twice.
fn without_twice(part: &mut Part) {
    let mut seen = HashSet::new();
    part.sources.retain(|entry| seen.insert(entry.value.clone()));
    let mut seen = HashSet::new();
    part.called.retain(|called| seen.insert(called.clone()));
}

/// What rules that differ in one field have in common: everything else.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    sources: Option<Vec<Address>>,
    sources_kind: Option<&'static str>,
    services: Rest,
    ends: Option<Ends>,
    ends_kind: EndsKind,
    meta: (Option<String>, Option<String>, Option<jiff::civil::Date>),
}

/// The services, or what is left of them without the field.
#[derive(PartialEq, Eq, Hash)]
enum Rest {
    All(Services),
    Protocols(Vec<NetworkProtocol>),
    Ports(PortSet),
    Handling(Inspection),
}

#[derive(PartialEq, Eq, Hash)]
enum Ends {
    Addresses(Vec<Address>),
    Names(Vec<HostName>),
    Hosts(Vec<Host>),
}

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum EndsKind {
    Addresses,
    IpGroups,
    Names,
    Patterns,
    FqdnTags,
    Categories,
    Urls,
}

impl Key {
    /// None for a part that is not merged.
    fn of(part: &Part, field: Field) -> Option<Self> {
        if part.label.is_some() {
            return None;
        }
        let Meta { owner, ticket, expires, .. } = &part.meta;
        Some(Self {
            sources: (field != Field::Sources).then(|| sorted_sources(part)),
            sources_kind: part.sources.first().map(|entry| source_word(&entry.value)),
            services: rest(part, field)?,
            ends: (field != Field::Ends).then(|| ends(part)),
            ends_kind: ends_kind(part),
            meta: (owner.clone(), ticket.clone(), expires.as_ref().map(|expires| expires.value)),
        })
    }
}

/// None where the services cannot differ in the field.
fn rest(part: &Part, field: Field) -> Option<Rest> {
    match (field, &part.kind) {
        (Field::Ends | Field::Sources, _) => Some(Rest::All(Services::of(part))),
        (Field::Ports, PartKind::Network { protocols, .. }) => Some(Rest::Protocols(protocols.clone())),
        (Field::Protocols, PartKind::Network { protocols, ports, .. }) => {
            let has_ports = |protocol: &NetworkProtocol| match protocol {
                NetworkProtocol::Tcp | NetworkProtocol::Udp => true,
                NetworkProtocol::Icmp | NetworkProtocol::Any => false,
            };
            protocols.iter().all(has_ports).then(|| Rest::Ports(ports.clone()))
        }
        (Field::Ports, PartKind::Application { handling, .. }) => Some(Rest::Handling(handling.clone())),
        (Field::Protocols, PartKind::Application { .. }) => None,
    }
}

fn is_group(address: &Address) -> bool {
    match address {
        Address::IpGroup(_) | Address::OutsideIpGroup(_) => true,
        Address::Any | Address::Span(_) | Address::ServiceTag(_) | Address::Pods(_) | Address::Ipv6(_) => false,
    }
}

fn ends_kind(part: &Part) -> EndsKind {
    match &part.kind {
        PartKind::Network { to: NetworkEnds::Names(_), .. } => EndsKind::Names,
        PartKind::Network { to: NetworkEnds::Addresses(entries), .. } => {
            let is_groups = entries.first().is_some_and(|entry| is_group(&entry.value));
            if is_groups { EndsKind::IpGroups } else { EndsKind::Addresses }
        }
        PartKind::Application { hosts, .. } => match hosts.first().map(|entry| &entry.value) {
            Some(Host::FqdnTag(_)) => EndsKind::FqdnTags,
            Some(Host::Category(_)) => EndsKind::Categories,
            Some(Host::Url(_)) => EndsKind::Urls,
            Some(Host::Pattern(_)) | None => EndsKind::Patterns,
        },
    }
}

fn ends(part: &Part) -> Ends {
    match &part.kind {
        PartKind::Network { to: NetworkEnds::Names(entries), .. } => Ends::Names(sorted(entries)),
        PartKind::Network { to: NetworkEnds::Addresses(entries), .. } => Ends::Addresses(sorted(entries)),
        PartKind::Application { hosts, .. } => Ends::Hosts(sorted(hosts)),
    }
}

fn sorted<T: Clone + Ord>(entries: &[Entry<T>]) -> Vec<T> {
    let mut values: Vec<T> = entries.iter().map(|entry| entry.value.clone()).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Puts what `later` has in the field into `earlier`.
fn absorb(earlier: &mut Part, later: Part, field: Field) {
    match field {
        Field::Ends => add_ends(&mut earlier.kind, later.kind),
        Field::Sources => earlier.sources.extend(later.sources),
        Field::Ports | Field::Protocols => add_services(&mut earlier.kind, later.kind),
    }
    earlier.called.extend(later.called);
    if let Some(more) = later.description {
        match &mut earlier.description {
            Some(description) if !description.contains(&more) => *description = format!("{description} {more}"),
            Some(_) => {}
            none => *none = Some(more),
        }
    }
}

fn add_ends(mine: &mut PartKind, others: PartKind) {
    match (mine, others) {
        (
            PartKind::Network { to: NetworkEnds::Addresses(mine), .. },
            PartKind::Network { to: NetworkEnds::Addresses(others), .. },
        ) => mine.extend(others),
        (
            PartKind::Network { to: NetworkEnds::Names(mine), .. },
            PartKind::Network { to: NetworkEnds::Names(others), .. },
        ) => mine.extend(others),
        (PartKind::Application { hosts: mine, .. }, PartKind::Application { hosts: others, .. }) => mine.extend(others),
        (PartKind::Network { .. }, _) | (PartKind::Application { .. }, _) => {}
    }
}

fn add_services(mine: &mut PartKind, others: PartKind) {
    match (mine, others) {
        (
            PartKind::Network { protocols: mine, ports, .. },
            PartKind::Network { protocols: others, ports: more, .. },
        ) => {
            mine.extend(others);
            mine.sort_unstable();
            mine.dedup();
            *ports = ports.union(&more);
        }
        (PartKind::Application { services: mine, .. }, PartKind::Application { services: others, .. }) => {
            *mine = ServiceSet::union(mine, &others);
        }
        (PartKind::Network { .. }, _) | (PartKind::Application { .. }, _) => {}
    }
}
