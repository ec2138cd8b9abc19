//! The observed traffic, as text for people.

use std::fmt::Write;

use indexmap::IndexMap;

use crate::diag::grouped;
use crate::flow::Service;
use crate::logs::{LineCount, Observed};
use crate::source::Files;

use super::lines::{after, dates, decided, disagreement, flow, last_day, number, place, rule_name, seen, unreached};
use super::replay::{Replay, Replayed};
use super::rules::RuleUse;
use super::tally::{SeenTimes, Usage};

/// How many rules a list has.
const RULES: usize = 30;
/// How many flows a list has.
const FLOWS: usize = 10;
/// How many examples a group of flows has.
const EXAMPLES: usize = 3;
/// How many records that could not be read are named.
const UNREAD: usize = 5;

/// The observed traffic of a policy, or of a change of it. `title` names the policy.
pub fn text(title: &str, usage: &Usage<'_>, observed: &Observed, files: &Files, replay: Option<&Replay<'_>>) -> String {
    let mut text = format!("{title}: {}\n", headline(usage));
    match replay {
        Some(replay) => replayed(&mut text, replay, observed),
        None => {
            rules(&mut text, usage, files);
            denied(&mut text, &usage.denied, observed);
        }
    }
    disagreements(&mut text, usage, observed);
    rest(&mut text, usage, observed);
    text
}

/// How much was seen.
pub(super) fn headline(usage: &Usage<'_>) -> String {
    let window = dates(usage.all).map(|dates| format!(", {dates}")).unwrap_or_default();
    format!("{} of logs, {}{window}", number(usage.all.lines, "line"), number(usage.flows, "flow"))
}

fn rules(text: &mut String, usage: &Usage<'_>, files: &Files) {
    let (mut used, unused): (Vec<&RuleUse<'_>>, Vec<&RuleUse<'_>>) =
        usage.rules.iter().partition(|rule| rule.count.lines > 0);
    used.sort_by_key(|rule| std::cmp::Reverse(rule.count.lines));
    if !used.is_empty() {
        let _ = writeln!(text, "\nused: {} of {}", used.len(), number(usage.rules.len() as u64, "rule"));
        let name = widest(&used);
        let _ = writeln!(text, "{:>9}  {:>7}  {:10}  {:name$}  written at", "lines", "flows", "last seen", "rule");
        for rule in used.iter().take(RULES) {
            let (lines, flows, at) = (grouped(rule.count.lines), grouped(rule.flows), written(rule, files));
            let row = format!("{lines:>9}  {flows:>7}  {:10}  {:name$}  {at}", last_day(rule.count), rule_name(rule));
            let _ = writeln!(text, "{}", row.trim_end());
        }
        more(text, used.len(), RULES, "more rule");
    }
    if !unused.is_empty() {
        let _ = writeln!(text, "\nnever used in these logs: {}", number(unused.len() as u64, "rule"));
        let name = widest(&unused);
        for rule in unused.iter().take(RULES) {
            let row = format!("  {:name$}  {}", rule_name(rule), written(rule, files));
            let _ = writeln!(text, "{}", row.trim_end());
            if let Some(why) = unreached(rule) {
                let _ = writeln!(text, "    {why}");
            }
        }
        more(text, unused.len(), RULES, "more rule");
    }
}

fn written(rule: &RuleUse<'_>, files: &Files) -> String {
    place(rule.origin.as_ref(), files)
}

/// The width of the column of names.
fn widest(rules: &[&RuleUse<'_>]) -> usize {
    let names = rules.iter().take(RULES).map(|rule| rule_name(rule).chars().count());
    names.max().unwrap_or_default().clamp(4, 40)
}

fn denied(text: &mut String, denied: &[SeenTimes], observed: &Observed) {
    if denied.is_empty() {
        return;
    }
    let all = total(denied.iter());
    let _ = writeln!(text, "\ndenied because no rule matches: {}, {}", flows(denied.len()), lines(all.lines));
    let mut groups: IndexMap<(Service, &str), Vec<&SeenTimes>> = IndexMap::new();
    for one in denied {
        let Some(row) = one.flow(observed) else { continue };
        groups.entry((row.service, row.destination)).or_default().push(one);
    }
    let groups = ranked(groups.into_iter().collect());
    for ((service, destination), of) in groups.iter().take(FLOWS) {
        let count = total(of.iter().copied());
        let (lines, last, from) = (grouped(count.lines), last_day(count), sources(of, observed));
        let _ = writeln!(text, "{lines:>9}  {last:10}  {service} to {destination} from {from}");
    }
    more(text, groups.len(), FLOWS, "more destination");
}

/// The source of flows; of several, how many there are, and the lowest.
fn sources(flows: &[&SeenTimes], observed: &Observed) -> String {
    let mut sources: Vec<_> = flows.iter().filter_map(|one| Some(one.flow(observed)?.source)).collect();
    sources.sort_unstable();
    sources.dedup();
    match sources.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [first, ..] => format!("{}, such as {first}", number(sources.len() as u64, "source")),
    }
}

