//! Propositional formulas over atoms whose truth is not known at compile time.
//!
//! In: atoms of any ordered type. Out: formulas, and conjunctions that together state where something holds.
//! Guaranteed: the value of a formula for given truths is exact; what would need more than [`MOST`] atoms to be tried
//! is left open, never guessed. Deliberately absent: the meaning of the atoms.

mod cubes;
mod formula;

pub use cubes::{Cube, cubes, fillings};
pub use formula::{Formula, Sign};

/// So many truths are tried in every combination; more are not.
pub const MOST: usize = 8;
