//! What to write instead, where the text shows what was meant.

use super::super::kind::SyntaxKind;
use super::Parser;
use crate::net::same_word;

/// Words that other firewalls use for what is `allow` and `deny` here.
const ACTIONS: [(&str, &str); 8] = [
    ("accept", "allow"),
    ("block", "deny"),
    ("discard", "deny"),
    ("drop", "deny"),
    ("forward", "dnat"),
    ("pass", "allow"),
    ("permit", "allow"),
    ("reject", "deny"),
];

impl Parser<'_> {
    /// Advice for the text that does not fit, if it is a slip that is often made.
    pub(super) fn hint(&self) -> Option<String> {
        match self.kind() {
            SyntaxKind::Unknown if self.token_text(self.at) == ";" => {
                Some("take it away: nothing marks the end of an item".to_owned())
            }
            SyntaxKind::Word => self.hint_at_word(),
            _ => None,
        }
    }

    fn hint_at_word(&self) -> Option<String> {
        let word = self.word()?;
        if let Some((_, action)) = ACTIONS.iter().find(|(other, _)| same_word(other, word)) {
            return Some(format!("write `{action}`"));
        }
        if word == "to" {
            return Some("first come the services, then `from`, then `to`".to_owned());
        }
        self.hint_at_colon()
    }

    /// `https://host/path`, or `tcp:443`.
    pub(super) fn hint_at_colon(&self) -> Option<String> {
        let word = self.word()?;
        let colon = self.solid_from(self.at + 1);
        let behind = self.solid_from(colon + 1);
        if self.tokens.kind(colon) != SyntaxKind::Colon {
            return None;
        }
        let text = self.token_text(behind);
        if self.tokens.kind(behind) == SyntaxKind::Slash {
            return Some("write the host name alone, or `url(\"host/path\")`".to_owned());
        }
        let is_port = text.starts_with(|first: char| first.is_ascii_digit());
        is_port.then(|| format!("write `{word}/{text}`"))
    }
}
