//! Words that begin no item: what was meant, or where they are.

use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix, nearest, or_list, or_phrases};
use crate::net::same_word;
use crate::source::SourceSpan;

use super::super::connective::Connective;
use super::super::keyword::{Context, Keyword, KeywordForm, keyword, keywords, spelt};
use super::super::kind::{NodeKind, TokenKind};
use super::items::{Production, production};
use super::{Lost, MAX_FINDINGS, Parser, shorten};

impl<'t> Parser<'t> {
    pub(super) fn unexpected_behind_label(&mut self) -> Result<Production<'t>, Lost> {
        const RULES: [&str; 3] = ["allow", "deny", "dnat"];
        let Some(near) = self.word().and_then(|word| nearest(word, RULES)) else {
            return self.unexpected("`allow`, `deny` or `dnat` after the label");
        };
        let message = format!("expected {} after the label", or_list(RULES));
        let found = Diagnostic::new(Code::FW0109, self.token_span(self.at), message);
        self.misspelt(found, near)
    }

    pub(super) fn unknown_item(&mut self) -> Result<Production<'t>, Lost> {
        if self.diagnostics.len() >= MAX_FINDINGS {
            return Err(Lost);
        }
        if let Some(read) = self.foreign_item() {
            return read;
        }
        let place = self.place();
        let words: Vec<&str> = keywords().iter().filter(|k| k.places.contains(&place)).map(|k| k.word).collect();
        let Some(word) = self.word() else {
            return self.unexpected(&format!("an item of {}", place.name()));
        };
        let span = self.token_span(self.at);
        let near = nearest(word, words.iter().copied());
        let elsewhere = spelt(word).next();
        let word = shorten(word);
        let found = match (elsewhere, near) {
            (Some(keyword), _) => {
                let places = or_phrases(keyword.places.iter().map(|place| place.name()));
                if place == Context::Test && matches!(word.as_str(), "allow" | "deny") {
                    let found = Diagnostic::new(Code::FW0109, span, format!("`{word}` is not allowed in a test"));
                    return self.lost(found.asked(&format!("expect {word}"), format!("write `expect {word}`")));
                }
                Diagnostic::new(Code::FW0109, span, format!("`{word}` is not allowed in {}", place.name()))
                    .help(format!("it belongs in {places}"))
            }
            (None, Some(near)) => {
                return self.misspelt(Diagnostic::new(Code::FW0109, span, self.no_item(&word)), near);
            }
            (None, None) if self.next_kind() == TokenKind::Colon => {
                Diagnostic::new(Code::FW0109, span, format!("`{word}:` is a label, and {} has no rules", place.name()))
                    .help("rules, which have labels, belong in groups, collections and bundles")
            }
            (None, None) if self.at_unlabelled_rule() => Diagnostic::new(Code::FW0109, span, self.no_item(&word))
                .asked(&format!("{word}:"), format!("if it labels the rule, write `{word}:`")),
            (None, None) if !self.first_on_line(self.at) && self.taken > 0 => {
                let last = self.token_span(self.taken - 1);
                let comma = Edit::new(SourceSpan::new(last.file, last.end, last.end), ",");
                let found =
                    Diagnostic::new(Code::FW0109, span, format!("expected `,` or the next item, found `{word}`"));
                // Another entry of the list before is a literal, or a name of something.
                match word.contains('.') || self.is_defined(&word) {
                    true => found.fix(Fix::new("write `,` between the entries of a list", Applicability::Maybe, comma)),
                    false => self.advise(found),
                }
            }
            (None, None) => {
                let begins = || format!("an item of {} begins with {}", place.name(), or_list(words));
                let found = Diagnostic::new(Code::FW0109, span, self.no_item(&word));
                if self.hint().is_some() { self.advise(found) } else { found.help(begins()) }
            }
        };
        self.lost(found)
    }

    /// Reports a word that is near `keyword` and reads the item as if it were that.
    fn misspelt(&mut self, found: Diagnostic, near: &str) -> Result<Production<'t>, Lost> {
        let applicability = match self.word() {
            Some(word) if same_word(word, near) => Applicability::Safe,
            Some(_) | None => Applicability::Maybe,
        };
        let read = self.misspelt_as(applicability, found.help(format!("did you mean `{near}`?")), near);
        let is_connective = self.word().is_some_and(|word| Connective::of(word).is_some_and(Connective::follows_terms));
        // It may be spelt right, and be where it does not belong.
        if is_connective { Err(Lost) } else { read }
    }

    /// Reports a word that means `keyword`, as sure as `applicability` has it, and reads the item as if it were that.
    pub(super) fn misspelt_as(
        &mut self,
        applicability: Applicability,
        found: Diagnostic,
        near: &str,
    ) -> Result<Production<'t>, Lost> {
        let edit = Edit::new(self.token_span(self.at), near);
        self.mend_as(applicability, found, vec![edit]);
        let opened = self.builder.open(NodeKind::Error, self.at);
        self.builder.close(opened, self.taken);
        match keyword(self.place(), near) {
            Some(Keyword { form: KeywordForm::Item(kind), .. }) => Ok((kind.node(), production(*kind))),
            Some(Keyword { form: KeywordForm::Setting(_), word, .. }) => {
                (self.read_as, self.broken) = (Some(*word), true);
                Ok((NodeKind::Setting, Self::setting))
            }
            None => Err(Lost),
        }
    }

    /// What is wrong with a word that is not a keyword of an item.
    pub(super) fn no_item(&self, word: &str) -> String {
        format!("expected an item of {}, found `{}`", self.place().name(), shorten(word))
    }

    /// Whether the keyword of a rule follows the next word.
    fn at_unlabelled_rule(&self) -> bool {
        let behind = self.token_text(self.solid_from(self.at + 1));
        self.place().has_rules() && matches!(behind, "allow" | "deny" | "dnat")
    }
}
