//! What a text has from elsewhere that is found token by token: comments of other languages, invisible
//! characters.

use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix};
use crate::source::{SourceSpan, is_invisible};

use super::super::connective::Connective;
use super::super::foreign::{as_comment, called, turns_direction};
use super::super::keyword::spelt;
use super::super::kind::TokenKind;
use super::Parser;

impl Parser<'_> {
    /// Reports what no production meets, before anything is read.
    pub(super) fn scan(&mut self) {
        let mut index = 0;
        while index < self.tokens.len() {
            if self.is_other_comment(index) {
                index = self.other_comments(index);
                continue;
            }
            if !self.token_text(index).is_ascii() {
                self.characters(index);
            }
            index += 1;
        }
    }

    fn is_other_comment(&self, index: usize) -> bool {
        self.tokens.kind(index) == TokenKind::Comment && !self.token_text(index).starts_with('#')
    }

    /// Reports a comment and those that follow it at once; returns the token after them.
    fn other_comments(&mut self, first: usize) -> usize {
        let (mut edits, mut next) = (Vec::new(), first);
        let mut behind = first;
        while self.is_other_comment(next) || self.tokens.kind(next) == TokenKind::Whitespace {
            if self.is_other_comment(next) {
                edits.push(Edit::new(self.token_span(next), self.comment_here(next)));
                behind = next + 1;
            }
            next += 1;
        }
        let sign = self.token_text(first).get(..2).unwrap_or("");
        let found =
            Diagnostic::new(Code::FW0101, self.token_span(first), format!("`{sign}` is not the sign of a comment"));
        let help = "a comment begins with `#`";
        self.report(found.help(help).fix(Fix { message: help.to_owned(), applicability: Applicability::Safe, edits }));
        behind
    }

    /// The comment as one of the language, which ends with its line.
    fn comment_here(&self, index: usize) -> String {
        let span = self.token_span(index);
        let before = self.text.get(..span.range().start).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("");
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let comment = as_comment(self.token_text(index), &indent);
        let rest = self.text.get(span.range().end..).unwrap_or("");
        let is_last = rest.lines().next().unwrap_or("").trim().is_empty();
        if is_last || comment.is_empty() { comment } else { format!("{comment}\n{indent}") }
    }

    /// Reports the invisible characters of a token. In comments and strings those may be that only join letters.
    fn characters(&mut self, index: usize) {
        let kind = self.tokens.kind(index);
        let is_text = matches!(kind, TokenKind::Comment | TokenKind::Doc | TokenKind::String);
        let span = self.token_span(index);
        let wrong = |&(at, c): &(usize, char)| {
            let is_mark = c == '\u{feff}' && span.start == 0 && at == 0;
            turns_direction(c) || !is_text && is_invisible(c) && !is_mark
        };
        let found: Vec<(usize, char)> = self.token_text(index).char_indices().filter(wrong).collect();
        let Some(&(_, first)) = found.first() else { return };
        self.invisible |= !is_text;
        let instead = if !is_text && joins_words(self.token_text(index)) { " " } else { "" };
        let edits: Vec<Edit> = found.iter().map(|&(at, c)| Edit::new(self.part(span, at, c), instead)).collect();
        let at = edits.first().map_or(span, |edit| edit.at);
        let (code, message) = if turns_direction(first) {
            (Code::FW0112, format!("{} changes the order in which the text is shown", called(first)))
        } else {
            (Code::FW0103, format!("{} is invisible, and has no meaning here", called(first)))
        };
        let applicability = if kind == TokenKind::String { Applicability::Maybe } else { Applicability::Safe };
        let help = match (instead, edits.len()) {
            ("", 1) => "remove the character",
            ("", _) => "remove the characters",
            _ => "write a blank between the words",
        };
        self.report(Diagnostic::new(code, at, message).help(help).fix(Fix {
            message: help.to_owned(),
            applicability,
            edits,
        }));
    }

    /// The place of a character of a token.
    fn part(&self, token: SourceSpan, at: usize, c: char) -> SourceSpan {
        let start = token.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        SourceSpan::new(self.file, start, start.saturating_add(u32::try_from(c.len_utf8()).unwrap_or(0)))
    }
}

/// Whether invisible characters join words in a token, one of which is a word of the language.
fn joins_words(token: &str) -> bool {
    let mut parts = token.split(is_invisible).filter(|part| !part.is_empty());
    let is_known = |part: &str| Connective::of(part).is_some() || spelt(part).next().is_some();
    parts.clone().nth(1).is_some() && parts.any(is_known)
}
