//! The report as Markdown: short, for readers in the repository of the source.

use crate::diag::{counted, grouped};
use crate::diff::renderers::{code, marked, set_sentence};
use crate::model::Association;

use super::open::headline;
use super::{ASSOCIATIONS, LimitRow, Report, ReportRemark, ReportZone, RouteRow, RuleRow, SETS, no_limit_near};

/// What distinguishes a report from other files; it is not visible to a reader.
pub const MARK: &str = "<!-- written by fwc -->";

/// A report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut lines =
        vec![format!("# Firewall policy {}", code(&report.policy)), String::new(), MARK.to_owned(), String::new()];
    lines.push(format!("**{}**", marked(&headline(report))));
    lines.extend(report.base.iter().map(|base| format!("\nInherits {}.", code(base))));
    lines.extend(report.caveats.iter().map(|caveat| format!("\n> {}", marked(caveat))));
    lines.push(format!("\n{}.", counts(report)));
    let open: Vec<String> = report
        .exposure()
        .map(|remark| {
            let ReportRemark { rule, severity, message, code: of } = remark;
            format!("- {severity} {}, {}: {}", of.id, code(rule), marked(message))
        })
        .collect();
    section(&mut lines, "What is open", open);
    section(&mut lines, "Rules in the order in which Azure reads them", report.rules.iter().map(rule).collect());
    let sets = report.sets.iter().map(|set| format!("- {}", set_sentence(set)));
    section(&mut lines, SETS, sets.collect());
    let limits = match no_limit_near(&report.limits) {
        Some(sentence) => vec![marked(&sentence)],
        None => report.limits.iter().filter(|row| row.used > 0).map(limit).collect(),
    };
    section(&mut lines, "Limits", limits);
    let settings = report.settings.iter().map(|one| {
        let base = one.base.as_ref().map(|_| format!(", {}", marked(&one.origin()))).unwrap_or_default();
        format!("- {}: {}{base}", code(&one.path), code(&one.value))
    });
    section(&mut lines, "Settings", settings.collect());
    let route = |row: &RouteRow| format!("- {} {}: {}", code(&row.table), code(&row.prefix.to_string()), row.hop);
    let routes = report.routes.iter().map(route);
    section(&mut lines, "Routes", routes.collect());
    let row = |row: &Association| format!("- {}: {}", code(&row.subnet), code(&row.table));
    section(&mut lines, ASSOCIATIONS, report.associations.iter().map(row).collect());
    let zone = |row: &ReportZone| {
        let ReportZone { zone, endpoint, hosts, addresses } = row;
        format!("- {}: {}, {} at {}", code(zone), code(endpoint), code(hosts), code(addresses))
    };
    section(&mut lines, "Private DNS zones that the private endpoints need", report.zones.iter().map(zone).collect());
    lines.join("\n") + "\n"
}

fn limit(row: &LimitRow) -> String {
    format!("- {}: {} of {} {}", marked(&row.of), grouped(row.used), grouped(row.max), row.counts)
}

fn counts(report: &Report) -> String {
    let rules = counted(report.rules.len(), "rule");
    match report.dead() {
        0 => rules,
        1 => format!("{rules}, 1 of which never decides anything"),
        several => format!("{rules}, {several} of which never decide anything"),
    }
}

fn section(lines: &mut Vec<String>, title: &str, items: Vec<String>) {
    if !items.is_empty() {
        lines.push(format!("\n## {title}\n"));
        lines.extend(items);
    }
}

fn rule(row: &RuleRow) -> String {
    let [services, from, to] = row.says.each_ref().map(|words| code(&words.join(", ")));
    let does = if row.rule.kind == "dnat" { "dnat".to_owned() } else { row.rule.action.to_string() };
    let name = code(row.rule.name.as_deref().unwrap_or(""));
    let target = row.rule.target.as_ref().map(|target| format!(" → {}", code(target))).unwrap_or_default();
    let upkeep: String = row.rule.upkeep().iter().map(|(word, value)| format!(", {word} {}", code(value))).collect();
    let dead = row.dead.as_ref().map(|why| format!(" — unreachable: {}", marked(why))).unwrap_or_default();
    let condition = row.condition.as_ref().map(|on| format!(", only if {}", marked(on))).unwrap_or_default();
    format!("{}. **{does}** {name}: {services} from {from} to {to}{target}{condition}{upkeep}{dead}", row.place)
}
