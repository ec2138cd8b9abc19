//! Sets: lists of terms.

use crate::diag::{Applicability, Code, Diagnostic};

use super::super::connective::Connective;
use super::super::kind::{NodeKind, TokenKind};
use super::hints::EXCEPT;
use super::{Parser, ParserRead, shorten};

impl Parser<'_> {
    /// `list = term { "," term }`
    pub(super) fn list(&mut self, what: &str) -> ParserRead {
        self.node(NodeKind::List, |p| {
            p.opening_dash();
            if p.at_bracketed() {
                p.bracketed(what)?
            } else {
                p.term(what)?
            }
            loop {
                if p.range_or_rest()? || p.further_ports() {
                    continue;
                }
                if p.other_separator() {
                    p.term(what)?;
                    continue;
                }
                if !p.at(TokenKind::Comma) {
                    return Ok(());
                }
                let comma = p.token_span(p.at);
                p.bump();
                if p.at_entry_name() {
                    return Ok(());
                }
                if p.at_end_of_list() {
                    let message = "a trailing comma";
                    let help = "remove the comma, or add an entry";
                    let found = Diagnostic::new(Code::FW0105, comma, message);
                    p.report(found.replaced(Applicability::Safe, comma, "", help));
                    return Ok(());
                }
                p.term(what)?;
            }
        })
    }

    /// `list`, and then the end of the text
    pub(super) fn whole_set(&mut self, what: &str) {
        let opened = self.builder.open(NodeKind::File, 0);
        let read = self.list(what);
        if read.is_ok() && !self.at(TokenKind::End) {
            let message = format!("expected the end of the value, found `{}`", shorten(self.token_text(self.at)));
            let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), message);
            self.report(found.help("a value is one set: commas separate its entries"));
        }
        if !self.diagnostics.is_empty() {
            let broken = self.builder.open(NodeKind::Error, self.at);
            self.builder.close(broken, self.tokens.len());
        }
        self.builder.close(opened, self.tokens.len());
    }

    /// Whether the comma just taken separates arguments or parameters: `name:` follows, and no rule may be here.
    fn at_entry_name(&self) -> bool {
        let has_sign = self.at(TokenKind::Word) && self.next_kind() == TokenKind::Equals;
        self.entries && (self.at(TokenKind::RightParen) || self.at_label() || has_sign)
    }

    fn at_label(&self) -> bool {
        matches!(self.kind(), TokenKind::Word | TokenKind::String) && self.next_kind() == TokenKind::Colon
    }

    /// Whether a word that joins the parts of an item comes next, and not a label that is spelt like it.
    pub(super) fn at_connective(&self, word: Connective) -> bool {
        self.at_word(word.word()) && !self.at_label()
    }

    /// Whether the next item certainly begins here: a name was expected, but an item or a label of a rule came.
    pub(super) fn at_next_item(&self) -> bool {
        self.keyword_begins_item() || self.at_label() && !self.entries && self.place().has_rules()
    }

    /// Whether no term can begin here.
    fn at_end_of_list(&self) -> bool {
        let begins_term = matches!(self.kind(), TokenKind::Word | TokenKind::String | TokenKind::LeftBrace);
        !begins_term && !self.at(TokenKind::Unknown)
            || self.at_label()
            || self.at_next_clause()
            || self.keyword_begins_item()
    }

    /// `term = primary [ "except" ( primary | "(" list ")" ) ]`
    pub(super) fn term(&mut self, what: &str) -> ParserRead {
        self.refuse_ipv6()?;
        self.entry_kind();
        if !self.at_port_with_colon() {
            self.check_term(what)?;
        }
        if self.at_negation() {
            let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), "`not` before a set");
            return self.lost(found.help(EXCEPT));
        }
        self.node(NodeKind::Term, |p| {
            p.primary(what)?;
            p.user_before_host();
            if p.at_connective(Connective::Except) { p.node(NodeKind::Except, Self::except) } else { Ok(()) }
        })
    }

    /// A term that another follows with no word between, so that `except` after it is a name.
    pub(super) fn plain_term(&mut self, what: &str) -> ParserRead {
        self.check_term(what)?;
        self.node(NodeKind::Term, |p| p.primary(what))
    }

    /// Reports a term that is missing, rather than take the next item for it.
    fn check_term(&mut self, what: &str) -> ParserRead {
        let begins_item = self.keyword_begins_item() || self.keyword_begins_block();
        if begins_item || self.at_label() && !self.entries { self.missing(what) } else { Ok(()) }
    }

    fn except(&mut self) -> ParserRead {
        self.bump();
        if !self.eat(TokenKind::LeftParen) {
            self.check_term("addresses")?;
            return self.primary("addresses");
        }
        let entries = std::mem::replace(&mut self.entries, false);
        let read = self.deeper(|p| p.list("addresses"));
        self.entries = entries;
        read?;
        self.expect(TokenKind::RightParen, "`,` or `)`")
    }

    /// Reports that the item ends where `what` was expected.
    pub(super) fn missing(&mut self, what: &str) -> ParserRead {
        if let Some(hint) = self.hint_at_colon() {
            let message = format!("expected {what}, found `{}:`", self.token_text(self.at));
            let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), message);
            return self.lost(hint.given(found));
        }
        let last = self.token_span(self.taken.saturating_sub(1));
        let at = crate::source::SourceSpan::new(self.file, last.end, last.end);
        self.lost(Diagnostic::new(Code::FW0101, at, format!("expected {what}, found the next item")))
    }

    /// `primary = atom | path | call | string | service`
    pub(super) fn primary(&mut self, what: &str) -> ParserRead {
        match self.kind() {
            TokenKind::Word if self.at_port_with_colon() => self.port_with_colon(),
            TokenKind::Word if self.at_typographic_word() => self.typographic_word(),
            TokenKind::Word if self.at_spaced_port() => self.spaced_port(),
            TokenKind::Word if self.at_port_first() => self.port_first(),
            TokenKind::Word if self.at_path() => self.path_of_host(),
            TokenKind::Word if self.at_mask() => self.masked(),
            TokenKind::Word if self.next_kind() == TokenKind::Slash => self.service(),
            TokenKind::LeftBrace => self.service(),
            TokenKind::Word if self.next_kind() == TokenKind::ColonColon => self.path(what),
            TokenKind::Word if self.next_kind() == TokenKind::LeftParen => self.call(),
            TokenKind::Word => self.atom(what),
            TokenKind::String => self.expect_string(what),
            _ => self.unexpected(what),
        }
    }

    pub(super) fn atom(&mut self, what: &str) -> ParserRead {
        if !self.at(TokenKind::Word) {
            return self.unexpected(what);
        }
        self.node(NodeKind::Atom, |p| {
            p.bump();
            Ok(())
        })
    }

    pub(super) fn atom_or_text(&mut self, what: &str) -> ParserRead {
        if self.at(TokenKind::String) { self.expect_string(what) } else { self.atom(what) }
    }

    /// `path = name "::" name`, or a bare name
    pub(super) fn path(&mut self, what: &str) -> ParserRead {
        self.node(NodeKind::Path, |p| {
            p.expect_name(what)?;
            match p.eat(TokenKind::ColonColon) {
                true if p.keyword_begins_item() => p.missing("a name of the module or firewall"),
                true => p.name("a name of the module or firewall"),
                false => Ok(()),
            }
        })
    }

    /// `call = name "(" ( string | word ) [ "in" string ] [ "named" string ] ")"`, the words for `pods` only
    fn call(&mut self) -> ParserRead {
        self.node(NodeKind::Call, |p| {
            let selects = p.at_word("pods");
            p.expect_name("a name")?;
            p.expect(TokenKind::LeftParen, "`(`")?;
            p.atom_or_text("a word or a string")?;
            if selects && p.eat_word(Connective::In.word()) {
                p.expect_string("the labels of the namespaces, in quotes")?;
            }
            if selects && p.eat_word(Connective::Named.word()) {
                p.expect_string("a name, in quotes")?;
            }
            p.expect(TokenKind::RightParen, "`)`")
        })
    }

    /// `service = ( word | braces ) "/" ( word | braces )`
    fn service(&mut self) -> ParserRead {
        self.node(NodeKind::Service, |p| {
            p.atom_or_braces("a protocol")?;
            p.expect(TokenKind::Slash, "`/` and a port")?;
            match p.kind() {
                TokenKind::LeftBrace => p.braces("a port"),
                TokenKind::LeftBracket | TokenKind::LeftParen => p.bracketed_ports(),
                _ if p.at_colon_range() => p.colon_range(),
                _ => p.port("a port, a range or `{80,443}`"),
            }
        })
    }

    pub(super) fn port(&mut self, what: &str) -> ParserRead {
        let ends = self.at_next_item() || self.keyword_begins_block();
        if ends { self.missing(what) } else { self.atom(what) }
    }

    fn atom_or_braces(&mut self, what: &str) -> ParserRead {
        if self.at(TokenKind::LeftBrace) { self.braces(what) } else { self.atom(what) }
    }

    /// `braces = "{" word { "," word } "}"`
    fn braces(&mut self, what: &str) -> ParserRead {
        self.node(NodeKind::Braces, |p| {
            p.bump();
            p.atom(what)?;
            while p.eat(TokenKind::Comma) {
                p.atom(what)?;
            }
            p.expect(TokenKind::RightBrace, "`,` or `}`")
        })
    }
}
