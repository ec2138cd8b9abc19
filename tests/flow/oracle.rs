//! Three engines and a reading line by line, on generated policies that must leave no disagreement.
//!
//! For each policy, the list that the author means and the list that Azure reads: first match over sets of bits, in a library
//! that shares nothing with `fwc::flow`, says which flows each line decides. The diagram's `reach` has to give each line just
//! these flows, `shadows` has to call the lines dead that have none, with lines that cover them, and `equivalent` has to see
//! whether the two lists allow and translate the same. Then flows at the corners of rules: Azure's order line by line, the
//! decider, the bits and the reading of the source have to name one line.
//!
//! `FWC_POLICIES=20000 FWC_SEED=1 cargo test --release no_two_engines_disagree -- --nocapture` is the long run.

use std::collections::BTreeMap;
use std::fmt;

use fwc::evaluate::{self, Atom as Fact, FlowPoint, Knowledge, OrderLevel, Outside, RuleOrder, World};
use fwc::flow::{
    By, Decider, DeciderAnswer, DecisionList, Equivalence, Flow, FlowAction, LoweredBoxes, Match, MatchingAtom,
    MatchingField, Sample, Space, SpaceQuery, Standing, WorkBudget, equivalent, reach, shadows,
};
use fwc::intent::Intent;
use fwc::model;
use fwc::net::AddressSet;
use fwc::prove::{self, Decisions, Effects, MeantDecisions, OpaqueSort};
use oxidd::BooleanFunction;

use super::bits::{Bits, Set};
use crate::oracle::{
    flows::Corners,
    meaning::{Ask, Decision, Meaning, world},
    random::Random,
    source::source,
};
use crate::project::lowered;

/// How many products of a list are looked at; more are counted as left out.
const PRODUCTS: usize = 200_000;
const FLOWS: usize = 50;

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn no_two_engines_disagree() {
    let (policies, flows) = (number("FWC_POLICIES", 200), number("FWC_FLOWS", FLOWS));
    let first = u64::try_from(number("FWC_SEED", 1)).unwrap();
    let mut counts = Counts::default();
    for seed in first.. {
        if counts.policies == policies {
            break;
        }
        one(seed, flows, &mut counts);
    }
    println!("{counts}");
    counts.assert_well_spread();
}

/// One policy, from its text on.
fn one(seed: u64, flows: usize, counts: &mut Counts) {
    let mut random = Random::of(seed);
    let text = source(&mut random);
    let Some((intent, model)) = compile(&text) else {
        counts.refused += 1;
        return;
    };
    let attached = intent.policies.iter().find(|policy| policy.name.value == "child").unwrap();
    let order = RuleOrder::of(&model, model.policy("child").unwrap());
    let knowledge = prove::knowledge(&intent);
    let mut effects = Effects::default();
    let meant = prove::meant(&intent, attached, &model, &knowledge, &mut effects);
    let does = prove::decisions_with(&order, &knowledge, &mut effects);
    let policy = Policy { seed, text: &text, knowledge, order, meant, does };
    let sides = policy.lists(counts);
    let corners = Meaning::of(&intent, attached);
    policy.flows(&Corners::of(&intent, &corners), &corners, (flows, &mut random), (&sides, counts));
}

fn compile(text: &str) -> Option<(Intent, model::Model)> {
    lowered(text).map(|(intent, lowered)| (intent, lowered.model))
}

struct Policy<'p> {
    seed: u64,
    text: &'p str,
    knowledge: Knowledge,
    order: RuleOrder<'p>,
    meant: MeantDecisions,
    does: Decisions<'p>,
}

/// Which opaque sets the ends and the name of a flow are in.
type Holds<'h> = &'h dyn Fn(MatchingField, &MatchingAtom) -> bool;

/// What the engines said of the two lists.
struct Sides {
    bits: Bits,
    space: Space,
    meant: LoweredBoxes,
    does: LoweredBoxes,
    /// The flows that Azure allows.
    allowed: Set,
    /// For each line that Azure reads, whether a flow reaches it.
    alive: Vec<bool>,
}

