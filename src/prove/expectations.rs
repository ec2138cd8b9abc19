//! What the source expects, for every flow of a set.

use crate::evaluate::{Knowledge, Line, Order};
use crate::flow::{
    self, Action, Bound, Budget, By, DecisionList, Field, Match, Names, NotDecided, Paths, Product, Space, Witness,
    expect, reach,
};
use crate::intent::{self, Expectation, Host, Intent};
use crate::logic::{Formula, MOST};
use crate::model::{Model, Policy};
use crate::net::{PortSet, ServiceSet};
use crate::prove::{Decisions, Sort, decisions, ends, words};

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
        /// The rule that decides that flow; `None` for the default.
        by: Option<Line<'m>>,
        /// The part of the flows that fails; absent where that hangs on opaque sets.
        share: Option<f64>,
    },
    /// The budget did not suffice.
    NotDecided(NotDecided),
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
        let judge = Judge { intent, knowledge, budget, decisions: decisions(&Order::of(model, policy), knowledge) };
        checked.extend(asked.into_iter().map(|(test, expectation)| Checked {
            test,
            policy: &policy.name,
            expectation,
            verdict: judge.verdict(expectation).unwrap_or_else(Verdict::NotDecided),
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

struct Judge<'i, 'm, 'k> {
    intent: &'i Intent,
    knowledge: &'k Knowledge,
    budget: &'k Budget,
    decisions: Decisions<'m>,
}

impl<'m> Judge<'_, 'm, '_> {
    fn verdict(&self, expectation: &Expectation) -> Result<Verdict<'m>, NotDecided> {
        let action = match expectation.action {
            intent::Action::Allow => Action::Allow,
            intent::Action::Deny => Action::Deny,
        };
        let list = self.list_with_outside(expectation, action);
        let queries = self.flows(expectation);
        let (space, [lowered], queries) = Space::with_queries(&axioms(self.knowledge), [&list], &queries);
        let (mut conditions, mut failing) = (Vec::new(), Vec::new());
        for query in &queries {
            match expect(&space, &lowered, query, action, self.budget)? {
                flow::Expectation::Holds => {}
                flow::Expectation::Fails { witness, by, share } => {
                    return Ok(Verdict::Fails { witness, by: self.line(&list, by), share: Some(share) });
                }
                flow::Expectation::Hangs { witness, by } => {
                    let found = reach(&space, &lowered, query, LIMIT, self.budget)?;
                    let wrong = found.decided.iter().filter(|decided| list.action(decided.by) != action);
                    let products: Vec<(&Product, By)> = wrong.map(|decided| (&decided.product, decided.by)).collect();
                    if !found.complete || !products.iter().all(|(product, by)| is_condition(product, *by, action)) {
                        return Ok(Verdict::Fails { witness, by: self.line(&list, by), share: None });
                    }
                    failing.extend(products.iter().map(|(product, _)| when(product)).filter(|when| !when.is_always()));
                    if !may_hold(&failing)? {
                        return Ok(Verdict::Fails { witness, by: self.line(&list, by), share: None });
                    }
                    conditions.extend(products.iter().flat_map(|(product, _)| outside_of(product)));
                }
            }
        }
        conditions.sort();
        conditions.dedup();
        Ok(if conditions.is_empty() { Verdict::Holds } else { Verdict::Conditional(conditions) })
    }

    /// The policy's list, behind a line that does as expected with every flow in the `outside` sets.
    fn list_with_outside(&self, expectation: &Expectation, action: Action) -> DecisionList {
        let mut lines = Vec::with_capacity(self.decisions.list.lines.len() + 1);
        let matches = outside(expectation, self.intent, self.knowledge);
        if !matches.is_empty() {
            lines.push(flow::Line { matches, action, effect: 0, origin: usize::MAX, when: Formula::Always });
        }
        lines.extend(self.decisions.list.lines.iter().cloned());
        DecisionList::new(lines)
    }

    fn flows(&self, expectation: &Expectation) -> Vec<Match> {
        flows(expectation, self.intent, self.knowledge)
    }

    fn line(&self, list: &DecisionList, by: By) -> Option<Line<'m>> {
        let By::Line(index) = by else { return None };
        self.decisions.lines.get(list.lines.get(index)?.origin).copied()
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
