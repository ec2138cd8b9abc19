//! FW0310: inherited rules that decide nothing in a policy, because its own rules are read before them.

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evaluate::OrderLevel;
use crate::flow::Standing;

use super::judged::{JudgedRule, listed, plain, verb};
use super::registry::{Lint, OfPolicy};

pub(super) static LINT: Lint<OfPolicy> = Lint::new(&[Code::FW0310], |judged, context| unreached(judged, context.all));

/// How many of the inherited rules, and of those that decide first, a message names.
const NAMED: usize = 3;

/// Reports own rules of the policy that take all flows of rules that it inherits and that no flow reaches therefore, at the
/// own rules. Where the actions differ FW0303 reports it, and a rule that no flow reaches in its own policy either is
/// reported there; `all` has the policies that are judged.
fn unreached(judged: &JudgedRule<'_>, all: &[JudgedRule<'_>]) -> Diagnostics {
    let mut inherited: IndexMap<Vec<usize>, Vec<usize>> = IndexMap::new();
    for index in 0..judged.decisions.lines.len() {
        let Some(by) = takers(judged, index).filter(|_| !is_dead_in_base(judged, index, all)) else { continue };
        inherited.entry(by).or_default().push(index);
    }
    inherited.into_iter().filter_map(|(by, rules)| finding(judged, &by, &rules)).collect()
}

/// The own rules among those that decide all flows of an inherited rule, where all of these do what it does.
fn takers(judged: &JudgedRule<'_>, index: usize) -> Option<Vec<usize>> {
    let Some(Standing::Covered { by }) = judged.standings.get(index) else { return None };
    let is_own = |&line: &usize| judged.line(line).is_some_and(|line| line.level == OrderLevel::Attached);
    let alike = by.iter().all(|&line| judged.action(line) == judged.action(index));
    let own: Vec<usize> = by.iter().copied().filter(is_own).collect();
    let is_inherited = judged.line(index)?.level == OrderLevel::Parent && judged.is_first_place(index);
    (is_inherited && alike && !own.is_empty()).then_some(own)
}

/// Whether no flow reaches the rule of a line in the policy that states it.
fn is_dead_in_base(judged: &JudgedRule<'_>, index: usize, all: &[JudgedRule<'_>]) -> bool {
    let Some(line) = judged.line(index) else { return false };
    let base = all.iter().find(|other| std::ptr::eq(other.policy, line.policy));
    base.is_some_and(|base| {
        let places = base.inherited(line);
        !places.is_empty() && places.iter().all(|&place| base.is_covered(place))
    })
}

fn finding(judged: &JudgedRule<'_>, by: &[usize], rules: &[usize]) -> Option<Diagnostic> {
    let (&first, others) = by.split_first()?;
    let does = if others.is_empty() { verb(judged.action(first)) } else { plain(judged.action(first)) };
    let together: Vec<String> = others.iter().map(|&line| judged.other(line)).collect();
    let together = if together.is_empty() { String::new() } else { format!(" and {}", listed(&together, NAMED)) };
    let names: Vec<String> = rules.iter().map(|&rule| judged.other(rule)).collect();
    let names = listed(&names, NAMED);
    let called = judged.called(first);
    let message = format!("{called}{together} {does} all flows of {names} first, which this policy inherits");
    let found = judged.finding(Code::FW0310, first, message);
    let found = judged.pointing(found, rules, "no flow of this policy reaches it");
    Some(found.help("Azure reads every network rule before any application rule, a parent's too"))
}
