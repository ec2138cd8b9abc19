//! Text to tokens, with nom. Every byte belongs to exactly one token.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::character::complete::{anychar, char, satisfy};
use nom::combinator::{opt, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use super::kind::SyntaxKind;

/// Calls `take` with the kind and the text of each token, in order.
pub fn lex<'t>(text: &'t str, mut take: impl FnMut(SyntaxKind, &'t str)) {
    let mut rest = text;
    while let Ok((after, kind)) = token(rest) {
        let Some(length) = rest.len().checked_sub(after.len()).filter(|&length| length > 0) else { break };
        let (token, _) = rest.split_at(length);
        take(kind, token);
        rest = after;
    }
}

fn token(text: &str) -> IResult<&str, SyntaxKind> {
    alt((
        value(SyntaxKind::Whitespace, take_while1(char::is_whitespace)),
        value(SyntaxKind::Doc, (tag("##"), take_till(is_line_end))),
        value(SyntaxKind::Comment, (char('#'), take_till(is_line_end))),
        value(SyntaxKind::String, string),
        value(SyntaxKind::Arrow, tag("->")),
        value(SyntaxKind::Word, word),
        punctuation,
        value(SyntaxKind::Unknown, anychar),
    ))
    .parse(text)
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

/// A word begins with a word character, or with a `{param}` that touches one.
fn run_start(text: &str) -> IResult<&str, &str> {
    let touching = recognize(pair(many0_count(interpolation), satisfy(is_word)));
    alt((plain_run, touching)).parse(text)
}

fn plain_run(text: &str) -> IResult<&str, &str> {
    take_while1(is_word)(text)
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

fn punctuation(text: &str) -> IResult<&str, SyntaxKind> {
    alt((
        value(SyntaxKind::ColonColon, tag("::")),
        value(SyntaxKind::Colon, char(':')),
        value(SyntaxKind::Comma, char(',')),
        value(SyntaxKind::Equals, char('=')),
        value(SyntaxKind::Slash, char('/')),
        value(SyntaxKind::At, char('@')),
        value(SyntaxKind::LeftBrace, char('{')),
        value(SyntaxKind::RightBrace, char('}')),
        value(SyntaxKind::LeftParen, char('(')),
        value(SyntaxKind::RightParen, char(')')),
        value(SyntaxKind::LeftBracket, char('[')),
        value(SyntaxKind::RightBracket, char(']')),
    ))
    .parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<(SyntaxKind, &str)> {
        let mut tokens = Vec::new();
        lex(text, |kind, token| tokens.push((kind, token)));
        tokens.retain(|&(kind, _)| kind != SyntaxKind::Whitespace);
        tokens
    }

    #[test]
    fn addresses_hosts_and_names_are_words() {
        use SyntaxKind::Word;
        for text in ["10.0.0.0/8", "10.0.0.1-10.0.0.9", "*.azmk8s.io", "a-b_c", "2027-03-31", "*", "{x}.y.z", "a.{x}.z"]
        {
            assert_eq!(words(text), [(Word, text)]);
        }
    }

    #[test]
    fn a_word_does_not_end_in_a_hyphen() {
        use SyntaxKind::{Arrow, Word};
        assert_eq!(words("a->b"), [(Word, "a"), (Arrow, "->"), (Word, "b")]);
    }

    #[test]
    fn braces_that_touch_no_word_are_braces() {
        use SyntaxKind::{LeftBrace, RightBrace, Slash, Word};
        assert_eq!(words("{tcp}/53"), [(LeftBrace, "{"), (Word, "tcp"), (RightBrace, "}"), (Slash, "/"), (Word, "53")]);
    }

    #[test]
    fn a_string_ends_with_its_line() {
        use SyntaxKind::{String, Word};
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