impl Policy<'_> {
    fn lists(&self, counts: &mut Counts) -> Sides {
        let axioms = prove::axioms(&self.knowledge);
        let (meant, does) = (&self.meant.list, &self.does.list);
        let bits = Bits::of(&axioms, &[meant, does]);
        let (space, [left, right], queries) = Space::with_queries(&axioms, [meant, does], &[Match::any()]);
        let (of_meant, of_does) = (bits.first_match(meant), bits.first_match(does));
        for (list, lowered, decided) in [(meant, &left, &of_meant), (does, &right, &of_does)] {
            self.lines(list, (&space, lowered, &queries[0]), (&bits, decided), counts);
        }
        let same = outcomes(&bits, meant, &of_meant) == outcomes(&bits, does, &of_does);
        let found = equivalent(&space, &left, &right, &WorkBudget::default()).unwrap();
        assert_eq!(same, found == Equivalence::Equal, "{}: {found:?}", self.what());
        if let Equivalence::Apart { witness, before, after } = found {
            let holds = |field, atom: &MatchingAtom| witness.inside.contains(&(field, atom.clone()));
            assert_eq!(meant.decide(&witness.flow, &holds), before, "{}: {witness:?}", self.what());
            assert_eq!(does.decide(&witness.flow, &holds), after, "{}: {witness:?}", self.what());
        }
        let allowed = outcomes(&bits, does, &of_does)
            .into_iter()
            .filter(|((action, _), _)| *action == FlowAction::Allow)
            .map(|(_, set)| Ok(set));
        let allowed = bits.any_of(allowed).unwrap();
        let alive = of_does.0.iter().map(|decided| decided.satisfiable()).collect();
        counts.policies += 1;
        counts.apart += usize::from(!same);
        counts.rules(self.order.lines().len());
        Sides { bits, space, meant: left, does: right, allowed, alive }
    }

    /// What the diagram and the local engine say of the lines of one list, against the bits.
    fn lines(
        &self,
        list: &DecisionList,
        (space, lowered, query): (&Space, &LoweredBoxes, &SpaceQuery),
        (bits, (decided, default)): (&Bits, &(Vec<Set>, Set)),
        counts: &mut Counts,
    ) {
        let found = reach(space, lowered, query, PRODUCTS, &WorkBudget::default()).unwrap();
        counts.products += found.decided.len();
        if found.complete {
            let mut by: BTreeMap<By, Set> = BTreeMap::new();
            for part in &found.decided {
                let product = bits.of_product(&part.product).unwrap();
                let so_far = by.remove(&part.by).unwrap_or_else(|| bits.nothing());
                by.insert(part.by, so_far.or(&product).unwrap());
            }
            let lines = decided.iter().enumerate().map(|(line, set)| (By::Line(line), set));
            for (line, set) in lines.chain([(By::Default, default)]) {
                let reached = by.remove(&line).unwrap_or_else(|| bits.nothing());
                assert!(reached == *set, "{}: {line:?} decides other flows", self.what());
            }
        } else {
            counts.left_out += 1;
        }
        let standings = shadows(space, lowered, &WorkBudget::default());
        for ((line, standing), decided) in standings.iter().enumerate().zip(decided) {
            self.standing((list, line, standing), space, (bits, decided));
        }
        counts.lines += standings.len();
        counts.dead += standings.iter().filter(|standing| !matches!(standing, Standing::Reached(_))).count();
        counts.unions +=
            standings.iter().filter(|standing| matches!(standing, Standing::Covered { by } if by.len() > 1)).count();
    }

    /// A line is dead where it decides nothing, and the certificate shows it.
    fn standing(
        &self,
        (list, line, standing): (&DecisionList, usize, &Standing),
        space: &Space,
        (bits, decided): (&Bits, &Set),
    ) {
        let what = || format!("{}: line {line} is {standing:?}", self.what());
        let reached = matches!(standing, Standing::Reached(_));
        assert_eq!(decided.satisfiable(), reached, "{}", what());
        match standing {
            Standing::Reached(sample) => {
                assert_eq!(decide(list, space, sample), By::Line(line), "{}", what());
            }
            Standing::Covered { by } => {
                let covering = bits.any_of(by.iter().map(|&by| Ok(bits.of_line(&list.lines[by])))).unwrap();
                assert!(by.iter().all(|&by| by < line), "{}", what());
                assert!(!covering.imp_strict(&bits.of_line(&list.lines[line])).unwrap().satisfiable(), "{}", what());
            }
            Standing::Empty => assert!(!bits.of_line(&list.lines[line]).satisfiable(), "{}", what()),
            Standing::NotDecided(stopped) => panic!("{}: {stopped}", what()),
        }
    }

    fn flows(
        &self,
        corners: &Corners<'_, '_>,
        meaning: &Meaning<'_>,
        (flows, random): (usize, &mut Random),
        (sides, counts): (&Sides, &mut Counts),
    ) {
        let decider = Decider::new(&sides.space, &sides.does, &WorkBudget::default()).unwrap();
        let of_meant = Decider::new(&sides.space, &sides.meant, &WorkBudget::default()).unwrap();
        for _ in 0..flows {
            let ask = corners.draw(random);
            let world = world(&ask.facts);
            let flow = flow(&ask);
            let untagged = AddressSet::untagged().contains(ask.address);
            let can_hold = |atom: &MatchingAtom| !(untagged && OpaqueSort::of(atom) == OpaqueSort::ServiceTag);
            let holds = |field, atom: &MatchingAtom| can_hold(atom) && world.holds(&fact(field, atom));
            let naive = self.naive(&ask, &world);
            let what = || format!("{}: {ask:?}", self.what());
            let found = answer(&decider, &flow, &holds);
            let hangs = matches!(decider.decide(&flow), Some(DeciderAnswer::Hangs(_)));
            assert_eq!(found, naive, "{}", what());
            assert_eq!(self.does.list.decide(&flow, &holds), naive, "{}", what());
            let allowed = self.does.list.action(naive) == FlowAction::Allow;
            assert_eq!(sides.bits.contains(&sides.allowed, &flow, &holds), allowed, "{}", what());
            if let By::Line(line) = naive {
                assert!(sides.alive[line], "{}: line {line} is said to be dead", what());
            }
            let wanted = answer(&of_meant, &flow, &holds);
            assert_eq!(wanted, self.meant.list.decide(&flow, &holds), "{}", what());
            assert_eq!(self.written(wanted), of_source(&meaning.decide(&ask)), "{}", what());
            self.count((&flow, &holds), (naive, allowed, hangs), sides, counts);
        }
    }

    fn count(
        &self,
        (flow, holds): (&Flow, Holds<'_>),
        (by, allowed, hangs): (By, bool, bool),
        sides: &Sides,
        counts: &mut Counts,
    ) {
        let dead = sides.alive.iter().zip(&self.does.list.lines).filter(|(alive, _)| !**alive);
        let level = match by {
            By::Line(line) => Some(self.does.lines[self.does.list.lines[line].origin].level),
            By::Default => None,
        };
        counts.flows += 1;
        counts.allowed += usize::from(allowed);
        counts.shadowed += usize::from(dead.into_iter().any(|(_, line)| line.matches(flow, holds)));
        counts.inherited += usize::from(level == Some(OrderLevel::Parent));
        counts.opaque += usize::from(hangs);
        counts.by_default += usize::from(by == By::Default);
        counts.named += usize::from(flow.name.is_some());
    }

    /// What decides in Azure, read line by line from the model.
    fn naive(&self, ask: &Ask, world: &World) -> By {
        let Ask { source, address, name, service, .. } = ask;
        let point =
            FlowPoint { source: *source, address: *address, name: name.as_ref(), path: None, service: *service };
        let line = evaluate::decide(&self.order, &point, &self.knowledge, world);
        line.map_or(By::Default, |line| {
            let at = self.does.lines.iter().position(|of| of.place == line.place).unwrap();
            By::Line(self.does.list.lines.iter().position(|of| of.origin == at).unwrap())
        })
    }

    /// Where the line of the meant list was written.
    fn written(&self, by: By) -> Option<fwc::source::SourceSpan> {
        let By::Line(line) = by else { return None };
        self.meant.lines[self.meant.list.lines[line].origin].as_ref().and_then(|origin| origin.span())
    }

    fn what(&self) -> String {
        format!("seed {}\n{}", self.seed, self.text)
    }
}

