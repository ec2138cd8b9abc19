//! IPv4 addresses: prefixes, ranges and sets.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::char;
use nom::combinator::{all_consuming, opt};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::interval::{Interval, IntervalSet};

/// An IPv4 prefix without host bits, as in `10.0.0.0/8`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cidr {
    network: u32,
    length: u8,
}

impl Cidr {
    /// The prefix of `length` bits at `network`, or `None` where `length` is above 32 or a host bit is set.
    pub fn new(network: Ipv4Addr, length: u8) -> Option<Self> {
        let network = u32::from(network);
        (length <= 32 && network & host_mask(length) == 0).then_some(Self { network, length })
    }

    /// The first address.
    pub fn network(self) -> Ipv4Addr {
        self.network.into()
    }

    /// How many bits are fixed, 0 to 32.
    pub fn length(self) -> u8 {
        self.length
    }

    /// The addresses of the prefix.
    pub fn interval(self) -> Interval<u32> {
        let last = self.network | host_mask(self.length);
        Interval::new(self.network, last).unwrap_or(Interval::point(self.network))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network(), self.length)
    }
}

fn host_mask(length: u8) -> u32 {
    u32::MAX.checked_shr(length.into()).unwrap_or(0)
}

/// One entry of an address list, as Azure takes it: an address, a prefix or a range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AddressSpan {
    /// A prefix; `/32` prints as a bare address.
    Cidr(Cidr),
    /// A range that is no prefix; first and last address, both inside.
    Range(Ipv4Addr, Ipv4Addr),
}

impl AddressSpan {
    /// The addresses of the entry.
    pub fn interval(self) -> Interval<u32> {
        match self {
            Self::Cidr(cidr) => cidr.interval(),
            Self::Range(first, last) => {
                Interval::new(first.into(), last.into()).unwrap_or(Interval::point(first.into()))
            }
        }
    }

    /// The one address, where the entry holds just one.
    pub fn single(self) -> Option<Ipv4Addr> {
        let interval = self.interval();
        (interval.first() == interval.last()).then(|| interval.first().into())
    }
}

impl From<Ipv4Addr> for AddressSpan {
    fn from(address: Ipv4Addr) -> Self {
        Self::Cidr(Cidr { network: address.into(), length: 32 })
    }
}

impl From<Interval<u32>> for AddressSpan {
    fn from(interval: Interval<u32>) -> Self {
        let span = interval.last() ^ interval.first();
        let length = u8::try_from(span.leading_zeros()).unwrap_or(32);
        match Cidr::new(interval.first().into(), length) {
            Some(cidr) if cidr.interval() == interval => Self::Cidr(cidr),
            Some(_) | None => Self::Range(interval.first().into(), interval.last().into()),
        }
    }
}

impl fmt::Display for AddressSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cidr(cidr) if cidr.length == 32 => write!(f, "{}", cidr.network()),
            Self::Cidr(cidr) => write!(f, "{cidr}"),
            Self::Range(first, last) => write!(f, "{first}-{last}"),
        }
    }
}

/// Why a text is not a valid address entry, with the corrected text where there is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AddressError {
    /// The text does not have the form of an address, a prefix or a range.
    Malformed,
    /// An entry in the spelling of other languages, such as `10.0.0.1..10.0.0.9`; holds the entry.
    Otherwise(AddressSpan),
    /// A decimal part is above 255 or has a leading zero.
    Octet(String),
    /// The prefix length is above 32.
    PrefixLength(String),
    /// Bits are set after the prefix; holds the prefix that contains the address.
    HostBits(Cidr),
    /// The range ends before it begins; holds the range turned round.
    Reversed(AddressSpan),
    /// An IPv6 address; network rules of artefacts have them as [`Ipv6Span`](super::Ipv6Span).
    Ipv6,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed | Self::Otherwise(_) => {
                write!(f, "expected an address such as `10.1.2.3`, `10.0.0.0/8` or `10.0.0.1-10.0.0.9`")
            }
            Self::Octet(octet) => write!(f, "`{octet}` is not a part of an address: expected a number from 0 to 255"),
            Self::PrefixLength(length) => write!(f, "prefix length `{length}` is out of range: expected 0 to 32"),
            Self::HostBits(_) => write!(f, "the prefix has host bits set"),
            Self::Reversed(_) => write!(f, "the range ends before it begins"),
            Self::Ipv6 => write!(f, "expected an IPv4 address, found IPv6"),
        }
    }
}

impl std::error::Error for AddressError {}

impl AddressError {
    /// What to write instead, where that is known.
    pub fn mended(&self) -> Option<String> {
        match self {
            Self::HostBits(cidr) => Some(cidr.to_string()),
            Self::Reversed(span) | Self::Otherwise(span) => Some(span.to_string()),
            Self::Malformed | Self::Octet(_) | Self::PrefixLength(_) | Self::Ipv6 => None,
        }
    }
}

