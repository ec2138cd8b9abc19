//! Rules from opaque groups to opaque groups, some of them under conditions, against every flow in every world.

use fwc::flow::{
    Axioms, Between, DecisionList, Equivalence, Flow, FlowAction, ListLine, Match, MatchingAtom, MatchingEnds,
    MatchingField, Product, ReachExpectation, Service, Space, WorkBudget, between, difference, equivalent, expect,
    reach,
};
use fwc::logic::Formula;
use fwc::net::{AddressSet, PortSet, PortSpan, ServiceSet, Transport};
use fwc::prove::OpaqueSort;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::agree::{cases, holds, world};
use super::naive::{self, World};

const GROUPS: [&str; 4] = ["a", "b", "c", "d"];
const TRUTHS: [&str; 2] = ["p", "q"];
const LIMIT: usize = 100_000;

fn group(name: &str) -> MatchingAtom {
    OpaqueSort::IpGroup.atom(name)
}

fn ports(list: &[u16]) -> ServiceSet {
    let ports: PortSet = list.iter().filter_map(|&port| PortSpan::single(port)).collect();
    ServiceSet::transport(Transport::Tcp, ports)
}

fn ends() -> impl Strategy<Value = MatchingEnds> {
    let known = || AddressSet::from("10.0.0.0/8".parse::<fwc::net::AddressSpan>().unwrap());
    prop_oneof![
        6 => subsequence(GROUPS.to_vec(), 1..=2).prop_map(|of| MatchingEnds::from(of.into_iter().map(group).collect::<Vec<_>>())),
        1 => Just(MatchingEnds::any()),
        1 => select(GROUPS.to_vec()).prop_map(move |of| MatchingEnds { addresses: known(), ..vec![group(of)].into() }),
    ]
}

/// When a line is there: mostly always, else by some of two truths, either way.
fn when() -> impl Strategy<Value = Formula<MatchingAtom>> {
    let truth = || select(TRUTHS.to_vec()).prop_map(|name| Formula::Is(OpaqueSort::Condition.atom(name)));
    let literal = || prop_oneof![2 => truth(), 1 => truth().prop_map(Formula::negated)];
    prop_oneof![
        3 => Just(Formula::Always),
        2 => literal(),
        1 => (literal(), literal()).prop_map(|(one, other)| one.or(other).settled()),
    ]
}

fn line() -> impl Strategy<Value = ListLine> {
    let services = select(vec![ports(&[443]), ports(&[443, 1433])]);
    let beside = || prop_oneof![6 => Just(None), 1 => select(GROUPS.to_vec()).prop_map(|of| Some(group(of)))];
    let product =
        (services, ends(), ends(), [beside(), beside()]).prop_map(|(services, sources, destinations, besides)| Match {
            services,
            sources,
            destinations,
            besides,
            ..Match::any()
        });
    let action = prop_oneof![3 => Just(FlowAction::Allow), 1 => Just(FlowAction::Deny)];
    let parts = (proptest::collection::vec(product, 1..=2), action, when());
    parts.prop_map(|(matches, action, when)| ListLine { matches, action, effect: 0, origin: 0, when })
}

fn list() -> impl Strategy<Value = DecisionList> {
    proptest::collection::vec(line(), 0..8).prop_map(numbered)
}

/// A list of lines, each of which is one of its own.
fn numbered(lines: Vec<ListLine>) -> DecisionList {
    DecisionList::new((0..).zip(lines).map(|(origin, line)| ListLine { origin, ..line }).collect())
}

/// A list, and the same with a line replaced and two that change places.
fn edited() -> impl Strategy<Value = [DecisionList; 2]> {
    let index = || any::<proptest::sample::Index>();
    (list(), line(), index(), index(), index()).prop_map(|(old, line, at, one, other)| {
        let mut new = old.clone();
        if !new.lines.is_empty() {
            let count = new.lines.len();
            new.lines[at.index(count)] = line;
            new.lines.swap(one.index(count), other.index(count));
        }
        [old, numbered(new.lines)]
    })
}

