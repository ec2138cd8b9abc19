//! Conditions: what must hold for a resource to be there.

use super::node::Unknown;
use super::rest::written;
use super::value::{Kind, Value};

/// How big what remains may be for it to be taken apart.
const BIGGEST: usize = 100_000;

/// A condition of which not all is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Condition {
    Known(bool),
    /// What remains of an expression, without brackets, with every name replaced by what it stands for: equal texts are one.
    Atom(String),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Unknown {
    /// What it says as a condition: `not`, `and` and `or` are taken apart, every other rest is one atom.
    pub(crate) fn condition(&self) -> Condition {
        match self.rest().bulk().size <= BIGGEST {
            true => of(self.rest()),
            false => Condition::Atom(written(self.rest())),
        }
    }
}

fn of(value: &Value) -> Condition {
    if let Value::Bool(value) = value {
        return Condition::Known(*value);
    }
    if let Value::Unknown(rest) = value
        && let Kind::Call(function, arguments) = &rest.kind
    {
        match (&**function, arguments.as_slice()) {
            ("not", [one]) => return Condition::Not(Box::new(of(one))),
            ("and", parts) => return Condition::All(parts.iter().map(of).collect()),
            ("or", parts) => return Condition::Any(parts.iter().map(of).collect()),
            _ => {}
        }
    }
    Condition::Atom(written(value))
}
