//! Findings in the formats of pipelines.
//!
//! Each format is a file; all of them read the same [`LocatedFinding`].

mod junit;
mod sarif;
mod workflow;

use std::fmt;

use crate::diag::{Applicability, Code, Diagnostic, Fix, Label, Severity};
use crate::source::{self, Files, Located, PlaceSpot, Position};

pub(super) use junit::{JunitFault, Suite, TestCase, case, junit, suite_of};
pub(super) use sarif::sarif;
pub(super) use workflow::{azure_pipelines, github};

/// One finding with its places looked up.
pub(super) struct LocatedFinding {
    /// The input that it is of.
    pub(super) input: String,
    pub(super) code: &'static Code,
    pub(super) severity: Severity,
    pub(super) message: String,
    pub(super) help: String,
    pub(super) at: Option<FormatPlace>,
    pub(super) related: Vec<(String, FormatPlace)>,
    /// The rule of the artefact.
    pub(super) rule: Option<String>,
    /// A flow that shows it.
    pub(super) witness: Option<String>,
    /// What removes it.
    pub(super) fixes: Vec<Replacements>,
}

/// A fix with its places looked up.
pub(super) struct Replacements {
    pub(super) message: String,
    /// Each text that is written, and in place of what.
    pub(super) edits: Vec<(FormatPlace, String)>,
}

impl Replacements {
    /// The fix, if it may be applied.
    fn of(fix: &Fix, files: &Files) -> Option<Self> {
        let edits = fix.edits.iter().map(|edit| Some((place_of(edit.at, files)?, edit.text.clone())));
        let may_be_applied = fix.applicability < Applicability::Display;
        may_be_applied.then_some(())?;
        Some(Self { message: fix.message.clone(), edits: edits.collect::<Option<_>>()? })
    }
}

/// A place in a file.
pub(super) struct FormatPlace {
    pub(super) file: String,
    pub(super) at: PlaceSpot,
}

impl FormatPlace {
    /// The first and the last position of a stretch of text; lines and columns count from 1, columns in Unicode scalars,
    /// the end is after the last.
    pub(super) fn region(&self) -> Option<(Position, Position)> {
        match self.at {
            PlaceSpot::Text(start, end) => Some((start, end)),
            PlaceSpot::Value(_) => None,
        }
    }

    /// The path of a value of a document.
    pub(super) fn path(&self) -> Option<&str> {
        match &self.at {
            PlaceSpot::Text(..) => None,
            PlaceSpot::Value(path) => Some(path),
        }
    }
}

/// `FILE:LINE:COLUMN`, or `FILE: PATH`.
impl fmt::Display for FormatPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Located { file: &self.file, at: self.at.clone() }.fmt(f)
    }
}

impl LocatedFinding {
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
            fixes: found.fixes.iter().filter_map(|fix| Replacements::of(fix, files)).collect(),
        }
    }

    /// The message with the flow that shows it, the rule where no place states it, and what to do.
    fn whole(&self) -> String {
        let mut text = self.message.clone();
        let is_in_text = self.at.as_ref().is_some_and(|place| place.region().is_some());
        if let (false, Some(rule)) = (is_in_text, &self.rule) {
            text.push_str(&format!(" (rule {rule})"));
        }
        // Some help ends with it.
        let flow = self.witness.iter().filter(|flow| !self.help.contains(flow.as_str()));
        text.extend(flow.map(|flow| format!("\nfor example {flow}")));
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

fn place(label: &Label, files: &Files) -> Option<FormatPlace> {
    place_of(label.at, files)
}

/// A part of a file, looked up.
pub(super) fn place_of(at: impl Into<source::Place>, files: &Files) -> Option<FormatPlace> {
    files.locate(at).map(|located| FormatPlace { file: located.file.to_owned(), at: located.at })
}
