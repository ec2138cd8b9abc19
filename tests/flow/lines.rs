//! Which lines are touched by questions, and which may have lost most of their flows.

use fwc::flow::{
    By, DecisionList, FlowAction, ListLine, Space, Touch, TouchedQuery, WorkBudget, crowded, shares, touched,
};
use proptest::prelude::*;

use super::agree::{cases, each};
use super::{naive, small};

const PARTS: [f64; 3] = [0.3, 0.6, 0.9];

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_is_touched_where_it_decides_a_flow_that_is_asked_about(
        list in small::list(),
        of in small::product(),
        except in proptest::option::of(small::product()),
    ) {
        let products: Vec<_> = [&of].into_iter().chain(&except).cloned().collect();
        let (space, [lowered], queries) = Space::with_queries(&small::axioms(), [&list], &products);
        let (first, rest) = queries.split_first().unwrap();
        let found = touched(&space, &lowered, &[TouchedQuery { of: first, except: rest }], &WorkBudget::default());
        let mut expected = vec![Touch::Untouched; list.lines.len()];
        let asking = DecisionList::new(products.iter().map(|of| ListLine::new(FlowAction::Allow, of.clone(), 0)).collect());
        each(&[&list, &asking], |flow, world| {
            let meant = naive::decide(&asking, flow, world) != By::Default && naive::inside(&of, flow, world);
            let left_out = except.as_ref().is_some_and(|except| naive::inside(except, flow, world));
            if let (true, false, By::Line(line)) = (meant, left_out, naive::decide(&list, flow, world)) {
                expected[line] = Touch::Touched;
            }
        });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_line_that_is_not_crowded_keeps_its_share(list in small::list(), part in proptest::sample::select(PARTS.to_vec())) {
        let products: Vec<_> = list.lines.iter().map(|line| line.matches[0].clone()).collect();
        let (space, [lowered], queries) = Space::with_queries(&small::axioms(), [&list], &products);
        let crowded = crowded(&space, &lowered, part);
        for (line, query) in queries.iter().enumerate().filter(|(line, _)| list.lines[*line].matches.len() == 1) {
            let shares = shares(&space, &lowered, query, &WorkBudget::default());
            let shares = shares.map_err(|stopped| TestCaseError::fail(stopped.to_string()))?;
            let opposite = |by: By| list.action(by) != list.action(By::Line(line)) && by < By::Line(line);
            let lost: f64 = shares.iter().filter(|(by, _)| opposite(*by)).map(|(_, share)| share).sum();
            prop_assert!(lost < part || crowded.contains(&line), "line {} loses {}", line, lost);
        }
    }
}
