//! Conditions: what must hold for a resource to be there.

use super::node::{TemplateNode, UnknownNode, plain};
use super::rest::written;
use super::value::{TemplateValue, ValueKind};

/// How big what remains may be for it to be taken apart.
const BIGGEST: usize = 100_000;

/// A condition of which not all is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum DeploymentCondition {
    Known(bool),
    /// What remains of an expression, without brackets, with every name replaced by what it means: equal texts are one.
    Atom(String),
    Not(Box<DeploymentCondition>),
    All(Vec<DeploymentCondition>),
    Any(Vec<DeploymentCondition>),
}

impl UnknownNode {
    /// What it states as a condition: `not`, `and` and `or` are taken apart, every other rest is one atom.
    pub(crate) fn condition(&self) -> DeploymentCondition {
        match self.rest().bulk().size <= BIGGEST {
            true => of(self.rest()),
            false => DeploymentCondition::Atom(written(self.rest())),
        }
    }
}

impl UnknownNode {
    /// The items of a list of which only a deployment knows which parts are there, in order, each with what must hold for it:
    /// of `if` both branches, of `concat` each part. `None` where something else of the list is not known.
    pub(crate) fn items(&self) -> Option<Vec<(DeploymentCondition, TemplateNode)>> {
        if self.rest().bulk().size > BIGGEST {
            return None;
        }
        let mut found = Vec::new();
        list(self.rest(), &mut Vec::new(), &mut found)?;
        Some(found)
    }
}

/// Adds the items of a list, which is there where all of `when` holds.
fn list(
    value: &TemplateValue,
    when: &mut Vec<DeploymentCondition>,
    found: &mut Vec<(DeploymentCondition, TemplateNode)>,
) -> Option<()> {
    match value {
        TemplateValue::Null => Some(()),
        TemplateValue::List(items) => {
            found.extend(items.items.iter().map(|item| (DeploymentCondition::All(when.clone()), plain(item.clone()))));
            Some(())
        }
        TemplateValue::Unknown(rest) => match &rest.kind {
            ValueKind::Call(function, arguments) => match (&**function, arguments.as_slice()) {
                ("if", [condition, yes, no]) => {
                    let condition = of(condition);
                    for (condition, branch) in
                        [(condition.clone(), yes), (DeploymentCondition::Not(Box::new(condition)), no)]
                    {
                        when.push(condition);
                        list(branch, when, found)?;
                        when.pop();
                    }
                    Some(())
                }
                ("concat", parts) => parts.iter().try_for_each(|part| list(part, when, found)),
                _ => None,
            },
            ValueKind::Parameter(_)
            | ValueKind::Bound(_)
            | ValueKind::Written(_)
            | ValueKind::Member(..)
            | ValueKind::Lambda(..)
            | ValueKind::Of(..)
            | ValueKind::Item(..) => None,
        },
        TemplateValue::Bool(_)
        | TemplateValue::Number(_)
        | TemplateValue::Text(_)
        | TemplateValue::Object(_)
        | TemplateValue::Id(_) => None,
    }
}

fn of(value: &TemplateValue) -> DeploymentCondition {
    if let TemplateValue::Bool(value) = value {
        return DeploymentCondition::Known(*value);
    }
    if let TemplateValue::Unknown(rest) = value
        && let ValueKind::Call(function, arguments) = &rest.kind
    {
        match (&**function, arguments.as_slice()) {
            ("not", [one]) => return DeploymentCondition::Not(Box::new(of(one))),
            ("and", parts) => return DeploymentCondition::All(parts.iter().map(of).collect()),
            ("or", parts) => return DeploymentCondition::Any(parts.iter().map(of).collect()),
            _ => {}
        }
    }
    DeploymentCondition::Atom(written(value))
}
