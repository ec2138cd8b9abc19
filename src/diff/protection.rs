//! Whether a setting that differs protects less: a table with a row for each setting.
//!
//! Sources: MicrosoftDocs/azure-docs, articles/firewall/threat-intel.md, premium-features.md, snat-private-range.md;
//! Azure/azure-rest-api-specs, Microsoft.Network 2026-01-01, firewallPolicy.json (commit 0b12cddf, read on 2026-11-29).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::net::same_word;

/// What a change of a setting does to what the firewall stops, inspects or logs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Protection {
    /// Nothing.
    Neutral,
    /// It stops, inspects or logs more.
    Strengthens,
    /// It stops, inspects or logs less, or nobody can tell.
    Weakens,
}

use Protection::{Neutral, Strengthens, Weakens};

impl Protection {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Neutral => "neutral",
            Strengthens => "strengthens",
            Weakens => "weakens",
        }
    }

    /// From the larger of two ranks to the smaller, it protects less.
    pub(super) fn ranked<T: PartialOrd>(before: &T, after: &T) -> Self {
        if after < before {
            Weakens
        } else if after > before {
            Strengthens
        } else {
            Neutral
        }
    }

    /// From something that protects to another such thing, nobody can tell.
    pub(super) fn replaced<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> Self {
        match (before, after) {
            (before, after) if before == after => Neutral,
            (None, Some(_)) => Strengthens,
            (Some(_) | None, _) => Weakens,
        }
    }
}

/// A value, where it is given.
type Given<'v> = Option<&'v Value>;

/// What a change does; `None` where the properties of the value tell.
type Judge = fn(Given<'_>, Given<'_>) -> Option<Protection>;

/// A setting by its path in the policy resource, and what its change does. A path without a row is that of the row above it;
/// what has none either is not known, and so may protect less.
const ROWS: [(&str, Judge); 24] = [
    ("location", neutral),
    ("tags", neutral),
    ("identity", neutral),
    ("properties.sku.tier", |before, after| Some(ranked(&["Basic", "Standard", "Premium"], 1, before, after))),
    ("properties.basePolicy", |_, after| Some(if after.is_none() { Weakens } else { Neutral })),
    ("properties.threatIntelMode", |before, after| Some(ranked(&MODES, 1, before, after))),
    ("properties.threatIntelWhitelist", exceptions),
    ("properties.intrusionDetection", intrusion_detection),
    ("properties.intrusionDetection.mode", |before, after| Some(ranked(&MODES, 0, before, after))),
    ("properties.intrusionDetection.profile", |before, after| Some(ranked(&PROFILES, PROFILES.len(), before, after))),
    ("properties.intrusionDetection.configuration.signatureOverrides", overrides),
    ("properties.intrusionDetection.configuration.bypassTrafficSettings", exceptions),
    // They say which flows are inbound, outbound or internal, and signatures are for some of these.
    ("properties.intrusionDetection.configuration.privateRanges", |_, _| Some(Weakens)),
    ("properties.transportSecurity", |before, after| Some(presence(before, after))),
    ("properties.dnsSettings.enableProxy", |before, after| Some(Protection::ranked(&is_on(before), &is_on(after)))),
    ("properties.dnsSettings.servers", neutral),
    ("properties.snat.privateRanges", exceptions),
    ("properties.insights", logging),
    ("properties.insights.isEnabled", |before, after| Some(Protection::ranked(&is_on(before), &is_on(after)))),
    ("properties.insights.retentionDays", |before, after| Some(Protection::ranked(&days(before), &days(after)))),
    ("properties.sql.allowSqlRedirect", |before, after| Some(Protection::ranked(&is_on(after), &is_on(before)))),
    ("properties.explicitProxy", neutral),
    ("properties.explicitProxy.enableExplicitProxy", |before, after| {
        Some(Protection::ranked(&is_on(after), &is_on(before)))
    }),
    ("properties.globalSecurityProfileGroup", |before, after| Some(Protection::replaced(before, after))),
];

/// What threat intelligence and intrusion detection do, in rising strictness.
const MODES: [&str; 3] = ["Off", "Alert", "Deny"];
/// The sets of signatures, the smallest first.
const PROFILES: [&str; 4] = ["Off", "Emerging", "Core", "Extended"];

