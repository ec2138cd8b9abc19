//! Which firewall has the policy.

use serde_json::Value;

use crate::model::{Firewall, ResourceName};

use super::Side;
use super::protection::Protection;
use super::settings::{SettingChange, SettingOf};

/// The firewalls of both sides that have the policy on one side only: other rules decide at them now, or none.
pub(super) fn changes(old: Side<'_>, new: Side<'_>) -> Vec<SettingChange> {
    let both = old.model.firewalls.iter().filter_map(|before| {
        let after = || new.model.firewalls.iter();
        // One with another name at the same address takes its place.
        let in_place = || after().find(|after| after.private_ip.is_some() && after.private_ip == before.private_ip);
        Some((before, after().find(|after| after.name == before.name).or_else(in_place)?))
    });
    let has = |firewall: &Firewall, policy: &ResourceName| firewall.policy.as_ref() == Some(policy);
    let changed =
        both.filter(|(before, after)| has(before, &old.policy.name) != has(after, &new.policy.name)).map(|two| {
            let [before, after] =
                [two.0, two.1].map(|firewall| firewall.policy.as_ref().map(|name| Value::from(name.label())));
            let effect = Protection::replaced(before.as_ref(), after.as_ref());
            SettingChange {
                of: SettingOf::Firewall,
                path: format!("{}: properties.firewallPolicy", two.1.name),
                before,
                after,
                effect,
            }
        });
    changed.collect()
}