/// The flows of each outcome.
fn outcomes(
    bits: &Bits,
    list: &DecisionList,
    (decided, default): &(Vec<Set>, Set),
) -> BTreeMap<(FlowAction, u32), Set> {
    let mut all: BTreeMap<(FlowAction, u32), Vec<Set>> = BTreeMap::new();
    for (line, set) in list.lines.iter().zip(decided) {
        all.entry((line.action, line.effect)).or_default().push(set.clone());
    }
    all.entry((list.default, 0)).or_default().push(default.clone());
    let sets = all.into_iter().map(|(of, sets)| (of, bits.any_of(sets.into_iter().map(Ok)).unwrap()));
    sets.filter(|(_, set)| set.satisfiable()).collect()
}

fn decide(list: &DecisionList, space: &Space, sample: &Sample) -> By {
    let witness = space.show(sample);
    list.decide(&witness.flow, &|field, atom| witness.inside.contains(&(field, atom.clone())))
}

fn answer(decider: &Decider<'_>, flow: &Flow, holds: Holds<'_>) -> By {
    match decider.decide(flow).unwrap() {
        DeciderAnswer::By(by) => by,
        DeciderAnswer::Hangs(open) => decider.settle(open, holds),
    }
}

fn flow(ask: &Ask) -> Flow {
    let Ask { source, address, name, service, .. } = ask;
    Flow { source: *source, address: Some(*address), name: name.clone(), path: None, service: *service }
}

