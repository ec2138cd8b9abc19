//! The expressions of deployment templates, evaluated as far as that can be done without a deployment.
//!
//! In: JSON values of a template, its parameters and variables. Out: [`Node`]s, in which what cannot be evaluated is an
//! [`Unknown`] with what it lacks. Guaranteed: no input makes it panic, or take unbounded time or memory. Deliberately
//! absent: what a resource means, and asking Azure.

mod expression;
mod functions;
mod scope;
mod value;

pub(crate) use self::expression::{Expression, bracketed, parse};
pub(crate) use self::scope::{Parameter, Scope};
pub(crate) use self::value::{Node, Reference, Unknown, Why, quoted};
