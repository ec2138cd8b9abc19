//! FQDN tags, as sets of the names that are known of them.

use super::opaque::OpaqueSort;
use crate::evaluate::{Knowledge, TagHosts};
use crate::flow::{Match, MatchingAtom, MatchingNames, MatchingPaths};
use crate::net::{AppProtocol, HostPattern, PortSet, PortSpan, ServiceSet};

/// How a product is made of the services, the names and the paths of a target.
pub(crate) type MakePolicy<'m> = &'m dyn Fn(ServiceSet, MatchingNames, MatchingPaths) -> Match;

/// Names, known and opaque, with the same services; and the products of the destinations that are not names.
#[derive(Default)]
pub(super) struct NamedTargets {
    pub(super) patterns: Vec<HostPattern>,
    pub(super) atoms: Vec<MatchingAtom>,
    /// The products of a tag that is known over some services only, or in part.
    rest: Vec<Match>,
}

impl NamedTargets {
    pub(super) fn of(patterns: Vec<HostPattern>, atoms: Vec<MatchingAtom>) -> Self {
        Self { patterns, atoms, rest: Vec::new() }
    }

    /// Adds the hosts of an FQDN tag: those that are known, and a set whose members are not for the rest.
    pub(super) fn tag(&mut self, tag: &str, services: &ServiceSet, knowledge: &Knowledge, make: MakePolicy<'_>) {
        let atom = OpaqueSort::FqdnTag.atom(tag);
        let Some(TagHosts { hosts, open, protocols }) = knowledge.hosts_of_tag(tag) else {
            return self.atoms.push(atom);
        };
        let services = match protocols {
            None => services.clone(),
            Some(protocols) => carried(services, protocols),
        };
        match protocols {
            None => self.patterns.extend(hosts.iter().cloned()),
            Some(_) => {
                self.rest.push(make(services.clone(), MatchingNames::of(hosts.iter().cloned()), MatchingPaths::Any))
            }
        }
        if !open.is_empty() {
            let names = MatchingNames::Within { patterns: open.clone(), atoms: vec![atom] };
            self.rest.push(make(services, names, MatchingPaths::Any));
        }
    }

    /// The products of all of them.
    pub(super) fn products(self, services: &ServiceSet, make: MakePolicy<'_>) -> Vec<Match> {
        let Self { patterns, atoms, mut rest } = self;
        if !patterns.is_empty() || !atoms.is_empty() {
            rest.insert(0, make(services.clone(), MatchingNames::Of { patterns, atoms }, MatchingPaths::Any));
        }
        rest
    }
}

/// The part of `protocols` that `services` hold.
fn carried(services: &ServiceSet, protocols: &[(AppProtocol, u16)]) -> ServiceSet {
    let holds = |&&(protocol, port): &&(AppProtocol, u16)| {
        services.any || services.tcp.contains(port) || services.application_ports(protocol).contains(port)
    };
    let one = |&(protocol, port): &(AppProtocol, u16)| {
        ServiceSet::application(protocol, PortSpan::single(port).map(PortSet::from).unwrap_or_default())
    };
    protocols.iter().filter(holds).map(one).fold(ServiceSet::default(), |all, part| all.union(&part))
}
