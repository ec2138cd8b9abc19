//! A policy as a decision list: its lines in Azure's processing order, as sets of flows.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::evaluate::{Knowledge, OrderLine, OrderReading, ReadFirst, RuleOrder, SortedRule};
use crate::flow::{self, DecisionList, Match, MatchingAtom, MatchingEnds, MatchingNames, MatchingPaths};
use crate::logic::Formula;
use crate::model::{
    Action, AddressTerm, ApplicationRule, IpGroupRef, Model, NatRule, NetworkProtocol, NetworkRule, Presence, Sources,
};
use crate::net::{AddressSet, AppProtocol, HostPattern, Ipv6Span, PortSet, ServiceSet};

use super::opaque::{OpaqueSort, ask};
use super::tags::{MakePolicy, NamedTargets};

/// A decision list, and the lines it was made of.
#[derive(Clone, Debug)]
pub struct Decisions<'m> {
    /// The list; the origin of a line is the first index of its rule in `lines`.
    pub list: DecisionList,
    /// For each line of the list its rule, in processing order. A rule is there twice where the order of its group or
    /// collection and of others is open.
    pub lines: Vec<OrderLine<'m>>,
}

/// What `order` does with every flow.
///
/// The effect of a line that translates is a number for its target; other lines have effect 0.
pub fn decisions<'m>(order: &RuleOrder<'m>, knowledge: &Knowledge) -> Decisions<'m> {
    let mut effects = Effects::default();
    decisions_with(order, knowledge, &mut effects)
}

/// The numbers of translations, shared by the lists that are compared.
#[derive(Clone, Default, Debug)]
pub struct Effects(IndexMap<String, u32>);

impl Effects {
    /// The number of a translation.
    pub fn number(&mut self, target: &str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX - 1) + 1;
        *self.0.entry(target.to_owned()).or_insert(next)
    }
}

/// What IPv6 addresses are in a decision list, whose flows have none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ipv6 {
    /// No flow has one: for questions about flows.
    Absent,
    /// Sets with unknown content: for proofs that no rule, and no entry of a rule, gets lost or comes before another.
    Sets,
}

/// As [`decisions`], with translations numbered together with those of another list.
pub fn decisions_with<'m>(order: &RuleOrder<'m>, knowledge: &Knowledge, effects: &mut Effects) -> Decisions<'m> {
    decisions_of(order, knowledge, effects, Ipv6::Absent)
}

/// As [`decisions_with`], with the given meaning of IPv6 addresses.
pub fn decisions_of<'m>(
    order: &RuleOrder<'m>,
    knowledge: &Knowledge,
    effects: &mut Effects,
    ipv6: Ipv6,
) -> Decisions<'m> {
    let lowering = DecisionLowering { model: order.model(), knowledge, ipv6 };
    let mut list = Vec::new();
    let mut lines = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for OrderReading { line, first } in order.readings() {
        let (action, effect, matches) = match line.rule {
            SortedRule::Nat(rule) => {
                (flow::FlowAction::Allow, effects.number(&rule.handling.to_string()), lowering.nat(rule))
            }
            SortedRule::Network(action, rule) => (flow_action(action), 0, lowering.network(rule)),
            SortedRule::Application(action, rule) => (flow_action(action), 0, lowering.application(rule)),
        };
        let origin = *places.entry(line.place).or_insert(lines.len());
        list.push(flow::ListLine { matches, action, effect, origin, when: when(&order.presence(line), first) });
        lines.push(*line);
    }
    Decisions { list: DecisionList::new(list), lines }
}

/// When a line of that presence is read, where all of `first` must be read first.
fn when(presence: &Presence, first: &[ReadFirst]) -> Formula<MatchingAtom> {
    let first = first.iter().map(|first| Formula::Is(OpaqueSort::ReadFirst.atom(&first.what)));
    first.fold(presence.map(&mut |text| OpaqueSort::Condition.atom(text)), Formula::and)
}

fn flow_action(action: Action) -> flow::FlowAction {
    match action {
        Action::Allow => flow::FlowAction::Allow,
        Action::Deny => flow::FlowAction::Deny,
    }
}

struct DecisionLowering<'m> {
    model: &'m Model,
    knowledge: &'m Knowledge,
    ipv6: Ipv6,
}

