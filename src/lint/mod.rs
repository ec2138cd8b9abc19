//! Findings about what a source says, beyond what Azure refuses.
//!
//! In: what the author means. Out: findings. Guaranteed: a lint changes nothing and finds nothing that is not so.
//! Deliberately absent: limits and tiers of Azure (`azure` checks them).

mod bypassed;
mod expiry;

pub use bypassed::{Proof, bypassed};
pub use expiry::expiry;
