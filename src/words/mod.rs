//! How values of the model are told to people: one wording for each thing, whatever tells it.
//!
//! In: values, and the author's own names for sets, given as a value ([`SetWords`]). Out: words and phrases. Guaranteed: a name
//! means a set only where it is that set, else with what is beside it or taken from it. Deliberately absent: sentences of
//! one command, colour and layout.

mod hops;
mod meanings;
mod named;
mod sets;

pub use hops::next_hop;
pub use meanings::meanings;
pub use named::{NamedSet, NamedSets};
pub use sets::{SetWords, excepted, opaque_set};
