//! Which risks a setting, a route or a deny rule has that protects less.

use crate::diff::{GuardChange, NOT_KNOWN, Protection, RouteChange, SettingChange};

use super::{Judged, Level, Table};

/// The risk of a setting that protects less.
pub fn of_setting(setting: &SettingChange, table: &Table) -> Option<Judged> {
    let property = setting.path.split_once(": ").map_or(setting.path.as_str(), |(_, property)| property);
    let is = |words: &[&str]| words.iter().any(|word| property.contains(word));
    let (level, what) = if is(&["properties.threatIntel"]) {
        (table.threat_intelligence_weakened, "threat intelligence stops less")
    } else if is(&["properties.intrusionDetection"]) {
        (table.intrusion_detection_weakened, "IDPS stops or reports less")
    } else if is(&["properties.transportSecurity", "/terminateTLS", "ecurityProfileGroup"]) {
        (table.inspection_weakened, "less is inspected")
    } else if setting.path.starts_with("private endpoint of ") {
        (table.private_path, "its name leads to another place, whatever the rules say")
    } else if is(&["properties.basePolicy"]) {
        (table.bypass_of_base, "the rules, threat intelligence and IDPS of the base no longer hold")
    } else if is(&["properties.firewallPolicy"]) {
        (table.firewall_bypassed, "other rules decide at this firewall, or none")
    } else if setting.before.is_none() && setting.after.as_ref().is_some_and(|after| after == NOT_KNOWN) {
        (table.firewall_bypassed, "flows may go past the firewall")
    } else if is(&["/httpHeadersToInsert"]) {
        (table.inspection_weakened, "a header that the server goes by is not put in, or another one")
    } else if is(&["properties.insights", "diagnosticSettings"]) {
        (table.logging_weakened, "less is logged")
    } else {
        (table.setting_weakened, "a setting protects less")
    };
    judged(setting.effect, level, what)
}

/// The risk of a route or a subnet that leads more past the firewall.
pub fn of_route(route: &RouteChange, table: &Table) -> Option<Judged> {
    judged(route.effect, table.firewall_bypassed, "it leads past the firewall, or may")
}

/// The risk of a deny rule that went or shrank.
pub fn of_guard(_guard: &GuardChange<'_>, table: &Table) -> Option<Judged> {
    judged(Protection::Weakens, table.guard_removed, "a rule that comes later may allow what it denied")
}

fn judged(effect: Protection, level: Level, what: &str) -> Option<Judged> {
    (effect == Protection::Weakens && level != Level::Off).then(|| Judged { level, what: what.to_owned() })
}