/// What it does that the setting at `path` of a policy resource is no longer `before` but `after`.
pub(super) fn of(path: &str, before: Given<'_>, after: Given<'_>) -> Protection {
    let exact = ROWS.iter().find(|(of, _)| *of == path);
    if let Some(found) = exact.and_then(|(_, judge)| judge(before, after)) {
        return found;
    }
    let keys: BTreeSet<&String> = [before, after].into_iter().filter_map(entries).flat_map(Map::keys).collect();
    if keys.is_empty() {
        let is_above = |row: &&(&str, Judge)| path.strip_prefix(row.0).is_some_and(|rest| rest.starts_with('.'));
        let above = ROWS.iter().filter(is_above).max_by_key(|(of, _)| of.len());
        return above.and_then(|(_, judge)| judge(before, after)).unwrap_or(Weakens);
    }
    let below = |key: &String| {
        let value = |whole: Given<'_>| entries(whole).and_then(|entries| entries.get(key)).cloned();
        let (before, after) = (value(before), value(after));
        if before == after { Neutral } else { of(&format!("{path}.{key}"), before.as_ref(), after.as_ref()) }
    };
    keys.into_iter().map(below).max().unwrap_or(Neutral)
}

fn entries(value: Given<'_>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object).filter(|entries| !entries.is_empty())
}

/// The judgement of properties that state nothing about protection.
fn neutral(before: Given<'_>, after: Given<'_>) -> Option<Protection> {
    (entries(before).is_none() && entries(after).is_none()).then_some(Neutral)
}

/// Something that protects is there or not, whatever it is.
fn presence(before: Given<'_>, after: Given<'_>) -> Protection {
    Protection::ranked(&before.is_some(), &after.is_some())
}

/// A list of what is left alone: whatever is added to it weakens.
fn exceptions(before: Given<'_>, after: Given<'_>) -> Option<Protection> {
    if entries(before).or(entries(after)).is_some() {
        return None;
    }
    let list = |value: Given<'_>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let (before, after) = (list(before), list(after));
    let only_fewer = after.iter().all(|entry| before.contains(entry));
    Some(if only_fewer { Strengthens } else { Weakens })
}

/// As a whole it comes or goes, by its mode; else its properties tell.
fn intrusion_detection(before: Given<'_>, after: Given<'_>) -> Option<Protection> {
    let mode = |whole: Given<'_>| entries(whole).and_then(|whole| whole.get("mode")).cloned();
    match (before, after) {
        (Some(_), Some(_)) => (entries(before).is_none() || entries(after).is_none()).then_some(Weakens),
        (None, _) | (_, None) => Some(ranked(&MODES, 0, mode(before).as_ref(), mode(after).as_ref())),
    }
}

/// As a whole it comes or goes; else its properties tell.
fn logging(before: Given<'_>, after: Given<'_>) -> Option<Protection> {
    match (before, after) {
        (Some(Value::Object(_)), Some(Value::Object(_))) => None,
        (before, after) => Some(presence(before, after)),
    }
}

/// Signatures that do something else than the mode says, each by its own mode.
fn overrides(before: Given<'_>, after: Given<'_>) -> Option<Protection> {
    let modes = |list: Given<'_>| -> BTreeMap<String, Value> {
        let entries = list.and_then(Value::as_array).into_iter().flatten();
        let entry = |entry: &Value| Some((entry.get("id")?.as_str()?.to_owned(), entry.get("mode")?.clone()));
        entries.filter_map(entry).collect()
    };
    let (before, after) = (modes(before), modes(after));
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    // Without an override the signature has a mode of its own, which is not known here.
    let judged = ids.into_iter().map(|id| match (before.get(id), after.get(id)) {
        (Some(before), Some(after)) => ranked(&MODES, 0, Some(before), Some(after)),
        (None, Some(mode)) if rank(&MODES, mode) == Some(2) => Strengthens,
        (Some(mode), None) if rank(&MODES, mode) == Some(0) => Strengthens,
        (None, _) | (_, None) => Weakens,
    });
    Some(judged.max().unwrap_or(Neutral))
}

/// By the place of a word in a list of rising strength; where it is not given, `absent` is its place.
fn ranked(words: &[&str], absent: usize, before: Given<'_>, after: Given<'_>) -> Protection {
    let place = |value: Given<'_>| value.map_or(Some(absent), |word| rank(words, word));
    match (place(before), place(after)) {
        (Some(before), Some(after)) => Protection::ranked(&before, &after),
        (None, _) | (_, None) => Weakens,
    }
}

