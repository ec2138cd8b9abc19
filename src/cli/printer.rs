//! Findings and complaints on standard error.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use crate::diag::{Diagnostics, Severity, Style, render};
use crate::model::{Assumption, told_once};
use crate::source::Files;

use super::colour;

/// Colour on a terminal only, and never with `NO_COLOR`.
fn style() -> Style {
    style_of(&std::io::stderr())
}

/// As [`style`], for another stream.
pub(super) fn style_of(stream: &impl IsTerminal) -> Style {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stream.is_terminal() && !forbidden { Style::Coloured } else { Style::Plain }
}

/// Prints the findings of at least `least` severity.
pub(super) fn findings(diagnostics: &Diagnostics, files: &Files, least: Severity) {
    // A closed standard error leaves nobody to tell.
    let _ = write!(std::io::stderr().lock(), "{}", listed(diagnostics, files, least, style()));
}

/// The findings of at least `least` severity as text, an empty line after each.
pub(super) fn listed(diagnostics: &Diagnostics, files: &Files, least: Severity, style: Style) -> String {
    let rendered = diagnostics.iter().filter(|found| found.severity >= least).map(|found| {
        let text = render(found, files, style);
        let text = if style == Style::Coloured { colour::source_lines(&text) } else { text };
        format!("{text}\n\n")
    });
    rendered.collect()
}

/// Prints a result, as `print!` does, to whoever still reads.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::printer::out(&format!($($text)*)) };
}

/// Prints a result and ends its line, as `println!` does, to whoever still reads.
macro_rules! say_line {
    ($($text:tt)*) => { $crate::cli::printer::out(&(format!($($text)*) + "\n")) };
}

/// Prints a result. Whoever closed standard output, as `head` does, has read enough.
pub(super) fn out(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints why a command could not do its work.
pub(super) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "fwc: {message}");
}

/// Says what artefacts do not settle, each once in a run: two inputs may rest on one base.
pub(super) fn assumptions<'a>(all: impl IntoIterator<Item = &'a Assumption>) {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    for sentence in told_once(all) {
        if told.insert(sentence.clone()) {
            complain(&sentence);
        }
    }
}

/// How many findings there are, as in `1 error, 2 notes`.
pub(super) fn counts(diagnostics: &Diagnostics) -> String {
    let count = |severity: Severity| match diagnostics.count(severity) {
        0 => None,
        1 => Some(format!("1 {severity}")),
        more => Some(format!("{more} {severity}s")),
    };
    let all: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(count).collect();
    if all.is_empty() { "no findings".to_owned() } else { all.join(", ") }
}
