//! What a lint is: the codes that it reports, and how it looks for them.

use crate::diag::{Code, Diagnostics};
use crate::evaluate::Knowledge;
use crate::intent::{Intent, Sources};

use super::judged::JudgedRule;
use jiff::civil::Date;

/// A lint. Each has a file with one, and a line in the list of its kind.
pub(super) struct Lint<C> {
    /// The codes that it reports. A query that was not decided within its budget is FW0305, whichever lint it was for.
    pub codes: &'static [&'static Code],
    /// What it looks at.
    pub of: LintInputs,
    /// How it looks for it.
    pub check: C,
}

impl<C> Lint<C> {
    /// A lint of sources and artefacts.
    pub(super) const fn new(codes: &'static [&'static Code], check: C) -> Self {
        Self { codes, of: LintInputs::All, check }
    }
}

impl Lint<OfPolicy> {
    /// The same for artefacts only.
    pub(super) const fn of_artefacts(self) -> Self {
        Self { of: LintInputs::Artefacts, ..self }
    }
}

/// Which inputs a lint looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LintInputs {
    /// Sources and artefacts.
    All,
    /// Artefacts only: for a source, the proof covers it.
    Artefacts,
}

/// Looks at the own rules of a policy.
pub(super) type OfPolicy = fn(&JudgedRule<'_>, &LintContext<'_, '_>) -> Diagnostics;

/// What a policy is judged beside.
pub(super) struct LintContext<'a, 'm> {
    /// The policies that are judged, that one among them.
    pub all: &'a [JudgedRule<'m>],
    /// What is known beside the model.
    pub known: &'a Knowledge,
}

/// Looks at what the author wrote, whatever it is lowered to.
pub(super) type OfText = fn(&LintedSource<'_>) -> Diagnostics;

/// What the author wrote.
pub(super) struct LintedSource<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// What they mean.
    pub intent: &'a Intent,
    /// The day, where it is known.
    pub today: Option<Date>,
}
