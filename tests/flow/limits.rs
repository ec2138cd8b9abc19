//! What happens where a question is too large.

use fwc::flow::{
    Axioms, BoundReached, DecisionList, Equivalence, FlowAction, ListLine, LoweredBoxes, Match, MatchingEnds,
    NotDecided, Space, Standing, WorkBudget, difference, equivalent, shadows,
};
use fwc::net::{AddressSet, Interval, IntervalSet};
use fwc::prove::OpaqueSort;

fn to(destinations: MatchingEnds, action: FlowAction) -> ListLine {
    ListLine::new(action, Match { destinations, ..Match::any() }, 0)
}

/// A line for each of `count` service tags.
fn tags(count: usize, action: impl Fn(usize) -> FlowAction) -> DecisionList {
    let tag = |index: usize| vec![OpaqueSort::ServiceTag.atom(&format!("Tag{index}"))].into();
    DecisionList::new((0..count).map(|index| to(tag(index), action(index))).collect())
}

fn turned(list: &DecisionList) -> DecisionList {
    DecisionList { lines: list.lines.iter().rev().cloned().collect(), default: list.default }
}

fn compare(old: &DecisionList, new: &DecisionList, budget: &WorkBudget) -> Result<Equivalence, NotDecided> {
    let (space, [old, new]) = Space::of(&Axioms::default(), [old, new]);
    equivalent(&space, &old, &new, budget)
}

#[test]
fn two_thousand_opaque_sets_are_compared_exactly() {
    let list = tags(2000, |_| FlowAction::Allow);
    assert_eq!(compare(&list, &turned(&list), &WorkBudget::default()), Ok(Equivalence::Equal));
    let mixed = tags(2000, |index| if index % 2 == 0 { FlowAction::Allow } else { FlowAction::Deny });
    assert!(matches!(compare(&mixed, &turned(&mixed), &WorkBudget::default()), Ok(Equivalence::Apart { .. })));
}

#[test]
fn three_thousand_opaque_sets_in_another_order_are_one_function() {
    let list = tags(3000, |_| FlowAction::Allow);
    assert_eq!(compare(&list, &turned(&list), &WorkBudget::default()), Ok(Equivalence::Equal));
    let (space, [lowered]): (Space, [LoweredBoxes; 1]) = Space::of(&Axioms::default(), [&list]);
    let standings = shadows(&space, &lowered, &WorkBudget::default());
    assert!(standings.iter().all(|standing| matches!(standing, Standing::Reached(_))));
}

/// Lines that do not meet, so that a diagram of them grows with every line.
fn scattered(count: u32) -> DecisionList {
    let point = |value: u32| -> MatchingEnds { AddressSet::from(IntervalSet::from(Interval::point(value))).into() };
    let line = |index: u32| {
        let product = Match { sources: point(index * 7), destinations: point(index * 13), ..Match::any() };
        ListLine::new(FlowAction::Allow, product, 0)
    };
    DecisionList::new((0..count).map(line).collect())
}

#[test]
fn a_budget_ends_the_work_at_a_line() {
    let list = scattered(400);
    let other = DecisionList { default: FlowAction::Allow, ..list.clone() };
    for (budget, bound) in [
        (WorkBudget { nodes: 100, ..WorkBudget::default() }, BoundReached::Nodes),
        (WorkBudget { bytes: 4000, ..WorkBudget::default() }, BoundReached::Bytes),
    ] {
        let stopped = compare(&list, &other, &budget).map_err(|stopped| (stopped.bound, stopped.at > 0));
        assert_eq!(stopped, Err((bound, true)));
    }
    let (space, [old, new]) = Space::of(&Axioms::default(), [&list, &other]);
    let found = difference(&space, &old, &new, 10, &WorkBudget::default());
    assert!(found.is_ok_and(|found| found.changes.len() == 10 && !found.complete));
}
