//! Entries of a source rule as entries of a model rule.

use crate::intent::{Address, DnatTarget, Entry, Host};
use crate::model::{AddressTerm, ApplicationMatches, IpGroupRef, Labels, NatTarget, NetworkProtocol, Pods, Sources};
use crate::net::{AppProtocol, HostPattern, ServiceSet, Transport};

use super::names::from_content;

/// What an application rule matches, its hosts by their kind.
pub(super) fn application_matches(
    services: &ServiceSet,
    sources: Sources,
    destinations: Vec<AddressTerm>,
    hosts: &[Entry<Host>],
) -> ApplicationMatches {
    let mut matches = ApplicationMatches {
        protocols: application_protocols(services),
        sources,
        destinations,
        fqdns: Vec::new(),
        urls: Vec::new(),
        fqdn_tags: Vec::new(),
        web_categories: Vec::new(),
    };
    for entry in hosts {
        match &entry.value {
            Host::Pattern(pattern) => matches.fqdns.push(pattern.clone()),
            Host::FqdnTag(tag) => matches.fqdn_tags.push(tag.clone()),
            Host::Category(category) => matches.web_categories.push(category.clone()),
            Host::Url(url) => matches.urls.push(url.clone()),
        }
    }
    if matches.fqdns.contains(&HostPattern::Any) {
        matches.fqdns = vec![HostPattern::Any];
    }
    matches
}

fn application_protocols(services: &ServiceSet) -> Vec<(AppProtocol, u16)> {
    let mut protocols = Vec::new();
    for protocol in AppProtocol::ALL {
        for span in services.application_ports(protocol).spans() {
            protocols.extend((span.first()..=span.last()).map(|port| (protocol, port)));
        }
    }
    protocols
}

pub(super) fn sources(entries: &[Entry<Address>]) -> Sources {
    let (addresses, ip_groups) = address_terms(entries);
    let pods = entries.iter().filter_map(|entry| match &entry.value {
        Address::Pods(pods) => Some(pods_named(pods)),
        Address::Any
        | Address::Span(_)
        | Address::ServiceTag(_)
        | Address::IpGroup(_)
        | Address::OutsideIpGroup(_)
        | Address::Ipv6(_) => None,
    });
    Sources { addresses, ip_groups, pods: pods.collect() }
}

/// The pods with a name for the resource that Azure keeps them in: the author's, else one made from what is selected.
fn pods_named(pods: &Pods) -> Pods {
    match pods {
        Pods::Selected { name: None, labels, namespaces } => {
            let words =
                [labels, namespaces].into_iter().flat_map(Labels::requirements).map(|wanted| wanted.key.clone());
            let words: Vec<String> = ["pods".to_owned()].into_iter().chain(words).collect();
            let name = Some(from_content(&words, &pods.key()));
            Pods::Selected { name, labels: labels.clone(), namespaces: namespaces.clone() }
        }
        Pods::Selected { name: Some(_), .. } | Pods::Group(_) => pods.clone(),
    }
}

pub(super) fn address_terms(entries: &[Entry<Address>]) -> (Vec<AddressTerm>, Vec<IpGroupRef>) {
    let (mut terms, mut groups) = (Vec::new(), Vec::new());
    for entry in entries {
        match &entry.value {
            Address::Any => terms.push(AddressTerm::Any),
            Address::Span(span) => terms.push(AddressTerm::Span(*span)),
            Address::ServiceTag(tag) => terms.push(AddressTerm::ServiceTag(tag.clone())),
            Address::IpGroup(name) => groups.push(IpGroupRef::Named(name.clone().into())),
            Address::OutsideIpGroup(id) if id.contains('/') => groups.push(IpGroupRef::Id(id.clone())),
            Address::OutsideIpGroup(name) => groups.push(IpGroupRef::Named(name.clone().into())),
            // Only sources can be pods.
            Address::Pods(_) => {}
            Address::Ipv6(span) => terms.push(AddressTerm::Ipv6(*span)),
        }
    }
    if terms.contains(&AddressTerm::Any) {
        // No page states that `*` is IPv6 too.
        terms.retain(|term| matches!(term, AddressTerm::Ipv6(_)));
        terms.insert(0, AddressTerm::Any);
    }
    (terms, groups)
}

pub(super) fn nat_protocol(transport: Transport) -> NetworkProtocol {
    match transport {
        Transport::Tcp => NetworkProtocol::Tcp,
        Transport::Udp => NetworkProtocol::Udp,
        Transport::Icmp => NetworkProtocol::Icmp,
    }
}

pub(super) fn nat_target(target: &DnatTarget) -> NatTarget {
    match target {
        DnatTarget::Address(address) => NatTarget::Address(*address),
        DnatTarget::Host(name) => NatTarget::Fqdn(name.clone()),
    }
}
