//! Findings on the flow algebra: what is found, what is not, and certificates for both.

mod artefact;
mod certificates;
mod exposure;
mod ignored;
mod monotone;
mod routes;
mod rules;
mod upkeep;
mod voided;

use fwc::diag::{CODES, Diagnostic, Diagnostics, Family};
use fwc::driver::{CheckDepth, Project, ProjectOptions};
use fwc::lint::codes;
use jiff::civil::date;

use crate::project::with;

/// No findings.
pub const NOTHING: [&str; 0] = [];

/// A source with its findings, on a day on which its catalogue is not stale.
pub fn linted(text: &str) -> (Project<'static>, Diagnostics) {
    let project = with(text, ProjectOptions { today: Some(date(2026, 10, 1)), ..ProjectOptions::default() });
    let found = project.diagnostics(CheckDepth::Linted);
    (project, found)
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

#[test]
fn each_code_of_routes_and_exposure_has_a_lint() {
    for code in CODES.iter().filter(|code| matches!(code.family, Family::Routes | Family::Exposure)) {
        assert!(codes().any(|own| own == *code), "{}", code.id);
    }
}
