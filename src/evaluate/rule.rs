//! When one rule matches one flow.

use std::collections::BTreeSet;
use std::fmt;
use std::net::Ipv4Addr;

use super::condition::Condition;
use super::order::OrderLine;
use super::pieces::Knowledge;
use super::sort::SortedRule;
use super::tag_hosts::Held;
use super::url;
use super::world::{Atom, Outside, RulePath, World};
use crate::flow::{Flow, Service};
use crate::model::{
    AddressTerm, ApplicationMatches, ApplicationRule, IpGroup, IpGroupRef, Model, NatRule, NetworkMatches,
    NetworkProtocol, NetworkRule, Sources, is_known_tag,
};
use crate::net::{HostName, PortSet};

/// A flow at one address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlowPoint<'f> {
    /// The source address.
    pub source: Ipv4Addr,
    /// The destination address, before any translation.
    pub address: Ipv4Addr,
    /// The name in the client's request.
    pub name: Option<&'f HostName>,
    /// The path of the URL, where it is known.
    pub path: Option<&'f str>,
    /// What it carries, to which port.
    pub service: Service,
}

impl<'f> FlowPoint<'f> {
    /// `flow` at `address`.
    pub fn of(flow: &'f Flow, address: Ipv4Addr) -> Self {
        let Flow { source, address: _, name, path, service } = flow;
        Self { source: *source, address, name: name.as_ref(), path: path.as_deref(), service: *service }
    }
}

/// The first reason why a rule does not match.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Miss {
    /// Protocol or port.
    Service,
    /// The source address.
    Source,
    /// The destination address.
    Destination,
    /// The name in the client's request, or its URL.
    Name,
    /// Another one of its priority is read before it.
    Order,
    /// It is not there, as a condition that is not known here does not hold.
    Condition,
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Service => "service",
            Self::Source => "source",
            Self::Destination => "destination",
            Self::Name => "name",
            Self::Order => "order",
            Self::Condition => "condition",
        })
    }
}

/// The fields of a rule that match only where a fact is true, with the facts that would do.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct RuleNeeds(Vec<(Miss, BTreeSet<Atom>)>);

impl RuleNeeds {
    /// Whether the rule matches in every world.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same, needing one more fact.
    pub(super) fn also(&mut self, miss: Miss, atom: Atom) {
        self.0.push((miss, BTreeSet::from([atom])));
    }

    /// The first field that does not match in `world`.
    pub fn miss(&self, world: &World) -> Option<Miss> {
        let unmet = self.0.iter().find(|(_, atoms)| !atoms.iter().any(|atom| world.holds(atom)));
        unmet.map(|&(miss, _)| miss)
    }

    /// The worlds of one fact for each field: the smallest in which the rule matches.
    pub fn small_worlds(&self) -> Vec<World> {
        self.0.iter().fold(vec![World::default()], |worlds, (_, atoms)| {
            worlds.iter().flat_map(|world| atoms.iter().map(|atom| world.with(atom))).collect()
        })
    }
}

/// When a rule matches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RuleFit {
    /// In no world, and the first field that rules it out.
    Never(Miss),
    /// In the worlds that meet these needs.
    When(RuleNeeds),
}

impl RuleFit {
    fn always() -> Self {
        Self::When(RuleNeeds::default())
    }

    /// Whether the rule matches in no world.
    pub fn is_never(&self) -> bool {
        match self {
            Self::Never(_) => true,
            Self::When(_) => false,
        }
    }

    /// Why the rule does not match in `world`; `None` where it does.
    pub fn miss(&self, world: &World) -> Option<Miss> {
        match self {
            Self::Never(miss) => Some(*miss),
            Self::When(needs) => needs.miss(world),
        }
    }

    /// Adds the condition of one more field, which is not evaluated where an earlier one has decided.
    fn and(self, miss: Miss, condition: impl FnOnce() -> Condition) -> Self {
        let Self::When(RuleNeeds(mut needs)) = self else { return self };
        match condition() {
            Condition::Always => {}
            Condition::Never => return Self::Never(miss),
            Condition::AnyOf(atoms) => needs.push((miss, atoms)),
        }
        Self::When(RuleNeeds(needs))
    }
}

/// When `line` matches at `point`.
pub fn fit(line: &OrderLine<'_>, point: &FlowPoint<'_>, model: &Model, knowledge: &Knowledge) -> RuleFit {
    let caller = caller_fit(line, point.source, point.service, model);
    match line.rule {
        SortedRule::Nat(rule) => caller.and(Miss::Destination, || nat_destination(rule, point)),
        SortedRule::Network(_, rule) => {
            caller.and(Miss::Destination, || network_destination(rule, point, model, knowledge))
        }
        SortedRule::Application(_, rule) => caller.and(Miss::Name, || target(rule, line, point, knowledge)),
    }
}

/// When `line` matches, judged by the service and the source alone.
pub fn caller_fit(line: &OrderLine<'_>, source: Ipv4Addr, service: Service, model: &Model) -> RuleFit {
    let by_service = RuleFit::always().and(Miss::Service, || takes_service(line.rule, service).into());
    by_service.and(Miss::Source, || source_in(line.rule.sources(), source, model))
}

