//! Whether a setting that differs protects less, by what `model`'s table of settings has about its property.
//!
//! Sources: MicrosoftDocs/azure-docs, articles/firewall/threat-intel.md, premium-features.md, snat-private-range.md;
//! Azure/azure-rest-api-specs, Microsoft.Network 2026-01-01, firewallPolicy.json (commit 0b12cddf, read on 2026-11-29).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::model::{IdpsMode, IdpsProfile, NameSpelling, Setting, SettingEffect, Sku, ThreatIntel};

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
type GivenProtection<'v> = Option<&'v Value>;

/// A property by its path in the policy resource, its steps with points between them, and what its change does. A path without
/// a row is that of the row above it; what has none either is not known, and so may protect less.
static ROWS: LazyLock<Vec<(String, ProtectionJudge)>> = LazyLock::new(|| {
    let of_setting = |setting: &Setting| {
        let row = setting.row();
        row.effects.iter().map(move |&(below, effect)| {
            let steps = [row.arm, below].into_iter().filter(|path| !path.is_empty()).flat_map(|path| path.split('/'));
            (steps.collect::<Vec<_>>().join("."), ProtectionJudge::Setting(effect))
        })
    };
    let others = [
        ("properties.basePolicy".to_owned(), ProtectionJudge::Base),
        ("properties.globalSecurityProfileGroup".to_owned(), ProtectionJudge::Profiles),
    ];
    Setting::ALL.iter().flat_map(of_setting).chain(others).collect()
});

/// By what a change is judged.
#[derive(Clone, Copy)]
enum ProtectionJudge {
    /// By the row of a setting.
    Setting(SettingEffect),
    /// A base that goes takes its rules along.
    Base,
    /// Security profiles, of which nobody can tell which protect more.
    Profiles,
}

impl ProtectionJudge {
    /// What a change does; `None` where the properties of the value tell.
    fn of(self, before: GivenProtection<'_>, after: GivenProtection<'_>) -> Option<Protection> {
        match self {
            Self::Setting(effect) => of_effect(effect, before, after),
            Self::Base => Some(if after.is_none() { Weakens } else { Neutral }),
            Self::Profiles => Some(Protection::replaced(before, after)),
        }
    }
}

fn of_effect(effect: SettingEffect, before: GivenProtection<'_>, after: GivenProtection<'_>) -> Option<Protection> {
    match effect {
        SettingEffect::Neutral => neutral(before, after),
        SettingEffect::On => Some(Protection::ranked(&is_on(before), &is_on(after))),
        SettingEffect::Off => Some(Protection::ranked(&is_on(after), &is_on(before))),
        SettingEffect::More => Some(Protection::ranked(&days(before), &days(after))),
        SettingEffect::ThreatIntel => Some(ranked(Some(ThreatIntel::Alert), before, after)),
        SettingEffect::Mode => Some(ranked(Some(IdpsMode::Off), before, after)),
        SettingEffect::Tier => Some(ranked(Some(Sku::Standard), before, after)),
        // Which profile holds where none is stated, no page of Azure's states.
        SettingEffect::Profile if before.is_none() || after.is_none() => Some(Weakens),
        SettingEffect::Profile => Some(ranked::<IdpsProfile>(None, before, after)),
        SettingEffect::Exceptions => exceptions(before, after),
        SettingEffect::Overrides => Some(overrides(before, after)),
        SettingEffect::Presence => Some(presence(before, after)),
        SettingEffect::Inspection => intrusion_detection(before, after),
        SettingEffect::Logging => logging(before, after),
        SettingEffect::Unknown => Some(Weakens),
    }
}

