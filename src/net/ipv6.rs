//! IPv6 addresses, as entries of address lists and nothing more: no flow here has one.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// An IPv6 address, prefix or range, as Azure Firewall's network rules take it (preview: Microsoft Learn, "Deploy Azure
/// Firewall in dual stack mode", read on 2026-11-29).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ipv6Span {
    /// A prefix, of 128 bits where it is one address. Bits after the prefix are kept as stated.
    Prefix(Ipv6Addr, u8),
    /// A range; first and last address, both inside.
    Range(Ipv6Addr, Ipv6Addr),
}

impl fmt::Display for Ipv6Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(address, 128) => write!(f, "{address}"),
            Self::Prefix(address, length) => write!(f, "{address}/{length}"),
            Self::Range(first, last) => write!(f, "{first}-{last}"),
        }
    }
}

/// Why a text is no IPv6 entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ipv6Error {
    /// It does not have the form of an address, a prefix or a range.
    Malformed,
    /// The prefix length is no number from 0 to 128.
    PrefixLength,
    /// The range ends before it begins.
    Reversed,
}

impl fmt::Display for Ipv6Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "expected an IPv6 address such as `2001:db8::10` or `2001:db8::/32`",
            Self::PrefixLength => "the prefix length is out of range: expected 0 to 128",
            Self::Reversed => "the range ends before it begins",
        })
    }
}

impl std::error::Error for Ipv6Error {}

impl FromStr for Ipv6Span {
    type Err = Ipv6Error;

    fn from_str(text: &str) -> Result<Self, Ipv6Error> {
        let address = |text: &str| text.parse::<Ipv6Addr>().map_err(|_| Ipv6Error::Malformed);
        if let Some((first, last)) = text.split_once('-') {
            let (first, last) = (address(first)?, address(last)?);
            return if first <= last { Ok(Self::Range(first, last)) } else { Err(Ipv6Error::Reversed) };
        }
        match text.split_once('/') {
            Some((prefix, length)) => Ok(Self::Prefix(address(prefix)?, prefix_length(length)?)),
            None => Ok(Self::Prefix(address(text)?, 128)),
        }
    }
}

fn prefix_length(text: &str) -> Result<u8, Ipv6Error> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    text.parse().ok().filter(|&length| is_plain && length <= 128).ok_or(Ipv6Error::PrefixLength)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_and_printed() {
        for text in ["2001:db8::10", "2001:db8::/32", "::/0", "2001:db8::1/64", "2001:db8::1-2001:db8::9"] {
            assert_eq!(text.parse::<Ipv6Span>().map(|span| span.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("2001:DB8:0::1".parse::<Ipv6Span>().map(|span| span.to_string()).as_deref(), Ok("2001:db8::1"));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "10.0.0.1", "2001:db8", "fe80::1%eth0", "*", "2001:db8::/32/8"] {
            assert!(text.parse::<Ipv6Span>().is_err(), "{text}");
        }
        for text in ["2001:db8::/129", "2001:db8::/", "2001:db8::/+8", "2001:db8::/064"] {
            assert_eq!(text.parse::<Ipv6Span>(), Err(Ipv6Error::PrefixLength), "{text}");
        }
        assert_eq!("2001:db8::9-2001:db8::1".parse::<Ipv6Span>(), Err(Ipv6Error::Reversed));
    }
}
