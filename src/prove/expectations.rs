//! What the source expects, for every flow of a set.

use crate::evaluate::{Knowledge, Line, Order};
use crate::flow::{
    self, Action, Axioms, Bound, Budget, By, DecisionList, Field, Match, Names, NotDecided, Paths, Product, Space,
    Witness, expect, reach,
};
use crate::intent::{self, Expectation, Host, Intent};
use crate::logic::{Formula, MOST};
use crate::model::{Model, Policy};
use crate::net::{AddressSet, AddressSpan, PortSet, ServiceSet};
use crate::prove::{Courses, Decider, Effects, Sort, Unknown, courses, decisions, ends, words};
use crate::way::{Way, Ways, link_local};

use super::axioms;

/// How many products of flows that fail are looked at.
const LIMIT: usize = 2000;

/// An expectation, judged in one policy.
#[derive(Clone, Debug)]
pub struct Checked<'i, 'm> {
    /// The test it stands in.
    pub test: Option<&'i str>,
    /// The policy it was judged in.
    pub policy: &'m str,
    /// The expectation.
    pub expectation: &'i Expectation,
    /// What came of it.
    pub verdict: Verdict<'m>,
    /// What a strict reading would not let pass, of one that holds.
    pub remarks: Vec<Remark<'m>>,
}

/// Something that a reader of an expectation that holds should know.
#[derive(Clone, Debug)]
pub enum Remark<'m> {
    /// Some of the flows arrive past the firewall.
    Unfiltered(Way<'m>),
    /// It would not hold for names at addresses that are unusual: private ones, and those of the firewall itself.
    Unusual(Box<Witness>),
}

/// What came of an expectation.
#[derive(Clone, Debug)]
pub enum Verdict<'m> {
    /// It holds for every flow.
    Holds,
    /// It holds for every flow outside these sets.
    Conditional(Vec<String>),
    /// It does not hold.
    Fails {
        /// A flow that shows it.
        witness: Witness,
        /// What decides that flow.
        by: Decided<'m>,
        /// The part of the flows that fails; absent where that hangs on opaque sets.
        share: Option<f64>,
    },
    /// The budget did not suffice.
    NotDecided(NotDecided),
}

/// What decides a flow that an expectation fails for.
#[derive(Clone, Copy, Debug)]
pub enum Decided<'m> {
    /// A rule.
    Rule(Line<'m>),
    /// Its way, which does not lead to the firewall.
    Way(Way<'m>),
    /// No rule: the implicit deny.
    Default,
    /// The firewall, which a flow to a private endpoint does not cross.
    Firewall,
}

/// Judges every expectation of a source: those of a policy in it and in each child, those of a test in the policy it
/// names, the others in every policy that none inherits.
pub fn expectations<'i, 'm>(
    intent: &'i Intent,
    model: &'m Model,
    knowledge: &Knowledge,
    budget: &Budget,
) -> Vec<Checked<'i, 'm>> {
    let leaves: Vec<&'m Policy> = model.leaves().collect();
    let mut checked = Vec::new();
    for policy in &model.policies {
        let is_leaf = leaves.iter().any(|leaf| std::ptr::eq(*leaf, policy));
        let asked = asked_of(intent, policy, is_leaf);
        if asked.is_empty() {
            continue;
        }
        let decisions = || decisions(&Order::of(model, policy), knowledge);
        let judge = Judge {
            intent,
            knowledge,
            budget,
            model,
            ways: Ways::of(model, knowledge),
            arriving: courses(model, knowledge, decisions(), &mut Effects::default(), Unknown::Arrives),
            lost: courses(model, knowledge, decisions(), &mut Effects::default(), Unknown::IsLost),
        };
        checked.extend(asked.into_iter().map(|(test, expectation)| {
            let verdict = judge.verdict(expectation, Addresses::Ordinary).unwrap_or_else(Verdict::NotDecided);
            let remarks = judge.remarks(expectation, &verdict);
            Checked { test, policy: &policy.name, expectation, verdict, remarks }
        }));
    }
    checked.sort_by_key(|checked| checked.test.map(|_| checked.expectation.origin.at));
    checked
}

/// The expectations that one policy has to meet, with the tests they stand in.
pub(super) fn asked_of<'i>(
    intent: &'i Intent,
    policy: &Policy,
    is_leaf: bool,
) -> Vec<(Option<&'i str>, &'i Expectation)> {
    let own = |of: &&intent::Policy| of.name.value == policy.name;
    let parent = |of: &&intent::Policy| policy.base.as_ref().is_some_and(|base| base.name() == of.name.value);
    let policies = intent.policies.iter().filter(|of| own(of) || parent(of));
    let mut asked: Vec<_> = policies.flat_map(|of| &of.expectations).map(|expectation| (None, expectation)).collect();
    if is_leaf {
        asked.extend(intent.expectations.iter().map(|expectation| (None, expectation)));
    }
    for test in &intent.tests {
        let meant = test.policy.as_ref().map_or(is_leaf, |name| name.value == policy.name);
        if meant {
            asked.extend(test.expectations.iter().map(|expectation| (Some(test.name.as_str()), expectation)));
        }
    }
    asked
}

