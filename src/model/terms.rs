//! What the lists of rules and settings hold: address terms, and references to IP groups.

use std::fmt;

use crate::net::AddressSpan;

/// An entry of an address list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AddressTerm {
    /// `*`.
    Any,
    /// An address, a prefix or a range.
    Span(AddressSpan),
    /// A service tag, in Azure's spelling; only Azure knows its addresses.
    ServiceTag(String),
}

impl fmt::Display for AddressTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Span(span) => span.fmt(f),
            Self::ServiceTag(tag) => f.write_str(tag),
        }
    }
}

/// A reference to an IP group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IpGroupRef {
    /// An IP group of the model, by name.
    Named(String),
    /// An IP group outside, by resource id; only Azure knows its addresses.
    Id(String),
}

impl IpGroupRef {
    /// The resource name of the IP group.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Id(id) => id.rsplit('/').next().unwrap_or(id),
        }
    }
}
