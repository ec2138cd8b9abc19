//! The annotations of a rule, by where it was written.

use std::collections::HashMap;

use super::model::{Intent, Meta, Policy, Rules};
use super::rule_index::{RuleAt, RulePosition};
use crate::source::Origin;

impl Intent {
    /// The annotations of the rule that was written at `origin`; of several there, those of the first. The policies do not
    /// change after the first call.
    pub fn meta(&self, origin: &Origin) -> Option<&Meta> {
        let index = self.rule_index.0.get_or_init(|| positions(&self.policies));
        let at = index.get(origin)?;
        let rules = self.policies.get(at.policy)?.groups.get(at.group)?.body.rules().nth(at.rules)?;
        match at.rule {
            RuleAt::Filter(index) => rules.filters.get(index).map(|rule| &rule.meta),
            RuleAt::Dnat(index) => rules.dnats.get(index).map(|rule| &rule.meta),
        }
    }
}

fn positions(policies: &[Policy]) -> HashMap<Origin, RulePosition> {
    let mut found = HashMap::new();
    for (policy, of) in policies.iter().enumerate() {
        for (group, of) in of.groups.iter().enumerate() {
            for (rules, of) in of.body.rules().enumerate() {
                for (origin, rule) in origins(of) {
                    found.entry(origin.clone()).or_insert(RulePosition { policy, group, rules, rule });
                }
            }
        }
    }
    found
}

fn origins(rules: &Rules) -> impl Iterator<Item = (&Origin, RuleAt)> {
    let filters = rules.filters.iter().enumerate().map(|(at, rule)| (&rule.origin, RuleAt::Filter(at)));
    filters.chain(rules.dnats.iter().enumerate().map(|(at, rule)| (&rule.origin, RuleAt::Dnat(at))))
}