/// At which addresses a name is asked about of which none is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Addresses {
    /// Those of the Internet that are no firewall's own.
    Ordinary,
    /// Every address.
    All,
}

struct Judge<'i, 'm, 'k> {
    intent: &'i Intent,
    knowledge: &'k Knowledge,
    budget: &'k Budget,
    model: &'m Model,
    ways: Ways<'m>,
    /// What becomes of every flow, an unknown way counted as one that arrives.
    arriving: Courses<'m>,
    /// The same, an unknown way counted as one that does not.
    lost: Courses<'m>,
}

impl<'m> Judge<'_, 'm, '_> {
    fn verdict(&self, expectation: &Expectation, at: Addresses) -> Result<Verdict<'m>, NotDecided> {
        let (courses, action) = match expectation.wanted {
            intent::Wanted::Allow => (&self.lost, Action::Allow),
            intent::Wanted::Deny => (&self.arriving, Action::Deny),
            intent::Wanted::Private => (&self.lost, Action::Allow),
        };
        let list = match expectation.wanted {
            intent::Wanted::Allow | intent::Wanted::Deny => courses.list.clone(),
            intent::Wanted::Private => courses.only_private(),
        };
        self.judged(expectation, courses, list, action, at)
    }

    fn judged(
        &self,
        expectation: &Expectation,
        courses: &Courses<'m>,
        list: DecisionList,
        action: Action,
        at: Addresses,
    ) -> Result<Verdict<'m>, NotDecided> {
        let list = self.list_with_outside(expectation, list, action);
        let queries = self.flows(expectation);
        let by = |by: By| decided(courses, &list, by, expectation.wanted);
        let (space, [lowered], queries) = Space::with_queries(&self.axioms(at), [&list], &queries);
        let (mut conditions, mut failing) = (Vec::new(), Vec::new());
        for query in &queries {
            match expect(&space, &lowered, query, action, LIMIT, self.budget)? {
                flow::Expectation::Holds => {}
                flow::Expectation::Fails { witness, by: what, share } => {
                    return Ok(Verdict::Fails { witness, by: by(what), share: Some(share) });
                }
                flow::Expectation::Hangs { witness, by: what, .. } => {
                    let found = reach(&space, &lowered, query, LIMIT, self.budget)?;
                    let wrong = found.decided.iter().filter(|decided| list.action(decided.by) != action);
                    let products: Vec<(&Product, By)> = wrong.map(|decided| (&decided.product, decided.by)).collect();
                    if !found.complete || !products.iter().all(|(product, by)| is_condition(product, *by, action)) {
                        return Ok(Verdict::Fails { witness, by: by(what), share: None });
                    }
                    failing.extend(products.iter().map(|(product, _)| when(product)).filter(|when| !when.is_always()));
                    if !may_hold(&failing)? {
                        return Ok(Verdict::Fails { witness, by: by(what), share: None });
                    }
                    conditions.extend(products.iter().flat_map(|(product, _)| outside_of(product)));
                }
            }
        }
        conditions.sort();
        conditions.dedup();
        Ok(if conditions.is_empty() { Verdict::Holds } else { Verdict::Conditional(conditions) })
    }

    /// What is to be said beside a verdict that the expectation holds.
    fn remarks(&self, expectation: &Expectation, verdict: &Verdict<'m>) -> Vec<Remark<'m>> {
        match verdict {
            Verdict::Holds | Verdict::Conditional(_) => {}
            Verdict::Fails { .. } | Verdict::NotDecided(_) => return Vec::new(),
        }
        let mut remarks = Vec::new();
        if expectation.wanted == intent::Wanted::Allow {
            let list = self.lost.only_filtered();
            let filtered = self.judged(expectation, &self.lost, list, Action::Allow, Addresses::Ordinary);
            if let Ok(Verdict::Fails { by: Decided::Way(way), .. }) = filtered {
                remarks.push(Remark::Unfiltered(way));
            }
        }
        let asks_names = !expectation.to.hosts.is_empty() && expectation.wanted != intent::Wanted::Private;
        if asks_names && let Ok(Verdict::Fails { witness, .. }) = self.verdict(expectation, Addresses::All) {
            remarks.push(Remark::Unusual(Box::new(witness)));
        }
        remarks
    }

    /// What is taken for granted about names: those of which nothing is given are at the addresses `at`.
    fn axioms(&self, at: Addresses) -> Axioms {
        let axioms = axioms(self.knowledge);
        let unlisted = match at {
            Addresses::Ordinary => axioms.unlisted.difference(&self.own_addresses()),
            Addresses::All => AddressSet::any(),
        };
        Axioms { unlisted, ..axioms }
    }

    fn own_addresses(&self) -> AddressSet {
        let firewalls = self.model.firewalls.iter();
        let own = firewalls.flat_map(|firewall| firewall.public_ips.values().chain(&firewall.private_ip));
        own.map(|&address| AddressSpan::from(address)).collect()
    }

    /// `list`, after lines that do as expected with every flow in the `outside` sets, and with those that no route table can
    /// move, unless the expectation speaks of nothing else.
    fn list_with_outside(&self, expectation: &Expectation, list: DecisionList, action: Action) -> DecisionList {
        let mut matches = outside(expectation, self.intent, self.knowledge);
        if expectation.wanted == intent::Wanted::Deny && !self.speaks_of_the_immovable(expectation) {
            matches.extend(self.immovable());
        }
        let mut lines = Vec::with_capacity(list.lines.len() + 1);
        if !matches.is_empty() {
            lines.push(flow::Line { matches, action, effect: 0, origin: usize::MAX, when: Formula::Always });
        }
        lines.extend(list.lines);
        DecisionList { lines, default: list.default }
    }

    /// The flows that no route table can move: to link-local addresses, and inside of a subnet.
    fn immovable(&self) -> Vec<Match> {
        let to = |sources: AddressSet, destinations: AddressSet| Match {
            sources: sources.into(),
            destinations: destinations.into(),
            ..Match::any()
        };
        let senders = self.ways.senders().iter();
        let directly = senders.clone().filter(|sender| sender.reaches_itself());
        let inside = directly.map(|sender| to(sender.sources.clone(), sender.sources.clone()));
        inside.chain(senders.map(|sender| to(sender.sources.clone(), link_local()))).collect()
    }

    /// Whether all destinations of the expectation are addresses that no route table can move flows to.
    fn speaks_of_the_immovable(&self, expectation: &Expectation) -> bool {
        let ends = ends(&expectation.to.addresses, self.intent, self.knowledge);
        let senders = self.ways.senders().iter();
        let fixed = senders.fold(link_local(), |all, sender| all.union(&sender.sources));
        expectation.to.hosts.is_empty() && ends.atoms.is_empty() && fixed.covers(&ends.addresses)
    }

    fn flows(&self, expectation: &Expectation) -> Vec<Match> {
        flows(expectation, self.intent, self.knowledge)
    }
}

