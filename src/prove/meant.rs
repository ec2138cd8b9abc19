//! What the author means as a decision list: DNAT of the bases where Azure reads it, DNAT of the attached policy, then group
//! by group, denies first.
//!
//! This is the other side of the proof that lowering keeps the meaning, so that it knows nothing of collections, of kinds
//! of rules or of Azure's passes.

use super::decisions::{Decisions, Effects, Ipv6, Targets, application_ports, decisions_of, ipv6_atom, url_match};
use super::opaque::{OpaqueSort, ask};
use super::tags::{MakePolicy, NamedTargets};
use crate::evaluate::{DNAT_IS_INHERITED, Knowledge, RuleOrder};
use crate::flow::{self, DecisionList, Match, MatchingEnds, MatchingNames, MatchingPaths};
use crate::intent::{
    Action, Address, AsIsDnat, Collection, CollectionKind, Dnat, DnatTarget, Entry, Group, GroupBody, Host, Intent,
    Parent, Policy, Rule, Rules,
};
use crate::logic::Formula;
use crate::model::{Model, RuleKind};
use crate::net::{AddressSet, Ipv6Span, PortSet, ServiceSet, Transport};
use crate::source::Origin;

/// What the author means, as a decision list.
#[derive(Clone, Debug)]
pub struct MeantDecisions {
    /// The list; the origin of a line is its index in `lines`.
    pub list: DecisionList,
    /// The rules, in the order in which they decide; `None` for those of a base that is an export.
    pub lines: Vec<Option<Origin>>,
}

/// What `policy` shall do with every flow. `model` holds the bases that are exports.
pub fn meant(
    intent: &Intent,
    policy: &Policy,
    model: &Model,
    knowledge: &Knowledge,
    effects: &mut Effects,
) -> MeantDecisions {
    let mut meaning = MeantMeaning { intent, knowledge, lines: Vec::new(), origins: Vec::new() };
    meaning.inherited_dnats(policy, model, effects);
    meaning.dnats(&policy.groups, effects);
    meaning.bases(policy, model, effects);
    meaning.groups(&policy.groups);
    MeantDecisions { list: DecisionList::new(meaning.lines), lines: meaning.origins }
}

struct MeantMeaning<'i> {
    intent: &'i Intent,
    knowledge: &'i Knowledge,
    lines: Vec<flow::ListLine>,
    origins: Vec<Option<Origin>>,
}

