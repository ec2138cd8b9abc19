//! The rules that allow a flow but for one field of it.

use std::net::Ipv4Addr;

use crate::evaluate::{self, FlowPoint, Knowledge, Miss, OrderLine, RuleOrder, SortedRule, World};
use crate::flow::{Flow, Service};
use crate::model::{Action, AddressTerm, ApplicationMatches, IpGroupRef, Model, NetworkProtocol, Sources};
use crate::net::{AddressSpan, HostName, HostPattern, PortSpan};
use crate::source::Origin;

/// So many rules are named.
const MANY: usize = 3;

/// So many of the nearest rules are tried.
const TRIED: usize = 64;

/// So far is a name from another with which it has nothing in common.
const UNLIKE: u32 = 6;

/// A rule from which a flow is as far as that has nothing to do with it.
const FAR: u32 = 7;

/// So many entries of a list of addresses are shown.
const SHOWN: usize = 3;

/// A rule that would allow a flow if one field of it were another.
#[derive(Clone, Debug)]
pub struct Near<'m> {
    /// The rule.
    pub line: OrderLine<'m>,
    /// The field.
    pub differs: Miss,
    /// What the field would have to be.
    pub with: String,
    /// Whether what it is has something in common with that.
    pub is_alike: bool,
    /// Where the rule was written.
    pub written: Option<Origin>,
}

/// What a field would have to be, and a flow that has that.
struct NearChange {
    with: String,
    flow: Flow,
}

/// The rules that allow `flow` at `address` but for one field, the nearest first, each with a flow that it allows.
pub(super) fn near<'m>(
    order: &RuleOrder<'m>,
    flow: &Flow,
    address: Ipv4Addr,
    knowledge: &Knowledge,
) -> Vec<(Near<'m>, Flow)> {
    let flow = Flow { address: Some(address), ..flow.clone() };
    let mut found: Vec<(u32, Miss, &OrderLine<'m>)> = candidates(order, &FlowPoint::of(&flow, address), knowledge);
    found.sort_by_key(|(distance, _, line)| (*distance, line.place));
    let changed = found.into_iter().take(TRIED).filter_map(|(distance, differs, line)| {
        let NearChange { with, flow } = change(line, differs, &flow, order.model())?;
        let written = line.rule.origin().cloned();
        let near = Near { line: *line, differs, with, is_alike: distance < UNLIKE, written };
        is_allowed(order, &flow, knowledge).then_some((near, flow))
    });
    changed.take(MANY).collect()
}

fn candidates<'o, 'm>(
    order: &'o RuleOrder<'m>,
    point: &FlowPoint<'_>,
    knowledge: &Knowledge,
) -> Vec<(u32, Miss, &'o OrderLine<'m>)> {
    let allows = |line: &&OrderLine<'_>| line.rule.action() == Action::Allow && order.presence(line).is_always();
    let misses = |line: &'o OrderLine<'m>| {
        let differs = evaluate::only_miss(line, point, order.model(), knowledge)?;
        let fits = differs != Miss::Service || fits_with_service(order, line, point, knowledge);
        fits.then(|| (distance(line.rule, differs, point), differs, line))
    };
    let lines = order.lines().iter().filter(allows);
    lines.filter_map(misses).filter(|(distance, ..)| *distance < FAR).collect()
}

/// Whether the rule matches a flow that differs in nothing but the service.
fn fits_with_service(
    order: &RuleOrder<'_>,
    line: &OrderLine<'_>,
    point: &FlowPoint<'_>,
    knowledge: &Knowledge,
) -> bool {
    nearest_service(line.rule, point.service).is_some_and(|(service, _)| {
        let point = FlowPoint { service, ..*point };
        evaluate::misses(order, line, &point, knowledge, &World::default()).is_none()
    })
}

fn is_allowed(order: &RuleOrder<'_>, flow: &Flow, knowledge: &Knowledge) -> bool {
    let point = flow.address.map(|address| FlowPoint::of(flow, address));
    let decides = |point| evaluate::decide(order, &point, knowledge, &World::default());
    point.is_some_and(|point| evaluate::action_of(decides(point)) == Action::Allow)
}

/// The flow that differs from `flow` in the field `differs` only, and that `line` matches, judged by that field.
fn change(line: &OrderLine<'_>, differs: Miss, flow: &Flow, model: &Model) -> Option<NearChange> {
    let flow = flow.clone();
    match differs {
        Miss::Service => {
            let (service, with) = nearest_service(line.rule, flow.service)?;
            Some(NearChange { with, flow: Flow { service, ..flow } })
        }
        Miss::Source => {
            let (source, with) = source(line.rule.sources(), model)?;
            Some(NearChange { with, flow: Flow { source, ..flow } })
        }
        Miss::Destination => destination(line.rule, flow, model),
        Miss::Name => name(line.rule, flow),
        Miss::Order | Miss::Condition => None,
    }
}

/// How far the flow is from what the rule allows.
fn distance(rule: SortedRule<'_>, differs: Miss, point: &FlowPoint<'_>) -> u32 {
    match differs {
        Miss::Service => {
            let services = services(rule, point.service).into_iter();
            let nearest = services.map(|(service, _)| between(service, point.service)).min();
            nearest.unwrap_or(FAR) + width(rule, point)
        }
        Miss::Source => 2 + width(rule, point),
        Miss::Destination => {
            terms_of(rule).iter().map(|term| span_distance(term, point.address)).min().unwrap_or(UNLIKE)
        }
        Miss::Name => names(rule).iter().map(|pattern| name_distance(pattern, point.name)).min().unwrap_or(UNLIKE),
        Miss::Order | Miss::Condition => FAR,
    }
}

/// How general the target of a rule that matches is: nothing more than the flow's name, a set around it, everything.
fn width(rule: SortedRule<'_>, point: &FlowPoint<'_>) -> u32 {
    let is_name = |pattern: &HostPattern| pattern.as_exact().is_some() && pattern.as_exact() == point.name;
    let is_address = |term: &AddressTerm| span_of(term).and_then(AddressSpan::single) == Some(point.address);
    let is_any = |term: &AddressTerm| *term == AddressTerm::Any;
    let (names, terms) = (names(rule), terms_of(rule));
    if names.iter().any(is_name) || terms.iter().any(is_address) {
        0
    } else if names.contains(&HostPattern::Any) || terms.iter().any(is_any) {
        3
    } else {
        1
    }
}

fn nearest_service(rule: SortedRule<'_>, asked: Service) -> Option<(Service, String)> {
    services(rule, asked).into_iter().min_by_key(|(service, _)| between(*service, asked))
}

/// The services of the rule, of each range of ports `asked` where the range holds it, else the first, with the range as
/// written.
fn services(rule: SortedRule<'_>, asked: Service) -> Vec<(Service, String)> {
    let of = |protocols: &[NetworkProtocol], ports: &[PortSpan]| {
        let ranges =
            protocols.iter().flat_map(|protocol| ports.iter().flat_map(|span| ranges(*protocol, *span, asked)));
        ranges.collect()
    };
    match rule {
        SortedRule::Nat(rule) => of(&rule.matches.protocols, &rule.matches.ports),
        SortedRule::Network(_, rule) => of(&rule.matches.protocols, &rule.matches.ports.spans().collect::<Vec<_>>()),
        SortedRule::Application(_, rule) => {
            let services = rule.matches.protocols.iter().map(|&(protocol, port)| Service::Application(protocol, port));
            services.map(|service| (service, service.to_string())).collect()
        }
    }
}

fn ranges(protocol: NetworkProtocol, span: PortSpan, asked: Service) -> Vec<(Service, String)> {
    let is_inside = |port: &u16| (span.first()..=span.last()).contains(port);
    let port = asked.port().filter(is_inside).unwrap_or(span.first());
    let tcp = || (Service::Tcp(port), format!("tcp/{span}"));
    let udp = || (Service::Udp(port), format!("udp/{span}"));
    match protocol {
        NetworkProtocol::Tcp => vec![tcp()],
        NetworkProtocol::Udp => vec![udp()],
        NetworkProtocol::Any => vec![tcp(), udp()],
        NetworkProtocol::Icmp => vec![(Service::Icmp, Service::Icmp.to_string())],
    }
}

/// How far two services are from one another.
fn between(one: Service, other: Service) -> u32 {
    let same_port = one.port().is_some() && one.port() == other.port();
    match (same_port, carrier(one) == carrier(other)) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 4,
    }
}