/// Every flow that the lists can tell apart, in every world.
fn each(mut visit: impl FnMut(&Flow, &World)) {
    for bits in 0..1_u32 << (2 * GROUPS.len() + TRUTHS.len()) {
        let fields = [MatchingField::Source, MatchingField::Destination].into_iter();
        let groups = fields.flat_map(|field| GROUPS.map(|name| (field, group(name))));
        let truths = TRUTHS.map(|name| (MatchingField::Common, OpaqueSort::Condition.atom(name)));
        let world: World =
            (0_u32..).zip(groups.chain(truths)).filter(|(at, _)| bits >> at & 1 == 1).map(|(_, atom)| atom).collect();
        for port in [443, 1433] {
            let ends = [10_u8, 20].map(|first| [10_u8, 20].map(|last| ([first, 0, 0, 1], [last, 0, 0, 2])));
            for (source, address) in ends.into_iter().flatten() {
                let service = Service::Tcp(port);
                let flow =
                    Flow { source: source.into(), address: Some(address.into()), name: None, path: None, service };
                visit(&flow, &world);
            }
        }
    }
}

fn passes(list: &DecisionList, flow: &Flow, world: &World) -> bool {
    naive::outcome(list, flow, world).0 == FlowAction::Allow
}

/// A flow of which not exactly the right products speak.
fn wrong<'p>(
    products: impl Iterator<Item = &'p Product> + Clone,
    right: impl Fn(&Flow, &World) -> bool,
) -> Option<Flow> {
    let mut wrong = None;
    each(|flow, world| {
        let count = products.clone().filter(|product| holds(product, flow, world)).count();
        if count != usize::from(right(flow, world)) {
            wrong.get_or_insert(flow.clone());
        }
    });
    wrong
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_difference_is_each_flow_that_changes([old, new] in edited()) {
        let (space, [a, b]) = Space::of(&Axioms::default(), [&old, &new]);
        let found = difference(&space, &a, &b, LIMIT, &WorkBudget::default()).unwrap();
        prop_assert!(found.complete);
        let changes = |flow: &Flow, world: &World| naive::outcome(&old, flow, world) != naive::outcome(&new, flow, world);
        prop_assert_eq!(wrong(found.changes.iter().map(|change| &change.product), changes), None, "{:?}", found);
        for change in &found.changes {
            let world = world(&change.witness);
            prop_assert!(holds(&change.product, &change.witness.flow, &world), "{:?}", change);
            prop_assert_eq!(naive::decide(&old, &change.witness.flow, &world), change.before, "{:?}", change);
            prop_assert_eq!(naive::decide(&new, &change.witness.flow, &world), change.after, "{:?}", change);
        }
        let equal = equivalent(&space, &a, &b, &WorkBudget::default()).unwrap() == Equivalence::Equal;
        prop_assert_eq!(equal, found.changes.is_empty());
        let deeds = found.changes.iter().map(|change| (old.action(change.before), new.action(change.after)));
        let deeds: std::collections::BTreeSet<_> = deeds.collect();
        let found_deeds: std::collections::BTreeSet<_> = found.deeds.iter().map(|((before, _), (after, _))| (*before, *after)).collect();
        prop_assert_eq!(deeds, found_deeds);
    }

    #[test]
    fn a_list_that_is_cut_keeps_what_is_done([old, new] in edited()) {
        let (space, [a, b]) = Space::of(&Axioms::default(), [&old, &new]);
        let whole = difference(&space, &a, &b, LIMIT, &WorkBudget::default()).unwrap();
        let cut = difference(&space, &a, &b, 1, &WorkBudget::default()).unwrap();
        prop_assert_eq!(whole.deeds, cut.deeds);
        prop_assert!(whole.changes.is_empty() == cut.changes.is_empty());
    }

    #[test]
    fn reach_gives_each_flow_to_the_line_that_decides_it(list in list(), asked in line()) {
        let (space, [lowered], queries) = Space::with_queries(&Axioms::default(), [&list], &asked.matches);
        for (query, product) in queries.iter().zip(&asked.matches) {
            let found = reach(&space, &lowered, query, LIMIT, &WorkBudget::default()).unwrap();
            prop_assert!(found.complete);
            let right = |flow: &Flow, world: &World| naive::inside(product, flow, world);
            prop_assert_eq!(wrong(found.decided.iter().map(|of| &of.product), right), None, "{:?}", found);
            for decided in &found.decided {
                let by = naive::decide(&list, &decided.witness.flow, &world(&decided.witness));
                prop_assert_eq!(by, decided.by, "{:?}", decided);
            }
        }
    }

    #[test]
    fn an_expectation_hangs_where_some_world_fails(list in list(), asked in line()) {
        let (space, [lowered], queries) = Space::with_queries(&Axioms::default(), [&list], &asked.matches);
        for (query, product) in queries.iter().zip(&asked.matches) {
            let (mut some, mut fails) = (false, std::collections::BTreeMap::<String, bool>::new());
            each(|flow, world| {
                if naive::inside(product, flow, world) {
                    let wrong = !passes(&list, flow, world);
                    some |= wrong;
                    *fails.entry(format!("{flow:?}")).or_insert(true) &= wrong;
                }
            });
            let all = fails.values().any(|fails| *fails);
            match expect(&space, &lowered, query, FlowAction::Allow, &WorkBudget::default()).unwrap() {
                ReachExpectation::Holds => prop_assert!(!some),
                ReachExpectation::Fails { .. } => prop_assert!(all),
                ReachExpectation::Hangs { .. } => prop_assert!(some && !all),
            }
        }
    }

    #[test]
    fn what_a_step_opens_and_cuts_is_each_such_flow([before, way] in edited(), after in list()) {
        let (space, [b, w, a]) = Space::of(&Axioms::default(), [&before, &way, &after]);
        let Between { opened, cut, complete } = between(&space, [&b, &w, &a], LIMIT, &WorkBudget::default()).unwrap();
        prop_assert!(complete);
        let all = |flow: &Flow, world: &World| [&before, &way, &after].map(|list| passes(list, flow, world));
        let opens = |flow: &Flow, world: &World| all(flow, world) == [false, true, false];
        let cuts = |flow: &Flow, world: &World| all(flow, world) == [true, false, true];
        prop_assert_eq!(wrong(opened.iter().map(|of| &of.product), opens), None, "{:?}", opened);
        prop_assert_eq!(wrong(cut.iter().map(|of| &of.product), cuts), None, "{:?}", cut);
    }
}

