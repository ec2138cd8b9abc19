//! The parts that text and page share.

use crate::diag::grouped;
use crate::explain::{Decision, Explanation};
use crate::logs::{LineCount, Logged, Observed, Row, Time};
use crate::model::Action;
use crate::source::{Files, Origin};
use crate::way::Carrier;

use super::judge::{deciders, is_elsewhere};
use super::replay::Changed;
use super::rules::{RuleReached, RuleUse};
use super::tally::{Disagreement, Unlike};

/// A flow as a sentence has it: `https from 10.0.0.4 to a.com`.
pub(super) fn flow(row: &Row<'_>) -> String {
    let Row { source, destination, service, .. } = row;
    let path = row.path.unwrap_or_default();
    let at = row.address.map(|address| format!(" at {address}")).unwrap_or_default();
    format!("{service} from {source} to {destination}{path}{at}")
}

/// A number of things: `1 flow`, `1,204 flows`.
pub(super) fn number(number: u64, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{} {word}s", grouped(number)),
    }
}

/// How much was seen, and when: `12 lines, 2026-11-03 to 2026-11-09`.
pub(super) fn seen(count: LineCount) -> String {
    match dates(count) {
        Some(dates) => format!("{}, {dates}", number(count.lines, "line")),
        None => number(count.lines, "line"),
    }
}

/// The days of a window.
pub(super) fn dates(count: LineCount) -> Option<String> {
    let (first, last) = (count.first?.date(), count.last?.date());
    Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
}

/// The day on which something was last seen.
pub(super) fn last_day(count: LineCount) -> String {
    count.last.map_or_else(|| "-".to_owned(), |last: Time| last.date().to_string())
}

/// The name of a rule of the policy: `workloads/stripe`.
pub(super) fn rule_name(rule: &RuleUse<'_>) -> String {
    format!("{}/{}", rule.line.group.name, rule.line.rule.name())
}

/// Where something was written.
pub(super) fn place(origin: Option<&Origin>, files: &Files) -> String {
    let located = origin.and_then(|origin| files.locate(origin.at));
    located.map(|located| located.to_string()).unwrap_or_default()
}

/// Why no flow reaches a rule; nothing where one can.
pub(super) fn unreached(rule: &RuleUse<'_>) -> Option<String> {
    /// How many of the rules before it are named.
    const NAMED: usize = 3;
    match &rule.reached {
        RuleReached::Yes => None,
        RuleReached::Empty => Some("it matches no flow".to_owned()),
        RuleReached::NotDecided => Some("whether a flow reaches it was not decided within the work allowed".to_owned()),
        RuleReached::Shadowed(by) => {
            let mut names: Vec<String> =
                by.iter().take(NAMED).map(|name| format!("`{}/{}`", name.group, name.rule)).collect();
            if let Some(more) = by.len().checked_sub(NAMED).filter(|more| *more > 0) {
                names.push(format!("{more} more"));
            }
            let verb = if by.len() == 1 { "decides" } else { "decide" };
            Some(format!("no flow reaches it: {} {verb} all of its flows first", names.join(", ")))
        }
    }
}

/// What decides: `allowed by `g/r``, `denied: no rule matches`.
fn decision(decision: Decision<'_>) -> String {
    let done = match decision.action() {
        Action::Allow => "allowed",
        Action::Deny => "denied",
    };
    match decision.line() {
        Some(line) => format!("{done} by `{}/{}`", line.group.name, line.rule.name()),
        None => format!("{done}: no rule matches"),
    }
}

/// What the policy does with a flow.
pub(super) fn decided(explained: &Explanation<'_>) -> String {
    if is_elsewhere(explained) {
        return match explained.course.way.by {
            Carrier::Nowhere => "dropped by its route".to_owned(),
            by => format!("sent past the firewall ({by})"),
        };
    }
    let all: Vec<String> = deciders(explained).into_iter().map(decision).collect();
    match all.as_slice() {
        [only] => only.clone(),
        several => format!("depends: {}", several.join(", or ")),
    }
}

/// What a flow becomes, after a change.
pub(super) fn after(change: &Changed<'_>) -> String {
    let after = decided(&change.after);
    match change.unless {
        None => after,
        Some(rule) => format!("{after}; unless it carries a host name and is {}", decision(rule)),
    }
}

/// What was logged.
pub(super) fn logged(logged: &Logged<Box<str>>) -> String {
    let done = match logged.action {
        Some(crate::flow::FlowAction::Allow) => "allowed",
        Some(crate::flow::FlowAction::Deny) => "denied",
        None => "seen",
    };
    match logged.names_rule() {
        true => format!("{done} by `{}`", logged.path()),
        false => done.to_owned(),
    }
}

/// What does not agree, as a sentence.
pub(super) fn disagreement(one: &Disagreement<'_>, observed: &Observed) -> String {
    let logged = one.seen.flow(observed).map(|row| logged(row.logged)).unwrap_or_default();
    let decided = decided(&one.decided);
    match one.what {
        Unlike::NoSuchRule => {
            format!("logged: {logged}, a rule that the policy does not have; by the policy: {decided}")
        }
        Unlike::Action | Unlike::Rule => format!("logged: {logged}; by the policy: {decided}"),
        Unlike::Way => format!("logged: {logged}; by the stated network: {decided}"),
    }
}
