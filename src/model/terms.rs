//! What the lists of rules and settings hold: address terms, and references to IP groups.

use std::fmt;

use crate::net::{AddressSpan, Ipv6Span};

use super::identity::{Came, ResourceId};

/// An entry of an address list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AddressTerm {
    /// `*`.
    Any,
    /// An address, a prefix or a range.
    Span(AddressSpan),
    /// A service tag, in Azure's spelling; only Azure knows its addresses.
    ServiceTag(String),
    /// IPv6 addresses, which no IPv4 flow has.
    Ipv6(Ipv6Span),
}

impl fmt::Display for AddressTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Span(span) => span.fmt(f),
            Self::ServiceTag(tag) => f.write_str(tag),
            Self::Ipv6(span) => span.fmt(f),
        }
    }
}

/// The type of IP group resources.
pub const IP_GROUPS: &str = "Microsoft.Network/ipGroups";

/// A reference to an IP group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IpGroupRef {
    /// An IP group of the model, or of the same resource group.
    Named(ResourceId),
    /// An IP group outside, by resource id, or the expression that only a deployment can evaluate to one; only Azure knows
    /// its addresses.
    Id(String),
}

impl IpGroupRef {
    /// The resource name of the IP group.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(id) => &id.name,
            Self::Id(id) => id.rsplit('/').next().unwrap_or(id),
        }
    }

    /// The id or the name by which a source refers to a group that it does not hold.
    pub fn outside(&self) -> String {
        match self {
            Self::Named(id) => id.whole(IP_GROUPS).unwrap_or_else(|| id.name.to_string()),
            Self::Id(id) => id.clone(),
        }
    }

    /// The key of a group that the model does not hold: two references of one key mean one set of addresses.
    pub fn key(&self) -> String {
        let id = match self {
            Self::Id(id) => return id.to_ascii_lowercase(),
            Self::Named(id) => id,
        };
        let name = id.name.to_ascii_lowercase();
        let name = if id.name.is_known() { name } else { format!("unknown {name}") };
        match id.scope.came {
            Came::Itself => name,
            Came::Elsewhere => id.to_string().to_ascii_lowercase(),
            Came::Base(_) => format!("{name} of the base"),
        }
    }
}
