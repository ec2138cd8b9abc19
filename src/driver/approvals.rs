//! `--approve FILE` and `--approved FILE`: changes that somebody has looked at, told by their content.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::diff::{Cause, Change};
use crate::reach::Entry;

use super::files::Fault;

/// The changes that were accepted: a hash of the flows and of how they change, and the change for people.
#[derive(Debug, Default)]
pub struct Approvals(BTreeMap<String, String>);

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    schema: String,
    approved: Vec<Approval>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Approval {
    content: String,
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
        let found: Written = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if found.schema != SCHEMA {
            return Err(wrong(format!("expected the schema `{SCHEMA}`")));
        }
        let mut approvals = Self::default();
        found.approved.into_iter().for_each(|Approval { content, what }| approvals.push(content, what));
        Ok(approvals)
    }

    /// Adds those of another file.
    pub fn extend(&mut self, other: Self) {
        other.0.into_iter().for_each(|(content, what)| self.push(content, what));
    }

    /// Whether every change of these contents was accepted.
    pub fn hold(&self, contents: &[String]) -> bool {
        contents.iter().all(|content| self.0.contains_key(content))
    }

    /// Adds changes that are accepted now; whether that is something new.
    pub fn add(&mut self, contents: &[String], what: &str) -> bool {
        let before = self.0.len();
        contents.iter().for_each(|content| self.push(content.clone(), what.to_owned()));
        self.0.len() > before
    }

    fn push(&mut self, content: String, what: String) {
        self.0.entry(content).or_insert(what);
    }

    /// The text of the list, the same for the same changes.
    ///
    /// # Errors
    /// Never for a list of changes.
    pub fn text(self) -> Result<String, Fault> {
        let approved = self.0.into_iter().map(|(content, what)| Approval { content, what }).collect();
        let value = serde_json::to_value(Written { schema: SCHEMA.to_owned(), approved })
            .map_err(|error| Fault::new(error.to_string()))?;
        Ok(crate::emit::json_text(&value))
    }
}

/// A hash of each product of flows, of the policy, and of how the flows change: rules may be called otherwise and stand
/// elsewhere.
pub fn contents(cause: &Cause<'_, '_>, policy: &str) -> Vec<String> {
    let one = |change: &&Change<'_>| {
        let target = change.after.rule().and_then(crate::explain::target);
        let way = change.after.off_course().map(|way| way.by.to_string());
        let mut content = json!({
            "policy": policy,
            "effect": change.effect.word(),
            "flows": Entry::of(&change.product),
            "translated": target.map(|to| json!(to)),
        });
        if let (Some(way), Some(fields)) = (way, content.as_object_mut()) {
            fields.insert("way".to_owned(), way.into());
        }
        Sha256::digest(content.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    cause.changes.iter().map(one).collect()
}
