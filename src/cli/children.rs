//! `fwc diff --children DIR`: what a change of a base policy does to the policies that inherit it.

use std::path::{Path, PathBuf};

use crate::azure::{Model, Policy};
use crate::diff::Side;
use crate::diff::faces::{Other, Source};

use super::args::{DiffArgs, SourceArgs};
use super::diff::other;
use super::input::{Input, load_alone};
use super::reader::{entries, is_folder};
use super::{Failure, Outcome, snapshots};

/// The effect on each policy of the folder that inherits the base, by the old or the new name of it.
pub(super) fn children(
    folder: &Path,
    (old, new): &(Source<'_>, Source<'_>),
    args: &DiffArgs,
    source: &SourceArgs,
) -> Result<Vec<Other>, Failure> {
    let mut found = Vec::new();
    for path in inputs(folder)? {
        let input = match load_alone(&path, source) {
            Ok(input) => snapshots::apply(&args.knowledge, input)?,
            Err(Ok(Outcome::Done)) => continue,
            Err(Ok(Outcome::Found)) => {
                let policy = path.display().to_string();
                found.push(Other { policy, verdict: Err("it has errors".to_owned()), counts: [0; 3], witness: None });
                continue;
            }
            Err(Err(failure)) => return Err(failure),
        };
        found.extend(of_input(&input, old, new));
    }
    if found.is_empty() {
        let base = &new.side.policy.name;
        return Err(Failure::new(format!("`{}` holds no policy that inherits `{base}`", folder.display())));
    }
    Ok(found)
}

/// Sources, artefacts and folders of artefacts.
fn inputs(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is_input = |path: &PathBuf| {
        is_folder(path) || path.extension().is_some_and(|kind| kind == "pol" || kind == "json" || kind == "jsonc")
    };
    Ok(entries(folder)?.into_iter().filter(is_input).collect())
}

fn of_input(input: &Input, old: &Source<'_>, new: &Source<'_>) -> Vec<Other> {
    let names = [&old.side.policy.name, &new.side.policy.name];
    let inherits = |policy: &&Policy| {
        let base = policy.base.as_ref().map(|base| base.name());
        base.is_some_and(|base| names.iter().any(|name| name.eq_ignore_ascii_case(base)))
    };
    let children = input.model.policies.iter().filter(inherits);
    let effect = |child: &Policy| {
        let (before, after) = (with_base(&input.model, child, old), with_base(&input.model, child, new));
        let both = before.policy(&child.name).zip(after.policy(&child.name));
        both.map(|(a, b)| {
            let knowledge = &input.knowledge;
            other(Side { model: &before, policy: a, knowledge }, Side { model: &after, policy: b, knowledge })
        })
    };
    children.filter_map(effect).collect()
}

/// The model of a child with another base in the place of its own.
fn with_base(model: &Model, child: &Policy, base: &Source<'_>) -> Model {
    let name = child.base.as_ref().map_or_else(String::new, |base| base.name().to_owned());
    let mut model = model.clone();
    model.policies.retain(|policy| !policy.name.eq_ignore_ascii_case(&name));
    model.policies.insert(0, Policy { name, ..base.side.policy.clone() });
    for (name, group) in &base.side.model.ip_groups {
        model.ip_groups.insert(name.clone(), group.clone());
    }
    model
}
