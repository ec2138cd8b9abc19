//! The match fields of a line.

use std::fmt;
use std::sync::Arc;

use crate::net::{AddressSet, HostName, HostPattern, ServiceSet};

use super::point::{Flow, Service};

/// A product of sets: a flow is inside where every field holds it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Match {
    /// What the flow carries, to which port. Every protocol number but TCP, UDP and ICMP counts as one service here.
    pub services: ServiceSet,
    /// The sources.
    pub sources: MatchingEnds,
    /// The destination addresses.
    pub destinations: MatchingEnds,
    /// The destination names.
    pub names: MatchingNames,
    /// The path of the URL. A field other than [`MatchingPaths::Any`] is valid with HTTP or HTTPS services only.
    pub paths: MatchingPaths,
    /// Further opaque sets of destinations: a flow must be in each of them.
    pub besides: [Option<MatchingAtom>; 2],
}

impl Match {
    /// Every flow.
    pub fn any() -> Self {
        Self {
            services: ServiceSet::any(),
            sources: MatchingEnds::any(),
            destinations: MatchingEnds::any(),
            names: MatchingNames::Any,
            paths: MatchingPaths::Any,
            besides: [None, None],
        }
    }

    /// Whether `flow` is inside, where `holds` tells which opaque sets its ends and its name are in.
    ///
    /// A flow without an address matches no addresses but all of them; a flow without a path has the path `/`.
    pub fn contains(&self, flow: &Flow, holds: &dyn Fn(MatchingField, &MatchingAtom) -> bool) -> bool {
        carries(&self.services, flow.service)
            && self.sources.contains(Some(flow.source), None, &|atom| holds(MatchingField::Source, atom))
            && self
                .destinations
                .contains(flow.address, flow.name.as_ref(), &|atom| holds(MatchingField::Destination, atom))
            && self.names.contains(flow.name.as_ref(), &|atom| holds(MatchingField::Name, atom))
            && self.paths.contains(flow.path.as_deref().unwrap_or("/"))
            && self.besides.iter().flatten().all(|atom| holds(MatchingField::Destination, atom))
    }
}

fn carries(services: &ServiceSet, service: Service) -> bool {
    services.any
        || match service {
            Service::Application(protocol, port) => {
                services.tcp.contains(port) || services.application_ports(protocol).contains(port)
            }
            Service::Tcp(port) => services.tcp.contains(port),
            Service::Udp(port) => services.udp.contains(port),
            Service::Icmp => services.icmp,
            Service::Other(_) => false,
        }
}

/// Addresses, known and opaque: an address is inside where the known set or one of the opaque sets holds it.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct MatchingEnds {
    /// The known addresses.
    pub addresses: AddressSet,
    /// Sets whose members are not known.
    pub atoms: Vec<MatchingAtom>,
    /// Addresses at which those sets do not count.
    pub except: AddressSet,
    /// Names whose flows are taken to go to an address inside, whatever is known of the sets.
    pub asked: Vec<HostName>,
}

impl MatchingEnds {
    /// Every address.
    pub fn any() -> Self {
        AddressSet::any().into()
    }

    fn contains(
        &self,
        address: Option<std::net::Ipv4Addr>,
        name: Option<&HostName>,
        holds: &dyn Fn(&MatchingAtom) -> bool,
    ) -> bool {
        self.addresses.is_any()
            || address.is_some_and(|address| self.addresses.contains(address))
            || name.is_some_and(|name| self.asked.contains(name))
            || !address.is_some_and(|address| self.except.contains(address)) && self.atoms.iter().any(holds)
    }
}

impl From<AddressSet> for MatchingEnds {
    fn from(addresses: AddressSet) -> Self {
        Self { addresses, ..Self::default() }
    }
}

impl From<Vec<MatchingAtom>> for MatchingEnds {
    fn from(atoms: Vec<MatchingAtom>) -> Self {
        Self { atoms, ..Self::default() }
    }
}

