//! What the lock keeps for the next run.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::{Group, GroupBody, Intent};
use crate::model::{self, Priority};
use crate::source::Fingerprint;

use super::lock::{Lock, LockedGroup, LockedPart, member};
use super::lowered::Lowered;

/// How many marks of a name are kept at least, those of other environments and earlier texts among them.
const MARKS: usize = 16;

impl Lock {
    /// What is to be remembered of what `meant` was lowered to, and of what this lock knew before.
    #[must_use]
    pub fn with(&self, meant: &Intent, done: &Lowered) -> Self {
        let mut next = self.clone();
        for policy in &meant.policies {
            let is_own = |name: &str| name == policy.name.value;
            let Some(lowered) = done.model.policies.iter().find(|lowered| is_own(&lowered.name)) else {
                continue;
            };
            let own = done.policies.iter().find(|done| is_own(&done.name));
            let made_up = own.map(|done| &done.made_up);
            if let Some(own) = own.filter(|done| !done.ip_groups.is_empty()) {
                next.ip_groups.entry(own.name.clone()).or_default().extend(own.ip_groups.clone());
            }
            let groups = next.policies.entry(policy.name.value.clone()).or_default();
            let taken: BTreeSet<Priority> = lowered.groups.iter().map(|group| group.priority).collect();
            groups.retain(|_, group| !taken.contains(&group.priority));
            let stated: BTreeMap<&str, &Group> =
                policy.groups.iter().map(|group| (group.name.value.as_str(), group)).collect();
            for group in &lowered.groups {
                let known = self.collections(&policy.name.value, &group.name);
                let made = stated.get(group.name.as_str()).is_some_and(|group| is_made_of_collections(group));
                let own = group.collections.iter().filter(|_| made);
                let own: BTreeMap<String, Priority> = own.map(|own| (own.name.clone(), own.priority)).collect();
                let taken: BTreeSet<Priority> = own.values().copied().collect();
                let mut collections = known.given;
                collections.retain(|_, priority| !taken.contains(priority));
                collections.extend(own);
                let mut names =
                    made_up.and_then(|made_up| made_up.get(group.name.as_str())).cloned().unwrap_or_default();
                if let Some(old) =
                    self.policies.get(&policy.name.value).and_then(|groups| groups.get(group.name.as_str()))
                {
                    names.iter_mut().for_each(|(name, marks)| keep_marks(marks, old.names.get(name)));
                }
                let part = part_of(group, &stated);
                groups
                    .insert(group.name.to_string(), LockedGroup { priority: group.priority, collections, names, part });
            }
        }
        next
    }
}

/// What a group is a part of, where the author wrote no group of its name.
fn part_of(group: &model::Group, stated: &BTreeMap<&str, &Group>) -> Option<LockedPart> {
    if stated.contains_key(group.name.as_str()) {
        return None;
    }
    let of = stated.values().find(|whole| group.origin.as_ref() == Some(&whole.origin))?.name.value.clone();
    let members = group
        .collections
        .iter()
        .flat_map(|collection| collection.rules.names().map(|rule| member(&collection.name, rule)));
    Some(LockedPart { of, members: members.collect() })
}

/// Adds what a name was known by before, as long as that is not much.
fn keep_marks(marks: &mut BTreeSet<Fingerprint>, old: Option<&BTreeSet<Fingerprint>>) {
    let all: BTreeSet<Fingerprint> = old.into_iter().flatten().chain(&*marks).copied().collect();
    if all.len() <= MARKS.max(2 * marks.len()) {
        *marks = all;
    }
}

fn is_made_of_collections(group: &Group) -> bool {
    match group.body {
        GroupBody::Collections(_) => true,
        GroupBody::Rules(_) => false,
    }
}
