//! Whether an expectation holds in one policy, and the caveats of that.

use crate::evaluate::Knowledge;
use crate::flow::{
    self, Axioms, By, DecisionList, FlowAction, Match, MatchingNames, NotDecided, Product, Space, SpaceQuery, Witness,
    WorkBudget, expect, reach,
};
use crate::intent::{Expectation, Expected, Intent};
use crate::logic::Formula;
use crate::model::{Firewall, Model, Policy};
use crate::net::{AddressSet, HostPattern};
use crate::way::{Carrier, Destinations, NetworkWay, Ways, link_local};

use super::asked::{flows, outside};
use super::axioms;
use super::conditions::{Statable, is_condition, may_hold, outside_of, when};
use super::course::{Courses, UnknownCourse, courses};
use super::decisions::{Decisions, Effects};
use super::meant::ends;
use super::opaque::OpaqueSort;
use super::verdict::{Attached, Caveat, ProofVerdict, VerdictReason};

/// The most products of failing flows that are examined.
const LIMIT: usize = 2000;

/// The flows that an expectation is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Addresses {
    /// Flows at ordinary addresses, for a name without given addresses: those of the Internet that are no firewall's
    /// own. An expectation to addresses is about them where they all are among its own.
    Ordinary,
    /// Flows at every address.
    All,
}

/// Whether what no route table can move counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unmoved {
    Counts,
    /// Only where an expectation is about nothing else.
    IsLeftOut,
}

/// The question for one policy: whether a list does one thing with all flows of an expectation.
struct JudgedCase<'e> {
    expectation: &'e Expectation,
    list: DecisionList,
    at: Addresses,
}

/// Judges the expectations of one policy.
pub(super) struct ExpectationJudge<'i, 'm, 'k> {
    intent: &'i Intent,
    model: &'m Model,
    policy: &'m Policy,
    knowledge: &'k Knowledge,
    budget: &'k WorkBudget,
    ways: Ways<'m>,
    /// The addresses of the firewalls.
    own: AddressSet,
    /// What becomes of every flow, an unknown way counted as one that arrives.
    arriving: Courses<'m>,
    /// The same, an unknown way counted as one that does not.
    lost: Courses<'m>,
}

impl<'i, 'm, 'k> ExpectationJudge<'i, 'm, 'k> {
    /// The case of a policy whose rules are `decisions`.
    pub(super) fn of(
        intent: &'i Intent,
        (model, policy): (&'m Model, &'m Policy),
        knowledge: &'k Knowledge,
        budget: &'k WorkBudget,
        decisions: impl Fn() -> Decisions<'m>,
    ) -> Self {
        let courses = |unknown| courses(model, knowledge, decisions(), &mut Effects::default(), unknown);
        Self {
            intent,
            model,
            policy,
            knowledge,
            budget,
            ways: Ways::of(model, knowledge),
            own: model.firewall_addresses(),
            arriving: courses(UnknownCourse::Arrives),
            lost: courses(UnknownCourse::IsLost),
        }
    }

