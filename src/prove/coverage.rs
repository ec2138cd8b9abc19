//! Which rules of a source no expectation covers: no flow that such a rule decides is a flow of an expectation, so that
//! a change of the rule goes unnoticed.

use indexmap::IndexMap;

use crate::evaluate::{Knowledge, OrderLevel, OrderLine, RuleOrder};
use crate::flow::{NotDecided, Space, SpaceQuery, Standing, Touch, TouchedQuery, WorkBudget, shadows, touched};
use crate::intent::Intent;
use crate::model::{Model, Policy, RuleKind};
use crate::prove::{Decisions, decisions};
use crate::source::Origin;

use super::asked::{flows, outside};
use super::axioms;
use super::expectations::asked_of;

/// The rules of one policy of a source, and those that no expectation touches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// The policy.
    pub policy: String,
    /// How many rules the source writes in it.
    pub rules: usize,
    /// The rules that no expectation covers, in processing order.
    pub untouched: Vec<Untouched>,
}

/// A rule that no expectation touches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Untouched {
    /// The group that contains it.
    pub group: String,
    /// Its name.
    pub name: String,
    /// The kind of the first of its Azure rules.
    pub kind: RuleKind,
    /// What it does.
    pub action: crate::model::Action,
    /// Where it is written.
    pub origin: Origin,
    /// Why it is not touched.
    pub why: CoverageReason,
}

/// Why no expectation touches a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CoverageReason {
    /// No expectation covers a flow that it decides.
    NotAsked,
    /// It decides no flow.
    NoFlow,
    /// The budget did not suffice to know.
    NotDecided(NotDecided),
}

/// The rules of each policy of a source, with those that no expectation touches. `written` is the model with the rules as they
/// were written. A rule of a base is touched where an expectation of a child touches it.
pub fn coverage(intent: &Intent, written: &Model, knowledge: &Knowledge, budget: &WorkBudget) -> Vec<Coverage> {
    let mut rules: IndexMap<(&str, &Origin), CoveredRule<'_>> = IndexMap::new();
    let own = |policy: &&Policy| intent.policies.iter().any(|of| of.name.value == policy.name);
    for policy in written.policies.iter().filter(own) {
        let Decisions { list, lines } = decisions(&RuleOrder::of(written, policy), knowledge);
        let (space, [lowered]) = Space::of(&axioms(knowledge), [&list]);
        for (line, standing) in lines.iter().zip(shadows(&space, &lowered, budget)) {
            let Some(origin) = line.rule.origin().filter(|_| line.level == OrderLevel::Attached) else { continue };
            let rule = rules
                .entry((line.policy.name.as_str(), origin))
                .or_insert(CoveredRule { line: *line, why: Some(CoverageReason::NoFlow) });
            if !matches!(standing, Standing::Covered { .. } | Standing::Empty) {
                rule.why = Some(CoverageReason::NotAsked);
            }
        }
    }
    let judge = CoverageJudge { intent, model: written, knowledge, budget };
    written.policies.iter().for_each(|policy| judge.touch(policy, &mut rules));
    let of = |policy: &Policy| {
        let rules: Vec<(&Origin, &CoveredRule<'_>)> = rules
            .iter()
            .filter(|((name, _), _)| policy.name == *name)
            .map(|((_, origin), rule)| (*origin, rule))
            .collect();
        let untouched = rules.iter().filter_map(|(origin, rule)| rule.untouched(origin)).collect();
        Coverage { policy: policy.name.to_string(), rules: rules.len(), untouched }
    };
    written.policies.iter().filter(own).map(of).collect()
}

struct CoveredRule<'m> {
    /// Its first Azure rule.
    line: OrderLine<'m>,
    /// Absent as soon as an expectation touches it.
    why: Option<CoverageReason>,
}

impl CoveredRule<'_> {
    fn untouched(&self, origin: &Origin) -> Option<Untouched> {
        Some(Untouched {
            group: self.line.group.name.to_string(),
            name: self.line.rule.name().to_owned(),
            kind: self.line.rule.kind(),
            action: self.line.rule.action(),
            origin: origin.clone(),
            why: self.why?,
        })
    }
}

struct CoverageJudge<'a> {
    intent: &'a Intent,
    model: &'a Model,
    knowledge: &'a Knowledge,
    budget: &'a WorkBudget,
}

impl<'a> CoverageJudge<'a> {
    /// Notes the rules that the expectations judged in `policy` touch.
    fn touch(&self, policy: &'a Policy, rules: &mut IndexMap<(&'a str, &'a Origin), CoveredRule<'a>>) {
        let is_leaf = self.model.leaves().any(|leaf| std::ptr::eq(leaf, policy));
        let asked = asked_of(self.intent, self.model, policy, is_leaf);
        if asked.is_empty() {
            return;
        }
        let Decisions { list, lines } = decisions(&RuleOrder::of(self.model, policy), self.knowledge);
        let (mut products, mut ends) = (Vec::new(), Vec::new());
        for (_, expectation) in asked {
            products.extend(flows(expectation, self.intent, self.knowledge));
            let middle = products.len();
            products.extend(outside(expectation, self.intent, self.knowledge));
            ends.push((middle, products.len()));
        }
        let (space, [lowered], queries) = Space::with_queries(&axioms(self.knowledge), [&list], &products);
        for (line, touch) in lines.iter().zip(touched(&space, &lowered, &asked_in(&queries, &ends), self.budget)) {
            let Some(rule) = line.rule.origin().and_then(|origin| rules.get_mut(&(line.policy.name.as_str(), origin)))
            else {
                continue;
            };
            match (touch, rule.why) {
                (Touch::Touched, _) => rule.why = None,
                (Touch::NotDecided(stopped), Some(CoverageReason::NotAsked)) => {
                    rule.why = Some(CoverageReason::NotDecided(stopped))
                }
                (Touch::NotDecided(_) | Touch::Untouched, _) => {}
            }
        }
    }
}

/// The queries of each expectation: where its flows end, and where the flows outside of it end.
fn asked_in<'q>(queries: &'q [SpaceQuery], ends: &[(usize, usize)]) -> Vec<TouchedQuery<'q>> {
    let mut first = 0;
    let mut asked = Vec::new();
    for &(middle, end) in ends {
        let except = queries.get(middle..end).unwrap_or(&[]);
        asked.extend(queries.get(first..middle).unwrap_or(&[]).iter().map(|of| TouchedQuery { of, except }));
        first = end;
    }
    asked
}
