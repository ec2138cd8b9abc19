//! `NAME.lock` beside `NAME.pol`: the priorities that groups and collections were given, and the names of rules that have
//! no label.
//!
//! `{"schema":"fwc.lock/1","policies":{"POLICY":{"GROUP":{"priority":1000,"collections":{"COLLECTION":100},
//! "rules":{"NAME":["MARK"]}}}}}`, everything in order and an entry a line, so that two branches that add different things
//! merge. A name is made from what its rule states; by its marks the rule is known again. Earlier locks have
//! `"rules":["NAME"]`. A part of a group that was split has `"part":{"of":"GROUP","members":["MARK"]}`, so that its rules stay.
//! `"ipGroups":{"POLICY":{"NAME":["MARK"]}}` has the IP groups that a limit forced, with the lists that each stood for.
//! `"catalogue":{"MODULE":{"checked":"DATE","sha256":"HASH","opens":["SERVICE DESTINATION"]}}` has the modules that were used,
//! so that those of another fwc are noticed, and whoever reviews the file sees what they open.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::catalogue::{self, Pin};
use crate::emit::json_text;
use crate::lower::{Lock, LockedGroup, LockedPart, MadeUp};
use crate::model::Priority;
use crate::source::{self, Fingerprint};

use super::files::{FileFault, ProjectFiles};

const SCHEMA: &str = "fwc.lock/1";

/// The file as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLock {
    schema: String,
    policies: BTreeMap<String, BTreeMap<String, WrittenGroup>>,
    #[serde(default, rename = "ipGroups", skip_serializing_if = "BTreeMap::is_empty")]
    ip_groups: BTreeMap<String, WrittenRules>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    catalogue: BTreeMap<String, WrittenModule>,
}

/// A module of the catalogue.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenModule {
    checked: String,
    sha256: String,
    opens: BTreeSet<String>,
}

impl WrittenModule {
    fn of(pin: &Pin) -> Self {
        let Pin { checked, sha256, opens } = pin.clone();
        Self { checked, sha256, opens }
    }

    fn read(self) -> Pin {
        let Self { checked, sha256, opens } = self;
        Pin { checked, sha256, opens }
    }
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

/// The modules of the catalogue that a source uses, as they are now.
pub(super) fn used_modules(files: &source::Files) -> BTreeMap<String, Pin> {
    let modules = files.iter().filter_map(|(_, file)| catalogue::module_of_file(file.name(), file.text()));
    modules.map(|module| (module.name.to_owned(), Pin::of(module))).collect()
}

/// What the modules that a source uses open now and did not when the lock was written, and the other way round, in words.
pub(super) fn changed_modules(lock: &Lock, next: &Lock) -> Vec<String> {
    let pinned = next.modules.iter().filter_map(|(name, now)| Some((name, lock.modules.get(name)?, now)));
    let changed = pinned.filter(|(_, known, now)| known != now);
    changed.map(|(name, known, now)| module_change(name, known.changes(now))).collect()
}

/// How a module changed, in a sentence.
fn module_change(name: &str, [opened, closed]: [Vec<&str>; 2]) -> String {
    let part = |word: &str, all: &[&str]| (!all.is_empty()).then(|| format!("{word} {}", all.join(", ")));
    let parts: Vec<String> = part("now opens", &opened).into_iter().chain(part("no longer opens", &closed)).collect();
    let what = if parts.is_empty() { "opens what it opened".to_owned() } else { parts.join("; ") };
    format!("the catalogue module `{name}` has changed since the lock was written: it {what}")
}

/// Where the lock of a source is; nowhere, where the source itself has its name or is standard input.
pub fn lock_path(source: &Path) -> Option<PathBuf> {
    Some(source.with_extension("lock")).filter(|path| path != source && source != Path::new("-"))
}

/// What the lock of a source remembers; nothing where there is none.
pub(super) fn read(files: &dyn ProjectFiles, source: &Path) -> Result<Lock, FileFault> {
    let Some(path) = lock_path(source) else { return Ok(Lock::default()) };
    let wrong = |why: String| {
        let help = "correct it, or delete it to assign every priority anew";
        FileFault::new(format!("`{}` is not a lock file: {why}; {help}", path.display()))
    };
    match files.read_optional(&path).map_err(wrong)? {
        Some(text) => parse_lock(&text).map_err(wrong),
        None => Ok(Lock::default()),
    }
}

/// The lock that a file holds.
///
/// # Errors
/// What is wrong with it.
pub fn parse_lock(text: &str) -> Result<Lock, String> {
    let written: WrittenLock = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if written.schema != SCHEMA {
        return Err(format!("expected schema `{SCHEMA}`, found `{}`", written.schema));
    }
    let mut lock = Lock::default();
    for (policy, groups) in written.policies {
        unique(groups.values().map(|group| group.priority), &format!("groups of policy `{policy}`"))?;
        let groups: Result<_, String> =
            groups.into_iter().map(|(name, group)| Ok((name.clone(), locked(&name, group)?))).collect();
        lock.policies.insert(policy, groups?);
    }
    for (policy, groups) in written.ip_groups {
        lock.ip_groups.insert(policy, groups.read()?);
    }
    lock.modules = written.catalogue.into_iter().map(|(name, module)| (name, module.read())).collect();
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

/// The text of a lock file.
///
/// # Errors
/// Never for a lock that a compilation made.
pub fn lock_text(lock: &Lock) -> Result<String, FileFault> {
    let policies = lock.policies.iter().map(|(policy, groups)| {
        (policy.clone(), groups.iter().map(|(name, group)| (name.clone(), written_group(group))).collect())
    });
    let ip_groups = lock.ip_groups.iter().map(|(policy, groups)| (policy.clone(), WrittenRules::of(groups)));
    let modules = lock.modules.iter().map(|(name, pin)| (name.clone(), WrittenModule::of(pin)));
    let written = WrittenLock {
        schema: SCHEMA.to_owned(),
        policies: policies.collect(),
        ip_groups: ip_groups.collect(),
        catalogue: modules.collect(),
    };
    let value = serde_json::to_value(&written).map_err(|error| FileFault::new(error.to_string()))?;
    Ok(json_text(&value))
}

fn written_group(group: &LockedGroup) -> WrittenGroup {
    let collections = group.collections.iter().map(|(name, number)| (name.clone(), number.get().into()));
    let part = group.part.as_ref();
    WrittenGroup {
        priority: group.priority.get().into(),
        collections: collections.collect(),
        rules: WrittenRules::of(&group.names),
        part: part.map(|part| WrittenPart { of: part.of.clone(), members: written_marks(&part.members) }),
    }
}
