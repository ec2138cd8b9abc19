//! FW0302: rules without which every flow is decided as before.

use std::collections::HashSet;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::flow::{
    DecisionList, Equivalence, FlowAction, Need, ReachExpectation, Space, Standing, equivalent, expect, redundancies,
    shadows,
};

use super::judged::{JudgedRule, OwnRule, listed, milder};
use super::registry::{Lint, OfPolicy};

pub(super) static LINT: Lint<OfPolicy> =
    Lint::new(&[Code::FW0302], |judged, context| redundant(judged, &judged.children(context.all)));

/// The most rules of several lines that are examined as a whole.
const WHOLE: usize = 100;
/// How many of the rules that would take over a message names.
const NAMED: usize = 3;

/// Reports each rule of the policy that could go alone, from `children` too, which inherit it. One that no flow reaches is
/// reported as such, not here.
fn redundant(judged: &JudgedRule<'_>, children: &[&JudgedRule<'_>]) -> Diagnostics {
    let could_go =
        |rule: &&OwnRule| is_needless(judged, rule) && !children.iter().any(|child| matters(judged, rule, child));
    let candidates: Vec<&OwnRule> = judged.rules.iter().filter(could_go).collect();
    if candidates.is_empty() {
        return Diagnostics::new();
    }
    let reasons = Reasons::of(judged, &candidates);
    candidates.into_iter().map(|rule| finding(judged, rule, &reasons)).collect()
}

/// Whether each line of a list could go.
fn needless(judged: &JudgedRule<'_>, list: &DecisionList) -> Vec<bool> {
    let (space, [lowered]) = Space::of(&judged.axioms, [list]);
    let needs = redundancies(&space, &lowered, &judged.budget);
    needs
        .into_iter()
        .map(|need| match need {
            Need::Redundant => true,
            Need::Needed(_) | Need::NotDecided(_) => false,
        })
        .collect()
}

fn is_needless(judged: &JudgedRule<'_>, rule: &OwnRule) -> bool {
    let places = judged.places(&rule.lines);
    !judged.is_dead(rule) && could_go(judged, &places)
}

/// Whether the lines at these places could go, alone and together.
fn could_go(judged: &JudgedRule<'_>, places: &[usize]) -> bool {
    let needless = judged.needless.get_or_init(|| needless(judged, &judged.decisions.list));
    let every = places.iter().all(|&line| needless.get(line).copied().unwrap_or(false));
    every && (places.len() == 1 || can_go_whole(judged, places))
}

/// Whether a rule makes a difference in a policy that inherits it: some flow would be decided otherwise without it, or the
/// policy allows what the rule denies, so that another rule cannot be assumed to.
fn matters(judged: &JudgedRule<'_>, rule: &OwnRule, child: &JudgedRule<'_>) -> bool {
    let lines = rule.lines.iter().filter_map(|&line| judged.line(line));
    let places: Vec<usize> = lines.flat_map(|line| child.inherited(line)).collect();
    let is_idle = || could_go(child, &places) && places.iter().all(|&line| is_denied(child, line));
    !places.is_empty() && !is_idle()
}

/// Whether nothing that a deny matches is allowed; always true for an allow.
fn is_denied(judged: &JudgedRule<'_>, line: usize) -> bool {
    let list = &judged.decisions.list;
    let matches = list.lines.get(line).map_or(&[][..], |line| &line.matches);
    if judged.action(line) == FlowAction::Allow {
        return true;
    }
    let (space, [lowered], queries) = Space::with_queries(&judged.axioms, [list], matches);
    let denied =
        |query| expect(&space, &lowered, query, FlowAction::Deny, &judged.budget) == Ok(ReachExpectation::Holds);
    queries.iter().all(denied)
}

/// Whether all lines of a rule can go at once: one of them may need to take over from another.
fn can_go_whole(judged: &JudgedRule<'_>, places: &[usize]) -> bool {
    let list = &judged.decisions.list;
    let rest = without(list, |line| places.contains(&line));
    let (space, [all, rest]) = Space::of(&judged.axioms, [list, &rest]);
    places.len() <= WHOLE && equivalent(&space, &all, &rest, &judged.budget) == Ok(Equivalence::Equal)
}

fn without(list: &DecisionList, gone: impl Fn(usize) -> bool) -> DecisionList {
    let lines = list.lines.iter().enumerate().filter(|&(line, _)| !gone(line)).map(|(_, line)| line.clone());
    DecisionList { lines: lines.collect(), default: list.default }
}

