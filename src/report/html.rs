//! The report as an HTML page.

use maud::{Markup, html};

use crate::diag::{Severity, grouped};
use crate::html::{marked, page, search};
use crate::model::Action;
use crate::words::{NamedSet, meanings};

use super::open::headline;
use super::talks::talks;
use super::way::way;
use super::{ASSOCIATIONS, Expiry, LimitRow, Report, ReportRemark, RuleRow, SETS, SourceRow, Together, no_limit_near};

/// How many remarks the first screen has.
const FIRST: usize = 4;
/// How many services, sources or destinations the summary of a rule has.
const IN_SUMMARY: usize = 4;
/// How many entries of a set each rule that names it shows.
const ENTRIES: usize = 24;

/// A report as a self-contained page.
pub fn html(report: &Report) -> String {
    let body = html! {
        header {
            h1 { "Firewall policy " code { (report.policy) } }
            @if let Some(base) = &report.base { p class="soft" { "inherits " code { (base) } } }
        }
        main {
            (verdict(report))
            nav aria-label="parts of the page" {
                @for (id, title) in parts(report) { a href={ "#" (id) } { (title) } }
            }
            section {
                (heading("rules", "Rules in the order in which Azure reads them"))
                (search("the rules", &meanings()))
                @for (at, row) in report.rules.iter().enumerate() {
                    @let before = at.checked_sub(1).and_then(|at| report.rules.get(at));
                    @if before.is_none_or(|before| before.rule.kind != row.rule.kind) {
                        h3 { @if at == 0 { "First, " } @else { "Then " } (phase(&row.rule.kind)) }
                    }
                    (rule(row, &report.sets))
                }
            }
            @if !report.sets.is_empty() {
                (heading("sets", SETS))
                dl {
                    @for (at, set) in report.sets.iter().enumerate() {
                        dt id={ "set-" (at) } { code { (set.name) } }
                        dd { (set.size()) ": " (list(&set.entries, usize::MAX)) }
                    }
                }
            }
            (heading("talks", "Who may talk to whom"))
            (talks(report))
            (heading("way", "A packet's way through the firewall"))
            (way(report))
            @if !report.sources.is_empty() {
                (heading("sources", "What each source may reach"))
                @for source in &report.sources { (of_source(source)) }
            }
            (heading("limits", "Limits"))
            (limits(&report.limits))
            (table("settings", "Settings", &["property", "value", "set by"], report.settings.iter().map(|one| vec![one.path.clone(), one.value.clone(), one.origin().replace('`', "")])))
            (table("routes", "Routes", &["table", "prefix", "next hop"], report.routes.iter().map(|row| vec![row.table.clone(), row.prefix.to_string(), row.hop.clone()])))
            (table("associations", ASSOCIATIONS, &["subnet", "route table"], report.associations.iter().map(|row| vec![row.subnet.clone(), row.table.to_string()])))
            (table("zones", "Private DNS zones that the private endpoints need", &["zone", "endpoint", "hosts", "addresses"], report.zones.iter().map(|row| vec![row.zone.clone(), row.endpoint.clone(), row.hosts.clone(), row.addresses.clone()])))
        }
    };
    page(&format!("Firewall policy {}", report.policy), &body)
}

/// The parts of the page: the id and the heading of each.
fn parts(report: &Report) -> Vec<(&'static str, &'static str)> {
    let all = [
        ("rules", "Rules", true),
        ("sets", "Sets", !report.sets.is_empty()),
        ("talks", "Who may talk to whom", true),
        ("way", "A packet's way", true),
        ("sources", "Sources", !report.sources.is_empty()),
        ("limits", "Limits", true),
        ("settings", "Settings", !report.settings.is_empty()),
        ("routes", "Routes", !report.routes.is_empty()),
        ("zones", "Private DNS zones", !report.zones.is_empty()),
    ];
    all.into_iter().filter(|(_, _, is_there)| *is_there).map(|(id, title, _)| (id, title)).collect()
}

