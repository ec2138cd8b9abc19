//! One form for all models with the same meaning: the order of a set's entries, `Any` with ports for TCP and UDP, a
//! prefix of all addresses for `*`.

use std::collections::HashSet;

use super::{
    AddressTerm, ApplicationRule, Collection, Group, Model, NatRule, NetworkProtocol, NetworkRule, Policy, RouteTable,
    Rules, Sources,
};
use crate::model::{Pods, Settings};
use crate::net::{HostPattern, Interval, PortSet, PortSpan};
use crate::source::visible;

impl Model {
    /// The model as its artefacts state it ([`Model::as_deployed`]), with Azure's sets in one order and one of several
    /// equivalent notations. What stays different differs in meaning or in name.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let mut model = self.as_deployed();
        let location = only_location(&model);
        for group in model.ip_groups.values_mut() {
            group.location = None;
            sort(&mut group.addresses);
            sort(&mut group.ipv6);
        }
        model.ip_groups.sort_unstable_keys();
        model.policies.iter_mut().for_each(policy);
        model.policies.sort_by(|a, b| a.name.cmp(&b.name));
        model.route_tables.iter_mut().for_each(|table| route_table(table, location.as_deref()));
        model.route_tables.sort_by(|a, b| a.name.cmp(&b.name));
        model
    }
}

/// The region of the policies, where it is one; IP groups and route tables without their own are there.
fn only_location(model: &Model) -> Option<String> {
    let mut locations: Vec<&String> =
        model.policies.iter().filter_map(|policy| policy.settings.location.as_ref()).collect();
    sort(&mut locations);
    match locations.as_slice() {
        [only] => Some(normal_location(only)),
        _ => None,
    }
}