/// Names, known and opaque.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MatchingNames {
    /// Any name or none, as in a network rule.
    Any,
    /// No name at all.
    Unnamed,
    /// A name in one of the patterns or one of the opaque sets, as in an application rule.
    Of {
        /// The known names.
        patterns: Vec<HostPattern>,
        /// Sets whose members are not known.
        atoms: Vec<MatchingAtom>,
    },
    /// A name that one of the patterns and one of the opaque sets holds: a set that is known in part.
    Within {
        /// The names at which the sets count.
        patterns: Vec<HostPattern>,
        /// Sets whose members are not known.
        atoms: Vec<MatchingAtom>,
    },
}

impl MatchingNames {
    /// The names that one of `patterns` matches.
    pub fn of(patterns: impl IntoIterator<Item = HostPattern>) -> Self {
        Self::Of { patterns: patterns.into_iter().collect(), atoms: Vec::new() }
    }

    /// The patterns that are named, whatever they do.
    pub(super) fn patterns(&self) -> &[HostPattern] {
        match self {
            Self::Any | Self::Unnamed => &[],
            Self::Of { patterns, .. } | Self::Within { patterns, .. } => patterns,
        }
    }

    /// The opaque sets of the field.
    pub(super) fn atoms(&self) -> &[MatchingAtom] {
        match self {
            Self::Any | Self::Unnamed => &[],
            Self::Of { atoms, .. } | Self::Within { atoms, .. } => atoms,
        }
    }

    fn contains(&self, name: Option<&HostName>, holds: &dyn Fn(&MatchingAtom) -> bool) -> bool {
        let matches = |patterns: &[HostPattern], name| patterns.iter().any(|pattern| pattern.matches(name));
        match (self, name) {
            (Self::Any, _) | (Self::Unnamed, None) => true,
            (Self::Of { patterns, atoms }, Some(name)) => matches(patterns, name) || atoms.iter().any(holds),
            (Self::Within { patterns, atoms }, Some(name)) => matches(patterns, name) && atoms.iter().any(holds),
            (Self::Unnamed, Some(_)) | (Self::Of { .. } | Self::Within { .. }, None) => false,
        }
    }
}

/// URL paths.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MatchingPaths {
    /// Whatever the path, and flows that have none.
    Any,
    /// A path that one of the patterns matches.
    Of(Vec<PathPattern>),
}

impl MatchingPaths {
    /// The paths that Azure Firewall takes `text` for, the part of a target URL from the first `/` on: `/test` is `/test`,
    /// `/test/` and `/test?q=1`; `/test/*` is everything below `/test/`.
    pub fn of_url(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some("" | "/") => Self::Any,
            Some(prefix) => Self::Of(vec![PathPattern::Beginning(prefix.to_owned())]),
            None => Self::Of(vec![
                PathPattern::Exact(text.to_owned()),
                PathPattern::Exact(format!("{text}/")),
                PathPattern::Beginning(format!("{text}?")),
            ]),
        }
    }

    fn contains(&self, path: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(patterns) => patterns.iter().any(|pattern| pattern.matches(path)),
        }
    }
}

/// One set of URL paths. A text begins with `/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PathPattern {
    /// This path only.
    Exact(String),
    /// Every path that begins so.
    Beginning(String),
}

impl PathPattern {
    /// Whether the pattern matches `path`.
    pub fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == path,
            Self::Beginning(prefix) => path.starts_with(prefix),
        }
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(path) => write!(f, "{path}"),
            Self::Beginning(prefix) => write!(f, "{prefix}*"),
        }
    }
}

/// A set whose members are not known here, or another truth that is not, by an id that the caller chooses: what the number
/// and the text mean is the caller's own. Two atoms are one where both are equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MatchingAtom {
    /// The sort of the set.
    pub sort: u32,
    /// Which of that sort.
    pub name: Arc<str>,
}

/// The part of a flow that an atom is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MatchingField {
    /// The source address.
    Source,
    /// The destination address.
    Destination,
    /// The name.
    Name,
    /// No part of it: the atom is one truth for all flows.
    Common,
}
