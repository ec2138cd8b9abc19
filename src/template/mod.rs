//! The expressions of deployment templates, evaluated as far as that can be done without a deployment.
//!
//! In: JSON values of a template, and values of its parameters. Out: nodes, in which what cannot be evaluated is an unknown
//! with everything that it lacks; an [`ConditionAnswer`] for a single expression. Guaranteed: an answer that is given is right for every value of what is unknown;
//! no input makes it panic, or take time or memory out of proportion to the input. Deliberately absent: what a resource means,
//! and asking Azure.

mod answer;
mod budget;
mod cloud;
mod condition;
mod deployed;
mod deployment;
mod evaluate;
mod expression;
mod frame;
mod functions;
mod lambda;
mod named;
mod names;
mod node;
mod rest;
mod scope;
mod stand_in;
mod value;

pub use self::answer::{ConditionAnswer, evaluate};
pub use self::cloud::Cloud;
pub(crate) use self::condition::DeploymentCondition;
pub(crate) use self::node::{Reference, TemplateNode, UnknownNode, UnknownReason, quoted};
pub(crate) use self::scope::{EvaluationOptions, GivenParameters, TemplateScope};
