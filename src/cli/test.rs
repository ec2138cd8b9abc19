//! `fwc test`.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::diag::Severity;
use crate::driver::{CheckDepth, Conditional, Project, assumptions_json, is_artefact, is_failed};
use crate::evaluate::OrderLine;
use crate::explain::way_taken;
use crate::model::{RuleKind, told_once};
use crate::prove::{Caveat, Checked, ProofVerdict, VerdictReason, describe};
use crate::reach::witness;
use crate::source::{Files, Origin, visible};
use crate::way::{Carrier, NetworkWay, another_policy, words};

use super::args::{TestArgs, TestFormat};
use super::formats::{JunitFault, Suite, TestCase, junit};
use super::open::{disk, knowing, options, rest_on, usable};
use super::reader::Disk;
use super::{CommandOutcome, Failure, coverage, printer};

pub(super) fn run(args: &TestArgs) -> Result<CommandOutcome, Failure> {
    let (mut results, mut covered, mut suites) = (Vec::new(), Vec::new(), Vec::new());
    let (mut assumptions, mut outcome) = (Vec::new(), CommandOutcome::Done);
    let conditional = if args.strict { Conditional::Fails } else { Conditional::Holds };
    for file in &args.files {
        let disk = disk(file, &args.source)?;
        refuse_artefact(&disk, file)?;
        let project = Project::new(&disk, file, knowing(&args.knowledge, options(&args.source)));
        usable(&project)?;
        rest_on(project.snapshots(), &args.knowledge);
        printer::assumptions(&project.model().assumptions);
        assumptions.extend_from_slice(&project.model().assumptions);
        let found = project.diagnostics(CheckDepth::Proved);
        printer::findings(&found, project.texts(), Severity::Error);
        if found.has_errors() {
            outcome = CommandOutcome::Found;
            continue;
        }
        let (checked, coverage) = (project.expectations(), project.coverage());
        if checked.iter().any(|checked| is_failed(checked, conditional)) {
            outcome = CommandOutcome::Found;
        }
        let files = project.texts();
        match args.format {
            TestFormat::Text => {
                say!("{}\n{}", text(file, files, &checked, conditional), coverage::summary(&coverage));
                if args.coverage {
                    say!("{}", coverage::list(&coverage, files));
                }
            }
            TestFormat::Junit => {
                let remarks = told_once(&project.model().assumptions);
                suites.push(Suite { remarks, ..suite(file, &checked, conditional, files) });
            }
            TestFormat::Json => {
                results.extend(checked.iter().map(|checked| json_of(checked, files)));
                covered.extend(coverage::json(&coverage, files));
            }
        }
    }
    match args.format {
        TestFormat::Text => {}
        TestFormat::Json => {
            let assumptions = assumptions_json(&assumptions);
            let value = json!({
                "schema": "fwc.test/1", "results": results, "coverage": covered, "assumptions": assumptions,
            });
            printer::json(&format!("{value}\n"));
        }
        TestFormat::Junit => {
            let text = junit(&suites).map_err(|error| Failure::new(error.to_string()))?;
            printer::markup(&(text + "\n"));
        }
    }
    Ok(outcome)
}

fn refuse_artefact(disk: &Disk, file: &Path) -> Result<(), Failure> {
    if !is_artefact(disk, file)? {
        return Ok(());
    }
    let file = file.display();
    let help = format!("write them into the source that `fwc import {file} -o FILE.pol` makes");
    Err(Failure::new(format!("`{file}` is an artefact, which holds no expectations: {help}")))
}

/// The expectations of one source as cases.
fn suite(file: &Path, checked: &[Checked<'_, '_>], conditional: Conditional, files: &Files) -> Suite {
    let cases = checked.iter().map(|one| {
        let (at, line) = place(&one.expectation.origin, files);
        let failed = is_failed(one, conditional);
        let mut details = String::new();
        self::one(&mut details, one, files);
        let conditions = match &one.verdict {
            ProofVerdict::Conditional(conditions) => Some(format!("holds if {}", conditions.join(" and "))),
            ProofVerdict::Holds | ProofVerdict::Fails { .. } | ProofVerdict::NotDecided(_) => None,
        };
        let said: Vec<String> = conditions.into_iter().chain(one.caveats.iter().map(caveat_in_words)).collect();
        TestCase {
            group: format!("{}.{}", one.policy, one.test.unwrap_or("expected")),
            name: format!("{} ({at}:{line})", one.expectation.text),
            fault: failed.then(|| JunitFault {
                message: format!("`{}` does not hold", one.expectation.text),
                kind: "expectation".to_owned(),
                details,
            }),
            remark: (!failed && !said.is_empty()).then(|| said.join("; ")),
        }
    });
    Suite { name: file.display().to_string(), cases: cases.collect(), remarks: Vec::new() }
}

