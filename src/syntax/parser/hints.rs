//! What to write instead, where the text shows what was meant.

use super::super::foreign::plain;
use super::super::kind::TokenKind;
use super::Parser;
use crate::diag::{Applicability, Diagnostic, Edit, Fix};
use crate::net::same_word;

/// Words that other firewalls use for what is `allow` and `deny` here.
const ACTIONS: [(&str, &str); 14] = [
    ("accept", "allow"),
    ("accepted", "allow"),
    ("allowed", "allow"),
    ("block", "deny"),
    ("blocked", "deny"),
    ("denied", "deny"),
    ("discard", "deny"),
    ("drop", "deny"),
    ("forward", "dnat"),
    ("pass", "allow"),
    ("permit", "allow"),
    ("permitted", "allow"),
    ("reject", "deny"),
    ("rejected", "deny"),
];

/// In which order the parts of a rule come.
pub(super) const ORDER: &str = "first come the services, then `from`, then `to`";

/// How a set is written that is everything else.
pub(super) const EXCEPT: &str =
    "write what is meant, or what is left out after `except`, as in `10.0.0.0/8 except 10.1.0.0/16`";

/// Advice, with the edit that follows it.
pub(super) struct Hint {
    help: String,
    edit: Option<Edit>,
}

impl Hint {
    fn saying(help: &str) -> Self {
        Self { help: help.to_owned(), edit: None }
    }

    /// The finding with the advice.
    pub(super) fn given(self, found: Diagnostic) -> Diagnostic {
        let found = found.help(self.help.as_str());
        match self.edit {
            Some(edit) => found.fix(Fix::new(self.help, Applicability::Maybe, edit)),
            None => found,
        }
    }
}

impl Parser<'_> {
    /// Advice for the text that does not fit, if it is a slip that is often made.
    pub(super) fn hint(&self) -> Option<Hint> {
        match self.kind() {
            TokenKind::Unknown => self.hint_at_character(),
            TokenKind::Word => self.hint_at_word(),
            _ => None,
        }
    }

    /// A character that a word processor or another keyboard makes of one that the language has.
    fn hint_at_character(&self) -> Option<Hint> {
        let text = self.token_text(self.at);
        if text == ";" {
            return Some(Hint::saying("remove it: nothing marks the end of an item"));
        }
        if text == "!" {
            return Some(Hint::saying(EXCEPT));
        }
        if text == "\\" {
            return Some(self.hint_at_backslash());
        }
        if text == "<" {
            return Some(Hint::saying("write a value in place of `<…>`"));
        }
        if text == "$" {
            return self.hint_at_dollar();
        }
        if text.starts_with("--") {
            let is_mark = text == "---" && self.first_on_line(self.solid_from(self.at + 1));
            let (help, written) = if is_mark { ("remove it", "") } else { ("a comment begins with `#`", "#") };
            return Some(Hint { help: help.to_owned(), edit: Some(Edit::new(self.token_span(self.at), written)) });
        }
        let first = text.chars().next()?;
        if first.is_control() || matches!(first, '\u{fe00}'..='\u{fe0f}') {
            let edit = Edit::new(self.token_span(self.at), "");
            return Some(Hint { help: "remove the character".to_owned(), edit: Some(edit) });
        }
        let plain = plain(first)?;
        Some(Hint { help: format!("write `{plain}`"), edit: Some(Edit::new(self.token_span(self.at), plain)) })
    }

    fn hint_at_word(&self) -> Option<Hint> {
        let word = self.word()?;
        if let Some((_, action)) = ACTIONS.iter().find(|(other, _)| same_word(other, word)) {
            let edit = Edit::new(self.token_span(self.at), *action);
            return Some(Hint { help: format!("write `{action}`"), edit: Some(edit) });
        }
        if word == "to" {
            return Some(Hint::saying(ORDER));
        }
        if self.taken > 0 && self.token_text(self.taken - 1) == "not" {
            return Some(Hint::saying(EXCEPT));
        }
        self.hint_at_colon()
    }

    /// `https://host/path`, or `tcp:443`.
    pub(super) fn hint_at_colon(&self) -> Option<Hint> {
        let word = self.word()?;
        let colon = self.solid_from(self.at + 1);
        let behind = self.solid_from(colon + 1);
        if self.tokens.kind(colon) != TokenKind::Colon {
            return None;
        }
        let text = self.token_text(behind);
        if self.tokens.kind(behind) == TokenKind::Slash {
            return Some(self.hint_at_url(behind));
        }
        let is_port = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
        let extra = self.token_span(colon).to(self.token_span(behind));
        (is_port && word.contains('.')).then(|| Hint {
            help: format!("write `{word}` alone: a port belongs to the service, as in `https/{text}`"),
            edit: Some(Edit::new(extra, "")),
        })
    }

    /// A backslash before a character that means itself here, or before the end of a line.
    fn hint_at_backslash(&self) -> Hint {
        let ends = self.first_on_line(self.solid_from(self.at + 1));
        let help = if ends { "remove it: an item goes on in the next line without a sign" } else { "remove it" };
        Hint { help: help.to_owned(), edit: Some(Edit::new(self.token_span(self.at), "")) }
    }

    /// `$name` or `${name}`, as other languages refer to what is defined.
    fn hint_at_dollar(&self) -> Option<Hint> {
        let is_braced = self.tokens.kind(self.at + 1) == TokenKind::LeftBrace;
        let name = if is_braced { self.at + 2 } else { self.at + 1 };
        let last = if is_braced { self.at + 3 } else { self.at + 1 };
        let is_name = self.tokens.kind(name) == TokenKind::Word;
        let is_whole = is_name && (!is_braced || self.tokens.kind(last) == TokenKind::RightBrace);
        let whole = self.token_span(self.at).to(self.token_span(last));
        let written = self.token_text(name);
        let help = format!("write `{written}`: a name is written as it is defined");
        is_whole.then(|| Hint { help, edit: Some(Edit::new(whole, written)) })
    }

    /// A URL whose slashes begin at token `slash`; without a path, its host is what is meant.
    fn hint_at_url(&self, slash: usize) -> Hint {
        let host = slash + 2;
        let is_alone = self.tokens.kind(slash + 1) == TokenKind::Slash
            && self.tokens.kind(host) == TokenKind::Word
            && !matches!(self.tokens.kind(host + 1), TokenKind::Slash | TokenKind::Colon);
        if !is_alone {
            return Hint::saying("write the host name alone, or `url(\"host/path\")`");
        }
        let (whole, host) = (self.token_span(self.at).to(self.token_span(host)), self.token_text(host));
        Hint { help: format!("write `{host}`, the host name alone"), edit: Some(Edit::new(whole, host)) }
    }
}
