//! Each answer of the library against all flows and worlds of a small vocabulary.

use std::collections::BTreeMap;

use fwc::flow::{
    By, DecidedCase, Decider, DeciderAnswer, DecisionList, Equivalence, Flow, FlowAction, FlowNames, FlowPaths,
    FlowServices, MatchingAtom, MatchingField, Need, Product, ReachExpectation, Service, Space, Standing, Witness,
    WorkBudget, difference, equivalent, expect, reach, redundancies, shadows,
};
use fwc::net::AppProtocol;
use fwc::prove::OpaqueSort;
use proptest::prelude::*;

use super::naive::{self, World};
use super::small;

const LIMIT: usize = 100_000;

pub fn cases() -> u32 {
    std::env::var("FWC_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

pub fn world(witness: &Witness) -> World {
    small::close(&witness.inside.iter().cloned().collect())
}

/// Name sets hold for flows that ask for a name.
fn can_be(flow: &Flow, world: &World) -> bool {
    flow.name.is_some() || world.iter().all(|(field, _)| *field != MatchingField::Name)
}

pub fn each(lists: &[&DecisionList], mut visit: impl FnMut(&Flow, &World)) {
    let flows = small::flows();
    for world in small::worlds(lists) {
        flows.iter().filter(|flow| can_be(flow, &world)).for_each(|flow| visit(flow, &world));
    }
}

/// Whether at most `count` opaque sets of each field hold, those around them apart.
fn at_most(world: &World, count: usize) -> bool {
    let mut held: BTreeMap<MatchingField, usize> = BTreeMap::new();
    let west = world.iter().any(|(_, atom)| *atom == OpaqueSort::ServiceTag.atom("Storage.West"));
    let implied = |atom: &MatchingAtom| west && *atom == OpaqueSort::ServiceTag.atom("Storage");
    let opaque = world.iter().filter(|(field, _)| *field != MatchingField::Common);
    opaque.filter(|(_, atom)| !implied(atom)).for_each(|(field, _)| *held.entry(*field).or_default() += 1);
    held.values().all(|&held| held <= count)
}

pub fn holds(product: &Product, flow: &Flow, world: &World) -> bool {
    carries(&product.services, flow.service)
        && product.sources.contains(flow.source)
        && flow.address.is_some_and(|address| product.addresses.contains(address))
        && named(&product.names, flow)
        && pathed(&product.paths, flow)
        && product.inside.iter().all(|atom| world.contains(atom))
        && product.outside.iter().all(|atom| !world.contains(atom))
        && any(&product.any, world)
        && !product.except.iter().any(|of| of.inside.iter().all(|atom| world.contains(atom)) && any(&of.any, world))
}

/// Whether the world is in one of each disjunction.
fn any(of: &[Vec<(MatchingField, MatchingAtom)>], world: &World) -> bool {
    of.iter().all(|atoms| atoms.iter().any(|atom| world.contains(atom)))
}

fn carries(of: &FlowServices, service: Service) -> bool {
    match service {
        Service::Tcp(port) => of.tcp.contains(port),
        Service::Application(AppProtocol::Http, port) => of.http.contains(port),
        Service::Application(AppProtocol::Https, port) => of.https.contains(port),
        Service::Application(AppProtocol::Mssql, port) => of.mssql.contains(port),
        Service::Udp(port) => of.udp.contains(port),
        Service::Icmp => of.icmp,
        Service::Other(_) => of.other,
    }
}

fn named(names: &FlowNames, flow: &Flow) -> bool {
    match (names, &flow.name) {
        (FlowNames::Any, _) => true,
        (FlowNames::Of { unnamed, .. }, None) => *unnamed,
        (FlowNames::Of { terms, .. }, Some(name)) => terms.iter().any(|term| {
            term.of.iter().any(|of| naive::glob(of, name.as_str()))
                && !term.except.iter().any(|except| naive::glob(except, name.as_str()))
        }),
    }
}

fn pathed(paths: &FlowPaths, flow: &Flow) -> bool {
    let path = flow.path.as_deref().unwrap_or("/");
    match paths {
        FlowPaths::Any => true,
        FlowPaths::Of(terms) => terms.iter().any(|term| {
            term.of.iter().any(|of| of.matches(path)) && !term.except.iter().any(|except| except.matches(path))
        }),
    }
}

/// A flow of a line that none of the lines `by` matches.
fn escaped(list: &DecisionList, line: usize, by: &[usize]) -> Option<Flow> {
    let only = |lines: &[usize]| DecisionList::new(lines.iter().map(|&line| list.lines[line].clone()).collect());
    let (covered, covering) = (only(&[line]), only(by));
    let mut escaped = None;
    each(&[list], |flow, world| {
        let of_line = naive::decide(&covered, flow, world) != By::Default;
        if of_line && naive::decide(&covering, flow, world) == By::Default {
            escaped.get_or_insert(flow.clone());
        }
    });
    escaped
}

fn without(list: &DecisionList, line: usize) -> DecisionList {
    let mut rest = list.clone();
    rest.lines.remove(line);
    rest
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_are_equal_where_no_flow_tells_them_apart((old, new) in small::edited()) {
        let (mut apart, mut apart_small) = (false, false);
        each(&[&old, &new], |flow, world| {
            if naive::outcome(&old, flow, world) != naive::outcome(&new, flow, world) {
                apart = true;
                apart_small |= at_most(world, 2);
            }
        });
        prop_assert_eq!(apart, apart_small, "two opaque sets a field are enough");
        let (space, [a, b]) = Space::of(&small::axioms(), [&old, &new]);
        match equivalent(&space, &a, &b, &WorkBudget::default()) {
            Ok(Equivalence::Equal) => prop_assert!(!apart),
            Ok(Equivalence::Apart { witness, before, after }) => {
                let world = world(&witness);
                prop_assert_eq!(naive::decide(&old, &witness.flow, &world), before, "{:?}", witness);
                prop_assert_eq!(naive::decide(&new, &witness.flow, &world), after, "{:?}", witness);
                prop_assert_ne!(naive::outcome(&old, &witness.flow, &world), naive::outcome(&new, &witness.flow, &world));
                prop_assert!(apart);
            }
            Err(stopped) => prop_assert!(false, "{}", stopped),
        }
    }

    #[test]
    fn a_difference_is_every_flow_that_changes_once((old, new) in small::edited()) {
        let (space, [a, b]) = Space::of(&small::axioms(), [&old, &new]);
        let found = difference(&space, &a, &b, LIMIT, &WorkBudget::default());
        let found = found.map_err(|stopped| TestCaseError::fail(stopped.to_string()))?;
        prop_assert!(found.complete);
        let mut wrong = None;
        each(&[&old, &new], |flow, world| {
            let inside: Vec<_> = found.changes.iter().filter(|change| holds(&change.product, flow, world)).collect();
            let changes = naive::outcome(&old, flow, world) != naive::outcome(&new, flow, world);
            let causes = (naive::decide(&old, flow, world), naive::decide(&new, flow, world));
            if inside.len() != usize::from(changes) || inside.iter().any(|change| (change.before, change.after) != causes) {
                wrong.get_or_insert((flow.clone(), world.clone(), inside.len()));
            }
        });
        prop_assert_eq!(wrong, None);
        for change in &found.changes {
            let world = world(&change.witness);
            prop_assert_eq!(naive::decide(&old, &change.witness.flow, &world), change.before, "{:?}", change);
            prop_assert_eq!(naive::decide(&new, &change.witness.flow, &world), change.after, "{:?}", change);
        }
    }

    #[test]
    fn a_line_is_covered_where_no_flow_reaches_it(list in small::list()) {
        let mut reached = vec![(false, false); list.lines.len()];
        each(&[&list], |flow, world| {
            if let By::Line(line) = naive::decide(&list, flow, world) {
                reached.get_mut(line).into_iter().for_each(|seen| *seen = (true, seen.1 || at_most(world, 1)));
            }
        });
        let (space, [lowered]) = Space::of(&small::axioms(), [&list]);
        for (line, standing) in shadows(&space, &lowered, &WorkBudget::default()).into_iter().enumerate() {
            let (seen, seen_small) = reached.get(line).copied().unwrap_or_default();
            prop_assert_eq!(seen, seen_small, "one opaque set a field is enough");
            prop_assert_eq!(seen, matches!(standing, Standing::Reached(_)), "line {}: {:?}", line, standing);
            match standing {
                Standing::Reached(sample) => {
                    let witness = space.show(&sample);
                    prop_assert_eq!(naive::decide(&list, &witness.flow, &world(&witness)), By::Line(line), "{:?}", witness);
                }
                Standing::Covered { by } => {
                    prop_assert_eq!(escaped(&list, line, &by), None, "{:?}", by);
                    for needed in by.iter().filter(|_| by.len() > 1) {
                        let others: Vec<usize> = by.iter().copied().filter(|other| other != needed).collect();
                        prop_assert!(escaped(&list, line, &others).is_some(), "{} of {:?} is needless", needed, by);
                    }
                }
                Standing::Empty => {}
                Standing::NotDecided(stopped) => prop_assert!(false, "{}", stopped),
            }
        }
    }

    #[test]
    fn a_line_is_redundant_where_the_list_without_it_is_the_same(list in small::list()) {
        let (space, [lowered]) = Space::of(&small::axioms(), [&list]);
        for (line, need) in redundancies(&space, &lowered, &WorkBudget::default()).into_iter().enumerate() {
            let rest = without(&list, line);
            let mut needed = false;
            each(&[&list], |flow, world| needed |= naive::outcome(&list, flow, world) != naive::outcome(&rest, flow, world));
            prop_assert_eq!(needed, matches!(need, Need::Needed(_)), "line {}: {:?}", line, need);
            if let Need::Needed(sample) = need {
                let witness = space.show(&sample);
                let world = world(&witness);
                prop_assert_ne!(naive::outcome(&list, &witness.flow, &world), naive::outcome(&rest, &witness.flow, &world), "{:?}", witness);
            }
        }
    }

    #[test]
    fn reach_gives_each_flow_to_the_line_that_decides_it(list in small::list(), query in small::product()) {
        let (space, [lowered], queries) = Space::with_queries(&small::axioms(), [&list], std::slice::from_ref(&query));
        for asked in &queries {
            let found = reach(&space, &lowered, asked, LIMIT, &WorkBudget::default());
            let found = found.map_err(|stopped| TestCaseError::fail(stopped.to_string()))?;
            let mut wrong = None;
            let asking = DecisionList::new(vec![fwc::flow::ListLine::new(FlowAction::Allow, query.clone(), 0)]);
            each(&[&list, &asking], |flow, world| {
                let inside: Vec<By> =
                    found.decided.iter().filter(|decided| holds(&decided.product, flow, world)).map(|decided| decided.by).collect();
                let expected: Vec<By> =
                    naive::inside(&query, flow, world).then(|| naive::decide(&list, flow, world)).into_iter().collect();
                if inside != expected {
                    wrong.get_or_insert((flow.clone(), world.clone(), inside, expected));
                }
            });
            prop_assert_eq!(wrong, None);
            for decided in &found.decided {
                let world = world(&decided.witness);
                prop_assert_eq!(naive::decide(&list, &decided.witness.flow, &world), decided.by, "{:?}", decided);
            }
        }
    }

    #[test]
    fn an_expectation_fails_where_a_flow_fails_in_every_world(
        list in small::list(),
        query in small::product(),
        action in small::action(),
    ) {
        let (space, [lowered], queries) = Space::with_queries(&small::axioms(), [&list], std::slice::from_ref(&query));
        let mut verdicts: BTreeMap<String, (bool, bool)> = BTreeMap::new();
        let asking = DecisionList::new(vec![fwc::flow::ListLine::new(FlowAction::Allow, query.clone(), 0)]);
        each(&[&list, &asking], |flow, world| {
            if !naive::inside(&query, flow, world) {
                return;
            }
            let fails = naive::outcome(&list, flow, world).0 != action;
            let of = verdicts.entry(format!("{flow:?}")).or_insert((false, true));
            *of = (of.0 | fails, of.1 & fails);
        });
        let (some, all) = (verdicts.values().any(|of| of.0), verdicts.values().any(|of| of.1));
        for asked in &queries {
            match expect(&space, &lowered, asked, action, &WorkBudget::default()) {
                Ok(ReachExpectation::Holds) => prop_assert!(!some),
                Ok(ReachExpectation::Fails { witness, by, share }) => {
                    prop_assert!(all);
                    prop_assert!(share > 0.0 && share <= 1.0);
                    prop_assert_eq!(naive::decide(&list, &witness.flow, &world(&witness)), by);
                    prop_assert_ne!(list.action(by), action);
                }
                Ok(ReachExpectation::Hangs { witness, by }) => {
                    prop_assert!(some && !all);
                    prop_assert_eq!(naive::decide(&list, &witness.flow, &world(&witness)), by);
                    prop_assert_ne!(list.action(by), action);
                }
                Err(stopped) => prop_assert!(false, "{}", stopped),
            }
        }
    }

    #[test]
    fn a_decider_says_what_decides_in_each_world(list in small::list()) {
        let (space, [lowered]) = Space::of(&small::axioms(), [&list]);
        let decider = Decider::new(&space, &lowered, &WorkBudget::default());
        let decider = decider.map_err(|stopped| TestCaseError::fail(stopped.to_string()))?;
        let mut wrong = None;
        each(&[&list], |flow, world| {
            let answer = match decider.decide(flow) {
                Some(DeciderAnswer::By(by)) => vec![by],
                Some(DeciderAnswer::Hangs(open)) => {
                    let settled = decider.settle(open, &|field, atom| world.contains(&(field, atom.clone())));
                    let cases = decider.cases(open);
                    let holds = |case: &&DecidedCase| {
                        any(&case.any, world) && case.when.holds(&|atom| world.contains(&(MatchingField::Common, atom.clone())))
                    };
                    cases.iter().find(holds).map(|case| case.by).filter(|by| *by == settled).into_iter().collect()
                }
                None => Vec::new(),
            };
            if answer != [naive::decide(&list, flow, world)] {
                wrong.get_or_insert((flow.clone(), world.clone(), answer));
            }
        });
        prop_assert_eq!(wrong, None);
    }

    #[test]
    fn a_line_by_line_reading_is_the_same(list in small::list()) {
        let mut wrong = None;
        each(&[&list], |flow, world| {
            if list.decide(flow, &|field, atom| world.contains(&(field, atom.clone()))) != naive::decide(&list, flow, world) {
                wrong.get_or_insert(flow.clone());
            }
        });
        prop_assert_eq!(wrong, None);
    }
}
