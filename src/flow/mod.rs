//! The flow space: single flows, sets of flows, and what an ordered list of rules does with them.
//!
//! In: flows, and decision lists that `intent` and `azure` lower to. Out: verdicts, differences and witnesses.
//! Guaranteed: exact, or an honest "not decided"; never an approximation. Deliberately absent: Azure, files, names of
//! the author's sets.

mod point;

pub use point::{Flow, Service, ServiceError};