fn heading(id: &str, title: &str) -> Markup {
    html! { h2 id=(id) { (title) } }
}

/// What a reviewer sees first.
fn verdict(report: &Report) -> Markup {
    let [past, near] = report.expiring();
    let tile = |number: String, what: &str| html! { li { b { (number) } (what) } };
    let is_unknown = report.beside.unread || report.beside.unrouted || report.beside.together == Together::NotDecided;
    let is_open = !report.openings().is_empty() || is_unknown || past > 0;
    let class = if is_open { "verdict opens" } else { "verdict same" };
    let nearest = report.limits.first().map(|row| format!("{} %", row.used * 100 / row.max.max(1)));
    html! {
        section class=(class) id="verdict" {
            strong { (marked(&headline(report))) }
            @for caveat in &report.caveats { p { (marked(caveat)) } }
            ul class="tiles" {
                (tile(report.rules.len().to_string(), "rules"))
                (tile(report.dead().to_string(), "never decide anything"))
                @if let Some(count) = report.ownerless() { (tile(count.to_string(), "without an owner")) }
                @if past + near > 0 { (tile(format!("{past} + {near}"), "expired, expire soon")) }
                @if let Some(percent) = nearest { (tile(percent, "of the nearest limit")) }
            }
            @for remark in report.exposure().take(FIRST) {
                p { (badge(remark)) " " code { (remark.rule) } ": " (marked(&remark.message)) }
            }
            @if report.exposure().count() > FIRST { p class="soft" { "and " (report.exposure().count() - FIRST) " more, at the rules" } }
        }
    }
}

fn badge(remark: &ReportRemark) -> Markup {
    let class = match remark.severity {
        Severity::Error => "badge high",
        Severity::Warning => "badge medium",
        Severity::Note => "badge low",
    };
    html! { span class=(class) title=(remark.code.id) { (remark.code.name) } }
}

/// The severity of the worst remark of a rule.
fn level(row: &RuleRow) -> Option<&'static str> {
    let worst = row.remarks.iter().map(|remark| remark.severity).max()?;
    Some(match worst {
        Severity::Error => "high",
        Severity::Warning => "medium",
        Severity::Note => "low",
    })
}

/// What Azure reads one after the other.
fn phase(kind: &str) -> &'static str {
    match kind {
        "dnat" => "DNAT rules",
        "network" => "network rules",
        _ => "application rules",
    }
}

