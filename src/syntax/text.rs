//! What words and strings say: their escapes and the `{param}`s in them.

use std::fmt;

use super::foreign::{is_quote, unquoted};

/// A part of the text of a word or a string.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextPiece {
    /// Text as it is.
    Literal(String),
    /// `{param}`: the text of a parameter.
    Param(String),
}

/// Why a string states nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextError {
    /// The closing quote is missing.
    Unterminated,
    /// An escape that strings do not have.
    Escape(String),
    /// A `{` without a `{param}` after it, or a single `}`.
    Brace,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unterminated => write!(f, "the string does not end on its line"),
            Self::Escape(escape) => write!(f, "`{escape}` is not an escape"),
            Self::Brace => write!(f, "a brace in a string that is no `{{param}}`"),
        }
    }
}

impl TextError {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unterminated => "close it with `\"`",
            Self::Escape(_) => "the escapes are `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t` and `\\u{1F600}`",
            Self::Brace => "write `{{` for `{` and `}}` for `}`",
        }
    }
}

/// What a word or a string token states.
pub fn pieces(token: &str) -> Result<Vec<TextPiece>, TextError> {
    match token.strip_prefix('"') {
        Some(rest) => string_pieces(rest),
        None if token.starts_with(is_quote) => Ok(vec![TextPiece::Literal(unquoted(token).to_owned())]),
        None => Ok(word_pieces(token)),
    }
}

fn word_pieces(mut word: &str) -> Vec<TextPiece> {
    let mut pieces = Vec::new();
    while let Some((before, rest)) = word.split_once('{') {
        push_literal(&mut pieces, before);
        let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
        pieces.push(TextPiece::Param(name.to_owned()));
        word = after;
    }
    push_literal(&mut pieces, word);
    pieces
}

fn push_literal(pieces: &mut Vec<TextPiece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(TextPiece::Literal(last)) => last.push_str(text),
        Some(TextPiece::Param(_)) | None => pieces.push(TextPiece::Literal(text.to_owned())),
    }
}

fn string_pieces(text: &str) -> Result<Vec<TextPiece>, TextError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let special = rest.find(['"', '\\', '{', '}']).ok_or(TextError::Unterminated)?;
        let (plain, after) = rest.split_at(special);
        push_literal(&mut pieces, plain);
        let mut chars = after.chars();
        match chars.next() {
            Some('\\') => rest = escape(chars.as_str(), &mut pieces)?,
            Some('{') => rest = brace(chars.as_str(), &mut pieces)?,
            Some('}') => {
                rest = chars.as_str().strip_prefix('}').ok_or(TextError::Brace)?;
                push_literal(&mut pieces, "}");
            }
            Some(_) => return Ok(pieces),
            None => return Err(TextError::Unterminated),
        }
    }
}

fn escape<'t>(rest: &'t str, pieces: &mut Vec<TextPiece>) -> Result<&'t str, TextError> {
    let mut chars = rest.chars();
    let literal = match chars.next() {
        Some('"') => '"',
        Some('\\') => '\\',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return unicode_escape(chars.as_str(), pieces),
        Some(other) => return Err(TextError::Escape(format!("\\{other}"))),
        None => return Err(TextError::Unterminated),
    };
    push_literal(pieces, literal.encode_utf8(&mut [0; 4]));
    Ok(chars.as_str())
}

fn unicode_escape<'t>(rest: &'t str, pieces: &mut Vec<TextPiece>) -> Result<&'t str, TextError> {
    let wrong = || TextError::Escape("\\u".to_owned());
    let (digits, after) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).ok_or_else(wrong)?;
    let is_number = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_number);
    let scalar = number.and_then(char::from_u32).ok_or_else(wrong)?;
    push_literal(pieces, scalar.encode_utf8(&mut [0; 4]));
    Ok(after)
}

fn brace<'t>(rest: &'t str, pieces: &mut Vec<TextPiece>) -> Result<&'t str, TextError> {
    if let Some(after) = rest.strip_prefix('{') {
        push_literal(pieces, "{");
        return Ok(after);
    }
    let (name, after) = rest.split_once('}').ok_or(TextError::Brace)?;
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if !is_name {
        return Err(TextError::Brace);
    }
    pieces.push(TextPiece::Param(name.to_owned()));
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::quote;
    use proptest::prelude::*;

    #[test]
    fn params_are_found() {
        let param = |name: &str| TextPiece::Param(name.into());
        let literal = |text: &str| TextPiece::Literal(text.into());
        assert_eq!(pieces("*.{region}.azmk8s.io"), Ok(vec![literal("*."), param("region"), literal(".azmk8s.io")]));
        assert_eq!(pieces("\"a {b}{{c}}\""), Ok(vec![literal("a "), param("b"), literal("{c}")]));
        assert_eq!(pieces("\"{a b}\""), Err(TextError::Brace));
        assert_eq!(pieces("\"\\x\""), Err(TextError::Escape("\\x".into())));
        assert_eq!(pieces("\"a"), Err(TextError::Unterminated));
    }

    proptest! {
        #[test]
        fn quoted_text_reads_back(text in any::<String>()) {
            let expected = if text.is_empty() { vec![] } else { vec![TextPiece::Literal(text.clone())] };
            prop_assert_eq!(pieces(&quote(&text)), Ok(expected));
        }
    }
}
