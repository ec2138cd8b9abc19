//! First match, read line by line over single flows, without the library's sets.

use std::collections::BTreeSet;

use fwc::flow::{
    By, DecisionList, Flow, FlowAction, Match, MatchingAtom, MatchingEnds, MatchingField, MatchingNames, MatchingPaths,
    Service,
};
use fwc::net::{HostName, HostPattern};

/// The opaque sets that the ends and the name of a flow are in.
pub type World = BTreeSet<(MatchingField, MatchingAtom)>;

pub fn decide(list: &DecisionList, flow: &Flow, world: &World) -> By {
    for (index, line) in list.lines.iter().enumerate() {
        let is_there = line.when.holds(&|atom| world.contains(&(MatchingField::Common, atom.clone())));
        if is_there && line.matches.iter().any(|product| inside(product, flow, world)) {
            return By::Line(index);
        }
    }
    By::Default
}

/// What happens to the flow.
pub fn outcome(list: &DecisionList, flow: &Flow, world: &World) -> (FlowAction, u32) {
    match decide(list, flow, world) {
        By::Line(index) => list.lines.get(index).map_or((list.default, 0), |line| (line.action, line.effect)),
        By::Default => (list.default, 0),
    }
}

pub fn inside(product: &Match, flow: &Flow, world: &World) -> bool {
    service(product, flow.service)
        && end(&product.sources, MatchingField::Source, u32::from(flow.source), None, world)
        && end(
            &product.destinations,
            MatchingField::Destination,
            flow.address.map_or(0, u32::from),
            flow.name.as_ref(),
            world,
        )
        && name(&product.names, flow.name.as_ref(), world)
        && path(&product.paths, flow.path.as_deref().unwrap_or("/"))
        && product.besides.iter().flatten().all(|atom| world.contains(&(MatchingField::Destination, atom.clone())))
}

fn service(product: &Match, service: Service) -> bool {
    let of = &product.services;
    let tcp = |port: u16| of.tcp.spans().any(|span| span.first() <= port && port <= span.last());
    of.any
        || match service {
            Service::Tcp(port) => tcp(port),
            Service::Application(protocol, port) => tcp(port) || of.application_ports(protocol).contains(port),
            Service::Udp(port) => of.udp.contains(port),
            Service::Icmp => of.icmp,
            Service::Other(_) => false,
        }
}

fn end(ends: &MatchingEnds, field: MatchingField, address: u32, name: Option<&HostName>, world: &World) -> bool {
    let known = ends.addresses.as_intervals().intervals();
    known.iter().any(|span| span.first() <= address && address <= span.last())
        || !ends.except.contains(address.into()) && ends.atoms.iter().any(|atom| world.contains(&(field, atom.clone())))
        || name.is_some_and(|name| ends.asked.contains(name))
}

fn name(names: &MatchingNames, name: Option<&HostName>, world: &World) -> bool {
    match names {
        MatchingNames::Any => true,
        MatchingNames::Unnamed => name.is_none(),
        MatchingNames::Of { patterns, atoms } => name.is_some_and(|name| {
            patterns.iter().any(|pattern| glob(pattern, name.as_str()))
                || atoms.iter().any(|atom| world.contains(&(MatchingField::Name, atom.clone())))
        }),
        MatchingNames::Within { patterns, atoms } => {
            name.is_some_and(|name| patterns.iter().any(|pattern| glob(pattern, name.as_str())))
                && atoms.iter().any(|atom| world.contains(&(MatchingField::Name, atom.clone())))
        }
    }
}

/// The membership test of the firewall's documentation.
pub fn glob(pattern: &HostPattern, name: &str) -> bool {
    let text = pattern.to_string();
    match text.strip_prefix('*') {
        Some(ending) => name.ends_with(ending) && (!ending.starts_with('.') || name.len() > ending.len()),
        None => text == name,
    }
}

fn path(paths: &MatchingPaths, path: &str) -> bool {
    match paths {
        MatchingPaths::Any => true,
        MatchingPaths::Of(patterns) => patterns.iter().any(|pattern| match pattern.to_string().strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => pattern.to_string() == path,
        }),
    }
}
