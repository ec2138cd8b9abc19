//! FW07: what a policy lets through that it perhaps should not.
//!
//! Each lint names parts of rules. A part is reported only where a flow of it gets as far as the rule and is let through;
//! that flow is shown.

mod any_to_any;
mod every_port;
mod ingress;
mod management;
mod shared_hosting;
mod suspect;
mod wide;

use std::collections::HashMap;

use crate::diag::Diagnostics;
use crate::flow::{Action, DecisionList, Line, Space, Standing, Witness, shadows};

use self::suspect::Suspect;
use super::judged::{Judged, shown};

pub use shared_hosting::{SHARED_HOSTING, Suffix, shared_suffix};

/// Reports what the own rules of the policy let through. Of one rule, the widest of these is said.
pub(super) fn exposure(judged: &Judged<'_>) -> Diagnostics {
    let rules = judged.rules.iter().filter(|rule| !judged.is_dead(rule));
    let suspects: Vec<Suspect> =
        rules.flat_map(|rule| rule.lines.iter().find_map(|&line| suspect(judged, line))).collect();
    let witnesses = let_through(judged, &suspects);
    let found = suspects.into_iter().zip(witnesses);
    found.filter_map(|(suspect, witness)| Some(shown(suspect.finding, &witness?))).collect()
}

fn suspect(judged: &Judged<'_>, line: usize) -> Option<Suspect> {
    if judged.action(line) != Action::Allow {
        return None;
    }
    any_to_any::suspect(judged, line)
        .or_else(|| every_port::suspect(judged, line))
        .or_else(|| shared_hosting::suspect(judged, line))
        .or_else(|| management::suspect(judged, line))
        .or_else(|| ingress::suspect(judged, line))
}

/// Of each suspect, a flow of its part that reaches the rule: the part is put in front of the rule, and is not covered.
fn let_through(judged: &Judged<'_>, suspects: &[Suspect]) -> Vec<Option<Witness>> {
    let Some(end) = suspects.iter().map(|suspect| suspect.line + 1).max() else { return Vec::new() };
    let mut places = vec![0; suspects.len()];
    let mut of_line: HashMap<usize, Vec<(&Suspect, &mut usize)>> = HashMap::new();
    for (suspect, place) in suspects.iter().zip(&mut places) {
        of_line.entry(suspect.line).or_default().push((suspect, place));
    }
    let mut lines: Vec<Line> = Vec::new();
    for (index, line) in judged.decisions.list.lines.iter().enumerate().take(end) {
        for (suspect, place) in of_line.remove(&index).unwrap_or_default() {
            *place = lines.len();
            lines.push(Line { matches: suspect.part.clone(), ..line.clone() });
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
