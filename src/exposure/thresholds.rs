//! The thresholds.

use crate::net::{AddressSet, PortSet, PortSpan, same_word};

/// The length of the prefix whose number of addresses counts as a large part of the Internet: more than one owner's.
pub const WIDE_PREFIX: u8 = 12;

/// The length of the prefix whose number of addresses counts as all of the Internet: more than any owner has.
pub const INTERNET_PREFIX: u8 = 4;

/// The ports that machines are managed through: SSH, Remote Desktop, and Windows Remote Management over HTTP and HTTPS (IANA
/// port numbers).
pub const MANAGEMENT_PORTS: [u16; 4] = [22, 3389, 5985, 5986];

/// Whether `addresses` are as many as a prefix of `length` has, or more.
pub fn is_wide(addresses: &AddressSet, length: u8) -> bool {
    addresses.count() >= 1u64 << (32 - u32::from(length.min(32)))
}

/// Whether a service tag holds machines of any customer: all of Azure, all of one of its regions, or the Internet
/// itself.
pub fn is_wide_tag(tag: &str) -> bool {
    let first = tag.split('.').next().unwrap_or(tag);
    same_word(first, "AzureCloud") || same_word(first, "Internet")
}

/// Whether `addresses` count as all of the Internet.
pub fn is_most_of_internet(addresses: &AddressSet) -> bool {
    is_wide(&addresses.intersection(&AddressSet::internet()), INTERNET_PREFIX)
}

/// Whether at least half of `of` is in `set`: what a change opens lacks what was open before.
pub fn is_most(set: &AddressSet, of: &AddressSet) -> bool {
    2 * set.intersection(of).count() >= of.count()
}

/// How many ports of a protocol count as all of them, in words: `None` for fewer than half.
pub fn most_ports(ports: &PortSet) -> Option<&'static str> {
    if PortSpan::new(1, u16::MAX).is_some_and(|all| ports.covers(&all.into())) {
        return Some("every port");
    }
    let intervals = ports.as_intervals().intervals().iter();
    let number: u64 = intervals.map(|span| u64::from(span.last() - span.first()) + 1).sum();
    (2 * number >= u64::from(u16::MAX)).then_some("most ports")
}

/// The ports of `numbers` as a set.
pub fn ports(numbers: &[u16]) -> PortSet {
    numbers.iter().filter_map(|&port| PortSpan::single(port)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> AddressSet {
        text.parse::<crate::net::AddressSpan>().map(AddressSet::from).unwrap_or_default()
    }

    #[test]
    fn a_wider_set_is_no_less_wide() {
        assert!(is_wide(&set("20.0.0.0/12"), WIDE_PREFIX) && !is_wide(&set("20.0.0.0/13"), WIDE_PREFIX));
        assert!(is_most_of_internet(&set("0.0.0.0/1")) && !is_most_of_internet(&set("20.0.0.0/8")));
        assert!(!is_most_of_internet(&set("10.0.0.0/8")) && is_most_of_internet(&AddressSet::any()));
    }

    #[test]
    fn ports_are_most_from_half_of_them_on() {
        let span = |first, last| PortSpan::new(first, last).map(PortSet::from).unwrap_or_default();
        assert_eq!(most_ports(&span(1, 65535)), Some("every port"));
        assert_eq!(most_ports(&span(1, 40000)), Some("most ports"));
        assert_eq!(most_ports(&span(1, 1024)), None);
    }
}
