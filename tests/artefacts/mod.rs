//! Artefacts: what is written, what is read, and that the two agree.

mod bicep;
mod bicep_types;
mod chains;
mod emitting;
mod hostile;
mod kept_names;
pub mod models;
mod reading;
mod round_trip;
mod same;
mod schema;
mod settings;
mod stable;
mod terraform;

pub(crate) use hostile::{HOSTILE, everywhere};