/// What it does that the setting at `path` of a policy resource is no longer `before` but `after`.
pub(super) fn of(path: &str, before: GivenProtection<'_>, after: GivenProtection<'_>) -> Protection {
    let exact = ROWS.iter().find(|(of, _)| *of == path);
    if let Some(found) = exact.and_then(|(_, judge)| judge.of(before, after)) {
        return found;
    }
    let keys: BTreeSet<&String> = [before, after].into_iter().filter_map(entries).flat_map(Map::keys).collect();
    if keys.is_empty() {
        let is_above = |row: &&(String, ProtectionJudge)| {
            path.strip_prefix(row.0.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        let above = ROWS.iter().filter(is_above).max_by_key(|(of, _)| of.len());
        return above.and_then(|(_, judge)| judge.of(before, after)).unwrap_or(Weakens);
    }
    let below = |key: &String| {
        let value = |whole: GivenProtection<'_>| entries(whole).and_then(|entries| entries.get(key)).cloned();
        let (before, after) = (value(before), value(after));
        if before == after { Neutral } else { of(&format!("{path}.{key}"), before.as_ref(), after.as_ref()) }
    };
    keys.into_iter().map(below).max().unwrap_or(Neutral)
}

fn entries(value: GivenProtection<'_>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object).filter(|entries| !entries.is_empty())
}

/// The judgement of properties that state nothing about protection.
fn neutral(before: GivenProtection<'_>, after: GivenProtection<'_>) -> Option<Protection> {
    (entries(before).is_none() && entries(after).is_none()).then_some(Neutral)
}

/// Something that protects is there or not, whatever it is.
fn presence(before: GivenProtection<'_>, after: GivenProtection<'_>) -> Protection {
    Protection::ranked(&before.is_some(), &after.is_some())
}

/// A list of what is left alone: whatever is added to it weakens.
fn exceptions(before: GivenProtection<'_>, after: GivenProtection<'_>) -> Option<Protection> {
    if entries(before).or(entries(after)).is_some() {
        return None;
    }
    let list = |value: GivenProtection<'_>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let (before, after) = (list(before), list(after));
    let only_fewer = after.iter().all(|entry| before.contains(entry));
    Some(if only_fewer { Strengthens } else { Weakens })
}

/// As a whole it comes or goes, by its mode; else its properties tell.
fn intrusion_detection(before: GivenProtection<'_>, after: GivenProtection<'_>) -> Option<Protection> {
    let mode = |whole: GivenProtection<'_>| entries(whole).and_then(|whole| whole.get("mode")).cloned();
    match (before, after) {
        (Some(_), Some(_)) => (entries(before).is_none() || entries(after).is_none()).then_some(Weakens),
        (None, _) | (_, None) => Some(ranked(Some(IdpsMode::Off), mode(before).as_ref(), mode(after).as_ref())),
    }
}

/// As a whole it comes or goes; else its properties tell.
fn logging(before: GivenProtection<'_>, after: GivenProtection<'_>) -> Option<Protection> {
    match (before, after) {
        (Some(Value::Object(_)), Some(Value::Object(_))) => None,
        (before, after) => Some(presence(before, after)),
    }
}

/// Signatures that do something else than the mode states, each by its own mode.
fn overrides(before: GivenProtection<'_>, after: GivenProtection<'_>) -> Protection {
    let modes = |list: GivenProtection<'_>| -> BTreeMap<String, Value> {
        let entries = list.and_then(Value::as_array).into_iter().flatten();
        let entry = |entry: &Value| Some((entry.get("id")?.as_str()?.to_owned(), entry.get("mode")?.clone()));
        entries.filter_map(entry).collect()
    };
    let (before, after) = (modes(before), modes(after));
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    // Without an override the signature has a mode of its own, which is not known here.
    let judged = ids.into_iter().map(|id| match (before.get(id), after.get(id)) {
        (Some(before), Some(after)) => ranked(Some(IdpsMode::Off), Some(before), Some(after)),
        (None, Some(mode)) if spelled(mode) == Some(IdpsMode::Deny) => Strengthens,
        (Some(mode), None) if spelled(mode) == Some(IdpsMode::Off) => Strengthens,
        (None, _) | (_, None) => Weakens,
    });
    judged.max().unwrap_or(Neutral)
}

/// By the order of an enumeration of rising strength; where it is not given, `absent` is in force, or the strongest without
/// one.
fn ranked<T: NameSpelling + Ord>(
    absent: Option<T>,
    before: GivenProtection<'_>,
    after: GivenProtection<'_>,
) -> Protection {
    // Nothing is stronger than what Azure takes by itself, which is not one of the values.
    let place = |value: GivenProtection<'_>| match value {
        Some(word) => spelled(word).map(|value| (false, Some(value))),
        None => Some((absent.is_none(), absent)),
    };
    match (place(before), place(after)) {
        (Some(before), Some(after)) => Protection::ranked(&before, &after),
        (None, _) | (_, None) => Weakens,
    }
}

fn spelled<T: NameSpelling>(word: &Value) -> Option<T> {
    word.as_str().and_then(T::from_spelling)
}

fn is_on(value: GivenProtection<'_>) -> bool {
    value.and_then(Value::as_bool).unwrap_or(false)
}

fn days(value: GivenProtection<'_>) -> u64 {
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
            ("intrusionDetection.profile", json!("Extended"), none.clone()),
            ("intrusionDetection.profile", none.clone(), json!("Extended")),
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