fn rule(row: &RuleRow, sets: &[NamedSet]) -> Markup {
    let [services, from, to] = &row.says;
    let action = match (row.rule.kind.as_str(), row.rule.action) {
        ("dnat", _) => "dnat",
        (_, Action::Allow) => "allow",
        (_, Action::Deny) => "deny",
    };
    let class = row.dead.is_some().then_some("is-dead");
    // The summary has the services and ends of a rule where they are few, and its kind is that of the heading.
    let is_short = [services, from, to].iter().all(|words| words.len() <= IN_SUMMARY);
    let any = services.iter().any(|word| word == "any").then(|| services.join(", "));
    html! {
        details data-item data-level=[level(row)] data-services=[any] class=[class] {
            summary {
                (row.place) ". "
                b class={ "badge " (action) } { (action) } " "
                b { (row.rule.name.as_deref().unwrap_or("")) } " "
                (list(services, IN_SUMMARY)) " from " (list(from, IN_SUMMARY)) " to " (list(to, IN_SUMMARY))
                @if let Some(target) = &row.rule.target { " → " code { (target) } }
                @if row.inherited { " " span class="badge base" { "base" } }
                @if row.condition.is_some() { " " span class="badge medium" { "conditional" } }
                @if row.dead.is_some() { " " span class="badge dead" { "unreachable" } }
                @match row.expiry {
                    Expiry::Past => { " " span class="badge high" { "expired" } }
                    Expiry::Near => { " " span class="badge medium" { "expires soon" } }
                    Expiry::None => {}
                }
                @for remark in row.remarks.iter().filter(|_| row.dead.is_none()) { " " (badge(remark)) }
                @let upkeep = row.rule.upkeep();
                @if !upkeep.is_empty() {
                    small { @for (word, value) in upkeep { " · " (word) " " (value) } }
                }
            }
            @if let Some(description) = &row.description { p { (description) } }
            @if let Some(condition) = &row.condition { p { "Azure reads it only if: " (condition) "." } }
            @if let Some(reason) = &row.dead { p { "No flow reaches it: " (marked(reason)) "." } }
            dl {
                @if !is_short {
                    dt { "services" } dd { (list(services, usize::MAX)) }
                    dt { "from" } dd { (list(from, usize::MAX)) }
                    dt { "to" } dd { (list(to, usize::MAX)) }
                }
                @for (at, set) in row.sets.iter().filter_map(|&at| Some((at, sets.get(at)?))) {
                    dt { code { (set.name) } }
                    dd {
                        (set.size()) ": " (list(&set.entries, ENTRIES))
                        @if set.entries.len() > ENTRIES { ", " a href={ "#set-" (at) } { "all of them" } }
                    }
                }
                dt { "is in" } dd { code { (row.rule.holders.join("/")) } ", priorities " (row.priorities[0]) "/" (row.priorities[1]) }
                @if let Some(place) = &row.rule.place { dt { "written at" } dd { code { (place) } } }
                @for via in &row.rule.via { dt { "applied at" } dd { code { (via) } } }
                @for remark in &row.remarks { dt { (remark.code.id) } dd { (marked(&remark.message)) } }
            }
        }
    }
}

fn list(words: &[String], most: usize) -> Markup {
    html! {
        @for (at, word) in words.iter().take(most).enumerate() { @if at > 0 { ", " } code { (word) } }
        @if words.len() > most { " and " (words.len() - most) " more" }
        @if words.is_empty() { span class="soft" { "nothing" } }
    }
}

fn of_source(source: &SourceRow) -> Markup {
    html! {
        details data-item {
            summary {
                b { (source.name) } " " code { (source.addresses) } " "
                span class="soft" { (source.summary()) }
            }
            dl {
                @for (rule, flows) in &source.reach {
                    dt { (rule) }
                    dd { ul class="plain" { @for flows in flows { li { (flows) } } } }
                }
            }
        }
    }
}

/// The table of limits, folded where none is near.
fn limits(rows: &[LimitRow]) -> Markup {
    html! {
        @match no_limit_near(rows) {
            Some(sentence) => details { summary { (marked(&sentence)) } (limits_table(rows)) },
            None => (limits_table(rows)),
        }
    }
}

fn limits_table(rows: &[LimitRow]) -> Markup {
    html! {
        div class="scroll" tabindex="0" { table {
            thead { tr { th { "of" } th { "used" } th { "most" } th { "counted" } th colspan="2" { "how full" } } }
            tbody {
                @for row in rows.iter().filter(|row| row.used > 0) {
                    @let percent = (row.used * 100 / row.max.max(1)).min(100);
                    @let class = if row.used > row.max { "over" } else if row.near { "near" } else { "" };
                    tr {
                        td { (marked(&row.of)) }
                        td class="number" { (grouped(row.used)) }
                        td class="number" { (grouped(row.max)) }
                        td { (row.counts) }
                        td class="wide" { span class="bar" role="img" aria-label=(format!("{percent} %")) { i class=(class) style=(format!("width:{percent}%")) {} } }
                        td class="number" { (percent) " %" }
                    }
                }
            }
        } }
    }
}

fn table(id: &str, title: &str, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Markup {
    let rows: Vec<Vec<String>> = rows.collect();
    html! {
        @if !rows.is_empty() {
            (heading(id, title))
            div class="scroll" tabindex="0" { table {
                thead { tr { @for head in heads { th { (head) } } } }
                tbody { @for row in &rows { tr { @for cell in row { td { (cell) } } } } }
            } }
        }
    }
}
