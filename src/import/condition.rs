//! The conditions of resources that only a deployment knows, as formulas.

use crate::logic::Formula;
use crate::model::Presence;
use crate::template::{DeploymentCondition, TemplateNode, UnknownNode};

/// When a resource is there whose condition is `unknown`. Its names are replaced by what they mean, so that one condition
/// of two nested templates is one.
pub(super) fn presence(unknown: &UnknownNode) -> Presence {
    formula(unknown.condition()).settled()
}

/// The items of a list of which only a deployment knows which are there, each with when it is.
pub(super) fn items(unknown: &UnknownNode) -> Option<Vec<(Presence, TemplateNode)>> {
    let items = unknown.items()?;
    Some(items.into_iter().map(|(when, node)| (formula(when).settled(), node)).collect())
}

fn formula(condition: DeploymentCondition) -> Presence {
    match condition {
        DeploymentCondition::Known(true) => Formula::Always,
        DeploymentCondition::Known(false) => Formula::Never,
        DeploymentCondition::Atom(text) => Formula::Is(text.into()),
        DeploymentCondition::Not(of) => formula(*of).negated(),
        DeploymentCondition::All(parts) => parts.into_iter().map(formula).fold(Formula::Always, Formula::and),
        DeploymentCondition::Any(parts) => parts.into_iter().map(formula).fold(Formula::Never, Formula::or),
    }
}
