//! The lemma of `evaluate`: the small worlds reach what any world reaches.

use fwc::evaluate::{self, Atom, FlowPoint, Knowledge, Outside, ReadFirst, RuleOrder, TagHosts, World};
use fwc::explain::{Detail, Explainer, explain};
use fwc::flow::{By, Flow, MatchingField};
use fwc::model::{Collection, Model, Presence, Priority, Rules};
use fwc::net::{AppProtocol, HostPattern};
use fwc::prove::{OpaqueSort, decisions};
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::net::Ipv4Addr;

use super::build::{app, application, net, network, one_group, question};

const SOURCES: [&str; 4] = ["*", "10.0.0.0/8", "id:/g", "id:/h"];
const ADDRESSES: [&str; 6] = ["20.0.0.0/8", "tag:S", "tag:S.W", "id:/g", "time.com", "30.0.0.1 tag:T"];
const NAMES: [&str; 5] = ["a.com", "*.com", "tag:F", "category:C", "a.com tag:F"];
const FLOWS: [&str; 5] = [
    "https 10.0.0.4 a.com",
    "tcp/443 10.0.0.4 20.0.0.1",
    "https 11.0.0.4 a.com@30.0.0.1",
    "https 10.0.0.4 b.com",
    "http 10.0.0.4 b.com",
];

fn facts() -> Vec<Atom> {
    let tag = |text: &str| Atom::Destination(Outside::ServiceTag(text.into()));
    let group = |text: &str| Outside::IpGroup(text.into());
    let named = "time.com".parse().map(|name| Atom::Destination(Outside::Dns(name)));
    let tags = [tag("S"), tag("S.W"), tag("T"), Atom::FqdnTag("F".into()), Atom::WebCategory("C".into())];
    let groups = [Atom::Source(group("/g")), Atom::Source(group("/h")), Atom::Destination(group("/g"))];
    let first = ["deny-0", "allow-1", "deny-2"].map(|name| first(&format!("collection `{name}` of group `g`")));
    let conditions = ["p", "q"].map(|text| Atom::Condition(text.into()));
    tags.into_iter().chain(groups).chain(named.ok()).chain(conditions).chain(first).collect()
}

/// Always, or under conditions that are asked for either way.
fn presence(at: usize) -> Presence {
    let is = |text: &str| Presence::Is(text.into());
    let under = [is("p"), is("q").negated(), is("p").negated().and(is("q")), is("p").or(is("q"))];
    under.into_iter().nth(at).unwrap_or_default()
}

/// Nothing, or what may be known of the FQDN tag that rules name: its hosts, hosts that it may have, its protocols.
fn knowledge() -> impl Strategy<Value = Knowledge> {
    let patterns = || {
        let texts = subsequence(vec!["a.com", "b.com", "*.com", "*a.com", "c.org"], 0..3);
        texts.prop_map(|texts| texts.iter().filter_map(|text| text.parse().ok()).collect::<Vec<HostPattern>>())
    };
    let protocols = subsequence(vec![(AppProtocol::Https, 443), (AppProtocol::Http, 80)], 1..=2);
    let hosts = (patterns(), patterns(), proptest::option::of(protocols))
        .prop_map(|(hosts, open, protocols)| TagHosts { hosts, open, protocols });
    proptest::option::weighted(0.8, hosts).prop_map(|hosts| {
        let mut knowledge = Knowledge::none();
        hosts.into_iter().for_each(|hosts| knowledge.learn_fqdn_tag("f", hosts));
        knowledge
    })
}

type Drawn = (bool, bool, usize, usize, usize, u32);

