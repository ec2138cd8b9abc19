//! Which rules the expectations of a source touch, as `fwc test` states it.

use crate::diag::counted;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::model::RuleKind;
use crate::prove::{Coverage, CoverageReason, Untouched};
use crate::source::{Files, Origin, visible};

/// A line for each policy that has rules.
pub(super) fn summary(coverage: &[Coverage]) -> String {
    let mut text = String::new();
    for of in coverage.iter().filter(|of| of.rules > 0) {
        let touched = of.rules - of.untouched.len();
        let _ =
            writeln!(text, "coverage: expectations touch {touched} of {} in {}", counted(of.rules, "rule"), of.policy);
    }
    text
}

/// The rules that no expectation touches, policy by policy.
pub(super) fn list(coverage: &[Coverage], files: &Files) -> String {
    let mut text = String::new();
    for of in coverage.iter().filter(|of| !of.untouched.is_empty()) {
        let _ = writeln!(text, "\nno expectation touches, in {}", of.policy);
        let name = |rule: &Untouched| visible(&format!("{} / {}", rule.group, rule.name)).into_owned();
        let widest = of.untouched.iter().map(|rule| name(rule).len()).max().unwrap_or(0).min(38);
        for rule in &of.untouched {
            let why = match rule.why {
                CoverageReason::NotAsked => "",
                CoverageReason::NoFlow => "  no flow reaches it",
                CoverageReason::NotDecided(_) => "  not decided",
            };
            let (file, line, column) = place(&rule.origin, files);
            let _ = writeln!(text, "  {:widest$}  {file}:{line}:{column}{why}", name(rule));
        }
    }
    text
}

/// The same for programs.
pub(super) fn json(coverage: &[Coverage], files: &Files) -> Vec<Value> {
    let one = |of: &Coverage| {
        json!({
            "policy": of.policy,
            "rules": of.rules,
            "touched": of.rules - of.untouched.len(),
            "untouched": of.untouched.iter().map(|rule| untouched(rule, files)).collect::<Vec<_>>(),
        })
    };
    coverage.iter().map(one).collect()
}

fn untouched(rule: &Untouched, files: &Files) -> Value {
    let (file, line, column) = place(&rule.origin, files);
    json!({
        "group": rule.group,
        "rule": rule.name,
        "kind": match rule.kind {
            RuleKind::Nat => "dnat",
            RuleKind::Network => "network",
            RuleKind::Application => "application",
        },
        "action": rule.action.to_string(),
        "at": { "file": file, "line": line, "column": column },
        "why": match rule.why {
            CoverageReason::NotAsked => "not-asked".to_owned(),
            CoverageReason::NoFlow => "no-flow".to_owned(),
            CoverageReason::NotDecided(stopped) => stopped.to_string(),
        },
    })
}

fn place(origin: &Origin, files: &Files) -> (String, usize, usize) {
    let found = origin.span().and_then(|span| Some((files.get(span.file)?, span)));
    let Some((file, span)) = found else { return (String::new(), 0, 0) };
    let position = file.position(span.start);
    (file.name().to_owned(), position.line, position.column)
}
