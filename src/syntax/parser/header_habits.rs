//! Habits of other languages at the beginning of items and in headers: dashes, names of several words, priorities without
//! their word, blocks and brackets where a value is written alone.

use crate::diag::{Applicability, Code, Diagnostic, Edit};
use crate::net::same_word;
use crate::source::{SourceSpan, quote};

use super::super::connective::Connective;
use super::super::foreign::unquoted;
use super::super::kind::{NodeKind, TokenKind};
use super::habits::bare;
use super::item_habits::value_of;
use super::{Parser, ParserRead, is_name, shorten};

/// The keywords of rules.
const VERBS: [&str; 3] = ["allow", "deny", "dnat"];

/// Words of other languages for what kind of entry follows, which the entry itself shows here.
const ENTRY_KINDS: [&str; 16] = [
    "address",
    "addresses",
    "cidr",
    "fqdn",
    "fqdns",
    "fqdn-tag",
    "fqdntag",
    "host",
    "hosts",
    "hostname",
    "ip",
    "network",
    "service-tag",
    "servicetag",
    "subnet",
    "tag",
];

impl Parser<'_> {
    /// A whole text in YAML, of which no item can be read.
    pub(super) fn yaml(&mut self) {
        let colon = self.solid_from(self.at + 1);
        let inner = self.solid_from(colon + 1);
        let behind = self.tokens.kind(self.solid_from(inner + 1));
        let is_inner = match self.tokens.kind(inner) {
            TokenKind::Unknown => self.token_text(inner) == "-",
            TokenKind::Word | TokenKind::String => behind == TokenKind::Colon,
            _ => false,
        };
        let is_key = self.word().is_some_and(|word| !self.is_keyword(word)) && self.first_on_line(inner);
        if !is_key || self.tokens.kind(colon) != TokenKind::Colon || !is_inner {
            return;
        }
        let found = Diagnostic::new(Code::FW0109, self.token_span(self.at), "expected an item of a file, found YAML");
        self.report(found.help(
            "a source is written as in `policy NAME { … }`; `fwc import` makes one of an export, a template or Terraform",
        ));
        let opened = self.builder.open(NodeKind::Error, self.at);
        while !self.at(TokenKind::End) {
            self.bump();
        }
        self.builder.close(opened, self.taken);
    }

    /// A dash before an item, as YAML has it before the entries of a list, and `name: web` before the item that it names.
    pub(super) fn item_dash(&mut self) {
        if self.at_dash() && self.begins_item_at(self.solid_from(self.at + 1)) {
            let found = Diagnostic::new(Code::FW0103, self.token_span(self.at), "an item begins without a dash");
            let edit = self.removal(self.at);
            self.mend(found.help("remove the `-`"), vec![edit]);
            self.bump();
        }
        self.named_by_key();
    }

    /// Whether an item, or its label, begins at token `index`.
    pub(super) fn begins_item_at(&self, index: usize) -> bool {
        let behind = self.tokens.kind(self.solid_from(index + 1));
        match self.tokens.kind(index) {
            TokenKind::At | TokenKind::Doc => true,
            TokenKind::String => behind == TokenKind::Colon,
            TokenKind::Word => behind == TokenKind::Colon || self.is_keyword(self.token_text(index)),
            _ => false,
        }
    }

    /// `name: web` on a line of its own before `allow`, read as the label `web:`.
    fn named_by_key(&mut self) {
        let value = self.solid_from(self.solid_from(self.at + 1) + 1);
        let verb = self.solid_from(value + 1);
        let is_key = self.key().is_some_and(|key| same_word(key, "name")) && self.next_kind() == TokenKind::Colon;
        let is_value = matches!(self.tokens.kind(value), TokenKind::Word | TokenKind::String);
        if !is_key || !is_value || !self.place().has_rules() || !VERBS.contains(&self.token_text(verb)) {
            return;
        }
        let (start, end) = (self.token_span(self.at), self.token_span(verb));
        let label = self.token_text(value);
        let found = Diagnostic::new(Code::FW0109, start, "a rule has its label before the keyword");
        let whole = SourceSpan::new(self.file, start.start, end.start);
        let help = format!("write `{}: {} …`", shorten(label), self.token_text(verb));
        self.mend(found.help(help), vec![Edit::new(whole, format!("{label}: "))]);
        self.broken = true;
        while self.at < verb {
            self.bump();
        }
    }

    /// A label after the keyword of its rule: `allow web: https from …`.
    pub(super) fn label_after_verb(&mut self) {
        let colon = self.solid_from(self.at + 1);
        let service = self.solid_from(colon + 1);
        let is_service = matches!(self.tokens.kind(service), TokenKind::Word | TokenKind::LeftBrace);
        let is_port = self.token_text(service).starts_with(|c: char| c.is_ascii_digit());
        let is_label = matches!(self.kind(), TokenKind::Word | TokenKind::String)
            && self.tokens.kind(colon) == TokenKind::Colon
            && is_service
            && !is_port
            && !self.first_on_line(service)
            && !self.first_on_line(self.at)
            && !matches!(self.tokens.kind(self.item_start), TokenKind::String)
            && self.tokens.kind(self.solid_from(self.item_start + 1)) != TokenKind::Colon;
        if !is_label {
            return;
        }
        let verb = self.token_span(self.taken.saturating_sub(1));
        let label = self.token_span(self.at);
        let written = self.text.get(label.range()).unwrap_or("");
        let found = Diagnostic::new(Code::FW0101, label, "the label of a rule comes before its keyword");
        let help = format!("write `{}: {} …`", shorten(written), self.text.get(verb.range()).unwrap_or(""));
        let edits = vec![
            Edit::new(SourceSpan::new(self.file, verb.start, verb.start), format!("{written}: ")),
            Edit::new(SourceSpan::new(self.file, label.start, self.token_span(service).start), ""),
        ];
        self.mend(found.help(help), edits);
        self.broken = true;
        while self.at < service {
            self.bump();
        }
    }

    /// The brackets around a whole rule: `web: { allow https, from: … }`.
    pub(super) fn rule_bracket(&mut self) -> bool {
        let next = self.solid_from(self.at + 1);
        if !self.at(TokenKind::LeftBrace) || !VERBS.contains(&self.token_text(next)) {
            return false;
        }
        let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), "a rule is written without brackets");
        let edit = self.removal(self.at);
        self.mend(found.help("leave out the `{` and the `}`"), vec![edit]);
        self.broken = true;
        self.bump();
        true
    }

    /// The bracket that closes such a rule.
    pub(super) fn end_of_rule_bracket(&mut self) {
        if self.at(TokenKind::RightBrace) && self.mended.is_some() {
            let edit = self.removal_before(self.at);
            let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), "a rule is written without brackets");
            self.mend(found.help("leave out the `}`"), vec![edit]);
            self.bump();
        }
    }

    /// Further words of a name, up to the sign or the block that follows it. Azure takes no blanks in names.
    pub(super) fn words_of_name(&mut self) {
        let first = self.taken.saturating_sub(1);
        let is_more = |p: &Self, index: usize| {
            let text = p.token_text(index);
            let is_word = p.tokens.kind(index) == TokenKind::Word && is_name(text);
            let is_other = Connective::of(text).is_some() || VERBS.contains(&text) || p.is_base_word(text);
            is_word && !p.first_on_line(index) && !is_other
        };
        let mut end = self.at;
        while is_more(self, end) {
            end = self.solid_from(end + 1);
        }
        let is_end = matches!(self.tokens.kind(end), TokenKind::Equals | TokenKind::LeftBrace | TokenKind::LeftParen);
        if self.tokens.kind(first) != TokenKind::Word || end == self.at || !(is_end || self.is_connective(end)) {
            return;
        }
        let at = self.token_span(self.at);
        while self.at < end {
            self.bump();
        }
        let whole = self.token_span(first).to(self.token_span(self.taken.saturating_sub(1)));
        let name = dashed(self.text.get(whole.range()).unwrap_or(""));
        let found = Diagnostic::new(Code::FW0101, at, "a name is one word");
        let help = format!("write `{}`", shorten(&name));
        self.mend_as(Applicability::Maybe, found.help(help), vec![Edit::new(whole, name)]);
        self.broken = true;
    }

    fn is_connective(&self, index: usize) -> bool {
        Connective::of(self.token_text(index)).is_some()
    }

    /// A priority without its word: `group web 300`, `group web (300)`, `group web priority = 300`.
    pub(super) fn bare_priority(&mut self) {
        let opening = self.at(TokenKind::LeftParen);
        let number = if opening { self.solid_from(self.at + 1) } else { self.at };
        let text = self.token_text(number);
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let closing = self.solid_from(number + 1);
        let is_closed = !opening || self.tokens.kind(closing) == TokenKind::RightParen;
        if !is_number || !is_closed || self.first_on_line(number) {
            return;
        }
        let last = if opening { closing } else { number };
        let whole = self.token_span(self.at).to(self.token_span(last));
        let found = Diagnostic::new(Code::FW0101, whole, "a priority without its word");
        let written = format!("priority {text}");
        self.mend(found.help(format!("write `{written}`")), vec![Edit::new(whole, written)]);
        self.broken = true;
        while self.at <= last {
            self.bump();
        }
    }

    /// The one value of a setting in a block, as in `sku { tier: Standard }`, which then is read.
    pub(super) fn value_in_block(&mut self) -> bool {
        let key = self.solid_from(self.at + 1);
        let sign = self.solid_from(key + 1);
        let value = self.solid_from(sign + 1);
        let comma = self.solid_from(value + 1);
        let closing = if self.tokens.kind(comma) == TokenKind::Comma { self.solid_from(comma + 1) } else { comma };
        let is_one = self.at(TokenKind::LeftBrace)
            && matches!(self.tokens.kind(key), TokenKind::Word | TokenKind::String)
            && matches!(self.tokens.kind(sign), TokenKind::Colon | TokenKind::Equals)
            && matches!(self.tokens.kind(value), TokenKind::Word | TokenKind::String)
            && self.tokens.kind(closing) == TokenKind::RightBrace;
        if !is_one {
            return false;
        }
        let whole = self.token_span(self.at).to(self.token_span(closing));
        let word = unquoted(self.token_text(value));
        let plain = match value_of(word) {
            Some(value) => value.to_owned(),
            None if is_name(word) => word.to_owned(),
            None => quote(word),
        };
        let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), "the value is written alone");
        self.mend(found.help(format!("write `{}` without a block", shorten(&plain))), vec![Edit::new(whole, plain)]);
        self.broken = true;
        while self.at <= closing {
            self.bump();
        }
        true
    }

    /// Another name that a definition gives to its set: `let a = b = 10.1.0.0/16`.
    pub(super) fn further_name(&mut self) -> ParserRead {
        let value = self.solid_from(self.at + 1);
        while self.at(TokenKind::Word) && self.next_kind() == TokenKind::Equals && !self.first_on_line(self.at) {
            let name = self.token_span(self.at);
            let behind = self.solid_from(self.solid_from(self.at + 1) + 1);
            let found = Diagnostic::new(Code::FW0101, self.token_span(value), "a definition gives one name to a set");
            let edit = Edit::new(SourceSpan::new(self.file, name.start, self.token_span(behind).start), "");
            let help = format!("define `{}` by a `let` of its own", shorten(self.token_text(self.at)));
            self.mend_as(Applicability::Maybe, found.help(help), vec![edit]);
            self.broken = true;
            self.bump();
            self.bump();
        }
        Ok(())
    }

    /// A word that tells the kind of the entry after it: `tag Storage`, `host example.com`.
    pub(super) fn entry_kind(&mut self) {
        let Some(word) = self.word() else { return };
        let next = self.solid_from(self.at + 1);
        let text = self.token_text(next);
        let is_entry = matches!(self.tokens.kind(next), TokenKind::Word | TokenKind::String)
            && !self.first_on_line(next)
            && Connective::of(text).is_none()
            && !matches!(text, "and" | "or" | "not" | "but" | "minus")
            && self.tokens.kind(self.solid_from(next + 1)) != TokenKind::Colon;
        let is_kind = ENTRY_KINDS.iter().any(|known| same_word(known, word));
        if !is_kind || !is_entry || !self.place().has_rules() || self.is_defined(word) {
            return;
        }
        let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), format!("`{word}` before an entry"));
        let call = if word.to_lowercase().starts_with("fqdn") { "fqdn-tag" } else { "tag" };
        if word.to_lowercase().ends_with("tag") {
            let written = format!("{call}({text})");
            let edit = Edit::new(self.token_span(self.at).to(self.token_span(next)), written.as_str());
            self.mend(found.help(format!("write `{}`", shorten(&written))), vec![edit]);
        } else {
            let mut edits = vec![self.removal(self.at)];
            edits.extend(bare(text).filter(|bare| *bare != text).map(|bare| Edit::new(self.token_span(next), bare)));
            self.mend(found.help("leave it out: an entry shows what it is"), edits);
        }
        self.broken = true;
        self.bump();
    }

    /// The host of `user@host`, whose user no firewall knows.
    pub(super) fn user_before_host(&mut self) {
        let host = self.at + 1;
        let touches = self.at == self.taken && self.token_text(host).contains('.');
        let user = self.taken.saturating_sub(1);
        if !self.at(TokenKind::At) || !touches || self.tokens.kind(user) != TokenKind::Word {
            return;
        }
        let whole = self.token_span(user).to(self.token_span(self.at));
        let found = Diagnostic::new(Code::FW0101, whole, "a user before a host: a rule knows no users");
        let help = format!("write `{}`", shorten(self.token_text(host)));
        self.mend(found.help(help), vec![Edit::new(whole, "")]);
        self.broken = true;
        self.bump();
        self.bump();
    }
}

/// The words of a name as one word.
fn dashed(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("-")
}
