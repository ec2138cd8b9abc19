//! FW07: rules that may let too much through.
//!
//! Each lint names parts of rules. A part is reported only where a flow of it gets as far as the rule and is let through;
//! that flow is shown.

mod all_of_internet;
mod any_to_any;
mod every_name;
mod every_port;
mod ingress;
mod management;
mod reached_inside;
mod shared_hosting;
mod suspect;
mod wide;

use std::collections::{HashMap, VecDeque};

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::flow::{DecisionList, FlowAction, ListLine, Space, Standing, Witness, shadows};

use self::suspect::{OfLine, Suspect};
use super::judged::{JudgedRule, shown};
use super::registry::{Lint, OfPolicy};

/// Reports what the own rules of the policy let through. Of one rule, the widest finding that a flow shows is reported.
fn exposure(judged: &JudgedRule<'_>) -> Diagnostics {
    let rules = judged.rules.iter().filter(|rule| !judged.is_dead(rule));
    let mut open: Vec<VecDeque<Suspect>> = rules.map(|rule| suspects(judged, &rule.lines)).collect();
    let mut found: Vec<Option<Diagnostic>> = open.iter().map(|_| None).collect();
    // Where earlier rules close the widest part, the next one is examined.
    loop {
        let next = open.iter_mut().zip(&mut found).filter(|(_, found)| found.is_none());
        let (suspects, places): (Vec<Suspect>, Vec<&mut Option<Diagnostic>>) =
            next.filter_map(|(open, found)| Some((open.pop_front()?, found))).unzip();
        if suspects.is_empty() {
            return found.into_iter().flatten().collect();
        }
        let witnesses = let_through(judged, &suspects);
        for ((suspect, witness), place) in suspects.into_iter().zip(witnesses).zip(places) {
            *place = witness.map(|witness| shown(suspect.finding, &witness));
        }
    }
}

/// The lints below as one: of a rule, the widest is reported.
pub(super) static POLICY_LINT: Lint<OfPolicy> = Lint::new(&[], |judged, _| exposure(judged));

/// The codes of the lints.
pub(super) fn codes() -> impl Iterator<Item = &'static Code> {
    LINTS.iter().flat_map(|lint| lint.codes.iter().copied())
}

/// The lints, the widest exposure first.
static LINTS: [&Lint<OfLine>; 8] = [
    &any_to_any::LINT,
    &every_port::LINT,
    &management::LINT,
    &every_name::LINT,
    &all_of_internet::LINT,
    &shared_hosting::LINT,
    &ingress::LINT,
    &reached_inside::LINT,
];

/// What may be too open about a rule of these lines, the widest first.
fn suspects(judged: &JudgedRule<'_>, lines: &[usize]) -> VecDeque<Suspect> {
    let allows = || lines.iter().filter(|&&line| judged.action(line) == FlowAction::Allow);
    LINTS.iter().flat_map(|lint| allows().filter_map(move |&line| (lint.check)(judged, line))).collect()
}

/// Of each suspect, a flow of its part that reaches the rule: the part is inserted before the rule, and is not covered.
fn let_through(judged: &JudgedRule<'_>, suspects: &[Suspect]) -> Vec<Option<Witness>> {
    let Some(end) = suspects.iter().map(|suspect| suspect.line + 1).max() else { return Vec::new() };
    let mut places = vec![0; suspects.len()];
    let mut of_line: HashMap<usize, Vec<(&Suspect, &mut usize)>> = HashMap::new();
    for (suspect, place) in suspects.iter().zip(&mut places) {
        of_line.entry(suspect.line).or_default().push((suspect, place));
    }
    let mut lines: Vec<ListLine> = Vec::new();
    for (index, line) in judged.decisions.list.lines.iter().enumerate().take(end) {
        for (suspect, place) in of_line.remove(&index).unwrap_or_default() {
            *place = lines.len();
            lines.push(ListLine { matches: suspect.part.clone(), ..line.clone() });
        }
        lines.push(line.clone());
    }
    let list = DecisionList { lines, default: judged.decisions.list.default };
    let (space, [lowered]) = Space::of(&judged.axioms, [&list]);
    let standings = shadows(&space, &lowered, &judged.budget);
    let witness = |place: usize| match standings.get(place) {
        Some(Standing::Reached(sample)) => Some(space.show(sample)),
        Some(Standing::Covered { .. } | Standing::Empty | Standing::NotDecided(_)) | None => None,
    };
    places.into_iter().map(witness).collect()
}
