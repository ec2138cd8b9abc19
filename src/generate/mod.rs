//! Sources proposed from evidence.
//!
//! In: what was seen of a policy in logs. Out: a source with a bundle of rules that allow what was denied because no rule
//! matched, each with its evidence in a comment, in the canonical layout. Guaranteed: the bundle allows the flows that were
//! seen and no other, but for the paths of their URLs and, where requested, the names below one domain; what is left
//! out is reported. Deliberately absent: files, and the decision whether a denied flow should pass, which a person
//! makes.

mod groups;
mod logs;

pub use groups::Wildcards;
pub use logs::{Evidence, Proposed, proposed};
