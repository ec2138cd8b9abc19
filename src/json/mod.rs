//! Documents of JSON.
//!
//! In: text. Out: [`Json`]s, in the order of the text. Guaranteed: an object that has a name twice is refused, since
//! readers of JSON disagree about it; a name is kept once for the whole document, however many objects have it, and small
//! objects take no more than their entries, so that a list of a million rules is read fast. Deliberately absent: what a
//! document means.

mod map;
mod name;
mod parse;
mod value;

pub(crate) use name::MemberName;
pub(crate) use parse::parse;
pub(crate) use value::{Json, Map};
