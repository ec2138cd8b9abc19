//! Joins adjacent addresses and prefixes.

use super::step::Removals;
use crate::intent::{Address, Entry};
use crate::lower::parts::{GroupPart, NetworkEnds, PartKind};
use crate::net::{AddressSet, AddressSpan};

/// Joins neighbours of one list to larger prefixes and ranges, where that makes it shorter.
pub(super) fn step(mut parts: Vec<GroupPart>, _: Removals<'_>) -> Vec<GroupPart> {
    for part in &mut parts {
        join(&mut part.sources);
        if let PartKind::Network { to: NetworkEnds::Addresses(entries), .. } = &mut part.kind {
            join(entries);
        }
    }
    parts
}

fn join(entries: &mut Vec<Entry<Address>>) {
    let spans: Vec<AddressSpan> = entries.iter().filter_map(|entry| span(&entry.value)).collect();
    let joined: Vec<AddressSpan> = spans.iter().copied().collect::<AddressSet>().spans().collect();
    if joined.len() >= spans.len() {
        return;
    }
    // A joined prefix takes the place of the first of its parts.
    let mut left: Vec<Option<AddressSpan>> = joined.into_iter().map(Some).collect();
    let firsts: Vec<u32> = left.iter().flatten().map(|span| span.interval().first()).collect();
    let mut kept = Vec::with_capacity(left.len());
    for entry in entries.drain(..) {
        let Some(own) = span(&entry.value) else {
            kept.push(entry);
            continue;
        };
        let around = firsts.partition_point(|&first| first <= own.interval().first()).checked_sub(1);
        if let Some(span) = around.and_then(|around| left.get_mut(around)).and_then(Option::take) {
            kept.push(Entry { value: Address::Span(span), at: entry.at });
        }
    }
    *entries = kept;
}

fn span(address: &Address) -> Option<AddressSpan> {
    match address {
        Address::Span(span) => Some(*span),
        Address::Any
        | Address::ServiceTag(_)
        | Address::IpGroup(_)
        | Address::OutsideIpGroup(_)
        | Address::Pods(_)
        | Address::Ipv6(_) => None,
    }
}
