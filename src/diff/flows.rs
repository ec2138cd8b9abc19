//! The flows that two policies decide differently.

use std::collections::BTreeMap;

use crate::evaluate::{Knowledge, Order};
use crate::explain::Decision;
use crate::flow::{Action, Axioms, By, NotDecided, Space, difference};
use crate::net::{AddressSet, HostName};
use crate::prove::{Decisions, Effects, axioms, decisions_with};

use super::limits::Limits;
use super::{Change, Effect, Side};

/// Every flow that changes; `None` where there are more products than the limit.
pub(super) fn changes<'m>(
    old: Side<'m>,
    new: Side<'m>,
    limits: &Limits,
) -> Result<Option<Vec<Change<'m>>>, NotDecided> {
    let mut effects = Effects::default();
    let before = decisions_with(&Order::of(old.model, old.policy), old.knowledge, &mut effects);
    let after = decisions_with(&Order::of(new.model, new.policy), new.knowledge, &mut effects);
    let axioms = either(old.knowledge, new.knowledge);
    let (space, [a, b]) = Space::of(&axioms, [&before.list, &after.list]);
    let found = difference(&space, &a, &b, limits.products, &limits.budget)?;
    if !found.complete {
        return Ok(None);
    }
    let change = |change: crate::flow::Change| Change {
        effect: effect(before.list.action(change.before), after.list.action(change.after)),
        product: change.product,
        before: decision(&before, change.before, old),
        after: decision(&after, change.after, new),
        witness: change.witness,
    };
    Ok(Some(found.changes.into_iter().map(change).collect()))
}

fn effect(before: Action, after: Action) -> Effect {
    match (before, after) {
        (Action::Deny, Action::Allow) => Effect::NewlyAllowed,
        (Action::Allow, Action::Deny) => Effect::NewlyDenied,
        (Action::Allow, Action::Allow) | (Action::Deny, Action::Deny) => Effect::TranslationChanged,
    }
}

fn decision<'m>(decisions: &Decisions<'m>, by: By, side: Side<'m>) -> Decision<'m> {
    let line = match by {
        By::Line(index) => decisions.list.lines.get(index).and_then(|line| decisions.lines.get(line.origin)),
        By::Default => None,
    };
    line.map_or(Decision::Default(side.policy), |line| Decision::Rule(*line))
}

/// A name may have the addresses that either side gives it: those are flows that one of the two sides speaks of.
fn either(old: &Knowledge, new: &Knowledge) -> Axioms {
    let (one, other) = (axioms(old), axioms(new));
    let unlisted = one.unlisted.union(&other.unlisted);
    let given = |axioms: &Axioms| axioms.given.iter().cloned().collect::<BTreeMap<HostName, AddressSet>>();
    let (left, right) = (given(&one), given(&other));
    let of = |side: &BTreeMap<HostName, AddressSet>, name: &HostName| side.get(name).unwrap_or(&unlisted).clone();
    let names = left.keys().chain(right.keys()).collect::<std::collections::BTreeSet<_>>();
    let both = names.into_iter().map(|name| (name.clone(), of(&left, name).union(&of(&right, name)))).collect();
    Axioms {
        unlisted,
        given: both,
        inclusions: one.inclusions.into_iter().chain(other.inclusions).collect(),
        around: one.around,
        is_public: one.is_public,
    }
}
