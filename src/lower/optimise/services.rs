//! The properties that parts must share to be merged.

use crate::intent::Address;
use crate::lower::parts::{GroupPart, PartKind};
use crate::model::{Inspection, NetworkProtocol};
use crate::net::{PortSet, ServiceSet};

/// What parts must share to be merged, apart from their sources and destinations.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum MergedServices {
    Network(Vec<NetworkProtocol>, PortSet),
    Application(ServiceSet, Inspection),
}

impl MergedServices {
    pub(super) fn of(part: &GroupPart) -> Self {
        match &part.kind {
            PartKind::Network { protocols, ports, to: _ } => Self::Network(protocols.clone(), ports.clone()),
            PartKind::Application { services, handling, hosts: _ } => {
                Self::Application(services.clone(), handling.clone())
            }
        }
    }

    /// Whether every service of `other` is one of `self`, handled the same way.
    pub(super) fn cover(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Network(a, ports), Self::Network(b, other_ports)) => {
                let all = a.contains(&NetworkProtocol::Any) && ports.is_any();
                all || b.iter().all(|protocol| a.contains(protocol)) && ports.covers(other_ports)
            }
            (Self::Application(a, handling), Self::Application(b, other_handling)) => {
                handling == other_handling && a.union(b) == *a
            }
            (Self::Network(..), Self::Application(..)) | (Self::Application(..), Self::Network(..)) => false,
        }
    }
}

pub(super) fn sorted_sources(part: &GroupPart) -> Vec<Address> {
    let mut sources: Vec<Address> = part.sources.iter().map(|entry| entry.value.clone()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}
