//! Rule collections and their rules.

use std::fmt::Display;
use std::str::FromStr;

use super::fault::{ImportFault, quoted};
use super::settings;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{self, Bearer, Bearing, Carried, Pods, Presence, SECURITY_PROFILE_GROUP, carried_properties};

use crate::net::{AppProtocol, Interval, IntervalSet, PortSpan, same_word};

const COLLECTION: &[&str] = &["ruleCollectionType", "name", "priority", "action", "rules"];
const RULE: &[&str] = &["ruleType", "name", "description", "sourceAddresses", "sourceIpGroups"];
/// What Azure adds to a rule in its answers.
const READ_ONLY: &[&str] = &["ipv6Rule"];
const NAT: &[&str] = &[
    "ipProtocols",
    "destinationAddresses",
    "destinationPorts",
    "translatedAddress",
    "translatedFqdn",
    "translatedPort",
];
const NETWORK: &[&str] = &[
    "sourceKubeSelectorGroups",
    "ipProtocols",
    "destinationAddresses",
    "destinationIpGroups",
    "destinationFqdns",
    "destinationPorts",
];
const APPLICATION: &[&str] = &[
    "sourceKubeSelectorGroups",
    "destinationAddresses",
    "protocols",
    "targetFqdns",
    "targetUrls",
    "fqdnTags",
    "webCategories",
    "terminateTLS",
    "httpHeadersToInsert",
];

pub(super) fn collection(cursor: &TreeCursor<'_>) -> Result<model::Collection, ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[COLLECTION, &[SECURITY_PROFILE_GROUP]])?;
    let before = cursor.notes.len();
    let kind = fields.require("ruleCollectionType")?;
    let rules = match kind.text()?.to_ascii_lowercase().as_str() {
        "firewallpolicynatrulecollection" => nat_rules(&fields)?,
        "firewallpolicyfilterrulecollection" => filter_rules(&fields)?,
        _ => {
            let expected = "`FirewallPolicyFilterRuleCollection` or `FirewallPolicyNatRuleCollection`";
            return Err(kind.expected(expected));
        }
    };
    let name = fields.require("name")?.name()?;
    cursor.notes.within(before, &name);
    let carried = carried(&fields, Bearer::Collection)?;
    let priority = fields.require("priority")?.priority()?;
    Ok(model::Collection { name, priority, presence: Presence::Always, rules, carried, origin: cursor.origin() })
}

fn nat_rules(fields: &TreeFields<'_>) -> Result<model::Rules, ImportFault> {
    dnat_action(fields)?;
    fields.list("rules", |rule| noted(rule, nat_rule)).map(model::Rules::Nat)
}

/// Refuses an action of a NAT collection that is not `DNAT`.
pub(super) fn dnat_action(fields: &TreeFields<'_>) -> Result<(), ImportFault> {
    let Some(action) = fields.get("action") else { return Ok(()) };
    let action = action.fields()?;
    let kind = action.require("type")?;
    if same_word(&kind.text()?, "DNAT") { Ok(()) } else { Err(kind.expected("`DNAT`")) }
}

/// What a filter collection does.
pub(super) fn action(fields: &TreeFields<'_>) -> Result<model::Action, ImportFault> {
    fields.require("action")?.fields()?.require("type")?.word()
}

/// A collection without rules is taken for one of network rules: nothing in it states otherwise.
fn filter_rules(fields: &TreeFields<'_>) -> Result<model::Rules, ImportFault> {
    let action = action(fields)?;
    let is_application = match fields.get("rules") {
        Some(rules) => rules.items()?.next().is_some_and(|rule| has_kind(&rule, "ApplicationRule")),
        None => false,
    };
    if is_application {
        return Ok(model::Rules::Application(action, fields.list("rules", |rule| noted(rule, application_rule))?));
    }
    Ok(model::Rules::Network(action, fields.list("rules", |rule| noted(rule, network_rule))?))
}

