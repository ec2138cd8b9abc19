//! The conditions of resources that only a deployment knows, as formulas.

use crate::logic::Formula;
use crate::model::Presence;
use crate::template::{Condition, Node, Unknown};

/// When a resource is there whose condition is `unknown`. Its names are replaced by what they stand for, so that one condition
/// of two nested templates is one.
pub(super) fn presence(unknown: &Unknown) -> Presence {
    formula(unknown.condition()).settled()
}

/// The items of a list of which only a deployment knows which are there, each with when it is.
pub(super) fn items(unknown: &Unknown) -> Option<Vec<(Presence, Node)>> {
    let items = unknown.items()?;
    Some(items.into_iter().map(|(when, node)| (formula(when).settled(), node)).collect())
}

fn formula(condition: Condition) -> Presence {
    match condition {
        Condition::Known(true) => Formula::Always,
        Condition::Known(false) => Formula::Never,
        Condition::Atom(text) => Formula::Is(text.into()),
        Condition::Not(of) => formula(*of).negated(),
        Condition::All(parts) => parts.into_iter().map(formula).fold(Formula::Always, Formula::and),
        Condition::Any(parts) => parts.into_iter().map(formula).fold(Formula::Never, Formula::or),
    }
}
