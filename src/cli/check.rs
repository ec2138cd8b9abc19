//! `fwc check`.

use serde_json::{Value, json};

use crate::diag::{CODES, Diagnostic, Diagnostics, Label, Severity};
use crate::lint::Effort;
use crate::source::Files;

use super::args::{CheckArgs, FailOn, Format};
use super::front::understand;
use super::{Failure, Outcome, printer};

pub(super) fn run(args: &CheckArgs) -> Result<Outcome, Failure> {
    if let Some(code) = &args.explain {
        return explain(code);
    }
    let mut all = Vec::new();
    let mut failed = false;
    for file in &args.files {
        let mut front = understand(file, &args.source)?;
        front.lint(Effort::Full);
        failed |= counts_as_failure(&front.diagnostics, args.fail_on);
        match args.format {
            Format::Text => {
                printer::findings(&front.diagnostics, front.sources.files(), Severity::Note);
                println!("{}: {}", file.display(), printer::counts(&front.diagnostics));
            }
            Format::Json => all.extend(front.diagnostics.iter().map(|found| diagnostic(found, front.sources.files()))),
        }
    }
    if args.format == Format::Json {
        println!("{}", json!({ "schema": "fwc.check/1", "diagnostics": all }));
    }
    Ok(if failed { Outcome::Found } else { Outcome::Done })
}

fn counts_as_failure(diagnostics: &Diagnostics, fail_on: Option<FailOn>) -> bool {
    let warnings = matches!(fail_on, Some(FailOn::Warning)) && diagnostics.count(Severity::Warning) > 0;
    diagnostics.has_errors() || warnings
}

fn explain(code: &str) -> Result<Outcome, Failure> {
    let found = CODES.iter().find(|known| known.id.eq_ignore_ascii_case(code) || known.name == code);
    let Some(found) = found else { return Err(Failure::new(format!("there is no code `{code}`"))) };
    print!("{}", found.page);
    Ok(Outcome::Done)
}

/// One finding as `fwc.check/1` has it.
fn diagnostic(found: &Diagnostic, files: &Files) -> Value {
    let mut value = json!({
        "code": found.code.id,
        "name": found.code.name,
        "severity": found.severity.to_string(),
        "message": found.message,
    });
    if let Some(fields) = value.as_object_mut() {
        if let Some(at) = found.at.as_ref().and_then(|label| place(label, files)) {
            fields.insert("at".to_owned(), at);
        }
        let related = found
            .related
            .iter()
            .filter_map(|label| Some(json!({ "message": label.message, "at": place(label, files)? })));
        fields.insert("related".to_owned(), related.collect());
        if !found.help.is_empty() {
            fields.insert("help".to_owned(), found.help.join("\n").into());
        }
    }
    value
}

fn place(label: &Label, files: &Files) -> Option<Value> {
    let file = files.get(label.span.file)?;
    let (start, end) = (file.position(label.span.start), file.position(label.span.end));
    Some(json!({
        "file": file.name(),
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }))
}
