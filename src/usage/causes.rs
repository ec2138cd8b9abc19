//! The observed traffic of the causes of a difference.

use serde_json::Value;

use crate::diff::{Cause, DiffOutcome, Effect};
use crate::explain::Explanation;
use crate::logs::LineCount;
use crate::way::{NetworkWay, words};

use super::json::counted;
use super::judge::{deciders, is_elsewhere, place};
use super::lines::seen;
use super::replay::{Changed, Replay};

/// What was seen of one cause.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SeenCause {
    /// How many distinct flows.
    pub flows: u64,
    /// What was seen of them.
    pub count: LineCount,
    /// Whether some of these flows may belong elsewhere: they depend on what the logs do not state.
    pub is_open: bool,
}

impl SeenCause {
    /// As JSON: lines, flows, first, last, and whether all of them are of this cause.
    pub fn json(&self) -> Value {
        let mut fields = counted(self.count);
        fields.insert("flows".to_owned(), self.flows.into());
        fields.insert("certain".to_owned(), (!self.is_open).into());
        Value::Object(fields)
    }

    /// As a sentence.
    pub fn sentence(&self) -> String {
        match (self.flows, self.is_open) {
            (0, _) => "not in these logs".to_owned(),
            (_, false) => seen(self.count),
            (_, true) => format!("{}, some of which may be other flows", seen(self.count)),
        }
    }
}

/// What was seen of each cause, in their order.
pub fn seen_of_causes(replay: &Replay<'_>, causes: &[&Cause<'_, '_>]) -> Vec<SeenCause> {
    let of_changes: Vec<Vec<usize>> = replay.changes.iter().map(|change| causes_of(change, causes)).collect();
    let mut all = vec![SeenCause::default(); causes.len()];
    for flow in &replay.flows {
        let Some(found) = of_changes.get(flow.change) else { continue };
        for cause in found {
            let Some(cause) = all.get_mut(*cause) else { continue };
            cause.flows += 1;
            cause.count.add(flow.seen.count);
            cause.is_open |= found.len() > 1 || replay.changes.get(flow.change).is_some_and(is_open);
        }
    }
    all
}

/// The causes that a changed flow may belong to.
fn causes_of(change: &Changed<'_>, causes: &[&Cause<'_, '_>]) -> Vec<usize> {
    let is_of = |cause: &Cause<'_, '_>| {
        may_be(cause.effect, &cause.before, &change.before) && may_be(cause.effect, &cause.after, &change.after)
    };
    let found = causes.iter().enumerate().filter(|(_, cause)| is_of(cause));
    found.map(|(index, _)| index).collect()
}

fn is_open(change: &Changed<'_>) -> bool {
    let open = |explained: &Explanation<'_>| !explained.depends.is_empty() || !explained.course.others.is_empty();
    open(&change.before) || open(&change.after) || change.unless.is_some()
}

/// Whether the fate of a flow may be an outcome.
fn may_be(effect: Effect, outcome: &DiffOutcome<'_>, explained: &Explanation<'_>) -> bool {
    let ways = std::iter::once(&explained.course.way).chain(explained.course.others.iter().map(|other| &other.way));
    match outcome.off_course() {
        Some(off) => ways.into_iter().any(|way: &NetworkWay<'_>| words(way) == words(off)),
        None if is_elsewhere(explained) => false,
        None if effect.is_of_the_way() => true,
        None => {
            let wanted = outcome.rule().map(|line| line.place);
            deciders(explained).into_iter().any(|decision| place(decision) == wanted)
        }
    }
}
