//! Options of lowering.

use crate::limits::CheckOptions;
use crate::model::{Base, Model, ResourceId};

use super::lock::Lock;
use super::optimise::OptimiseStep;

/// Options of lowering, in addition to the source.
#[derive(Clone, Copy)]
pub struct How<'h> {
    /// What it knows keeps its priority or name.
    pub lock: &'h Lock,
    /// The limits that may force a step.
    pub options: &'h CheckOptions,
    /// The steps of the optimiser: the first ones of [`STEPS`](super::STEPS), or none.
    pub steps: &'static [OptimiseStep],
    /// The bases that the source does not hold.
    pub bases: &'h [ExternalBase],
}

/// A base policy that the source names by a file that holds it.
#[derive(Clone, Debug)]
pub struct ExternalBase {
    /// The name of the policy that inherits it.
    pub child: String,
    /// Which policy of `model` it is.
    pub policy: ResourceId,
    /// What the file holds.
    pub model: Model,
}

impl ExternalBase {
    /// The same where the files of its origins come after `count` others.
    #[must_use]
    pub fn behind(self, count: usize) -> Self {
        Self { model: self.model.behind(count), ..self }
    }

    /// Puts the base beside its child.
    pub(super) fn join(&self, model: &mut Model) {
        let Some(base) = self.model.policy_of(&self.policy) else { return };
        if let Some(child) = model.policies.iter_mut().find(|child| child.name == self.child) {
            child.base.get_or_insert_with(|| Base::Named(ResourceId::own(base.name.clone())));
        }
        model.adopt(&[ResourceId::own(self.child.as_str())], base, &self.model);
    }
}