impl MeantMeaning<'_> {
    fn push(&mut self, matches: Vec<Match>, action: flow::FlowAction, effect: u32, origin: Option<Origin>) {
        self.lines.push(flow::ListLine { matches, action, effect, origin: self.origins.len(), when: Formula::Always });
        self.origins.push(origin);
    }

    /// What `policy` inherits, the base of a base first. No policy of the intent is its own base.
    fn bases(&mut self, policy: &Policy, model: &Model, effects: &mut Effects) {
        match policy.parent.as_ref().map(|parent| &parent.value) {
            Some(Parent::Policy(name)) => {
                let Some(base) = self.intent.policies.iter().find(|base| &base.name.value == name) else { return };
                self.bases(base, model, effects);
                self.groups(&base.groups);
            }
            Some(Parent::External(_)) => self.lines_of_export(policy, model, effects, |kind| kind != RuleKind::Nat),
            None => {}
        }
    }

    /// The DNAT rules of the bases, the base of a base first, all of them under the condition that Azure reads them.
    fn inherited_dnats(&mut self, policy: &Policy, model: &Model, effects: &mut Effects) {
        let from = self.lines.len();
        match policy.parent.as_ref().map(|parent| &parent.value) {
            Some(Parent::Policy(name)) => {
                let Some(base) = self.intent.policies.iter().find(|base| &base.name.value == name) else { return };
                self.inherited_dnats(base, model, effects);
                self.dnats(&base.groups, effects);
            }
            Some(Parent::External(_)) => self.lines_of_export(policy, model, effects, |kind| kind == RuleKind::Nat),
            None => {}
        }
        for line in self.lines.iter_mut().skip(from) {
            line.when = line.when.clone().and(Formula::Is(OpaqueSort::Condition.atom(DNAT_IS_INHERITED)));
        }
    }

    /// The DNAT rules of `groups`, in the order of the groups.
    fn dnats(&mut self, groups: &[Group], effects: &mut Effects) {
        for group in in_order(groups, |group| group.priority.as_ref().map(|priority| priority.value)) {
            dnats(&group.body).into_iter().for_each(|dnat| self.dnat(dnat, effects));
        }
    }

    /// The base that is an export means what Azure does with it: its lines of those kinds.
    fn lines_of_export(
        &mut self,
        policy: &Policy,
        model: &Model,
        effects: &mut Effects,
        of: impl Fn(RuleKind) -> bool,
    ) {
        let base = model.policy(&policy.name.value).and_then(|policy| model.parent_of(policy));
        let Some(base) = base else { return };
        let Decisions { list, lines } = decisions_of(&RuleOrder::of(model, base), self.knowledge, effects, Ipv6::Sets);
        for line in list.lines {
            if lines.get(line.origin).is_some_and(|read| of(read.rule.kind())) {
                let when = line.when;
                self.push(line.matches, line.action, line.effect, None);
                self.lines.last_mut().into_iter().for_each(|line| line.when = when.clone());
            }
        }
    }

    /// Groups by priority where they have one, else in written order after the one before.
    fn groups(&mut self, groups: &[Group]) {
        for group in in_order(groups, |group| group.priority.as_ref().map(|priority| priority.value)) {
            match &group.body {
                GroupBody::Rules(rules) => self.denies_first(rules),
                GroupBody::Collections(collections) => self.collections(collections),
            }
        }
    }

    fn denies_first(&mut self, rules: &Rules) {
        for wanted in [Action::Deny, Action::Allow] {
            rules.filters.iter().filter(|rule| rule.action == wanted).for_each(|rule| self.rule(rule));
        }
    }

    fn collections(&mut self, collections: &[Collection]) {
        for collection in in_order(collections, |of| of.priority.as_ref().map(|priority| priority.value)) {
            if let CollectionKind::Filter(_) = collection.kind {
                collection.rules.filters.iter().for_each(|rule| self.rule(rule));
            }
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let action = match rule.action {
            Action::Allow => flow::FlowAction::Allow,
            Action::Deny => flow::FlowAction::Deny,
        };
        let matches = match rule.as_is.and_then(|_| self.unclear(rule)) {
            Some(unclear) => vec![unclear],
            None => matches(&rule.services, &rule.from, &rule.to, self.intent, self.knowledge),
        };
        self.push(matches, action, 0, Some(rule.origin.clone()));
    }

    /// What only Azure knows: an application rule with targets of several kinds, or with destination addresses.
    fn unclear(&self, rule: &Rule) -> Option<Match> {
        let services = rule.services.application_part();
        let mut targets = Targets::default();
        rule.to.hosts.iter().for_each(|host| match &host.value {
            Host::Pattern(pattern) => targets.fqdns.push(pattern.to_string()),
            Host::FqdnTag(tag) => targets.fqdn_tags.push(tag.clone()),
            Host::Category(category) => targets.categories.push(category.clone()),
            Host::Url(url) => targets.urls.push(url.clone()),
        });
        if !rule.to.addresses.iter().any(|entry| entry.value == Address::Any) {
            targets.destinations.extend(rule.to.addresses.iter().map(|entry| destination(&entry.value)));
        }
        let names = MatchingNames::Of { patterns: Vec::new(), atoms: vec![targets.unclear()?] };
        (!services.is_empty()).then(|| Match {
            services,
            sources: all_ends(&rule.from, self.intent, self.knowledge),
            names,
            ..Match::any()
        })
    }

    /// One Azure rule, whose flows all go to one port.
    fn dnat_as_is(&mut self, dnat: &Dnat, said: &AsIsDnat, effects: &mut Effects) {
        let ports: PortSet = said.ports.iter().copied().collect();
        let of = |transport| if said.transports.contains(&transport) { ports.clone() } else { PortSet::empty() };
        let target_port = dnat.target_port.as_ref().map_or(dnat.ports.value.first(), |port| port.value);
        let product = Match {
            services: ServiceSet { tcp: of(Transport::Tcp), udp: of(Transport::Udp), ..ServiceSet::default() },
            sources: all_ends(&dnat.from, self.intent, self.knowledge),
            destinations: all_ends(&said.to, self.intent, self.knowledge),
            ..Match::any()
        };
        let effect = effects.number(&match &dnat.target.value {
            DnatTarget::Address(address) => format!("{address}:{target_port}"),
            DnatTarget::Host(name) => format!("{name}:{target_port}"),
        });
        self.push(vec![product], flow::FlowAction::Allow, effect, Some(dnat.origin.clone()));
    }

    fn dnat(&mut self, dnat: &Dnat, effects: &mut Effects) {
        if let Some(said) = &dnat.as_is {
            return self.dnat_as_is(dnat, said, effects);
        }
        let destinations: AddressSet = dnat.to.iter().map(|entry| entry.value.into()).collect();
        for port in dnat.ports.value.first()..=dnat.ports.value.last() {
            let ports = crate::net::PortSpan::single(port).map(PortSet::from).unwrap_or_default();
            let services = match dnat.transport {
                Transport::Tcp => ServiceSet { tcp: ports, ..ServiceSet::default() },
                Transport::Udp => ServiceSet { udp: ports, ..ServiceSet::default() },
                Transport::Icmp => ServiceSet::default(),
            };
            let target_port = dnat.target_port.as_ref().map_or(port, |port| port.value);
            let effect = effects.number(&match &dnat.target.value {
                DnatTarget::Address(address) => format!("{address}:{target_port}"),
                DnatTarget::Host(name) => format!("{name}:{target_port}"),
            });
            let product = Match {
                services,
                sources: all_ends(&dnat.from, self.intent, self.knowledge),
                destinations: destinations.clone().into(),
                ..Match::any()
            };
            self.push(vec![product], flow::FlowAction::Allow, effect, Some(dnat.origin.clone()));
        }
    }
}

