//! Source files, spans of their text, and where a thing came from.
//!
//! In: the name and text of a file, read by somebody else. Out: [`FileId`]s, [`SourceSpan`]s and
//! [`Place`]s, line and column numbers, and [`Origin`]s, which lead from any line of an artefact back through `apply` and catalogue modules to the text.
//! Guaranteed: a span never points outside its file. Deliberately absent: reading files (only `cli` does that).

mod files;
mod fingerprint;
mod layout;
mod located;
mod origin;
mod place;
mod quote;
mod visible;

pub use files::{FileId, Files, Position, SourceFile};
pub use fingerprint::Fingerprint;
pub use layout::{Inside, LayoutId, LayoutStretch, SourceLayout};
pub use located::{Located, PlaceSpot};
pub use origin::{Origin, SourceSpan};
pub use place::{PathId, PathStep, Place, PlacePaths};
pub use quote::quote;
pub use visible::{inert_json, is_invisible, is_unseen, visible, without_commands};
