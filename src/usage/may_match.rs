//! Which rules may match flows of which only a part is known. In doubt a rule may.

use std::net::Ipv4Addr;

use crate::evaluate::{Knowledge, OrderLine, SortedRule};
use crate::flow::Service;
use crate::logs::Row;
use crate::model::{AddressTerm, ApplicationMatches, IpGroupRef, Model, NetworkProtocol};
use crate::net::{HostName, HostPattern, PortSpan};

/// The destination of a flow.
pub(super) struct MatchTarget {
    name: Option<HostName>,
    address: Option<Ipv4Addr>,
}

impl MatchTarget {
    /// The destination of a row; neither name nor address where it is an address of a firewall, which the model has.
    pub(super) fn of(row: &Row<'_>) -> Self {
        let own = row.destination.parse::<Ipv4Addr>().ok();
        let name = if own.is_some() { None } else { row.destination.parse().ok() };
        Self { name, address: own.or(row.address) }
    }
}

/// Whether a rule may match some flow to a destination.
pub(super) fn may_target(line: &OrderLine<'_>, target: &MatchTarget, model: &Model) -> bool {
    let may_hold = |terms: &[AddressTerm]| terms.iter().any(|term| may_be_in(term, target.address));
    match line.rule {
        SortedRule::Nat(rule) => may_hold(&rule.matches.destinations),
        SortedRule::Network(_, rule) => {
            let of = &rule.matches;
            let in_group = |group: &IpGroupRef| may_be_in_group(group, target.address, model);
            may_hold(&of.destinations)
                || of.destination_ip_groups.iter().any(in_group)
                || !of.destination_fqdns.is_empty()
        }
        SortedRule::Application(_, rule) => match (&target.name, target.address) {
            (Some(name), _) => may_be_named(&rule.matches, name),
            (None, Some(_)) => false,
            (None, None) => true,
        },
    }
}

fn may_be_in(term: &AddressTerm, address: Option<Ipv4Addr>) -> bool {
    match term {
        AddressTerm::Any | AddressTerm::ServiceTag(_) => true,
        AddressTerm::Span(span) => address.is_none_or(|address| span.interval().contains(address.into())),
        AddressTerm::Ipv6(_) => false,
    }
}

fn may_be_in_group(group: &IpGroupRef, address: Option<Ipv4Addr>, model: &Model) -> bool {
    match (model.ip_group(group), address) {
        (Some(known), Some(address)) => known.addresses.iter().any(|span| span.interval().contains(address.into())),
        (None, _) | (_, None) => true,
    }
}

/// Only of a list of names alone it is known that it does not match.
fn may_be_named(of: &ApplicationMatches, name: &HostName) -> bool {
    let names_only =
        of.urls.is_empty() && of.fqdn_tags.is_empty() && of.web_categories.is_empty() && of.destinations.is_empty();
    !names_only || of.fqdns.iter().any(|pattern: &HostPattern| pattern.matches(name))
}

/// Whether a rule may match flows of a service.
pub(super) fn may_serve(line: &OrderLine<'_>, service: Service) -> bool {
    match line.rule {
        SortedRule::Nat(rule) => {
            let has = |port: u16| rule.matches.ports.iter().any(|span: &PortSpan| span.interval().contains(port));
            service.port().is_some_and(has)
        }
        SortedRule::Network(_, rule) => {
            let has_port = service.port().is_none_or(|port| rule.matches.ports.contains(port));
            has_port && rule.matches.protocols.iter().any(|protocol| may_carry(*protocol, service))
        }
        SortedRule::Application(_, rule) => match service {
            Service::Application(protocol, port) => rule.matches.protocols.contains(&(protocol, port)),
            Service::Tcp(_) | Service::Udp(_) | Service::Icmp | Service::Other(_) => false,
        },
    }
}

fn may_carry(protocol: NetworkProtocol, service: Service) -> bool {
    match (protocol, service) {
        (NetworkProtocol::Any, _)
        | (NetworkProtocol::Tcp, Service::Application(..) | Service::Tcp(_))
        | (NetworkProtocol::Udp, Service::Udp(_))
        | (NetworkProtocol::Icmp, Service::Icmp) => true,
        (NetworkProtocol::Tcp, Service::Udp(_) | Service::Icmp | Service::Other(_))
        | (NetworkProtocol::Udp, Service::Application(..) | Service::Tcp(_) | Service::Icmp | Service::Other(_))
        | (NetworkProtocol::Icmp, Service::Application(..) | Service::Tcp(_) | Service::Udp(_) | Service::Other(_)) => {
            false
        }
    }
}

/// The ports at which a rule, or a tag of it, begins to match or ends.
pub(super) fn port_edges(line: &OrderLine<'_>, knowledge: &Knowledge) -> Vec<u32> {
    let edges = |first: u16, last: u16| [u32::from(first), u32::from(last) + 1];
    match line.rule {
        SortedRule::Nat(rule) => rule.matches.ports.iter().flat_map(|span| edges(span.first(), span.last())).collect(),
        SortedRule::Network(_, rule) => {
            rule.matches.ports.spans().flat_map(|span| edges(span.first(), span.last())).collect()
        }
        SortedRule::Application(_, rule) => {
            let tags = rule.matches.fqdn_tags.iter().filter_map(|tag| knowledge.hosts_of_tag(tag));
            let of_tags = tags.flat_map(|hosts| hosts.protocols.iter().flatten());
            rule.matches.protocols.iter().chain(of_tags).flat_map(|(_, port)| edges(*port, *port)).collect()
        }
    }
}
