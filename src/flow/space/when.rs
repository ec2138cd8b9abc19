//! The condition of a line.

use crate::logic::Formula;

/// A formula over bits, with the bits it asks for.
#[derive(Clone, Debug)]
pub(in crate::flow) struct When {
    formula: Formula<u32>,
    /// Sorted.
    pub(in crate::flow) bits: Vec<u32>,
}

impl When {
    pub(super) fn new(formula: Formula<u32>) -> Self {
        let bits = formula.atoms().into_iter().copied().collect();
        Self { formula, bits }
    }

    /// Whether it is the case in the world in which just `world` is set.
    pub(in crate::flow) fn holds(&self, world: &[u32]) -> bool {
        self.formula.holds(&|bit| world.contains(bit))
    }
}
