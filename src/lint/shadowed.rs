//! FW0301, FW0506, FW0507 and FW0306: unreachable rules, because earlier rules decide their flows or because they match
//! nothing. Rules that shadow together count: their smallest set is named.

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evaluate::{OrderLevel, RuleLack};
use crate::flow::{FlowAction, Standing};
use crate::model::RuleKind;

use super::judged::{JudgedRule, OwnRule, listed, milder, plain, verb};
use super::registry::{Lint, OfPolicy};

pub(super) static LINT: Lint<OfPolicy> =
    Lint::new(&[Code::FW0301, Code::FW0306, Code::FW0506, Code::FW0507], |judged, _| shadowed(judged));

/// How many of the rules that decide first a message names.
const NAMED: usize = 3;
/// How many of them are pointed at.
const POINTED: usize = 8;

/// Reports each rule of the policy, or each part of one, that no flow reaches.
fn shadowed(judged: &JudgedRule<'_>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for rule in &judged.rules {
        let covered: Vec<usize> = rule.lines.iter().copied().filter(|&line| judged.is_covered(line)).collect();
        if judged.is_dead(rule) {
            found.push(if covered.is_empty() { empty(judged, rule) } else { dead(judged, rule, &covered) });
        } else {
            found.extend(partly(judged, rule, &covered));
        }
        found.extend(rule.lines.iter().find_map(|&line| undecided(judged, line)));
    }
    found
}

/// The unreachable rules of the policy with the lines that decide first, those with the same ones together.
pub(super) fn dead_rules(judged: &JudgedRule<'_>) -> IndexMap<Vec<usize>, Vec<usize>> {
    let mut dead: IndexMap<Vec<usize>, Vec<usize>> = IndexMap::new();
    for rule in judged.rules.iter().filter(|rule| judged.is_dead(rule)) {
        let by = blockers(judged, rule, &rule.lines);
        dead.entry(by).or_default().extend(rule.lines.first());
    }
    dead
}

/// The lines that decide before `lines`, but for those of the rule itself.
fn blockers(judged: &JudgedRule<'_>, rule: &OwnRule, lines: &[usize]) -> Vec<usize> {
    let mut by: Vec<usize> = lines
        .iter()
        .filter_map(|&line| match judged.standings.get(line) {
            Some(Standing::Covered { by }) => Some(by),
            Some(Standing::Reached(_) | Standing::Empty | Standing::NotDecided(_)) | None => None,
        })
        .flatten()
        .copied()
        .filter(|line| !rule.lines.contains(line))
        .collect();
    by.sort_unstable();
    by.dedup();
    by
}

fn dead(judged: &JudgedRule<'_>, rule: &OwnRule, covered: &[usize]) -> Diagnostic {
    let first = covered.first().copied().unwrap_or_default();
    finding(judged, first, &blockers(judged, rule, covered), &judged.called(first))
}

/// The part of a rule that is of the other kind than the rest, or some of its ports.
fn partly(judged: &JudgedRule<'_>, rule: &OwnRule, covered: &[usize]) -> Option<Diagnostic> {
    let &first = covered.first()?;
    let by_itself = |&line: &usize| match judged.standings.get(line) {
        Some(Standing::Covered { by }) => by.iter().any(|other| rule.lines.contains(other)),
        Some(Standing::Reached(_) | Standing::Empty | Standing::NotDecided(_)) | None => false,
    };
    if covered.iter().any(by_itself) {
        return None;
    }
    let part = match judged.line(first)?.rule.kind() {
        RuleKind::Nat => format!("{} of {} translations of this rule", covered.len(), rule.lines.len()),
        kind @ (RuleKind::Network | RuleKind::Application) => format!("the {kind} part of this rule"),
    };
    Some(finding(judged, first, &blockers(judged, rule, covered), &part))
}

fn finding(judged: &JudgedRule<'_>, line: usize, by: &[usize], called: &str) -> Diagnostic {
    let action = judged.action(line);
    let opposite = by.iter().any(|&other| judged.action(other) != action);
    let of_parent = by.iter().all(|&other| level(judged, other) == OrderLevel::Parent);
    let code = match (of_parent, action, opposite) {
        (true, FlowAction::Deny, true) => Code::FW0507,
        (true, FlowAction::Deny, false) | (true, FlowAction::Allow, _) => Code::FW0506,
        (false, _, _) => Code::FW0301,
    };
    let names: Vec<String> = by.iter().map(|&other| judged.other(other)).collect();
    let names = listed(&names, NAMED);
    let message = if opposite {
        let does = by.iter().map(|&other| judged.action(other)).collect::<Vec<_>>();
        format!("{called} never takes effect: what it {}, {names} {} first", verb(action), verbs(&does))
    } else {
        let decide = if by.len() == 1 { verb(action) } else { plain(action) };
        format!("no flow reaches {called}: {names} {decide} all of its flows first")
    };
    let found = judged.finding(code, line, message);
    let found = judged.pointing(found, by.get(..POINTED).unwrap_or(by), "read before it");
    let found = reasons(judged, line, by).into_iter().fold(found, Diagnostic::help);
    let found = found.help(if opposite {
        "put it in front of what decides first, or narrow that, or take this rule away"
    } else {
        "remove it, or narrow what decides first"
    });
    if opposite { found } else { milder(judged, line, found) }
}

fn level(judged: &JudgedRule<'_>, line: usize) -> OrderLevel {
    judged.line(line).map_or(OrderLevel::Attached, |line| line.level)
}

/// What several rules do.
fn verbs(actions: &[FlowAction]) -> &'static str {
    match actions {
        [only] => verb(*only),
        [first, rest @ ..] if rest.iter().all(|action| action == first) => plain(*first),
        _ => "decide",
    }
}

/// Why Azure reads the others first, where it is not for their place.
fn reasons(judged: &JudgedRule<'_>, line: usize, by: &[usize]) -> Vec<&'static str> {
    let kind = |line: usize| judged.line(line).map(|line| line.rule.kind());
    let mut reasons = Vec::new();
    if kind(line) == Some(RuleKind::Application) && by.iter().any(|&other| kind(other) == Some(RuleKind::Network)) {
        reasons.push("Azure reads every network rule before any application rule");
    }
    if level(judged, line) == OrderLevel::Attached && by.iter().any(|&other| level(judged, other) == OrderLevel::Parent)
    {
        reasons.push("Azure reads the rules of the parent before those of the child");
    }
    reasons
}

fn empty(judged: &JudgedRule<'_>, rule: &OwnRule) -> Diagnostic {
    let first = rule.lines.first().copied().unwrap_or_default();
    let lack = judged.lack(first);
    let message = format!("{} matches no flow: it has {}", judged.called(first), lack.none());
    judged.finding(Code::FW0306, first, message).help(match lack {
        RuleLack::Protocols => "give it its protocols, or remove it",
        RuleLack::Ports => "give it its ports, or remove it",
        RuleLack::Ends => "Azure skips a rule whose IP group is empty; state who and where to",
    })
}

fn undecided(judged: &JudgedRule<'_>, line: usize) -> Option<Diagnostic> {
    let Some(Standing::NotDecided(stopped)) = judged.standings.get(line) else { return None };
    let message = format!("whether any flow reaches {} was {stopped}", judged.called(line));
    Some(judged.finding(Code::FW0305, line, message).severity(crate::diag::Severity::Note))
}
