//! What counts as a large part of the Internet.

use crate::flow::{Atom, Ends};
use crate::net::{AddressSet, PortSet, PortSpan, ServiceSet, same_word};
use crate::prove::Sort;

/// As many addresses as a /12 has: more than one owner's.
const MANY: u64 = 1 << 20;

/// The part of `ends` that lies in the Internet, where that is large.
pub(super) fn internet_part(ends: &Ends) -> Option<Ends> {
    let addresses = ends.addresses.intersection(&AddressSet::internet());
    let atoms: Vec<Atom> = ends.atoms.iter().filter(|atom| is_wide(atom)).cloned().collect();
    let large = count(&addresses) >= MANY;
    let addresses = if large { addresses } else { AddressSet::default() };
    (large || !atoms.is_empty()).then_some(Ends { addresses, atoms, ..Ends::default() })
}

/// Whether `ends` holds all of the Internet.
pub(super) fn is_everything(ends: &Ends) -> bool {
    ends.addresses.covers(&AddressSet::internet())
}

fn count(addresses: &AddressSet) -> u64 {
    let intervals = addresses.as_intervals().intervals();
    intervals.iter().map(|interval| u64::from(interval.last() - interval.first()) + 1).sum()
}

/// Service tags that hold machines of everybody: all of Azure, all of one of its regions, or the Internet itself.
fn is_wide(atom: &Atom) -> bool {
    let first = atom.name.split('.').next().unwrap_or(&atom.name);
    Sort::of(atom) == Sort::ServiceTag && (same_word(first, "AzureCloud") || same_word(first, "Internet"))
}

/// The protocols of which `services` has every port, as a message says them.
pub(super) fn whole_protocols(services: &ServiceSet) -> Option<&'static str> {
    let whole = |ports: &PortSet| PortSpan::new(1, u16::MAX).is_some_and(|all| ports.covers(&all.into()));
    match (services.any, whole(&services.tcp), whole(&services.udp)) {
        (true, _, _) => Some("every protocol and port"),
        (false, true, true) => Some("TCP and UDP on every port"),
        (false, true, false) => Some("TCP on every port"),
        (false, false, true) => Some("UDP on every port"),
        (false, false, false) => None,
    }
}
