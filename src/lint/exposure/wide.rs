//! What counts as a large part of the Internet.

use crate::exposure::{WIDE_PREFIX, is_wide, is_wide_tag, most_ports};
use crate::flow::{MatchingAtom, MatchingEnds};
use crate::net::{AddressSet, ServiceSet};
use crate::prove::OpaqueSort;

/// The part of `ends` that lies in the Internet, where that is large.
pub(super) fn internet_part(ends: &MatchingEnds) -> Option<MatchingEnds> {
    let addresses = ends.addresses.intersection(&AddressSet::internet());
    let atoms: Vec<MatchingAtom> = ends.atoms.iter().filter(|atom| is_of_everybody(atom)).cloned().collect();
    let large = is_wide(&addresses, WIDE_PREFIX);
    let addresses = if large { addresses } else { AddressSet::default() };
    (large || !atoms.is_empty()).then_some(MatchingEnds { addresses, atoms, ..MatchingEnds::default() })
}

/// Whether `ends` holds all of the Internet.
pub(super) fn is_everything(ends: &MatchingEnds) -> bool {
    ends.addresses.covers(&AddressSet::internet())
}

/// Whether it is a service tag that holds machines of any customer.
fn is_of_everybody(atom: &MatchingAtom) -> bool {
    OpaqueSort::of(atom) == OpaqueSort::ServiceTag && is_wide_tag(&atom.name)
}

/// The protocols of which `services` has every port, or most, in words for a message.
pub(super) fn whole_protocols(services: &ServiceSet) -> Option<String> {
    match (services.any, most_ports(&services.tcp), most_ports(&services.udp)) {
        (true, _, _) => Some("every protocol and port".to_owned()),
        (false, Some(tcp), Some(udp)) if tcp == udp => Some(format!("TCP and UDP on {tcp}")),
        (false, Some(tcp), Some(udp)) => Some(format!("TCP on {tcp} and UDP on {udp}")),
        (false, Some(tcp), None) => Some(format!("TCP on {tcp}")),
        (false, None, Some(udp)) => Some(format!("UDP on {udp}")),
        (false, None, None) => None,
    }
}
