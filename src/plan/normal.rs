//! The normal form of a resource: what decides about flows, in one text, whoever wrote it.
//!
//! A script compares what is deployed with what its plan was made from. Azure gives a resource back in another order, with empty
//! lists, with what is usual, and with fields of its own; a model is written without them. The normal form has what both say:
//! names, priorities, actions, what rules match, routes, members, and the settings that decide about traffic. It leaves out
//! descriptions, tags, regions, identities, certificates and logging. `normal.jq`, which the script runs, is the same in the
//! language of `jq`; tests hold one against the other.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The program that makes the normal form of a resource as Azure gives it.
pub(super) const PROGRAM: &str = include_str!("normal.jq");

/// The fields that count, at any depth.
const FIELDS: [&str; 70] = [
    "action",
    "addressPrefix",
    "allowSqlRedirect",
    "autoLearnPrivateRanges",
    "basePolicy",
    "bypassTrafficSettings",
    "configuration",
    "destinationAddresses",
    "destinationFqdns",
    "destinationIpGroups",
    "destinationPorts",
    "disableBgpRoutePropagation",
    "dnsSettings",
    "enableExplicitProxy",
    "enablePacFile",
    "enableProxy",
    "explicitProxy",
    "fqdnTags",
    "fqdns",
    "headerName",
    "headerValue",
    "httpHeadersToInsert",
    "httpPort",
    "httpsPort",
    "id",
    "intrusionDetection",
    "ipAddresses",
    "ipProtocols",
    "mode",
    "name",
    "nextHop",
    "nextHopIpAddress",
    "nextHopIpAddresses",
    "nextHopType",
    "pacFile",
    "pacFilePort",
    "port",
    "priority",
    "privateRanges",
    "profile",
    "properties",
    "protocol",
    "protocolType",
    "protocols",
    "requireProxyForNetworkRules",
    "routes",
    "ruleCollectionGroups",
    "ruleCollectionType",
    "ruleCollections",
    "ruleType",
    "rules",
    "servers",
    "signatureOverrides",
    "sku",
    "snat",
    "sourceAddresses",
    "sourceIpGroups",
    "sourceKubeSelectorGroups",
    "sql",
    "targetFqdns",
    "targetUrls",
    "terminateTLS",
    "threatIntelMode",
    "threatIntelWhitelist",
    "tier",
    "translatedAddress",
    "translatedFqdn",
    "translatedPort",
    "type",
    "webCategories",
];

/// Values that a resource has where nothing is said.
const USUAL: [(&str, &str); 4] = [
    ("threatIntelMode", "alert"),
    ("tier", "standard"),
    ("autoLearnPrivateRanges", "disabled"),
    ("intrusionDetection", "4:mode3:off"),
];

/// The hash of the normal form of the properties of a resource.
pub(super) fn hash(properties: &Value) -> String {
    Sha256::digest(normal(properties)).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The normal form of the properties of a resource, as a template or Azure states them.
pub fn normal(properties: &Value) -> String {
    match properties {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "true".to_owned(),
        Value::Number(number) if number.as_i64() == Some(0) => String::new(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => of_text(text),
        Value::Array(items) => set(items.iter().map(normal).collect()),
        Value::Object(fields) => {
            let fields =
                fields.iter().filter(|(key, value)| FIELDS.contains(&key.as_str()) && !is_of_azure(key, value));
            let fields: BTreeMap<&String, String> = fields.map(|(key, value)| (key, of_field(key, value))).collect();
            let fields = fields.into_iter().filter(|(key, value)| !value.is_empty() && !is_usual(key, value));
            fields.flat_map(|(key, value)| [sized(key), sized(&value)]).collect()
        }
    }
}

/// Whether a field states only which resource of Azure this is.
fn is_of_azure(key: &str, value: &Value) -> bool {
    ["id", "type"].contains(&key) && value.as_str().is_some_and(|text| text.contains('/'))
}

fn is_usual(key: &str, value: &str) -> bool {
    USUAL.contains(&(key, value))
}

fn of_field(key: &str, value: &Value) -> String {
    let id = |value: &Value| normal(value.get("id").unwrap_or(&Value::Null));
    match (key, value) {
        ("basePolicy", base) => id(base),
        ("ruleCollectionGroups", Value::Array(groups)) => set(groups.iter().map(id).collect()),
        ("destinationPorts", Value::Array(ports)) => set(spans(ports)),
        ("rules", Value::Array(rules)) => rules.iter().map(|rule| sized(&normal(rule))).collect(),
        (_, value) => normal(value),
    }
}

/// Texts without an order.
fn set(mut items: Vec<String>) -> String {
    items.retain(|item| !item.is_empty());
    items.sort_unstable();
    items.dedup();
    items.iter().map(|item| sized(item)).collect()
}

/// A text with its length in front, so that no two lists of texts are one.
fn sized(text: &str) -> String {
    format!("{}:{text}", text.chars().count())
}

/// A text; of an id its last part, and of a template what it means.
fn of_text(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if let Some(arguments) = lower.strip_prefix("[resourceid(").and_then(|rest| rest.strip_suffix("')]")) {
        let name = arguments.rsplit_once(",'").map_or(arguments, |(_, name)| name);
        return name.replace("''", "'");
    }
    if lower.starts_with("/subscriptions/") {
        return lower.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let text = lower.strip_prefix('[').filter(|rest| rest.starts_with('[')).unwrap_or(&lower);
    text.strip_suffix("/32").unwrap_or(text).to_owned()
}

/// Ports as the fewest spans.
fn spans(ports: &[Value]) -> Vec<String> {
    let span = |port: &Value| {
        let text = port.as_str()?;
        let (first, last) = if text == "*" { ("0", "65535") } else { text.split_once('-').unwrap_or((text, text)) };
        Some((first.parse::<u32>().ok()?, last.parse::<u32>().ok()?))
    };
    let mut given: Vec<(u32, u32)> = ports.iter().filter_map(span).collect();
    given.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (first, last) in given {
        match merged.last_mut() {
            Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
            Some(_) | None => merged.push((first, last)),
        }
    }
    let said = |(first, last): &(u32, u32)| match (*first, *last) {
        (0 | 1, 65535) => "*".to_owned(),
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    };
    merged.iter().map(said).collect()
}
