//! The observed traffic, as a self-contained page.

use maud::{Markup, html as markup};

use crate::diag::grouped;
use crate::html::{marked, page, search};
use crate::logs::Observed;
use crate::source::Files;
use crate::words::meanings;

use super::lines::{after, decided, disagreement, flow, last_day, place, rule_name, seen, unreached};
use super::replay::Replay;
use super::rules::RuleUse;
use super::tally::{SeenTimes, Usage};
use super::text::headline;

/// How many flows a list has.
const FLOWS: usize = 500;

/// The observed traffic of a policy, as a page. `title` names the policy.
pub fn html(title: &str, usage: &Usage<'_>, observed: &Observed, files: &Files, replay: Option<&Replay<'_>>) -> String {
    let mut rules: Vec<&RuleUse<'_>> = usage.rules.iter().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.count.lines));
    let body = markup! {
        header {
            h1 { "Use of firewall policy " code { (title) } }
            p class="soft" { (headline(usage)) }
        }
        main {
            @if let Some(replay) = replay { (replayed(replay, observed)) }
            h2 id="rules" { "Rules" }
            (search("the page", &meanings()))
            table {
                thead { tr { th { "lines" } th { "flows" } th { "last seen" } th { "rule" } th { "written at" } } }
                tbody { @for rule in rules { (of_rule(rule, files)) } }
            }
            h2 id="denied" { "Denied because no rule matches" }
            (flows(&usage.denied, observed))
            @if !usage.disagreements.is_empty() {
                h2 id="disagreements" { "Logs and policy disagree" }
                table {
                    thead { tr { th { "seen" } th { "flow" } th { "what" } } }
                    tbody {
                        @for one in usage.disagreements.iter().take(FLOWS) {
                            tr data-item {
                                td { (seen(one.seen.count)) }
                                td { (of_flow(&one.seen, observed)) }
                                td { (marked(&disagreement(one, observed))) }
                            }
                        }
                    }
                }
            }
            (beside(usage, observed))
        }
    };
    page(&format!("Use of firewall policy {title}"), &body)
}

fn of_rule(rule: &RuleUse<'_>, files: &Files) -> Markup {
    markup! {
        tr data-item {
            td { (grouped(rule.count.lines)) }
            td { (grouped(rule.flows)) }
            td { (last_day(rule.count)) }
            td { code { (rule_name(rule)) } @if let Some(why) = unreached(rule) { " " (marked(&why)) } }
            td { code { (place(rule.origin.as_ref(), files)) } }
        }
    }
}

fn of_flow(seen: &SeenTimes, observed: &Observed) -> Markup {
    markup! { @if let Some(row) = seen.flow(observed) { code { (flow(&row)) } } }
}

fn flows(all: &[SeenTimes], observed: &Observed) -> Markup {
    markup! {
        @if all.is_empty() { p { "none" } } @else {
            table {
                thead { tr { th { "seen" } th { "flow" } } }
                tbody {
                    @for one in all.iter().take(FLOWS) {
                        tr { td { (seen(one.count)) } td { (of_flow(one, observed)) } }
                    }
                }
            }
            @if all.len() > FLOWS { p class="soft" { "and " (all.len() - FLOWS) " more, all in --format json" } }
        }
    }
}

fn replayed(replay: &Replay<'_>, observed: &Observed) -> Markup {
    let broken = replay.flows.iter().filter(|one| one.breaks).count();
    let class = if replay.flows.is_empty() { "verdict same" } else { "verdict opens" };
    markup! {
        section class=(class) id="replay" {
            strong {
                @if replay.flows.is_empty() { "The change decides every seen flow as before" }
                @else if broken > 0 { "The change breaks " (broken) " seen flows" }
                @else { "The change decides " (replay.flows.len()) " seen flows otherwise" }
            }
        }
        @if !replay.flows.is_empty() {
            h2 { "Replay" }
            table {
                thead { tr { th { "seen" } th { "flow" } th { "before" } th { "after" } } }
                tbody {
                    @for one in replay.flows.iter().take(FLOWS) {
                        @if let Some(change) = replay.changes.get(one.change) {
                            tr data-item {
                                td { (seen(one.seen.count)) }
                                td { (of_flow(&one.seen, observed)) }
                                td { (marked(&decided(&change.before))) }
                                td { (marked(&after(change))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn beside(usage: &Usage<'_>, observed: &Observed) -> Markup {
    let (unread, named) = observed.unread();
    markup! {
        @if !usage.others.is_empty() {
            h2 { "Not decided by rules, and not counted above" }
            ul { @for (what, lines) in &usage.others { li { (grouped(*lines)) " " (what) } } }
        }
        @if unread > 0 {
            h2 { "Not read" }
            p { (grouped(unread)) " lines, the first of them:" }
            ul {
                @for one in named {
                    li { code { (one.file) @if let Some(line) = one.line { ":" (line) } } " " (marked(&one.why)) }
                }
            }
        }
    }
}
