//! Artefacts of a model.
//!
//! In: an [`azure::Model`](crate::azure::Model) within Azure's limits. Out: value trees and their text. Guaranteed: what
//! is written, read back by [`import`](crate::import), is [`Model::as_deployed`](crate::azure::Model::as_deployed); the
//! same model gives the same bytes; no name or text of the model can be taken for syntax. Deliberately absent: decisions
//! (order, priorities, limits and names come settled in the model) and the writing of files.

pub mod arm;
mod json;

pub use json::text as json_text;