/// What would come in the place of the rules that could go.
struct Reasons {
    /// The lines that are needed as soon as those are gone that no flow reaches.
    only_for_the_dead: Vec<usize>,
    /// The denies that leave flows to the default.
    guards: Vec<usize>,
    /// For each line, the later ones that match all of its flows.
    later: Vec<Vec<usize>>,
}

impl Reasons {
    fn of(judged: &JudgedRule<'_>, candidates: &[&OwnRule]) -> Self {
        let list = &judged.decisions.list;
        let lines: Vec<usize> = candidates.iter().flat_map(|rule| rule.lines.iter().copied()).collect();
        let (denies, allows): (Vec<usize>, Vec<usize>) =
            lines.into_iter().partition(|&line| judged.action(line) == FlowAction::Deny);
        let dead = (0..list.lines.len()).filter(|&line| judged.is_covered(line)).count();
        let alive = without(list, |line| judged.is_covered(line));
        let only_for_the_dead =
            if dead == 0 || allows.is_empty() { Vec::new() } else { needed(judged, &alive, &allows) };
        // Where everything else were allowed, a deny whose flows no other deny takes would be needed.
        let open = DecisionList { default: FlowAction::Allow, ..alive };
        let guards = if denies.is_empty() { Vec::new() } else { needed(judged, &open, &denies) };
        Self { only_for_the_dead, guards, later: later(judged) }
    }
}

/// The ones of `lines`, numbers of the judged list, that `list`, a part of it, needs.
fn needed(judged: &JudgedRule<'_>, list: &DecisionList, lines: &[usize]) -> Vec<usize> {
    let needless = needless(judged, list);
    let needed = list.lines.iter().zip(needless).filter(|(_, needless)| !needless).map(|(line, _)| line.origin);
    let needed: HashSet<usize> = needed.collect();
    lines.iter().copied().filter(|line| needed.contains(line)).collect()
}

/// For each line, the later ones that match all of its flows, found by reading the list from its end.
fn later(judged: &JudgedRule<'_>) -> Vec<Vec<usize>> {
    let list = &judged.decisions.list;
    let turned = DecisionList { lines: list.lines.iter().rev().cloned().collect(), default: list.default };
    let (space, [lowered]) = Space::of(&judged.axioms, [&turned]);
    let last = list.lines.len().saturating_sub(1);
    let standings = shadows(&space, &lowered, &judged.budget);
    let by = standings.into_iter().rev().map(|standing| match standing {
        Standing::Covered { by } => by.into_iter().rev().map(|line| last - line).collect(),
        Standing::Reached(_) | Standing::Empty | Standing::NotDecided(_) => Vec::new(),
    });
    by.collect()
}

fn finding(judged: &JudgedRule<'_>, rule: &OwnRule, reasons: &Reasons) -> Diagnostic {
    let first = rule.lines.first().copied().unwrap_or_default();
    let any = |of: &[usize]| rule.lines.iter().any(|line| of.contains(line));
    let called = judged.called(first);
    if any(&reasons.guards) {
        let message = format!("{called} is a guard: what it denies, no rule allows today");
        let found = judged.finding(Code::FW0302, first, message).severity(Severity::Note);
        return found.help("it changes nothing today, and keeps closed what later rules might open");
    }
    let heirs: Vec<usize> =
        rule.lines.iter().flat_map(|&line| reasons.later.get(line).into_iter().flatten()).copied().collect();
    let alike = heirs.iter().all(|&heir| judged.action(heir) == judged.action(first));
    let heirs = if alike { heirs } else { Vec::new() };
    let names: Vec<String> = heirs.iter().map(|&heir| judged.other(heir)).collect();
    let who = if names.is_empty() { "other rules".to_owned() } else { listed(&names, NAMED) };
    let message = format!("{called} could go: without it {who} would do the same to all of its flows");
    let found = judged.pointing(judged.finding(Code::FW0302, first, message), &heirs, "does the same");
    if any(&reasons.only_for_the_dead) {
        let why = "that rule decides nothing as long as this one exists: remove one of the two, not both";
        return found.severity(Severity::Note).help(why);
    }
    milder(judged, first, found.help("remove it, or narrow the others if it is to be the exception"))
}
