//! What a finding speaks of and what shows it, as plain data.

use std::fmt;

use serde::Serialize;

/// The place of a rule, as log lines name it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Debug)]
pub struct EvidenceRule {
    /// The policy.
    pub policy: String,
    /// The rule collection group.
    pub group: String,
    /// The rule collection.
    pub collection: String,
    /// The rule.
    pub rule: String,
}

impl fmt::Display for EvidenceRule {
    /// Prints the path inside the policy: `group/collection/rule`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.group, self.collection, self.rule)
    }
}

/// A flow that shows a finding, in the fields that a line of `--flows` has.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// The address that asks.
    pub source: String,
    /// The name that is wanted, else the address.
    pub destination: String,
    /// The address, where a name is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_address: Option<String>,
    /// The path of the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it carries, to which port.
    pub service: String,
}