impl FromStr for AddressSpan {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(span) = plain(text) {
            return Ok(span);
        }
        let parsed = all_consuming((dotted, opt(preceded(tag("/"), digits)), opt(preceded(char('-'), dotted))));
        match { parsed }.parse(text) {
            Ok((_, (address, None, None))) => Ok(address_of(address)?.into()),
            Ok((_, (address, Some(length), None))) => prefix_of(address_of(address)?, length),
            Ok((_, (first, None, Some(last)))) => range_of(address_of(first)?, address_of(last)?),
            Ok((_, (_, Some(_), Some(_)))) => Err(AddressError::Malformed),
            Err(_) if text.parse::<std::net::Ipv6Addr>().is_ok() || text.matches(':').count() > 1 => {
                Err(AddressError::Ipv6)
            }
            Err(_) => Err(otherwise(text).map_or(AddressError::Malformed, AddressError::Otherwise)),
        }
    }
}

/// The entry that other languages write as `10.0.0.1..10.0.0.9`, `10.0.0.1-9` or `10.0.*`.
fn otherwise(text: &str) -> Option<AddressSpan> {
    if let Some((first, last)) = text.split_once("..").or_else(|| text.split_once('-')) {
        let first: Ipv4Addr = first.parse().ok()?;
        let [a, b, c, _] = first.octets();
        let last: Ipv4Addr = last.parse().ok().or_else(|| Some(Ipv4Addr::new(a, b, c, last.parse().ok()?)))?;
        return Interval::new(first.into(), last.into()).map(AddressSpan::from);
    }
    let parts: Vec<&str> = text.split('.').collect();
    let known = parts.iter().take_while(|part| **part != "*").count();
    let is_open =
        known > 0 && known < parts.len() && parts.len() <= 4 && parts.iter().skip(known).all(|part| *part == "*");
    let octet =
        |index: usize| parts.get(index).filter(|_| index < known).map_or(Some(0), |part| part.parse::<u8>().ok());
    let address = Ipv4Addr::new(octet(0)?, octet(1)?, octet(2)?, octet(3)?);
    let length = u8::try_from(known * 8).ok()?;
    is_open.then(|| Cidr::new(address, length)).flatten().map(AddressSpan::Cidr)
}

/// The entry where it is an address or a prefix, as most are: it needs no diagnostic.
fn plain(text: &str) -> Option<AddressSpan> {
    let Some((address, length)) = text.split_once('/') else { return text.parse::<Ipv4Addr>().ok().map(Into::into) };
    let is_number = length.bytes().all(|byte| byte.is_ascii_digit());
    prefix_of(address.parse().ok()?, length).ok().filter(|_| is_number)
}

type Dotted<'t> = (&'t str, &'t str, &'t str, &'t str);

fn digits(text: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_digit())(text)
}

fn dotted(text: &str) -> IResult<&str, Dotted<'_>> {
    (digits, preceded(char('.'), digits), preceded(char('.'), digits), preceded(char('.'), digits)).parse(text)
}

fn address_of((a, b, c, d): Dotted<'_>) -> Result<Ipv4Addr, AddressError> {
    Ok(Ipv4Addr::new(octet(a)?, octet(b)?, octet(c)?, octet(d)?))
}

fn octet(text: &str) -> Result<u8, AddressError> {
    let leading_zero = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| !leading_zero).ok_or_else(|| AddressError::Octet(text.to_owned()))
}

fn prefix_of(address: Ipv4Addr, length: &str) -> Result<AddressSpan, AddressError> {
    let bits: u8 = length
        .parse()
        .ok()
        .filter(|&bits| bits <= 32 && (length.len() == 1 || !length.starts_with('0')))
        .ok_or_else(|| AddressError::PrefixLength(length.to_owned()))?;
    let network = u32::from(address) & !host_mask(bits);
    Cidr::new(address, bits).map(AddressSpan::Cidr).ok_or(AddressError::HostBits(Cidr { network, length: bits }))
}

fn range_of(first: Ipv4Addr, last: Ipv4Addr) -> Result<AddressSpan, AddressError> {
    match Interval::new(first.into(), last.into()) {
        Some(interval) => Ok(interval.into()),
        None => Err(AddressError::Reversed(AddressSpan::Range(last, first))),
    }
}

/// A set of IPv4 addresses.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct AddressSet(IntervalSet<u32>);

impl AddressSet {
    /// Every address.
    pub fn any() -> Self {
        Self(IntervalSet::full())
    }

    /// What LANGUAGE calls `private`: RFC 1918 and RFC 6598.
    pub fn private() -> Self {
        PRIVATE.iter().map(|&(network, length)| block(network, length)).collect()
    }

    /// What the language calls `internet`: everything but the ranges that are not routed there.
    pub fn internet() -> Self {
        let apart: Self = NOT_INTERNET.iter().map(|&(network, length)| block(network, length)).collect();
        Self::any().difference(&apart)
    }

    /// The addresses that no service tag of a firewall rule holds: private ones and link-local ones (the published lists
    /// of 2025-09-08 and of 2026-07-20).
    pub fn untagged() -> Self {
        Self::private().union(&std::iter::once(block(Ipv4Addr::new(169, 254, 0, 0), 16)).collect())
    }

    /// Whether there is no address in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the set holds every address.
    pub fn is_any(&self) -> bool {
        self.0.is_full()
    }