impl DecisionLowering<'_> {
    fn nat(&self, rule: &NatRule) -> Vec<Match> {
        let ports: PortSet = rule.matches.ports.iter().copied().collect();
        let Some(sources) = self.sources(&rule.matches.sources) else { return Vec::new() };
        let destinations = self.ends(&rule.matches.destinations, &[]);
        product(services(&rule.matches.protocols, &ports), Some(sources), destinations, MatchingNames::Any)
            .into_iter()
            .collect()
    }

    fn network(&self, rule: &NetworkRule) -> Vec<Match> {
        let destinations =
            self.ends(&rule.matches.destinations, &rule.matches.destination_ip_groups).map(|mut ends| {
                for name in &rule.matches.destination_fqdns {
                    match self.knowledge.addresses_of(name) {
                        Some(known) => ends.addresses = ends.addresses.union(known),
                        None => ask(&mut ends, name),
                    }
                }
                ends
            });
        let services = services(&rule.matches.protocols, &rule.matches.ports);
        product(services, self.sources(&rule.matches.sources), destinations, MatchingNames::Any).into_iter().collect()
    }

    fn application(&self, rule: &ApplicationRule) -> Vec<Match> {
        let services = rule.matches.protocols.iter().fold(ServiceSet::default(), |all, &(protocol, port)| {
            let ports = crate::net::PortSpan::single(port).map(PortSet::from).unwrap_or_default();
            all.union(&ServiceSet::application(protocol, ports))
        });
        let Some(sources) = self.sources(&rule.matches.sources) else { return Vec::new() };
        let make = |services: ServiceSet, names: MatchingNames, paths: MatchingPaths| Match {
            services,
            sources: sources.clone(),
            names,
            paths,
            ..Match::any()
        };
        if let Some(atom) = Targets::of(rule).unclear() {
            return vec![make(
                services,
                MatchingNames::Of { patterns: Vec::new(), atoms: vec![atom] },
                MatchingPaths::Any,
            )];
        }
        if !rule.matches.urls.is_empty() {
            let seen = ServiceSet { mssql: PortSet::empty(), ..services };
            return rule.matches.urls.iter().map(|url| url_match(url, seen.clone(), &make)).collect();
        }
        let atoms = rule.matches.web_categories.iter().map(|name| OpaqueSort::Category.atom(name)).collect();
        let mut named = NamedTargets::of(rule.matches.fqdns.clone(), atoms);
        rule.matches.fqdn_tags.iter().for_each(|tag| named.tag(tag, &services, self.knowledge, &make));
        named.products(&services, &make)
    }

    /// The sources; `None` where the rule has none or is skipped for an empty IP group.
    fn sources(&self, sources: &Sources) -> Option<MatchingEnds> {
        let mut ends = self.ends(&sources.addresses, &sources.ip_groups)?;
        ends.atoms.extend(sources.pods.iter().map(|pods| OpaqueSort::Pods.atom(&pods.key())));
        Some(ends)
    }

    fn ends(&self, terms: &[AddressTerm], groups: &[IpGroupRef]) -> Option<MatchingEnds> {
        let mut ends = MatchingEnds::default();
        let mut spans = Vec::new();
        for term in terms {
            match term {
                AddressTerm::Any => ends.addresses = AddressSet::any(),
                AddressTerm::Span(span) => spans.push(*span),
                AddressTerm::ServiceTag(tag) => ends.atoms.push(OpaqueSort::ServiceTag.atom(tag)),
                AddressTerm::Ipv6(span) => ends.atoms.extend(self.ipv6_set(*span)),
            }
        }
        ends.addresses = ends.addresses.union(&spans.into_iter().collect());
        for group in groups {
            let Some(known) = self.model.ip_group(group) else {
                ends.atoms.push(OpaqueSort::IpGroup.atom(&group.key()));
                continue;
            };
            if known.is_empty() {
                return None;
            }
            ends.addresses = ends.addresses.union(&known.address_set());
            ends.atoms.extend(known.ipv6.iter().filter_map(|span| self.ipv6_set(*span)));
        }
        Some(ends)
    }

    fn ipv6_set(&self, span: Ipv6Span) -> Option<MatchingAtom> {
        (self.ipv6 == Ipv6::Sets).then(|| ipv6_atom(span))
    }
}

/// IPv6 addresses as a set with unknown content.
pub(crate) fn ipv6_atom(span: Ipv6Span) -> MatchingAtom {
    OpaqueSort::IpGroup.atom(&format!("ipv6 {span}"))
}

/// The targets of an application rule, by kind.
#[derive(Default)]
pub(crate) struct Targets {
    pub(crate) fqdns: Vec<String>,
    pub(crate) urls: Vec<String>,
    pub(crate) fqdn_tags: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// The destination addresses beside them, unless they are every address.
    pub(crate) destinations: Vec<String>,
}

