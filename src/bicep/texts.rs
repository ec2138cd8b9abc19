//! Texts: on one line with escapes, or on several lines as they are, both with expressions in them.

use super::ast::{Spanned, StringPiece};
use super::cursor::{BicepParsed, TokenCursor};
use super::fault::WrongBicep;

/// Whether a text is next.
pub(super) fn begins(cursor: &mut TokenCursor<'_>) -> bool {
    cursor.blanks();
    let rest = cursor.rest();
    rest.starts_with('\'') || dollars(rest) > 0
}

/// How many dollar signs a text on several lines begins with.
fn dollars(rest: &str) -> usize {
    let after = rest.trim_start_matches('$');
    if after.starts_with("'''") { rest.len() - after.len() } else { 0 }
}

/// The text that is next.
pub(super) fn text(cursor: &mut TokenCursor<'_>) -> BicepParsed<Vec<StringPiece>> {
    cursor.blanks();
    let marks = dollars(cursor.rest());
    cursor.skip(marks);
    if cursor.starts_with("'''") {
        return on_lines(cursor, marks);
    }
    if !cursor.starts_with("'") {
        return Err(cursor.expected("a text in single quotes"));
    }
    cursor.deeper(on_one_line)
}

/// Adds to the last piece, where that is plain.
fn push(pieces: &mut Vec<StringPiece>, more: &str) {
    match pieces.last_mut() {
        Some(StringPiece::Plain(text)) => text.push_str(more),
        Some(StringPiece::Value(_)) | None if !more.is_empty() => pieces.push(StringPiece::Plain(more.to_owned())),
        Some(StringPiece::Value(_)) | None => {}
    }
}

fn on_one_line(cursor: &mut TokenCursor<'_>) -> BicepParsed<Vec<StringPiece>> {
    let start = cursor.place();
    cursor.skip(1);
    let mut pieces = Vec::new();
    loop {
        let rest = cursor.rest();
        let plain = rest.find(['\'', '\\', '$', '\n', '\r']).unwrap_or(rest.len());
        push(&mut pieces, rest.get(..plain).unwrap_or_default());
        cursor.skip(plain);
        if cursor.starts_with("'") {
            cursor.skip(1);
            return Ok(pieces);
        }
        if cursor.starts_with("${") {
            pieces.push(StringPiece::Value(value(cursor, 2)?));
        } else if cursor.starts_with("$") {
            push(&mut pieces, "$");
            cursor.skip(1);
        } else if cursor.starts_with("\\") {
            escape(cursor, &mut pieces)?;
        } else {
            return Err(WrongBicep::new(cursor.since(start), "this text has no closing quote"));
        }
    }
}

/// The expression after `count` characters, and its closing brace.
fn value(cursor: &mut TokenCursor<'_>, count: usize) -> BicepParsed<super::ast::BicepExpression> {
    cursor.skip(count);
    cursor.lines();
    let value = cursor.expression()?;
    cursor.lines();
    cursor.expect("}")?;
    Ok(value)
}

fn escape(cursor: &mut TokenCursor<'_>, pieces: &mut Vec<StringPiece>) -> BicepParsed<()> {
    let start = cursor.place();
    let (plain, length) = match cursor.rest().chars().nth(1) {
        Some(c @ ('\\' | '\'' | '$')) => (Some(c), 2),
        Some('n') => (Some('\n'), 2),
        Some('r') => (Some('\r'), 2),
        Some('t') => (Some('\t'), 2),
        Some('u') => code_point(cursor.rest()),
        Some(other) => (None, 1 + other.len_utf8()),
        None => (None, 1),
    };
    cursor.skip(length);
    match plain {
        Some(c) => push(pieces, c.encode_utf8(&mut [0; 4])),
        None => {
            let expected = r"`\\`, `\'`, `\n`, `\r`, `\t`, `\$` or `\u{…}`";
            return Err(WrongBicep::new(cursor.since(start), format!("unknown escape, expected {expected}")));
        }
    }
    Ok(())
}

/// The character of `\u{…}`, and how long that is.
fn code_point(rest: &str) -> (Option<char>, usize) {
    let digits = rest.strip_prefix("\\u{").and_then(|rest| rest.split_once('}')).map(|(digits, _)| digits);
    let Some(digits) = digits.filter(|digits| digits.len() <= 6) else { return (None, 2) };
    (u32::from_str_radix(digits, 16).ok().and_then(char::from_u32), digits.len() + 4)
}

/// A text between three quotes is as it is written, without the line end that it may begin with.
///
/// Source: Microsoft Learn, "Data types in Bicep", multi-line strings, 2025-12.
fn on_lines(cursor: &mut TokenCursor<'_>, marks: usize) -> BicepParsed<Vec<StringPiece>> {
    let start = cursor.place();
    cursor.skip(3);
    let after = cursor.rest();
    let without = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after);
    cursor.skip(after.len() - without.len());
    let opening = [&"$".repeat(marks), "{"].concat();
    let mut pieces = Vec::new();
    loop {
        let rest = cursor.rest();
        let Some(end) = rest.find("'''") else {
            return Err(WrongBicep::new(Spanned::of(start..start + 3), "this text has no closing quotes"));
        };
        let value_at = rest.find(&opening).filter(|&at| marks > 0 && at < end);
        push(&mut pieces, rest.get(..value_at.unwrap_or(end)).unwrap_or_default());
        cursor.skip(value_at.unwrap_or(end));
        match value_at {
            Some(_) => pieces.push(StringPiece::Value(cursor.deeper(|cursor| value(cursor, marks + 1))?)),
            None => {
                // Of more than three quotes, the first ones are the text's.
                let quotes = cursor.rest().bytes().take_while(|&byte| byte == b'\'').count();
                push(&mut pieces, &"'".repeat(quotes - 3));
                cursor.skip(quotes);
                return Ok(pieces);
            }
        }
    }
}
