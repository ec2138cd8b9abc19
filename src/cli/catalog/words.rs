//! Words of the catalogue on lines.

use std::fmt::Write;

use crate::catalogue::CatalogueEntry;

use super::super::wrap::wrapped;

/// Adds words on lines that fit a terminal.
pub(super) fn push(text: &mut String, words: &str, first: &str, rest: &str) {
    for line in wrapped(words, first, rest) {
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// Who needs an entry, and under which conditions it is opened.
pub(super) fn needed(entry: &CatalogueEntry) -> String {
    match entry.conditions.as_slice() {
        [] => entry.need.clone(),
        conditions => format!("{}; with {}", entry.need, conditions.join(", ")),
    }
}
