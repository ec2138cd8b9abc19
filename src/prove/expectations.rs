//! What the source expects, for every flow of a set, along its way.

use crate::evaluate::{Knowledge, RuleOrder};
use crate::flow::WorkBudget;
use crate::intent::{self, Expectation, Intent};
use crate::model::{Model, Policy};

use super::decisions::decisions;
use super::judge::ExpectationJudge;
use super::verdict::{Caveat, ProofVerdict};

/// An expectation, judged in one policy.
#[derive(Clone, Debug)]
pub struct Checked<'i, 'm> {
    /// The test that contains it.
    pub test: Option<&'i str>,
    /// The policy it was judged in.
    pub policy: &'m str,
    /// The expectation.
    pub expectation: &'i Expectation,
    /// What came of it.
    pub verdict: ProofVerdict<'m>,
    /// What to know beside it, of one that holds.
    pub caveats: Vec<Caveat<'m>>,
}

/// Judges every expectation of a source: those of a policy in each child, or in itself if it has none, those of a test in the
/// policy it names, the others in every policy that none inherits.
pub fn expectations<'i, 'm>(
    intent: &'i Intent,
    model: &'m Model,
    knowledge: &Knowledge,
    budget: &WorkBudget,
) -> Vec<Checked<'i, 'm>> {
    let leaves: Vec<&'m Policy> = model.leaves().collect();
    let mut checked = Vec::new();
    for policy in &model.policies {
        let is_leaf = leaves.iter().any(|leaf| std::ptr::eq(*leaf, policy));
        let asked = asked_of(intent, model, policy, is_leaf);
        if asked.is_empty() {
            continue;
        }
        let judge = ExpectationJudge::of(intent, (model, policy), knowledge, budget, || {
            decisions(&RuleOrder::of(model, policy), knowledge)
        });
        checked.extend(asked.into_iter().map(|(test, expectation)| {
            let verdict = judge.verdict(expectation);
            let caveats = judge.caveats(expectation, &verdict);
            Checked { test, policy: &policy.name, expectation, verdict, caveats }
        }));
    }
    checked.sort_by_key(|checked| checked.test.map(|_| checked.expectation.origin.at));
    checked
}

/// The expectations that one policy has to meet, with the tests that contain them.
pub(super) fn asked_of<'i>(
    intent: &'i Intent,
    model: &Model,
    policy: &Policy,
    is_leaf: bool,
) -> Vec<(Option<&'i str>, &'i Expectation)> {
    let bases = if is_leaf { model.bases(policy) } else { Vec::new() };
    let met = |of: &&intent::Policy| {
        is_leaf && of.name.value == policy.name || bases.iter().any(|base| of.name.value == base.name)
    };
    let policies = intent.policies.iter().filter(met);
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
