//! FW0307: rules that have an effect on almost none of the flows they match, because earlier rules with the other
//! action decide these.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::flow::{By, Match, Space, Standing, crowded, shares};

use super::judged::{JudgedRule, listed, shown, verb};
use super::registry::{Lint, OfPolicy};

pub(super) static LINT: Lint<OfPolicy> = Lint::new(&[Code::FW0307], |judged, _| mostly_shadowed(judged));

/// The part of a rule's flows, by number, that makes it worth a note.
const ALMOST_ALL: f64 = 0.9;
/// How many rules are measured, of those that may have lost so much: each takes a diagram.
const RULES: usize = 500;
/// How many of the earlier rules a message names.
const NAMED: usize = 3;

/// Reports each rule where earlier rules decide at least nine in ten of its flows with the other action.
fn mostly_shadowed(judged: &JudgedRule<'_>) -> Diagnostics {
    let list = &judged.decisions.list;
    let asked: Vec<(usize, &Match)> = candidates(judged).take(RULES).collect();
    if asked.is_empty() {
        return Diagnostics::new();
    }
    let queries: Vec<Match> = asked.iter().map(|(_, product)| (*product).clone()).collect();
    let (space, [lowered], queries) = Space::with_queries(&judged.axioms, [list], &queries);
    let mut found = Diagnostics::new();
    for ((line, _), query) in asked.into_iter().zip(&queries) {
        if let Ok(shares) = shares(&space, &lowered, query, &judged.budget) {
            found.extend(finding(judged, line, &shares));
        }
    }
    found
}

/// The lines that decide something, of one product each, of which lines that do the opposite may take so much.
fn candidates<'j>(judged: &'j JudgedRule<'_>) -> impl Iterator<Item = (usize, &'j Match)> {
    let crowded = crowded(&judged.space, &judged.lowered, ALMOST_ALL);
    let lines = judged.rules.iter().filter_map(|rule| match rule.lines.as_slice() {
        [line] => Some(*line),
        _ => None,
    });
    lines.filter(move |line| crowded.binary_search(line).is_ok()).filter_map(|line| {
        let reached = matches!(judged.standings.get(line), Some(Standing::Reached(_)));
        let [product] = judged.decisions.list.lines.get(line)?.matches.as_slice() else { return None };
        reached.then_some((line, product))
    })
}

fn finding(judged: &JudgedRule<'_>, line: usize, shares: &[(By, f64)]) -> Option<Diagnostic> {
    // What is there only under a condition decides nothing for sure.
    if shares.iter().any(|&(by, _)| matches!(by, By::Line(other) if !judged.is_settled(other))) {
        return None;
    }
    let mut taken: Vec<(usize, f64)> = shares
        .iter()
        .filter_map(|&(by, share)| match by {
            By::Line(other) if other < line && judged.action(other) != judged.action(line) => Some((other, share)),
            By::Line(_) | By::Default => None,
        })
        .collect();
    let whole: f64 = taken.iter().map(|(_, share)| share).sum();
    let Some(Standing::Reached(sample)) = judged.standings.get(line) else { return None };
    if whole < ALMOST_ALL {
        return None;
    }
    taken.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let others: Vec<usize> = taken.into_iter().map(|(other, _)| other).collect();
    let names: Vec<String> = others.iter().map(|&other| judged.other(other)).collect();
    let message = format!(
        "{} {} almost nothing: {} of what it speaks of is decided otherwise by {}",
        judged.called(line),
        verb(judged.action(line)),
        percent(whole),
        listed(&names, NAMED)
    );
    let found = judged.pointing(judged.finding(Code::FW0307, line, message), &others, "read before it");
    Some(shown(found, &judged.space.show(sample)).help("that flow is among those that are left to it"))
}

/// Never all of it: some flow is left.
fn percent(share: f64) -> String {
    if share > 0.99 { "more than 99 %".to_owned() } else { format!("{:.0} %", share * 100.0) }
}
