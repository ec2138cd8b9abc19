//! The priorities that groups and collections were given, and the names that rules were given, so that they keep them.
//!
//! Without memory, inserting between two groups would move all that follow. What is gone keeps its entry, so that a
//! source that serves several environments by parameters, or restores something, finds it again; its number is given
//! away only where no other is left. Names that were made up for rules are kept while they are in use, with the marks
//! of their rules: one of the content, one of the notation. A rule of which one of the two is left keeps its name.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Pin;
use crate::intent::Intent;
use crate::model::Priority;
use crate::source::Fingerprint;

/// What is remembered of a source's policies, by name.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Lock {
    /// For each policy, its groups.
    pub policies: BTreeMap<String, BTreeMap<String, LockedGroup>>,
    /// For each policy, the IP groups that a limit forced, with the lists of rules that each replaced.
    pub ip_groups: BTreeMap<String, MadeUp>,
    /// The modules of the catalogue that the source uses.
    pub modules: BTreeMap<String, Pin>,
}

/// What is remembered of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockedGroup {
    /// Its priority.
    pub priority: Priority,
    /// The priorities of the collections that the author made, by name.
    pub collections: BTreeMap<String, Priority>,
    /// The names of rules that were made up.
    pub names: MadeUp,
    /// Where it is a part of a group that was split: which.
    pub part: Option<LockedPart>,
}

/// What is remembered of a part of a group that was too large to be one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockedPart {
    /// The group that was split.
    pub of: String,
    /// The rules that are in it.
    pub members: BTreeSet<Fingerprint>,
}

/// What the rule of a collection is known by in a [`LockedPart`].
pub(super) fn member(collection: &str, rule: &str) -> Fingerprint {
    Fingerprint::of(&format!("{collection}/{rule}"))
}

/// Names of rules that were made up, each with what the rules that have it are known by.
pub type MadeUp = BTreeMap<String, BTreeSet<Fingerprint>>;

/// The priorities of one list of groups or collections, by name.
#[derive(Clone, Default, Debug)]
pub(super) struct LockedNames {
    pub(super) given: BTreeMap<String, Priority>,
    /// The priority of the last part of each group that was split.
    last: BTreeMap<String, Priority>,
}

impl LockedNames {
    pub(super) fn get(&self, name: &str) -> Option<Priority> {
        self.given.get(name).copied()
    }

    /// The last of the numbers that were given for a name.
    pub(super) fn last(&self, name: &str) -> Option<Priority> {
        self.last.get(name).copied().max(self.get(name))
    }

    /// The numbers of what is no longer there.
    pub(super) fn of_gone<'n>(&self, present: impl Iterator<Item = &'n str>) -> BTreeSet<u16> {
        let present: BTreeSet<&str> = present.collect();
        let gone = self.given.iter().filter(|(name, _)| !present.contains(name.as_str()));
        gone.map(|(_, priority)| priority.get()).collect()
    }
}

impl Lock {
    /// The same, where a policy that it does not know has what it knows of one that is gone: the one of which it has the
    /// most groups, which it may have been before it was renamed, or is in another environment.
    pub(super) fn with_renamed(&self, meant: &Intent) -> Self {
        let mut known = self.clone();
        let is_there = |name: &str| meant.policies.iter().any(|policy| policy.name.value == name);
        for policy in meant.policies.iter().filter(|policy| !self.policies.contains_key(&policy.name.value)) {
            let shared = |groups: &BTreeMap<String, LockedGroup>| {
                policy.groups.iter().filter(|group| groups.contains_key(&group.name.value)).count()
            };
            let gone = self.policies.iter().filter(|(name, _)| !is_there(name));
            let like = gone.map(|(name, groups)| (shared(groups), name, groups)).rev().max_by_key(|like| like.0);
            if let Some((1.., gone, groups)) = like {
                known.policies.insert(policy.name.value.clone(), groups.clone());
                if let Some(ip_groups) = self.ip_groups.get(gone) {
                    known.ip_groups.insert(policy.name.value.clone(), ip_groups.clone());
                }
            }
        }
        known
    }