fn rank(words: &[&str], word: &Value) -> Option<usize> {
    let word = word.as_str()?;
    words.iter().position(|known| same_word(known, word))
}

fn is_on(value: Given<'_>) -> bool {
    value.and_then(Value::as_bool).unwrap_or(false)
}

fn days(value: Given<'_>) -> u64 {
    value.and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judged(path: &str, before: Value, after: Value) -> Protection {
        let given = |value: Value| Some(value).filter(|value| !value.is_null());
        of(&format!("properties.{path}"), given(before).as_ref(), given(after).as_ref())
    }

    #[test]
    fn what_stops_less_weakens() {
        let none = Value::Null;
        for (path, strong, weak) in [
            ("threatIntelMode", json!("Deny"), json!("Alert")),
            ("threatIntelMode", none.clone(), json!("Off")),
            ("threatIntelWhitelist", none.clone(), json!({"fqdns": ["a.example"]})),
            ("threatIntelWhitelist.ipAddresses", json!(["10.0.0.1"]), json!(["10.0.0.0/8"])),
            ("intrusionDetection", json!({"mode": "Alert"}), none.clone()),
            ("intrusionDetection.mode", json!("Deny"), json!("Off")),
            ("intrusionDetection.profile", json!("Extended"), json!("Core")),
            ("intrusionDetection.configuration", none.clone(), json!({"bypassTrafficSettings": [{"name": "a"}]})),
            ("intrusionDetection.configuration.signatureOverrides", none.clone(), json!([{"id": "1", "mode": "Off"}])),
            ("intrusionDetection.configuration", none.clone(), json!({"privateRanges": ["0.0.0.0/0"]})),
            ("transportSecurity", json!({"certificateAuthority": {"name": "a"}}), none.clone()),
            ("dnsSettings", json!({"enableProxy": true}), none.clone()),
            ("insights", json!({"isEnabled": true}), none.clone()),
            ("insights.retentionDays", json!(90), json!(30)),
            ("sql.allowSqlRedirect", none.clone(), json!(true)),
            ("explicitProxy", none.clone(), json!({"enableExplicitProxy": true, "httpPort": 8080})),
            ("globalSecurityProfileGroup.id", json!("strict"), json!("lax")),
            ("globalSecurityProfileGroup", json!({"id": "strict"}), none.clone()),
            ("sku.tier", json!("Premium"), json!("Standard")),
            ("notYetKnown", json!(1), json!(2)),
        ] {
            assert_eq!(judged(path, strong, weak), Weakens, "{path}");
        }
    }

    #[test]
    fn what_stops_more_strengthens() {
        let none = Value::Null;
        for (path, weak, strong) in [
            ("threatIntelMode", json!("Off"), none.clone()),
            ("threatIntelWhitelist.fqdns", json!(["a.example", "b.example"]), json!(["a.example"])),
            ("intrusionDetection", none.clone(), json!({"mode": "Deny"})),
            ("intrusionDetection.configuration.signatureOverrides", none.clone(), json!([{"id": "1", "mode": "Deny"}])),
            ("transportSecurity", none.clone(), json!({"certificateAuthority": {"name": "a"}})),
            ("globalSecurityProfileGroup", none.clone(), json!({"id": "strict"})),
        ] {
            assert_eq!(judged(path, weak, strong), Strengthens, "{path}");
        }
    }

    #[test]
    fn names_and_places_protect_nothing() {
        for (path, before, after) in [
            ("tags.owner", Value::Null, json!("a")),
            ("tags", json!({"a.b": "c"}), Value::Null),
            ("location", json!("westeurope"), json!("northeurope")),
            ("identity", Value::Null, json!({"userAssignedIdentities": {"/subscriptions/a.b": {}}})),
            ("properties.transportSecurity.certificateAuthority.name", json!("a"), json!("b")),
            ("properties.basePolicy.id", json!("a"), json!("b")),
            ("properties.intrusionDetection", Value::Null, json!({"mode": "Off"})),
        ] {
            let given = |value: &Value| Some(value.clone()).filter(|value| !value.is_null());
            assert_eq!(of(path, given(&before).as_ref(), given(&after).as_ref()), Neutral, "{path}");
        }
    }
}