/// The only field of `line` that keeps it from matching at `point`, where it does so whatever the world is; nothing where
/// another field may, too. Where the service rules it out, the target is not tested: a URL is only of requests.
pub fn only_miss(line: &OrderLine<'_>, point: &FlowPoint<'_>, model: &Model, knowledge: &Knowledge) -> Option<Miss> {
    let by_service = takes_service(line.rule, point.service);
    match (by_service, source_in(line.rule.sources(), point.source, model)) {
        (false, Condition::Always) => Some(Miss::Service),
        (true, Condition::Never) => Some(Miss::Source),
        (true, Condition::Always) => match fit(line, point, model, knowledge) {
            RuleFit::Never(miss) => Some(miss),
            RuleFit::When(_) => None,
        },
        (false, Condition::Never | Condition::AnyOf(_)) | (true, Condition::AnyOf(_)) => None,
    }
}

/// When `line` matches, judged by `caller` and the name: an application rule tests no address.
pub fn target_fit(caller: RuleFit, line: &OrderLine<'_>, flow: &Flow, knowledge: &Knowledge) -> RuleFit {
    let nowhere = FlowPoint::of(flow, Ipv4Addr::UNSPECIFIED);
    match line.rule {
        SortedRule::Nat(_) | SortedRule::Network(..) => caller,
        SortedRule::Application(_, rule) => caller.and(Miss::Name, || target(rule, line, &nowhere, knowledge)),
    }
}

fn takes_service(rule: SortedRule<'_>, service: Service) -> bool {
    match rule {
        SortedRule::Nat(rule) => nat_service(rule, service),
        SortedRule::Network(_, rule) => network_service(&rule.matches.protocols, &rule.matches.ports, service),
        SortedRule::Application(_, rule) => application_service(rule, service),
    }
}

/// DNAT is for TCP and UDP only (RP).
fn nat_service(rule: &NatRule, service: Service) -> bool {
    let ports = rule.matches.ports.iter().copied().collect();
    service.port().is_some() && network_service(&rule.matches.protocols, &ports, service)
}

fn network_service(protocols: &[NetworkProtocol], ports: &PortSet, service: Service) -> bool {
    protocols.iter().any(|&protocol| protocol_fits(protocol, ports, service))
}

/// `Any` is every IANA protocol, and TCP and UDP only where ports are given (FAQ). ICMP has no ports to test.
/// A flow of HTTP, HTTPS or MSSQL is a TCP flow.
fn protocol_fits(protocol: NetworkProtocol, ports: &PortSet, service: Service) -> bool {
    let port_fits = |port| ports.contains(port);
    match (protocol, service) {
        (NetworkProtocol::Any, _) if ports.is_any() => true,
        (NetworkProtocol::Tcp | NetworkProtocol::Any, Service::Application(_, port) | Service::Tcp(port))
        | (NetworkProtocol::Udp | NetworkProtocol::Any, Service::Udp(port)) => port_fits(port),
        (NetworkProtocol::Icmp, Service::Icmp) => true,
        (NetworkProtocol::Tcp, Service::Udp(_) | Service::Icmp | Service::Other(_))
        | (NetworkProtocol::Udp, Service::Application(..) | Service::Tcp(_) | Service::Icmp | Service::Other(_))
        | (NetworkProtocol::Icmp, Service::Application(..) | Service::Tcp(_) | Service::Udp(_) | Service::Other(_))
        | (NetworkProtocol::Any, Service::Icmp | Service::Other(_)) => false,
    }
}

/// Application rules match only the protocols that they name, each on its port (RP).
fn application_service(rule: &ApplicationRule, service: Service) -> bool {
    match service {
        Service::Application(protocol, port) => rule.matches.protocols.contains(&(protocol, port)),
        Service::Tcp(_) | Service::Udp(_) | Service::Icmp | Service::Other(_) => false,
    }
}

/// A rule without any source matches nothing.
fn source_in(sources: &Sources, address: Ipv4Addr, model: &Model) -> Condition {
    if sources.ip_groups.iter().any(|group| is_known_empty(group, model)) {
        return Condition::Never;
    }
    let terms = sources.addresses.iter().map(|term| term_holds(term, address, Atom::Source));
    let groups = sources.ip_groups.iter().map(|group| group_holds(group, address, model, Atom::Source));
    let pods = sources.pods.iter().map(|pods| Condition::when(Atom::Source(Outside::Pods(pods.key().as_str().into()))));
    terms.chain(groups).chain(pods).collect()
}

fn nat_destination(rule: &NatRule, point: &FlowPoint<'_>) -> Condition {
    rule.matches.destinations.iter().map(|term| term_holds(term, point.address, Atom::Destination)).collect()
}

