//! `--approve FILE` and `--approved FILE`: changes that somebody has looked at, told by their content.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::diff::{Cause, Change};
use crate::reach::Entry;

use super::files::Fault;

/// The changes that were accepted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Approvals {
    schema: String,
    approved: Vec<Approval>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Approval {
    /// A hash of the flows and of how they change.
    content: String,
    /// The change for people.
    what: String,
}

const SCHEMA: &str = "fwc.approved/1";

impl Approvals {
    /// Those of a file of this name.
    ///
    /// # Errors
    /// Where the text is no such list.
    pub fn parse(text: &str, name: &str) -> Result<Self, Fault> {
        let wrong = |why: String| Fault::new(format!("`{name}` is no list of approved changes: {why}"));
        let found: Self = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if found.schema == SCHEMA { Ok(found) } else { Err(wrong(format!("expected the schema `{SCHEMA}`"))) }
    }

    /// Adds those of another file.
    pub fn extend(&mut self, other: Self) {
        other.approved.into_iter().for_each(|approval| self.push(approval));
    }

    /// Whether every change of these contents was accepted.
    pub fn hold(&self, contents: &[String]) -> bool {
        contents.iter().all(|content| self.approved.iter().any(|approval| approval.content == *content))
    }

    /// Adds changes that are accepted now; whether that is something new.
    pub fn add(&mut self, contents: &[String], what: &str) -> bool {
        let before = self.approved.len();
        for content in contents {
            self.push(Approval { content: content.clone(), what: what.to_owned() });
        }
        self.approved.len() > before
    }

    fn push(&mut self, approval: Approval) {
        if !self.approved.iter().any(|known| known.content == approval.content) {
            self.approved.push(approval);
        }
    }

    /// The text of the list, the same for the same changes.
    ///
    /// # Errors
    /// Never for a list of changes.
    pub fn text(mut self) -> Result<String, Fault> {
        SCHEMA.clone_into(&mut self.schema);
        self.approved.sort_by(|a, b| a.content.cmp(&b.content));
        let value = serde_json::to_value(&self).map_err(|error| Fault::new(error.to_string()))?;
        Ok(crate::emit::json_text(&value))
    }
}

/// A hash of each product of flows, of the policy, and of how the flows change: rules may be called otherwise and stand
/// elsewhere.
pub fn contents(cause: &Cause<'_, '_>, policy: &str) -> Vec<String> {
    let one = |change: &&Change<'_>| {
        let target = change.after.line().and_then(crate::explain::target);
        let content = json!({
            "policy": policy,
            "effect": change.effect.word(),
            "flows": Entry::of(&change.product),
            "translated": target.map(|to| json!(to)),
        });
        Sha256::digest(content.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    cause.changes.iter().map(one).collect()
}
