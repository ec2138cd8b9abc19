//! Conditions: what must hold for a resource to be there.

use super::node::{Node, Unknown, plain};
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

impl Unknown {
    /// The items of a list of which only a deployment knows which parts are there, in order, each with what must hold for it:
    /// of `if` both branches, of `concat` each part. `None` where something else of the list is not known.
    pub(crate) fn items(&self) -> Option<Vec<(Condition, Node)>> {
        if self.rest().bulk().size > BIGGEST {
            return None;
        }
        let mut found = Vec::new();
        list(self.rest(), &mut Vec::new(), &mut found)?;
        Some(found)
    }
}

/// Adds the items of a list, which is there where all of `when` holds.
fn list(value: &Value, when: &mut Vec<Condition>, found: &mut Vec<(Condition, Node)>) -> Option<()> {
    match value {
        Value::Null => Some(()),
        Value::List(items) => {
            found.extend(items.items.iter().map(|item| (Condition::All(when.clone()), plain(item.clone()))));
            Some(())
        }
        Value::Unknown(rest) => match &rest.kind {
            Kind::Call(function, arguments) => match (&**function, arguments.as_slice()) {
                ("if", [condition, yes, no]) => {
                    let condition = of(condition);
                    for (condition, branch) in [(condition.clone(), yes), (Condition::Not(Box::new(condition)), no)] {
                        when.push(condition);
                        list(branch, when, found)?;
                        when.pop();
                    }
                    Some(())
                }
                ("concat", parts) => parts.iter().try_for_each(|part| list(part, when, found)),
                _ => None,
            },
            Kind::Parameter(_)
            | Kind::Bound(_)
            | Kind::Written(_)
            | Kind::Member(..)
            | Kind::Lambda(..)
            | Kind::Of(..)
            | Kind::Item(..) => None,
        },
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Object(_) | Value::Id(_) => None,
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
