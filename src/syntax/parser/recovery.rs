//! Where reading goes on after something that does not fit.

use crate::diag::{Code, Diagnostic};

use super::super::keyword::{Place, keyword};
use super::super::kind::SyntaxKind;
use super::Parser;

impl Parser<'_> {
    /// Puts everything up to the next item, or to the end of the block, into an error node.
    pub(super) fn skip_to_next_item(&mut self) {
        let opened = self.builder.open(SyntaxKind::Error, self.at);
        let mut open_brackets = 0usize;
        while !self.at(SyntaxKind::End) {
            let closes = open_brackets == 0 && self.at(SyntaxKind::RightBrace);
            let next = self.at > self.item_start;
            if closes || next && self.first_on_line(self.at) && self.may_start_item(open_brackets) {
                break;
            }
            match self.kind() {
                SyntaxKind::LeftBrace | SyntaxKind::LeftParen => open_brackets += 1,
                SyntaxKind::RightBrace | SyntaxKind::RightParen => open_brackets = open_brackets.saturating_sub(1),
                _ => {}
            }
            self.bump();
        }
        self.builder.close(opened, self.taken);
    }

    /// Puts the rest of a header into an error node and says whether a block follows it on the same line.
    pub(super) fn skip_to_block(&mut self) -> bool {
        let opened = self.builder.open(SyntaxKind::Error, self.at);
        while !matches!(self.kind(), SyntaxKind::End | SyntaxKind::LeftBrace | SyntaxKind::RightBrace)
            && !self.first_on_line(self.at)
        {
            self.bump();
        }
        self.builder.close(opened, self.taken);
        self.at(SyntaxKind::LeftBrace)
    }

    /// Whether an item of this block, or of one around it, may begin at the next token.
    ///
    /// Inside brackets that were opened on the way only what certainly begins an item counts, so that a list that is
    /// spread over lines is skipped whole.
    fn may_start_item(&self, open_brackets: usize) -> bool {
        let certain = open_brackets == 0;
        match self.kind() {
            SyntaxKind::At | SyntaxKind::Doc => certain,
            SyntaxKind::String => certain && self.next_kind() == SyntaxKind::Colon,
            SyntaxKind::Word if self.next_kind() == SyntaxKind::Colon => certain,
            SyntaxKind::Word => self.word().is_some_and(|word| {
                self.places.iter().any(|&place| keyword(place, word).is_some())
                    && (certain || self.keyword_begins_item())
            }),
            _ => false,
        }
    }

    /// Whether the next word, in a place where a term is expected, rather begins the next item.
    ///
    /// A name may be spelt like a keyword. But behind a term there never is a plain word that is neither a keyword nor a
    /// connective nor a label, so that one shows that the item before ended early.
    pub(super) fn keyword_begins_item(&self) -> bool {
        let Some(word) = self.word() else { return false };
        let known = |word: &str| self.places.iter().any(|&place| keyword(place, word).is_some());
        if !known(word) {
            return false;
        }
        let next = self.solid_from(self.at + 1);
        let after = self.tokens.kind(self.solid_from(next + 1));
        match self.tokens.kind(next) {
            SyntaxKind::Word => {
                let text = self.token_text(next);
                !known(text) && !CONNECTIVES.contains(&text) && after != SyntaxKind::Colon
            }
            SyntaxKind::String => after != SyntaxKind::Colon,
            _ => false,
        }
    }

    /// Whether the next word begins an item of a block around this one, which shows that this one was not closed.
    pub(super) fn at_item_of_outer_block(&self) -> bool {
        let Some(word) = self.word() else { return false };
        let Some((&here, outer)) = self.places.split_last() else { return false };
        self.brace_missing
            && self.first_on_line(self.at)
            && self.next_kind() != SyntaxKind::Colon
            && keyword(here, word).is_none()
            && outer.iter().any(|&place| keyword(place, word).is_some())
            && !(here == Place::Tags && self.next_kind() == SyntaxKind::Equals)
    }

    /// A closing brace without an opening one.
    pub(super) fn stray_brace(&mut self) {
        let span = self.token_span(self.at);
        self.report(Diagnostic::new(Code::FW0104, span, "a `}` that closes nothing").help("take it away"));
        let opened = self.builder.open(SyntaxKind::Error, self.at);
        self.bump();
        self.builder.close(opened, self.taken);
    }
}

/// Words that join the parts of an item and so may follow a term.
const CONNECTIVES: [&str; 12] =
    ["from", "to", "except", "inspect", "with", "outside", "for", "via", "priority", "inherits", "port", "file"];
