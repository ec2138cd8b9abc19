//! Where a name has its address.

use crate::flow::Flow;
use crate::net::{AddressSet, HostName};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Whereabouts {
    In(AddressSet),
    Outside(AddressSet),
}

/// The shorter of two descriptions of `addresses`; nothing where they are all the flow may go to.
pub(super) fn whereabouts(
    addresses: AddressSet,
    everywhere: &AddressSet,
    flow: &Flow,
) -> Option<(HostName, Whereabouts)> {
    let rest = everywhere.difference(&addresses);
    let name = flow.name.clone().filter(|_| !rest.is_empty())?;
    let length = |set: &AddressSet| set.spans().count();
    let is_shorter = length(&rest) < length(&addresses);
    Some((name, if is_shorter { Whereabouts::Outside(rest) } else { Whereabouts::In(addresses) }))
}

pub(super) fn union<'s>(sets: impl IntoIterator<Item = &'s AddressSet>) -> AddressSet {
    sets.into_iter().flat_map(AddressSet::spans).collect()
}

pub(super) fn size(addresses: &AddressSet) -> u64 {
    let intervals = addresses.as_intervals().intervals().iter();
    intervals.map(|interval| u64::from(interval.last() - interval.first()) + 1).sum()
}
