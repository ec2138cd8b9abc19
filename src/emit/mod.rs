//! Artefacts of a model.
//!
//! In: an [`model::Model`](crate::model::Model) within Azure's limits. Out: value trees and their text. Guaranteed: what
//! is written, read back by [`import`](crate::import), is [`Model::as_deployed`](crate::model::Model::as_deployed); the
//! same model gives the same bytes; no name or text of the model can be taken for syntax. Deliberately absent: decisions
//! (order, priorities, limits and names come settled in the model) and the writing of files.

pub mod arm;
pub mod bicep;
mod file;
mod json;
mod outputs;
mod symbol;
mod template;
pub mod terraform;

pub use file::EmittedFile;
pub use json::text as json_text;
pub use outputs::{EmittedDeployment, OUTPUTS, OutputRow, ReadBack};

/// What a policy's artefacts hold beside the rules.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct EmitOptions {
    /// Whether the bases of the policy are with it.
    pub parents: Parents,
    /// Whether the policy itself is written.
    pub scope: EmitScope,
}

/// Where the base of a policy is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Parents {
    /// Deployed apart, and referred to.
    #[default]
    Referenced,
    /// In the same template, where the model holds it and the policy names it. A base given by resource id is elsewhere.
    Included,
}

/// How much of a policy is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum EmitScope {
    /// All of it.
    #[default]
    Whole,
    /// The rule collection groups and IP groups; the policy itself belongs to somebody else.
    RulesOnly,
}
