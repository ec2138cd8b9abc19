//! The other policies that a change reaches: those that both inputs hold, or the children of a base.

use std::path::{Path, PathBuf};

use crate::diff::{
    self, Diff, Effect, Limits, Side, causes,
    faces::{Other, Source},
};
use crate::flow::NotDecided;
use crate::model::{Assumption, Model, Policy};

use super::assessment::Criteria;
use super::files::{Fault, Files, entries};
use super::folder::has_ending;
use super::gates::Open;
use super::input::{Input, Unusable, load_alone};
use super::options::Options;
use super::parents::replaced;

/// Another policy that the change reaches, assessed.
pub struct Reached {
    /// What people are told.
    pub view: Other,
    /// What nobody has accepted.
    pub open: Open,
    /// What tells its changes.
    pub contents: Vec<String>,
    /// What its input does not settle, where that is another than the two.
    pub assumptions: Vec<Assumption>,
}

/// The difference of two policies.
///
/// # Errors
/// Where it is not decided within its budget.
pub fn difference<'m>(old: Side<'m>, new: Side<'m>) -> Result<Diff<'m>, Fault> {
    let found: Result<_, NotDecided> = diff::diff(old, new, &Limits::default());
    found.map_err(|stopped| Fault::new(stopped.to_string()))
}

/// The other policies that both inputs hold, none of which is a base, where their flows change too or a setting protects
/// less.
pub fn others(old: &Source<'_>, new: &Source<'_>, criteria: &Criteria) -> Vec<Reached> {
    let leaves = new.side.model.leaves().filter(|policy| !std::ptr::eq(*policy, new.side.policy));
    let both = leaves.filter_map(|policy| {
        let before = counterpart(old.side.model, policy).filter(|before| !std::ptr::eq(*before, old.side.policy))?;
        Some((Side { policy: before, ..old.side }, Source { side: Side { policy, ..new.side }, ..*new }))
    });
    let reached = both.map(|(old, new)| reached(old, &new, criteria));
    let changes = |other: &Reached| other.view.counts != [0; 3] || other.view.weakened || other.view.verdict.is_err();
    reached.filter(changes).collect()
}

/// The policy of the other input that is the same resource: that of the same id, else the only one that may be.
fn counterpart<'m>(model: &'m Model, policy: &Policy) -> Option<&'m Policy> {
    let id = policy.id();
    let agreeing: Vec<&Policy> = model.policies.iter().filter(|other| id.agrees(&other.id())).collect();
    let exact = agreeing.iter().copied().find(|other| other.id() == id);
    match agreeing.as_slice() {
        [only] => Some(only),
        [] | [..] => exact,
    }
}

/// What happens to one policy.
fn reached(old: Side<'_>, new: &Source<'_>, criteria: &Criteria) -> Reached {
    let policy = new.side.policy.name.to_string();
    let found = match difference(old, new.side) {
        Ok(found) => found,
        Err(why) => return unknown(policy, why.to_string()),
    };
    let assessed = criteria.assess(&found, new);
    let count = |effect: Effect| assessed.iter().filter(|one| one.cause.effect == effect).count();
    let first = causes(&found).first().and_then(|cause| cause.changes.first().copied());
    let view = Other {
        policy,
        verdict: Ok(found.verdict()),
        counts: Effect::ALL.map(count),
        witness: first.map(|change| crate::prove::describe(&change.witness)),
        weakened: found.is_weaker(),
    };
    let contents = assessed.iter().flat_map(|one| one.contents.clone()).collect();
    Reached { view, open: Open::of(&found, &assessed), contents, assumptions: Vec::new() }
}

/// A policy of which it is not known what happens to it.
fn unknown(policy: String, why: String) -> Reached {
    let view = Other { policy, verdict: Err(why), counts: [0; 3], witness: None, weakened: true };
    Reached { view, open: Open::unknown(), contents: Vec::new(), assumptions: Vec::new() }
}

/// The effect on each policy of the folder that inherits the base, by the old or the new name of it.
///
/// # Errors
/// Where the folder cannot be read or holds none.
pub fn children(
    (files, folder): (&dyn Files, &Path),
    (old, new): &(Source<'_>, Source<'_>),
    options: &Options,
    criteria: &Criteria,
) -> Result<Vec<Reached>, Fault> {
    let mut found = Vec::new();
    for path in inputs(files, folder)? {
        match load_alone(files, &path, options) {
            Ok(input) => found.extend(of_input(&input.with_known_addresses(), old, new, criteria)),
            Err(Unusable::Errors { .. }) => found.push(unknown(path.display().to_string(), "it has errors".to_owned())),
            // Not every file of a folder need be a policy, but nobody may take it for one that does not change.
            Err(Unusable::Fault(why)) => found.push(unknown(path.display().to_string(), why.to_string())),
        }
    }
    if found.is_empty() {
        let base = &new.side.policy.name;
        return Err(Fault::new(format!("`{}` holds no policy that inherits `{base}`", folder.display())));
    }
    Ok(found)
}

/// Sources, artefacts and folders of artefacts.
fn inputs(files: &dyn Files, folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for path in entries(files, folder)? {
        let is_input = if files.is_folder(&path) {
            entries(files, &path)?.iter().any(|path| has_ending(path, &["json", "jsonc"]))
        } else {
            has_ending(&path, &["pol", "json", "jsonc"])
        };
        found.extend(is_input.then_some(path));
    }
    Ok(found)
}

fn of_input(input: &Input, old: &Source<'_>, new: &Source<'_>, criteria: &Criteria) -> Vec<Reached> {
    let bases = [old.side.policy.id(), new.side.policy.id()];
    let inherits = |policy: &&Policy| {
        let base = policy.base.as_ref().and_then(|base| base.resource());
        base.is_some_and(|base| bases.iter().any(|id| base.agrees(id)))
    };
    let children = input.model.policies.iter().filter(inherits);
    let effect = |child: &Policy| {
        let with = |base: &Source<'_>| replaced(&input.model, child, base.side.policy, base.side.model);
        let (before, after) = (with(old), with(new));
        let (a, b) = before.policy_of(&child.id()).zip(after.policy_of(&child.id()))?;
        let side = |model, policy| Side { model, policy, knowledge: &input.knowledge };
        let (before, after) = (side(&before, a), side(&after, b));
        let reached =
            reached(before, &Source { side: after, intent: None, files: new.files, label: new.label }, criteria);
        Some(Reached { assumptions: input.model.assumptions.clone(), ..reached })
    };
    children.filter_map(effect).collect()
}
