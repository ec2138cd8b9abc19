//! What is printed: results on standard output, findings and complaints on standard error.
//!
//! Nothing of an input begins a command of a pipeline or steers a terminal. Texts for people are made inert here, whatever
//! wrote them; a format of its own keeps its meaning by escapes. A result that cannot be written is a failure, which
//! [`finish`] returns; who closed standard output, as `head` does, has read enough.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use crate::diag::{Diagnostics, RenderStyle, Severity, render};
use crate::model::{Assumption, told_once};
use crate::source::{Files, inert_json, without_commands};

use super::Failure;
use super::colour::{self, style_of};
use super::inert::{inert, inert_markup};

/// Prints the findings of at least `least` severity.
pub(super) fn findings(diagnostics: &Diagnostics, files: &Files, least: Severity) {
    // A closed standard error leaves nobody to tell.
    let style = style_of(&io::stderr());
    let _ = write!(io::stderr().lock(), "{}", inert(&listed(diagnostics, files, least, style), style));
}

/// The findings of at least `least` severity as text, an empty line after each.
pub(super) fn listed(diagnostics: &Diagnostics, files: &Files, least: Severity, style: RenderStyle) -> String {
    let rendered = diagnostics.iter().filter(|found| found.severity >= least).map(|found| {
        let text = render(found, files, style);
        let text = if style == RenderStyle::Coloured { colour::source_lines(&text) } else { text };
        text + "\n\n"
    });
    rendered.collect()
}

/// Prints a text for people, as `print!` does.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::printer::text(&format!($($text)*)) };
}

/// Prints a text for people and ends its line, as `println!` does.
macro_rules! say_line {
    ($($text:tt)*) => { $crate::cli::printer::text(&(format!($($text)*) + "\n")) };
}

/// Prints a text for people.
pub(super) fn text(text: &str) {
    raw(&inert(text, style_of(&io::stdout())));
}

/// Prints a JSON document.
pub(super) fn json(document: &str) {
    raw(&inert_json(document));
}

/// Prints a page or another document of tags.
pub(super) fn markup(document: &str) {
    raw(&inert_markup(document));
}

/// Prints a source of the language, in which strings have escapes for what is not inert, and remarks have none.
pub(super) fn source(text: &str) {
    raw(&without_commands(text, " #"));
}

/// Prints what is inert, or is to be as it is.
pub(super) fn raw(text: &str) {
    note(io::stdout().lock().write_all(text.as_bytes()));
}

/// Why a result could not be written.
static BROKEN: Mutex<Option<io::Error>> = Mutex::new(None);

/// Notes why a result could not be written, the first time.
fn note(written: io::Result<()>) {
    if let Err(error) = written {
        BROKEN.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Whether nobody gets what is still printed.
pub(super) fn is_closed() -> bool {
    BROKEN.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// Writes what is still held back.
///
/// # Errors
/// Where something that was printed could not be written, and somebody waits for it.
pub(super) fn finish() -> Result<(), Failure> {
    note(io::stdout().lock().flush());
    match BROKEN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {}", reason(&error))))
        }
        Some(_) | None => Ok(()),
    }
}

/// Results that are written in large pieces, as [`raw`] prints them.
pub(super) struct Results(io::BufWriter<io::StdoutLock<'static>>);

impl Results {
    /// On standard output.
    pub(super) fn new() -> Self {
        Self(io::BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    }

    /// Prints a text that is inert.
    pub(super) fn raw(&mut self, text: &str) {
        note(self.0.write_all(text.as_bytes()));
    }
}

impl Drop for Results {
    fn drop(&mut self) {
        note(self.0.flush());
    }
}

/// The reason, without the number that the system adds.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    let (reason, _) = text.split_at(end);
    let mut letters = reason.chars();
    // In a sentence, the reason is a part of it.
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Prints why a command could not do its work.
pub(super) fn complain(message: &str) {
    say_error(&format!("fwc: {message}"));
}

/// Prints a line on standard error.
pub(super) fn say_error(line: &str) {
    say_error_in(line, RenderStyle::Plain);
}

/// As [`say_error`], of a line that may be coloured.
pub(super) fn say_error_in(line: &str, style: RenderStyle) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(io::stderr(), "{}", inert(line, style));
}

/// Reports what artefacts do not settle, each once in a run: two inputs may rest on one base.
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
    counts_in(diagnostics, RenderStyle::Plain)
}

/// As [`counts`], each in the colour of its severity.
pub(super) fn counts_in(diagnostics: &Diagnostics, style: RenderStyle) -> String {
    let count = |severity: Severity| match diagnostics.count(severity) {
        0 => None,
        1 => Some(colour::of_severity(severity, &format!("1 {severity}"), style)),
        more => Some(colour::of_severity(severity, &format!("{more} {severity}s"), style)),
    };
    let all: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(count).collect();
    if all.is_empty() { colour::good("no findings", style) } else { all.join(", ") }
}
