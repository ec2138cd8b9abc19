//! How far a comparison goes.

use crate::flow::WorkBudget;

/// How far a comparison goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Products of the difference, before those that make one are put together.
    pub products: usize,
    /// The work.
    pub budget: WorkBudget,
}

impl Default for Limits {
    fn default() -> Self {
        Self { products: 200_000, budget: WorkBudget::default() }
    }
}