/// What decides, of the line or default `by` of `list`.
fn decided<'m>(courses: &Courses<'m>, list: &DecisionList, by: By, wanted: intent::Wanted) -> Decided<'m> {
    let By::Line(index) = by else {
        return if wanted == intent::Wanted::Private { Decided::Firewall } else { Decided::Default };
    };
    let line = list.lines.get(index);
    match line.and_then(|line| courses.decider(line.origin)) {
        Some(Decider::Rule(line)) => Decided::Rule(*line),
        Some(Decider::Way(way)) => Decided::Way(*way),
        None => Decided::Default,
    }
}

/// The flows that an expectation speaks of.
pub fn flows(expectation: &Expectation, intent: &Intent, knowledge: &Knowledge) -> Vec<Match> {
    let base = Match {
        services: expectation.services.clone(),
        sources: ends(&expectation.from, intent, knowledge),
        ..Match::any()
    };
    let mut flows = Vec::new();
    if !expectation.to.addresses.is_empty() {
        flows.push(Match { destinations: ends(&expectation.to.addresses, intent, knowledge), ..base.clone() });
    }
    flows.extend(names(&expectation.to.hosts, &base));
    flows
}

/// The flows that an expectation leaves out.
pub(super) fn outside(expectation: &Expectation, intent: &Intent, knowledge: &Knowledge) -> Vec<Match> {
    let (outside, base) = (&expectation.outside, Match::any());
    let mut flows = Vec::new();
    if !outside.addresses.is_empty() {
        flows.push(Match { destinations: ends(&outside.addresses, intent, knowledge), ..base.clone() });
    }
    if !outside.hosts.is_empty() {
        flows.extend(names(&outside.hosts, &base));
    }
    flows
}

