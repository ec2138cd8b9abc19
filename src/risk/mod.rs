//! What is risky about flows that a change opens.
//!
//! In: the changes of a difference, and a table that a team can edit. Out: for each, the risks with their levels.
//! Guaranteed: only flows that are newly allowed or sent elsewhere are risky, and each rule of the table states when.
//! Deliberately absent: files, and what is exposed anyway (`lint`).

mod beside;
mod judge;
mod table;

pub use beside::{of_guard, of_route, of_setting};
pub use judge::{JudgedRisks, judge};
pub use table::{RiskLevel, RiskTable, TableError};
