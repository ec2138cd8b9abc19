//! What matters most about a policy, for a first-time reader.

use indexmap::IndexMap;

use crate::diag::EvidenceRule;
use crate::evaluate::{OrderLevel, RuleLack};
use crate::model::RuleKind;

use super::judged::JudgedRule;
use super::shadowed::dead_rules;

/// What matters most about a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overview {
    /// The policy.
    pub policy: String,
    /// How many rules of its own it has, DNAT rules of a base apart.
    pub rules: usize,
    /// The rules that decide nothing, those with the same reason together.
    pub dead: Vec<Dead>,
}

/// Rules that decide nothing, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dead {
    /// The rules.
    pub rules: Vec<NamedOverview>,
    /// The rules that decide all of their flows first; none where they match nothing.
    pub by: Vec<NamedOverview>,
    /// What the rules lack where they match nothing.
    pub lack: RuleLack,
}

/// A rule as prose names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedOverview {
    /// Its place.
    pub path: EvidenceRule,
    /// Its kind.
    pub kind: RuleKind,
    /// Whether it is of the parent.
    pub level: OrderLevel,
}

pub(super) fn overview(judged: &JudgedRule<'_>, policy: &str) -> Overview {
    let named = |lines: &[usize]| lines.iter().filter_map(|&line| named(judged, line)).collect::<Vec<NamedOverview>>();
    let of = |(by, rules): (&Vec<usize>, &Vec<usize>)| {
        let same = by_lack(judged, by, rules).into_iter();
        same.map(|(lack, rules)| Dead { rules: named(&rules), by: named(by), lack }).collect::<Vec<Dead>>()
    };
    let dead = dead_rules(judged).iter().flat_map(of).collect();
    Overview { policy: policy.to_owned(), rules: judged.rules.len(), dead }
}

/// The unreachable rules, those that match nothing by what they lack.
fn by_lack(judged: &JudgedRule<'_>, by: &[usize], rules: &[usize]) -> IndexMap<RuleLack, Vec<usize>> {
    let mut all: IndexMap<RuleLack, Vec<usize>> = IndexMap::new();
    for &rule in rules {
        let lack = if by.is_empty() { judged.lack(rule) } else { RuleLack::Ends };
        all.entry(lack).or_default().push(rule);
    }
    all
}

fn named(judged: &JudgedRule<'_>, line: usize) -> Option<NamedOverview> {
    let line = judged.line(line)?;
    Some(NamedOverview { path: EvidenceRule::from(line), kind: line.rule.kind(), level: line.level })
}
