//! Lists whose lines stand in another order: equal where only lines that cannot disagree trade places, and every change
//! beyond that is noticed.

use fwc::flow::{DecisionList, Equivalence, ListLine, LoweredBoxes, Space, WorkBudget, equivalent};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::agree::{cases, each};
use super::{naive, small};

/// What came of the mutants.
#[derive(Default, Debug)]
struct Counts {
    reordered: usize,
    alike: usize,
    noticed: usize,
}

#[test]
fn lists_in_another_order_are_the_same_and_changed_ones_are_noticed() {
    let mut runner = TestRunner::deterministic();
    let mut counts = Counts::default();
    for _ in 0..cases() * 4 {
        let strategy = (small::list(), proptest::collection::vec(any::<proptest::sample::Index>(), 60));
        let (list, picks) = strategy.new_tree(&mut runner).unwrap().current();
        let list = DecisionList { lines: list.lines.iter().flat_map(small::apart).collect(), default: list.default };
        if list.lines.len() > 3 {
            one(&list, &picks, &mut counts);
        }
    }
    println!("{counts:?}");
    assert!(counts.reordered > 50 && counts.alike > 50 && counts.noticed > 150, "{counts:?}");
}

fn one(list: &DecisionList, picks: &[proptest::sample::Index], counts: &mut Counts) {
    let turned = reordered(list, picks);
    counts.reordered += usize::from(turned != *list);
    assert_eq!(compared(list, &turned), Equivalence::Equal, "{list:?}\n{turned:?}");
    let at = picks[0].index(turned.lines.len() - 1);
    for mutant in mutants(&turned, at) {
        let found = compared(list, &mutant);
        let mut apart = false;
        each(&[list, &mutant], |flow, world| {
            apart |= naive::outcome(list, flow, world) != naive::outcome(&mutant, flow, world);
        });
        assert_eq!(found != Equivalence::Equal, apart, "{list:?}\n{mutant:?}");
        *if apart { &mut counts.noticed } else { &mut counts.alike } += 1;
    }
}

fn compared(old: &DecisionList, new: &DecisionList) -> Equivalence {
    let (space, [old, new]): (Space, [LoweredBoxes; 2]) = Space::of(&small::axioms(), [old, new]);
    equivalent(&space, &old, &new, &WorkBudget::default()).unwrap()
}

/// The list after many trades of neighbours that do the same or share no flow.
fn reordered(list: &DecisionList, picks: &[proptest::sample::Index]) -> DecisionList {
    let mut turned = list.clone();
    for pick in picks {
        let at = pick.index(turned.lines.len() - 1);
        if may_trade(&turned.lines[at], &turned.lines[at + 1]) {
            turned.lines.swap(at, at + 1);
        }
    }
    turned
}

fn may_trade(a: &ListLine, b: &ListLine) -> bool {
    let same = (a.action, a.effect) == (b.action, b.effect);
    let sources = |line: &ListLine| line.matches[0].sources.clone();
    let (x, y) = (sources(a), sources(b));
    same || x.atoms.is_empty() && y.atoms.is_empty() && !x.addresses.intersects(&y.addresses)
}

/// The list with a line that does the opposite, has gone, or trades places with the next, or with any source.
fn mutants(list: &DecisionList, at: usize) -> Vec<DecisionList> {
    let mutated = |change: &dyn Fn(&mut Vec<ListLine>)| {
        let mut mutant = list.clone();
        change(&mut mutant.lines);
        mutant
    };
    vec![
        mutated(&|lines| {
            lines[at].action = match lines[at].action {
                fwc::flow::FlowAction::Allow => fwc::flow::FlowAction::Deny,
                fwc::flow::FlowAction::Deny => fwc::flow::FlowAction::Allow,
            };
        }),
        mutated(&|lines| drop(lines.remove(at))),
        mutated(&|lines| lines.swap(at, at + 1)),
        mutated(&|lines| lines[at].matches[0].sources = fwc::flow::MatchingEnds::any()),
    ]
}
