//! Habits of other languages, read as what they mean. An item that has some is one finding, with the edits that leave
//! none of them.

use crate::diag::{Applicability, Code, Diagnostic, Edit, Fix};
use crate::source::{SourceSpan, is_invisible, quote};

use super::super::foreign::unquoted;
use super::super::keyword::{KeywordForm, keyword};
use super::super::kind::{NodeKind, TokenKind};
use super::super::lexer::is_dotted_quad;
use super::{Parser, ParserRead, shorten};

impl Parser<'_> {
    /// Reports a habit, once for each item, and adds the edits that correct it.
    pub(super) fn mend(&mut self, found: Diagnostic, edits: Vec<Edit>) {
        self.mend_as(Applicability::Safe, found, edits);
    }

    /// The same where it is not certain that the habit means what is written.
    pub(super) fn mend_as(&mut self, applicability: Applicability, found: Diagnostic, edits: Vec<Edit>) {
        let earlier = self.mended.and_then(|at| self.diagnostics.iter_mut().nth(at));
        if let Some(fix) = earlier.and_then(|found| found.fixes.first_mut()) {
            fix.applicability = fix.applicability.max(applicability);
            fix.edits.extend(edits);
            return;
        }
        let message = found.help.first().cloned().unwrap_or_default();
        let before = self.diagnostics.len();
        self.report(found.fix(Fix { message, applicability, edits }));
        self.mended = (self.diagnostics.len() > before).then_some(before);
    }

    /// A `:` or `=` that other languages have before a value.
    pub(super) fn stray_sign(&mut self, whose: &str) {
        if !matches!(self.kind(), TokenKind::Colon | TokenKind::Equals) {
            return;
        }
        let sign = self.token_text(self.at);
        let message = format!("`{}` takes its value without `{sign}`", shorten(whose));
        let found = Diagnostic::new(Code::FW0101, self.token_span(self.at), message);
        let edit = self.removal(self.at);
        self.mend(found.help(format!("leave out the `{sign}`")), vec![edit]);
        self.bump();
    }

    /// Another sign, or none, where `sign` is expected.
    pub(super) fn expect_sign(&mut self, sign: TokenKind, written: &str, what: &str) -> ParserRead {
        let is_doubled = self.at(sign) && self.next_kind() == TokenKind::Equals && sign == TokenKind::Equals;
        if !is_doubled && self.eat(sign) {
            return Ok(());
        }
        let last = self.token_span(self.taken.saturating_sub(1));
        let is_other = matches!(self.kind(), TokenKind::Colon | TokenKind::Equals);
        let is_value = matches!(self.kind(), TokenKind::Word | TokenKind::String | TokenKind::LeftBracket);
        if self.first_on_line(self.at) || !(is_other || is_value && sign == TokenKind::Equals) || self.at_next_item() {
            return self.unexpected(what);
        }
        let start = self.token_span(self.at);
        let (first, mut shown) = (self.at, self.token_text(self.at).to_owned());
        // `:=` and `==` are one sign in other languages.
        while matches!(self.kind(), TokenKind::Colon | TokenKind::Equals) {
            if self.at > first {
                shown.push_str(self.token_text(self.at));
            }
            self.bump();
        }
        let found = Diagnostic::new(Code::FW0101, start, format!("expected {what}, found `{}`", shorten(&shown)));
        let end = if is_other { self.token_span(self.taken.saturating_sub(1)).end } else { last.end };
        let edit = Edit::new(SourceSpan::new(self.file, last.end, end), if written == ":" { ":" } else { " =" });
        self.mend(found.help(format!("write `{written}` before the value")), vec![edit]);
        Ok(())
    }

    /// Whether a line comes next that begins as a comment of another language does.
    pub(super) fn at_comment_line(&self) -> bool {
        let is_sign = self.at(TokenKind::Unknown) && matches!(self.token_text(self.at), ";" | "--");
        is_sign && self.first_on_line(self.at) && !self.first_on_line(self.solid_from(self.at + 1))
    }

    /// A line that begins with `;` or `--` as a comment does elsewhere.
    fn comment_line(&mut self) {
        let (span, text) = (self.token_span(self.at), self.token_text(self.at));
        let found = Diagnostic::new(Code::FW0103, span, format!("`{text}` is not the sign of a comment"));
        let fix = Fix::new("a comment begins with `#`", Applicability::Maybe, Edit::new(span, "#"));
        self.report(found.help("a comment begins with `#`").fix(fix));
        let opened = self.builder.open(NodeKind::Error, self.at);
        self.bump();
        while !self.at(TokenKind::End) && !self.first_on_line(self.at) {
            self.bump();
        }
        self.builder.close(opened, self.taken);
    }

    /// A `;` or `,` between items.
    pub(super) fn stray_separator(&mut self) -> bool {
        if self.at_comment_line() {
            self.comment_line();
            return true;
        }
        let text = self.token_text(self.at);
        let code = match self.kind() {
            TokenKind::Comma => Code::FW0101,
            TokenKind::Unknown if text == ";" => Code::FW0103,
            _ => return false,
        };
        let span = self.token_span(self.at);
        let found = Diagnostic::new(code, span, format!("a `{text}` after an item: nothing separates items"));
        // At the end of an item that has habits too, it is another of them.
        let before = self.closed.filter(|_| !self.first_on_line(self.at));
        let outer = std::mem::replace(&mut self.mended, before);
        self.mend(found.help(format!("remove the `{text}`")), vec![Edit::new(span, "")]);
        self.mended = outer;
        let opened = self.builder.open(NodeKind::Error, self.at);
        self.bump();
        self.builder.close(opened, self.taken);
        true
    }

    /// A setting as JSON has it, its key in quotes.
    pub(super) fn quoted_key(&mut self) {
        let token = self.token_text(self.at);
        let is_key = self.at(TokenKind::String) && self.next_kind() == TokenKind::Colon;
        let key = unquoted(token);
        let is_setting = keyword(self.place(), key).is_some_and(|found| matches!(found.form, KeywordForm::Setting(_)));
        if is_key && is_setting {
            let span = self.token_span(self.at);
            let found = Diagnostic::new(Code::FW0101, span, format!("the setting `{key}` is written without quotes"));
            self.mend(found.help(format!("write `{key}`, without `\"` and `:`")), vec![Edit::new(span, key)]);
        }
    }

    /// Whether a port comes next that has a `:` before it, and no label.
    pub(super) fn at_port_with_colon(&self) -> bool {
        let colon = self.solid_from(self.at + 1);
        let port = self.token_text(self.solid_from(colon + 1));
        self.word().is_some_and(|word| ["tcp", "udp", "http", "https", "mssql"].contains(&word))
            && self.tokens.kind(colon) == TokenKind::Colon
            && port.starts_with(|c: char| c.is_ascii_digit())
    }

    /// `tcp:443`, read as `tcp/443`.
    pub(super) fn port_with_colon(&mut self) -> ParserRead {
        let whole = self.token_span(self.at);
        self.node(NodeKind::Service, |p| {
            p.atom("a protocol")?;
            let colon = p.token_span(p.at);
            let message = "expected `/` before a port, found `:`";
            let help =
                format!("write `{}/{}`", p.text.get(whole.range()).unwrap_or(""), p.token_text(p.solid_from(p.at + 1)));
            p.mend(Diagnostic::new(Code::FW0101, colon, message).help(help), vec![Edit::new(colon, "/")]);
            p.bump();
            p.port("a port")
        })
    }

    /// What the next token names, in quotes or without.
    pub(super) fn key(&self) -> Option<&str> {
        match self.kind() {
            TokenKind::Word => self.word(),
            TokenKind::String => Some(unquoted(self.token_text(self.at))),
            _ => None,
        }
    }

    /// Whether a value comes next that should have a name.
    pub(super) fn at_unnamed_argument(&self) -> bool {
        matches!(self.kind(), TokenKind::Word | TokenKind::String | TokenKind::LeftBracket)
            && !matches!(self.next_kind(), TokenKind::Colon | TokenKind::Equals | TokenKind::End)
            && !self.at_next_item()
    }

    /// An argument whose place should tell what it is; which name it is to have is not known here.
    pub(super) fn unnamed_argument(&mut self) -> ParserRead {
        let message = "an argument has a name: expected `NAME: VALUE`";
        self.report(Diagnostic::new(Code::FW0101, self.token_span(self.at), message));
        self.list("a value")
    }

    /// The name of an argument in quotes.
    pub(super) fn quoted_name(&mut self) {
        let (span, name) = (self.token_span(self.at), unquoted(self.token_text(self.at)));
        let found = Diagnostic::new(Code::FW0101, span, "the name of an argument is written without quotes");
        self.mend(found.help(format!("write `{}`", shorten(name))), vec![Edit::new(span, name)]);
        self.broken = true;
    }

    /// A value of several words without quotes, as in `location West Europe`.
    pub(super) fn unquoted_words(&mut self) {
        let first = self.taken.saturating_sub(1);
        let is_more = |p: &Self| {
            p.at(TokenKind::Word)
                && !p.first_on_line(p.at)
                && p.next_kind() != TokenKind::Colon
                && p.word().is_some_and(|word| !p.is_keyword(word))
        };
        if self.tokens.kind(first) != TokenKind::Word || !is_more(self) {
            return;
        }
        let at = self.token_span(self.at);
        while is_more(self) {
            self.bump();
        }
        let whole = self.token_span(first).to(self.token_span(self.taken.saturating_sub(1)));
        let quoted = quote(self.text.get(whole.range()).unwrap_or(""));
        let found = Diagnostic::new(Code::FW0101, at, "a value of several words is written in quotes");
        self.mend(found.help(format!("write `{}`", shorten(&quoted))), vec![Edit::new(whole, quoted)]);
        self.broken = true;
    }

    /// Quotation marks that the language does not have, around the string that comes next.
    pub(super) fn other_quotes(&mut self) -> bool {
        let text = self.token_text(self.at);
        if text.starts_with('"') {
            return false;
        }
        let span = self.token_span(self.at);
        let (opening, quoted) = (text.chars().next().unwrap_or_default(), quote(unquoted(text)));
        let message = format!("`{opening}` is not a quotation mark of the language");
        let help = format!("write `{}`, in straight double quotes", shorten(&quoted));
        self.mend(Diagnostic::new(Code::FW0103, span, message).help(help), vec![Edit::new(span, quoted)]);
        true
    }

    /// A dash before the first entry of a list.
    pub(super) fn opening_dash(&mut self) {
        if self.at_dash() {
            let edit = self.removal(self.at);
            self.dash(vec![edit]);
        }
    }

    pub(super) fn at_dash(&self) -> bool {
        self.at(TokenKind::Unknown) && self.token_text(self.at) == "-"
    }

    fn dash(&mut self, edits: Vec<Edit>) {
        let message = "expected an entry of a list, found `-`";
        let found = Diagnostic::new(Code::FW0103, self.token_span(self.at), message);
        self.mend(found.help("separate the entries by `,`"), edits);
        self.bump();
    }

    /// What other languages have between the entries of a list; returns whether there was some.
    pub(super) fn other_separator(&mut self) -> bool {
        let last = self.token_span(self.taken.saturating_sub(1));
        let comma = |end| Edit::new(SourceSpan::new(last.file, last.end, end), ",");
        let is_item = self.first_on_line(self.at) && self.begins_item_at(self.solid_from(self.at + 1));
        if self.at_dash() && is_item || self.at_comment_line() {
            return false;
        }
        if self.at_dash() {
            let removal = self.removal(self.at);
            self.dash(vec![comma(last.end), removal]);
            return true;
        }
        let text = self.token_text(self.at);
        let is_sign = self.at(TokenKind::Unknown) && matches!(text, ";" | "|" | "||" | "&" | "&&" | "+");
        let next = self.solid_from(self.at + 1);
        let is_entry = matches!(self.tokens.kind(next), TokenKind::Word | TokenKind::String)
            && self.tokens.kind(self.solid_from(next + 1)) != TokenKind::Colon
            && !self.first_on_line(next);
        if !is_entry || !(is_sign || matches!(text, "and" | "or")) {
            return false;
        }
        let span = self.token_span(self.at);
        let found = Diagnostic::new(
            if is_sign { Code::FW0103 } else { Code::FW0101 },
            span,
            format!("`{text}` between entries"),
        );
        // Other languages have `&` and `and` for what is in both sets, too.
        let is_either = matches!(text, ";" | "|" | "||" | "+" | "or");
        let applicability = if is_either { Applicability::Safe } else { Applicability::Maybe };
        self.mend_as(applicability, found.help("separate the entries by `,`"), vec![comma(span.end)]);
        self.bump();
        true
    }

    /// Whether a list comes next in the brackets of other languages.
    pub(super) fn at_bracketed(&self) -> bool {
        match self.kind() {
            TokenKind::LeftBracket | TokenKind::LeftParen => true,
            // Braces hold alternatives before or after the `/` of a service.
            TokenKind::LeftBrace => self.closing_brace().is_some_and(|closing| {
                let first = self.tokens.kind(self.solid_from(self.at + 1));
                matches!(first, TokenKind::Word | TokenKind::String)
                    && self.tokens.kind(self.solid_from(closing + 1)) != TokenKind::Slash
            }),
            _ => false,
        }
    }

    /// The `}` that closes the `{` that comes next, where only entries and commas are between them.
    fn closing_brace(&self) -> Option<usize> {
        let inner = (self.at + 1..self.tokens.len()).find(|&index| {
            let kind = self.tokens.kind(index);
            !(kind.is_trivia()
                || matches!(kind, TokenKind::Word | TokenKind::String | TokenKind::Comma | TokenKind::Slash))
        })?;
        (self.tokens.kind(inner) == TokenKind::RightBrace).then_some(inner)
    }

    /// A list in brackets, its addresses and hosts in quotes or without, with commas between the entries or without.
    pub(super) fn bracketed(&mut self, what: &str) -> ParserRead {
        let opening = self.at;
        let closing = match self.kind() {
            TokenKind::LeftBracket => TokenKind::RightBracket,
            TokenKind::LeftBrace => TokenKind::RightBrace,
            _ => TokenKind::RightParen,
        };
        let mut edits = vec![self.removal(opening)];
        self.bump();
        let entries = std::mem::replace(&mut self.entries, false);
        let read = self.deeper(|p| p.bracketed_entries(what, closing, &mut edits));
        self.entries = entries;
        read?;
        edits.push(self.removal_before(self.at));
        self.expect(closing, "`,` or the end of the list")?;
        let sign = self.token_text(opening);
        let found =
            Diagnostic::new(Code::FW0101, self.token_span(opening), format!("a list is written without `{sign}`"));
        self.mend(found.help("leave out the brackets: commas separate the entries"), edits);
        self.broken = true;
        Ok(())
    }

    fn bracketed_entries(&mut self, what: &str, closing: TokenKind, edits: &mut Vec<Edit>) -> ParserRead {
        loop {
            if self.at(TokenKind::String) {
                edits.extend(bare(self.token_text(self.at)).map(|text| Edit::new(self.token_span(self.at), text)));
            }
            self.entry(what)?;
            let last = self.token_span(self.taken.saturating_sub(1));
            let comma = self.at;
            let has_comma = self.eat(TokenKind::Comma);
            if self.at(closing) {
                edits.extend(has_comma.then(|| Edit::new(self.token_span(comma), "")));
                return Ok(());
            }
            if !has_comma {
                if !matches!(self.kind(), TokenKind::Word | TokenKind::String) {
                    return self.unexpected("`,` or the end of the list");
                }
                edits.push(Edit::new(SourceSpan::new(self.file, last.end, last.end), ","));
            }
        }
    }

    /// One entry of a list in brackets, whatever quotes it has.
    fn entry(&mut self, what: &str) -> ParserRead {
        self.node(NodeKind::Term, |p| {
            if !p.at(TokenKind::String) {
                return p.primary(what);
            }
            p.bump();
            Ok(())
        })
    }

    /// Removes a token and, where blanks are on both sides of it, those after it; one blank stays where none is.
    pub(super) fn removal(&self, index: usize) -> Edit {
        let span = self.token_span(index);
        let is_blank =
            |index: usize| self.tokens.kind(index) == TokenKind::Whitespace && !self.token_text(index).contains('\n');
        let before = index.checked_sub(1).is_some_and(|before| self.tokens.kind(before) == TokenKind::Whitespace);
        match (before, is_blank(index + 1)) {
            (true, true) => Edit::new(span.to(self.token_span(index + 1)), ""),
            (false, false)
                if !self.tokens.kind(index + 1).is_trivia() && self.tokens.kind(index) != TokenKind::LeftBracket =>
            {
                Edit::new(span, " ")
            }
            _ => Edit::new(span, ""),
        }
    }

    /// Removes a token and the blanks before it.
    pub(super) fn removal_before(&self, index: usize) -> Edit {
        let span = self.token_span(index);
        match index.checked_sub(1).filter(|&before| self.tokens.kind(before) == TokenKind::Whitespace) {
            Some(before) => Edit::new(self.token_span(before).to(span), ""),
            None => Edit::new(span, ""),
        }
    }

    /// Whether the text at `span` has invisible characters, which have been reported.
    pub(super) fn has_invisible(&self, span: SourceSpan) -> bool {
        self.invisible && self.text.get(span.range()).is_some_and(|text| text.contains(is_invisible))
    }
}

/// An address or a host name without the quotes that it does not need.
pub(super) fn bare(token: &str) -> Option<&str> {
    let text = unquoted(token);
    let (word, length) = text.split_once('/').unwrap_or((text, ""));
    let is_word = word.contains('.') && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '*'));
    let is_prefix = !text.contains('/') || is_dotted_quad(word) && length.bytes().all(|byte| byte.is_ascii_digit());
    (is_word && is_prefix).then_some(text)
}
