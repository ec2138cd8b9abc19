//! `fwc diff --children DIR`: what a change of a base policy does to the policies that inherit it.

use std::path::{Path, PathBuf};

use crate::diff::{Side, faces::Source};
use crate::model::{Model, Policy};

use super::args::{DiffArgs, SourceArgs};
use super::assessed::Judge;
use super::diff::{Reached, reached, unknown};
use super::input::{Input, load_alone};
use super::reader::{entries, is_folder};
use super::{Failure, Outcome, snapshots};

/// The effect on each policy of the folder that inherits the base, by the old or the new name of it.
pub(super) fn children(
    folder: &Path,
    (old, new): &(Source<'_>, Source<'_>),
    args: &DiffArgs,
    source: &SourceArgs,
    judge: &Judge,
) -> Result<Vec<Reached>, Failure> {
    let mut found = Vec::new();
    for path in inputs(folder)? {
        match load_alone(&path, source) {
            Ok(input) => found.extend(of_input(&snapshots::apply(&args.knowledge, input)?, old, new, judge)),
            Err(Ok(Outcome::Done)) => {}
            Err(Ok(Outcome::Found)) => found.push(unknown(path.display().to_string(), "it has errors".to_owned())),
            // Not every file of a folder need be a policy, but nobody may take it for one that does not change.
            Err(Err(Failure(why))) => found.push(unknown(path.display().to_string(), why)),
        }
    }
    if found.is_empty() {
        let base = &new.side.policy.name;
        return Err(Failure::new(format!("`{}` holds no policy that inherits `{base}`", folder.display())));
    }
    Ok(found)
}

/// Sources, artefacts and folders of artefacts.
fn inputs(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is =
        |path: &Path, kinds: &[&str]| path.extension().is_some_and(|kind| kinds.iter().any(|known| kind == *known));
    let mut found = Vec::new();
    for path in entries(folder)? {
        let is_input = if is_folder(&path) {
            entries(&path)?.iter().any(|path| is(path, &["json", "jsonc"]))
        } else {
            is(&path, &["pol", "json", "jsonc"])
        };
        found.extend(is_input.then_some(path));
    }
    Ok(found)
}

fn of_input(input: &Input, old: &Source<'_>, new: &Source<'_>, judge: &Judge) -> Vec<Reached> {
    let names = [&old.side.policy.name, &new.side.policy.name];
    let inherits = |policy: &&Policy| {
        let base = policy.base.as_ref().map(|base| base.name());
        base.is_some_and(|base| names.iter().any(|name| name.eq_ignore_ascii_case(base)))
    };
    let children = input.model.policies.iter().filter(inherits);
    let effect = |child: &Policy| {
        let (before, after) = (with_base(&input.model, child, old), with_base(&input.model, child, new));
        let (a, b) = before.policy(&child.name).zip(after.policy(&child.name))?;
        let side = |model, policy| Side { model, policy, knowledge: &input.knowledge };
        let (before, after) = (side(&before, a), side(&after, b));
        Some(reached(before, &Source { side: after, intent: None, files: new.files, label: new.label }, judge))
    };
    children.filter_map(effect).collect()
}

/// The model of a child with another base in the place of its own.
fn with_base(model: &Model, child: &Policy, base: &Source<'_>) -> Model {
    let name = child.base.as_ref().map_or_else(String::new, |base| base.name().to_owned());
    let mut model = model.clone();
    model.policies.retain(|policy| !policy.name.eq_ignore_ascii_case(&name));
    model.policies.insert(0, Policy { name: name.into(), ..base.side.policy.clone() });
    for (name, group) in &base.side.model.ip_groups {
        model.ip_groups.insert(name.clone(), group.clone());
    }
    model
}
