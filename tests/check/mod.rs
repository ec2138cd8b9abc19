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
use fwc::intent::{NoImports, Sources, locate, resolve};
use fwc::limits::CheckOptions;
use fwc::lint::{self, Effort};
use fwc::lower::{How, Lock};
use fwc::{check, lower};

/// The findings of `check` in `text`, each as `CODE: message @ underlined text`.
#[track_caller]
pub fn found(text: &str) -> Vec<String> {
    with(text, &CheckOptions::default())
}

/// Like [`found`], with options.
#[track_caller]
pub fn with(text: &str, options: &CheckOptions) -> Vec<String> {
    let (sources, diagnostics) = checked(text, options);
    diagnostics.iter().map(|found| line(&sources, found)).collect()
}

/// The findings of `check` in `text`, as data.
#[track_caller]
pub fn checked(text: &str, options: &CheckOptions) -> (Sources, Diagnostics) {
    let (sources, parsed) = Sources::load("test.pol", text, &mut NoImports);
    let (meant, resolved) = resolve(&sources);
    let how = How { lock: &Lock::default(), options, steps: &[], bases: &[] };
    let (lowered, lowering) = lower::lower_by(&meant, &how);
    for found in parsed.iter().chain(&resolved).chain(&lowering) {
        assert_ne!(found.severity, fwc::diag::Severity::Error, "{found:?}");
    }
    let stated = lower::as_written(&meant, &lowered);
    let mut found = check::check(&stated, &lowered.model, options).placed(|site| locate(&meant, site));
    // A label that is cut and a port of a rule that is `as-is` are lowering's to report.
    let of_names_and_ports = |found: &&Diagnostic| [Code::FW0403, Code::FW0405].contains(&found.code);
    found.extend(lowering.iter().filter(of_names_and_ports).cloned());
    lint::accepted(&meant, &mut found, Effort::Quick);
    (sources, found)
}

fn line(sources: &Sources, found: &fwc::diag::Diagnostic) -> String {
    let underlined = found.at.as_ref().map_or("", |at| sources.files().text(at.at));
    let code = if found.severity == found.code.severity { String::new() } else { format!(" ({})", found.severity) };
    format!("{}{code}: {} @ {underlined}", found.code.id, found.message)
}

/// No findings.
pub const NOTHING: [&str; 0] = [];

/// A policy `pp` with settings and the rules of a group `g`.
pub fn policy(settings: &str, rules: &str) -> String {
    format!("policy pp {{ {settings}\n group gg {{ {rules}\n }} }}")
}
