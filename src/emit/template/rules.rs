//! Rule collections and their rules.

use super::pods;
use super::value::{EmittedId, EmittedObject, EmittedValue, IdKind};
use crate::model::{self, NameSpelling};
use crate::net::AppProtocol;

/// The collection of a policy.
pub(super) fn collection(policy: &str, collection: &model::Collection) -> EmittedValue {
    let named = |kind: &str, action: &str| {
        EmittedObject::default()
            .with("ruleCollectionType", kind)
            .with("name", &collection.name)
            .with("priority", collection.priority.get())
            .with("action", EmittedObject::default().with("type", action))
    };
    let filter = |action: model::Action| named("FirewallPolicyFilterRuleCollection", action.spelled());
    let said = match &collection.rules {
        model::Rules::Nat(rules) => {
            named("FirewallPolicyNatRuleCollection", "DNAT").with("rules", values(rules, nat_rule))
        }
        model::Rules::Network(action, rules) => {
            filter(*action).with("rules", values(rules, |rule| network_rule(policy, rule)))
        }
        model::Rules::Application(action, rules) => {
            filter(*action).with("rules", values(rules, |rule| application_rule(policy, rule)))
        }
    };
    said.with_carried(&collection.carried).into()
}

fn nat_rule(rule: &model::NatRule) -> EmittedValue {
    let said = rule_of("NatRule", &rule.name, rule.description.as_ref())
        .with("ipProtocols", protocols(&rule.matches.protocols))
        .with_sources(&rule.matches.sources)
        .with_texts("destinationAddresses", &rule.matches.destinations)
        .with_texts("destinationPorts", &rule.matches.ports);
    let translated = match &rule.handling.target {
        model::NatTarget::Address(address) => said.with("translatedAddress", address.to_string()),
        model::NatTarget::Fqdn(name) => said.with("translatedFqdn", name.as_str()),
    };
    translated.with("translatedPort", rule.handling.port.to_string()).with_carried(&rule.carried).into()
}

fn network_rule(policy: &str, rule: &model::NetworkRule) -> EmittedValue {
    rule_of("NetworkRule", &rule.name, rule.description.as_ref())
        .with("ipProtocols", protocols(&rule.matches.protocols))
        .with_sources(&rule.matches.sources)
        .with("sourceKubeSelectorGroups", pods::references(policy, &rule.matches.sources.pods))
        .with_texts("destinationAddresses", &rule.matches.destinations)
        .with("destinationIpGroups", ip_groups(&rule.matches.destination_ip_groups))
        .with_texts("destinationFqdns", &rule.matches.destination_fqdns)
        .with_texts("destinationPorts", destination_ports(rule))
        .with_carried(&rule.carried)
        .into()
}

fn application_rule(policy: &str, rule: &model::ApplicationRule) -> EmittedValue {
    rule_of("ApplicationRule", &rule.name, rule.description.as_ref())
        .with_sources(&rule.matches.sources)
        .with("sourceKubeSelectorGroups", pods::references(policy, &rule.matches.sources.pods))
        .with_texts("destinationAddresses", &rule.matches.destinations)
        .with("protocols", values(&rule.matches.protocols, application_protocol))
        .with_texts("targetFqdns", &rule.matches.fqdns)
        .with_texts("targetUrls", &rule.matches.urls)
        .with_texts("fqdnTags", &rule.matches.fqdn_tags)
        .with_texts("webCategories", &rule.matches.web_categories)
        .with("terminateTLS", rule.handling.terminate_tls.then_some(true))
        .with("httpHeadersToInsert", values(&rule.handling.headers, header))
        .with_carried(&rule.carried)
        .into()
}

fn rule_of(kind: &str, name: &str, description: Option<&String>) -> EmittedObject {
    EmittedObject::default().with("ruleType", kind).with("name", name).with("description", description)
}

impl EmittedObject {
    fn with_carried(self, carried: &model::Carried) -> Self {
        carried.iter().fold(self, |said, (name, value)| said.with(name, value))
    }

    fn with_sources(self, sources: &model::Sources) -> Self {
        self.with_texts("sourceAddresses", &sources.addresses).with("sourceIpGroups", ip_groups(&sources.ip_groups))
    }
}

fn protocols(protocols: &[model::NetworkProtocol]) -> Vec<EmittedValue> {
    protocols.iter().map(|protocol| protocol.spelled().into()).collect()
}

/// The ports of a network rule. ICMP has none, but Azure wants the list.
pub(in crate::emit) fn destination_ports(rule: &model::NetworkRule) -> Vec<String> {
    let unsaid = rule.matches.protocols == [model::NetworkProtocol::Icmp] && rule.matches.ports.is_empty();
    if unsaid || rule.matches.ports.is_any() {
        return vec!["*".to_owned()];
    }
    rule.matches.ports.spans().map(|span| span.to_string()).collect()
}

fn application_protocol((protocol, port): &(AppProtocol, u16)) -> EmittedValue {
    EmittedObject::default().with("protocolType", protocol.spelled()).with("port", *port).into()
}

fn header((name, value): &(String, String)) -> EmittedValue {
    EmittedObject::default().with("headerName", name).with("headerValue", value).into()
}

fn ip_groups(groups: &[model::IpGroupRef]) -> Vec<EmittedValue> {
    values(groups, |group| match group {
        model::IpGroupRef::Named(id) => EmittedId::new(IdKind::IpGroup, &[&id.name]).into(),
        model::IpGroupRef::Id(id) => id.into(),
    })
}

fn values<T>(items: &[T], value: impl Fn(&T) -> EmittedValue) -> Vec<EmittedValue> {
    items.iter().map(value).collect()
}
