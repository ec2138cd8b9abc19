//! Parts of rules that may be worth a finding.

use crate::diag::Diagnostic;
use crate::flow::Match;
use crate::lint::judged::JudgedRule;

/// Looks at a line that allows traffic.
pub(super) type OfLine = fn(&JudgedRule<'_>, usize) -> Option<Suspect>;

/// A part of a rule that would be worth a finding.
pub(super) struct Suspect {
    pub(super) line: usize,
    /// The flows of the rule that it is about.
    pub(super) part: Vec<Match>,
    pub(super) finding: Diagnostic,
}

/// The flows that a line matches.
pub(super) fn matches<'j>(judged: &'j JudgedRule<'_>, line: usize) -> &'j [Match] {
    judged.decisions.list.lines.get(line).map_or(&[], |line| &line.matches)
}
