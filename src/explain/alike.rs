//! The addresses of a set of sources, and the services of a set, that rules and routes treat alike.

use std::collections::BTreeSet;
use std::fmt;

use crate::evaluate::{RuleOrder, SortedRule};
use crate::flow::Service;
use crate::model::{AddressTerm, Sources};
use crate::net::{AddressSet, AddressSpan, AppProtocol, Interval, PortSet, PortSpan, ServiceSet};
use crate::way::Ways;

/// The parts of `sources`, in order: no rule and no stated subnet has some addresses of a part, and not the others.
pub fn alike(sources: &AddressSet, order: &RuleOrder<'_>, ways: &Ways<'_>) -> Vec<AddressSpan> {
    let mut edges: BTreeSet<u64> = BTreeSet::new();
    let mut add = |set: &AddressSet| {
        for interval in set.as_intervals().intervals() {
            edges.extend([u64::from(interval.first()), u64::from(interval.last()) + 1]);
        }
    };
    for line in order.lines() {
        let Sources { addresses, ip_groups, .. } = line.rule.sources();
        addresses.iter().for_each(|term| match term {
            AddressTerm::Span(span) => add(&AddressSet::from(*span)),
            AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => {}
        });
        ip_groups.iter().filter_map(|group| order.model().ip_group(group)).for_each(|group| add(&group.address_set()));
    }
    ways.senders().iter().for_each(|sender| add(&sender.sources));
    sources.as_intervals().intervals().iter().flat_map(|&interval| cut(interval, &edges)).collect()
}

/// An interval in pieces, each of which begins at an edge but the first.
fn cut(interval: Interval<u32>, edges: &BTreeSet<u64>) -> Vec<AddressSpan> {
    let pieces = pieces(interval.first().into(), interval.last().into(), edges);
    let piece = |(first, last): (u64, u64)| Interval::new(u32::try_from(first).ok()?, u32::try_from(last).ok()?);
    pieces.into_iter().filter_map(piece).map(AddressSpan::from).collect()
}

/// The numbers from `first` to `last` in pieces, each as its first and its last; each begins at an edge but the first.
fn pieces(first: u64, last: u64, edges: &BTreeSet<u64>) -> Vec<(u64, u64)> {
    let begins: Vec<u64> = std::iter::once(first).chain(edges.range(first + 1..last + 1).copied()).collect();
    let lasts = begins.iter().skip(1).map(|next| next - 1).chain([last]);
    begins.iter().copied().zip(lasts).collect()
}

/// Services that differ in their port only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServiceSpan {
    /// The one with the lowest port.
    pub first: Service,
    /// The one with the highest port.
    pub last: Service,
}

impl From<Service> for ServiceSpan {
    fn from(service: Service) -> Self {
        Self { first: service, last: service }
    }
}

impl ServiceSpan {
    fn of(kind: impl Fn(u16) -> Service, ports: PortSpan) -> Self {
        Self { first: kind(ports.first()), last: kind(ports.last()) }
    }

    /// The spans in as few as they are, those that touch as one; the spans are in order.
    pub fn joined(spans: &[Self]) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for &span in spans {
            match joined.last_mut().filter(|before| before.touches(span)) {
                Some(before) => before.last = span.last,
                None => joined.push(span),
            }
        }
        joined
    }

    fn touches(self, next: Self) -> bool {
        let kind = |service: Service| (std::mem::discriminant(&service), service.application());
        let follows = |(last, first): (u16, u16)| last.checked_add(1) == Some(first);
        kind(self.last) == kind(next.first) && self.last.port().zip(next.first.port()).is_some_and(follows)
    }
}

impl fmt::Display for ServiceSpan {
    /// The services as a flow states them, the last port of several after a hyphen: `tcp/1-21`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = *self;
        match (first.application(), first.port(), last.port()) {
            (None, Some(from), Some(to)) if from < to => write!(f, "{first}-{to}"),
            (Some(protocol), Some(from), Some(to)) if from < to => write!(f, "{protocol}/{from}-{to}"),
            (_, _, _) => first.fmt(f),
        }
    }
}

/// The parts of `services`, kind by kind in the order of ports: no rule has some services of a part, and not the others. Of
/// all protocols without ports GRE, number 47, represents those that only a rule for every protocol matches.
pub fn services_alike(services: &ServiceSet, order: &RuleOrder<'_>) -> Vec<ServiceSpan> {
    const OTHER: Service = Service::Other(47);
    let edges = port_edges(order);
    let ports = |of: &PortSet| if services.any { PortSet::any() } else { of.clone() };
    let mut parts = Vec::new();
    for protocol in AppProtocol::ALL {
        let kind = |port| Service::Application(protocol, port);
        let spans = cut_ports(&ports(services.application_ports(protocol)), &edges);
        parts.extend(spans.into_iter().map(|span| ServiceSpan::of(kind, span)));
    }
    parts.extend(cut_ports(&ports(&services.tcp), &edges).into_iter().map(|span| ServiceSpan::of(Service::Tcp, span)));
    parts.extend(cut_ports(&ports(&services.udp), &edges).into_iter().map(|span| ServiceSpan::of(Service::Udp, span)));
    parts.extend((services.any || services.icmp).then(|| ServiceSpan::from(Service::Icmp)));
    parts.extend(services.any.then(|| ServiceSpan::from(OTHER)));
    parts
}

/// The ports at which the services of some rule begin, and those after which they end.
fn port_edges(order: &RuleOrder<'_>) -> BTreeSet<u64> {
    let mut edges = BTreeSet::new();
    let mut add = |span: PortSpan| edges.extend([u64::from(span.first()), u64::from(span.last()) + 1]);
    for line in order.lines() {
        match line.rule {
            SortedRule::Nat(rule) => rule.matches.ports.iter().copied().for_each(&mut add),
            SortedRule::Network(_, rule) => rule.matches.ports.spans().for_each(&mut add),
            SortedRule::Application(_, rule) => {
                let ports = rule.matches.protocols.iter().filter_map(|&(_, port)| PortSpan::single(port));
                ports.for_each(&mut add);
            }
        }
    }
    edges
}

/// Ports in pieces, each of which begins at an edge but the first of an interval.
fn cut_ports(ports: &PortSet, edges: &BTreeSet<u64>) -> Vec<PortSpan> {
    let piece = |(first, last): (u64, u64)| PortSpan::new(u16::try_from(first).ok()?, u16::try_from(last).ok()?);
    let spans = ports.spans().flat_map(|span| pieces(span.first().into(), span.last().into(), edges));
    spans.filter_map(piece).collect()
}
