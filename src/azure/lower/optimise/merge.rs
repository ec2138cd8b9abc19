//! Rules that differ in their destinations only.

use std::collections::HashMap;

use super::{Removals, Services, sorted_sources};
use crate::azure::lower::parts::{NetworkEnds, Part, PartKind};
use crate::intent::{Address, Host, Meta};

/// Merges parts without a label that have equal sources and services. A label is a promise about logs and is kept.
pub(super) fn step(parts: Vec<Part>, _: Removals<'_>) -> Vec<Part> {
    let mut first: HashMap<MergeKey, usize> = HashMap::new();
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        if part.label.is_some() {
            merged.push(part);
            continue;
        }
        let Meta { owner, ticket, expires, .. } = &part.meta;
        let key = MergeKey {
            sources: sorted_sources(&part),
            services: Services::of(&part),
            ends: ends_kind(&part),
            meta: MetaKey(owner.clone(), ticket.clone(), expires.as_ref().map(|expires| expires.value)),
        };
        match first.get(&key).and_then(|&index| merged.get_mut(index)) {
            Some(earlier) => absorb(earlier, part),
            None => {
                first.insert(key, merged.len());
                merged.push(part);
            }
        }
    }
    merged
}

#[derive(PartialEq, Eq, Hash)]
struct MergeKey {
    sources: Vec<Address>,
    services: Services,
    ends: EndsKind,
    meta: MetaKey,
}

#[derive(PartialEq, Eq, Hash)]
struct MetaKey(Option<String>, Option<String>, Option<jiff::civil::Date>);

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

fn ends_kind(part: &Part) -> EndsKind {
    match &part.kind {
        PartKind::Network { to: NetworkEnds::Names(_), .. } => EndsKind::Names,
        PartKind::Network { to: NetworkEnds::Addresses(entries), .. } => {
            match entries.first().map(|entry| &entry.value) {
                Some(Address::IpGroup(_) | Address::OutsideIpGroup(_)) => EndsKind::IpGroups,
                Some(Address::Any | Address::Span(_) | Address::ServiceTag(_)) | None => EndsKind::Addresses,
            }
        }
        PartKind::Application { hosts, .. } => match hosts.first().map(|entry| &entry.value) {
            Some(Host::FqdnTag(_)) => EndsKind::FqdnTags,
            Some(Host::Category(_)) => EndsKind::Categories,
            Some(Host::Url(_)) => EndsKind::Urls,
            Some(Host::Pattern(_)) | None => EndsKind::Patterns,
        },
    }
}

fn absorb(earlier: &mut Part, later: Part) {
    match (&mut earlier.kind, later.kind) {
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
    if let Some(more) = later.description {
        match &mut earlier.description {
            Some(description) if !description.contains(&more) => *description = format!("{description} {more}"),
            Some(_) => {}
            none => *none = Some(more),
        }
    }
}
