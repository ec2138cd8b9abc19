//! What lowering takes besides the source.

use crate::limits::CheckOptions;
use crate::model::Policy;

use super::lock::Lock;
use super::optimise::Step;

/// What lowering goes by besides the source.
#[derive(Clone, Copy)]
pub struct How<'h> {
    /// What it knows keeps its priority or name.
    pub lock: &'h Lock,
    /// The limits that may force a step.
    pub options: &'h CheckOptions,
    /// The steps of the optimiser: the first ones of [`STEPS`], or none.
    pub steps: &'static [Step],
    /// Policies that the source does not hold, behind the names of those that inherit them.
    pub bases: &'h [(String, Policy)],
}
