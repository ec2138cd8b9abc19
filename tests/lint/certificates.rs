//! Each finding of FW0301 and FW0302, and each that is not made, on random sources, against the evaluator that reads one rule
//! after the other: what is reported dead decides no flow at any corner; what is not shows a flow that it decides; what
//! could go changes no flow at any corner; what could not shows a flow that it changes.

use std::collections::HashSet;

use fwc::evaluate::{self, Atom, FlowPoint, Knowledge, OrderLine, Outside, RuleOrder, World};
use fwc::flow::{self, Axioms, MatchingField, Need, Space, Standing, Witness, WorkBudget, redundancies, shadows};
use fwc::intent::Intent;
use fwc::lint;
use fwc::lower::as_written;
use fwc::model::{Model, Policy, Rules};
use fwc::prove::{OpaqueSort, decisions};
use fwc::source::Origin;

use crate::oracle::{
    flows::Corners,
    meaning::{self, Ask, Meaning},
    random::Random,
    source::source,
};
use crate::project::lowered;

const SOURCES: u64 = 120;
const CORNERS: usize = 250;

/// What came of it all.
#[derive(Default, Debug)]
struct Counts {
    policies: usize,
    dead: usize,
    alive: usize,
    needless: usize,
    needed: usize,
}

#[test]
fn each_finding_and_each_silence_has_a_certificate() {
    let mut counts = Counts::default();
    for seed in 0..SOURCES {
        one(seed, &mut counts);
    }
    println!("{counts:?}");
    assert!(counts.policies > 50 && counts.dead > 100 && counts.alive > 300, "{counts:?}");
    assert!(counts.needless > 50 && counts.needed > 300, "{counts:?}");
}

fn one(seed: u64, counts: &mut Counts) {
    let mut random = Random::of(seed);
    let text = source(&mut random);
    let Some((intent, lowered)) = lowered(&text) else { return };
    let known = fwc::prove::knowledge(&intent);
    let model = known.applied_to(&as_written(&intent, &lowered));
    let found = lint::of_source(&intent, &lowered.model, &model, &known, &WorkBudget::default());
    let about = |codes: &[&str], policy: &str| -> HashSet<Origin> {
        let of = found
            .iter()
            .filter(|found| codes.contains(&found.code.id) && !found.message.contains(" part of this rule"));
        let of = of.filter(|found| !found.message.contains("translations of this rule"));
        of.filter(|found| found.rule.as_ref().unwrap().policy == policy).map(|found| found.about[0].clone()).collect()
    };
    for policy in &model.policies {
        counts.policies += 1;
        let case = Case { seed, intent: &intent, model: &model, policy, known: &known };
        case.shadows(&about(&["FW0301", "FW0506", "FW0507"], &policy.name), &mut random, counts);
        case.redundancies(&about(&["FW0302"], &policy.name), &mut random, counts);
    }
}

struct Case<'a> {
    seed: u64,
    intent: &'a Intent,
    model: &'a Model,
    policy: &'a Policy,
    known: &'a Knowledge,
}

