//! What the provider has no words for.
//!
//! Source: the schema of hashicorp/azurerm 5.2.0, and internal/services/firewall of the provider.

use crate::emit::template::{destination_ports, states};
use crate::model::{
    AddressTerm, ApplicationRule, Azurerm, Collection, NatRule, NetworkRule, Policy, Rules, Setting, Settings,
};
use crate::net::Ipv6Span;

use super::EmitScope;

/// What of `policy` no Terraform file can say, as texts that go on from "it has no word for".
pub fn unsaid(policy: &Policy, scope: EmitScope) -> Vec<String> {
    let mut found = match scope {
        EmitScope::Whole => settings(&policy.settings),
        EmitScope::RulesOnly => Vec::new(),
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
    let mut found: Vec<String> = Setting::ALL.iter().filter_map(|&setting| of_setting(setting, settings)).collect();
    let insights = settings.insights.iter();
    found.extend(insights.clone().filter(|own| own.default_workspace.is_none()).map(|_| NO_WORKSPACE.to_owned()));
    found.extend(insights.filter(|own| own.enabled.is_none()).map(|_| NO_SWITCH.to_owned()));
    found.extend(settings.other.keys().map(|path| format!("`azure \"{path}\"`")));
    found
}

const NO_WORKSPACE: &str = "`insights` without a workspace for every region";
const NO_SWITCH: &str = "`insights` that are neither on nor off";

/// A setting that is stated and has no attribute.
fn of_setting(setting: Setting, settings: &Settings) -> Option<String> {
    let row = setting.row();
    let is_written = match row.azurerm {
        Azurerm::Named(_) | Azurerm::Block(_) => true,
        // That names in network rules need the proxy is Azure's own default.
        Azurerm::Former(_) => setting == Setting::NetworkRules && needs_proxy(settings),
        Azurerm::Absent => false,
    };
    if is_written || !states(setting, settings) {
        return None;
    }
    let keyword = if setting == Setting::NetworkRules { "network-rules without-proxy" } else { row.keyword };
    Some(row.place.keyword().map_or(format!("`{keyword}`"), |block| format!("`{keyword}` of `{block}`")))
}

fn needs_proxy(settings: &Settings) -> bool {
    settings.dns.as_ref().and_then(|dns| dns.network_rules_need_proxy) == Some(true)
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
