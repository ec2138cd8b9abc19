//! Why a module cannot be read.

use std::fmt;

use crate::source::LayoutStretch;

/// Why a module cannot be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HclFault {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in Unicode scalars.
    pub column: usize,
    /// What was found there, and what was expected.
    pub message: String,
    /// Whether what is named may be defined in a file of the module that was not read.
    pub is_missing: bool,
}

impl fmt::Display for HclFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, .. } = self;
        write!(f, "{file}:{line}:{column}: {message}")
    }
}

impl std::error::Error for HclFault {}

/// Whether `try` and `can` may go on after an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weight {
    /// Terraform has that error too.
    Caught,
    /// It is a bound or a gap of this reader, or an error that Terraform catches nowhere.
    Final,
    /// What is named is not defined in the files that were read.
    Missing,
}

/// A fault at a stretch of one of the files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct WrongHcl {
    pub at: LayoutStretch,
    pub message: String,
    pub weight: Weight,
}

impl WrongHcl {
    /// An error that Terraform has too when it evaluates.
    pub(super) fn new(at: LayoutStretch, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), weight: Weight::Caught }
    }

    /// An error that nothing catches.
    pub(super) fn last(at: LayoutStretch, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), weight: Weight::Final }
    }

    /// Something is named that is not defined.
    pub(super) fn missing(at: LayoutStretch, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), weight: Weight::Missing }
    }

    /// The fault with the position in the texts.
    pub(super) fn of<T: AsRef<str>>(self, texts: &[(String, T)]) -> HclFault {
        let (file, text) = texts.get(self.at.text).map_or(("", ""), |(file, text)| (file, text.as_ref()));
        let (line, column) = position(text, self.at.start as usize);
        let is_missing = self.weight == Weight::Missing;
        HclFault { file: file.to_owned(), line, column, message: self.message, is_missing }
    }
}

/// The line and the column of a byte, both from 1.
pub(super) fn position(text: &str, start: usize) -> (usize, usize) {
    let before = text.get(..start).unwrap_or(text);
    let line = before.bytes().filter(|&byte| byte == b'\n').count().saturating_add(1);
    let own = before.rsplit('\n').next().unwrap_or_default();
    (line, own.trim_start_matches('\u{feff}').chars().count().saturating_add(1))
}

/// A text of the input in a message: in backticks, on one line, shortened.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let visible = crate::source::visible(text);
    let end = visible.char_indices().nth(LONGEST).map(|(at, _)| at);
    match end.and_then(|end| visible.get(..end)) {
        Some(start) => format!("`{start}…`"),
        None => format!("`{visible}`"),
    }
}
