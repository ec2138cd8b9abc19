//! The flows that two policies decide differently.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::{Knowledge, Order};
use crate::explain::Decision;
use crate::flow::{Action, Axioms, By, Except, NotDecided, Space, difference};
use crate::net::{AddressSet, HostName};
use crate::prove::{Decisions, Effects, axioms, decisions_with};

use super::limits::Limits;
use super::{Change, Effect, First, Side, When};

/// The flows that change.
pub(super) struct Changes<'m> {
    pub(super) changes: Vec<Change<'m>>,
    /// Whether those are all.
    pub(super) complete: bool,
    /// How flows change, whether or not those are all.
    pub(super) effects: BTreeSet<Effect>,
}

/// Every flow that changes, in at most as many products as the limit says.
pub(super) fn changes<'m>(old: Side<'m>, new: Side<'m>, limits: &Limits) -> Result<Changes<'m>, NotDecided> {
    let mut effects = Effects::default();
    let before = decisions_with(&Order::of(old.model, old.policy), old.knowledge, &mut effects);
    let after = decisions_with(&Order::of(new.model, new.policy), new.knowledge, &mut effects);
    let axioms = either(old.knowledge, new.knowledge);
    let (space, [a, b]) = Space::of(&axioms, [&before.list, &after.list]);
    let found = difference(&space, &a, &b, limits.products, &limits.budget)?;
    let first = |except: &Except| {
        let by = By::Line(except.line);
        match except.list {
            0 => First { when: When::Before, rule: decision(&before, by, old) },
            _ => First { when: When::After, rule: decision(&after, by, new) },
        }
    };
    let change = |change: crate::flow::Change| Change {
        effect: effect(before.list.action(change.before), after.list.action(change.after)),
        first: change.product.except.iter().map(first).collect(),
        product: change.product,
        before: decision(&before, change.before, old),
        after: decision(&after, change.after, new),
        witness: change.witness,
    };
    let effects = found.deeds.iter().map(|((before, _), (after, _))| effect(*before, *after)).collect();
    Ok(Changes { changes: found.changes.into_iter().map(change).collect(), complete: found.complete, effects })
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
    let names = left.keys().chain(right.keys()).collect::<BTreeSet<_>>();
    let both = names.into_iter().map(|name| (name.clone(), of(&left, name).union(&of(&right, name)))).collect();
    Axioms {
        unlisted,
        given: both,
        inclusions: one.inclusions.into_iter().chain(other.inclusions).collect(),
        around: one.around,
        is_public: one.is_public,
    }
}