fn text(file: &Path, files: &Files, checked: &[Checked<'_, '_>], conditional: Conditional) -> String {
    let mut text = String::new();
    let failed = checked.iter().filter(|checked| is_failed(checked, conditional)).count();
    let passed = checked.len() - failed;
    let verdict = if failed == 0 { "all hold" } else { "not all hold" };
    let reserved = checked.iter().filter(|checked| !is_failed(checked, conditional) && is_reserved(checked)).count();
    let reserved = match reserved {
        0 => String::new(),
        1 => ", 1 with a reservation".to_owned(),
        several => format!(", {several} with reservations"),
    };
    let _ = writeln!(text, "{}: {verdict}: {passed} of {} expectations{reserved}", file.display(), checked.len());
    let mut heading = None;
    for checked in checked {
        let now = (checked.test, checked.policy);
        if heading != Some(now) {
            let name = checked.test.map_or_else(|| "expected of".to_owned(), |test| format!("{test}, in"));
            let _ = writeln!(text, "\n{name} {}", checked.policy);
            heading = Some(now);
        }
        one(&mut text, checked, files);
    }
    text
}

/// Whether it holds with a reservation, which `--strict` does not let pass.
fn is_reserved(checked: &Checked<'_, '_>) -> bool {
    matches!(checked.verdict, ProofVerdict::Holds) && checked.caveats.iter().any(Caveat::is_strict)
}

/// A line for the expectation, and the reason under it where it needs one.
fn one(text: &mut String, checked: &Checked<'_, '_>, files: &Files) {
    let said = &checked.expectation.text;
    let said = said.strip_prefix("expect ").unwrap_or(said);
    let word = match &checked.verdict {
        ProofVerdict::Holds if is_reserved(checked) => "holds but",
        ProofVerdict::Holds => "holds",
        ProofVerdict::Conditional(_) => "holds if",
        ProofVerdict::Fails { .. } => "FAILS",
        ProofVerdict::NotDecided(_) => "unknown",
    };
    let _ = writeln!(text, "  {word:<9} {said}");
    match &checked.verdict {
        ProofVerdict::Holds => {}
        ProofVerdict::Conditional(conditions) => {
            conditions.iter().for_each(|condition| {
                let _ = writeln!(text, "            {condition}");
            });
        }
        ProofVerdict::Fails { witness, by, share, outside } => {
            let (file, line) = place(&checked.expectation.origin, files);
            let _ = writeln!(text, "            at {file}:{line}");
            let _ = writeln!(text, "            {}", describe(witness));
            let _ = writeln!(text, "            is decided by {}", decided_by(by));
            let _ = writeln!(text, "            {}", extent(*share));
            if let Some(outside) = outside {
                let _ = writeln!(text, "            to state that it does not, write: {outside}");
            }
        }
        ProofVerdict::NotDecided(stopped) => {
            let _ = writeln!(text, "            {stopped}");
        }
    }
    caveats(text, checked);
}

/// What to know about an expectation that holds.
fn caveats(text: &mut String, checked: &Checked<'_, '_>) {
    for caveat in &checked.caveats {
        let _ = writeln!(text, "            {}", caveat_in_words(caveat));
    }
}

fn caveat_in_words(caveat: &Caveat<'_>) -> String {
    match caveat {
        Caveat::Unfiltered(way, None) => format!("past the firewall, in part: {}", words(way)),
        Caveat::Unfiltered(way, Some(share)) => format!("past the firewall, {}: {}", part(*share), words(way)),
        Caveat::Unusual(witness, by) => {
            let (flow, by) = (describe(witness), decided_by(by));
            format!("not at an unusual address: {flow} is decided by {by}")
        }
        Caveat::Elsewhere(firewall, policy, _) => another_policy(firewall, policy),
        Caveat::Vacuous => "it states nothing: `outside` leaves out every flow".to_owned(),
        Caveat::Unmoved(witness, by) => {
            let (flow, by) = (describe(witness), decided_by(by));
            format!("not where no route table moves flows: {flow} is decided by {by}")
        }
    }
}

fn decided_by(by: &VerdictReason<'_>) -> String {
    match by {
        VerdictReason::Default => "the default: deny".to_owned(),
        VerdictReason::NoEndpoint => "the firewall, as no private endpoint is stated for it".to_owned(),
        VerdictReason::Way(way) if way.by == Carrier::Firewall && way.table.is_none() => {
            format!("its way: {}, as no stated subnet holds its source", words(way))
        }
        VerdictReason::Way(way) => format!("its way: {}", words(way)),
        VerdictReason::Rule(line) => {
            let names = [line.policy.name.as_str(), &line.group.name, &line.collection.name, line.rule.name()];
            visible(&names.join(" / ")).into_owned()
        }
    }
}