/// Reads a rule; what is odd in it bears its name.
pub(super) fn noted<T>(
    rule: &TreeCursor<'_>,
    read: fn(&TreeCursor<'_>) -> Result<T, ImportFault>,
) -> Result<T, ImportFault> {
    let before = rule.notes.len();
    let said = read(rule)?;
    if rule.notes.len() > before {
        let name = rule.fields()?.require("name")?.name()?;
        rule.notes.within(before, &name);
    }
    Ok(said)
}

fn has_kind(rule: &TreeCursor<'_>, kind: &str) -> bool {
    let found = rule.fields().ok().and_then(|fields| fields.get("ruleType")?.text().ok());
    found.is_some_and(|found| same_word(&found, kind))
}

/// The fields of a rule of `kind`, which knows the properties `known` beside those of every rule.
fn rule_fields<'b>(rule: &'b TreeCursor<'_>, kind: &str, known: &[&str]) -> Result<TreeFields<'b>, ImportFault> {
    let fields = rule.fields()?;
    let found = fields.require("ruleType")?;
    if !same_word(&found.text()?, kind) {
        return Err(found.expected(&format!("`{kind}`, as a collection has rules of one kind")));
    }
    fields.only(&[RULE, known, READ_ONLY, &[SECURITY_PROFILE_GROUP]])?;
    Ok(fields)
}

fn nat_rule(rule: &TreeCursor<'_>) -> Result<model::NatRule, ImportFault> {
    let fields = rule_fields(rule, "NatRule", NAT)?;
    nat_rule_of(&fields, "ipProtocols")
}

/// The rule that `fields` say, its protocols in the list called `protocols`.
pub(super) fn nat_rule_of(fields: &TreeFields<'_>, protocols: &str) -> Result<model::NatRule, ImportFault> {
    Ok(model::NatRule {
        name: fields.require("name")?.name()?,
        description: fields.optional("description", TreeCursor::text)?,
        origin: fields.cursor.origin(),
        matches: model::NatMatches {
            protocols: fields.list(protocols, |at| at.word())?,
            sources: sources(fields)?,
            destinations: fields.list("destinationAddresses", |at| at.nat_destination())?,
            ports: fields.list("destinationPorts", |at| at.parsed::<PortSpan>())?,
        },
        handling: model::DnatTranslation {
            target: nat_target(fields)?,
            port: fields.require("translatedPort")?.number("a port from 1 to 65535")?,
        },
        carried: carried(fields, Bearer::Rule)?,
    })
}

fn nat_target(fields: &TreeFields<'_>) -> Result<model::NatTarget, ImportFault> {
    match (fields.get("translatedAddress"), fields.get("translatedFqdn")) {
        (Some(address), None) => Ok(model::NatTarget::Address(address.parsed()?)),
        (None, Some(name)) => Ok(model::NatTarget::Fqdn(name.parsed()?)),
        (Some(_), Some(name)) => Err(name.fault("expected `translatedAddress` or `translatedFqdn`, found both")),
        (None, None) => Err(fields.cursor.fault("expected property `translatedAddress` or `translatedFqdn`")),
    }
}

fn network_rule(rule: &TreeCursor<'_>) -> Result<model::NetworkRule, ImportFault> {
    let fields = rule_fields(rule, "NetworkRule", NETWORK)?;
    network_rule_of(&fields, "ipProtocols")
}

/// The rule that `fields` say, its protocols in the list called `protocols`.
pub(super) fn network_rule_of(fields: &TreeFields<'_>, protocols: &str) -> Result<model::NetworkRule, ImportFault> {
    Ok(model::NetworkRule {
        name: fields.require("name")?.name()?,
        description: fields.optional("description", TreeCursor::text)?,
        origin: fields.cursor.origin(),
        matches: model::NetworkMatches {
            protocols: fields.list(protocols, |at| at.word())?,
            sources: sources(fields)?,
            destinations: fields.list("destinationAddresses", |at| at.destination())?,
            destination_ip_groups: fields.list("destinationIpGroups", ip_group)?,
            destination_fqdns: fields.list("destinationFqdns", host)?,
            ports: fields.list("destinationPorts", ports)?.into_iter().collect::<IntervalSet<u16>>().into(),
        },
        handling: (),
        carried: carried(fields, Bearer::Rule)?,
    })
}

/// An entry of a port list. No flow has port 0, so a range that begins there begins at 1.
fn ports(entry: &TreeCursor<'_>) -> Result<Interval<u16>, ImportFault> {
    let text = entry.str()?;
    if text == "*" {
        return Ok(Interval::full());
    }
    match text.strip_prefix("0-").and_then(|last| last.parse().ok()).and_then(|last| PortSpan::new(1, last)) {
        Some(span) => Ok(span.interval()),
        None => entry.parsed().map(PortSpan::interval),
    }
}

fn application_rule(rule: &TreeCursor<'_>) -> Result<model::ApplicationRule, ImportFault> {
    let fields = rule_fields(rule, "ApplicationRule", APPLICATION)?;
    application_rule_of(&fields)
}

/// The rule that `fields` say.
pub(super) fn application_rule_of(fields: &TreeFields<'_>) -> Result<model::ApplicationRule, ImportFault> {
    Ok(model::ApplicationRule {
        name: fields.require("name")?.name()?,
        description: fields.optional("description", TreeCursor::text)?,
        origin: fields.cursor.origin(),
        matches: model::ApplicationMatches {
            protocols: fields.list("protocols", application_protocol)?,
            sources: sources(fields)?,
            destinations: fields.list("destinationAddresses", |at| at.destination())?,
            fqdns: fields.list("targetFqdns", host)?,
            urls: fields.list("targetUrls", |at| at.text())?,
            fqdn_tags: fields.list("fqdnTags", |at| Ok(spelt(&model::FQDN_TAGS, at.text()?)))?,
            web_categories: fields.list("webCategories", |at| Ok(spelt(&model::WEB_CATEGORIES, at.text()?)))?,
        },
        handling: model::Inspection {
            terminate_tls: fields.optional("terminateTLS", TreeCursor::bool)?.unwrap_or(false),
            headers: fields.list("httpHeadersToInsert", header)?,
        },
        carried: carried(fields, Bearer::Rule)?,
    })
}

/// A host name or pattern. An international one is written in its ASCII form.
fn host<T: FromStr<Err: Display> + Display>(at: &TreeCursor<'_>) -> Result<T, ImportFault> {
    let host: T = at.parsed()?;
    let text = at.str()?;
    if !text.is_ascii() {
        at.assume(Bearing::NoFlow, format!("the host name {} is written in its ASCII form, `{host}`", quoted(&text)));
    }
    Ok(host)
}

/// The properties that are carried through unread.
fn carried(fields: &TreeFields<'_>, on: Bearer) -> Result<Carried, ImportFault> {
    let mut carried = Carried::default();
    for property in carried_properties(on) {
        let Some(at) = fields.get(property.name) else { continue };
        carried.insert(property, settings::carried_value(&at)?);
        at.assume(Bearing::Rules, format!("`{}`, which {}, is carried through unread", property.name, property.does));
    }
    Ok(carried)
}

/// The word as Azure documents it, where it does; Azure compares without regard to case.
fn spelt(words: &model::WordList, text: String) -> String {
    words.canonical(&text).map_or(text, str::to_owned)
}

fn application_protocol(cursor: &TreeCursor<'_>) -> Result<(AppProtocol, u16), ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[&["protocolType", "port"]])?;
    Ok((fields.require("protocolType")?.word()?, fields.require("port")?.number("a port from 0 to 65535")?))
}

fn header(cursor: &TreeCursor<'_>) -> Result<(String, String), ImportFault> {
    let fields = cursor.fields()?;
    fields.only(&[&["headerName", "headerValue"]])?;
    let value = fields.optional("headerValue", TreeCursor::text)?.unwrap_or_default();
    Ok((fields.require("headerName")?.text()?, value))
}

fn sources(fields: &TreeFields<'_>) -> Result<model::Sources, ImportFault> {
    let addresses: Vec<model::AddressTerm> = fields.list("sourceAddresses", |at| at.source())?;
    Ok(model::Sources {
        addresses,
        ip_groups: fields.list("sourceIpGroups", ip_group)?,
        pods: fields.list("sourceKubeSelectorGroups", pods)?,
    })
}

/// A selector group, by its id; what it selects is put into its place once all resources are read.
fn pods(cursor: &TreeCursor<'_>) -> Result<Pods, ImportFault> {
    cursor.name().map(Pods::Group)
}

fn ip_group(cursor: &TreeCursor<'_>) -> Result<model::IpGroupRef, ImportFault> {
    cursor.reference(model::IP_GROUPS, model::IpGroupRef::Named, model::IpGroupRef::Id)
}
