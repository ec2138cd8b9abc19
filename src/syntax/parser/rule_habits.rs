//! Habits of other languages inside rules: capitals and arrows, another order, ports and masks in another spelling, words for
//! what is left out.

use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix};
use crate::net::same_word;
use crate::source::SourceSpan;

use super::super::connective::Connective;
use super::super::foreign::plain;
use super::super::kind::{NodeKind, TokenKind};
use super::super::lexer::is_dotted_quad;
use super::hints::ORDER;
use super::{Parser, ParserRead, shorten, unknown};

/// The protocols of services, with and without a host name.
const PROTOCOLS: [&str; 5] = ["tcp", "udp", "http", "https", "mssql"];

/// Words for every service.
const EVERYTHING: [&str; 4] = ["all", "any", "everything", "ip"];

/// Words of other languages for `except`.
const EXCEPT: [&str; 6] = ["but", "exclude", "excluding", "minus", "unless", "without"];

impl Parser<'_> {
    /// Services, sources and destinations.
    pub(super) fn ends(&mut self, services: &str) -> ParserRead {
        if self.at_connective(Connective::From) && self.is_followed_by_term() {
            let message = format!("expected {services}, found `from`");
            let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), message);
            return self.lost(found.help(ORDER));
        }
        self.node(NodeKind::Services, |p| p.list(services))?;
        if self.at_connective(Connective::To) && self.comes_on_line(Connective::From) {
            return self.swapped_ends();
        }
        self.node(NodeKind::From, |p| {
            p.connective(Connective::From)?;
            p.list("addresses")
        })?;
        self.node(NodeKind::To, |p| {
            p.connective(Connective::To)?;
            p.list("addresses or host names")
        })
    }

    /// A connective, also one in capitals, with a `:` after it, or drawn as an arrow.
    fn connective(&mut self, word: Connective) -> ParserRead {
        let written = word.word();
        if !self.eat_word(written) {
            let text = self.token_text(self.at);
            let is_arrow = word == Connective::To && self.at(TokenKind::Arrow) && !self.is_dnat();
            if !is_arrow && !self.word().is_some_and(|found| same_word(found, written)) {
                return self.missing_connective(word);
            }
            let span = self.token_span(self.at);
            let found = Diagnostic::new(Code::FW0101, span, format!("expected `{written}`, found `{text}`"));
            let edit = Edit::new(span, self.apart(self.at, written));
            self.mend(found.help(format!("write `{written}`")), vec![edit]);
            self.bump();
        }
        self.stray_sign(written);
        Ok(())
    }

    /// Reports that `from` or `to` is missing, with what goes there.
    fn missing_connective(&mut self, word: Connective) -> ParserRead {
        let written = word.word();
        let last = self.token_text(self.taken.saturating_sub(1));
        let ends = self.at(TokenKind::End) || self.at(TokenKind::RightBrace) || self.first_on_line(self.at);
        let is_all = ends && EVERYTHING.iter().any(|known| same_word(known, last));
        if is_all && word == Connective::From && self.comes_before("deny") {
            let found = self.surprise("`from`");
            return self.lost(found.help("leave the rule out: the implicit deny covers it"));
        }
        if word == Connective::From && self.at_connective(Connective::To) {
            let found = Diagnostic::new(Code::FW0101, self.fault(), "expected `from`, found `to`");
            return self.lost(found.help("write `from` and the sources before `to`"));
        }
        let is_entry = matches!(self.kind(), TokenKind::Word | TokenKind::String) && !self.first_on_line(self.at);
        if word == Connective::To && is_entry && !self.at_next_item() && self.hint().is_none() {
            let point = SourceSpan::new(self.file, self.token_span(self.at).start, self.token_span(self.at).start);
            let found = self.surprise("`to`").help("write `to` before the destinations");
            let fix = Fix::new("write `to` before the destinations", Applicability::Maybe, Edit::new(point, "to "));
            return self.lost(found.fix(fix));
        }
        self.expect_word(written)
    }

    /// Whether the word is among those of the item that have been read.
    fn comes_before(&self, word: &str) -> bool {
        (self.item_start..self.at).any(|index| self.token_text(index) == word)
    }

    /// A word in place of token `index`, with blanks where the token has none beside it.
    fn apart(&self, index: usize, word: &str) -> String {
        let touches = |other: Option<usize>| other.is_some_and(|other| !self.tokens.kind(other).is_trivia());
        let blank = |touches: bool| if touches { " " } else { "" };
        let (before, after) = (touches(index.checked_sub(1)), touches(Some(index + 1)));
        format!("{}{word}{}", blank(before), blank(after))
    }

    /// Whether the item being read translates addresses.
    fn is_dnat(&self) -> bool {
        (self.item_start..self.at).any(|index| self.token_text(index) == "dnat")
    }

    /// Whether what comes after the next token begins a term.
    fn is_followed_by_term(&self) -> bool {
        let next = self.solid_from(self.at + 1);
        let text = self.token_text(next);
        matches!(self.tokens.kind(next), TokenKind::Word | TokenKind::String)
            && Connective::of(text).is_none_or(|word| !word.follows_terms())
            && !self.first_on_line(next)
    }

    /// Whether the connective comes before the line ends.
    fn comes_on_line(&self, word: Connective) -> bool {
        const FAR: usize = 200;
        let rest = self.at + 1..self.at.saturating_add(FAR).min(self.tokens.len());
        rest.take_while(|&index| !self.token_text(index).contains('\n'))
            .any(|index| self.tokens.kind(index) == TokenKind::Word && self.token_text(index) == word.word())
    }

    /// `to DESTINATIONS from SOURCES`.
    fn swapped_ends(&mut self) -> ParserRead {
        let to = self.clause(NodeKind::To, "addresses or host names")?;
        if !self.at_connective(Connective::From) {
            return self.expect_word(Connective::From.word());
        }
        let from = self.clause(NodeKind::From, "addresses")?;
        let text = |span: SourceSpan| self.text.get(span.range()).unwrap_or("");
        let found = Diagnostic::new(Code::FW0101, to, "the sources come before the destinations").help(ORDER);
        let edits = vec![Edit::new(to, text(from)), Edit::new(from, text(to))];
        self.mend(found, edits);
        Ok(())
    }

    /// A connective and its list; returns where both are.
    fn clause(&mut self, kind: NodeKind, what: &str) -> Result<SourceSpan, super::Lost> {
        let start = self.token_span(self.at);
        self.node(kind, |p| {
            p.bump();
            p.list(what)
        })?;
        Ok(start.to(self.token_span(self.taken.saturating_sub(1))))
    }

    /// Whether a word comes next that has characters in it which a word processor or another keyboard makes of `.`, `-` and `/`.
    pub(super) fn at_typographic_word(&self) -> bool {
        self.typographic(self.at).is_some()
    }

    /// The character after the word at token `index`, what it means, and that the word goes on after it.
    fn typographic(&self, index: usize) -> Option<&'static str> {
        let sign = plain(self.token_text(index + 1).chars().next()?)?;
        let is_part = self.tokens.kind(index + 1) == TokenKind::Unknown
            && self.tokens.kind(index + 2) == TokenKind::Word
            && matches!(sign, "." | "-" | "/");
        is_part.then_some(sign)
    }

    pub(super) fn typographic_word(&mut self) -> ParserRead {
        let found = Diagnostic::new(
            Code::FW0103,
            self.token_span(self.at + 1),
            format!("{} in a word", unknown(self.token_text(self.at + 1))),
        );
        let (mut edits, mut help) = (Vec::new(), String::new());
        while let Some(sign) = self.typographic(self.at) {
            help = format!("write `{sign}`");
            edits.push(Edit::new(self.token_span(self.at + 1), sign));
            self.bump();
            self.bump();
        }
        self.bump();
        self.mend(found.help(help), edits);
        self.broken = true;
        Ok(())
    }

    /// Whether a protocol comes next, and a port after it without `/`: `tcp 443`, `https port 8443`.
    pub(super) fn at_spaced_port(&self) -> bool {
        let is_protocol = self.word().is_some_and(|word| PROTOCOLS.iter().any(|known| same_word(known, word)));
        is_protocol && !self.place().has_ports() && self.spaced_port_at().is_some()
    }

    /// The token of the port that comes after the next one, on its line.
    fn spaced_port_at(&self) -> Option<usize> {
        let mut port = self.solid_from(self.at + 1);
        if matches!(self.token_text(port), "port" | "ports") && !self.first_on_line(port) {
            port = self.solid_from(port + 1);
        }
        let is_port = self.tokens.kind(port) == TokenKind::Word && is_port(self.token_text(port));
        (is_port && !self.first_on_line(port)).then_some(port)
    }

    pub(super) fn spaced_port(&mut self) -> ParserRead {
        self.node(NodeKind::Service, |p| {
            let Some(port) = p.spaced_port_at() else { return p.unexpected("a port") };
            let (protocol, number) = (p.token_span(p.at), p.token_span(port));
            let written = format!("{}/{}", p.token_text(p.at), p.token_text(port));
            let between = SourceSpan::new(p.file, protocol.end, number.start);
            let found = Diagnostic::new(Code::FW0101, number, "a port comes after `/`");
            p.mend(found.help(format!("write `{written}`")), vec![Edit::new(between, "/")]);
            p.atom("a protocol")?;
            while p.at < port {
                p.bump();
            }
            p.port("a port")
        })
    }

    /// Further ports of the service before a comma, as in `tcp/80,443`; returns whether there were some.
    pub(super) fn further_ports(&mut self) -> bool {
        let Some(first) = self.taken.checked_sub(1) else { return false };
        let has_slash = first.checked_sub(1).is_some_and(|before| self.tokens.kind(before) == TokenKind::Slash);
        let is_more = |p: &Self| {
            let next = p.solid_from(p.at + 1);
            p.at(TokenKind::Comma) && p.tokens.kind(next) == TokenKind::Word && is_port(p.token_text(next))
        };
        if !has_slash || !is_port(self.token_text(first)) || !is_more(self) {
            return false;
        }
        let (start, at) = (self.token_span(first).start, self.token_span(self.solid_from(self.at + 1)));
        while is_more(self) {
            self.bump();
            self.bump();
        }
        let end = self.token_span(self.taken.saturating_sub(1)).end;
        let ports = self.text.get(SourceSpan::new(self.file, start, end).range()).unwrap_or("");
        let found = Diagnostic::new(Code::FW0101, at, "several ports of one protocol are written in braces");
        let help = format!("write `{{{}}}`", shorten(ports));
        let point = |place| SourceSpan::new(self.file, place, place);
        let edits = vec![Edit::new(point(start), "{"), Edit::new(point(end), "}")];
        self.mend(found.help(help), edits);
        self.broken = true;
        true
    }

    /// Ports in the brackets of other languages: `tcp/[80,443]`.
    pub(super) fn bracketed_ports(&mut self) -> ParserRead {
        let opening = self.token_span(self.at);
        let closing = if self.at(TokenKind::LeftBracket) { TokenKind::RightBracket } else { TokenKind::RightParen };
        let sign = self.token_text(self.at);
        self.bump();
        self.atom("a port")?;
        while self.eat(TokenKind::Comma) {
            self.atom("a port")?;
        }
        let end = self.token_span(self.at);
        self.expect(closing, "`,` or the end of the ports")?;
        let message = format!("several ports are written in braces, not in `{sign}`");
        let found = Diagnostic::new(Code::FW0101, opening, message);
        self.mend(found.help("write `{` and `}`"), vec![Edit::new(opening, "{"), Edit::new(end, "}")]);
        self.broken = true;
        Ok(())
    }

    /// Whether a range of ports with `:` comes next, and no label.
    pub(super) fn at_colon_range(&self) -> bool {
        let last = self.at + 2;
        self.word().is_some_and(is_port)
            && self.tokens.kind(self.at + 1) == TokenKind::Colon
            && self.tokens.kind(last) == TokenKind::Word
            && is_port(self.token_text(last))
    }

    pub(super) fn colon_range(&mut self) -> ParserRead {
        let colon = self.token_span(self.at + 1);
        let written = format!("{}-{}", self.token_text(self.at), self.token_text(self.at + 2));
        let found = Diagnostic::new(Code::FW0101, colon, "a range is written with `-`, not `:`");
        self.mend(found.help(format!("write `{written}`")), vec![Edit::new(colon, "-")]);
        self.atom("a port")?;
        self.bump();
        self.bump();
        self.broken = true;
        Ok(())
    }

    /// Whether a port comes next with its protocol after it: `443/tcp`.
    pub(super) fn at_port_first(&self) -> bool {
        let protocol = self.token_text(self.solid_from(self.solid_from(self.at + 1) + 1));
        self.word().is_some_and(is_port)
            && self.next_kind() == TokenKind::Slash
            && PROTOCOLS.iter().any(|known| same_word(known, protocol))
    }

    pub(super) fn port_first(&mut self) -> ParserRead {
        let (port, start) = (self.token_text(self.at), self.token_span(self.at));
        self.node(NodeKind::Error, |p| {
            p.bump();
            p.bump();
            p.bump();
            Ok(())
        })?;
        let last = self.taken.saturating_sub(1);
        let written = format!("{}/{port}", self.token_text(last).to_lowercase());
        let whole = start.to(self.token_span(last));
        let found = Diagnostic::new(Code::FW0101, start, "the protocol comes before its port");
        self.mend(found.help(format!("write `{written}`")), vec![Edit::new(whole, written)]);
        self.broken = true;
        Ok(())
    }

    /// Whether a host name comes next that has a path.
    pub(super) fn at_path(&self) -> bool {
        let next = self.solid_from(self.solid_from(self.at + 1) + 1);
        self.next_kind() == TokenKind::Slash
            && self.word().is_some_and(|word| word.contains('.') && !word.contains('{') && !is_dotted_quad(word))
            && self.tokens.kind(next) == TokenKind::Word
            && !self.first_on_line(next)
    }

    /// `api.example.com/v1`.
    pub(super) fn path_of_host(&mut self) -> ParserRead {
        let (word, start) = (self.token_text(self.at), self.token_span(self.at));
        let next = self.solid_from(self.solid_from(self.at + 1) + 1);
        let whole = start.to(self.token_span(next));
        let rest = SourceSpan::new(self.file, start.end, whole.end);
        let found = Diagnostic::new(Code::FW0101, whole, format!("a rule takes `{word}` without a path"));
        let path = self.token_text(next);
        let help = format!("write `{word}` for the host; a path is written `url(\"{word}/{path}\")`");
        self.lost(found.replaced(Applicability::Maybe, rest, "", help))
    }

    /// Whether an address comes next with a mask in four parts, after `/` or after a blank.
    pub(super) fn at_mask(&self) -> bool {
        self.mask().is_some()
    }

    /// The token that ends the mask, and the prefix that is meant.
    fn mask(&self) -> Option<(usize, String)> {
        let word = self.word()?;
        let next = self.at + 1;
        if let Some((address, first)) = word.split_once('/') {
            let rest = self.token_text(next);
            let mask = format!("{first}{rest}");
            let length = mask_length(&mask).filter(|_| is_dotted_quad(address) && rest.starts_with('.'))?;
            return Some((next, format!("{address}/{length}")));
        }
        let next = self.solid_from(next);
        let mask = self.token_text(next);
        let is_here = is_dotted_quad(word) && is_dotted_quad(mask) && !self.first_on_line(next);
        let length = mask_length(mask).filter(|&length| is_here && length > 0)?;
        Some((next, format!("{word}/{length}")))
    }

    pub(super) fn masked(&mut self) -> ParserRead {
        let Some((last, written)) = self.mask() else { return self.unexpected("an address") };
        let whole = self.token_span(self.at).to(self.token_span(last));
        self.node(NodeKind::Error, |p| {
            while p.at <= last {
                p.bump();
            }
            Ok(())
        })?;
        let found = Diagnostic::new(Code::FW0101, whole, "a prefix is written with its length, not with a mask");
        let help = format!("write `{written}`");
        self.mend_as(Applicability::Maybe, found.help(help), vec![Edit::new(whole, written)]);
        self.broken = true;
        Ok(())
    }

    /// A dash or a word of other languages between two terms of a line: a range, or what is left out; returns whether there was
    /// one. A dash that begins a line begins an entry.
    pub(super) fn range_or_rest(&mut self) -> Result<bool, super::Lost> {
        let next = self.solid_from(self.at + 1);
        let is_word = self.word().is_some_and(|word| EXCEPT.contains(&word)) && self.is_followed_by_term();
        let is_term = matches!(self.tokens.kind(next), TokenKind::Word | TokenKind::String);
        if self.first_on_line(self.at) || !(is_word || self.at_dash() && is_term) {
            return Ok(false);
        }
        let last = self.token_span(self.taken.saturating_sub(1));
        let (first, second) = (self.text.get(last.range()).unwrap_or(""), self.token_text(next));
        if self.at_dash() && is_dotted_quad(first) && is_dotted_quad(second) {
            let between = SourceSpan::new(self.file, last.end, self.token_span(next).start);
            let found = Diagnostic::new(Code::FW0103, self.token_span(self.at), "a range is written without blanks");
            self.mend(found.help(format!("write `{first}-{second}`")), vec![Edit::new(between, "-")]);
            self.bump();
            self.bump();
        } else {
            let (span, text) = (self.token_span(self.at), self.token_text(self.at));
            let code = if is_word { Code::FW0101 } else { Code::FW0103 };
            let found = Diagnostic::new(code, span, format!("`{text}` between two sets"));
            let help = "what is left out of a set comes after `except`";
            self.mend_as(Applicability::Maybe, found.help(help), vec![Edit::new(span, "except")]);
            self.bump();
            self.primary("addresses")?;
        }
        self.broken = true;
        Ok(true)
    }

    /// Whether a word comes next that turns a set round in other languages.
    pub(super) fn at_negation(&self) -> bool {
        self.at_word("not") && self.is_followed_by_term()
    }

    /// Whether `from` or `to` comes next in a rule, after a comma that is one too many.
    pub(super) fn at_next_clause(&self) -> bool {
        let is_clause = self.at_connective(Connective::From) || self.at_connective(Connective::To);
        is_clause
            && self.is_followed_by_term()
            && (self.item_start..self.at).any(|index| matches!(self.token_text(index), "allow" | "deny" | "dnat"))
    }
}

/// Whether the text is a port or a range of ports.
fn is_port(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The prefix length of a mask such as `255.255.0.0`.
fn mask_length(mask: &str) -> Option<u32> {
    let bits = u32::from(mask.parse::<std::net::Ipv4Addr>().ok()?);
    (bits.leading_ones() + bits.trailing_zeros() == u32::BITS || bits == u32::MAX).then(|| bits.leading_ones())
}
