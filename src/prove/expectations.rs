//! What the source expects, for every flow of a set, along its way.

use crate::evaluate::{Knowledge, Line, Order};
use crate::flow::{Budget, Match, Names, NotDecided, Paths, Witness};
use crate::intent::{self, Expectation, Host, Intent};
use crate::model::{Model, Policy};
use crate::net::{PortSet, ServiceSet};
use crate::prove::{Sort, decisions, ends};
use crate::way::Way;

use super::judge::Judge;

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
    /// What to know beside it, of one that holds.
    pub caveats: Vec<Caveat<'m>>,
}

/// Something that a reader of an expectation that holds should know.
#[derive(Clone, Debug)]
pub enum Caveat<'m> {
    /// Flows arrive past the firewall: this way, and how large a part of all, where that is known.
    Unfiltered(Way<'m>, Option<f64>),
    /// It would not hold for names at addresses that are unusual: private ones, those of the firewall itself, and those
    /// that the expectation lists and its names need not have.
    Unusual(Box<Witness>, Reason<'m>),
    /// It would not hold for flows that no route table can move: to link-local addresses, and inside of a subnet.
    Unmoved(Box<Witness>, Way<'m>),
}

impl Caveat<'_> {
    /// Whether a strict reading does not let it pass.
    pub fn is_strict(&self) -> bool {
        match self {
            Self::Unfiltered(..) | Self::Unusual(..) => true,
            Self::Unmoved(..) => false,
        }
    }
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
        by: Reason<'m>,
        /// The part of the flows that fails; absent where that depends on opaque sets.
        share: Option<f64>,
        /// The sets outside which it holds, as the source would state them; absent where there are none such.
        outside: Option<String>,
    },
    /// The budget did not suffice.
    NotDecided(NotDecided),
}

/// What decides a flow that an expectation fails for.
#[derive(Clone, Copy, Debug)]
pub enum Reason<'m> {
    /// A rule.
    Rule(Line<'m>),
    /// Its way.
    Way(Way<'m>),
    /// No rule: the implicit deny.
    Default,
    /// No private endpoint is stated for the name.
    NoEndpoint,
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
        let judge = Judge::of(intent, model, knowledge, budget, || decisions(&Order::of(model, policy), knowledge));
        checked.extend(asked.into_iter().map(|(test, expectation)| {
            let verdict = judge.verdict(expectation);
            let caveats = judge.caveats(expectation, &verdict);
            Checked { test, policy: &policy.name, expectation, verdict, caveats }
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
