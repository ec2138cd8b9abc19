//! The table of risks: `[risk]` of `fwc.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::exposure::{MANAGEMENT_PORTS, WIDE_PREFIX};

/// How much a risk counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RiskLevel {
    /// It is none.
    Off,
    /// It is worth knowing.
    Low,
    /// It is worth a second look.
    Medium,
    /// It needs a reason.
    High,
}

impl RiskLevel {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl FromStr for RiskLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Low, Self::Medium, Self::High];
        let found = all.into_iter().find(|level| level.word() == text);
        found.ok_or_else(|| format!("`{text}` is not a level of risk: expected `low`, `medium` or `high`"))
    }
}

/// When flows are risky, and how much.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RiskTable {
    /// From everywhere to everywhere.
    pub any_to_any: RiskLevel,
    /// Every name that a machine may request, or every name of a web category.
    pub every_name: RiskLevel,
    /// All of the Internet by address, or more of it than anybody owns.
    pub all_of_internet: RiskLevel,
    /// Every port of a protocol, or most, to or from a large part of the Internet; within private networks it counts
    /// medium at most, and low to or from fewer addresses than `wide-prefix-length` gives.
    pub whole_port_range: RiskLevel,
    /// A wildcard below which anybody can get a name.
    pub shared_hosting: RiskLevel,
    /// More destination addresses than a prefix of `wide-prefix-length` has, or a service tag that holds machines of everybody.
    pub wide_prefix: RiskLevel,
    /// More source addresses than such a prefix has.
    pub wide_sources: RiskLevel,
    /// The length of the prefix that counts as wide.
    pub wide_prefix_length: u8,
    /// DNAT from all of the Internet, or much of it; a network rule that lets it reach private addresses counts medium at most.
    pub ingress_from_anywhere: RiskLevel,
    /// A port that machines are managed through, by the same measure.
    pub management_ports: RiskLevel,
    /// These ports.
    pub management_port_numbers: Vec<u16>,
    /// What the base policy denied.
    pub bypass_of_base: RiskLevel,
    /// Flows that go past the firewall, or a route that leads them there.
    pub firewall_bypassed: RiskLevel,
    /// Flows that go to a private endpoint, past the firewall.
    pub private_path: RiskLevel,
    /// Threat intelligence that stops less.
    pub threat_intelligence_weakened: RiskLevel,
    /// IDPS that stops or reports less.
    pub intrusion_detection_weakened: RiskLevel,
    /// Less that is inspected.
    pub inspection_weakened: RiskLevel,
    /// Less that is logged.
    pub logging_weakened: RiskLevel,
    /// Another setting that protects less.
    pub setting_weakened: RiskLevel,
    /// A deny rule that went or shrank, though nothing is allowed for it today.
    pub guard_removed: RiskLevel,
    /// A rule past its expiry.
    pub expired_rule: RiskLevel,
    /// A rule without an owner, in a source where rules have owners.
    pub ownerless_rule: RiskLevel,
}

impl Default for RiskTable {
    fn default() -> Self {
        Self {
            any_to_any: RiskLevel::High,
            // Such a rule is `shared-hosting` too, which is high unless a team sets another level.
            every_name: RiskLevel::Medium,
            all_of_internet: RiskLevel::Medium,
            whole_port_range: RiskLevel::High,
            shared_hosting: RiskLevel::High,
            wide_prefix: RiskLevel::Medium,
            wide_sources: RiskLevel::Low,
            wide_prefix_length: WIDE_PREFIX,
            ingress_from_anywhere: RiskLevel::High,
            management_ports: RiskLevel::High,
            management_port_numbers: MANAGEMENT_PORTS.to_vec(),
            bypass_of_base: RiskLevel::High,
            firewall_bypassed: RiskLevel::High,
            private_path: RiskLevel::Medium,
            threat_intelligence_weakened: RiskLevel::High,
            intrusion_detection_weakened: RiskLevel::High,
            inspection_weakened: RiskLevel::Medium,
            logging_weakened: RiskLevel::Medium,
            setting_weakened: RiskLevel::Low,
            guard_removed: RiskLevel::Medium,
            expired_rule: RiskLevel::Medium,
            ownerless_rule: RiskLevel::Low,
        }
    }
}

/// The file; other tables are for other things.
#[derive(Deserialize)]
struct RiskFile {
    #[serde(default)]
    risk: RiskTable,
    #[serde(flatten)]
    _others: BTreeMap<String, toml::Value>,
}

/// Why a text is no table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableError(String);

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for TableError {}

impl FromStr for RiskTable {
    type Err = TableError;

    /// Reads `fwc.toml`.
    fn from_str(text: &str) -> Result<Self, TableError> {
        let line = |error: &toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            text.get(..start).map_or(1, |before| before.matches('\n').count() + 1)
        };
        let file: RiskFile = toml::from_str(text)
            .map_err(|error| TableError(format!("line {}: {}", line(&error), plain(error.message()))))?;
        match file.risk.wide_prefix_length {
            0..=32 => Ok(file.risk),
            length => Err(TableError(format!("`wide-prefix-length = {length}`: expected 0 to 32"))),
        }
    }
}

/// The TOML reader's message about an unknown value or key, in words of the table.
fn plain(message: &str) -> String {
    message.replace("unknown variant", "unknown level").replace("unknown field", "unknown risk")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_only_what_is_not_usual() {
        let table: Result<RiskTable, _> = "[risk]\nownerless-rule = \"high\"\nwide-prefix-length = 16\n".parse();
        let wanted = RiskTable { ownerless_rule: RiskLevel::High, wide_prefix_length: 16, ..RiskTable::default() };
        assert_eq!(table, Ok(wanted));
        assert_eq!("".parse(), Ok(RiskTable::default()));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let wrong: Result<RiskTable, _> = "[risk]\n\nany-to-all = \"high\"\n".parse();
        assert!(wrong.is_err_and(|error| error.to_string().contains("any-to-all")));
    }
}