/// A destination as a list of Azure's has it.
fn destination(address: &Address) -> String {
    match address {
        Address::Any => "*".to_owned(),
        Address::Span(span) => span.to_string(),
        Address::ServiceTag(tag) => tag.clone(),
        Address::IpGroup(name) | Address::OutsideIpGroup(name) => name.clone(),
        Address::Pods(pods) => pods.to_string(),
        Address::Ipv6(span) => span.to_string(),
    }
}

/// Services, sources and destinations of the language as products of flows.
pub fn matches(
    services: &ServiceSet,
    from: &[Entry<Address>],
    to: &crate::intent::Ends,
    intent: &Intent,
    knowledge: &Knowledge,
) -> Vec<Match> {
    let sources = all_ends(from, intent, knowledge);
    let mut matches = Vec::new();
    let any_name = |services: ServiceSet, destinations: MatchingEnds| Match {
        services,
        sources: sources.clone(),
        destinations,
        ..Match::any()
    };
    let (application, network) = (services.application_part(), services.network_part());
    if !to.addresses.is_empty() {
        let as_tcp = ServiceSet { tcp: application_ports(&application), ..ServiceSet::default() };
        matches.push(any_name(network.union(&as_tcp), all_ends(&to.addresses, intent, knowledge)));
    }
    let names: Vec<_> = to.hosts.iter().filter_map(|entry| exact_name(&entry.value)).collect();
    if !names.is_empty() && !network.is_empty() {
        let mut destinations = MatchingEnds::default();
        for name in names {
            match knowledge.addresses_of(name) {
                Some(known) => destinations.addresses = destinations.addresses.union(known),
                None => ask(&mut destinations, name),
            }
        }
        matches.push(any_name(network, destinations));
    }
    if !to.hosts.is_empty() && !application.is_empty() {
        let make = |services: ServiceSet, names: MatchingNames, paths: MatchingPaths| Match {
            names,
            paths,
            ..any_name(services, MatchingEnds::any())
        };
        matches.extend(by_name(&application, &to.hosts, knowledge, &make));
    }
    matches
}

