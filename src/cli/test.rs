//! `fwc test`.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::diag::Severity;
use crate::driver::{Conditional, Depth, Project, assumptions_json, is_artefact, is_failed};
use crate::evaluate::Line;
use crate::model::{Kind, told_once};
use crate::prove::{Checked, Decided, Remark, Verdict, describe};
use crate::source::{Files, Origin};
use crate::way::words;

use super::args::{TestArgs, TestFormat};
use super::formats::{Case, Fault, Suite, junit};
use super::open::{disk, knowing, options, rest_on, usable};
use super::reader::Disk;
use super::{Failure, Outcome, coverage, printer};

pub(super) fn run(args: &TestArgs) -> Result<Outcome, Failure> {
    let (mut results, mut covered, mut suites) = (Vec::new(), Vec::new(), Vec::new());
    let (mut assumptions, mut outcome) = (Vec::new(), Outcome::Done);
    let conditional = if args.strict { Conditional::Fails } else { Conditional::Holds };
    for file in &args.files {
        let disk = disk(file, &args.source)?;
        refuse_artefact(&disk, file)?;
        let project = Project::new(&disk, file, knowing(&args.knowledge, options(&args.source)));
        usable(&project)?;
        rest_on(project.snapshots(), &args.knowledge);
        printer::assumptions(&project.model().assumptions);
        assumptions.extend_from_slice(&project.model().assumptions);
        let found = project.diagnostics(Depth::Proved);
        printer::findings(&found, project.texts(), Severity::Error);
        if found.has_errors() {
            outcome = Outcome::Found;
            continue;
        }
        let (checked, coverage) = (project.expectations(), project.coverage());
        if checked.iter().any(|checked| is_failed(checked, conditional)) {
            outcome = Outcome::Found;
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
            say_line!("{value}");
        }
        TestFormat::Junit => {
            say_line!("{}", junit(&suites).map_err(|error| Failure::new(error.to_string()))?);
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
            Verdict::Conditional(conditions) => Some(format!("holds if {}", conditions.join(" and "))),
            Verdict::Holds | Verdict::Fails { .. } | Verdict::NotDecided(_) => None,
        };
        Case {
            group: format!("{}.{}", one.policy, one.test.unwrap_or("expected")),
            name: format!("{} ({at}:{line})", one.expectation.text),
            fault: failed.then(|| Fault {
                message: format!("`{}` does not hold", one.expectation.text),
                kind: "expectation".to_owned(),
                details,
            }),
            remark: conditions.filter(|_| !failed),
        }
    });
    Suite { name: file.display().to_string(), cases: cases.collect(), remarks: Vec::new() }
}

fn text(file: &Path, files: &Files, checked: &[Checked<'_, '_>], conditional: Conditional) -> String {
    let mut text = String::new();
    let failed = checked.iter().filter(|checked| is_failed(checked, conditional)).count();
    let passed = checked.len() - failed;
    let verdict = if failed == 0 { "all hold" } else { "not all hold" };
    let _ = writeln!(text, "{}: {verdict}: {passed} of {} expectations", file.display(), checked.len());
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

/// A line for the expectation, and the reason under it where it needs one.
fn one(text: &mut String, checked: &Checked<'_, '_>, files: &Files) {
    let said = &checked.expectation.text;
    let said = said.strip_prefix("expect ").unwrap_or(said);
    let word = match &checked.verdict {
        Verdict::Holds => "holds",
        Verdict::Conditional(_) => "holds if",
        Verdict::Fails { .. } => "FAILS",
        Verdict::NotDecided(_) => "unknown",
    };
    let _ = writeln!(text, "  {word:<9} {said}");
    match &checked.verdict {
        Verdict::Holds => {}
        Verdict::Conditional(conditions) => {
            conditions.iter().for_each(|condition| {
                let _ = writeln!(text, "            {condition}");
            });
        }
        Verdict::Fails { witness, by, share } => {
            let (file, line) = place(&checked.expectation.origin, files);
            let _ = writeln!(text, "            at {file}:{line}");
            let _ = writeln!(text, "            {}", describe(witness));
            let _ = writeln!(text, "            is decided by {}", decided_by(by));
            let _ = writeln!(text, "            {}", extent(*share));
        }
        Verdict::NotDecided(stopped) => {
            let _ = writeln!(text, "            {stopped}");
        }
    }
    remarks(text, checked);
}

/// What to know about an expectation that holds.
fn remarks(text: &mut String, checked: &Checked<'_, '_>) {
    for remark in &checked.remarks {
        let _ = match remark {
            Remark::Unfiltered(way) => writeln!(text, "            past the firewall, in part: {}", words(way)),
            Remark::Unusual(witness) => {
                writeln!(text, "            but not at an unusual address: {}", describe(witness))
            }
        };
    }
}

fn decided_by(by: &Decided<'_>) -> String {
    match by {
        Decided::Default => "the default: deny".to_owned(),
        Decided::Firewall => "the firewall, as no private endpoint is stated for it".to_owned(),
        Decided::Way(way) => format!("its way: {}", words(way)),
        Decided::Rule(line) => {
            format!("{} / {} / {} / {}", line.policy.name, line.group.name, line.collection.name, line.rule.name())
        }
    }
}

fn extent(share: Option<f64>) -> String {
    match share {
        None => "whether it does hangs on what only Azure knows".to_owned(),
        Some(share) if share > 0.999_999 => "and so does every flow of the expectation".to_owned(),
        Some(share) if share >= 0.01 => format!("and so does {:.0} % of the expectation", share * 100.0),
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
        Verdict::Holds => ("holds", Vec::new()),
        Verdict::Conditional(conditions) => ("conditional", conditions.clone()),
        Verdict::Fails { .. } => ("fails", Vec::new()),
        Verdict::NotDecided(stopped) => ("fails", vec![stopped.to_string()]),
    };
    let mut value = json!({
        "test": checked.test,
        "policy": checked.policy,
        "expect": checked.expectation.text,
        "at": at.map(|located| located.start_json()),
        "result": result,
        "conditions": conditions,
    });
    if let (Verdict::Fails { witness, by, share }, Some(fields)) = (&checked.verdict, value.as_object_mut()) {
        fields.insert("witness".to_owned(), crate::reach::witness(witness));
        fields.insert("decidedBy".to_owned(), json_of_decider(by));
        if let Some(share) = share {
            fields.insert("share".to_owned(), json!(share));
        }
    }
    value
}

fn json_of_decider(by: &Decided<'_>) -> Value {
    match by {
        Decided::Default | Decided::Firewall => json!({ "kind": "default", "action": "deny" }),
        Decided::Rule(line) => rule(line),
        Decided::Way(way) => json!({
            "kind": "way",
            "by": way.by.to_string(),
            "table": way.table.map(|table| table.name.label()),
            "route": way.route.map(|route| route.prefix.to_string()),
            "endpoint": way.endpoint,
        }),
    }
}

fn rule(line: &Line<'_>) -> Value {
    let kind = match line.rule.kind() {
        Kind::Nat => "dnat",
        Kind::Network => "network",
        Kind::Application => "application",
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