    /// The IP groups that a limit forced in a policy.
    pub(super) fn ip_groups(&self, policy: &str) -> impl Iterator<Item = (&String, &BTreeSet<Fingerprint>)> {
        self.ip_groups.get(policy).into_iter().flatten()
    }

    pub(super) fn groups(&self, policy: &str) -> LockedNames {
        let groups = || self.policies.get(policy).into_iter().flatten();
        let mut last = BTreeMap::new();
        for (part, priority) in groups().filter_map(|(_, group)| Some((group.part.as_ref()?, group.priority))) {
            let known = last.entry(part.of.clone()).or_insert(priority);
            *known = priority.max(*known);
        }
        LockedNames { given: groups().map(|(name, group)| (name.clone(), group.priority)).collect(), last }
    }

    pub(super) fn collections(&self, policy: &str, group: &str) -> LockedNames {
        let group = self.policies.get(policy).and_then(|groups| groups.get(group));
        LockedNames { given: group.map(|group| group.collections.clone()).unwrap_or_default(), last: BTreeMap::new() }
    }

    /// The parts after the first that a group was split into, in the order in which they decide.
    pub(super) fn parts(&self, policy: &str, group: &str) -> Vec<(&str, Priority, &LockedPart)> {
        let groups = self.policies.get(policy).into_iter().flatten();
        let own = groups.filter_map(|(name, known)| Some((name.as_str(), known.priority, known.part.as_ref()?)));
        let mut parts: Vec<_> = own.filter(|(_, _, part)| part.of == group).collect();
        parts.sort_unstable_by_key(|&(_, priority, _)| priority);
        parts
    }

    /// The names of rules that were made up in a group. A group that is not known may be one of the others, renamed.
    pub(super) fn names(&self, policy: &str, group: &str, is_there: impl Fn(&str) -> bool) -> MadeUp {
        let Some(groups) = self.policies.get(policy) else { return MadeUp::new() };
        match groups.get(group) {
            Some(group) => group.names.clone(),
            None => {
                let gone = groups.iter().filter(|(name, _)| !is_there(name));
                gone.flat_map(|(_, group)| group.names.clone()).collect()
            }
        }
    }

    /// The first thing of `next` that this lock does not know, or knows otherwise, in words.
    pub fn lacks(&self, next: &Self) -> Option<String> {
        for (name, module) in &next.modules {
            match self.modules.get(name) {
                Some(known) if known == module => {}
                Some(_) => return Some(format!("it has another catalogue module `{name}`")),
                None => return Some(format!("it has no catalogue module `{name}`")),
            }
        }
        for (policy, groups) in &next.policies {
            let known = self.policies.get(policy);
            for (name, group) in groups {
                let Some(old) = known.and_then(|known| known.get(name)) else {
                    return Some(format!("it has no priority for group `{name}` of policy `{policy}`"));
                };
                if old.priority != group.priority {
                    let (old, new) = (old.priority, group.priority);
                    return Some(format!("group `{name}` of policy `{policy}` has {new}, there it has {old}"));
                }
                let changed =
                    group.collections.iter().find(|(name, priority)| old.collections.get(*name) != Some(priority));
                if let Some((collection, _)) = changed {
                    return Some(format!(
                        "it has another or no priority for collection `{collection}` of group `{name}`"
                    ));
                }
                if let Some(rule) = group.names.keys().find(|name| !old.names.contains_key(*name)) {
                    return Some(format!("it has no name `{rule}` for a rule of group `{name}`"));
                }
            }
        }
        for (policy, groups) in &next.ip_groups {
            let known = self.ip_groups.get(policy);
            if let Some(name) = groups.keys().find(|name| known.is_none_or(|known| !known.contains_key(*name))) {
                return Some(format!("it has no IP group `{name}` of policy `{policy}`"));
            }
        }
        (self != next).then(|| "it has names or numbers that are given to others now, or to nothing".to_owned())
    }
}
