//! The addresses of a set of sources that rules and routes treat alike.

use std::collections::BTreeSet;

use crate::evaluate::Order;
use crate::model::{AddressTerm, Sources};
use crate::net::{AddressSet, AddressSpan, Interval};
use crate::way::Ways;

/// The parts of `sources`, in order: no rule and no stated subnet has some addresses of a part, and not the others.
pub fn alike(sources: &AddressSet, order: &Order<'_>, ways: &Ways<'_>) -> Vec<AddressSpan> {
    let mut edges: BTreeSet<u64> = BTreeSet::new();
    let mut add = |set: &AddressSet| {
        for interval in set.as_intervals().intervals() {
            edges.extend([u64::from(interval.first()), u64::from(interval.last()) + 1]);
        }
    };
    for line in order.lines() {
        let Sources { addresses, ip_groups, .. } = line.rule.sources();
        addresses.iter().for_each(|term| match term {
            AddressTerm::Span(span) => add(&AddressSet::from(*span)),
            AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => {}
        });
        ip_groups.iter().filter_map(|group| order.model().ip_group(group)).for_each(|group| add(&group.address_set()));
    }
    ways.senders().iter().for_each(|sender| add(&sender.sources));
    sources.as_intervals().intervals().iter().flat_map(|&interval| cut(interval, &edges)).collect()
}

/// An interval in pieces, each of which begins at an edge but the first.
fn cut(interval: Interval<u32>, edges: &BTreeSet<u64>) -> Vec<AddressSpan> {
    let (first, end) = (u64::from(interval.first()), u64::from(interval.last()) + 1);
    let inner = edges.range(first + 1..end).copied();
    let begins: Vec<u64> = std::iter::once(first).chain(inner).collect();
    let ends = begins.iter().copied().skip(1).chain([end]);
    let piece = |(begin, end): (u64, u64)| Interval::new(u32::try_from(begin).ok()?, u32::try_from(end - 1).ok()?);
    begins.iter().copied().zip(ends).filter_map(piece).map(AddressSpan::from).collect()
}
