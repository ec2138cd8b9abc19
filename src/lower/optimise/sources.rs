//! Sources that lie in other sources of the same rule.

use std::collections::HashMap;

use super::step::Removals;
use crate::intent::Address;
use crate::lower::{lowered::Removal, parts::GroupPart};
use crate::source::SourceSpan;

/// Removes sources that a wider source of the same rule holds.
pub(super) fn step(parts: Vec<GroupPart>, removals: Removals<'_>) -> Vec<GroupPart> {
    parts.into_iter().map(|part| thin_sources(part, removals)).collect()
}

/// Removes sources that lie in other sources of the same part.
fn thin_sources(mut part: GroupPart, removals: &mut Vec<Removal>) -> GroupPart {
    let mut order: Vec<usize> = (0..part.sources.len()).collect();
    let interval = |address: &Address| match address {
        Address::Any => Some(crate::net::Interval::full()),
        Address::Span(span) => Some(span.interval()),
        Address::ServiceTag(_)
        | Address::IpGroup(_)
        | Address::OutsideIpGroup(_)
        | Address::Pods(_)
        | Address::Ipv6(_) => None,
    };
    let key = |&index: &usize| {
        let entry = part.sources.get(index).and_then(|entry| interval(&entry.value));
        entry.map(|interval| (interval.first(), std::cmp::Reverse(interval.last())))
    };
    order.sort_by_key(key);
    let mut widest: Option<(u32, SourceSpan)> = None;
    let mut covered: HashMap<usize, SourceSpan> = HashMap::new();
    for index in order {
        let Some(entry) = part.sources.get(index) else { continue };
        let Some(interval) = interval(&entry.value) else { continue };
        match widest {
            Some((last, by)) if interval.last() <= last => {
                covered.insert(index, by);
            }
            Some(_) | None => widest = Some((interval.last(), entry.at)),
        }
    }
    let mut index = 0;
    let origin = part.origin.clone();
    part.sources.retain(|entry| {
        let by = covered.get(&index).copied();
        index += 1;
        if let Some(by) = by {
            removals.push(Removal { what: entry.value.to_string(), rule: origin.clone(), at: entry.at, by });
        }
        by.is_none()
    });
    part
}