    /// Whether `expectation` holds.
    pub(super) fn verdict(&self, expectation: &Expectation) -> ProofVerdict<'m> {
        let verdict = match expectation.expected {
            Expected::Allow | Expected::Deny => self.usual(expectation, Addresses::Ordinary, Unmoved::IsLeftOut),
            Expected::Private => self.private(expectation),
        };
        verdict.unwrap_or_else(ProofVerdict::NotDecided)
    }

    /// The caveats of a verdict that it holds.
    pub(super) fn caveats(&self, expectation: &Expectation, verdict: &ProofVerdict<'m>) -> Vec<Caveat<'m>> {
        match verdict {
            ProofVerdict::Holds | ProofVerdict::Conditional(_) => {}
            ProofVerdict::Fails { .. } | ProofVerdict::NotDecided(_) => return Vec::new(),
        }
        if self.is_vacuous(expectation) {
            return vec![Caveat::Vacuous];
        }
        let mut caveats = Vec::new();
        match expectation.expected {
            Expected::Allow => caveats.extend(self.unfiltered(expectation)),
            Expected::Deny => {}
            Expected::Private => return caveats,
        }
        caveats.extend(self.elsewhere(expectation).map(|firewall| self.another(firewall)));
        caveats.extend(self.unmoved(expectation));
        caveats.extend(self.unusual(expectation));
        caveats
    }

    /// Whether `outside` leaves out every flow of the expectation.
    fn is_vacuous(&self, expectation: &Expectation) -> bool {
        let left_out = outside(expectation, self.intent, self.knowledge);
        let none = DecisionList { lines: Vec::new(), default: FlowAction::Deny };
        let list = before(left_out, FlowAction::Allow, none);
        let (space, lowered, query) = self.space(&JudgedCase { expectation, list, at: Addresses::Ordinary });
        expect(&space, &lowered, &query, FlowAction::Allow, self.budget) == Ok(flow::ReachExpectation::Holds)
    }

    /// The first firewall without the policy that flows of the expectation come to.
    fn elsewhere(&self, expectation: &Expectation) -> Option<&'m Firewall> {
        let from = ends(&expectation.from, self.intent, self.knowledge).addresses;
        let to = ends(&expectation.to.addresses, self.intent, self.knowledge);
        let is_to = |destinations: &Destinations<'_>| match destinations {
            Destinations::Addresses(addresses) => {
                !expectation.to.hosts.is_empty() || !to.atoms.is_empty() || addresses.intersects(&to.addresses)
            }
            Destinations::Tagged { .. } => true,
        };
        let senders = self.ways.senders().iter().filter(|sender| sender.sources.intersects(&from));
        let mut steps = senders.flat_map(|sender| &sender.steps).filter(|step| is_to(&step.to));
        steps.find_map(|step| step.way.firewall_of_another(&self.policy.name, self.model))
    }

    /// The caveat that flows come to a firewall that does not have the policy.
    fn another(&self, firewall: &'m Firewall) -> Caveat<'m> {
        let is_or_inherits = |policy: &Policy| {
            std::ptr::eq(policy, self.policy)
                || self.model.bases(policy).iter().any(|base| std::ptr::eq(*base, self.policy))
        };
        let has_it = |other: &Firewall| {
            let policies = self.model.policies.iter().filter(|policy| other.policy.as_ref() == Some(&policy.name));
            policies.into_iter().any(is_or_inherits)
        };
        let attached = match firewall.policy.is_some() && self.model.firewalls.iter().any(has_it) {
            true => Attached::ToAnother,
            false => Attached::Nowhere,
        };
        Caveat::Elsewhere(firewall, &self.policy.name, attached)
    }

    fn unfiltered(&self, expectation: &Expectation) -> Option<Caveat<'m>> {
        let list = self.completed(expectation, self.lost.only_filtered(), Unmoved::IsLeftOut);
        match self.judged(&JudgedCase { expectation, list, at: Addresses::Ordinary }) {
            Ok(ProofVerdict::Fails { by: VerdictReason::Way(way), share, .. }) => Some(Caveat::Unfiltered(way, share)),
            Ok(_) | Err(_) => None,
        }
    }

    fn unmoved(&self, expectation: &Expectation) -> Option<Caveat<'m>> {
        let ends = ends(&expectation.to.addresses, self.intent, self.knowledge);
        let sources = self.ways.senders().iter().map(|sender| &sender.sources);
        if !sources.fold(link_local(), |all, of| all.union(of)).intersects(&ends.addresses) {
            return None;
        }
        match self.usual(expectation, Addresses::Ordinary, Unmoved::Counts) {
            Ok(ProofVerdict::Fails { witness, by, .. }) => Some(Caveat::Unmoved(Box::new(witness), by)),
            Ok(_) | Err(_) => None,
        }
    }

    fn unusual(&self, expectation: &Expectation) -> Option<Caveat<'m>> {
        match self.usual(expectation, Addresses::All, Unmoved::IsLeftOut) {
            Ok(ProofVerdict::Fails { witness, by, .. }) => Some(Caveat::Unusual(Box::new(witness), by)),
            Ok(_) | Err(_) => None,
        }
    }

    fn usual(
        &self,
        expectation: &Expectation,
        at: Addresses,
        unmoved: Unmoved,
    ) -> Result<ProofVerdict<'m>, NotDecided> {
        let list = match expectation.expected {
            Expected::Allow | Expected::Private => self.lost.arriving(),
            Expected::Deny => self.arriving.list.clone(),
        };
        self.judged(&JudgedCase { expectation, list: self.completed(expectation, list, unmoved), at })
    }

    /// Whether all flows go to private endpoints; where some may, for all that is known, it holds if they do.
    fn private(&self, expectation: &Expectation) -> Result<ProofVerdict<'m>, NotDecided> {
        let judged = |unknown| {
            let list = self.completed(expectation, self.lost.only_private(unknown), Unmoved::Counts);
            self.judged(&JudgedCase { expectation, list, at: Addresses::Ordinary })
        };
        match judged(UnknownCourse::Arrives)? {
            ProofVerdict::Holds => {}
            verdict => return Ok(verdict),
        }
        Ok(match judged(UnknownCourse::IsLost)? {
            ProofVerdict::Fails { witness, by: VerdictReason::Way(way), .. } if way.by == Carrier::Unknown => {
                let to = witness.flow.name.map_or_else(String::new, |name| format!(" to {name}"));
                let source = witness.flow.source;
                ProofVerdict::Conditional(vec![format!("the way from {source}{to} leads to the private endpoint")])
            }
            verdict => verdict,
        })
    }

    fn judged(&self, case: &JudgedCase<'_>) -> Result<ProofVerdict<'m>, NotDecided> {
        let action = action(case.expectation);
        let (space, lowered, query) = self.space(case);
        let (witness, by) = match expect(&space, &lowered, &query, action, self.budget)? {
            flow::ReachExpectation::Holds => return Ok(ProofVerdict::Holds),
            flow::ReachExpectation::Fails { witness, by, share } => {
                return Ok(self.failing(case, witness, by, Some(share), None));
            }
            flow::ReachExpectation::Hangs { witness, by } => (witness, by),
        };
        let found = reach(&space, &lowered, &query, LIMIT, self.budget)?;
        let wrong = found.decided.iter().filter(|decided| case.list.action(decided.by) != action);
        let wrong: Vec<(&Product, By)> = wrong.map(|decided| (&decided.product, decided.by)).collect();
        if found.complete && wrong.iter().all(|(product, by)| is_condition(product, *by, action)) {
            let failing: Vec<_> =
                wrong.iter().map(|(product, _)| when(product)).filter(|when| !when.is_always()).collect();
            if may_hold(&failing)? {
                let mut conditions: Vec<String> = wrong.iter().flat_map(|(product, _)| outside_of(product)).collect();
                conditions.sort();
                conditions.dedup();
                return Ok(ProofVerdict::Conditional(conditions));
            }
        }
        let outside = if found.complete { self.statable(case, &wrong) } else { None };
        Ok(self.failing(case, witness, by, None, outside))
    }

    fn space(&self, case: &JudgedCase<'_>) -> (Space, flow::LoweredBoxes, SpaceQuery) {
        let flows = self.flows(case.expectation, case.at);
        let (space, [lowered], queries) = Space::with_queries(&self.axioms(case.at), [&case.list], &flows);
        (space, lowered, SpaceQuery::any_of(queries))
    }

    fn failing(
        &self,
        case: &JudgedCase<'_>,
        witness: Witness,
        by: By,
        share: Option<f64>,
        outside: Option<String>,
    ) -> ProofVerdict<'m> {
        let by = self.reason(case, &witness, by);
        ProofVerdict::Fails { witness, by, share, outside }
    }

    /// What decides `witness`, of the line or default `by` of a list.
    fn reason(&self, case: &JudgedCase<'_>, witness: &Witness, by: By) -> VerdictReason<'m> {
        let line = match by {
            By::Line(index) => case.list.lines.get(index),
            By::Default => None,
        };
        if let Some(reason) = line.and_then(|line| self.lost.reason(line.origin)) {
            return reason;
        }
        match (case.expectation.expected, &witness.flow.name) {
            (Expected::Allow | Expected::Deny, _) | (Expected::Private, None) => VerdictReason::Default,
            (Expected::Private, Some(name)) if self.knowledge.addresses_of(name).is_none() => VerdictReason::NoEndpoint,
            (Expected::Private, Some(_)) => VerdictReason::Way(self.way(witness)),
        }
    }

    fn way(&self, witness: &Witness) -> NetworkWay<'m> {
        let holds = |tag: &str| {
            let atom = OpaqueSort::ServiceTag.atom(tag);
            witness.inside.iter().any(|(_, inside)| *inside == atom)
        };
        let address = witness.flow.address.unwrap_or(witness.flow.source);
        self.ways.of_flow(witness.flow.source, address, &holds)
    }

    /// The sets outside which all of `wrong` lie, as a source states them, if the expectation holds outside of them.
    fn statable(&self, case: &JudgedCase<'_>, wrong: &[(&Product, By)]) -> Option<String> {
        let sets = Statable::of(wrong.iter().map(|(product, _)| *product))?;
        let list = before(sets.matches(), action(case.expectation), case.list.clone());
        let (space, lowered, query) = self.space(&JudgedCase { list, ..*case });
        let found = expect(&space, &lowered, &query, action(case.expectation), self.budget);
        let stated = case.expectation.text.split_once(" outside ").map(|(_, stated)| stated);
        (found == Ok(flow::ReachExpectation::Holds)).then(|| sets.text(stated))
    }

    /// The assumptions about names: those without given addresses are at the addresses `at`.
    fn axioms(&self, at: Addresses) -> Axioms {
        let axioms = axioms(self.knowledge);
        let unlisted = match at {
            Addresses::Ordinary => self.ordinary(),
            Addresses::All => AddressSet::any(),
        };
        Axioms { unlisted, ..axioms }
    }

    fn ordinary(&self) -> AddressSet {
        AddressSet::internet().difference(&self.own)
    }

    /// `list`, after lines that do as expected with every flow in the `outside` sets, and with those that no route table
    /// can move, unless these count.
    fn completed(&self, expectation: &Expectation, list: DecisionList, unmoved: Unmoved) -> DecisionList {
        let mut matches = outside(expectation, self.intent, self.knowledge);
        if unmoved == Unmoved::IsLeftOut && !self.speaks_of_the_unmoved(expectation) {
            matches.extend(self.unmoved_flows());
        }
        before(matches, action(expectation), list)
    }

    /// The flows that no route table can move: to link-local addresses, and inside of a subnet.
    fn unmoved_flows(&self) -> Vec<Match> {
        let to = |sources: AddressSet, destinations: AddressSet| Match {
            sources: sources.into(),
            destinations: destinations.into(),
            ..Match::any()
        };
        let senders = self.ways.senders().iter();
        let inside = senders.map(|sender| to(sender.sources.clone(), sender.own()));
        inside.chain([to(AddressSet::any(), link_local())]).collect()
    }

    /// Whether all destinations of the expectation are addresses that no route table can move flows to.
    fn speaks_of_the_unmoved(&self, expectation: &Expectation) -> bool {
        let ends = ends(&expectation.to.addresses, self.intent, self.knowledge);
        let senders = self.ways.senders().iter();
        let fixed = senders.fold(link_local(), |all, sender| all.union(&sender.sources));
        expectation.to.hosts.is_empty() && ends.atoms.is_empty() && fixed.covers(&ends.addresses)
    }

    /// The flows of the expectation. A name of which nothing is given need not have the addresses that it
    /// lists, unless these are all the ordinary ones.
    fn flows(&self, expectation: &Expectation, at: Addresses) -> Vec<Match> {
        let mut flows = flows(expectation, self.intent, self.knowledge);
        let listed = flows.first_mut().filter(|_| !expectation.to.addresses.is_empty());
        let Some(listed) = listed.filter(|_| at == Addresses::Ordinary) else { return flows };
        if listed.destinations.addresses.covers(&self.ordinary()) {
            return flows;
        }
        let given = self.knowledge.known().map(|(name, _)| HostPattern::Exact(name.clone()));
        let given = Match { names: MatchingNames::of(given), ..listed.clone() };
        listed.names = MatchingNames::Unnamed;
        flows.push(given);
        flows
    }
}

/// What shall become of the flows of an expectation.
fn action(expectation: &Expectation) -> FlowAction {
    match expectation.expected {
        Expected::Allow | Expected::Private => FlowAction::Allow,
        Expected::Deny => FlowAction::Deny,
    }
}

/// `list` after a line that does `action` with `matches`.
fn before(matches: Vec<Match>, action: FlowAction, list: DecisionList) -> DecisionList {
    let first = flow::ListLine { matches, action, effect: 0, origin: usize::MAX, when: Formula::Always };
    let lines = std::iter::once(first).filter(|line| !line.matches.is_empty()).chain(list.lines);
    DecisionList { lines: lines.collect(), default: list.default }
}
