//! `NAME.lock` beside `NAME.pol`: the priorities that groups and collections were given, and the names of rules that have
//! no label.
//!
//! `{"schema":"fwc.lock/1","policies":{"POLICY":{"GROUP":{"priority":1000,"collections":{"COLLECTION":100},
//! "rules":{"NAME":["MARK"]}}}}}`, everything in order and an entry a line, so that two branches that add different things
//! merge. A name is made from what its rule says; by its marks the rule is known again. Earlier locks have
//! `"rules":["NAME"]`. A part of a group that was split has `"part":{"of":"GROUP","members":["MARK"]}`, so that its rules stay.
//! `"ipGroups":{"POLICY":{"NAME":["MARK"]}}` has the IP groups that a limit forced, with the lists that each stood for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::emit::json_text;
use crate::lower::{Lock, LockedGroup, LockedPart, MadeUp};
use crate::model::Priority;
use crate::source::Fingerprint;

use super::Failure;
use super::folder::Beside;
use super::reader::read_if_there;

const SCHEMA: &str = "fwc.lock/1";

/// The file as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: String,
    policies: BTreeMap<String, BTreeMap<String, WrittenGroup>>,
    #[serde(default, rename = "ipGroups", skip_serializing_if = "BTreeMap::is_empty")]
    ip_groups: BTreeMap<String, WrittenRules>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGroup {
    priority: u32,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    collections: BTreeMap<String, u32>,
    #[serde(default, skip_serializing_if = "WrittenRules::is_empty")]
    rules: WrittenRules,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<WrittenPart>,
}

/// Of which group a group is a part, and the marks of its rules.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPart {
    of: String,
    members: BTreeSet<String>,
}

/// The names of rules: with the marks of those that have them, or without.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenRules {
    Marked(BTreeMap<String, BTreeSet<String>>),
    Plain(BTreeSet<String>),
}

impl Default for WrittenRules {
    fn default() -> Self {
        Self::Marked(BTreeMap::new())
    }
}

impl WrittenRules {
    fn is_empty(&self) -> bool {
        match self {
            Self::Marked(rules) => rules.is_empty(),
            Self::Plain(rules) => rules.is_empty(),
        }
    }

    fn of(names: &MadeUp) -> Self {
        Self::Marked(names.iter().map(|(name, marks)| (name.clone(), written_marks(marks))).collect())
    }

    fn read(self) -> Result<MadeUp, String> {
        match self {
            Self::Marked(rules) => rules.into_iter().map(|(name, marks)| Ok((name, read_marks(&marks)?))).collect(),
            Self::Plain(rules) => Ok(rules.into_iter().map(|name| (name, BTreeSet::new())).collect()),
        }
    }
}

fn written_marks(marks: &BTreeSet<Fingerprint>) -> BTreeSet<String> {
    marks.iter().map(Fingerprint::to_string).collect()
}

fn read_marks(marks: &BTreeSet<String>) -> Result<BTreeSet<Fingerprint>, String> {
    let wrong = |text: &String| format!("expected a mark of eight hexadecimal digits, found `{text}`");
    marks.iter().map(|text| Fingerprint::read(text).ok_or_else(|| wrong(text))).collect()
}

/// Where the lock of a source is.
pub(super) fn path(source: &Path) -> PathBuf {
    source.with_extension("lock")
}

/// What the lock of a source knows; nothing where there is none.
pub(super) fn read(source: &Path) -> Result<Lock, Failure> {
    let path = path(source);
    if path == source {
        return Ok(Lock::default());
    }
    let wrong = |why: String| {
        let help = "mend it, or delete it to number everything anew";
        Failure::new(format!("`{}` is no lock file: {why}; {help}", path.display()))
    };
    let Some(text) = read_if_there(&path).map_err(|error| wrong(error.to_string()))? else {
        return Ok(Lock::default());
    };
    let written: Written = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if written.schema != SCHEMA {
        return Err(wrong(format!("expected schema `{SCHEMA}`, found `{}`", written.schema)));
    }
    let mut lock = Lock::default();
    for (policy, groups) in written.policies {
        unique(groups.values().map(|group| group.priority), &format!("groups of policy `{policy}`")).map_err(wrong)?;
        let groups: Result<_, String> =
            groups.into_iter().map(|(name, group)| Ok((name.clone(), locked(&name, group)?))).collect();
        lock.policies.insert(policy, groups.map_err(wrong)?);
    }
    for (policy, groups) in written.ip_groups {
        lock.ip_groups.insert(policy, groups.read().map_err(wrong)?);
    }
    Ok(lock)
}

fn locked(name: &str, group: WrittenGroup) -> Result<LockedGroup, String> {
    unique(group.collections.values().copied(), &format!("collections of group `{name}`"))?;
    let collections = group.collections.into_iter().map(|(name, number)| Ok((name, priority(number)?)));
    let collections: Result<_, String> = collections.collect();
    let part = group.part.map(|part| Ok::<_, String>(LockedPart { of: part.of, members: read_marks(&part.members)? }));
    Ok(LockedGroup {
        priority: priority(group.priority)?,
        collections: collections?,
        names: group.rules.read()?,
        part: part.transpose()?,
    })
}

fn priority(number: u32) -> Result<Priority, String> {
    let wrong = || format!("expected a priority from {} to {}, found {number}", Priority::FIRST, Priority::LAST);
    Priority::new(number).ok_or_else(wrong)
}

fn unique(numbers: impl Iterator<Item = u32>, whose: &str) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    match numbers.into_iter().find(|number| !seen.insert(*number)) {
        Some(twice) => Err(format!("two {whose} have {twice}")),
        None => Ok(()),
    }
}

/// A lock that is written but not in its place.
pub(super) struct Prepared {
    beside: Beside,
}

/// Writes the lock of a source, to be put into its place once the artefacts are in theirs.
pub(super) fn prepare(source: &Path, lock: &Lock) -> Result<Prepared, Failure> {
    let policies = lock.policies.iter().map(|(policy, groups)| {
        let groups = groups.iter().map(|(name, group)| {
            let collections = group.collections.iter().map(|(name, number)| (name.clone(), number.get().into()));
            let (priority, rules) = (group.priority.get().into(), WrittenRules::of(&group.names));
            let part = group.part.as_ref();
            let part = part.map(|part| WrittenPart { of: part.of.clone(), members: written_marks(&part.members) });
            (name.clone(), WrittenGroup { priority, collections: collections.collect(), rules, part })
        });
        (policy.clone(), groups.collect())
    });
    let ip_groups = lock.ip_groups.iter().map(|(policy, groups)| (policy.clone(), WrittenRules::of(groups)));
    let written = Written { schema: SCHEMA.to_owned(), policies: policies.collect(), ip_groups: ip_groups.collect() };
    let value = serde_json::to_value(&written).map_err(|error| Failure::new(error.to_string()))?;
    Ok(Prepared { beside: Beside::new(&path(source), json_text(&value).as_bytes())? })
}

impl Prepared {
    /// Puts it into its place, whole.
    pub(super) fn put(self) -> Result<(), Failure> {
        self.beside.put()
    }
}
