//! The flows of which something else becomes: decided by other rules, or sent another way.
//!
//! Two questions, each with lists of its own. Which flows come to the firewall that did not, or go past it that did not, is
//! decided by the ways alone, so that an entry is not split by rules that no longer decide it. What the rules do
//! otherwise is decided for the flows that neither side sends past the firewall.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::{Knowledge, RuleOrder};
use crate::flow::{self, Axioms, By, Except, NotDecided, Space, difference};
use crate::net::{AddressSet, HostName};
use crate::prove::{Effects, axioms_of_any_address, decisions_with};
use crate::reach::Usual;
use crate::way::Ways;

use super::course::{ComparedCourse, CourseMarks, Done};
use super::limits::Limits;
use super::{Change, ChangeWhen, DiffSide, Effect, First};

/// The flows that change.
pub(super) struct FlowChanges<'m> {
    pub(super) changes: Vec<Change<'m>>,
    /// Whether those are all.
    pub(super) complete: bool,
    /// How flows change, whether or not those are all.
    pub(super) effects: BTreeSet<Effect>,
}

/// Every flow of which something else becomes, each question in at most as many products as the limit states.
pub(super) fn changes<'m>(
    old: DiffSide<'m>,
    new: DiffSide<'m>,
    limits: &Limits,
) -> Result<FlowChanges<'m>, NotDecided> {
    let mut effects = Effects::default();
    let marks = CourseMarks::of(&mut effects);
    let mut rules =
        |side: DiffSide<'m>| decisions_with(&RuleOrder::of(side.model, side.policy), side.knowledge, &mut effects);
    let (before, after) = (rules(old), rules(new));
    let ways = (Ways::of(old.model, old.knowledge), Ways::of(new.model, new.knowledge));
    let axioms = either(old.knowledge, new.knowledge);
    let usual = Usual::of([old.model, new.model], &axioms);
    let question = DiffQuestion { axioms: &axioms, usual: &usual, limits, marks };
    let one = ComparedCourse::of_ways(old, &before, (&ways.0, &ways.1), marks);
    let other = ComparedCourse::of_ways(new, &after, (&ways.1, &ways.0), marks);
    let mut found = question.ask(&one, &other, |before, after| before.is_past() != after.is_past())?;
    let one = ComparedCourse::of_rules(old, &before, (&ways.0, &ways.1), marks);
    let other = ComparedCourse::of_rules(new, &after, (&ways.1, &ways.0), marks);
    let more = question.ask(&one, &other, |before, after| !before.is_past() && !after.is_past())?;
    found.changes.extend(more.changes);
    found.complete &= more.complete;
    found.effects.extend(more.effects);
    Ok(found)
}

/// What both sides are asked.
struct DiffQuestion<'q> {
    axioms: &'q Axioms,
    usual: &'q Usual,
    limits: &'q Limits,
    marks: CourseMarks,
}

impl DiffQuestion<'_> {
    /// The flows that are done otherwise, where what is done before and after `counts`.
    fn ask<'m>(
        &self,
        old: &ComparedCourse<'_, 'm>,
        new: &ComparedCourse<'_, 'm>,
        counts: impl Fn(Done, Done) -> bool,
    ) -> Result<FlowChanges<'m>, NotDecided> {
        let (space, [a, b]) = Space::of(self.axioms, [&old.list, &new.list]);
        let found = difference(&space, &a, &b, self.limits.products, &self.limits.budget)?;
        let effect = |before, after| {
            let (before, after) = (self.marks.done(before), self.marks.done(after));
            counts(before, after).then(|| effect(before, after))
        };
        let effects = found.deeds.iter().filter_map(|(before, after)| effect(*before, *after)).collect();
        let change = |change: flow::FlowChange| {
            let effect = effect(old.deed(change.before), new.deed(change.after))?;
            let first = |except: &Except| match except.list {
                0 => First { when: ChangeWhen::Before, rule: old.decision(By::Line(except.line), &change.witness) },
                _ => First { when: ChangeWhen::After, rule: new.decision(By::Line(except.line), &change.witness) },
            };
            Some(Change {
                effect,
                case: self.usual.case(&change.product),
                first: change.product.except.iter().map(first).collect(),
                before: old.outcome(change.before, &change.witness),
                after: new.outcome(change.after, &change.witness),
                product: change.product,
                witness: change.witness,
            })
        };
        let changes = found.changes.into_iter().filter_map(change).collect();
        Ok(FlowChanges { changes, complete: found.complete, effects })
    }
}

fn effect(before: Done, after: Done) -> Effect {
    match (before, after) {
        (_, Done::ToEndpoint) => Effect::NewlyPrivate,
        (_, Done::Past) => Effect::NewlyUnfiltered,
        (Done::Past | Done::ToEndpoint, Done::Allowed | Done::Denied) => Effect::NewlyFiltered,
        (Done::Denied, Done::Allowed) => Effect::NewlyAllowed,
        (Done::Allowed, Done::Denied) => Effect::NewlyDenied,
        (Done::Allowed, Done::Allowed) | (Done::Denied, Done::Denied) => Effect::TranslationChanged,
    }
}

/// A name may have the addresses that either side gives it: those are flows that one of the two sides speaks of.
fn either(old: &Knowledge, new: &Knowledge) -> Axioms {
    let (one, other) = (axioms_of_any_address(old), axioms_of_any_address(new));
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
