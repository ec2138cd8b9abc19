//! What DNS states about one name.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::net::HostName;

/// An answer about a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DnsAnswer {
    /// The name has addresses.
    Addresses {
        /// The names that the name means, in order; empty where it is no alias.
        aliases: Vec<HostName>,
        /// Every address that was seen.
        addresses: BTreeSet<Ipv4Addr>,
        /// Whether asked again at once, the addresses were others.
        varies: bool,
    },
    /// There is no such name.
    NoName,
    /// There is such a name, and it has no IPv4 address.
    NoAddress,
    /// There was no answer; holds why.
    Failed(String),
}

impl DnsAnswer {
    /// The addresses of the name, where it was answered; a name that does not exist has none.
    pub fn addresses(&self) -> Option<BTreeSet<Ipv4Addr>> {
        match self {
            Self::Addresses { addresses, .. } => Some(addresses.clone()),
            Self::NoName | Self::NoAddress => Some(BTreeSet::new()),
            Self::Failed(_) => None,
        }
    }

    /// What is known after asking twice: the addresses of both answers, and a real answer rather than none.
    #[must_use]
    pub fn and(self, again: Self) -> Self {
        match (self, again) {
            (
                Self::Addresses { aliases, addresses, varies },
                Self::Addresses { addresses: others, varies: varied, .. },
            ) => {
                let varies = varies || varied || addresses != others;
                Self::Addresses { aliases, addresses: addresses.union(&others).copied().collect(), varies }
            }
            (known @ Self::Addresses { .. }, _) | (_, known @ Self::Addresses { .. }) => known,
            (Self::Failed(_), known) | (known, _) => known,
        }
    }
}

/// The answers, by name.
pub type DnsAnswers = BTreeMap<HostName, DnsAnswer>;
