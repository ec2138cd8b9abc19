//! A base policy beside the policy that inherits it: which one it is, and where it comes from.

use std::path::Path;

use crate::import;
use crate::lower::ExternalBase;
use crate::model::{Model, Policy};

use super::choice::{choose, refuse_circle};
use super::files::FileFault;
use super::options::ParentInput;

/// The base that an export holds, which the policy `child` of a source inherits.
pub(super) fn of_export(
    child: &str,
    text: &str,
    name: &str,
) -> Result<(ExternalBase, crate::source::Files), FileFault> {
    let read = import::read_with(&[import::Artefact { name, text }], &[]);
    let read = read.map_err(|error| FileFault::new(error.to_string()))?;
    let base =
        choose(&read.model, None).map_err(|why| FileFault::new(format!("`{name}` must hold one policy: {why}")))?;
    let policy = base.id();
    Ok((ExternalBase { child: child.to_owned(), policy, model: read.model }, read.files))
}

/// What is to be done about the base of a policy.
pub(super) enum WantedParent<'o> {
    /// Nothing: there is none, or the model holds it.
    Nothing,
    /// The base of this name is left out on the user's word.
    LeftOut(String),
    /// The base is the policy of this input.
    From(&'o Path),
}

/// What is to be done about the base of `child`, which `what` (the input, the artefacts) may not hold.
pub(super) fn wanted<'o>(
    model: &Model,
    child: &Policy,
    parent: Option<&'o ParentInput>,
    what: &str,
) -> Result<WantedParent<'o>, FileFault> {
    let Some(base) = &child.base else { return Ok(WantedParent::Nothing) };
    refuse_circle(model, child)?;
    let possible = model.possible_parents(child);
    match (possible.as_slice(), parent) {
        ([_], _) => Ok(WantedParent::Nothing),
        (_, Some(ParentInput::LeftOut)) => Ok(WantedParent::LeftOut(base.name().to_owned())),
        // It came from that very input.
        (_, Some(ParentInput::Input(path))) if child.is_adopted() => Err(FileFault::new(format!(
            "base policy `{}` inherits `{base}`, which `{}` does not hold: put both into one input",
            child.name,
            path.display()
        ))),
        (_, Some(ParentInput::Input(path))) => Ok(WantedParent::From(path)),
        ([], None) => Err(FileFault::new(format!(
            "policy `{}` inherits `{base}`, which {what} not hold: give it with `--parent INPUT`, or leave it out with \
             `--parent none`",
            child.name
        ))),
        ([..], None) => {
            let all: Vec<String> = possible.iter().map(|policy| format!("`{}`", policy.id())).collect();
            Err(FileFault::new(format!(
                "policy `{}` inherits `{base}`, which may be any of {}: state its whole resource id, or give the base with \
                 `--parent INPUT`",
                child.name,
                all.join(", ")
            )))
        }
    }
}

/// The model of a child with another base, of `from`, in the place of its own.
pub(super) fn replaced(model: &Model, child: &Policy, base: &Policy, from: &Model) -> Model {
    let mut model = model.clone();
    model.disown(&child.id());
    model.adopt(&[child.id()], base, from);
    model
}