/// A region as its name, which Azure prints as `West Europe` too.
pub(super) fn normal_location(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn sort<T: Ord>(items: &mut Vec<T>) {
    items.sort_unstable();
    items.dedup();
}

fn policy(policy: &mut Policy) {
    policy.settings.location = policy.settings.location.as_deref().map(normal_location);
    ordered_settings(&mut policy.settings);
    policy.groups.iter_mut().for_each(group);
    policy.groups.sort_by_key(|group| group.priority);
}

/// What Azure reads as a set in one order, and what is its own default left out of DNS.
pub(super) fn ordered_settings(settings: &mut Settings) {
    sort(&mut settings.identities);
    settings.tags.sort_unstable_keys();
    if let Some(dns) = &mut settings.dns {
        // Azure's own default is that they do.
        dns.network_rules_need_proxy.take_if(|needs| *needs);
        let mut seen = HashSet::new();
        dns.servers.retain(|server| seen.insert(*server));
    }
    if let Some(allow) = &mut settings.threat_intel_allow {
        allow.fqdns.iter_mut().for_each(|name| *name = name.to_ascii_lowercase());
        sort(&mut allow.fqdns);
        sort(&mut allow.addresses);
    }
    if let Some(idps) = &mut settings.idps {
        idps.signatures.sort_unstable_keys();
        sort(&mut idps.private_ranges);
        for bypass in &mut idps.bypass {
            description(&mut bypass.description);
            sort(&mut bypass.sources);
            sort(&mut bypass.destinations);
            sort(&mut bypass.source_ip_groups);
            sort(&mut bypass.destination_ip_groups);
            sort(&mut bypass.ports);
        }
    }
    if let Some(insights) = &mut settings.insights {
        insights.regional_workspaces.sort_unstable_keys();
    }
}

fn group(group: &mut Group) {
    group.collections.iter_mut().for_each(collection);
    group.collections.sort_by_key(|collection| collection.priority);
}

fn collection(collection: &mut Collection) {
    match &mut collection.rules {
        Rules::Nat(rules) => rules.iter_mut().for_each(nat_rule),
        Rules::Network(_, rules) => rules.iter_mut().for_each(network_rule),
        // The kind of rules that an empty collection was made for is not known.
        Rules::Application(action, rules) if rules.is_empty() => {
            collection.rules = Rules::Network(*action, Vec::new());
        }
        Rules::Application(_, rules) => rules.iter_mut().for_each(application_rule),
    }
}

fn nat_rule(rule: &mut NatRule) {
    description(&mut rule.description);
    sort(&mut rule.matches.protocols);
    sources(&mut rule.matches.sources);
    terms(&mut rule.matches.destinations);
    rule.matches.ports = rule.matches.ports.iter().copied().collect::<PortSet>().spans().collect();
}

fn network_rule(rule: &mut NetworkRule) {
    description(&mut rule.description);
    sources(&mut rule.matches.sources);
    terms(&mut rule.matches.destinations);
    sort(&mut rule.matches.destination_ip_groups);
    sort(&mut rule.matches.destination_fqdns);
    let any = rule.matches.protocols.contains(&NetworkProtocol::Any);
    if any && rule.matches.ports.is_any() {
        rule.matches.protocols = vec![NetworkProtocol::Any];
    } else if any {
        // With explicit ports `Any` is TCP and UDP (Azure Firewall FAQ, 2023-01).
        rule.matches.protocols.retain(|protocol| *protocol != NetworkProtocol::Any);
        rule.matches.protocols.extend([NetworkProtocol::Tcp, NetworkProtocol::Udp]);
    }
    sort(&mut rule.matches.protocols);
    // No flow has port 0, so that all others are all.
    let is_all =
        PortSpan::new(1, u16::MAX).is_some_and(|all| PortSet::from(all).difference(&rule.matches.ports).is_empty());
    if rule.matches.protocols == [NetworkProtocol::Icmp]
        || is_all && !rule.matches.protocols.contains(&NetworkProtocol::Any)
    {
        rule.matches.ports = PortSet::any();
    }
}

fn application_rule(rule: &mut ApplicationRule) {
    description(&mut rule.description);
    sources(&mut rule.matches.sources);
    terms(&mut rule.matches.destinations);
    sort(&mut rule.matches.protocols);
    sort(&mut rule.matches.fqdns);
    if rule.matches.fqdns.contains(&HostPattern::Any) {
        rule.matches.fqdns = vec![HostPattern::Any];
    }
    sort(&mut rule.matches.urls);
    sort(&mut rule.matches.fqdn_tags);
    sort(&mut rule.matches.web_categories);
}

fn sources(sources: &mut Sources) {
    terms(&mut sources.addresses);
    sort(&mut sources.ip_groups);
    for pods in &mut sources.pods {
        if let Pods::Selected { labels, namespaces, .. } = pods {
            (*labels, *namespaces) = (labels.sorted(), namespaces.sorted());
        }
    }
    sort(&mut sources.pods);
}

fn terms(terms: &mut Vec<AddressTerm>) {
    let all = |term: &AddressTerm| match term {
        AddressTerm::Any => true,
        AddressTerm::Span(span) => span.interval() == Interval::full(),
        AddressTerm::ServiceTag(_) | AddressTerm::Ipv6(_) => false,
    };
    if terms.iter().any(all) {
        // No page states that `*` is IPv6 too.
        terms.retain(|term| matches!(term, AddressTerm::Ipv6(_)));
        terms.push(AddressTerm::Any);
    }
    sort(terms);
}

/// White space in a description is not significant, and a blank description is none. A source shows what is invisible
/// there.
fn description(text: &mut Option<String>) {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let shown = |text: &String| {
        visible(&text.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")).into_owned()
    };
    *text = text.as_ref().map(shown).filter(|text| !text.is_empty());
}

fn route_table(table: &mut RouteTable, location: Option<&str>) {
    let own = table.location.as_deref().map(normal_location);
    table.location = own.or_else(|| location.map(str::to_owned));
    table.routes.sort_by(|a, b| a.name.cmp(&b.name));
}