/// A rule from one group to another for each number, all to `services`.
fn pairs(count: usize, services: impl Fn(usize) -> ServiceSet) -> DecisionList {
    let ends = |side: &str, at: usize| vec![group(&format!("{side}{at}"))].into();
    let product =
        |at| Match { services: services(at), sources: ends("s", at), destinations: ends("d", at), ..Match::any() };
    DecisionList::new((0..count).map(|at| ListLine::new(FlowAction::Allow, product(at), at)).collect())
}

#[test]
fn one_port_less_is_one_change_however_many_rules_there_are() {
    for count in [1, 14, 60, 300] {
        let both = |_| ports(&[443, 1433]);
        let old = pairs(count, both);
        let new = pairs(count, |at| if at + 1 == count { ports(&[443]) } else { both(at) });
        let (space, [a, b]) = Space::of(&Axioms::default(), [&old, &new]);
        let found = difference(&space, &a, &b, LIMIT, &WorkBudget::default()).unwrap();
        let [change] = found.changes.as_slice() else { panic!("{count} rules: {} changes", found.changes.len()) };
        assert!(found.complete);
        assert_eq!(change.product.except.len(), count - 1);
    }
}

#[test]
fn rules_between_groups_reach_in_an_entry_each() {
    let list = pairs(60, |_| ports(&[443]));
    let (space, [lowered], queries) = Space::with_queries(&Axioms::default(), [&list], &[Match::any()]);
    let found = reach(&space, &lowered, &queries[0], LIMIT, &WorkBudget::default()).unwrap();
    // One for each rule, and the default inside the port and outside of it.
    assert_eq!((found.decided.len(), found.complete), (62, true));
    let short = reach(&space, &lowered, &queries[0], 30, &WorkBudget::default()).unwrap();
    assert!(!short.complete && short.decided.len() <= 62);
}

#[test]
fn a_step_that_drops_a_rule_between_groups_cuts_one_set_of_flows() {
    let all = pairs(100, |_| ports(&[443]));
    let mut way = all.clone();
    way.lines.remove(99);
    let (space, [b, w, a]) = Space::of(&Axioms::default(), [&all, &way, &all]);
    let found = between(&space, [&b, &w, &a], LIMIT, &WorkBudget::default()).unwrap();
    assert_eq!((found.opened.len(), found.cut.len(), found.complete), (0, 1, true));
}
