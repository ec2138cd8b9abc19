//! Findings in the formats of pipelines.
//!
//! Each format is a file; all of them read the same [`Found`].

mod junit;
mod sarif;
mod workflow;

use crate::diag::{Code, Diagnostic, Label, Severity};
use crate::source::{Files, Span};

pub(super) use junit::{Case, Fault, Suite, case, junit, suite_of};
pub(super) use sarif::sarif;
pub(super) use workflow::{azure_pipelines, github};

/// One finding with its places looked up.
pub(super) struct Found {
    /// The input that it is of.
    pub(super) input: String,
    pub(super) code: &'static Code,
    pub(super) severity: Severity,
    pub(super) message: String,
    pub(super) help: String,
    pub(super) at: Option<Place>,
    pub(super) related: Vec<(String, Place)>,
    /// The rule of the artefact.
    pub(super) rule: Option<String>,
    /// A flow that shows it.
    pub(super) witness: Option<String>,
}

/// A part of a file; lines and columns count from 1, columns in Unicode scalars, the end is behind the last.
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl Found {
    pub(super) fn of(input: &str, found: &Diagnostic, files: &Files) -> Self {
        let related = found.related.iter().filter_map(|label| Some((label.message.clone(), place(label, files)?)));
        let witness = found.witness.as_ref().map(|flow| {
            let at = flow.destination_address.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
            format!("{} from {} to {}{at}", flow.service, flow.source, flow.destination)
        });
        Self {
            input: input.to_owned(),
            code: found.code,
            severity: found.severity,
            message: found.message.clone(),
            help: found.help.join("\n"),
            at: found.at.as_ref().and_then(|label| place(label, files)),
            related: related.collect(),
            rule: found.rule.as_ref().map(ToString::to_string),
            witness,
        }
    }

    /// The message with the flow that shows it, the rule where no place says it, and what to do.
    fn whole(&self) -> String {
        let mut text = self.message.clone();
        if let (None, Some(rule)) = (&self.at, &self.rule) {
            text.push_str(&format!(" (rule {rule})"));
        }
        text.extend(self.witness.iter().map(|flow| format!("\nfor example {flow}")));
        if !self.help.is_empty() {
            text.push_str(&format!("\nhelp: {}", self.help));
        }
        text
    }

    /// The code with its name, where it has another.
    fn title(&self) -> String {
        if self.code.id == self.code.name {
            self.code.id.to_owned()
        } else {
            format!("{} {}", self.code.id, self.code.name)
        }
    }

    /// The file that it is about.
    fn file(&self) -> &str {
        self.at.as_ref().map_or(self.input.as_str(), |place| place.file.as_str())
    }
}

fn place(label: &Label, files: &Files) -> Option<Place> {
    place_of(label.span, files)
}

/// A part of a file, looked up.
pub(super) fn place_of(span: Span, files: &Files) -> Option<Place> {
    let file = files.get(span.file)?;
    let (start, end) = (file.position(span.start), file.position(span.end));
    Some(Place {
        file: file.name().to_owned(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    })
}
