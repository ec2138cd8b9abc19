//! What happens where a question is too large.

use fwc::flow::{
    Action, Axioms, Bound, Budget, DecisionList, Ends, Equivalence, Line, Lowered, Match, NotDecided, Space, Standing,
    difference, equivalent, shadows,
};
use fwc::net::{AddressSet, Interval, IntervalSet};
use fwc::prove::Sort;

fn to(destinations: Ends, action: Action) -> Line {
    Line::new(action, Match { destinations, ..Match::any() }, 0)
}

/// A line for each of `count` service tags.
fn tags(count: usize, action: impl Fn(usize) -> Action) -> DecisionList {
    let tag = |index: usize| vec![Sort::ServiceTag.atom(&format!("Tag{index}"))].into();
    DecisionList::new((0..count).map(|index| to(tag(index), action(index))).collect())
}

fn turned(list: &DecisionList) -> DecisionList {
    DecisionList { lines: list.lines.iter().rev().cloned().collect(), default: list.default }
}

fn compare(old: &DecisionList, new: &DecisionList, budget: &Budget) -> Result<Equivalence, NotDecided> {
    let (space, [old, new]) = Space::of(&Axioms::default(), [old, new]);
    equivalent(&space, &old, &new, budget)
}

#[test]
fn two_thousand_opaque_sets_are_compared_exactly() {
    let list = tags(2000, |_| Action::Allow);
    assert_eq!(compare(&list, &turned(&list), &Budget::default()), Ok(Equivalence::Equal));
    let mixed = tags(2000, |index| if index % 2 == 0 { Action::Allow } else { Action::Deny });
    assert!(matches!(compare(&mixed, &turned(&mixed), &Budget::default()), Ok(Equivalence::Apart { .. })));
}

#[test]
fn three_thousand_opaque_sets_in_another_order_are_one_function() {
    let list = tags(3000, |_| Action::Allow);
    assert_eq!(compare(&list, &turned(&list), &Budget::default()), Ok(Equivalence::Equal));
    let (space, [lowered]): (Space, [Lowered; 1]) = Space::of(&Axioms::default(), [&list]);
    let standings = shadows(&space, &lowered, &Budget::default());
    assert!(standings.iter().all(|standing| matches!(standing, Standing::Reached(_))));
}

/// Lines that do not meet, so that a diagram of them grows with every line.
fn scattered(count: u32) -> DecisionList {
    let point = |value: u32| -> Ends { AddressSet::from(IntervalSet::from(Interval::point(value))).into() };
    let line = |index: u32| {
        let product = Match { sources: point(index * 7), destinations: point(index * 13), ..Match::any() };
        Line::new(Action::Allow, product, 0)
    };
    DecisionList::new((0..count).map(line).collect())
}

#[test]
fn a_budget_ends_the_work_at_a_line() {
    let list = scattered(400);
    let other = DecisionList { default: Action::Allow, ..list.clone() };
    for (budget, bound) in [
        (Budget { nodes: 100, ..Budget::default() }, Bound::Nodes),
        (Budget { bytes: 4000, ..Budget::default() }, Bound::Bytes),
    ] {
        let stopped = compare(&list, &other, &budget).map_err(|stopped| (stopped.bound, stopped.at > 0));
        assert_eq!(stopped, Err((bound, true)));
    }
    let (space, [old, new]) = Space::of(&Axioms::default(), [&list, &other]);
    let found = difference(&space, &old, &new, 10, &Budget::default());
    assert!(found.is_ok_and(|found| found.changes.len() == 10 && !found.complete));
}
