//! Where reading goes on after something that does not fit.

use crate::diag::{Code, Diagnostic};

use super::super::connective::Connective;
use super::super::keyword::{Context, Keyword, KeywordForm, SettingPart, keyword, spelt};
use super::super::kind::{NodeKind, TokenKind};
use super::Parser;

impl Parser<'_> {
    /// Puts everything up to the next item, or to the end of the block, into an error node. The item given up began at
    /// token `first`.
    pub(super) fn skip_to_next_item(&mut self, first: usize) {
        let opened = self.builder.open(NodeKind::Error, self.at);
        self.leave_brackets(first);
        let (mut braces, mut parens) = (0usize, 0usize);
        while !self.at(TokenKind::End) {
            let closes = braces == 0 && self.at(TokenKind::RightBrace);
            let in_block = braces > 0 && !self.brace_missing;
            let next = self.at > self.item_start && self.first_on_line(self.at);
            if closes || next && !in_block && self.may_start_item(braces + parens) {
                break;
            }
            match self.kind() {
                TokenKind::LeftBrace => braces += 1,
                TokenKind::RightBrace => braces = braces.saturating_sub(1),
                TokenKind::LeftParen => parens += 1,
                TokenKind::RightParen => parens = parens.saturating_sub(1),
                _ => {}
            }
            self.bump();
        }
        self.builder.close(opened, self.taken);
    }

    /// Goes on after the brackets that the item, begun at token `first`, has open.
    fn leave_brackets(&mut self, first: usize) {
        let Some(closing) = self.closing_bracket(first) else { return };
        while self.at <= closing {
            self.bump();
        }
    }

    /// The bracket that closes the outermost of those that the item, begun at token `first`, has open; none where they
    /// are not closed, so that the brackets of the block around are not taken for theirs.
    ///
    /// Where a brace of the file is missing, a `{` inside an item is closed on its line or not at all.
    fn closing_bracket(&self, first: usize) -> Option<usize> {
        const FAR: usize = 500;
        let mut open = Vec::new();
        let last = self.at.checked_add(FAR)?;
        for index in first..last {
            if index >= self.at && open.is_empty() {
                return None;
            }
            let kind = self.tokens.kind(index);
            match kind {
                TokenKind::LeftParen | TokenKind::LeftBrace => open.push(kind),
                TokenKind::RightParen if open.pop() != Some(TokenKind::LeftParen) => return None,
                TokenKind::RightBrace if open.pop() != Some(TokenKind::LeftBrace) => return None,
                TokenKind::Whitespace
                    if index >= self.at
                        && self.brace_missing
                        && open.contains(&TokenKind::LeftBrace)
                        && self.token_text(index).contains('\n') =>
                {
                    return None;
                }
                TokenKind::End => return None,
                _ => {}
            }
            if index >= self.at && open.is_empty() {
                return Some(index);
            }
        }
        None
    }

    /// Puts the rest of a header into an error node and returns whether a block follows it on the same line.
    pub(super) fn skip_to_block(&mut self) -> bool {
        let opened = self.builder.open(NodeKind::Error, self.at);
        self.leave_brackets(self.item_start);
        while !matches!(self.kind(), TokenKind::End | TokenKind::LeftBrace | TokenKind::RightBrace)
            && !self.first_on_line(self.at)
        {
            self.bump();
        }
        self.builder.close(opened, self.taken);
        self.at(TokenKind::LeftBrace)
    }

    /// Whether an item of this block, or of one around it, may begin at the next token.
    ///
    /// Inside brackets that were opened on the way only what certainly begins an item counts, so that a list that is
    /// spread over lines is skipped whole. Where every brace of the file is closed, so is a block.
    fn may_start_item(&self, open_brackets: usize) -> bool {
        let certain = open_brackets == 0;
        match self.kind() {
            TokenKind::At | TokenKind::Doc => certain,
            TokenKind::Unknown if self.at_dash() => certain && self.begins_item_at(self.solid_from(self.at + 1)),
            TokenKind::String => certain && self.next_kind() == TokenKind::Colon,
            TokenKind::Word if self.next_kind() == TokenKind::Colon => certain,
            TokenKind::Word => {
                self.word().is_some_and(|word| self.is_keyword(word) && (certain || self.keyword_begins_item()))
            }
            _ => false,
        }
    }

    /// Whether the next word, in a place where a term is expected, rather begins the next item.
    ///
    /// A name may be spelt like a keyword. But after a term there never is a plain word that is neither a keyword nor a
    /// connective nor a label, so that one shows that the item before ended early. A label is only where rules do.
    pub(super) fn keyword_begins_item(&self) -> bool {
        let Some(word) = self.word() else { return false };
        if !self.is_keyword(word) {
            return false;
        }
        let next = self.solid_from(self.at + 1);
        let after = self.solid_from(next + 1);
        if !self.can_follow(word, next) {
            return false;
        }
        let labels = self.tokens.kind(after) == TokenKind::Colon && self.place().has_rules();
        match self.tokens.kind(next) {
            TokenKind::Word => {
                let text = self.token_text(next);
                let is_item = self.is_keyword(text) && self.can_follow(text, after);
                !(is_item || labels || Connective::of(text).is_some_and(Connective::follows_terms))
            }
            TokenKind::String => !labels,
            TokenKind::LeftBrace => matches!(word, "allow" | "deny" | "dnat") && self.is_list_in_braces(after),
            _ => false,
        }
    }

    /// Whether what a `{` encloses, from token `index` on, is a list of words, as in `{tcp,udp}/53`, and no block.
    fn is_list_in_braces(&self, index: usize) -> bool {
        let behind = self.tokens.kind(self.solid_from(index + 1));
        self.tokens.kind(index) == TokenKind::Word && matches!(behind, TokenKind::Comma | TokenKind::RightBrace)
    }

    /// Whether what `keyword` begins may go on with token `index`.
    fn can_follow(&self, keyword: &str, index: usize) -> bool {
        let kind = self.tokens.kind(index);
        match keyword {
            "import" | "test" | "azure" => kind == TokenKind::String,
            "expect" => matches!(self.token_text(index), "allow" | "deny" | "private"),
            "allow" | "deny" | "dnat" => matches!(kind, TokenKind::Word | TokenKind::LeftBrace),
            "ip-group" => matches!(kind, TokenKind::Word | TokenKind::String),
            "let" | "param" | "use" | "bundle" | "apply" | "when" => kind == TokenKind::Word,
            _ => true,
        }
    }

    /// Whether the next word, in a place where a term is expected, rather begins a setting that is all block: `dns {`.
    pub(super) fn keyword_begins_block(&self) -> bool {
        let is_block = |word| {
            spelt(word).filter(|found| self.stands(found)).any(|found| {
                matches!(found.form, KeywordForm::Setting([SettingPart::Block(_) | SettingPart::OptionalValue, ..]))
            })
        };
        self.next_kind() == TokenKind::LeftBrace && self.word().is_some_and(is_block)
    }

    /// Whether the word begins an item of one of the blocks around.
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        spelt(word).any(|found| self.stands(found))
    }

    /// Whether the keyword begins an item of one of the blocks around.
    fn stands(&self, keyword: &Keyword) -> bool {
        keyword.places.iter().any(|place| self.places.contains(place))
    }

    /// Whether the next word begins an item of a block around this one, which shows that this one was not closed.
    pub(super) fn at_item_of_outer_block(&self) -> bool {
        let Some(word) = self.word() else { return false };
        let Some((&here, outer)) = self.places.split_last() else { return false };
        self.brace_missing
            && self.first_on_line(self.at)
            && self.next_kind() != TokenKind::Colon
            && keyword(here, word).is_none()
            && spelt(word).any(|found| found.places.iter().any(|place| outer.contains(place)))
            && !(here == Context::Tags && self.next_kind() == TokenKind::Equals)
    }

    /// A closing brace without an opening one.
    pub(super) fn stray_brace(&mut self) {
        let span = self.token_span(self.at);
        self.report(Diagnostic::new(Code::FW0104, span, "a `}` that closes nothing").help("remove it"));
        let opened = self.builder.open(NodeKind::Error, self.at);
        self.bump();
        self.builder.close(opened, self.taken);
    }
}
