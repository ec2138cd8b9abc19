//! What only a deployment would find otherwise: each test is a wrong text with its finding, or a right one without. Rules
//! are judged as they are stated, so that no step of the optimiser mends them first.

mod accounted;
mod artefacts;
mod features;
mod inheritance;
mod limits;
mod names;
mod requirements;

use fwc::diag::{Code, Diagnostic, Diagnostics};
use fwc::driver::{Project, Stage};
use fwc::limits::CheckOptions;
use fwc::lint::{self, Looked};

use crate::project::{self, as_stated, sound};

/// The findings of `check` in `text`, each as `CODE: message @ underlined text`.
#[track_caller]
pub fn found(text: &str) -> Vec<String> {
    with(text, &CheckOptions::default())
}

/// Like [`found`], with options.
#[track_caller]
pub fn with(text: &str, options: &CheckOptions) -> Vec<String> {
    let (project, diagnostics) = checked(text, options);
    diagnostics.iter().map(|found| line(&project, found)).collect()
}

/// The findings of `check` in `text`, as data.
#[track_caller]
pub fn checked(text: &str, options: &CheckOptions) -> (Project<'static>, Diagnostics) {
    let project = sound(project::with(text, as_stated(options)));
    let mut found = project.found(Stage::Check).clone();
    // A label that is cut and a port of a rule that is `as-is` are lowering's to report.
    let of_names_and_ports = |found: &&Diagnostic| [Code::FW0403, Code::FW0405].contains(&found.code);
    found.extend(project.found(Stage::Lower).iter().filter(of_names_and_ports).cloned());
    lint::accepted(project.intent(), &mut found, Looked::ForSome);
    (project, found)
}

fn line(project: &Project<'_>, found: &fwc::diag::Diagnostic) -> String {
    let underlined = found.at.as_ref().map_or("", |at| project.texts().text(at.at));
    let code = if found.severity == found.code.severity { String::new() } else { format!(" ({})", found.severity) };
    format!("{}{code}: {} @ {underlined}", found.code.id, found.message)
}

/// No findings.
pub const NOTHING: [&str; 0] = [];

/// A policy `pp` with settings and the rules of a group `g`.
pub fn policy(settings: &str, rules: &str) -> String {
    format!("policy pp {{ {settings}\n group gg {{ {rules}\n }} }}")
}
