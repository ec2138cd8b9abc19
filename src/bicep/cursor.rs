//! A cursor over the text: blanks, comments, signs and words.
//!
//! Tokens are read when the parser asks for them, because what a quote or a brace is depends on where it is: a text holds
//! expressions, which hold texts.

use nom::Parser as _;
use nom::bytes::complete::{take_while, take_while1};
use nom::combinator::recognize;
use nom::sequence::pair;

use super::ast::{BicepName, Spanned};
use super::fault::{WrongBicep, quoted};

/// How deep expressions, texts and bodies may nest.
const DEEPEST: usize = 56;

/// How many characters a name may have, as the compiler of Bicep has it (its error BCP024).
const LONGEST_NAME: usize = 255;

/// A place in a text.
pub(super) struct TokenCursor<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

pub(super) type BicepParsed<T> = Result<T, WrongBicep>;

impl<'t> TokenCursor<'t> {
    /// The start of `text`, after a byte order mark.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }, depth: 0 }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The byte that comes next.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Goes back to a place that it was at.
    pub(super) fn back(&mut self, place: usize) {
        self.at = place;
    }

    /// Goes on by `count` bytes.
    pub(super) fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.text.len());
    }

    /// The stretch from `start` to here.
    pub(super) fn since(&self, start: usize) -> Spanned {
        Spanned::of(start..self.at)
    }

    pub(super) fn starts_with(&self, sign: &str) -> bool {
        self.rest().starts_with(sign)
    }

    /// Skips blanks and comments of this line.
    pub(super) fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\u{a0}']);
            self.skip(rest.len() - trimmed.len());
            let count = match trimmed.as_bytes() {
                [b'/', b'/', ..] | [b'#', ..] => trimmed.find(['\n', '\r']).unwrap_or(trimmed.len()),
                [b'/', b'*', ..] => {
                    trimmed.get(2..).and_then(|rest| rest.find("*/")).map_or(trimmed.len(), |at| at + 4)
                }
                _ => return,
            };
            self.skip(count);
        }
    }

    /// Skips blanks, comments and line ends; whether there was a line end.
    pub(super) fn lines(&mut self) -> bool {
        let mut is_new = false;
        loop {
            self.blanks();
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(['\n', '\r']);
            if trimmed.len() == rest.len() {
                return is_new;
            }
            is_new = true;
            self.skip(rest.len() - trimmed.len());
        }
    }

    /// Takes `sign`, where it is next after blanks.
    pub(super) fn takes(&mut self, sign: &str) -> bool {
        self.blanks();
        let is_next = self.starts_with(sign);
        if is_next {
            self.skip(sign.len());
        }
        is_next
    }

    /// Takes `sign`, where it is next after blanks and line ends; else nothing.
    pub(super) fn takes_on_any_line(&mut self, sign: &str) -> bool {
        let start = self.at;
        self.lines();
        let is_next = self.takes(sign);
        if !is_next {
            self.at = start;
        }
        is_next
    }

    /// Takes `sign`, which must be next.
    pub(super) fn expect(&mut self, sign: &str) -> BicepParsed<()> {
        if self.takes(sign) { Ok(()) } else { Err(self.expected(&format!("`{sign}`"))) }
    }

    /// The word that is next after blanks, which stays.
    pub(super) fn peek_word(&mut self) -> Option<&'t str> {
        self.blanks();
        word(self.rest())
    }

    /// Takes `wanted`, where it is the word that is next.
    pub(super) fn takes_word(&mut self, wanted: &str) -> bool {
        let is_next = self.peek_word() == Some(wanted);
        if is_next {
            self.skip(wanted.len());
        }
        is_next
    }

    /// The name that must be next.
    pub(super) fn name(&mut self, what: &str) -> BicepParsed<BicepName> {
        let Some(word) = self.peek_word() else { return Err(self.expected(what)) };
        let start = self.at;
        self.skip(word.len());
        if word.len() > LONGEST_NAME {
            return Err(WrongBicep::new(self.since(start), format!("a name has at most {LONGEST_NAME} characters")));
        }
        Ok(BicepName { text: word.to_owned(), at: self.since(start) })
    }

    /// The error that something else was expected here.
    pub(super) fn expected(&mut self, what: &str) -> WrongBicep {
        self.blanks();
        let start = self.at;
        let rest = self.rest();
        let length = match word(rest) {
            Some(word) => word.len(),
            None => rest.chars().next().map_or(0, char::len_utf8),
        };
        let at = Spanned::of(start..start.saturating_add(length));
        let found = match rest.get(..length).unwrap_or_default() {
            "" => "the end of the file".to_owned(),
            "\n" | "\r" => "the end of the line".to_owned(),
            found => quoted(found),
        };
        WrongBicep::new(at, format!("found {found}, expected {what}"))
    }

    /// What `parse` gives one level deeper.
    pub(super) fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> BicepParsed<T>) -> BicepParsed<T> {
        if self.depth >= DEEPEST {
            return Err(WrongBicep::new(self.since(self.at), format!("it nests deeper than {DEEPEST} levels")));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }
}

/// The word that `text` begins with.
fn word(text: &str) -> Option<&str> {
    let start = take_while1(|c: char| c.is_ascii_alphabetic() || c == '_');
    let more = take_while(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let parsed: nom::IResult<&str, &str> = recognize(pair(start, more)).parse(text);
    parsed.ok().map(|(_, word)| word)
}
