//! JSON text to a value, refusing duplicate keys, which readers of JSON disagree about. Comments and trailing commas are
//! taken for blanks, and strings may have several lines, as template tools do.
//!
//! Source: Microsoft Learn, "Understand the structure and syntax of ARM templates" (comments, multi-line strings), 2026-08.

use serde_json::error::Category;

use super::fault::{ImportFault, quoted};
use crate::json::{self, Json};

/// The value of `text`.
pub(super) fn parse(text: &str) -> Result<Json, ImportFault> {
    let plain = match json::parse(text, quoted) {
        Ok(value) => return Ok(value),
        Err(_) => without_remarks(text),
    };
    json::parse(&plain, quoted).map_err(|error| ImportFault::at("$", message(&error)))
}

/// `text` from its first character that is neither blank nor in a comment.
pub(super) fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = match rest.as_bytes() {
            [b'/', b'/', ..] => rest.split_once('\n'),
            [b'/', b'*', ..] => rest.get(2..).and_then(|inner| inner.split_once("*/")),
            _ => return rest,
        };
        rest = after.map_or("", |(_, after)| after).trim_start();
    }
}

/// The text with blanks for comments and for trailing commas, so that lines and columns stay, and with escapes for the line
/// ends in strings.
fn without_remarks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    // The comma that may turn out to be a trailing one.
    let mut comma: Option<usize> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => text_length(rest),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => {
                rest.get(2..).and_then(|inner| inner.find("*/")).map_or(rest.len(), |end| end + 4)
            }
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        match c {
            '/' if length > 1 => plain.extend(piece.chars().map(|c| if c == '\n' { c } else { ' ' })),
            '"' if piece.contains(['\n', '\r', '\t']) => {
                comma = None;
                plain.push_str(&piece.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t"));
            }
            ',' => {
                comma = Some(plain.len());
                plain.push(c);
            }
            ']' | '}' => {
                if let Some(at) = comma.take() {
                    plain.replace_range(at..at + 1, " ");
                }
                plain.push(c);
            }
            c => {
                comma = comma.filter(|_| c.is_whitespace());
                plain.push_str(piece);
            }
        }
    }
    plain
}

/// How long the string is that `text` begins with.
fn text_length(text: &str) -> usize {
    let mut escaped = false;
    let closing = text.char_indices().skip(1).find(|&(_, c)| {
        let is_end = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        is_end
    });
    closing.map_or(text.len(), |(end, _)| end + 1)
}

fn message(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => format!("the JSON ends too early, at line {} column {}", error.line(), error.column()),
        Category::Syntax | Category::Data | Category::Io => error.to_string(),
    }
}