impl Case<'_> {
    fn corners(&self, random: &mut Random) -> Vec<Ask> {
        let meant = self.intent.policies.iter().find(|policy| policy.name.value == self.policy.name).unwrap();
        let meaning = Meaning::of(self.intent, meant);
        let corners = Corners::of(self.intent, &meaning);
        if meaning.rules.is_empty() { Vec::new() } else { (0..CORNERS).map(|_| corners.draw(random)).collect() }
    }

    fn shadows(&self, dead: &HashSet<Origin>, random: &mut Random, counts: &mut Counts) {
        let order = RuleOrder::of(self.model, self.policy);
        for ask in self.corners(random) {
            let line = decide(&order, self.known, &ask);
            let origin = line.filter(|line| line.policy.name == self.policy.name).and_then(|line| line.rule.origin());
            assert!(origin.is_none_or(|origin| !dead.contains(origin)), "seed {}: {ask:?} reaches {line:?}", self.seed);
        }
        let decisions = decisions(&order, self.known);
        let (space, [lowered]) = Space::of(&axioms(self.known), [&decisions.list]);
        let mut alive = HashSet::new();
        for (standing, line) in shadows(&space, &lowered, &WorkBudget::default()).iter().zip(&decisions.lines) {
            let Standing::Reached(sample) = standing else { continue };
            let witness = space.show(sample);
            let decided = at(&order, self.known, &witness);
            assert_eq!(decided.map(|line| line.place), Some(line.place), "seed {}: {witness:?}", self.seed);
            alive.extend(line.rule.origin().filter(|_| line.policy.name == self.policy.name).cloned());
        }
        let own: HashSet<Origin> = own(&decisions.lines, self.policy).cloned().collect();
        assert_eq!(own.difference(&alive).collect::<HashSet<_>>(), dead.iter().collect(), "seed {}", self.seed);
        counts.dead += dead.len();
        counts.alive += alive.len();
    }

    fn redundancies(&self, needless: &HashSet<Origin>, random: &mut Random, counts: &mut Counts) {
        let order = RuleOrder::of(self.model, self.policy);
        let corners = self.corners(random);
        for origin in needless {
            let rest = self.without(origin);
            let rest_order = RuleOrder::of(&rest, rest.policy(&self.policy.name).unwrap());
            for ask in &corners {
                let (with, without) = (decide(&order, self.known, ask), decide(&rest_order, self.known, ask));
                assert_eq!(does(with), does(without), "seed {}: {ask:?} needs {origin:?}", self.seed);
            }
        }
        let decisions = decisions(&order, self.known);
        let (space, [lowered]) = Space::of(&axioms(self.known), [&decisions.list]);
        for (need, line) in redundancies(&space, &lowered, &WorkBudget::default()).iter().zip(&decisions.lines) {
            let (Need::Needed(sample), Some(origin)) = (need, line.rule.origin()) else { continue };
            let lines = decisions.lines.iter().filter(|line| line.rule.origin() == Some(origin)).count();
            if line.policy.name != self.policy.name || lines > 1 {
                continue;
            }
            assert!(!needless.contains(origin), "seed {}: {origin:?}", self.seed);
            let rest = self.without(origin);
            let rest_order = RuleOrder::of(&rest, rest.policy(&self.policy.name).unwrap());
            let witness = space.show(sample);
            let (with, without) = (at(&order, self.known, &witness), at(&rest_order, self.known, &witness));
            assert_ne!(does(with), does(without), "seed {}: {witness:?}", self.seed);
            counts.needed += 1;
        }
        counts.needless += needless.len();
    }

    /// The model without a rule of the policy.
    fn without(&self, origin: &Origin) -> Model {
        let mut model = self.model.clone();
        let policy = model.policies.iter_mut().find(|policy| policy.name == self.policy.name).unwrap();
        for collection in policy.groups.iter_mut().flat_map(|group| &mut group.collections) {
            match &mut collection.rules {
                Rules::Nat(rules) => rules.retain(|rule| rule.origin.as_ref() != Some(origin)),
                Rules::Network(_, rules) => rules.retain(|rule| rule.origin.as_ref() != Some(origin)),
                Rules::Application(_, rules) => rules.retain(|rule| rule.origin.as_ref() != Some(origin)),
            }
        }
        model
    }
}

fn own<'l>(lines: &'l [OrderLine<'_>], policy: &Policy) -> impl Iterator<Item = &'l Origin> {
    lines.iter().filter(move |line| line.policy.name == policy.name).filter_map(|line| line.rule.origin())
}

fn axioms(known: &Knowledge) -> Axioms {
    fwc::prove::axioms_of_any_address(known)
}

fn decide<'m>(order: &RuleOrder<'m>, known: &Knowledge, ask: &Ask) -> Option<OrderLine<'m>> {
    let Ask { source, address, name, service, facts } = ask;
    let point = FlowPoint { source: *source, address: *address, name: name.as_ref(), path: None, service: *service };
    evaluate::decide(order, &point, known, &meaning::world(facts))
}

fn at<'m>(order: &RuleOrder<'m>, known: &Knowledge, witness: &Witness) -> Option<OrderLine<'m>> {
    let world: World = witness.inside.iter().map(|(field, atom)| fact(*field, atom)).collect();
    evaluate::decide(order, &FlowPoint::of(&witness.flow, witness.flow.address.unwrap()), known, &world)
}

fn fact(field: MatchingField, atom: &flow::MatchingAtom) -> Atom {
    let name = &*atom.name;
    let outside = match OpaqueSort::of(atom) {
        OpaqueSort::ServiceTag => Outside::ServiceTag(name.into()),
        OpaqueSort::IpGroup => Outside::IpGroup(name.into()),
        OpaqueSort::Pods => Outside::Pods(name.into()),
        OpaqueSort::Dns => Outside::Dns(name.parse().unwrap()),
        OpaqueSort::FqdnTag => return Atom::FqdnTag(name.into()),
        OpaqueSort::Category => return Atom::WebCategory(name.into()),
        OpaqueSort::Url => return Atom::Url(name.to_owned()),
        OpaqueSort::ReadFirst | OpaqueSort::Condition => return Atom::Condition(name.into()),
    };
    match field {
        MatchingField::Source => Atom::Source(outside),
        MatchingField::Destination | MatchingField::Name | MatchingField::Common => Atom::Destination(outside),
    }
}

/// What happens to a flow: whether it passes, and where it goes instead.
fn does(line: Option<OrderLine<'_>>) -> (fwc::model::Action, Option<String>) {
    let target = line.and_then(|line| match line.rule {
        evaluate::SortedRule::Nat(rule) => Some(format!("{:?}:{}", rule.handling.target, rule.handling.port)),
        evaluate::SortedRule::Network(..) | evaluate::SortedRule::Application(..) => None,
    });
    (evaluate::action_of(line), target)
}
