//! How large Azure will find a rule collection group.
//!
//! How Azure counts is not documented. The estimate is the length in bytes of the group's `properties` as compact JSON,
//! as ARM shows them: each string with its quotes and comma, each list and object with its brackets and comma, an IP group
//! of the model as a resource id of usual length. Characters that JSON escapes count as they are.

use std::fmt::{self, Display, Write};

use crate::net::AppProtocol;

use super::spelling::NameSpelling;
use super::{
    ApplicationMatches, ApplicationRule, Carried, Collection, DnatTranslation, Group, Inspection, IpGroupRef,
    NatMatches, NatRule, NatTarget, NetworkMatches, NetworkRule, Rules, Sources,
};
use crate::model::Pods;

/// `/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/ipGroups/` with a resource group of 20 characters.
const IP_GROUP_ID_WITHOUT_NAME: u64 = 130;
/// The id of a selector group, with a resource group and a policy of 20 characters.
const PODS_ID_WITHOUT_NAME: u64 = 180;
/// A pair of brackets and a comma, less the comma that the last entry does not have.
const BRACKETS: u64 = 2;

/// The estimated size of a group in bytes.
pub fn group(group: &Group) -> u64 {
    let collections: u64 = group.collections.iter().map(collection).sum();
    BRACKETS + number("priority", group.priority) + list("ruleCollections", collections)
}

/// Each rule of a group with its size, named as `COLLECTION/RULE`.
pub fn rules(group: &Group) -> Vec<(String, u64)> {
    let mut sizes = Vec::new();
    for collection in &group.collections {
        let mut add = |name: &str, size: u64| sizes.push((format!("{}/{name}", collection.name), size));
        match &collection.rules {
            Rules::Nat(rules) => rules.iter().for_each(|rule| add(&rule.name, nat(rule))),
            Rules::Network(_, rules) => rules.iter().for_each(|rule| add(&rule.name, network(rule))),
            Rules::Application(_, rules) => rules.iter().for_each(|rule| add(&rule.name, application(rule))),
        }
    }
    sizes
}

/// The estimated size of the rules of a collection in bytes.
pub fn of_rules(rules: &Rules) -> u64 {
    match rules {
        Rules::Nat(rules) => rules.iter().map(nat).sum(),
        Rules::Network(_, rules) => rules.iter().map(network).sum(),
        Rules::Application(_, rules) => rules.iter().map(application).sum(),
    }
}

fn collection(collection: &Collection) -> u64 {
    let (kind, action) = match &collection.rules {
        Rules::Nat(_) => ("FirewallPolicyNatRuleCollection", "DNAT"),
        Rules::Network(action, _) | Rules::Application(action, _) => {
            ("FirewallPolicyFilterRuleCollection", action.spelled())
        }
    };
    let rules = of_rules(&collection.rules);
    let action = object("action", text("type", action));
    BRACKETS
        + text("ruleCollectionType", kind)
        + text("name", &collection.name)
        + number("priority", collection.priority)
        + action
        + list("rules", rules)
        + carried(&collection.carried)
}

fn nat(rule: &NatRule) -> u64 {
    let DnatTranslation { target, port } = &rule.handling;
    let NatMatches { protocols, sources: from, destinations, ports } = &rule.matches;
    let target = match target {
        NatTarget::Address(address) => text("translatedAddress", address),
        NatTarget::Fqdn(name) => text("translatedFqdn", name),
    };
    head("NatRule", &rule.name, rule.description.as_ref())
        + texts("ipProtocols", protocols.iter().map(|protocol| protocol.spelled()))
        + sources(from)
        + texts("destinationAddresses", destinations)
        + texts("destinationPorts", ports)
        + target
        + text("translatedPort", port)
        + carried(&rule.carried)
}

