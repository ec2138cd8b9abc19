//! Why a file cannot be read.

use std::fmt;

use super::ast::Spanned;

/// Why a file cannot be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BicepFault {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in Unicode scalars.
    pub column: usize,
    /// What was found there, and what was expected.
    pub message: String,
}

impl fmt::Display for BicepFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message } = self;
        write!(f, "{file}:{line}:{column}: {message}")
    }
}

impl std::error::Error for BicepFault {}

/// A fault at a stretch of a file that is known to the caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct WrongBicep {
    pub at: Spanned,
    pub message: String,
}

impl WrongBicep {
    pub(super) fn new(at: Spanned, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    /// The fault with the position in `text`, the file called `file`.
    pub(super) fn of(self, file: &str, text: &str) -> BicepFault {
        let before = text.get(..self.at.start as usize).unwrap_or(text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count().saturating_add(1);
        let own = before.rsplit('\n').next().unwrap_or_default();
        let column = own.trim_start_matches('\u{feff}').chars().count().saturating_add(1);
        BicepFault { file: file.to_owned(), line, column, message: self.message }
    }
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