/// The products with a name.
pub(super) fn by_name(
    services: &ServiceSet,
    hosts: &[Entry<Host>],
    knowledge: &Knowledge,
    make: MakePolicy<'_>,
) -> Vec<Match> {
    let (mut named, mut found) = (NamedTargets::default(), Vec::new());
    for host in hosts {
        match &host.value {
            Host::Pattern(pattern) => named.patterns.push(pattern.clone()),
            Host::FqdnTag(tag) => named.tag(tag, services, knowledge, make),
            Host::Category(category) => named.atoms.push(OpaqueSort::Category.atom(category)),
            Host::Url(url) => {
                // A field of paths is valid with HTTP and HTTPS only.
                let seen = ServiceSet { mssql: PortSet::empty(), ..services.application_part() };
                found.push(url_match(url, seen, make));
            }
        }
    }
    found.extend(named.products(services, make));
    found
}

pub(super) fn exact_name(host: &Host) -> Option<&crate::net::HostName> {
    match host {
        Host::Pattern(pattern) => pattern.as_exact(),
        Host::FqdnTag(_) | Host::Category(_) | Host::Url(_) => None,
    }
}

/// Addresses of the language as a set of flows' ends, of which none has an IPv6 address.
pub fn ends(entries: &[Entry<Address>], intent: &Intent, knowledge: &Knowledge) -> MatchingEnds {
    ends_of(entries, intent, knowledge, Ipv6::Absent)
}

/// Addresses as ends, those of IPv6 as sets with unknown content.
fn all_ends(entries: &[Entry<Address>], intent: &Intent, knowledge: &Knowledge) -> MatchingEnds {
    ends_of(entries, intent, knowledge, Ipv6::Sets)
}

fn ends_of(entries: &[Entry<Address>], intent: &Intent, knowledge: &Knowledge, ipv6: Ipv6) -> MatchingEnds {
    let mut ends = MatchingEnds::default();
    let ipv6_set = |span: Ipv6Span| (ipv6 == Ipv6::Sets).then(|| ipv6_atom(span));
    let mut spans = Vec::new();
    for entry in entries {
        match &entry.value {
            Address::Any => ends.addresses = AddressSet::any(),
            Address::Span(span) => spans.push(*span),
            Address::ServiceTag(tag) => match knowledge.addresses_of_tag(tag) {
                Some(known) => ends.addresses = ends.addresses.union(known),
                None => ends.atoms.push(OpaqueSort::ServiceTag.atom(tag)),
            },
            Address::IpGroup(name) => {
                let Some(group) = intent.ip_groups.get(name) else { continue };
                spans.extend(group.addresses.iter().map(|member| member.value));
                ends.atoms.extend(group.ipv6.iter().filter_map(|member| ipv6_set(member.value)));
            }
            Address::OutsideIpGroup(id) => ends.atoms.push(OpaqueSort::IpGroup.atom(&id.to_ascii_lowercase())),
            Address::Pods(pods) => ends.atoms.push(OpaqueSort::Pods.atom(&pods.key())),
            Address::Ipv6(span) => ends.atoms.extend(ipv6_set(*span)),
        }
    }
    ends.addresses = ends.addresses.union(&spans.into_iter().collect());
    ends
}

/// The DNAT rules of a group, in the order in which they decide.
fn dnats(body: &GroupBody) -> Vec<&Dnat> {
    match body {
        GroupBody::Rules(rules) => rules.dnats.iter().collect(),
        GroupBody::Collections(collections) => {
            let order = in_order(collections, |of| of.priority.as_ref().map(|priority| priority.value));
            order.into_iter().flat_map(|collection| &collection.rules.dnats).collect()
        }
    }
}

/// Items by priority; those without one stay after the one written before them, and first where there is none.
fn in_order<T>(items: &[T], priority: impl Fn(&T) -> Option<crate::model::Priority>) -> Vec<&T> {
    let mut place = None;
    let mut keyed: Vec<_> = items
        .iter()
        .map(|item| {
            place = priority(item).or(place);
            (place, item)
        })
        .collect();
    keyed.sort_by_key(|(place, _)| *place);
    keyed.into_iter().map(|(_, item)| item).collect()
}
