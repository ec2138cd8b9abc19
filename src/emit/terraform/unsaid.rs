//! What the provider has no words for.
//!
//! Source: the schema of hashicorp/azurerm 5.2.0, and internal/services/firewall of the provider.

use crate::emit::template::destination_ports;
use crate::model::{AddressTerm, ApplicationRule, Collection, NatRule, NetworkRule, Policy, Rules, Settings};
use crate::net::Ipv6Span;

use super::Scope;

/// What of `policy` no Terraform file can say, as texts that go on from "it has no word for".
pub fn unsaid(policy: &Policy, scope: Scope) -> Vec<String> {
    let mut found = match scope {
        Scope::Whole => settings(&policy.settings),
        Scope::RulesOnly => Vec::new(),
    };
    for group in &policy.groups {
        for collection in &group.collections {
            let path = [group.name.as_str(), collection.name.as_str()].join("/");
            found.extend(of_collection(collection).map(|what| format!("{what} in `{path}`")));
            found.extend(carried(collection).map(|name| format!("`azure \"{name}\"` in `{path}`")));
        }
    }
    found
}

fn settings(settings: &Settings) -> Vec<String> {
    let mut found = Vec::new();
    let mut unless = |said: bool, what: &str| {
        if !said {
            found.push(what.to_owned());
        }
    };
    unless(settings.idps.as_ref().is_none_or(|idps| idps.profile.is_none()), "`profile` of `idps`");
    let need_proxy = settings.dns.as_ref().and_then(|dns| dns.network_rules_need_proxy);
    unless(need_proxy != Some(false), "`network-rules without-proxy` of `dns`");
    let workspace = settings.insights.as_ref().is_none_or(|insights| insights.default_workspace.is_some());
    unless(workspace, "`insights` without a workspace for every region");
    let switched = settings.insights.as_ref().is_none_or(|insights| insights.enabled.is_some());
    unless(switched, "`insights` that are neither on nor off");
    found.extend(settings.other.keys().map(|path| format!("`azure \"{path}\"`")));
    found
}

const IPV6_RANGE: &str = "a range of IPv6 addresses";

fn has_ipv6_range(terms: &[AddressTerm]) -> bool {
    terms.iter().any(|term| matches!(term, AddressTerm::Ipv6(Ipv6Span::Range(..))))
}

const PODS: &str = "`pods(…)` as a source";

fn of_collection(collection: &Collection) -> Option<&'static str> {
    match &collection.rules {
        rules if rules.is_empty() => Some("a collection without rules"),
        Rules::Nat(rules) => rules.iter().find_map(of_nat),
        Rules::Network(_, rules) => rules.iter().find_map(of_network),
        Rules::Application(_, rules) => rules.iter().find_map(of_application),
    }
}

/// The first property of a collection or its rules that is carried through unread.
fn carried(collection: &Collection) -> Option<&'static str> {
    let of_rules = collection.rules.heads().flat_map(|head| head.carried.iter());
    collection.carried.iter().chain(of_rules).map(|(name, _)| name).next()
}

fn of_nat(rule: &NatRule) -> Option<&'static str> {
    match (rule.matches.destinations.as_slice(), rule.matches.ports.as_slice()) {
        ([_], [_]) => None,
        _ => Some("a DNAT rule with several addresses or ports"),
    }
}

fn of_network(rule: &NetworkRule) -> Option<&'static str> {
    let portless = destination_ports(rule).is_empty().then_some("a network rule without ports");
    let range = has_ipv6_range(&rule.matches.sources.addresses) || has_ipv6_range(&rule.matches.destinations);
    portless.or(range.then_some(IPV6_RANGE)).or((!rule.matches.sources.pods.is_empty()).then_some(PODS))
}

fn of_application(rule: &ApplicationRule) -> Option<&'static str> {
    let is_tag = |term: &AddressTerm| matches!(term, AddressTerm::ServiceTag(_));
    let to_tag = rule.matches.destinations.iter().any(is_tag).then_some("an application rule to a service tag");
    to_tag.or((!rule.matches.sources.pods.is_empty()).then_some(PODS))
}