fn flows(count: usize) -> String {
    number(count as u64, "flow")
}

fn lines(count: u64) -> String {
    number(count, "line")
}

/// What was seen of all together.
fn total<'s>(all: impl Iterator<Item = &'s SeenTimes>) -> LineCount {
    let mut total = LineCount::default();
    all.for_each(|one| total.add(one.count));
    total
}

/// Groups, those with the most lines first.
fn ranked<K>(mut groups: Vec<(K, Vec<&SeenTimes>)>) -> Vec<(K, Vec<&SeenTimes>)> {
    groups.sort_by_key(|(_, of)| std::cmp::Reverse(total(of.iter().copied()).lines));
    groups
}

/// How many of a list are not shown.
fn more(text: &mut String, all: usize, shown: usize, what: &str) {
    if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {}, all in `--format json`", number(more as u64, what));
    }
}

fn disagreements(text: &mut String, usage: &Usage<'_>, observed: &Observed) {
    if usage.disagreements.is_empty() {
        return;
    }
    let mut groups: IndexMap<String, Vec<&SeenTimes>> = IndexMap::new();
    for one in &usage.disagreements {
        groups.entry(disagreement(one, observed)).or_default().push(&one.seen);
    }
    let _ = writeln!(text, "\nlogs and policy disagree: what is deployed is not what is stated here");
    in_groups(text, (groups, observed), "more disagreement");
}

fn in_groups(text: &mut String, (groups, observed): (IndexMap<String, Vec<&SeenTimes>>, &Observed), what: &str) {
    let groups = ranked(groups.into_iter().collect());
    groups.iter().take(FLOWS).for_each(|(what, flows)| group(text, what, flows, observed));
    more(text, groups.len(), FLOWS, what);
}

/// Flows that have something in common.
fn group(text: &mut String, what: &str, flows: &[&SeenTimes], observed: &Observed) {
    let all = total(flows.iter().copied());
    let _ = writeln!(text, "  {what}\n    seen: {}, {}", self::flows(flows.len()), seen(all));
    for row in flows.iter().take(EXAMPLES).filter_map(|one| one.flow(observed)) {
        let _ = writeln!(text, "    {}", flow(&row));
    }
    if let Some(more) = flows.len().checked_sub(EXAMPLES).filter(|more| *more > 0) {
        let _ = writeln!(text, "    and {}", number(more as u64, "more flow"));
    }
}

fn replayed(text: &mut String, replay: &Replay<'_>, observed: &Observed) {
    if replay.flows.is_empty() {
        let _ = writeln!(text, "\nreplay: the change decides every seen flow as before");
    }
    let (broken, others): (Vec<&Replayed>, Vec<&Replayed>) = replay.flows.iter().partition(|one| one.breaks);
    for (title, flows) in [("replay: the change breaks", broken), ("replay: the change decides otherwise", others)] {
        if flows.is_empty() {
            continue;
        }
        let all = total(flows.iter().map(|one| &one.seen));
        let _ = writeln!(text, "\n{title} {}, {}", number(flows.len() as u64, "seen flow"), lines(all.lines));
        let mut groups: IndexMap<String, Vec<&SeenTimes>> = IndexMap::new();
        for one in flows {
            let Some(change) = replay.changes.get(one.change) else { continue };
            let what = format!("before: {}\n  after:  {}", decided(&change.before), after(change));
            groups.entry(what).or_default().push(&one.seen);
        }
        in_groups(text, (groups, observed), "more change");
    }
    if let Some((count, why)) = &replay.undecided {
        let _ = writeln!(text, "\nreplay: {} could not be decided: {why}", number(count.lines, "line"));
    }
}

/// What is not joined to a rule.
fn rest(text: &mut String, usage: &Usage<'_>, observed: &Observed) {
    if usage.open.lines > 0 {
        let lines = number(usage.open.lines, "line");
        let _ =
            writeln!(text, "\nnot counted for a rule: {lines}, where neither logs nor policy tell which one decided");
    }
    if let Some((count, why)) = &usage.undecided {
        let _ = writeln!(text, "\nnot decided: {}: {why}", number(count.lines, "line"));
    }
    if !usage.others.is_empty() {
        let _ = writeln!(text, "\nnot decided by rules, and not counted above:");
        for (what, lines) in &usage.others {
            let _ = writeln!(text, "{:>9}  {what}", grouped(*lines));
        }
    }
    let (unread, named) = observed.unread();
    if unread > 0 {
        let _ = writeln!(text, "\nnot read: {}", number(unread, "line"));
        for one in named.iter().take(UNREAD) {
            let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
            let record = one.record.map(|record| format!(" record {record}")).unwrap_or_default();
            let _ = writeln!(text, "  {}{line}{record}: {}", one.file, one.why);
        }
        if let Some(more) = unread.checked_sub(UNREAD as u64).filter(|more| *more > 0) {
            let _ = writeln!(text, "  and {} more", grouped(more));
        }
    }
}
