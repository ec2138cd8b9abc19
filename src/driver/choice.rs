//! Which policy of an input is meant.

use crate::model::{Model, Policy};

use super::files::Fault;

/// The policy that `name` picks, else the one that no other inherits.
///
/// # Errors
/// Where there is none, or more than one; the message has their names.
pub fn choose<'m>(model: &'m Model, name: Option<&str>) -> Result<&'m Policy, Fault> {
    match name {
        Some(name) => model.policy(name).ok_or_else(|| unknown(model, name)),
        None => only_leaf(model),
    }
}

fn unknown(model: &Model, name: &str) -> Fault {
    Fault::new(format!("the input has no policy `{name}`; it has {}", names(model.policies.iter())))
}

fn only_leaf(model: &Model) -> Result<&Policy, Fault> {
    let leaves: Vec<&Policy> = model.leaves().collect();
    match leaves.as_slice() {
        [only] => Ok(only),
        [] => Err(Fault::new("the input holds no policy")),
        several => {
            let names = names(several.iter().copied());
            Err(Fault::new(format!("the input holds several policies: pick one with `--policy`: {names}")))
        }
    }
}

fn names<'m>(policies: impl Iterator<Item = &'m Policy>) -> String {
    policies.map(|policy| policy.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Keeps one policy with its base.
///
/// # Errors
/// Where there is no policy of that name.
pub fn keep_only(model: &mut Model, name: &str) -> Result<(), Fault> {
    let chosen = choose(model, Some(name))?.clone();
    let base = chosen.base.as_ref().map(|base| base.name().to_owned());
    let is_kept = |policy: &Policy| {
        policy.name == chosen.name || base.as_ref().is_some_and(|base| base.eq_ignore_ascii_case(&policy.name))
    };
    model.policies.retain(is_kept);
    Ok(())
}