fn of_source(decision: &Decision<'_>) -> Option<fwc::source::SourceSpan> {
    match decision {
        Decision::Dnat(dnat) => dnat.origin.span(),
        Decision::Rule(_, rule, _) => rule.origin.span(),
        Decision::Nothing => None,
    }
}

/// What it takes, in the evaluator's terms, for a flow to be in an opaque set.
fn fact(field: MatchingField, atom: &MatchingAtom) -> Fact {
    let side = |of: Outside| if field == MatchingField::Source { Fact::Source(of) } else { Fact::Destination(of) };
    let name = &*atom.name;
    match OpaqueSort::of(atom) {
        OpaqueSort::ServiceTag => side(Outside::ServiceTag(name.into())),
        OpaqueSort::IpGroup => side(Outside::IpGroup(name.into())),
        OpaqueSort::Pods => side(Outside::Pods(name.into())),
        OpaqueSort::Dns => side(Outside::Dns(name.parse().unwrap())),
        OpaqueSort::FqdnTag => Fact::FqdnTag(name.into()),
        OpaqueSort::Category => Fact::WebCategory(name.into()),
        OpaqueSort::Url => Fact::Url(name.to_owned()),
        OpaqueSort::ReadFirst | OpaqueSort::Condition => Fact::Condition(name.into()),
    }
}

/// What was looked at.
#[derive(Default)]
struct Counts {
    policies: usize,
    refused: usize,
    apart: usize,
    least: usize,
    most: usize,
    rules: usize,
    lines: usize,
    dead: usize,
    unions: usize,
    products: usize,
    left_out: usize,
    flows: usize,
    allowed: usize,
    shadowed: usize,
    inherited: usize,
    opaque: usize,
    named: usize,
    by_default: usize,
}

impl Counts {
    fn rules(&mut self, count: usize) {
        self.least = if self.rules == 0 { count } else { self.least.min(count) };
        self.most = self.most.max(count);
        self.rules += count;
    }

    /// The draw is worth something: what the algebra is for comes up often.
    fn assert_well_spread(&self) {
        let at_least = |part: usize, share: usize, what: &str| {
            assert!(part * 100 >= self.flows * share, "{part} of {} flows are {what}\n{self}", self.flows);
        };
        at_least(self.allowed, 20, "allowed");
        at_least(self.shadowed, 3, "in a dead line too");
        at_least(self.inherited, 10, "decided by a parent");
        at_least(self.opaque, 3, "hanging on opaque sets");
        assert!(self.dead * 20 >= self.lines, "few lines are dead\n{self}");
        assert!(self.left_out * 100 <= self.policies, "too much is left out\n{self}");
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policies, refused, apart, least, most, rules, lines, dead, unions, products, left_out, .. } = self;
        let share = |count: usize| format!("{count} ({:.1} %)", count as f64 * 100.0 / self.flows.max(1) as f64);
        writeln!(f, "{policies} policies of {least} to {most} Azure rules, {rules} in all; {refused} sources refused")?;
        writeln!(
            f,
            "{lines} lines in both orders, {dead} of them dead, {unions} by a union; {apart} policies differ in the two"
        )?;
        writeln!(f, "{products} products compared with bits; {left_out} lists with too many products")?;
        writeln!(f, "{} flows, disagreements 0", self.flows)?;
        for (what, count) in [
            ("allowed", self.allowed),
            ("in a shadowed line too", self.shadowed),
            ("inherited: decided by a parent", self.inherited),
            ("hanging on opaque sets", self.opaque),
            ("with a name", self.named),
            ("decided by the default", self.by_default),
        ] {
            writeln!(f, "{what}: {}", share(count))?;
        }
        Ok(())
    }
}
