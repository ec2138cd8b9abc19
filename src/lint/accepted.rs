//! `@ignore`: findings that the author accepts. FW0805: those of them that no finding needs.

use std::collections::{HashMap, HashSet};

use crate::diag::{CODES, Code, Diagnostic, Diagnostics, Severity};
use crate::intent::{Intent, Meta};
use crate::source::{Origin, SourceSpan};

/// The findings that the lints covered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looked {
    /// All: an `@ignore` without one is needless.
    ForAll,
    /// Some.
    ForSome,
}

/// Removes the warnings and notes that an `@ignore` of their rule accepts, and reports `@ignore`s that are wrong
/// themselves. Where not all lints ran, or errors kept some from running, no `@ignore` is reported as needless.
pub fn accepted(intent: &Intent, found: &mut Diagnostics, looked: Looked) {
    let mut by_rule: HashMap<&Origin, &Meta> = HashMap::new();
    by_rule
        .extend(super::expiry::metas(intent).filter(|(meta, _)| !meta.ignored.is_empty()).map(|(meta, of)| (of, meta)));
    if by_rule.is_empty() {
        return;
    }
    let mut used: HashSet<SourceSpan> = HashSet::new();
    found.retain(|finding| {
        let metas = finding.about.iter().filter_map(|origin| by_rule.get(origin));
        let wanted = |code: &str| finding.severity < Severity::Error && code == finding.code.id;
        let ignores = metas.flat_map(|meta| &meta.ignored).filter(|ignored| wanted(&ignored.value.0));
        let mut accepted = false;
        ignores.for_each(|ignored| {
            accepted = true;
            used.insert(ignored.at);
        });
        !accepted
    });
    let complete = looked == Looked::ForAll && !found.has_errors();
    let mut seen = HashSet::new();
    for ignored in super::expiry::metas(intent).flat_map(|(meta, _)| &meta.ignored) {
        if !seen.insert(ignored.at) {
            continue;
        }
        let (code, _) = &ignored.value;
        match CODES.iter().find(|known| known.id == code) {
            Some(known) if complete && !used.contains(&ignored.at) => found.push(needless(known, ignored.at)),
            // `intent` refuses a code that does not exist.
            Some(_) | None => {}
        }
    }
}

fn needless(code: &Code, at: SourceSpan) -> Diagnostic {
    let message = format!("nothing to ignore: this rule has no finding {}", code.id);
    Diagnostic::new(Code::FW0805, at, message).help("take the `@ignore` away")
}
