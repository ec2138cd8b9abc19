//! `--approve FILE` and `--approved FILE`: changes that somebody has looked at, told by their content.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::diff::{self, Cause, Change, GuardChange, RouteChange, SettingChange, UpkeepChange};
use crate::reach::ReachEntry;

use super::files::FileFault;

/// The changes that were accepted, by the hashes of their contents.
#[derive(Debug, Default)]
pub struct Approvals(BTreeMap<String, Approval>);

/// What one approval is of: flows of a policy, and what becomes of them.
#[derive(Clone, PartialEq, Debug)]
pub struct ApprovalContent {
    /// The SHA-256 of `change`.
    pub hash: String,
    /// The policy, the effect and the product of flows, as `fwc.diff/1` has them.
    pub change: Value,
}

/// Who accepts a change, when, why, and for how long.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Signature {
    /// Who.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The day of the approval.
    pub on: Option<Date>,
    /// The last day on which it counts; without one it counts for good.
    pub until: Option<Date>,
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct WrittenApprovals {
    schema: String,
    approved: Vec<Approval>,
}

/// An entry of the file. Older lists have a hash and a title only.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Approval {
    content: String,
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<Value>,
}

const SCHEMA: &str = "fwc.approved/1";

impl ApprovalContent {
    fn of(change: Value) -> Self {
        let hash = Sha256::digest(change.to_string()).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { hash, change }
    }

    /// A setting with its values.
    pub fn of_setting(setting: &SettingChange, policy: &str) -> Self {
        let SettingChange { of: _, path, before, after, effect } = setting;
        Self::of(json!({
            "policy": policy, "setting": path, "before": before, "after": after, "effect": effect.word(),
        }))
    }

    /// A route or a subnet with where it leads.
    pub fn of_route(route: &RouteChange, policy: &str) -> Self {
        let mut change = diff::route_json(route);
        change.as_object_mut().into_iter().for_each(|fields| {
            fields.insert("policy".to_owned(), policy.into());
        });
        Self::of(change)
    }

    /// What a deny rule closes no longer; the rule may be called otherwise and be elsewhere.
    pub fn of_guard(guard: &GuardChange<'_>, policy: &str) -> Self {
        let flows: Vec<ReachEntry> = guard.flows.iter().map(ReachEntry::of).collect();
        Self::of(json!({ "policy": policy, "guard": guard.change.word(), "flows": flows }))
    }

    /// Who answers for a rule, until when and why.
    pub fn of_upkeep(upkeep: &UpkeepChange) -> Self {
        Self::of(diff::upkeep_json(upkeep))
    }
}

impl Approvals {
    /// Those of a file of this name.
    ///
    /// # Errors
    /// Where the text is no such list, or a day of it is none.
    pub fn parse(text: &str, name: &str) -> Result<Self, FileFault> {
        let wrong = |why: String| FileFault::new(format!("`{name}` is not a list of approved changes: {why}"));
        let found: WrittenApprovals = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if found.schema != SCHEMA {
            return Err(wrong(format!("expected the schema `{SCHEMA}`")));
        }
        let mut approvals = Self::default();
        for approval in found.approved {
            let days = [&approval.on, &approval.until].into_iter().flatten();
            if let Some(day) = days.into_iter().find(|day| day.parse::<Date>().is_err()) {
                return Err(wrong(format!("expected a day as in `2026-12-31`, found `{}`", day.escape_debug())));
            }
            approvals.push(approval);
        }
        Ok(approvals)
    }

    /// Adds those of another file.
    pub fn extend(&mut self, other: Self) {
        other.0.into_values().for_each(|approval| self.push(approval));
    }

    /// Whether every change of these contents was accepted, and still is on the day `today`.
    pub fn hold(&self, contents: &[ApprovalContent], today: Date) -> bool {
        contents.iter().all(|content| self.0.get(&content.hash).is_some_and(|approval| !approval.is_expired(today)))
    }

    /// Adds changes that are accepted now, with a title; whether that is something new. One that has expired is replaced.
    pub fn add(&mut self, contents: &[ApprovalContent], what: &str, signature: &Signature) -> bool {
        let Signature { by, reason, on, until } = signature;
        let mut is_new = false;
        for ApprovalContent { hash, change } in contents {
            let known = self.0.get(hash).is_some_and(|known| on.is_none_or(|today| !known.is_expired(today)));
            if known {
                continue;
            }
            let approval = Approval {
                content: hash.clone(),
                what: what.to_owned(),
                by: by.clone(),
                reason: reason.clone(),
                on: on.map(|day| day.to_string()),
                until: until.map(|day| day.to_string()),
                change: Some(change.clone()),
            };
            self.0.insert(hash.clone(), approval);
            is_new = true;
        }
        is_new
    }

    /// The titles of those that no longer count on the day `today`, and of those that none of `contents` needs.
    pub fn idle<'c>(&self, contents: impl IntoIterator<Item = &'c ApprovalContent>, today: Date) -> [Vec<&str>; 2] {
        let needed: BTreeSet<&str> = contents.into_iter().map(|content| content.hash.as_str()).collect();
        let titles = |of: &dyn Fn(&Approval) -> bool| {
            let titles: BTreeSet<&str> = self.0.values().filter(|one| of(one)).map(|one| one.what.as_str()).collect();
            titles.into_iter().collect()
        };
        let is_needed = |one: &Approval| needed.contains(one.content.as_str());
        [titles(&|one| one.is_expired(today) && is_needed(one)), titles(&|one| !is_needed(one))]
    }

    fn push(&mut self, approval: Approval) {
        self.0.entry(approval.content.clone()).or_insert(approval);
    }

    /// The text of the list, the same for the same changes.
    ///
    /// # Errors
    /// Never for a list of changes.
    pub fn text(self) -> Result<String, FileFault> {
        let approved = self.0.into_values().collect();
        let value = serde_json::to_value(WrittenApprovals { schema: SCHEMA.to_owned(), approved })
            .map_err(|error| FileFault::new(error.to_string()))?;
        Ok(crate::emit::json_text(&value))
    }
}

impl Approval {
    fn is_expired(&self, today: Date) -> bool {
        self.until.as_deref().and_then(|day| day.parse::<Date>().ok()).is_some_and(|until| until < today)
    }
}

/// Each product of flows of a cause with the policy and what becomes of the flows: rules may be called otherwise and be
/// elsewhere.
pub fn contents(cause: &Cause<'_, '_>, policy: &str) -> Vec<ApprovalContent> {
    let one = |change: &&Change<'_>| {
        let target = change.after.rule().and_then(crate::explain::target);
        let way = change.after.off_course().map(|way| way.by.to_string());
        let mut content = json!({
            "policy": policy,
            "effect": change.effect.word(),
            "flows": ReachEntry::of(&change.product),
            "translated": target.map(|to| json!(to)),
        });
        if let (Some(way), Some(fields)) = (way, content.as_object_mut()) {
            fields.insert("way".to_owned(), way.into());
        }
        ApprovalContent::of(content)
    };
    cause.changes.iter().map(one).collect()
}
