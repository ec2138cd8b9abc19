//! The settings of a policy as items.

use std::fmt::Display;

use serde_json::Value;

use super::{Options as ExpressOptions, words};
use crate::emit::{Options, arm::policy_template};
use crate::model::{
    Dns, ExplicitProxy, Idps, IdpsBypass, Insights, Model, Policy, Settings, Snat, ThreatIntelAllow, Tls,
};
use crate::net::{AddressSpan, HostPattern, same_word};
use crate::source::{inert_json, quote};

/// How many days `retention` takes.
const MOST_DAYS: u32 = 36500;

/// Why a policy of which only groups were found has a tier.
const NO_TIER: &str = "# assumed: what was imported does not state the tier\n";
/// Why a policy has the DNS proxy that its artefact does not state.
const NO_PROXY: &str = "# assumed: Azure takes a host name in a network rule only with the DNS proxy\n";

fn supposed(is_supposed: bool, why: &'static str) -> &'static str {
    if is_supposed { why } else { "" }
}

/// The items of a policy that are not rules.
pub(super) fn items(policy: &Policy, options: &ExpressOptions) -> String {
    let Settings { sku, location, threat_intel, tls, identities, sql_redirect, tags, other, unknown, .. } =
        &policy.settings;
    let mut items = String::new();
    items.extend(location.as_ref().map(|location| format!("location {}\n", quote(location))));
    items.push_str(supposed(unknown.is_all(), NO_TIER));
    items.push_str(&format!("sku {sku}\n"));
    items.extend(threat_intel.map(|mode| format!("threat-intel {mode}\n")));
    items.extend(policy.settings.threat_intel_allow.as_ref().map(|allow| threat_intel_allow(allow, policy)));
    items.push_str(supposed(options.assumed_proxy.contains(&policy.id()), NO_PROXY));
    items.extend(policy.settings.dns.as_ref().map(dns));
    items.extend(policy.settings.idps.as_ref().map(idps));
    items.extend(
        tls.as_ref()
            .map(|Tls { name, key_vault_secret_id }| format!("tls {} {}\n", quote(name), quote(key_vault_secret_id))),
    );
    if !identities.is_empty() {
        items.push_str(&format!("identity {}\n", joined(identities.iter().map(|id| quote(id)))));
    }
    items.extend(policy.settings.explicit_proxy.as_ref().map(explicit_proxy));
    items.extend(sql_redirect.map(|on| format!("sql-redirect {}\n", switch(on))));
    items.extend(policy.settings.snat.as_ref().map(snat));
    items.extend(policy.settings.insights.as_ref().map(|own| insights(own, policy)));
    if !tags.is_empty() {
        let lines = tags.iter().map(|(key, value)| format!("{} = {}\n", quote(key), quote(value)));
        items.push_str(&format!("tags {{\n{}}}\n", lines.collect::<String>()));
    }
    items.extend(other.iter().map(|(path, value)| kept(path, value)));
    items
}

/// A property that is carried through; what a reader would not see is an escape in its JSON.
pub(super) fn carried(path: &str, value: &Value) -> String {
    format!("azure {} {}", quote(path), inert_json(&value.to_string()))
}

/// The same as an item.
pub(super) fn kept(path: &str, value: &Value) -> String {
    carried(path, value) + "\n"
}

/// A property that the words of the language cannot say, as the artefact has it.
fn as_artefact(property: &str, policy: &Policy) -> String {
    let bare = Policy { groups: Vec::new(), base: None, ..policy.clone() };
    let template = policy_template(&Model::default(), &bare, &Options::default());
    let resources = template.get("resources").and_then(Value::as_array).into_iter().flatten();
    let value = resources.filter_map(|resource| resource.get("properties")?.get(property)).next();
    value.map(|value| kept(&format!("properties/{property}"), &literal(value))).unwrap_or_default()
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

fn joined(items: impl Iterator<Item = impl Display>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// `keyword { parts }`, or nothing without parts.
fn block(keyword: &str, parts: &[String]) -> String {
    if parts.is_empty() { String::new() } else { format!("{keyword} {{\n{}\n}}\n", parts.join("\n")) }
}

fn spans(spans: &[AddressSpan]) -> String {
    joined(spans.iter())
}

fn threat_intel_allow(allow: &ThreatIntelAllow, policy: &Policy) -> String {
    let patterns: Result<Vec<HostPattern>, _> = allow.fqdns.iter().map(|name| name.parse::<HostPattern>()).collect();
    let Ok(patterns) = patterns else { return as_artefact("threatIntelWhitelist", policy) };
    let exact = patterns.iter().zip(&allow.fqdns).all(|(pattern, text)| same_word(&pattern.to_string(), text));
    let terms: Vec<String> =
        patterns.iter().map(words::host).chain(allow.addresses.iter().map(ToString::to_string)).collect();
    match (terms.is_empty(), exact) {
        (true, _) => String::new(),
        (false, true) => format!("threat-intel-allow {}\n", terms.join(", ")),
        (false, false) => as_artefact("threatIntelWhitelist", policy),
    }
}

fn dns(dns: &Dns) -> String {
    let mut parts = Vec::new();
    parts.extend(dns.proxy.map(|on| format!("proxy {}", switch(on))));
    if !dns.servers.is_empty() {
        parts.push(format!("servers {}", joined(dns.servers.iter())));
    }
    if dns.network_rules_need_proxy == Some(false) {
        parts.push("network-rules without-proxy".to_owned());
    }
    block("dns", &parts)
}

fn idps(idps: &Idps) -> String {
    let mut parts = Vec::new();
    parts.extend(idps.profile.map(|profile| format!("profile {profile}")));
    parts.extend(idps.signatures.iter().map(|(id, mode)| format!("signature {id} {mode}")));
    parts.extend(idps.bypass.iter().map(bypass));
    if !idps.private_ranges.is_empty() {
        parts.push(format!("private {}", spans(&idps.private_ranges)));
    }
    match parts.is_empty() {
        true => format!("idps {}\n", idps.mode),
        false => block(&format!("idps {}", idps.mode), &parts),
    }
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
        parts.push(format!("ports {}", joined(bypass.ports.iter())));
    }
    let description = words::description(bypass.description.as_deref());
    format!("{description}{}", block(&format!("bypass {}", quote(&bypass.name)), &parts))
}

fn explicit_proxy(proxy: &ExplicitProxy) -> String {
    let mut parts = Vec::new();
    parts.extend(proxy.http_port.map(|port| format!("http {port}")));
    parts.extend(proxy.https_port.map(|port| format!("https {port}")));
    let mut pac = String::new();
    pac.extend(proxy.pac_file_enabled.map(|on| format!(" {}", switch(on))));
    pac.extend(proxy.pac_file_port.map(|port| format!(" port {port}")));
    pac.extend(proxy.pac_file.as_ref().map(|file| format!(" file {}", quote(file))));
    if !pac.is_empty() {
        parts.push(format!("pac{pac}"));
    }
    match (proxy.enabled, parts.is_empty()) {
        (None, _) => block("explicit-proxy", &parts),
        (Some(on), true) => format!("explicit-proxy {}\n", switch(on)),
        (Some(on), false) => block(&format!("explicit-proxy {}", switch(on)), &parts),
    }
}

fn snat(snat: &Snat) -> String {
    let mut parts = Vec::new();
    if !snat.private_ranges.is_empty() {
        parts.push(format!("private {}", joined(snat.private_ranges.iter().map(|range| snat_range(range)))));
    }
    parts.extend(snat.auto_learn.map(|on| format!("auto-learn {}", switch(on))));
    block("snat", &parts)
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

fn insights(insights: &Insights, policy: &Policy) -> String {
    let Some(on) = insights.enabled.filter(|_| insights.retention_days.is_none_or(|days| days <= MOST_DAYS)) else {
        return as_artefact("insights", policy);
    };
    let mut parts = Vec::new();
    parts.extend(insights.default_workspace.as_ref().map(|id| format!("workspace {}", quote(id))));
    let regional = insights.regional_workspaces.iter();
    parts.extend(regional.map(|(region, id)| format!("workspace {} region {}", quote(id), quote(region))));
    parts.extend(insights.retention_days.map(|days| format!("retention {days}")));
    match parts.is_empty() {
        true => format!("insights {} {{}}\n", switch(on)),
        false => block(&format!("insights {}", switch(on)), &parts),
    }
}