fn collections() -> impl Strategy<Value = Vec<Collection>> {
    let line = (any::<bool>(), any::<bool>(), 0..SOURCES.len(), 0..30usize, 0..9usize, 100..103_u32);
    proptest::collection::vec(line, 0..6).prop_map(|lines| {
        let collection = |(at, (allow, network_rule, source, to, under, priority)): (usize, Drawn)| {
            let name = format!("{}-{at}", if allow { "allow" } else { "deny" });
            let from = SOURCES.iter().cycle().nth(source).copied().unwrap_or("*");
            let pick = |list: &[&'static str]| list.iter().cycle().nth(to).copied().unwrap_or("*");
            let of = if network_rule {
                network(&name, priority, vec![net(&name, "tcp", from, pick(&ADDRESSES), "443")])
            } else {
                application(&name, priority, vec![app(&name, "https:443 http:80", from, pick(&NAMES))])
            };
            Collection { presence: presence(under), ..of }
        };
        lines.into_iter().enumerate().map(collection).collect()
    })
}

proptest! {
    #[test]
    fn every_world_is_answered_by_a_small_one_and_each_small_one_is_true(
        collections in collections(),
        chosen in proptest::collection::vec(any::<bool>(), 14),
        flow in 0..FLOWS.len(),
        knowledge in knowledge(),
        address in prop_oneof![Just([20, 0, 0, 1]), Just([30, 0, 0, 1]), Just([40, 0, 0, 1])],
    ) {
        let model = one_group(collections);
        let text = FLOWS.get(flow).copied().unwrap_or_default();
        let world: World = facts().into_iter().zip(chosen).filter_map(|(atom, holds)| holds.then_some(atom)).collect();
        prop_assert_eq!(unanswered(&model, &knowledge, text, address.into(), &world), Vec::<String>::new());
    }
}

/// How many answers are drawn; at least a third of them depend on something.
const ANSWERS: &str = "FWC_ANSWERS";

#[test]
fn where_a_condition_of_an_answer_holds_the_answer_is_that() {
    let cases = std::env::var(ANSWERS).ok().and_then(|text| text.parse().ok()).unwrap_or(4000_u32);
    let address = prop_oneof![Just([20, 0, 0, 1]), Just([30, 0, 0, 1]), Just([40, 0, 0, 1])];
    let chosen = proptest::collection::vec(any::<bool>(), 11);
    let drawn = (collections(), chosen, 0..4usize, 0..FLOWS.len(), knowledge(), address);
    let depending = Cell::new(0);
    let answered = TestRunner::new(ProptestConfig::with_cases(cases)).run(
        &drawn,
        |(collections, chosen, first_read, flow, knowledge, address)| {
            let model = one_group(collections);
            let text = FLOWS.get(flow).copied().unwrap_or_default();
            let world = filled(&chosen, first_read);
            let (depends, untrue) = untrue(&model, &knowledge, text, address.into(), &world);
            depending.set(depending.get() + u32::from(depends));
            prop_assert_eq!(untrue, Vec::<String>::new());
            Ok(())
        },
    );
    answered.unwrap();
    println!("{} of {cases} answers depend on something", depending.get());
    assert!(depending.get() * 3 >= cases, "{} of {cases} answers depend on something", depending.get());
}

/// Where `deny-0` is read first it denies, whatever is so of `time.com`: there "otherwise", which allows, is not the answer.
#[test]
fn the_line_that_decides_elsewhere_too_is_told_where_it_is_read_first() {
    let deny = network("deny-0", 100, vec![net("deny-0", "tcp", "*", "20.0.0.0/8", "443")]);
    let allow = network("allow-1", 100, vec![net("allow-1", "tcp", "*", "time.com", "443")]);
    let named = application("allow-2", 100, vec![app("allow-2", "https:443", "*", "a.com")]);
    let model = one_group(vec![deny, allow, named]);
    let named = Atom::Destination(Outside::Dns("time.com".parse().unwrap()));
    let first = |name: &str| first(&format!("collection `{name}` of group `g`"));
    let text = "https 10.0.0.4 a.com";
    for address in [[20, 0, 0, 1], [40, 0, 0, 1]] {
        for facts in [vec![], vec![named.clone()], vec![first("deny-0")], vec![named.clone(), first("deny-0")]] {
            let world: World = facts.into_iter().collect();
            assert_eq!(untrue(&model, &Knowledge::none(), text, address.into(), &world).1, Vec::<String>::new());
        }
    }
}

/// A world of the facts that are `chosen`, in which at most one of several is read first, and every condition is known.
fn filled(chosen: &[bool], first_read: usize) -> World {
    let facts = facts();
    let world = facts.iter().zip(chosen).fold(World::default(), |world, (atom, holds)| match (atom, holds) {
        (_, true) => world.with(atom),
        (Atom::Condition(_), false) => world.without(atom),
        (_, false) => world,
    });
    facts.iter().skip(chosen.len()).nth(first_read).map_or(world.clone(), |first| world.with(first))
}

/// Whether the answer depends on something, and those of its conditions that hold and say something else than `decide` does.
fn untrue(model: &Model, knowledge: &Knowledge, text: &str, address: Ipv4Addr, world: &World) -> (bool, Vec<String>) {
    let policy = model.policies.first().expect("the policy");
    let flow = question(text).flow(model).expect("a flow");
    let address = flow.address.unwrap_or(address);
    let order = RuleOrder::of(model, policy);
    let decided = evaluate::decide(&order, &FlowPoint::of(&flow, address), knowledge, world);
    let decided = evaluate::action_of(decided);
    let found = explain(model, policy, &flow, knowledge).expect("an answer");
    let holding: Vec<_> = found.depends.iter().filter(|case| case.on.holds(world, address)).collect();
    let otherwise = holding.is_empty().then(|| ("otherwise".to_owned(), found.decided_by));
    let said = holding.into_iter().map(|case| (case.on.to_string(), case.decided_by)).chain(otherwise);
    let wrong = said.filter(|(_, by)| by.action() != decided);
    let wrong = wrong.map(|(on, by)| format!("{on}: {}, and is {decided} in {world}", by.action()));
    (!found.depends.is_empty(), wrong.collect())
}

proptest! {
    #[test]
    fn what_is_kept_of_earlier_flows_changes_no_answer(
        collections in collections(),
        asked in proptest::collection::vec(0..FLOWS.len(), 1..12),
        knowledge in knowledge(),
    ) {
        let model = one_group(collections);
        let policy = model.policies.first().expect("the policy");
        let order = RuleOrder::of(&model, policy);
        let mut many = Explainer::new(&order, &knowledge, Detail::Passed);
        for text in asked.into_iter().filter_map(|flow| FLOWS.get(flow)) {
            let flow = question(text).flow(&model).expect("a flow");
            let (kept, alone) = (many.explain(&flow), explain(&model, policy, &flow, &knowledge));
            prop_assert_eq!(format!("{kept:?}"), format!("{alone:?}"));
        }
    }
}

proptest! {
    #[test]
    fn a_decision_list_decides_as_the_evaluator_does_in_every_world(
        collections in collections(),
        chosen in proptest::collection::vec(any::<bool>(), 14),
        flow in 0..FLOWS.len(),
        knowledge in knowledge(),
        address in prop_oneof![Just([20, 0, 0, 1]), Just([30, 0, 0, 1]), Just([40, 0, 0, 1])],
    ) {
        // What two kinds of targets mean together is told apart by the rule in the one, and by what it lists in the other.
        prop_assume!(!collections.iter().any(has_two_kinds));
        let model = one_group(collections);
        let policy = model.policies.first().expect("the policy");
        let world: World = facts().into_iter().zip(chosen).filter_map(|(atom, holds)| holds.then_some(atom)).collect();
        let order = RuleOrder::of(&model, policy);
        let asked = question(FLOWS.get(flow).copied().unwrap_or_default()).flow(&model).expect("a flow");
        let asked = Flow { address: Some(asked.address.unwrap_or(address.into())), ..asked };
        let point = FlowPoint::of(&asked, asked.address.expect("an address"));
        let found = decisions(&order, &knowledge);
        let by = found.list.decide(&asked, &|field, atom| world.holds(&fact(field, atom)));
        let place = match by {
            By::Line(index) => Some(found.lines[index].place),
            By::Default => None,
        };
        prop_assert_eq!(place, evaluate::decide(&order, &point, &knowledge, &world).map(|line| line.place));
    }
}

fn has_two_kinds(collection: &Collection) -> bool {
    let Rules::Application(_, rules) = &collection.rules else { return false };
    rules.iter().any(|rule| !rule.matches.fqdns.is_empty() && !rule.matches.fqdn_tags.is_empty())
}

/// What it takes, in the evaluator's terms, for an atom to hold.
fn fact(field: MatchingField, atom: &fwc::flow::MatchingAtom) -> Atom {
    let name = &*atom.name;
    let side = |of: Outside| if field == MatchingField::Source { Atom::Source(of) } else { Atom::Destination(of) };
    match OpaqueSort::of(atom) {
        OpaqueSort::ServiceTag => side(Outside::ServiceTag(name.into())),
        OpaqueSort::IpGroup => side(Outside::IpGroup(name.into())),
        OpaqueSort::Pods => side(Outside::Pods(name.into())),
        OpaqueSort::Dns => side(Outside::Dns(name.parse().expect("a name"))),
        OpaqueSort::FqdnTag => Atom::FqdnTag(name.into()),
        OpaqueSort::Category => Atom::WebCategory(name.into()),
        OpaqueSort::Url => Atom::Url(name.to_owned()),
        OpaqueSort::ReadFirst => first(name),
        OpaqueSort::Condition => Atom::Condition(name.into()),
    }
}

fn first(what: &str) -> Atom {
    Atom::ReadFirst(ReadFirst { what: what.into(), others: [].into(), priority: Priority::FIRST, among: what.into() })
}

/// What `outcomes` says at one address and `decide` does not, and the other way round.
fn unanswered(model: &Model, knowledge: &Knowledge, text: &str, address: Ipv4Addr, world: &World) -> Vec<String> {
    let (Some(policy), Ok(flow)) = (model.policies.first(), question(text).flow(model)) else {
        return vec!["no question".to_owned()];
    };
    let order = RuleOrder::of(model, policy);
    let point = FlowPoint::of(&flow, address);
    let decide = |world: &World| evaluate::decide(&order, &point, knowledge, world).map(|line| line.place);
    let outcomes = evaluate::outcomes(&order, &flow, knowledge).unwrap_or_default();
    let Some(here) = outcomes.into_iter().find(|outcome| outcome.addresses.contains(address)) else {
        return Vec::from_iter(flow.address.is_none().then(|| "an address is in no outcome".to_owned()));
    };
    let plain = (World::default(), here.decided_by);
    let turns = here.unless.into_iter().map(|turn| (turn.world, turn.line));
    let said: Vec<_> = turns.chain([plain]).map(|(world, line)| (world, line.map(|line| line.place))).collect();
    let unheard = said.iter().all(|(_, place)| *place != decide(world));
    let wrong = said.iter().filter(|(world, place)| *place != decide(world));
    let unheard = unheard.then(|| format!("{world:?} is not answered"));
    wrong.map(|(world, _)| format!("{world:?} is answered wrongly")).chain(unheard).collect()
}
