//! Text to tokens, with nom. Every byte belongs to exactly one token.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::character::complete::{anychar, char, satisfy};
use nom::combinator::{opt, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use super::foreign::closing_quotes;
use super::kind::TokenKind;
use crate::source::is_invisible;

/// Calls `take` with the kind and the text of each token, in order.
pub fn lex<'t>(text: &'t str, mut take: impl FnMut(TokenKind, &'t str)) {
    let mut rest = text;
    // How much of the text is left after the last row of `{param}`s that no word begins with, so that no row is read twice.
    let mut behind_row = text.len();
    let mut before = TokenKind::Whitespace;
    if let Some(after) = text.strip_prefix(MARK) {
        take(TokenKind::Whitespace, text.get(..MARK.len_utf8()).unwrap_or(""));
        rest = after;
    }
    loop {
        if rest.len() <= behind_row && rest.starts_with('{') {
            behind_row = row_without_word(rest).unwrap_or(behind_row);
        }
        let in_row = rest.len() > behind_row;
        let read = match other_comment(rest, before) {
            Some(after) => Ok((after, TokenKind::Comment)),
            None if in_row && rest.starts_with('{') => punctuation(rest),
            None => token(rest),
        };
        let Ok((after, kind)) = read else { break };
        let Some(length) = rest.len().checked_sub(after.len()).filter(|&length| length > 0) else { break };
        let (token, _) = rest.split_at(length);
        take(kind, token);
        (rest, before) = (after, kind);
    }
}

/// The mark that states in which order the bytes of a text are; at its start it is no part of it.
const MARK: char = '\u{feff}';

/// The text after a comment of another language: `// …`, but for that of a URL, or `/* … */`, but for that of a port.
fn other_comment(text: &str, before: TokenKind) -> Option<&str> {
    if text.starts_with("//") && before != TokenKind::Colon {
        return text.find(is_line_end).map_or(Some(""), |end| text.get(end..));
    }
    if text.starts_with("/*") && matches!(before, TokenKind::Whitespace | TokenKind::Comment) {
        return Some(text.split_once("*/").map_or("", |(_, after)| after));
    }
    None
}

/// The next token. Its first character states which kinds it may be.
fn token(text: &str) -> IResult<&str, TokenKind> {
    match text.chars().next() {
        Some('#') => remark(text),
        Some('"') => value(TokenKind::String, string).parse(text),
        Some('-') => {
            alt((value(TokenKind::Arrow, tag("->")), value(TokenKind::Word, word), value(TokenKind::Unknown, hyphens)))
                .parse(text)
        }
        Some('{') => alt((value(TokenKind::Word, word), punctuation)).parse(text),
        Some(c) if closing_quotes(c).is_some() => {
            alt((value(TokenKind::String, other_string), punctuation)).parse(text)
        }
        Some(c) if is_invisible(c) => {
            alt((value(TokenKind::Word, word), value(TokenKind::Whitespace, take_while1(is_invisible)))).parse(text)
        }
        Some(c) if is_word(c) => value(TokenKind::Word, word).parse(text),
        Some(c) if c.is_whitespace() => value(TokenKind::Whitespace, take_while1(char::is_whitespace)).parse(text),
        Some(_) | None => punctuation(text),
    }
}

fn remark(text: &str) -> IResult<&str, TokenKind> {
    let kind = if text.starts_with("##") { TokenKind::Doc } else { TokenKind::Comment };
    value(kind, take_till(is_line_end)).parse(text)
}

/// All the hyphens that no word holds, without the one of an arrow after them.
fn hyphens(text: &str) -> IResult<&str, &str> {
    let (after, run) = take_while1(|c| c == '-')(text)?;
    let length = if after.starts_with('>') { run.len() - 1 } else { run.len() };
    let (run, after) = text.split_at(length);
    Ok((after, run))
}

fn is_line_end(c: char) -> bool {
    c == '\n' || c == '\r'
}

/// A string, up to its closing quote or, where there is none, to the end of the line.
fn string(text: &str) -> IResult<&str, &str> {
    let plain = take_while1(|c| c != '"' && c != '\\' && !is_line_end(c));
    let escape = recognize((char('\\'), satisfy(|c| !is_line_end(c))));
    recognize((char('"'), many0_count(alt((plain, escape))), opt(char('\\')), opt(char('"')))).parse(text)
}

/// A string in quotation marks that the language does not have; it is closed on its line.
fn other_string(text: &str) -> IResult<&str, &str> {
    let closing = text.chars().next().and_then(closing_quotes).unwrap_or("");
    recognize((anychar, take_till(|c| closing.contains(c) || is_line_end(c)), satisfy(|c| closing.contains(c))))
        .parse(text)
}

/// An address with its prefix length, or any other word. Never empty, never ending in `-`.
fn word(text: &str) -> IResult<&str, &str> {
    let (_, run) = recognize(pair(run_start, many0_count(alt((plain_run, interpolation))))).parse(text)?;
    let kept = run.trim_end_matches('-');
    if kept.is_empty() {
        return Err(nom::Err::Error(nom::error::Error::new(text, nom::error::ErrorKind::Fail)));
    }
    let (word, after) = text.split_at(kept.len());
    match prefix_length(after) {
        Ok((_, length)) if is_dotted_quad(word) => {
            let (word, rest) = text.split_at(word.len() + length.len());
            Ok((rest, word))
        }
        Ok(_) | Err(_) => Ok((after, word)),
    }
}

/// How much text is left after the `{param}`s that `text` begins with, if they touch no word.
fn row_without_word(text: &str) -> Option<usize> {
    let (after, _) = many0_count(interpolation).parse(text).ok()?;
    (!after.starts_with(is_word)).then_some(after.len())
}

/// A word begins with a word character, or with a `{param}` that touches one.
fn run_start(text: &str) -> IResult<&str, &str> {
    let touching = recognize(pair(many0_count(interpolation), satisfy(is_word)));
    alt((plain_run, touching)).parse(text)
}

fn plain_run(text: &str) -> IResult<&str, &str> {
    let length = text.find(|c| !is_word(c) && !is_invisible(c)).unwrap_or(text.len());
    let run = text.get(..length).filter(|run| run.contains(is_word));
    let Some(run) = run else {
        return Err(nom::Err::Error(nom::error::Error::new(text, nom::error::ErrorKind::TakeWhile1)));
    };
    let (run, after) = text.split_at(run.len());
    Ok((after, run))
}

fn interpolation(text: &str) -> IResult<&str, &str> {
    let name = recognize((satisfy(|c| c.is_alphabetic() || c == '_'), take_while(is_name)));
    recognize(delimited(char('{'), name, char('}'))).parse(text)
}

fn prefix_length(text: &str) -> IResult<&str, &str> {
    recognize(preceded(char('/'), take_while1(|c: char| c.is_ascii_digit()))).parse(text)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '*')
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// Whether the word has four decimal parts, whatever their size.
pub(super) fn is_dotted_quad(word: &str) -> bool {
    let mut parts = 0;
    word.split('.').all(|part| {
        parts += 1;
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    }) && parts == 4
}

fn punctuation(text: &str) -> IResult<&str, TokenKind> {
    let (rest, sign) = anychar(text)?;
    let kind = match sign {
        ':' if rest.starts_with(':') => return value(TokenKind::ColonColon, char(':')).parse(rest),
        ':' => TokenKind::Colon,
        ',' => TokenKind::Comma,
        '=' => TokenKind::Equals,
        '/' => TokenKind::Slash,
        '@' => TokenKind::At,
        '{' => TokenKind::LeftBrace,
        '}' => TokenKind::RightBrace,
        '(' => TokenKind::LeftParen,
        ')' => TokenKind::RightParen,
        '[' => TokenKind::LeftBracket,
        ']' => TokenKind::RightBracket,
        _ => TokenKind::Unknown,
    };
    Ok((rest, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<(TokenKind, &str)> {
        let mut tokens = Vec::new();
        lex(text, |kind, token| tokens.push((kind, token)));
        tokens.retain(|&(kind, _)| kind != TokenKind::Whitespace);
        tokens
    }

    #[test]
    fn addresses_hosts_and_names_are_words() {
        use TokenKind::Word;
        for text in ["10.0.0.0/8", "10.0.0.1-10.0.0.9", "*.azmk8s.io", "a-b_c", "2027-03-31", "*", "{x}.y.z", "a.{x}.z"]
        {
            assert_eq!(words(text), [(Word, text)]);
        }
    }

    #[test]
    fn a_word_does_not_end_in_a_hyphen() {
        use TokenKind::{Arrow, Word};
        assert_eq!(words("a->b"), [(Word, "a"), (Arrow, "->"), (Word, "b")]);
    }

    #[test]
    fn braces_that_touch_no_word_are_braces() {
        use TokenKind::{LeftBrace, RightBrace, Slash, Word};
        assert_eq!(words("{tcp}/53"), [(LeftBrace, "{"), (Word, "tcp"), (RightBrace, "}"), (Slash, "/"), (Word, "53")]);
    }

    #[test]
    fn hyphens_in_no_word_are_one_token() {
        use TokenKind::{Arrow, Unknown, Word};
        assert_eq!(words("a-- ---->b"), [(Word, "a"), (Unknown, "--"), (Unknown, "---"), (Arrow, "->"), (Word, "b")]);
    }

    #[test]
    fn a_row_of_params_is_a_word_where_it_touches_one() {
        use TokenKind::{LeftBrace, RightBrace, Word};
        let row = [(LeftBrace, "{"), (Word, "a"), (RightBrace, "}"), (LeftBrace, "{"), (Word, "b"), (RightBrace, "}")];
        assert_eq!(words("{a}{b}"), row);
        assert_eq!(words("{a}{b} {a}{b}.c").get(6..), Some([(Word, "{a}{b}.c")].as_slice()));
    }

    #[test]
    fn a_string_ends_with_its_line() {
        use TokenKind::{String, Word};
        assert_eq!(words("\"a\\\"b\" c"), [(String, "\"a\\\"b\""), (Word, "c")]);
        assert_eq!(words("\"a\nb"), [(String, "\"a"), (Word, "b")]);
        assert_eq!(words("\"a\\\nb"), [(String, "\"a\\"), (Word, "b")]);
    }

    proptest! {
        #[test]
        fn every_byte_belongs_to_one_token(text in "\\PC*|[a-z{}().,:\"\\\\/#\n *-]{0,60}") {
            let mut joined = String::new();
            lex(&text, |_, token| joined.push_str(token));
            prop_assert_eq!(joined, text);
        }
    }
}