/// The number of the IP protocol.
fn carrier(service: Service) -> u8 {
    match service {
        Service::Application(..) | Service::Tcp(_) => 6,
        Service::Udp(_) => 17,
        Service::Icmp => 1,
        Service::Other(number) => number,
    }
}

/// An address of `sources`, and the whole of them.
fn source(sources: &Sources, model: &Model) -> Option<(Ipv4Addr, String)> {
    let groups: Vec<AddressSpan> = sources.ip_groups.iter().flat_map(|group| members(group, model)).collect();
    let first = sources.addresses.iter().filter_map(span_of).chain(groups).next()?;
    Some((first.interval().first().into(), listed(&sources.addresses, &sources.ip_groups)))
}

/// `flow` to where the rule allows it, and the whole of its destinations, or the name.
fn destination(rule: SortedRule<'_>, flow: Flow, model: &Model) -> Option<NearChange> {
    let mut terms: Vec<AddressTerm> = terms_of(rule).to_vec();
    let asked = flow.address?;
    terms.sort_by_key(|term| span_distance(term, asked));
    let (groups, names): (&[IpGroupRef], &[HostName]) = match rule {
        SortedRule::Nat(_) | SortedRule::Application(..) => (&[], &[]),
        SortedRule::Network(_, rule) => (&rule.matches.destination_ip_groups, &rule.matches.destination_fqdns),
    };
    let in_groups = groups.iter().flat_map(|group| members(group, model));
    match terms.iter().filter_map(span_of).chain(in_groups).next() {
        Some(span) => {
            let address = Some(span.interval().first().into());
            Some(NearChange { with: listed(&terms, groups), flow: Flow { address, ..flow } })
        }
        None => {
            let name = names.iter().min_by_key(|name| host_distance(name.as_str(), flow.name.as_ref()))?.clone();
            Some(NearChange { with: name.to_string(), flow: Flow { name: Some(name), ..flow } })
        }
    }
}

