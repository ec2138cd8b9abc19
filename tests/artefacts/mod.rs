//! Artefacts: what is written, what is read, and that the two agree.

mod emitting;
pub mod models;
mod reading;
mod round_trip;
mod schema;
