//! Formulas over truths that are not known here.
//!
//! In: truths of any type that has an order. Out: formulas, and conjunctions that together state where something holds.
//! Guaranteed: the value of a formula for given truths is exact; what would need more than [`MOST`] truths to be tried
//! is left open, never guessed. Deliberately absent: what the truths are about.

mod cubes;
mod formula;

pub use cubes::{Cube, cubes, fillings};
pub use formula::{Formula, Sign};

/// So many truths are tried in every combination; more are not.
pub const MOST: usize = 8;