/// A rule without any destination matches nothing.
fn network_destination(rule: &NetworkRule, point: &FlowPoint<'_>, model: &Model, knowledge: &Knowledge) -> Condition {
    let NetworkMatches { destinations, destination_ip_groups: groups, destination_fqdns: names, .. } = &rule.matches;
    if groups.iter().any(|group| is_known_empty(group, model)) {
        return Condition::Never;
    }
    let terms = destinations.iter().map(|term| term_holds(term, point.address, Atom::Destination));
    let groups = groups.iter().map(|group| group_holds(group, point.address, model, Atom::Destination));
    let names = names.iter().map(|name| dns_holds(name, point, knowledge));
    terms.chain(groups).chain(names).collect()
}

/// An empty IP group is not "any": the rule that uses it is skipped (IPG).
fn is_known_empty(group: &IpGroupRef, model: &Model) -> bool {
    model.ip_group(group).is_some_and(IpGroup::is_empty)
}

fn term_holds(term: &AddressTerm, address: Ipv4Addr, side: fn(Outside) -> Atom) -> Condition {
    match term {
        AddressTerm::Any => Condition::Always,
        AddressTerm::Span(span) => span.interval().contains(address.into()).into(),
        AddressTerm::Ipv6(_) => Condition::Never,
        AddressTerm::ServiceTag(tag) if is_untagged(address) && is_known_tag(tag) => Condition::Never,
        AddressTerm::ServiceTag(tag) => Condition::when(side(Outside::ServiceTag(tag.as_str().into()))),
    }
}

/// Whether no service tag holds `address`: one of [`AddressSet::untagged`](crate::net::AddressSet::untagged).
fn is_untagged(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private() || address.is_link_local() || a == 100 && b & 0xc0 == 64
}

fn group_holds(group: &IpGroupRef, address: Ipv4Addr, model: &Model, side: fn(Outside) -> Atom) -> Condition {
    match model.ip_group(group) {
        Some(known) => known.addresses.iter().any(|span| span.interval().contains(address.into())).into(),
        None => Condition::when(side(Outside::IpGroup(group.key().as_str().into()))),
    }
}

/// A name in a network rule is the set of its addresses. A client that requests that name lands in it, because clients
/// use the firewall as their resolver; any other flow may, by its address.
fn dns_holds(name: &HostName, point: &FlowPoint<'_>, knowledge: &Knowledge) -> Condition {
    if point.name == Some(name) {
        return Condition::Always;
    }
    match knowledge.addresses_of(name) {
        Some(addresses) => addresses.contains(point.address).into(),
        None => Condition::when(Atom::Destination(Outside::Dns(name.clone()))),
    }
}

/// The targets of an application rule. Without a Host header, an SNI or a TDS name none matches (RP).
///
/// One kind of target is documented. What two of them, or destination addresses beside them, mean is not: such a rule
/// matches for sure where every kind matches, not where none does, and is otherwise a fact of its own.
fn target(rule: &ApplicationRule, line: &OrderLine<'_>, point: &FlowPoint<'_>, knowledge: &Knowledge) -> Condition {
    let Some(name) = point.name else { return Condition::Never };
    let kinds = target_kinds(rule, name, point, knowledge);
    let narrowed = !rule.matches.destinations.is_empty() && !rule.matches.destinations.contains(&AddressTerm::Any);
    match kinds.as_slice() {
        [] if narrowed => Condition::when(Atom::Rule(RulePath::from(line))),
        [] => Condition::Never,
        [kind] if !narrowed => kind.clone(),
        kinds if kinds.iter().all(|kind| *kind == Condition::Never) => Condition::Never,
        kinds if !narrowed && kinds.iter().all(|kind| *kind == Condition::Always) => Condition::Always,
        _ => Condition::when(Atom::Rule(RulePath::from(line))),
    }
}

/// When each kind of target that the rule has matches.
fn target_kinds(
    rule: &ApplicationRule,
    name: &HostName,
    point: &FlowPoint<'_>,
    knowledge: &Knowledge,
) -> Vec<Condition> {
    let ApplicationMatches { fqdns, urls, fqdn_tags, web_categories, .. } = &rule.matches;
    let mut kinds: Vec<Condition> = Vec::new();
    if !fqdns.is_empty() {
        kinds.push(fqdns.iter().any(|pattern| pattern.matches(name)).into());
    }
    if !urls.is_empty() {
        kinds.push(urls.iter().map(|url| url::holds(url, name, point.path, point.service)).collect());
    }
    if !fqdn_tags.is_empty() {
        kinds.push(fqdn_tags.iter().map(|tag| tag_holds(tag, name, point.service, knowledge)).collect());
    }
    if !web_categories.is_empty() {
        let categories = web_categories.iter().map(|name| Atom::WebCategory(name.as_str().into()));
        kinds.push(categories.map(Condition::when).collect());
    }
    kinds
}

/// What is known of a tag decides; beyond that, whether it holds the name is a fact.
fn tag_holds(tag: &str, name: &HostName, service: Service, knowledge: &Knowledge) -> Condition {
    match knowledge.hosts_of_tag(tag).map_or(Held::Open, |hosts| hosts.holds(name, service)) {
        Held::Yes => Condition::Always,
        Held::No => Condition::Never,
        Held::Open => Condition::when(Atom::FqdnTag(tag.into())),
    }
}
