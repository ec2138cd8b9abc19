//! The optimiser: fewer and shorter rules that decide every flow alike.
//!
//! All parts given together have one kind and one action and stand in one collection, so that taking away what another
//! part covers changes no flow. Each step has a file and a line in [`STEPS`]; each is proved by itself, in tests and in
//! debug builds, by comparing what the policy does without it and with it.

mod aggregate;
mod fold;
mod merge;
mod sources;

use super::Removal;
use super::parts::{Part, PartKind};
use crate::azure::model::NetworkProtocol;
use crate::intent::Address;
use crate::net::{PortSet, ServiceSet};

/// What is taken away because something else says it.
type Removals<'r> = &'r mut Vec<Removal>;

/// A step of the optimiser.
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// What it does, as it goes behind "by".
    pub does: &'static str,
    run: fn(Vec<Part>, Removals<'_>) -> Vec<Part>,
}

impl Step {
    /// The parts after the step.
    pub(super) fn run(&self, parts: Vec<Part>, removals: Removals<'_>) -> Vec<Part> {
        (self.run)(parts, removals)
    }
}

/// Every step, in order.
pub static STEPS: [Step; 4] = [
    Step { name: "sources", does: "leaving out sources that lie in others", run: sources::step },
    Step { name: "merge", does: "merging rules that differ in destinations only", run: merge::step },
    Step { name: "fold", does: "leaving out what another rule says", run: fold::step },
    Step { name: "aggregate", does: "joining neighbouring prefixes", run: aggregate::step },
];

/// What a step saved in a policy.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Saving {
    /// Rules.
    pub rules: u64,
    /// Pairs of source and destination in network rules.
    pub pairs: u64,
    /// Bytes of the groups, as estimated.
    pub bytes: u64,
}

/// What parts must share to be merged besides their sources and destinations.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Services {
    Network(Vec<NetworkProtocol>, PortSet),
    Application(ServiceSet, bool, Vec<(String, String)>),
}

impl Services {
    fn of(part: &Part) -> Self {
        match &part.kind {
            PartKind::Network { protocols, ports, .. } => Self::Network(protocols.clone(), ports.clone()),
            PartKind::Application { services, inspect, headers, .. } => {
                Self::Application(services.clone(), *inspect, headers.clone())
            }
        }
    }

    /// Whether every service of `other` is one of `self`, handled the same way.
    fn cover(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Network(a, ports), Self::Network(b, other_ports)) => {
                let all = a.contains(&NetworkProtocol::Any) && ports.is_any();
                all || b.iter().all(|protocol| a.contains(protocol)) && ports.covers(other_ports)
            }
            (Self::Application(a, inspect, headers), Self::Application(b, other_inspect, other_headers)) => {
                inspect == other_inspect && headers == other_headers && a.union(b) == *a
            }
            (Self::Network(..), Self::Application(..)) | (Self::Application(..), Self::Network(..)) => false,
        }
    }
}

fn sorted_sources(part: &Part) -> Vec<Address> {
    let mut sources: Vec<Address> = part.sources.iter().map(|entry| entry.value.clone()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}