    /// How many addresses are in the set.
    pub fn count(&self) -> u64 {
        let intervals = self.0.intervals().iter();
        intervals.map(|interval| u64::from(interval.last() - interval.first()) + 1).sum()
    }

    /// Whether `address` is in the set.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.0.contains(address.into())
    }

    /// The addresses of either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    /// The addresses of both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0))
    }

    /// The addresses of `self` that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0))
    }

    /// Whether every address of `other` is in `self`.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.covers(&other.0)
    }

    /// Whether some address is in both.
    pub fn intersects(&self, other: &Self) -> bool {
        self.0.intersects(&other.0)
    }

    /// The set as an interval set over addresses as numbers.
    pub fn as_intervals(&self) -> &IntervalSet<u32> {
        &self.0
    }

    /// The fewest list entries for the set: a prefix where an interval is one, else the range.
    pub fn spans(&self) -> impl Iterator<Item = AddressSpan> + '_ {
        self.0.intervals().iter().map(|&interval| AddressSpan::from(interval))
    }

    /// The fewest prefixes for the set, as route tables need them.
    pub fn cidrs(&self) -> Vec<Cidr> {
        self.0.intervals().iter().flat_map(|&interval| cidrs_of(interval)).collect()
    }
}

/// RFC 1918 and RFC 6598, which Azure Firewall does not SNAT by default.
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
];

/// The ranges that the language leaves out of `internet`.
const NOT_INTERNET: [(Ipv4Addr, u8); 9] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

fn block(network: Ipv4Addr, length: u8) -> AddressSpan {
    let network = u32::from(network);
    AddressSpan::Cidr(Cidr { network, length })
}

fn cidrs_of(interval: Interval<u32>) -> Vec<Cidr> {
    let mut cidrs = Vec::new();
    let mut next = Some(interval.first());
    while let Some(first) = next.filter(|&first| first <= interval.last()) {
        let fits = |length: &u8| {
            let block = Cidr::new(first.into(), *length);
            block.is_some_and(|block| block.interval().last() <= interval.last())
        };
        let cidr = Cidr { network: first, length: (0..=32).find(fits).unwrap_or(32) };
        next = cidr.interval().last().checked_add(1);
        cidrs.push(cidr);
    }
    cidrs
}

impl FromIterator<AddressSpan> for AddressSet {
    fn from_iter<I: IntoIterator<Item = AddressSpan>>(spans: I) -> Self {
        Self(spans.into_iter().map(AddressSpan::interval).collect())
    }
}

impl From<AddressSpan> for AddressSet {
    fn from(span: AddressSpan) -> Self {
        Self(span.interval().into())
    }
}

impl From<IntervalSet<u32>> for AddressSet {
    fn from(intervals: IntervalSet<u32>) -> Self {
        Self(intervals)
    }
}

impl fmt::Display for AddressSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_any() {
            return write!(f, "any");
        }
        for (index, span) in self.spans().enumerate() {
            write!(f, "{}{span}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<String, AddressError> {
        text.parse::<AddressSpan>().map(|span| span.to_string())
    }

    #[test]
    fn entries_print_as_they_are_written() {
        for text in ["10.1.2.3", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.1-10.0.0.9"] {
            assert_eq!(parse(text).as_deref(), Ok(text));
        }
        assert_eq!(parse("10.0.0.0-10.0.0.255").as_deref(), Ok("10.0.0.0/24"));
    }

    #[test]
    fn a_wrong_entry_says_what_to_write() {
        assert_eq!(parse("10.0.0.1/8").map_err(|e| e.mended()), Err(Some("10.0.0.0/8".into())));
        assert_eq!(parse("10.0.0.9-10.0.0.1").map_err(|e| e.mended()), Err(Some("10.0.0.1-10.0.0.9".into())));
        assert_eq!(parse("10.0.0.256"), Err(AddressError::Octet("256".into())));
        assert_eq!(parse("10.0.0.01"), Err(AddressError::Octet("01".into())));
        assert_eq!(parse("10.0.0.0/33"), Err(AddressError::PrefixLength("33".into())));
        assert_eq!(parse("fe80::1"), Err(AddressError::Ipv6));
        assert_eq!(parse("10.0.0"), Err(AddressError::Malformed));
    }

    #[test]
    fn internet_and_private_do_not_meet() {
        assert!(!AddressSet::internet().intersects(&AddressSet::private()));
        assert!(AddressSet::internet().contains(Ipv4Addr::new(20, 61, 0, 10)));
    }

    proptest! {
        #[test]
        fn prefixes_and_spans_say_the_same_set(pairs in proptest::collection::vec(any::<(u32, u16)>(), 0..5)) {
            let set: AddressSet = pairs
                .iter()
                .filter_map(|&(first, size)| Interval::new(first, first.saturating_add(size.into())))
                .map(AddressSpan::from)
                .collect();
            prop_assert_eq!(&set.spans().collect::<AddressSet>(), &set);
            prop_assert_eq!(&set.cidrs().into_iter().map(AddressSpan::Cidr).collect::<AddressSet>(), &set);
        }
    }
}
