//! `NAME.lock` beside `NAME.pol`: the priorities that groups and collections were given, and the names of rules that have
//! no label.
//!
//! `{"schema":"fwc.lock/1","policies":{"POLICY":{"GROUP":{"priority":1000,"collections":{"COLLECTION":100},
//! "rules":{"NAME":["MARK"]}}}}}`, everything in order and an entry a line, so that two branches that add different things
//! merge. A name is made from what its rule says; by its marks the rule is known again. Earlier locks have `"rules":["NAME"]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::azure::{Lock, LockedGroup, MadeUp};
use crate::emit::json_text;
use crate::intent::Priority;
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
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGroup {
    priority: u32,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    collections: BTreeMap<String, u32>,
    #[serde(default, skip_serializing_if = "WrittenRules::is_empty")]
    rules: WrittenRules,
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
        let written = |marks: &BTreeSet<Fingerprint>| marks.iter().map(Fingerprint::to_string).collect();
        Self::Marked(names.iter().map(|(name, marks)| (name.clone(), written(marks))).collect())
    }

    fn read(self) -> Result<MadeUp, String> {
        let mark = |text: &String| {
            Fingerprint::read(text)
                .ok_or_else(|| format!("expected a mark of eight hexadecimal digits, found `{text}`"))
        };
        let marked = |(name, marks): (String, BTreeSet<String>)| {
            Ok((name, marks.iter().map(mark).collect::<Result<_, String>>()?))
        };
        match self {
            Self::Marked(rules) => rules.into_iter().map(marked).collect(),
            Self::Plain(rules) => Ok(rules.into_iter().map(|name| (name, BTreeSet::new())).collect()),
        }
    }
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
    Ok(lock)
}

fn locked(name: &str, group: WrittenGroup) -> Result<LockedGroup, String> {
    unique(group.collections.values().copied(), &format!("collections of group `{name}`"))?;
    let collections = group.collections.into_iter().map(|(name, number)| Ok((name, priority(number)?)));
    let collections: Result<_, String> = collections.collect();
    Ok(LockedGroup { priority: priority(group.priority)?, collections: collections?, names: group.rules.read()? })
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
            (name.clone(), WrittenGroup { priority, collections: collections.collect(), rules })
        });
        (policy.clone(), groups.collect())
    });
    let written = Written { schema: SCHEMA.to_owned(), policies: policies.collect() };
    let value = serde_json::to_value(&written).map_err(|error| Failure::new(error.to_string()))?;
    Ok(Prepared { beside: Beside::new(&path(source), json_text(&value).as_bytes())? })
}

impl Prepared {
    /// Puts it into its place, whole.
    pub(super) fn put(self) -> Result<(), Failure> {
        self.beside.put()
    }
}