/// How large a part of an expectation's flows is.
fn part(share: f64) -> String {
    match share {
        share if share > 0.999_999 => "all of it".to_owned(),
        share if share >= 0.01 => format!("{:.0} % of it", (share * 100.0).min(99.0)),
        _ => "less than 1 % of it".to_owned(),
    }
}

fn extent(share: Option<f64>) -> String {
    match share {
        None => "whether it does depends on what only Azure knows".to_owned(),
        Some(share) if share > 0.999_999 => "and so does every flow of the expectation".to_owned(),
        Some(share) if share >= 0.01 => format!("and so does {:.0} % of the expectation", (share * 100.0).min(99.0)),
        Some(_) => "and so does less than 1 % of the expectation".to_owned(),
    }
}

fn place(origin: &Origin, files: &Files) -> (String, usize) {
    let file = origin.span().and_then(|span| Some((files.get(span.file)?, span)));
    file.map_or((String::new(), 0), |(file, span)| (file.name().to_owned(), file.position(span.start).line))
}

fn json_of(checked: &Checked<'_, '_>, files: &Files) -> Value {
    let at = files.locate(checked.expectation.origin.at);
    let (result, conditions) = match &checked.verdict {
        ProofVerdict::Holds => ("holds", Vec::new()),
        ProofVerdict::Conditional(conditions) => ("conditional", conditions.clone()),
        ProofVerdict::Fails { .. } => ("fails", Vec::new()),
        ProofVerdict::NotDecided(stopped) => ("fails", vec![stopped.to_string()]),
    };
    let mut value = json!({
        "test": checked.test,
        "policy": checked.policy,
        "expect": checked.expectation.text,
        "at": at.map(|located| located.start_json()),
        "result": result,
        "conditions": conditions,
    });
    let Some(fields) = value.as_object_mut() else { return value };
    if let ProofVerdict::Fails { witness: flow, by, share, outside } = &checked.verdict {
        fields.insert("witness".to_owned(), witness(flow));
        fields.insert("decidedBy".to_owned(), json_of_reason(by));
        fields.extend(share.map(|share| ("share".to_owned(), json!(share))));
        fields.extend(outside.as_ref().map(|outside| ("outside".to_owned(), json!(outside))));
    }
    if !checked.caveats.is_empty() {
        fields.insert("notes".to_owned(), checked.caveats.iter().map(json_of_caveat).collect());
    }
    value
}

fn json_of_caveat(caveat: &Caveat<'_>) -> Value {
    let message = caveat_in_words(caveat);
    match caveat {
        Caveat::Unfiltered(way, None) => json!({ "kind": "unfiltered", "message": message, "way": way_taken(way) }),
        Caveat::Unfiltered(way, Some(share)) => {
            json!({ "kind": "unfiltered", "message": message, "way": way_taken(way), "share": share })
        }
        Caveat::Unusual(flow, by) => {
            let (flow, by) = (witness(flow), json_of_reason(by));
            json!({ "kind": "unusual-address", "message": message, "witness": flow, "decidedBy": by })
        }
        Caveat::Elsewhere(..) => json!({ "kind": "elsewhere", "message": message }),
        Caveat::Vacuous => json!({ "kind": "vacuous", "message": message }),
        Caveat::Unmoved(flow, by) => {
            let (flow, by) = (witness(flow), json_of_reason(by));
            json!({ "kind": "not-routed", "message": message, "witness": flow, "decidedBy": by })
        }
    }
}

fn json_of_reason(by: &VerdictReason<'_>) -> Value {
    match by {
        VerdictReason::Default => json!({ "kind": "default", "action": "deny" }),
        VerdictReason::Rule(line) => rule(line),
        VerdictReason::NoEndpoint => json!({ "kind": "way", "way": way_taken(&NetworkWay::plain(Carrier::Firewall)) }),
        VerdictReason::Way(way) => json!({ "kind": "way", "way": way_taken(way) }),
    }
}

fn rule(line: &OrderLine<'_>) -> Value {
    let kind = match line.rule.kind() {
        RuleKind::Nat => "dnat",
        RuleKind::Network => "network",
        RuleKind::Application => "application",
    };
    json!({
        "policy": line.policy.name,
        "group": line.group.name,
        "collection": line.collection.name,
        "rule": line.rule.name(),
        "kind": kind,
        "action": line.rule.action().to_string(),
    })
}
