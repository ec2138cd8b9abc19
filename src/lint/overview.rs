//! What matters most about a policy, for a first-time reader.

use indexmap::IndexMap;

use crate::diag::RulePath;
use crate::evaluate::{Lack, Level};
use crate::model::Kind;

use super::judged::Judged;
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
    pub rules: Vec<Named>,
    /// The rules that decide all of their flows first; none where they match nothing.
    pub by: Vec<Named>,
    /// What the rules lack where they match nothing.
    pub lack: Lack,
}

/// A rule as prose names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// Its place.
    pub path: RulePath,
    /// Its kind.
    pub kind: Kind,
    /// Whether it is of the parent.
    pub level: Level,
}

pub(super) fn overview(judged: &Judged<'_>, policy: &str) -> Overview {
    let named = |lines: &[usize]| lines.iter().filter_map(|&line| named(judged, line)).collect::<Vec<Named>>();
    let of = |(by, rules): (&Vec<usize>, &Vec<usize>)| {
        let same = by_lack(judged, by, rules).into_iter();
        same.map(|(lack, rules)| Dead { rules: named(&rules), by: named(by), lack }).collect::<Vec<Dead>>()
    };
    let dead = dead_rules(judged).iter().flat_map(of).collect();
    Overview { policy: policy.to_owned(), rules: judged.rules.len(), dead }
}

/// The unreachable rules, those that match nothing by what they lack.
fn by_lack(judged: &Judged<'_>, by: &[usize], rules: &[usize]) -> IndexMap<Lack, Vec<usize>> {
    let mut all: IndexMap<Lack, Vec<usize>> = IndexMap::new();
    for &rule in rules {
        let lack = if by.is_empty() { judged.lack(rule) } else { Lack::Ends };
        all.entry(lack).or_default().push(rule);
    }
    all
}

fn named(judged: &Judged<'_>, line: usize) -> Option<Named> {
    let line = judged.line(line)?;
    Some(Named { path: RulePath::from(line), kind: line.rule.kind(), level: line.level })
}
