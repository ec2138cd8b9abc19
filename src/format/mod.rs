//! Source to source in the one canonical layout.
//!
//! In: the text of a file that parses. Out: the same file as `fwc fmt` writes it. Guaranteed: the output is parsed again
//! and states the same as the input before it is returned; formatting it again changes nothing; no comment is lost; blanks
//! and line ends of the input have no say, but for blank lines between items; heap within a multiple of the input.
//! Deliberately absent: files, and repairing what does not parse.
//!
//! The layout, in the order in which the modules below make it:
//!
//! - `order`: in a group, a bundle and a `when`, the `deny` rules of each stretch of rules are first, with their
//!   descriptions and comments; nothing moves across an `apply`, a `when` or a `collection`. Descriptions are before
//!   annotations.
//! - `items`: an item is one line if that fits in [`LINE_LIMIT`], comments apart. Blocks are indented by four and keep
//!   single blank lines between items; an item with a block, unless it is a setting, has blank lines around it. Up to
//!   three plain settings in the block of a setting share its line while that is short. Annotations share a line if all fit.
//! - `wrap`: in a rule that does not fit each clause has its own line; a list that does not fit has a line for each entry,
//!   so that a changed entry is a changed line.
//! - `columns`: adjacent lines of one sort are aligned in columns, and so are the comments at their ends, unless the gaps
//!   would be wide or a line would go over the limit.
//! - `spacing`: blanks between tokens, and the one spelling of each string, comment and description.
//!
//! A comment on its own line belongs to what follows it, one at the end of a line to what is before it.

mod columns;
mod difference;
mod items;
mod lines;
mod order;
mod printer;
mod same;
mod spacing;
mod wrap;

use std::fmt;
use std::sync::Arc;

use crate::diag::Diagnostics;
use crate::source::FileId;
use crate::syntax::parse;

pub use difference::difference;

/// How long a line gets where there is a choice, in Unicode scalars, its comment apart.
pub const LINE_LIMIT: usize = 120;

/// Why there is no formatted text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormatRefusal {
    /// The text does not parse; these are the findings.
    Broken(Diagnostics),
    /// The formatted text would not say the same as the text: a fault of the formatter.
    Changed,
}

impl fmt::Display for FormatRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(_) => write!(f, "a file with errors is not formatted"),
            Self::Changed => write!(f, "internal error: the formatted text would mean something else"),
        }
    }
}

impl std::error::Error for FormatRefusal {}

/// How often a layout is laid out again until it stays as it is: a comment that moved may make room for what it parted.
const MOST_PASSES: usize = 4;

/// The text in its canonical layout.
///
/// ```rust
/// use fwc::format::format;
/// use fwc::source::Files;
///
/// let text = "let a=10.0.0.0/8";
/// let file = Files::new().add("a.pol", text);
/// assert_eq!(format(file, text.into()).expect("a text that parses"), "let a = 10.0.0.0/8\n");
/// ```
///
/// # Errors
/// Where the text has errors, or would mean something else in its layout.
pub fn format(file: FileId, text: Arc<str>) -> Result<String, FormatRefusal> {
    let parsed = parse(file, text);
    if parsed.diagnostics.has_errors() {
        return Err(FormatRefusal::Broken(parsed.diagnostics));
    }
    let meant = same::digest(&parsed.tree);
    let pieces = items::file(&parsed.tree);
    // One tree at a time keeps the heap within its bound.
    drop(parsed);
    let mut formatted = joined(pieces);
    for _ in 0..MOST_PASSES {
        let again = parse(file, Arc::clone(&formatted));
        if again.diagnostics.has_errors() || same::digest(&again.tree) != meant {
            return Err(FormatRefusal::Changed);
        }
        if items::file_is(&again.tree, &formatted) {
            drop(again);
            return Ok(formatted.as_ref().to_owned());
        }
        formatted = joined(items::file(&again.tree));
    }
    Err(FormatRefusal::Changed)
}

/// The formatted text with the line ends of `text`, as its first one is, and with its byte order mark: both are a matter of the
/// system that wrote it, and no layout.
pub fn ended_as(text: &str, formatted: &str) -> String {
    let is_windows = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    let mark = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let lines = if is_windows { formatted.replace('\n', "\r\n") } else { formatted.to_owned() };
    format!("{mark}{lines}")
}

/// The text of pieces, each of which goes as soon as it is copied.
fn joined(pieces: Vec<String>) -> Arc<str> {
    let mut text = String::with_capacity(pieces.iter().map(String::len).sum());
    for piece in pieces {
        text.push_str(&piece);
    }
    Arc::from(text)
}
