//! The dimensions of the flow space, and decision lists as boxes in it.

mod atoms;
mod axioms;
mod boxes;
mod classes;
mod conditions;
mod dimensions;
mod laminar;
mod lower;
mod names;
mod numbered;
mod paths;
mod pool;
mod prefer;
pub(super) mod services;
mod when;

pub(super) use atoms::Mention;
pub(super) use boxes::{LoweredLine, MENTIONS, SpacePiece};
pub(super) use dimensions::{ADDRESS, DIMENSIONS, NAME, PATH, SERVICE, SOURCE, SpacePoint};
pub(super) use pool::{FULL, SetId};
pub(super) use when::SpaceWhen;

pub use axioms::Axioms;
pub use boxes::{LoweredBoxes, SpaceQuery};
pub use names::{FlowNames, NameTerm};
pub use numbered::Space;
pub use paths::{FlowPaths, PathTerm};
pub use prefer::Witness;
pub use services::FlowServices;
