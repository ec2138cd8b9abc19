//! `--approve FILE` and `--approved FILE`: changes that somebody has looked at, told by their content.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::diff::{Cause, Change};
use crate::reach::Entry;

use super::Failure;
use super::folder::write_file;
use super::reader::read;

/// The changes that were accepted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Approvals {
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
    /// Those of a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::new(format!("`{}` is no list of approved changes: {why}", path.display()));
        let found: Self = serde_json::from_str(&read(path)?).map_err(|error| wrong(error.to_string()))?;
        if found.schema == SCHEMA { Ok(found) } else { Err(wrong(format!("expected the schema `{SCHEMA}`"))) }
    }

    /// Adds those of another file.
    pub(super) fn extend(&mut self, other: Self) {
        other.approved.into_iter().for_each(|approval| self.push(approval));
    }

    /// Whether every change of these contents was accepted.
    pub(super) fn hold(&self, contents: &[String]) -> bool {
        contents.iter().all(|content| self.approved.iter().any(|approval| approval.content == *content))
    }

    /// Adds changes that are accepted now; whether that is something new.
    pub(super) fn add(&mut self, contents: &[String], what: &str) -> bool {
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

    /// Writes the list, the same for the same changes.
    pub(super) fn write(mut self, path: &Path) -> Result<(), Failure> {
        SCHEMA.clone_into(&mut self.schema);
        self.approved.sort_by(|a, b| a.content.cmp(&b.content));
        let value = serde_json::to_value(&self).map_err(|error| Failure::new(error.to_string()))?;
        write_file(path, crate::emit::json_text(&value).as_bytes())
    }
}

/// A hash of each product of flows, of the policy, and of how the flows change: rules may be called otherwise and stand
/// elsewhere.
pub(super) fn contents(cause: &Cause<'_, '_>, policy: &str) -> Vec<String> {
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
