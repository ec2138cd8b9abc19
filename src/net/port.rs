//! TCP and UDP ports.

use std::fmt;
use std::str::FromStr;

use super::interval::{Interval, IntervalSet};

/// One entry of a port list: a port from 1 to 65535, or a range of them.
///
/// Azure Firewall takes 1 to 65535 in network and application rules (Azure Firewall limits, 2023-10-10).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PortSpan(Interval<u16>);

impl PortSpan {
    /// The ports from `first` to `last`, or `None` where `first` is 0 or `last` is smaller.
    pub fn new(first: u16, last: u16) -> Option<Self> {
        Interval::new(first, last).filter(|_| first > 0).map(Self)
    }

    /// The one port `port`, or `None` for 0.
    pub fn single(port: u16) -> Option<Self> {
        Self::new(port, port)
    }

    /// The first port.
    pub fn first(self) -> u16 {
        self.0.first()
    }

    /// The last port.
    pub fn last(self) -> u16 {
        self.0.last()
    }

    /// The ports of the entry.
    pub fn interval(self) -> Interval<u16> {
        self.0
    }

    /// The one port, where the entry holds just one.
    pub fn as_single(self) -> Option<u16> {
        (self.first() == self.last()).then(|| self.first())
    }
}

impl fmt::Display for PortSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_single() {
            Some(port) => write!(f, "{port}"),
            None => write!(f, "{}-{}", self.first(), self.last()),
        }
    }
}

/// Why a text is no port or port range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PortError {
    /// The text does not have the form `443` or `1000-2000`.
    Malformed,
    /// A range in the spelling of other languages, `80..90`; holds the range.
    Otherwise(PortSpan),
    /// A number is 0 or above 65535.
    OutOfRange(String),
    /// The range ends before it begins; holds the range turned round.
    Reversed(PortSpan),
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed | Self::Otherwise(_) => {
                write!(f, "expected a port such as `443` or a range such as `1000-2000`")
            }
            Self::OutOfRange(number) => write!(f, "port `{number}` is out of range: expected 1 to 65535"),
            Self::Reversed(_) => write!(f, "the port range ends before it begins"),
        }
    }
}

impl std::error::Error for PortError {}

impl PortError {
    /// What to write instead, where that is known.
    pub fn mended(&self) -> Option<String> {
        match self {
            Self::Reversed(span) | Self::Otherwise(span) => Some(span.to_string()),
            Self::Malformed | Self::OutOfRange(_) => None,
        }
    }
}

impl FromStr for PortSpan {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        if let Some((first, last)) = text.split_once("..") {
            let span = format!("{first}-{last}").parse()?;
            return Err(PortError::Otherwise(span));
        }
        let (first, last) = match text.split_once('-') {
            Some((first, last)) => (port(first)?, port(last)?),
            None => return port(text).map(|port| Self(Interval::point(port))),
        };
        match Interval::new(first, last) {
            Some(interval) => Ok(Self(interval)),
            None => Err(PortError::Reversed(Self(Interval::new(last, first).unwrap_or(Interval::point(first))))),
        }
    }
}

fn port(text: &str) -> Result<u16, PortError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PortError::Malformed);
    }
    text.parse().ok().filter(|&port| port > 0).ok_or_else(|| PortError::OutOfRange(text.to_owned()))
}

/// A set of ports.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct PortSet(IntervalSet<u16>);

impl PortSet {
    /// The empty set.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Every port, 0 included, so that the complement of a set is a set.
    pub fn any() -> Self {
        Self(IntervalSet::full())
    }

    /// Whether there is no port in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the set holds every port.
    pub fn is_any(&self) -> bool {
        self.0.is_full()
    }

    /// Whether `port` is in the set.
    pub fn contains(&self, port: u16) -> bool {
        self.0.contains(port)
    }

    /// The ports of either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    /// The ports of both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0))
    }

    /// The ports of `self` that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0))
    }

    /// Whether every port of `other` is in `self`.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.covers(&other.0)
    }

    /// Whether some port is in both.
    pub fn intersects(&self, other: &Self) -> bool {
        self.0.intersects(&other.0)
    }

    /// The set as an interval set.
    pub fn as_intervals(&self) -> &IntervalSet<u16> {
        &self.0
    }

    /// The fewest list entries for the set; none for [`PortSet::any`]'s port 0, which no list can hold.
    pub fn spans(&self) -> impl Iterator<Item = PortSpan> + '_ {
        self.0.intervals().iter().filter_map(|interval| PortSpan::new(interval.first().max(1), interval.last()))
    }
}

impl From<PortSpan> for PortSet {
    fn from(span: PortSpan) -> Self {
        Self(span.0.into())
    }
}

impl FromIterator<PortSpan> for PortSet {
    fn from_iter<I: IntoIterator<Item = PortSpan>>(spans: I) -> Self {
        Self(spans.into_iter().map(PortSpan::interval).collect())
    }
}

impl From<IntervalSet<u16>> for PortSet {
    fn from(ports: IntervalSet<u16>) -> Self {
        Self(ports)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_ranges_are_read() {
        assert_eq!("443".parse::<PortSpan>().map(|p| p.to_string()), Ok("443".into()));
        assert_eq!("1000-2000".parse::<PortSpan>().map(|p| p.to_string()), Ok("1000-2000".into()));
        assert_eq!("0".parse::<PortSpan>(), Err(PortError::OutOfRange("0".into())));
        assert_eq!("65536".parse::<PortSpan>(), Err(PortError::OutOfRange("65536".into())));
        assert_eq!("20-10".parse::<PortSpan>().map_err(|e| e.mended()), Err(Some("10-20".into())));
        assert_eq!("https".parse::<PortSpan>(), Err(PortError::Malformed));
    }
}