/// The flows of `base` that ask for one of `hosts`.
fn names(hosts: &[intent::Entry<Host>], base: &Match) -> Vec<Match> {
    let (mut patterns, mut atoms, mut flows) = (Vec::new(), Vec::new(), Vec::new());
    for host in hosts {
        match &host.value {
            Host::Pattern(pattern) => patterns.push(pattern.clone()),
            Host::FqdnTag(tag) => atoms.push(Sort::FqdnTag.atom(tag)),
            Host::Category(category) => atoms.push(Sort::Category.atom(category)),
            Host::Url(url) => {
                // A field of paths goes with HTTP and HTTPS only.
                let seen = ServiceSet { mssql: PortSet::empty(), ..base.services.application_part() };
                let make =
                    |services: ServiceSet, names: Names, paths: Paths| Match { services, names, paths, ..base.clone() };
                flows.push(crate::prove::url_match(url, seen, &make));
            }
        }
    }
    if !patterns.is_empty() || !atoms.is_empty() {
        flows.push(Match { names: Names::Of { patterns, atoms }, ..base.clone() });
    }
    flows
}

/// Whether it may be said as a condition that flows are decided wrongly: where that is so only under a condition that a
/// deployment knows, or where a deny rule's opaque sets make flows fail that shall be allowed.
fn is_condition(product: &Product, by: By, action: Action) -> bool {
    let only_a_deny = action == Action::Allow && by != By::Default && !product.inside.is_empty();
    only_a_deny || !when(product).is_always()
}

/// Whether some deployment makes none of `failing` the case.
fn may_hold(failing: &[Formula<flow::Atom>]) -> Result<bool, NotDecided> {
    let any = failing.iter().cloned().fold(Formula::Never, Formula::or);
    if any.atoms().len() > MOST {
        return Err(NotDecided { at: 0, bound: Bound::Conditions });
    }
    Ok(any.negated().is_possible())
}

/// When the flows of a product are there, as far as that is a condition that only a deployment knows.
fn when(product: &Product) -> Formula<flow::Atom> {
    let common = |of: &[(Field, flow::Atom)]| {
        let common = of.iter().filter(|(field, _)| *field == Field::Common);
        common.map(|(_, atom)| Formula::Is(atom.clone())).collect::<Vec<_>>()
    };
    let not = common(&product.outside).into_iter().map(Formula::negated);
    common(&product.inside).into_iter().chain(not).fold(Formula::Always, Formula::and)
}

/// Where an expectation holds that fails for a product: outside of its sets, or where its conditions do not hold.
fn outside_of(product: &Product) -> Vec<String> {
    let when = when(product);
    let sets = product.inside.iter().filter(|(field, _)| *field != Field::Common).map(condition);
    if when.is_always() { sets.collect() } else { vec![when.negated().map(&mut words).to_string()] }
}

/// A condition of an expectation that hangs on an opaque set.
fn condition((field, atom): &(Field, flow::Atom)) -> String {
    match field {
        Field::Source => format!("the source outside {}", words(atom)),
        Field::Destination | Field::Name => format!("outside {}", words(atom)),
        Field::Common => format!("not({})", words(atom)),
    }
}
