//! Formulas over truths that are not known here.
//!
//! In: truths of any type that has an order. Out: formulas, and conjunctions that together say where something holds.
//! Guaranteed: what a formula says of given truths is exact; what would need more than [`MOST`] truths to be tried is
//! left open, never guessed. Deliberately absent: what the truths are about.

mod cubes;
mod formula;

pub use cubes::{Cube, cubes, fillings};
pub use formula::{Formula, Sign};

/// So many truths are tried in every combination; more are not.
pub const MOST: usize = 8;