fn network(rule: &NetworkRule) -> u64 {
    let NetworkMatches { protocols, sources: from, destinations, destination_ip_groups, destination_fqdns, ports } =
        &rule.matches;
    let ports =
        if ports.is_any() { texts("destinationPorts", ["*"]) } else { texts("destinationPorts", ports.spans()) };
    head("NetworkRule", &rule.name, rule.description.as_ref())
        + texts("ipProtocols", protocols.iter().map(|protocol| protocol.spelled()))
        + sources(from)
        + texts("destinationAddresses", destinations)
        + ip_groups("destinationIpGroups", destination_ip_groups)
        + texts("destinationFqdns", destination_fqdns)
        + ports
        + carried(&rule.carried)
}

fn application(rule: &ApplicationRule) -> u64 {
    let Inspection { terminate_tls, headers } = &rule.handling;
    let ApplicationMatches { protocols, sources: from, destinations, fqdns, urls, fqdn_tags, web_categories } =
        &rule.matches;
    let protocols = protocols.iter().map(|&(protocol, port)| application_protocol(protocol, port)).sum();
    let header = |(name, value): &(String, String)| BRACKETS + text("headerName", name) + text("headerValue", value);
    head("ApplicationRule", &rule.name, rule.description.as_ref())
        + sources(from)
        + texts("destinationAddresses", destinations)
        + list("protocols", protocols)
        + texts("targetFqdns", fqdns)
        + texts("targetUrls", urls)
        + texts("fqdnTags", fqdn_tags)
        + texts("webCategories", web_categories)
        + if *terminate_tls { number("terminateTLS", true) } else { 0 }
        + list("httpHeadersToInsert", headers.iter().map(header).sum())
        + carried(&rule.carried)
}

fn application_protocol(protocol: AppProtocol, port: u16) -> u64 {
    BRACKETS + text("protocolType", protocol.spelled()) + number("port", port)
}

/// What every rule has, and the brackets around it.
fn head(kind: &str, name: &str, description: Option<&String>) -> u64 {
    let description = description.map_or(0, |description| text("description", description));
    BRACKETS + text("ruleType", kind) + text("name", name) + description
}

fn carried(carried: &Carried) -> u64 {
    carried.iter().map(|(name, value)| number(name, value)).sum()
}

fn sources(sources: &Sources) -> u64 {
    let pods = |pods: &Pods| match pods {
        Pods::Selected { name, .. } => PODS_ID_WITHOUT_NAME + name.as_ref().map_or(0, width) + 3,
        Pods::Group(id) => width(id) + 3,
    };
    texts("sourceAddresses", &sources.addresses)
        + ip_groups("sourceIpGroups", &sources.ip_groups)
        + list("sourceKubeSelectorGroups", sources.pods.iter().map(pods).sum())
}

fn ip_groups(key: &str, groups: &[IpGroupRef]) -> u64 {
    let size = |group: &IpGroupRef| match group {
        IpGroupRef::Named(name) => IP_GROUP_ID_WITHOUT_NAME + width(name) + 3,
        IpGroupRef::Id(id) => width(id) + 3,
    };
    list(key, groups.iter().map(size).sum())
}

fn texts<T: Display>(key: &str, items: impl IntoIterator<Item = T>) -> u64 {
    list(key, items.into_iter().map(|item| width(item) + 3).sum())
}

/// `"key":[…],`, the entries with a comma each; nothing for an empty list.
fn list(key: &str, entries: u64) -> u64 {
    if entries == 0 { 0 } else { width(key) + 3 + BRACKETS + entries }
}

fn object(key: &str, members: u64) -> u64 {
    width(key) + 3 + BRACKETS + members
}

/// `"key":"value",`.
fn text(key: &str, value: impl Display) -> u64 {
    number(key, value) + 2
}

/// `"key":value,`.
fn number(key: &str, value: impl Display) -> u64 {
    width(key) + 4 + width(value)
}

/// How many bytes a value prints.
fn width(value: impl Display) -> u64 {
    let mut counter = JsonLength(0);
    let _: fmt::Result = write!(counter, "{value}");
    counter.0
}

struct JsonLength(u64);

impl Write for JsonLength {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += u64::try_from(text.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}
