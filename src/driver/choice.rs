//! Which policy of an input is meant.

use crate::model::{Model, Policy, ResourceId};

use super::files::FileFault;

/// The policy that `name` picks, else the one that no other inherits.
///
/// # Errors
/// Where there is none, or more than one; the message has their names.
pub fn choose<'m>(model: &'m Model, name: Option<&str>) -> Result<&'m Policy, FileFault> {
    match name {
        Some(name) => called(model, name),
        None => only_leaf(model),
    }
}

/// The policy that a text means: its name, `RESOURCEGROUP/NAME`, or its whole resource id.
fn called<'m>(model: &'m Model, text: &str) -> Result<&'m Policy, FileFault> {
    let found = model.policies_called(text);
    match found.as_slice() {
        [only] => Ok(only),
        [] => {
            let all = names(model.policies.iter());
            Err(FileFault::new(format!("the input has no policy `{text}`; it has {all}")))
        }
        [..] => {
            let all = names(found.iter().copied());
            Err(FileFault::new(format!("the input has several policies `{text}`: pick one of {all}")))
        }
    }
}

fn only_leaf(model: &Model) -> Result<&Policy, FileFault> {
    let leaves: Vec<&Policy> = model.leaves().collect();
    match leaves.as_slice() {
        [only] => Ok(only),
        [] => {
            // Where every policy is a base of another, bases lead back to where they begin.
            model.policies.iter().try_for_each(|policy| refuse_circle(model, policy))?;
            Err(FileFault::new("the input holds no policy"))
        }
        several => {
            let names = names(several.iter().copied());
            Err(FileFault::new(format!("the input holds several policies: pick one with `--policy`: {names}")))
        }
    }
}

fn names<'m>(policies: impl Iterator<Item = &'m Policy>) -> String {
    policies.map(|policy| policy.name.to_string()).collect::<Vec<_>>().join(", ")
}

/// Refuses a policy whose bases lead back to one of them: nobody can tell which rules are read first.
///
/// # Errors
/// Where they do; the message has the circle.
pub fn refuse_circle(model: &Model, policy: &Policy) -> Result<(), FileFault> {
    let Some(circle) = model.circle(policy) else { return Ok(()) };
    let all: Vec<String> = circle.iter().chain(circle.first()).map(|policy| format!("`{}`", policy.name)).collect();
    let way = all.join(", which inherits ");
    Err(FileFault::new(format!(
        "base policies lead back to where they begin: policy {}",
        way.replacen(", which", "", 1)
    )))
}

/// Keeps one policy with its bases.
///
/// # Errors
/// Where there is no policy of that name.
pub fn keep_only(model: &mut Model, name: &str) -> Result<(), FileFault> {
    let chosen = choose(model, Some(name))?;
    refuse_circle(model, chosen)?;
    let kept: Vec<ResourceId> = std::iter::once(chosen).chain(model.bases(chosen)).map(Policy::id).collect();
    model.policies.retain(|policy| kept.contains(&policy.id()));
    Ok(())
}
