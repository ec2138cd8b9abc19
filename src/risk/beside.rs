//! Which risks a setting, a route or a deny rule has that protects less.

use crate::diff::{GuardChange, Protection, RouteChange, SettingChange, SettingOf};

use super::{JudgedRisks, RiskLevel, RiskTable};

/// The risk of a setting that protects less.
pub fn of_setting(setting: &SettingChange, table: &RiskTable) -> Option<JudgedRisks> {
    let (level, what) = match setting.of {
        SettingOf::ThreatIntelligence => (table.threat_intelligence_weakened, "threat intelligence stops less"),
        SettingOf::IntrusionDetection => (table.intrusion_detection_weakened, "IDPS stops or reports less"),
        SettingOf::Inspection => (table.inspection_weakened, "less is inspected"),
        SettingOf::Headers => {
            (table.inspection_weakened, "a header that the server depends on is not inserted, or another one is")
        }
        SettingOf::Endpoint => (table.private_path, "its name leads to another place, whatever the rules say"),
        SettingOf::Base => (table.bypass_of_base, "the rules, threat intelligence and IDPS of the base no longer hold"),
        SettingOf::Firewall => (table.firewall_bypassed, "other rules decide at this firewall, or none"),
        SettingOf::Unstated => (table.firewall_bypassed, "flows may go past the firewall"),
        SettingOf::Logging => (table.logging_weakened, "less is logged"),
        SettingOf::Other => (table.setting_weakened, "a setting protects less"),
    };
    judged(setting.effect, level, what)
}

/// The risk of a route or a subnet that leads more past the firewall.
pub fn of_route(route: &RouteChange, table: &RiskTable) -> Option<JudgedRisks> {
    judged(route.effect, table.firewall_bypassed, "it leads past the firewall, or may")
}

/// The risk of a deny rule that went or shrank.
pub fn of_guard(_guard: &GuardChange<'_>, table: &RiskTable) -> Option<JudgedRisks> {
    judged(Protection::Weakens, table.guard_removed, "a rule that comes later may allow what it denied")
}

fn judged(effect: Protection, level: RiskLevel, what: &str) -> Option<JudgedRisks> {
    (effect == Protection::Weakens && level != RiskLevel::Off).then(|| JudgedRisks { level, what: what.to_owned() })
}
