//! What `check` states of artefacts, for an operator who sees them for the first time: what is open to everything, what is dead
//! and why, and which limit is nearest. At most 24 lines of 80 columns.

use std::path::Path;

use crate::diag::{Code, Diagnostic, Diagnostics, Family, Severity};
use crate::driver::Input;
use crate::driver::limits_used::Account;
use crate::evaluate::OrderLevel;
use crate::lint::{Dead, NamedOverview, Overview};
use crate::model::RuleKind;

use super::limits_table::fullest_line;
use super::printer::counts;
use super::wrap::WIDTH;

/// How many lines each part may have below its title.
const REFUSED: usize = 3;
const OPEN: usize = 5;
const DEAD: usize = 5;
const UNREAD: usize = 3;
const ORDER: usize = 4;
/// A blank line and a title.
const TITLE: usize = 2;
/// How many lines there are at most, and how many are at the end.
const LINES: usize = 24;
const END: usize = 4;
/// How many dead rules with one reason are named.
const NAMED: usize = 5;

pub(super) fn brief(
    file: &Path,
    input: &Input,
    overviews: &[Overview],
    found: &Diagnostics,
    account: &Account<'_>,
) -> String {
    let mut lines = vec![headline(file, &counts(found))];
    let mut part = |title: &str, items: Vec<String>, room: usize| {
        if !items.is_empty() {
            lines.extend([String::new(), title.to_owned()]);
            lines.extend(fitted(&items, room));
        }
    };
    let messages = |wanted: &dyn Fn(&Diagnostic) -> bool| -> Vec<String> {
        found.iter().filter(|found| wanted(found)).map(said).collect()
    };
    part("refused by Azure", messages(&|found| found.severity == Severity::Error), REFUSED);
    let everything = found.iter().any(|found| found.code == Code::FW0701);
    // Beside a rule that is open to everything, rules to every name or all of the Internet say little.
    let codes = OPEN_CODES.iter().filter(|code| !everything || !BY_NAME_OR_ADDRESS.contains(code));
    let open: Vec<String> = codes.flat_map(|&code| messages(&move |found| found.code == code)).collect();
    part(if everything { "open to everything" } else { "open" }, open, OPEN);
    let (dead, rules) = dead(overviews, found);
    part(&format!("unreachable: {rules}"), dead, DEAD);
    let is_unread = |found: &Diagnostic| UNREAD_CODES.contains(&found.code) && found.severity < Severity::Error;
    part("not read", messages(&is_unread), UNREAD);
    // What it decides is not known; said where there is room for it.
    let room = LINES.saturating_sub(END + TITLE + lines.len()).min(ORDER);
    let ties = messages(&|found| found.code == Code::FW0404 && found.severity == Severity::Warning);
    let ties = if room == 0 { Vec::new() } else { ties };
    let told = ties.len();
    if !ties.is_empty() {
        lines.extend([String::new(), "order that is not known".to_owned()]);
        lines.extend(fitted(&ties, room));
    }
    let (routes, drawn) = drawn(found, LINES.saturating_sub(END + lines.len()));
    lines.extend(routes);
    lines.push(String::new());
    lines.extend(fullest_line(account, 0).map(|nearest| cut(&nearest)));
    lines.extend(input.without_parent.iter().map(|base| cut(&format!("judged without the base policy `{base}`"))));
    let rest = found.iter().filter(|found| found.severity < Severity::Error && !is_told(found, everything)).count();
    let rest = rest - drawn - told;
    if rest > 0 {
        lines.push(format!("{rest} more: `fwc check --format json` has all findings with their rules and flows"));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// What lets through more than it should, the widest first.
const OPEN_CODES: [&Code; 8] =
    [Code::FW0701, Code::FW0702, Code::FW0705, Code::FW0706, Code::FW0707, Code::FW0703, Code::FW0704, Code::FW0708];
/// Those of every name, and of all of the Internet by address.
const BY_NAME_OR_ADDRESS: [&Code; 2] = [Code::FW0706, Code::FW0707];
const DEAD_CODES: [&Code; 4] = [Code::FW0301, Code::FW0306, Code::FW0506, Code::FW0507];

/// What is carried through without being read.
const UNREAD_CODES: [&Code; 2] = [Code::FW0214, Code::FW0413];

/// Whether the message is told, of the finding itself or with others; `everything` where a rule is open to everything.
fn is_told(found: &Diagnostic, everything: bool) -> bool {
    let is_left_out = everything && BY_NAME_OR_ADDRESS.contains(&found.code);
    !is_left_out && [&OPEN_CODES[..], &DEAD_CODES, &UNREAD_CODES].concat().contains(&found.code)
}

/// Warnings about routes with the way drawn, as many as fit into `room` lines, and how many those are.
fn drawn(found: &Diagnostics, room: usize) -> (Vec<String>, usize) {
    let of_routes = |found: &&Diagnostic| found.severity == Severity::Warning && found.code.family == Family::Routes;
    let (mut lines, mut drawn) = (vec![String::new(), "routes".to_owned()], 0);
    for found in found.iter().filter(of_routes) {
        let way = found.path.iter().map(|hop| cut(&format!("    {hop}")));
        let next: Vec<String> = wrapped(&found.message, "  ").into_iter().chain(way).collect();
        if lines.len() + next.len() > room {
            break;
        }
        lines.extend(next);
        drawn += 1;
    }
    if drawn == 0 { (Vec::new(), 0) } else { (lines, drawn) }
}

/// The message, with the flow that shows it.
fn said(found: &Diagnostic) -> String {
    let example = found.witness.as_ref().map(|flow| {
        let address = flow.destination_address.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
        format!(", for example {} from {} to {}{address}", flow.service, flow.source, flow.destination)
    });
    format!("{}{}", found.message, example.unwrap_or_default())
}

/// A sentence for each reason why rules are dead, most rules first, and how many rules that are.
fn dead(overviews: &[Overview], found: &Diagnostics) -> (Vec<String>, String) {
    let is_new = |rule: &NamedOverview| {
        found.iter().any(|found| DEAD_CODES.contains(&found.code) && found.rule.as_ref() == Some(&rule.path))
    };
    let all = overviews.iter().flat_map(|overview| &overview.dead);
    let mut dead: Vec<&Dead> = all.filter(|dead| dead.rules.iter().any(is_new)).collect();
    dead.sort_by_key(|dead| std::cmp::Reverse(dead.rules.len()));
    let count: usize = dead.iter().map(|dead| dead.rules.len()).sum();
    let rules: usize = overviews.iter().map(|overview| overview.rules).sum();
    (dead.into_iter().map(reason).collect(), format!("{count} of {rules} rules never decide anything"))
}

fn reason(dead: &Dead) -> String {
    let names: Vec<String> = dead.rules.iter().take(NAMED).map(|rule| format!("`{}`", rule.path.rule)).collect();
    let more = dead.rules.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let what = counted(&dead.rules);
    let names = format!("{}{more}", names.join(", "));
    if dead.by.is_empty() {
        return format!("{what} {}: {names}", dead.lack.without());
    }
    let by: Vec<String> = dead.by.iter().take(2).map(|rule| format!("`{}`", rule.path)).collect();
    let others = match dead.by.len().saturating_sub(2) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = counted(&dead.by);
    let takes = if dead.by.len() == 1 { "decides" } else { "decide" };
    let why = why(dead);
    format!("{first} {}{others} {takes} every flow of {what} first{why}: {names}", by.join(", "))
}

/// Why the others are read first.
fn why(dead: &Dead) -> &'static str {
    let is_network = |rule: &NamedOverview| rule.kind == RuleKind::Network;
    let network_first =
        dead.by.iter().any(is_network) && dead.rules.iter().all(|rule| rule.kind == RuleKind::Application);
    let parent_first = dead.by.iter().all(|rule| rule.level == OrderLevel::Parent);
    match (network_first, parent_first) {
        (true, _) => ", because Azure reads network rules before application rules",
        (false, true) => ", because Azure reads the parent's rules before the child's",
        (false, false) => "",
    }
}

/// `5 application rules`, `network rule`, or `3 rules` of several kinds.
fn counted(rules: &[NamedOverview]) -> String {
    let kind = match rules {
        [first, rest @ ..] if rest.iter().all(|rule| rule.kind == first.kind) => format!("{} ", first.kind),
        _ => String::new(),
    };
    match rules.len() {
        1 => format!("{kind}rule"),
        several => format!("{several} {kind}rules"),
    }
}

/// The file, of a long path its end, and what was counted.
fn headline(file: &Path, counts: &str) -> String {
    let path = file.display().to_string();
    let room = WIDTH.saturating_sub(counts.chars().count() + 2);
    let length = path.chars().count();
    let path = match length > room {
        true => "…".chars().chain(path.chars().skip(length + 1 - room.min(length))).collect(),
        false => path,
    };
    format!("{path}: {counts}")
}

/// As many of the items as fit into `room` lines, and how many there are besides.
fn fitted(items: &[String], room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let next = wrapped(item, "  ");
        let is_last = index + 1 == items.len();
        let left = room.saturating_sub(lines.len() + usize::from(!is_last));
        if next.len() > left && index > 0 {
            lines.push(format!("  and {} more", items.len() - index));
            return lines;
        }
        lines.extend(next.into_iter().take(left));
    }
    lines
}

/// The words of `text` on lines of at most 80 columns, those after the first indented further; none is longer.
fn wrapped(text: &str, indent: &str) -> Vec<String> {
    let lines = super::wrap::wrapped(text, indent, &format!("{indent}  "));
    lines.into_iter().map(|line| cut(&line)).collect()
}

fn cut(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    line.chars().take(WIDTH - 1).chain(['…']).collect()
}