impl Targets {
    fn of(rule: &ApplicationRule) -> Self {
        let any = rule.matches.destinations.iter().any(|term| match term {
            AddressTerm::Any => true,
            AddressTerm::Span(span) => span.interval() == crate::net::Interval::full(),
            AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => false,
        });
        let destinations = rule.matches.destinations.iter().filter(|_| !any);
        Self {
            fqdns: rule.matches.fqdns.iter().map(ToString::to_string).collect(),
            urls: rule.matches.urls.clone(),
            fqdn_tags: rule.matches.fqdn_tags.clone(),
            categories: rule.matches.web_categories.clone(),
            destinations: destinations.map(ToString::to_string).collect(),
        }
    }

    /// The set that only Azure knows, where there are destinations or several kinds of targets: what that means
    /// is not documented. Rules that list the same there mean the same.
    pub(crate) fn unclear(self) -> Option<MatchingAtom> {
        let Self { mut fqdns, urls, fqdn_tags, categories, destinations } = self;
        if fqdns.iter().any(|name| name == "*") {
            fqdns = vec!["*".to_owned()];
        }
        let lists = [("", fqdns), ("url ", urls), ("fqdn-tag ", fqdn_tags), ("category ", categories)];
        let kinds = lists.iter().filter(|(_, entries)| !entries.is_empty()).count();
        if kinds < 2 && destinations.is_empty() {
            return None;
        }
        let lists = lists.into_iter().chain([("to ", destinations)]);
        let said = lists.flat_map(|(kind, entries)| entries.into_iter().map(move |entry| format!("{kind}{entry}")));
        let mut said: Vec<String> = said.map(|entry| entry.to_ascii_lowercase()).collect();
        said.sort_unstable();
        said.dedup();
        Some(OpaqueSort::Url.atom(&format!("{} in one rule", said.join(", "))))
    }
}

/// The product, unless an end is empty: a rule without sources or destinations matches nothing.
fn product(
    services: ServiceSet,
    sources: Option<MatchingEnds>,
    destinations: Option<MatchingEnds>,
    names: MatchingNames,
) -> Option<Match> {
    let known = |ends: &MatchingEnds| !ends.addresses.is_empty() || !ends.atoms.is_empty();
    let (sources, destinations) = (sources.filter(known)?, destinations.filter(known)?);
    Some(Match { services, sources, destinations, names, paths: MatchingPaths::Any, besides: [None, None] })
}

fn services(protocols: &[NetworkProtocol], ports: &PortSet) -> ServiceSet {
    let one = |protocol: &NetworkProtocol| match protocol {
        NetworkProtocol::Any if ports.is_any() => ServiceSet::any(),
        NetworkProtocol::Any => ServiceSet { tcp: ports.clone(), udp: ports.clone(), ..ServiceSet::default() },
        NetworkProtocol::Tcp => ServiceSet { tcp: ports.clone(), ..ServiceSet::default() },
        NetworkProtocol::Udp => ServiceSet { udp: ports.clone(), ..ServiceSet::default() },
        NetworkProtocol::Icmp => ServiceSet { icmp: true, ..ServiceSet::default() },
    };
    protocols.iter().map(one).fold(ServiceSet::default(), |all, part| all.union(&part))
}

/// The flows of a target URL: a host pattern and the paths below it. A text that is no such URL is a set with unknown
/// content.
pub(crate) fn url_match(url: &str, services: ServiceSet, make: MakePolicy<'_>) -> Match {
    let (host, path) = match url.find('/') {
        Some(slash) => url.split_at(slash),
        None => (url, "/"),
    };
    let strange = url.contains("://") || url.contains('?') || host.contains(':');
    match host.parse::<HostPattern>() {
        Ok(pattern) if !strange && !path.trim_end_matches('*').contains('*') => {
            make(services, MatchingNames::of([pattern]), MatchingPaths::of_url(path))
        }
        Ok(_) | Err(_) => make(
            services,
            MatchingNames::Of { patterns: Vec::new(), atoms: vec![OpaqueSort::Url.atom(url)] },
            MatchingPaths::Any,
        ),
    }
}

/// The TCP ports of the application protocols of a set.
pub(crate) fn application_ports(services: &ServiceSet) -> PortSet {
    let ports = AppProtocol::ALL.iter().map(|&protocol| services.application_ports(protocol));
    ports.fold(PortSet::empty(), |all, ports| all.union(ports))
}
