//! What `compile` states at its end: for a person, at most 80 columns wide.

use std::fmt::Write;
use std::path::Path;

use indexmap::IndexMap;

use crate::diag::{Diagnostics, grouped};
use crate::driver::OutputFile;
use crate::driver::manifest::{Manifest, ManifestPlace, PolicyEntry, ZoneEntry};
use crate::model::{Association, Model, Route, RouteTable};
use crate::words::next_hop;

use super::printer::counts;

/// How many removals are listed; the manifest has them all.
const SHOWN: usize = 6;

/// What a summary tells of.
pub(super) struct SummaryReport<'r> {
    pub(super) model: &'r Model,
    pub(super) manifest: &'r Manifest,
    /// The table of limits, or the nearest of them.
    pub(super) limits: String,
    pub(super) outputs: &'r [OutputFile],
    pub(super) diagnostics: &'r Diagnostics,
}

pub(super) fn summary(source: &Path, target: &Path, report: &SummaryReport<'_>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} -> {}: {}", source.display(), target.display(), counts(report.diagnostics));
    table(&mut text, &report.manifest.policies);
    routes(&mut text, report.model);
    associations(&mut text, report.model);
    zones(&mut text, &report.manifest.private_dns_zones);
    text.push_str(&report.limits);
    savings(&mut text, &report.manifest.policies);
    removals(&mut text, &report.manifest.policies);
    files(&mut text, report.outputs);
    text
}

fn table(text: &mut String, policies: &[PolicyEntry]) {
    let widest = |of: fn(&PolicyEntry) -> usize, least: usize| policies.iter().map(of).fold(least, usize::max).min(28);
    let name = widest(|policy| policy.name.len(), 6);
    let parent = widest(|policy| policy.parent.as_ref().map_or(1, String::len), 8);
    let _ = writeln!(
        text,
        "\n{:name$}  {:parent$}  {:8}  groups  collections  rules  meaning",
        "policy", "inherits", "tier"
    );
    for policy in policies {
        let inherits = policy.parent.as_deref().unwrap_or("-");
        let _ = writeln!(
            text,
            "{:name$}  {inherits:parent$}  {:8}  {:6}  {:11}  {:5}  {}",
            policy.name, policy.sku, policy.groups, policy.collections, policy.rules, policy.proof.meaning
        );
    }
}

fn routes(text: &mut String, model: &Model) {
    if model.route_tables.is_empty() {
        return;
    }
    let name = model.route_tables.iter().map(|table| table.name.len()).fold(11, usize::max).min(28);
    let _ = writeln!(text, "\n{:name$}  routes", "route table");
    for table in &model.route_tables {
        let mut label = table.name.as_str();
        for route in &table.routes {
            let _ = writeln!(text, "{label:name$}  {}", hop(route));
            label = "";
        }
    }
}

/// A route table does nothing before a subnet has it, and the subnets are none of the outputs.
fn associations(text: &mut String, model: &Model) {
    let name = model.route_tables.iter().map(|table| table.name.len()).fold(11, usize::max).min(28);
    let mut before = None;
    for Association { table, subnet } in model.route_tables.iter().flat_map(RouteTable::associations) {
        if before.is_none() {
            let _ = writeln!(text, "\n{:name$}  associate with subnet", "route table");
        }
        let label = if before.as_ref() == Some(&table) { "" } else { table.as_str() };
        let _ = writeln!(text, "{label:name$}  {subnet}");
        before = Some(table);
    }
}

fn zones(text: &mut String, zones: &[ZoneEntry]) {
    if zones.is_empty() {
        return;
    }
    let width = zones.iter().map(|entry| entry.zone.len()).fold(16, usize::max).min(50);
    let _ = writeln!(text, "\n{:width$}  private endpoints", "private DNS zone");
    for entry in zones {
        let _ = writeln!(text, "{:width$}  {}", entry.zone, entry.endpoints.join(", "));
    }
}

fn hop(route: &Route) -> String {
    let next = next_hop(&route.next_hop, |address| format!("firewall {address}"));
    format!("{} -> {next}", route.prefix)
}

/// What each step of the optimiser saved, over all policies; a step that did nothing is left out.
fn savings(text: &mut String, policies: &[PolicyEntry]) {
    let mut steps: IndexMap<&str, [i64; 3]> = IndexMap::new();
    for saved in policies.iter().flat_map(|policy| &policy.saved) {
        let sums = steps.entry(saved.does).or_default();
        let all = [saved.rules, saved.pairs, saved.bytes];
        sums.iter_mut().zip(all).for_each(|(sum, more)| *sum += more);
    }
    steps.retain(|_, sums| sums.iter().any(|&sum| sum != 0));
    if steps.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{:40}  {:>7}  {:>11}  {:>13}", "saved by", "rules", "pairs", "bytes");
    for (does, [rules, pairs, bytes]) in steps {
        let _ = writeln!(text, "{does:40}  {:>7}  {:>11}  {:>13}", signed(rules), signed(pairs), signed(bytes));
    }
}

fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

fn removals(text: &mut String, policies: &[PolicyEntry]) {
    let all: Vec<_> = policies.iter().flat_map(|policy| &policy.removed).collect();
    if all.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nleft out, because another entry of the same group covers it:");
    for removed in all.iter().take(SHOWN) {
        let _ = writeln!(text, "  {} ({}), said at {}", removed.what, at(&removed.at), at(&removed.covered_by));
    }
    if let Some(more) = all.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        let _ = writeln!(text, "  and {more} more: manifest.json lists them");
    }
}

fn at(place: &ManifestPlace) -> String {
    let file = Path::new(&place.file).file_name().map_or_else(|| place.file.clone(), |name| name.display().to_string());
    format!("{file}:{}", place.line)
}

fn files(text: &mut String, outputs: &[OutputFile]) {
    let _ = writeln!(text, "\nwrote:");
    for OutputFile { name, content } in outputs {
        let _ = writeln!(text, "  {name} ({})", size(content.len()));
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
