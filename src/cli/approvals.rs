//! `--approve FILE` and `--approved FILE`: changes that somebody has looked at, told by their content.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::diff::Cause;
use crate::reach::Entry;

use super::folder::write_file;
use super::reader::read;
use super::{Failure, Outcome};

/// The changes that were accepted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Approvals {
    schema: String,
    approved: Vec<Approval>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Approval {
    /// A hash of the flows and of how they change.
    content: String,
    /// The change for people.
    what: String,
}

const SCHEMA: &str = "fwc.approved/1";

impl Approvals {
    /// Those of a file; none where there is no file yet.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::new(format!("`{}` is no list of approved changes: {why}", path.display()));
        let found: Self = serde_json::from_str(&read(path)?).map_err(|error| wrong(error.to_string()))?;
        if found.schema == SCHEMA { Ok(found) } else { Err(wrong(format!("expected the schema `{SCHEMA}`"))) }
    }

    /// Whether all flows of a cause were accepted as they change.
    pub(super) fn holds(&self, cause: &Cause<'_, '_>) -> bool {
        contents(cause).iter().all(|content| self.approved.iter().any(|approval| approval.content == *content))
    }

    /// Adds what a cause changes.
    pub(super) fn add(&mut self, cause: &Cause<'_, '_>, what: &str) {
        for content in contents(cause) {
            if !self.approved.iter().any(|approval| approval.content == content) {
                self.approved.push(Approval { content, what: what.to_owned() });
            }
        }
    }

    /// Writes the list, the same for the same changes.
    pub(super) fn write(mut self, path: &Path) -> Result<Outcome, Failure> {
        SCHEMA.clone_into(&mut self.schema);
        self.approved.sort_by(|a, b| a.content.cmp(&b.content));
        let value = serde_json::to_value(&self).map_err(|error| Failure::new(error.to_string()))?;
        write_file(path, crate::emit::json_text(&value).as_bytes())?;
        Ok(Outcome::Done)
    }
}

/// A hash of each product of flows with how it changes: rules may be called otherwise and stand elsewhere.
fn contents(cause: &Cause<'_, '_>) -> Vec<String> {
    let of = |value: &Value| Sha256::digest(value.to_string()).iter().map(|byte| format!("{byte:02x}")).collect();
    let target = |decision: crate::explain::Decision<'_>| decision.line().and_then(crate::explain::target).map(|to| json!(to));
    let one = |change: &&crate::diff::Change<'_>| {
        of(&json!({
            "effect": change.effect.word(),
            "flows": Entry::of(&change.product),
            "translated": target(change.after),
        }))
    };
    cause.changes.iter().map(one).collect()
}
