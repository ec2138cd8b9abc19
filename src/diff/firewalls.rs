//! Which firewall has the policy, of which tier it is, and what it logs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::{Firewall, NameSpelling, ResourceName, Sku};

use super::DiffSide;
use super::protection::Protection;
use super::settings::{SettingChange, SettingOf};

/// The group of categories that holds every other.
const ALL_LOGS: &str = "allLogs";

/// The firewalls of both sides that have the policy on one side only, as other rules decide at them now, or none; those that
/// are gone with it; those of another tier.
pub(super) fn changes(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<SettingChange> {
    let mut found = Vec::new();
    for before in &old.model.firewalls {
        match successor(before, new) {
            Some(after) => {
                found.extend(attached([old, new], before, after));
                found.extend(tier(before, after));
            }
            None => found.extend(gone(old, new, before)),
        }
    }
    found.extend(logs(old, new));
    found
}

/// What firewalls log no longer, or now, by their diagnostic settings, where both sides state the firewall or such settings.
fn logs(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<SettingChange> {
    let all = |side: DiffSide<'_>| {
        let mut logs: BTreeMap<ResourceName, BTreeSet<String>> = BTreeMap::new();
        for export in &side.model.log_exports {
            logs.entry(export.firewall.clone()).or_default().extend(export.logs.iter().cloned());
        }
        logs
    };
    let (before, after) = (all(old), all(new));
    let is_stated = |name: &ResourceName, side: DiffSide<'_>| {
        !side.model.log_exports.is_empty() || side.model.firewalls.iter().any(|firewall| firewall.name == *name)
    };
    let names: BTreeSet<&ResourceName> = before.keys().chain(after.keys()).collect();
    let both = names.into_iter().filter(|name| is_stated(name, old) && is_stated(name, new));
    let changed = both.filter_map(|name| {
        let of = |logs: &BTreeMap<ResourceName, BTreeSet<String>>| logs.get(name).cloned().unwrap_or_default();
        let (before, after) = (of(&before), of(&after));
        let value = |logs: &BTreeSet<String>| (!logs.is_empty()).then(|| logs.iter().cloned().collect());
        let is_lost = !after.contains(ALL_LOGS) && !after.is_superset(&before);
        let effect = if is_lost { Protection::Weakens } else { Protection::Strengthens };
        let path = format!("{name}: diagnosticSettings");
        (before != after).then(|| SettingChange {
            of: SettingOf::Logging,
            path,
            before: value(&before),
            after: value(&after),
            effect,
        })
    });
    changed.collect()
}

/// The firewall of the same name, else the one at the same address, which takes its place.
fn successor<'n>(before: &Firewall, new: DiffSide<'n>) -> Option<&'n Firewall> {
    let after = || new.model.firewalls.iter();
    let in_place = || after().find(|after| after.private_ip.is_some() && after.private_ip == before.private_ip);
    after().find(|after| after.name == before.name).or_else(in_place)
}

fn has(firewall: &Firewall, policy: &ResourceName) -> bool {
    firewall.policy.as_ref() == Some(policy)
}

fn attached([old, new]: [DiffSide<'_>; 2], before: &Firewall, after: &Firewall) -> Option<SettingChange> {
    if has(before, &old.policy.name) == has(after, &new.policy.name) {
        return None;
    }
    let path = format!("{}: properties.firewallPolicy", after.name);
    let policy = |firewall: &Firewall| firewall.policy.as_ref().map(|name| Value::from(name.label()));
    let (before, after) = (policy(before), policy(after));
    let effect = Protection::replaced(before.as_ref(), after.as_ref());
    Some(SettingChange { of: SettingOf::Firewall, path, before, after, effect })
}

/// A lower tier lacks what a higher one has: intrusion detection, inspection, threat intelligence that denies.
///
/// Source: Microsoft Learn, "Choose the right Azure Firewall version", 2025-04.
fn tier(before: &Firewall, after: &Firewall) -> Option<SettingChange> {
    let (old, new) = (before.sku?, after.sku?);
    let value = |tier: Sku| Some(Value::from(tier.spelled()));
    let path = format!("{}: properties.sku.tier", after.name);
    let effect = Protection::ranked(&old, &new);
    (old != new).then(|| SettingChange { of: SettingOf::Other, path, before: value(old), after: value(new), effect })
}

/// A firewall that had the policy and is not there any more, where the new side states firewalls or networks at all: policies
/// are often kept apart from both.
fn gone(old: DiffSide<'_>, new: DiffSide<'_>, before: &Firewall) -> Option<SettingChange> {
    let states_some = !new.model.firewalls.is_empty() || !new.model.virtual_networks.is_empty();
    let path = format!("{}: properties.firewallPolicy", before.name);
    let policy = Some(Value::from(old.policy.name.label()));
    let is_gone = states_some && has(before, &old.policy.name);
    is_gone.then_some(SettingChange {
        of: SettingOf::Firewall,
        path,
        before: policy,
        after: None,
        effect: Protection::Weakens,
    })
}
