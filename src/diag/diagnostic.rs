//! One finding.

use std::fmt;

use crate::source::{Origin, Place, SourceSpan};

use super::code::Code;
use super::evidence::{EvidenceRule, Example};
use super::fix::{Applicability, Edit, Fix};

/// How much a finding counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing; changes no exit status.
    Note,
    /// Probably not meant; fails only where asked to.
    Warning,
    /// Nothing is written where there is one.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What an `apply` that leads to a finding has to do with it.
pub const APPLIED_HERE: &str = "applied here";

/// A place that a finding speaks of, and what it has to do with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where it is.
    pub at: Place,
    /// What it has to do with the finding; may be empty.
    pub message: String,
}

/// One finding: lower case, no full stop, the user's text in backticks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The stable code.
    pub code: &'static Code,
    /// How much it counts.
    pub severity: Severity,
    /// What was found and what was expected.
    pub message: String,
    /// The smallest text at fault; absent where no source has it.
    pub at: Option<Label>,
    /// Other texts that lead to it.
    pub related: Vec<Label>,
    /// The way that a packet takes, hop by hop.
    pub path: Vec<String>,
    /// What to do about it.
    pub help: Vec<String>,
    /// The same as edits, where it is known what to write.
    pub fixes: Vec<Fix>,
    /// The rules of the source that it speaks of; an `@ignore` of any of them accepts it.
    pub about: Vec<Origin>,
    /// The rule of the artefact that it speaks of.
    pub rule: Option<EvidenceRule>,
    /// A flow that shows it.
    pub witness: Option<Example>,
}

impl Diagnostic {
    /// A finding at a place, as severe as its code is.
    pub fn new(code: &'static Code, at: impl Into<Place>, message: impl Into<String>) -> Self {
        let at = Some(Label { at: at.into(), message: String::new() });
        Self { at, ..Self::nowhere(code, message) }
    }

    /// A finding without a place in a source.
    pub fn nowhere(code: &'static Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            severity: code.severity,
            message,
            at: None,
            related: Vec::new(),
            path: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
            about: Vec::new(),
            rule: None,
            witness: None,
        }
    }

    /// A finding at `origin`, with the `apply`s that lead there.
    pub fn at_origin(code: &'static Code, origin: &Origin, message: impl Into<String>) -> Self {
        let found = Self::new(code, origin.at, message).about(origin);
        found.applied(origin.via.iter())
    }

    /// Counts differently from what the code states.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Reports something right at the text at fault.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Self {
        if let Some(label) = &mut self.at {
            label.message = message.into();
        }
        self
    }

    /// Points at another text.
    #[must_use]
    pub fn related(mut self, at: impl Into<Place>, message: impl Into<String>) -> Self {
        self.related.push(Label { at: at.into(), message: message.into() });
        self
    }

    /// Points at the `apply`s that lead there.
    #[must_use]
    pub fn applied<'v>(self, via: impl IntoIterator<Item = &'v SourceSpan>) -> Self {
        via.into_iter().fold(self, |found, &via| found.related(via, APPLIED_HERE))
    }

    /// Speaks of the rule at `origin`, whose annotations may accept the finding.
    #[must_use]
    pub fn about(mut self, origin: &Origin) -> Self {
        self.about.push(origin.clone());
        self
    }

    /// Speaks of a rule of the artefact.
    #[must_use]
    pub fn rule(mut self, rule: EvidenceRule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Is shown by a flow.
    #[must_use]
    pub fn witness(mut self, witness: Example) -> Self {
        self.witness = Some(witness);
        self
    }

    /// Draws the way that a packet takes.
    #[must_use]
    pub fn path(mut self, hops: Vec<String>) -> Self {
        self.path = hops;
        self
    }

    /// Reports what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Can be removed by edits.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Reports what to do about it, which is to write `text` in place of what is at `at`.
    #[must_use]
    pub fn replaced(self, applicability: Applicability, at: SourceSpan, text: &str, help: impl Into<String>) -> Self {
        let help = help.into();
        self.help(help.clone()).fix(Fix::new(help, applicability, Edit::new(at, text)))
    }

    /// Asks whether `near` was meant in place of the text at fault.
    #[must_use]
    pub fn meant(self, near: &str) -> Self {
        self.asked(near, format!("did you mean `{near}`?"))
    }

    /// Asks `question`, which is whether to write `text` in place of the text at fault.
    #[must_use]
    pub fn asked(self, text: &str, question: String) -> Self {
        match self.at.as_ref().and_then(|label| label.at.span()) {
            Some(at) => self.replaced(Applicability::Maybe, at, text, question),
            None => self.help(question),
        }
    }
}

/// The findings of a pass.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No findings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding, unless the very same one is there.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.0.last() != Some(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Whether an error is among them.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many are of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Each of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Each of them, in order, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.0.iter_mut()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Keeps the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }

    /// Keeps those that `wanted` states.
    pub fn retain(&mut self, wanted: impl FnMut(&Diagnostic) -> bool) {
        self.0.retain(wanted);
    }

    /// Puts errors first, then warnings, then notes, each in the order of the text.
    pub fn sort(&mut self) {
        self.0.sort_by_key(|found| (std::cmp::Reverse(found.severity), found.at.as_ref().map(|label| label.at)));
        self.0.dedup();
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(items: I) -> Self {
        let mut all = Self::new();
        all.extend(items);
        all
    }
}
