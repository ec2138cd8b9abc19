//! FW0216: a source without anything to compile.

use super::registry::{Lint, OfText};
use crate::diag::{Code, Diagnostic, Severity};
use crate::intent::{Intent, Sources};
use crate::source::SourceSpan;

pub(super) static LINT: Lint<OfText> = Lint::new(&[Code::FW0216], |written| {
    let found = nothing(written.sources, written.intent).into_iter();
    found.filter(|found| found.severity == Severity::Warning).collect()
});

/// Reports a source without a policy and a route table: an empty one as a warning, one that others may import as a note.
pub fn nothing(sources: &Sources, intent: &Intent) -> Option<Diagnostic> {
    if !intent.policies.is_empty() || !intent.route_tables.is_empty() {
        return None;
    }
    let root = sources.root()?;
    let start = SourceSpan::new(root, 0, 0);
    if sources.items(root).next().is_none() {
        let found = Diagnostic::new(Code::FW0216, start, "the source is empty: it has no policy");
        return Some(found.help("a policy is written `policy NAME { … }`"));
    }
    let found = Diagnostic::new(Code::FW0216, start, "the source has no policy: nothing is compiled of it");
    Some(found.severity(Severity::Note).help("a file that others import needs none"))
}
