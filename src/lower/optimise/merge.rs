//! Rules that differ in one field: destinations, sources, ports or protocols.

use std::collections::{HashMap, HashSet};

use super::services::sorted_sources;
use super::step::Removals;
use crate::intent::{Address, Entry, Host, Meta};
use crate::lower::parts::{GroupPart, NetworkEnds, PartKind, source_word};
use crate::model::{Carried, Inspection, NetworkProtocol};
use crate::net::{HostName, PortSet, ServiceSet};

/// The field in which rules may differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MergeField {
    Ends,
    Sources,
    Ports,
    Protocols,
}

/// Merges parts without a label that differ in one field. A label is a promise about logs and is kept.
pub(super) fn step(parts: Vec<GroupPart>, _: Removals<'_>) -> Vec<GroupPart> {
    [MergeField::Ends, MergeField::Sources, MergeField::Ports, MergeField::Protocols].into_iter().fold(parts, merged)
}

/// Merges what differs in `field` only.
fn merged(parts: Vec<GroupPart>, field: MergeField) -> Vec<GroupPart> {
    let mut first: HashMap<MergeKey, usize> = HashMap::new();
    let mut merged: Vec<GroupPart> = Vec::with_capacity(parts.len());
    for part in parts {
        let Some(key) = MergeKey::of(&part, field) else {
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

/// Removes duplicate sources and names.
fn without_twice(part: &mut GroupPart) {
    let mut seen = HashSet::new();
    part.sources.retain(|entry| seen.insert(entry.value.clone()));
    let mut seen = HashSet::new();
    part.called.retain(|called| seen.insert(called.clone()));
}

/// What rules that differ in one field have in common: all that they match and do but for that field, which is `None`.
///
/// It is made from each part whole, so that a property which a part gets parts the rules that differ in it.
#[derive(PartialEq, Eq, Hash)]
struct MergeKey {
    sources: Option<Vec<Address>>,
    sources_kind: Option<&'static str>,
    kind: MergeShape,
    carried: Carried,
    meta: (Option<String>, Option<String>, Option<jiff::civil::Date>),
}

/// A [`PartKind`] without the field.
#[derive(PartialEq, Eq, Hash)]
enum MergeShape {
    Network {
        protocols: Option<Vec<NetworkProtocol>>,
        ports: Option<PortSet>,
        to: Option<MergeEnds>,
        to_kind: EndsKind,
    },
    Application {
        services: Option<ServiceSet>,
        hosts: Option<Vec<Host>>,
        hosts_kind: HostsKind,
        handling: Inspection,
    },
}

#[derive(PartialEq, Eq, Hash)]
enum MergeEnds {
    Addresses(Vec<Address>),
    Names(Vec<HostName>),
}

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum EndsKind {
    Addresses,
    IpGroups,
    Names,
}

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum HostsKind {
    Patterns,
    FqdnTags,
    Categories,
    Urls,
}

impl MergeKey {
    /// None for a part that is not merged.
    fn of(part: &GroupPart, field: MergeField) -> Option<Self> {
        // What is left out here are names, notes and places, which the merged rule has of each.
        let GroupPart {
            label,
            suffix: _,
            called: _,
            description: _,
            meta,
            sources,
            kind,
            carried,
            written: _,
            origin: _,
        } = part;
        if label.is_some() {
            return None;
        }
        let Meta { owner, ticket, expires, .. } = meta;
        Some(Self {
            sources: (field != MergeField::Sources).then(|| sorted_sources(part)),
            sources_kind: sources.first().map(|entry| source_word(&entry.value)),
            kind: MergeShape::of(kind, field)?,
            carried: carried.clone(),
            meta: (owner.clone(), ticket.clone(), expires.as_ref().map(|expires| expires.value)),
        })
    }
}

impl MergeShape {
    /// None where rules of that kind cannot differ in the field alone.
    fn of(kind: &PartKind, field: MergeField) -> Option<Self> {
        match kind {
            PartKind::Network { protocols, ports, to } => {
                let may_differ = field != MergeField::Protocols || protocols.iter().all(has_ports);
                may_differ.then(|| Self::Network {
                    protocols: (field != MergeField::Protocols).then(|| protocols.clone()),
                    ports: (field != MergeField::Ports).then(|| ports.clone()),
                    to: (field != MergeField::Ends).then(|| MergeEnds::of(to)),
                    to_kind: EndsKind::of(to),
                })
            }
            PartKind::Application { services, hosts, handling } => {
                (field != MergeField::Protocols).then(|| Self::Application {
                    services: (field != MergeField::Ports).then(|| services.clone()),
                    hosts: (field != MergeField::Ends).then(|| sorted(hosts)),
                    hosts_kind: HostsKind::of(hosts),
                    handling: handling.clone(),
                })
            }
        }
    }
}

fn has_ports(protocol: &NetworkProtocol) -> bool {
    match protocol {
        NetworkProtocol::Tcp | NetworkProtocol::Udp => true,
        NetworkProtocol::Icmp | NetworkProtocol::Any => false,
    }
}

fn is_group(address: &Address) -> bool {
    match address {
        Address::IpGroup(_) | Address::OutsideIpGroup(_) => true,
        Address::Any | Address::Span(_) | Address::ServiceTag(_) | Address::Pods(_) | Address::Ipv6(_) => false,
    }
}

impl EndsKind {
    fn of(ends: &NetworkEnds) -> Self {
        match ends {
            NetworkEnds::Names(_) => Self::Names,
            NetworkEnds::Addresses(entries) => {
                let is_groups = entries.first().is_some_and(|entry| is_group(&entry.value));
                if is_groups { Self::IpGroups } else { Self::Addresses }
            }
        }
    }
}

impl HostsKind {
    fn of(hosts: &[Entry<Host>]) -> Self {
        match hosts.first().map(|entry| &entry.value) {
            Some(Host::FqdnTag(_)) => Self::FqdnTags,
            Some(Host::Category(_)) => Self::Categories,
            Some(Host::Url(_)) => Self::Urls,
            Some(Host::Pattern(_)) | None => Self::Patterns,
        }
    }
}

impl MergeEnds {
    fn of(ends: &NetworkEnds) -> Self {
        match ends {
            NetworkEnds::Names(entries) => Self::Names(sorted(entries)),
            NetworkEnds::Addresses(entries) => Self::Addresses(sorted(entries)),
        }
    }
}

fn sorted<T: Clone + Ord>(entries: &[Entry<T>]) -> Vec<T> {
    let mut values: Vec<T> = entries.iter().map(|entry| entry.value.clone()).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Puts what `later` has in the field into `earlier`.
fn absorb(earlier: &mut GroupPart, later: GroupPart, field: MergeField) {
    match field {
        MergeField::Ends => add_ends(&mut earlier.kind, later.kind),
        MergeField::Sources => earlier.sources.extend(later.sources),
        MergeField::Ports | MergeField::Protocols => add_services(&mut earlier.kind, later.kind),
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
