//! Rule collections and their rules.

use crate::emit::template::destination_ports;
use crate::model::{self, NameSpelling};

use super::hcl::{BlockContent, TerraformValue};

/// Where an IP group of the model is.
type IpGroupIds<'i> = &'i dyn Fn(&str) -> TerraformValue;

/// `content` with the blocks of a collection.
pub(super) fn collection(content: BlockContent, collection: &model::Collection, ids: IpGroupIds<'_>) -> BlockContent {
    let head = |action: &str| {
        BlockContent::default()
            .with_text("name", &collection.name)
            .with_number("priority", collection.priority.get())
            .with_text("action", action)
    };
    match &collection.rules {
        model::Rules::Nat(rules) => {
            content.with_block("nat_rule_collection", with_rules(head("Dnat"), rules, |rule| nat(rule, ids)))
        }
        model::Rules::Network(action, rules) => content.with_block(
            "network_rule_collection",
            with_rules(head(action.spelled()), rules, |rule| network(rule, ids)),
        ),
        model::Rules::Application(action, rules) => content.with_block(
            "application_rule_collection",
            with_rules(head(action.spelled()), rules, |rule| application(rule, ids)),
        ),
    }
}

fn with_rules<T>(head: BlockContent, rules: &[T], content: impl Fn(&T) -> BlockContent) -> BlockContent {
    rules.iter().fold(head, |collection, rule| collection.with_block("rule", content(rule)))
}

fn head(name: &str, description: Option<&String>) -> BlockContent {
    BlockContent::default().with_text("name", name).with_optional("description", description.map(TerraformValue::text))
}

fn with_sources(content: BlockContent, sources: &model::Sources, ids: IpGroupIds<'_>) -> BlockContent {
    content
        .with_texts("source_addresses", &sources.addresses)
        .with("source_ip_groups", ip_groups(&sources.ip_groups, ids))
}

fn ip_groups(groups: &[model::IpGroupRef], ids: IpGroupIds<'_>) -> TerraformValue {
    let id = |group: &model::IpGroupRef| match group {
        model::IpGroupRef::Named(id) => ids(&id.name),
        model::IpGroupRef::Id(id) => TerraformValue::text(id),
    };
    TerraformValue::List(groups.iter().map(id).collect())
}

fn spelled<T: NameSpelling>(words: &[T]) -> impl Iterator<Item = &'static str> {
    words.iter().map(|word| word.spelled())
}

fn nat(rule: &model::NatRule, ids: IpGroupIds<'_>) -> BlockContent {
    let said = head(&rule.name, rule.description.as_ref()).with_texts("protocols", spelled(&rule.matches.protocols));
    let said = with_sources(said, &rule.matches.sources, ids)
        .with_optional("destination_address", rule.matches.destinations.first().map(TerraformValue::text))
        .with_texts("destination_ports", &rule.matches.ports);
    let translated = match &rule.handling.target {
        model::NatTarget::Address(address) => said.with_text("translated_address", address),
        model::NatTarget::Fqdn(name) => said.with_text("translated_fqdn", name),
    };
    translated.with_number("translated_port", rule.handling.port)
}

fn network(rule: &model::NetworkRule, ids: IpGroupIds<'_>) -> BlockContent {
    let said = head(&rule.name, rule.description.as_ref()).with_texts("protocols", spelled(&rule.matches.protocols));
    with_sources(said, &rule.matches.sources, ids)
        .with_texts("destination_addresses", &rule.matches.destinations)
        .with("destination_ip_groups", ip_groups(&rule.matches.destination_ip_groups, ids))
        .with_texts("destination_fqdns", &rule.matches.destination_fqdns)
        .with_texts("destination_ports", destination_ports(rule))
}

fn application(rule: &model::ApplicationRule, ids: IpGroupIds<'_>) -> BlockContent {
    let said = with_sources(head(&rule.name, rule.description.as_ref()), &rule.matches.sources, ids)
        .with_texts("destination_addresses", &rule.matches.destinations)
        .with_texts("destination_fqdns", &rule.matches.fqdns)
        .with_texts("destination_urls", &rule.matches.urls)
        .with_texts("destination_fqdn_tags", &rule.matches.fqdn_tags)
        .with_texts("web_categories", &rule.matches.web_categories)
        .with_optional("terminate_tls", rule.handling.terminate_tls.then_some(TerraformValue::Bool(true)));
    let said = rule.matches.protocols.iter().fold(said, |said, &(protocol, port)| {
        let spoken = BlockContent::default().with_text("type", protocol.spelled()).with_number("port", port);
        said.with_block("protocols", spoken)
    });
    rule.handling.headers.iter().fold(said, |said, (name, value)| {
        said.with_block("http_headers", BlockContent::default().with_text("name", name).with_text("value", value))
    })
}
