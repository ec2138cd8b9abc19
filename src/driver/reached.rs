//! The children of a base, in a folder, that its change reaches.

use std::path::{Path, PathBuf};

use crate::diff::{
    DiffSide, Effect, causes,
    renderers::{OtherChanges, RuleSource},
};
use crate::model::{Assumption, Policy};

use super::approvals::ApprovalContent;
use super::assessment::Criteria;
use super::compared::{Sides, compared};
use super::files::{FileFault, ProjectFiles, entries};
use super::gates::OpenGate;
use super::input::{Input, Unusable, load_alone};
use super::kinds::{InputKind, is_named_as};
use super::options::ProjectOptions;
use super::parents::replaced;

/// Another policy that the change reaches, assessed.
pub struct ReachedAnswer {
    /// What people are told.
    pub view: OtherChanges,
    /// What nobody has accepted.
    pub open: OpenGate,
    /// What tells its changes.
    pub contents: Vec<ApprovalContent>,
    /// What its input does not settle, where that is another than the two.
    pub assumptions: Vec<Assumption>,
}

/// What happens to one policy.
fn reached(old: DiffSide<'_>, new: &RuleSource<'_>, criteria: &Criteria) -> ReachedAnswer {
    let policy = new.side.policy.name.to_string();
    let sources = (RuleSource { side: old, intent: None, ..*new }, *new);
    let compared = match compared(&sources, Sides::Both) {
        Ok(compared) => compared,
        Err(why) => return unknown(policy, why.to_string()),
    };
    let found = &compared.diff;
    let assessed = criteria.assess(found, new);
    let beside = criteria.beside(&compared, &policy);
    let count = |effect: Effect| assessed.iter().filter(|one| one.cause.effect == effect).count();
    let first = causes(found).first().and_then(|cause| cause.changes.first().copied());
    let view = OtherChanges {
        policy,
        verdict: Ok(found.verdict()),
        counts: Effect::ALL.map(count),
        witness: first.map(|change| crate::prove::describe(&change.witness)),
        weakened: found.is_weaker(),
    };
    let own = beside.all().map(|remark| remark.content.clone());
    let contents = assessed.iter().flat_map(|one| one.contents.clone()).chain(own).collect();
    ReachedAnswer { view, open: OpenGate::of(found, &assessed, &beside), contents, assumptions: Vec::new() }
}

/// A policy of which it is not known what happens to it.
fn unknown(policy: String, why: String) -> ReachedAnswer {
    let view =
        OtherChanges { policy, verdict: Err(why), counts: [0; Effect::ALL.len()], witness: None, weakened: true };
    ReachedAnswer { view, open: OpenGate::unknown(), contents: Vec::new(), assumptions: Vec::new() }
}

/// The effect on each policy of the folder that inherits the base, by the old or the new name of it.
///
/// # Errors
/// Where the folder cannot be read or holds none.
pub fn children(
    (files, folder): (&dyn ProjectFiles, &Path),
    (old, new): &(RuleSource<'_>, RuleSource<'_>),
    options: &ProjectOptions,
    criteria: &Criteria,
) -> Result<Vec<ReachedAnswer>, FileFault> {
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
        return Err(FileFault::new(format!("`{}` holds no policy that inherits `{base}`", folder.display())));
    }
    Ok(found)
}

/// Sources, artefacts and folders of artefacts.
fn inputs(files: &dyn ProjectFiles, folder: &Path) -> Result<Vec<PathBuf>, FileFault> {
    let mut found = Vec::new();
    for path in entries(files, folder)? {
        let is_input = if files.is_folder(&path) {
            entries(files, &path)?.iter().any(|path| is_named_as(path, InputKind::is_read_in_folders))
        } else {
            is_named_as(&path, InputKind::is_input)
        };
        found.extend(is_input.then_some(path));
    }
    Ok(found)
}

fn of_input(input: &Input, old: &RuleSource<'_>, new: &RuleSource<'_>, criteria: &Criteria) -> Vec<ReachedAnswer> {
    let bases = [old.side.policy.id(), new.side.policy.id()];
    let inherits = |policy: &&Policy| {
        let base = policy.base.as_ref().and_then(|base| base.resource());
        base.is_some_and(|base| bases.iter().any(|id| base.agrees(id)))
    };
    let children = input.model.policies.iter().filter(inherits);
    let effect = |child: &Policy| {
        let with = |base: &RuleSource<'_>| replaced(&input.model, child, base.side.policy, base.side.model);
        let (before, after) = (with(old), with(new));
        let (a, b) = before.policy_of(&child.id()).zip(after.policy_of(&child.id()))?;
        let side = |model, policy| DiffSide { model, policy, knowledge: &input.knowledge };
        let (before, after) = (side(&before, a), side(&after, b));
        let reached =
            reached(before, &RuleSource { side: after, intent: None, files: new.files, label: new.label }, criteria);
        Some(ReachedAnswer { assumptions: input.model.assumptions.clone(), ..reached })
    };
    children.filter_map(effect).collect()
}
