//! A base policy beside the policy that inherits it.

use indexmap::IndexMap;

use crate::import;
use crate::model::{IpGroup, Model, Policy};

use super::choice::choose;
use super::files::Fault;
use super::options::ParentInput;

/// A base policy, and the IP groups that its rules name.
#[derive(Clone, Debug)]
pub struct BasePolicy {
    /// The policy.
    pub policy: Policy,
    /// The IP groups of its input.
    pub ip_groups: IndexMap<String, IpGroup>,
}

impl BasePolicy {
    /// The one policy of a model that no other inherits.
    ///
    /// # Errors
    /// Where there is not exactly one.
    pub fn of(model: &Model) -> Result<Self, Fault> {
        let policy = choose(model, None)?.clone();
        Ok(Self { policy, ip_groups: model.ip_groups.clone() })
    }

    /// The base that an export holds, which a source inherits.
    pub(super) fn of_export(text: &str, name: &str) -> Result<Self, Fault> {
        let model = import::read(text, name).map_err(|error| Fault::new(error.to_string()))?;
        Self::of(&model).map_err(|why| Fault::new(format!("`{name}` must hold one policy: {why}")))
    }

    /// The base with its origins in files that are [`FileId::behind`](crate::source::FileId::behind) `count` others.
    pub(super) fn behind(self, count: usize) -> Self {
        let without_origin = |(name, group)| (name, IpGroup { origin: None, ..group });
        Self { policy: self.policy.behind(count), ip_groups: self.ip_groups.into_iter().map(without_origin).collect() }
    }
}

/// Puts a base into a model, under the `name` by which its child refers to it, with the IP groups that the model does not
/// have; their names are returned.
pub fn put_beside(model: &mut Model, name: &str, base: BasePolicy) -> Vec<String> {
    model.policies.insert(0, Policy { name: name.to_owned(), ..base.policy });
    let mut added = Vec::new();
    for (name, group) in base.ip_groups {
        if !model.ip_groups.contains_key(&name) {
            added.push(name.clone());
            model.ip_groups.insert(name, group);
        }
    }
    added
}

/// Puts another base into the place of the one that `child` refers to.
pub fn replace(model: &mut Model, child: &Policy, base: BasePolicy) {
    let name = child.base.as_ref().map_or_else(String::new, |base| base.name().to_owned());
    model.policies.retain(|policy| !policy.name.eq_ignore_ascii_case(&name));
    model.ip_groups.retain(|name, _| !base.ip_groups.contains_key(name));
    put_beside(model, &name, base);
}

/// What is to be done about the base of a policy.
pub(super) enum Wanted<'o> {
    /// Nothing: there is none, or the model holds it.
    Nothing,
    /// The base of this name is left out on the user's word.
    LeftOut(String),
    /// The base of this name is the policy of this input.
    From(String, &'o std::path::Path),
}

/// What is to be done about the base of `child`, which `what` (the input, the artefacts) may not hold.
pub(super) fn wanted<'o>(
    model: &Model,
    child: &Policy,
    parent: Option<&'o ParentInput>,
    what: &str,
) -> Result<Wanted<'o>, Fault> {
    let missing = child.base.as_ref().filter(|base| model.policy(base.name()).is_none());
    let Some(base) = missing.map(|base| base.name().to_owned()) else { return Ok(Wanted::Nothing) };
    match parent {
        Some(ParentInput::LeftOut) => Ok(Wanted::LeftOut(base)),
        Some(ParentInput::Input(path)) => Ok(Wanted::From(base, path)),
        None => Err(Fault::new(format!(
            "policy `{}` inherits `{base}`, which {what} not hold: give it with `--parent INPUT`, or leave it out with \
             `--parent none`",
            child.name
        ))),
    }
}
