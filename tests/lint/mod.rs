//! Findings on the flow algebra: what is found, what is not, and certificates for both.

mod artefact;
mod certificates;
mod exposure;
mod ignored;
mod routes;
mod rules;
mod upkeep;

use fwc::check::check;
use fwc::diag::{Diagnostic, Diagnostics};
use fwc::flow::Budget;
use fwc::intent::{NoImports, Sources, locate, resolve};
use fwc::limits::CheckOptions;
use fwc::lint::{self, Effort};
use fwc::lower::{as_written, lower};
use jiff::civil::date;

/// No findings.
pub const NOTHING: [&str; 0] = [];

/// A source with its findings.
pub fn linted(text: &str) -> (Sources, Diagnostics) {
    let (sources, mut found) = Sources::load("test.pol", text, &mut NoImports);
    let (intent, resolved) = resolve(&sources);
    let (lowered, lowering) = lower(&intent);
    found.extend(resolved.into_iter().chain(lowering));
    let refused = check(&as_written(&intent, &lowered), &lowered.model, &CheckOptions::default());
    found.extend(refused.placed(|site| locate(&intent, site)));
    let (budget, known) = (Budget::default(), fwc::prove::knowledge(&intent));
    if !found.has_errors() {
        found.extend(lint::bypassed(&intent, &lowered, &known, &budget).1);
        found.extend(lint::of_source(&intent, &lowered, &known, &budget, Effort::Full));
        found.extend(lint::ownerless(&intent));
        found.extend(lint::stale(&sources, &intent, date(2026, 10, 1)));
    }
    lint::accepted(&intent, &mut found, Effort::Full);
    lint::name_rules(&mut found, &lowered.model);
    found.sort();
    (sources, found)
}

/// The findings in a source, each as `CODE rule: message`, with the severity where it is not the code's own.
pub fn found(text: &str) -> Vec<String> {
    let (_, found) = linted(text);
    found.iter().map(line).collect()
}

fn line(found: &Diagnostic) -> String {
    let severity = if found.severity == found.code.severity { String::new() } else { format!(" ({})", found.severity) };
    let rule = found.rule.as_ref().map(|rule| format!(" {}", rule.rule)).unwrap_or_default();
    format!("{}{severity}{rule}: {}", found.code.id, found.message)
}

/// The findings of a policy with these groups.
pub fn policy(groups: &str) -> Vec<String> {
    found(&format!("policy pp {{ location \"westeurope\" sku premium dns {{ proxy on }} {groups} }}"))
}

/// The findings of a policy and its base, each with one group of rules.
pub fn child(parent: &str, rules: &str) -> Vec<String> {
    let head = "location \"westeurope\" sku premium dns { proxy on }";
    found(&format!(
        "policy base {{ {head} group up {{ {parent} }} }} policy pp inherits base {{ {head} group down {{ {rules} }} }}"
    ))
}
