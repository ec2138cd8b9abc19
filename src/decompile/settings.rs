//! The settings of a policy as items.

use serde_json::Value;

use super::{DecompileOptions, words};
use crate::emit::{EmitOptions, arm::policy_template};
use crate::model::{
    ExplicitProxy, IdpsBypass, Insights, Model, Policy, Setting, SettingKind, SettingPlace, ThreatIntelAllow, Tls,
};
use crate::net::{AddressSpan, HostPattern, same_word};
use crate::source::{inert_json, quote};

/// Why a policy of which only groups were found has a tier.
const NO_TIER: &str = "# assumed: what was imported does not state the tier\n";
/// Why a policy has the DNS proxy that its artefact does not state.
const NO_PROXY: &str = "# assumed: Azure takes a host name in a network rule only with the DNS proxy\n";

fn supposed(is_supposed: bool, why: &'static str) -> &'static str {
    if is_supposed { why } else { "" }
}

/// The items of a policy that are not rules.
pub(super) fn items(policy: &Policy, options: &DecompileOptions) -> String {
    let mut items = String::new();
    for setting in Setting::inside(SettingPlace::Policy) {
        if setting == Setting::Sku {
            items.push_str(supposed(policy.settings.unknown.is_all(), NO_TIER));
        }
        if setting == Setting::Dns {
            items.push_str(supposed(options.assumed_proxy.contains(&policy.id()), NO_PROXY));
        }
        stated(setting, policy).iter().for_each(|item| items.extend([item, "\n"]));
    }
    items
}

/// The items in the braces of a setting.
fn inside(place: SettingPlace, policy: &Policy) -> Vec<String> {
    Setting::inside(place).flat_map(|setting| stated(setting, policy)).collect()
}

/// The items with which a source states what a policy has of `setting`.
fn stated(setting: Setting, policy: &Policy) -> Vec<String> {
    let (keyword, settings) = (setting.keyword(), &policy.settings);
    let (dns, idps, snat) = (settings.dns.iter(), settings.idps.iter(), settings.snat.iter());
    let one = |value: Option<String>| value.map(|value| format!("{keyword} {value}")).into_iter().collect();
    let list = |values: Vec<String>| one(Some(values.join(", ")).filter(|list| !list.is_empty()));
    match setting.row().kind {
        SettingKind::Switch(_, of) => one((of.get)(settings).map(|on| switch(on).to_owned())),
        SettingKind::Port(of) => one((of.get)(settings).map(|port| port.to_string())),
        SettingKind::Number { of, .. } => one((of.get)(settings).map(|number| number.to_string())),
        SettingKind::Block(place, _) => block(keyword, &inside(place, policy)).into_iter().collect(),
        SettingKind::Region => one(settings.location.as_ref().map(|location| quote(location))),
        SettingKind::Tier => one(Some(settings.sku.to_string())),
        SettingKind::ThreatIntel => one(settings.threat_intel.map(|mode| mode.to_string())),
        SettingKind::ThreatIntelAllow => {
            let allow = settings.threat_intel_allow.iter();
            allow.filter_map(|allow| threat_intel_allow(keyword, allow, policy)).collect()
        }
        SettingKind::Servers => list(dns.flat_map(|dns| &dns.servers).map(ToString::to_string).collect()),
        SettingKind::NetworkRules => {
            let mut without_proxy = dns.filter(|dns| dns.network_rules_need_proxy == Some(false));
            one(without_proxy.next().map(|_| "without-proxy".to_owned()))
        }
        SettingKind::Idps => {
            idps.map(|own| with_block(keyword, &own.mode.to_string(), &inside(SettingPlace::Idps, policy))).collect()
        }
        SettingKind::Profile => one(idps.filter_map(|idps| idps.profile).next().map(|profile| profile.to_string())),
        SettingKind::Signature => {
            let signatures = idps.flat_map(|idps| &idps.signatures);
            signatures.map(|(id, mode)| format!("{keyword} {id} {mode}")).collect()
        }
        SettingKind::Bypass => idps.flat_map(|idps| &idps.bypass).map(bypass).collect(),
        SettingKind::IdpsRanges => list(idps.flat_map(|idps| &idps.private_ranges).map(ToString::to_string).collect()),
        SettingKind::Certificate => one(settings.tls.as_ref().map(certificate)),
        SettingKind::Identities => list(settings.identities.iter().map(|id| quote(id)).collect()),
        SettingKind::ExplicitProxy => settings.explicit_proxy.iter().filter_map(|own| proxy(own, policy)).collect(),
        SettingKind::PacFile => one(settings.explicit_proxy.as_ref().and_then(pac_file)),
        SettingKind::SnatRanges => {
            list(snat.flat_map(|snat| &snat.private_ranges).map(|own| snat_range(own)).collect())
        }
        SettingKind::Insights => settings.insights.iter().filter_map(|own| insights(own, policy)).collect(),
        SettingKind::Workspace => settings.insights.iter().flat_map(|own| workspaces(keyword, own)).collect(),
        SettingKind::Tags => {
            let tags = settings.tags.iter();
            block(keyword, &tags.map(|(key, value)| format!("{} = {}", quote(key), quote(value))).collect::<Vec<_>>())
                .into_iter()
                .collect()
        }
        SettingKind::Carried => settings.other.iter().map(|(path, value)| carried(path, value)).collect(),
        // An entry states its own parts; the base and the order are no settings of an artefact.
        SettingKind::PartOfBypass(_) | SettingKind::BaseId | SettingKind::Order => Vec::new(),
    }
}

/// A property that is carried through; what a reader would not see is an escape in its JSON.
pub(super) fn carried(path: &str, value: &Value) -> String {
    format!("azure {} {}", quote(path), inert_json(&value.to_string()))
}

/// The same as an item.
pub(super) fn kept(path: &str, value: &Value) -> String {
    carried(path, value) + "\n"
}

/// A property that the keywords of the language cannot express, as the artefact has it.
fn as_artefact(property: &str, policy: &Policy) -> Option<String> {
    let bare = Policy { groups: Vec::new(), base: None, ..policy.clone() };
    let template = policy_template(&Model::default(), &bare, &EmitOptions::default());
    let resources = template.get("resources").and_then(Value::as_array).into_iter().flatten();
    let value = resources.filter_map(|resource| resource.get("properties")?.get(property)).next();
    value.map(|value| carried(&format!("properties/{property}"), &literal(value)))
}

/// A value of a template, its texts as they are meant: a template doubles the bracket at the beginning of one.
fn literal(value: &Value) -> Value {
    let is_doubled = |rest: &&str| rest.starts_with('[') && rest.ends_with(']');
    let text = |text: &str| text.strip_prefix('[').filter(is_doubled).unwrap_or(text).to_owned();
    match value {
        Value::String(said) => Value::String(text(said)),
        Value::Array(items) => Value::Array(items.iter().map(literal).collect()),
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (text(key), literal(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// `keyword { parts }`, or nothing without parts.
fn block(keyword: &str, parts: &[String]) -> Option<String> {
    (!parts.is_empty()).then(|| format!("{keyword} {{\n{}\n}}", parts.join("\n")))
}

fn threat_intel_allow(keyword: &str, allow: &ThreatIntelAllow, policy: &Policy) -> Option<String> {
    let patterns: Result<Vec<HostPattern>, _> = allow.fqdns.iter().map(|name| name.parse::<HostPattern>()).collect();
    let Ok(patterns) = patterns else { return as_artefact("threatIntelWhitelist", policy) };
    let exact = patterns.iter().zip(&allow.fqdns).all(|(pattern, text)| same_word(&pattern.to_string(), text));
    let terms: Vec<String> =
        patterns.iter().map(words::host).chain(allow.addresses.iter().map(ToString::to_string)).collect();
    match (terms.is_empty(), exact) {
        (true, _) => None,
        (false, true) => Some(format!("{keyword} {}", terms.join(", "))),
        (false, false) => as_artefact("threatIntelWhitelist", policy),
    }
}

/// `keyword value`, with braces where something is in them.
fn with_block(keyword: &str, value: &str, parts: &[String]) -> String {
    let head = format!("{keyword} {value}");
    block(&head, parts).unwrap_or(head)
}

fn bypass(bypass: &IdpsBypass) -> String {
    let end = |word: &str, own: &[AddressSpan], groups: &[String]| {
        let groups = groups.iter().map(|id| format!("ip-group({})", quote(id)));
        let terms: Vec<String> = own.iter().map(ToString::to_string).chain(groups).collect();
        (!terms.is_empty()).then(|| format!("{word} {}", terms.join(", ")))
    };
    let mut parts = vec![format!("protocol {}", bypass.protocol)];
    parts.extend(end("from", &bypass.sources, &bypass.source_ip_groups));
    parts.extend(end("to", &bypass.destinations, &bypass.destination_ip_groups));
    if !bypass.ports.is_empty() {
        let ports: Vec<String> = bypass.ports.iter().map(ToString::to_string).collect();
        parts.push(format!("ports {}", ports.join(", ")));
    }
    let description = words::description(bypass.description.as_deref());
    [description, with_block("bypass", &quote(&bypass.name), &parts)].concat()
}

fn certificate(tls: &Tls) -> String {
    format!("{} {}", quote(&tls.name), quote(&tls.key_vault_secret_id))
}

fn proxy(proxy: &ExplicitProxy, policy: &Policy) -> Option<String> {
    let parts = inside(SettingPlace::ExplicitProxy, policy);
    let keyword = Setting::ExplicitProxy.keyword();
    match proxy.enabled {
        None => block(keyword, &parts),
        Some(on) => Some(with_block(keyword, switch(on), &parts)),
    }
}

fn pac_file(proxy: &ExplicitProxy) -> Option<String> {
    let mut options = Vec::new();
    options.extend(proxy.pac_file_enabled.map(|on| switch(on).to_owned()));
    options.extend(proxy.pac_file_port.map(|port| format!("port {port}")));
    options.extend(proxy.pac_file.as_ref().map(|file| format!("file {}", quote(file))));
    (!options.is_empty()).then(|| options.join(" "))
}

fn snat_range(text: &str) -> String {
    let is_prefix = match text.parse() {
        Ok(AddressSpan::Cidr(cidr)) => cidr.to_string() == text,
        Ok(AddressSpan::Range(..)) | Err(_) => false,
    };
    match text {
        "IANAPrivateRanges" => "private".to_owned(),
        _ if is_prefix => text.to_owned(),
        _ => quote(text),
    }
}

fn insights(insights: &Insights, policy: &Policy) -> Option<String> {
    let on = insights.enabled.filter(|_| Setting::inside(SettingPlace::Insights).all(|own| is_in_range(own, policy)));
    let Some(on) = on else { return as_artefact("insights", policy) };
    let head = format!("{} {}", Setting::Insights.keyword(), switch(on));
    let parts = inside(SettingPlace::Insights, policy);
    Some(block(&head, &parts).unwrap_or_else(|| [head, " {}".to_owned()].concat()))
}

/// Whether the language takes the number that an artefact has.
fn is_in_range(setting: Setting, policy: &Policy) -> bool {
    let SettingKind::Number { most, of, .. } = setting.row().kind else { return true };
    (of.get)(&policy.settings).is_none_or(|number| number <= most)
}

fn workspaces(keyword: &str, insights: &Insights) -> Vec<String> {
    let default = insights.default_workspace.iter().map(|id| format!("{keyword} {}", quote(id)));
    let regional = insights.regional_workspaces.iter();
    let regional = regional.map(|(region, id)| format!("{keyword} {} region {}", quote(id), quote(region)));
    default.chain(regional).collect()
}