/// `flow` to the name nearest to its own that an application rule allows.
fn name(rule: SortedRule<'_>, flow: Flow) -> Option<NearChange> {
    let ApplicationMatches { urls, .. } = match rule {
        SortedRule::Nat(_) | SortedRule::Network(..) => return None,
        SortedRule::Application(_, rule) => &rule.matches,
    };
    let nearest = names(rule).into_iter().min_by_key(|pattern| name_distance(pattern, flow.name.as_ref()));
    match nearest {
        Some(pattern) => {
            let name = instance(&pattern)?;
            Some(NearChange { with: pattern.to_string(), flow: Flow { name: Some(name), ..flow } })
        }
        None => {
            let url = urls.first()?;
            let (host, path) = url.find('/').map_or((url.as_str(), ""), |slash| url.split_at(slash));
            let name = host.parse().ok().and_then(|pattern| instance(&pattern))?;
            let path = Some(format!("/{}", path.trim_start_matches('/').trim_end_matches('*')));
            Some(NearChange { with: url.clone(), flow: Flow { name: Some(name), path, ..flow } })
        }
    }
}

/// A name that the pattern matches.
fn instance(pattern: &HostPattern) -> Option<HostName> {
    match pattern {
        HostPattern::Any => None,
        HostPattern::Exact(name) => Some(name.clone()),
        HostPattern::Below(parent) => format!("www.{parent}").parse().ok(),
        HostPattern::Ending(ending) => format!("www{ending}").parse().ok(),
    }
}

/// The names that the rule lists.
fn names(rule: SortedRule<'_>) -> Vec<HostPattern> {
    match rule {
        SortedRule::Nat(_) => Vec::new(),
        SortedRule::Network(_, rule) => {
            rule.matches.destination_fqdns.iter().cloned().map(HostPattern::Exact).collect()
        }
        SortedRule::Application(_, rule) => rule.matches.fqdns.clone(),
    }
}

/// The destination addresses that the rule lists.
fn terms_of<'m>(rule: SortedRule<'m>) -> &'m [AddressTerm] {
    match rule {
        SortedRule::Nat(rule) => &rule.matches.destinations,
        SortedRule::Network(_, rule) => &rule.matches.destinations,
        SortedRule::Application(..) => &[],
    }
}

fn span_of(term: &AddressTerm) -> Option<AddressSpan> {
    match term {
        AddressTerm::Span(span) => Some(*span),
        AddressTerm::Any | AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => None,
    }
}

fn members<'m>(group: &IpGroupRef, model: &'m Model) -> impl Iterator<Item = AddressSpan> + use<'m> {
    model.ip_group(group).into_iter().flat_map(|group| group.addresses.iter().copied())
}

/// The first of the addresses and groups, and the number of the rest.
fn listed(terms: &[AddressTerm], groups: &[IpGroupRef]) -> String {
    let groups = groups.iter().map(|group| format!("ip-group({})", group.name()));
    let all: Vec<String> = terms.iter().map(ToString::to_string).chain(groups).collect();
    let shown = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        rest => format!("{shown} and {rest} more"),
    }
}

/// How far `address` is from the span, by the bits that they have in common.
fn span_distance(term: &AddressTerm, address: Ipv4Addr) -> u32 {
    let first = span_of(term).map(|span| span.interval().first());
    match first.map(|first| (first ^ u32::from(address)).leading_zeros()) {
        Some(16..) => 2,
        Some(8..) => 4,
        Some(_) | None => UNLIKE,
    }
}

fn name_distance(pattern: &HostPattern, asked: Option<&HostName>) -> u32 {
    match pattern {
        HostPattern::Any => UNLIKE,
        HostPattern::Exact(name) | HostPattern::Below(name) | HostPattern::Ending(name) => {
            host_distance(name.as_str(), asked)
        }
    }
}

/// How far two names are from one another: two letters at most, by the labels that they have in common, or nothing.
fn host_distance(name: &str, asked: Option<&HostName>) -> u32 {
    let Some(asked) = asked.map(HostName::as_str) else { return UNLIKE };
    let suffix = common(name.bytes().rev(), asked.bytes().rev());
    let letters = suffix + common(name.bytes(), asked.bytes());
    let labels = common(name.rsplit('.'), asked.rsplit('.'));
    let is_typing = letters + 2 >= name.len().max(asked.len());
    match (is_typing, labels) {
        (true, _) => 1,
        (false, 3..) => 2,
        (false, 2) => 3,
        (false, _) if name.split('.').next() == asked.split('.').next() => 3,
        (false, _) => UNLIKE,
    }
}

fn common<T: PartialEq>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}
