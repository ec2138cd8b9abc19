//! Tokens to tree, by recursive descent: a function for each production, in the order of the grammar.
//!
//! An item is read until something does not fit. Then one finding is made, everything up to the next item goes into an
//! [`NodeKind::Error`] node, and reading goes on there. An item with an `Error` child is broken: it defines its name and
//! states nothing more. Depth is bounded, so that no input can overflow the stack.
//!
//! `expect_*` reports what the author got wrong; `at_*` only looks.

mod habits;
mod header_habits;
mod hints;
mod ipv6;
mod item_habits;
mod items;
mod recovery;
mod rule_habits;
mod scan;
mod sets;
mod settings;
mod unknown;

use std::sync::Arc;

use crate::diag::{Applicability, Code, Diagnostic, Diagnostics, Edit, Fix, nearest};
use crate::source::{FileId, SourceSpan};

use super::foreign::{called, is_quote};
use super::keyword::Context;
use super::kind::{NodeKind, TokenKind};
use super::lexer::lex;
use super::text::{TextError, pieces};
use super::tree::{Builder, SyntaxTree, Tokens};

/// How deep blocks and brackets may nest.
pub const MAX_DEPTH: usize = 64;
/// How many findings one file gets before the rest is left out.
pub const MAX_FINDINGS: usize = 100;

/// A tree, and what is wrong with its text.
#[derive(Clone, Debug)]
pub struct ParsedFile {
    /// The tree.
    pub tree: SyntaxTree,
    /// What is wrong.
    pub diagnostics: Diagnostics,
}

/// Parses the text of one file. Never fails.
pub fn parse(file: FileId, text: Arc<str>) -> ParsedFile {
    parse_with(file, text, |parser| parser.file())
}

/// Parses a text that is one set and nothing more, as a value of the command line is; `what` states what it is a set of. The
/// root of the tree holds the list. Never fails.
pub fn parse_set(file: FileId, text: Arc<str>, what: &str) -> ParsedFile {
    parse_with(file, text, |parser| parser.whole_set(what))
}

fn parse_with(file: FileId, text: Arc<str>, production: impl FnOnce(&mut Parser<'_>)) -> ParsedFile {
    let mut tokens = Tokens::default();
    let mut start = 0u32;
    lex(&text, |kind, token| {
        tokens.push(kind, start);
        start = start.saturating_add(u32::try_from(token.len()).unwrap_or(u32::MAX));
    });
    let mut parser = Parser::new(file, &text, &tokens);
    parser.scan();
    production(&mut parser);
    let Parser { builder, diagnostics, .. } = parser;
    ParsedFile { tree: builder.finish(file, Arc::clone(&text), tokens), diagnostics }
}

/// The item was given up; its finding has been made.
struct Lost;

/// Whether a production was read.
type ParserRead = Result<(), Lost>;

struct Parser<'t> {
    file: FileId,
    text: &'t str,
    tokens: &'t Tokens,
    /// The next token that is no trivia.
    at: usize,
    /// The token after the last one taken.
    taken: usize,
    depth: usize,
    /// Whether the file opens more braces than it closes.
    brace_missing: bool,
    /// The first token of the item being read.
    item_start: usize,
    /// Whether the lists being read are in the round brackets of an `apply` or a `bundle`.
    entries: bool,
    /// Whether words have invisible characters.
    invisible: bool,
    /// The finding of the item being read about habits of other languages.
    mended: Option<usize>,
    /// The same of the item before.
    closed: Option<usize>,
    /// Whether the item being read defines its name and states nothing more, though all of it was read.
    broken: bool,
    /// Whether the rule being read has brackets around it.
    in_bracket: bool,
    /// The keyword that the next setting is read as, where another word means it.
    read_as: Option<&'static str>,
    /// The places of the blocks around, outermost first.
    places: Vec<Context>,
    builder: Builder,
    diagnostics: Diagnostics,
}

impl<'t> Parser<'t> {
    fn new(file: FileId, text: &'t str, tokens: &'t Tokens) -> Self {
        let mut parser = Self {
            file,
            text,
            tokens,
            at: 0,
            taken: 0,
            depth: 0,
            brace_missing: tokens.count(TokenKind::LeftBrace) > tokens.count(TokenKind::RightBrace),
            item_start: 0,
            entries: false,
            invisible: false,
            mended: None,
            closed: None,
            broken: false,
            in_bracket: false,
            read_as: None,
            places: Vec::new(),
            builder: Builder::default(),
            diagnostics: Diagnostics::new(),
        };
        parser.at = parser.solid_from(0);
        parser
    }

    /// The first token from `index` on that is no trivia.
    fn solid_from(&self, mut index: usize) -> usize {
        while self.tokens.kind(index).is_trivia() {
            index += 1;
        }
        index
    }

    fn kind(&self) -> TokenKind {
        self.tokens.kind(self.at)
    }

    fn next_kind(&self) -> TokenKind {
        self.tokens.kind(self.solid_from(self.at + 1))
    }

    fn token_span(&self, index: usize) -> SourceSpan {
        let length = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let start = self.tokens.start(index).unwrap_or(length);
        SourceSpan::new(self.file, start, self.tokens.start(index + 1).unwrap_or(length))
    }

    fn token_text(&self, index: usize) -> &'t str {
        self.text.get(self.token_span(index).range()).unwrap_or("")
    }

    fn word(&self) -> Option<&'t str> {
        self.at(TokenKind::Word).then(|| self.token_text(self.at))
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    fn at_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    fn place(&self) -> Context {
        self.places.last().copied().unwrap_or(Context::File)
    }

    fn bump(&mut self) {
        self.broken |= self.invisible && self.has_invisible(self.token_span(self.at));
        self.taken = self.at + 1;
        self.at = self.solid_from(self.at + 1);
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump();
        }
        found
    }

    /// Reads a node of `kind` with `body`, and closes it whatever happens.
    fn node(&mut self, kind: NodeKind, body: impl FnOnce(&mut Self) -> ParserRead) -> ParserRead {
        let opened = self.builder.open(kind, self.at);
        let read = body(self);
        self.builder.close(opened, self.taken);
        read
    }

    /// Goes one level deeper, or reports that this is too deep.
    fn deeper(&mut self, body: impl FnOnce(&mut Self) -> ParserRead) -> ParserRead {
        if self.depth >= MAX_DEPTH {
            let message = format!("nested too deeply: at most {MAX_DEPTH} levels");
            return self.lost(Diagnostic::new(Code::FW0107, self.token_span(self.at), message));
        }
        self.depth += 1;
        let read = body(self);
        self.depth -= 1;
        read
    }

    fn expect(&mut self, kind: TokenKind, what: &str) -> ParserRead {
        if self.eat(kind) { Ok(()) } else { self.unexpected(what) }
    }

    fn expect_word(&mut self, word: &str) -> ParserRead {
        if self.eat_word(word) {
            return Ok(());
        }
        let mut found = self.surprise(&format!("`{word}`"));
        if self.word().is_some_and(|found| nearest(found, [word]).is_some()) {
            found = found.meant(word);
        }
        self.lost(found)
    }

    /// A bare word that is a name, and that does not begin the next item.
    fn expect_name(&mut self, what: &str) -> ParserRead {
        if self.at_next_item() { self.missing(what) } else { self.name(what) }
    }

    /// A bare word that is a name: no dot, no star, no interpolation, and not a number.
    fn name(&mut self, what: &str) -> ParserRead {
        match self.word() {
            Some(word) if is_name(word) => self.node(NodeKind::Name, |p| {
                p.bump();
                Ok(())
            }),
            Some(_) | None => self.unexpected(what),
        }
    }

    fn expect_string(&mut self, what: &str) -> ParserRead {
        if !self.at(TokenKind::String) {
            return self.unexpected(what);
        }
        if self.at_next_item() {
            return self.missing(what);
        }
        self.node(NodeKind::Text, |p| {
            p.check_string();
            p.bump();
            Ok(())
        })
    }

    /// Reports what is wrong inside the string that comes next; the item is read on.
    fn check_string(&mut self) {
        if self.other_quotes() {
            return;
        }
        if let Err(error) = pieces(self.token_text(self.at)) {
            let code = match error {
                TextError::Unterminated => Code::FW0102,
                TextError::Escape(_) | TextError::Brace => Code::FW0111,
            };
            let found = Diagnostic::new(code, self.token_span(self.at), error.to_string()).help(error.help());
            let found = match self.closing_edit().filter(|_| error == TextError::Unterminated) {
                Some(edit) => found.fix(Fix::new(error.help(), Applicability::Maybe, edit)),
                None => found,
            };
            self.report(found);
        }
    }

    /// Closes the string that comes next: where another quotation mark is, or else where its line ends.
    fn closing_edit(&self) -> Option<Edit> {
        let (span, text) = (self.token_span(self.at), self.token_text(self.at));
        let place = |at: usize| u32::try_from(at).ok().map(|at| span.start.saturating_add(at));
        let (start, end) = match text.char_indices().skip(1).find(|&(_, c)| c != '`' && c != '\'' && is_quote(c)) {
            Some((at, c)) => (at, at + c.len_utf8()),
            None => (text.trim_end().len(), text.trim_end().len()),
        };
        Some(Edit::new(SourceSpan::new(self.file, place(start)?, place(end)?), "\""))
    }

    /// Reports that something else was expected here.
    fn unexpected<T>(&mut self, what: &str) -> Result<T, Lost> {
        let found = self.surprise(what);
        self.lost(found)
    }

    /// Reports that something else was expected here.
    fn surprise(&self, what: &str) -> Diagnostic {
        let (code, found) = match self.kind() {
            TokenKind::End => (Code::FW0101, "the end of the file".to_owned()),
            TokenKind::Unknown => (Code::FW0103, unknown(self.token_text(self.at))),
            TokenKind::Doc => (Code::FW0106, "a description (`##`)".to_owned()),
            _ => (Code::FW0101, format!("`{}`", shorten(self.token_text(self.at)))),
        };
        let message = format!("expected {what}, found {found}");
        self.advise(Diagnostic::new(code, self.fault(), message))
    }

    fn advise(&self, found: Diagnostic) -> Diagnostic {
        match self.hint() {
            Some(hint) => hint.given(found),
            None => found,
        }
    }

    /// Where something is missing: at the next token if it is on this line, else right after the last one.
    fn fault(&self) -> SourceSpan {
        if self.at > self.item_start && self.taken > 0 && (self.first_on_line(self.at) || self.at(TokenKind::End)) {
            let last = self.token_span(self.taken - 1);
            return SourceSpan::new(self.file, last.end, last.end);
        }
        self.token_span(self.at)
    }

    fn lost<T>(&mut self, found: Diagnostic) -> Result<T, Lost> {
        self.report(found);
        Err(Lost)
    }

    fn report(&mut self, found: Diagnostic) {
        let at = found.at.as_ref().and_then(|label| label.at.span());
        // What follows from an invisible character is known; the character itself has to be told.
        let is_character = found.code == Code::FW0103 || found.code == Code::FW0112;
        let is_known = self.invisible && !is_character && at.is_some_and(|at| self.has_invisible(at));
        if self.diagnostics.len() < MAX_FINDINGS && !is_known {
            self.diagnostics.push(found);
        }
    }

    /// Whether a line ends between this token and the one before.
    fn first_on_line(&self, index: usize) -> bool {
        let trivia = (0..index).rev().take_while(|&before| self.tokens.kind(before).is_trivia());
        let mut reached_start = false;
        for before in trivia {
            reached_start = before == 0;
            if self.token_text(before).contains('\n') {
                return true;
            }
        }
        index == 0 || (reached_start && self.tokens.kind(0).is_trivia())
    }
}

fn is_name(word: &str) -> bool {
    !word.contains(['.', '*', '{', '/']) && !word.starts_with('-') && !word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Characters that no construct uses, with the number of one that a reader may take for another.
fn unknown(text: &str) -> String {
    let shown = match text {
        "\\" => "`\\`".to_owned(),
        _ => format!("`{}`", shorten(text).escape_debug()),
    };
    match text.chars().next().filter(|c| !c.is_ascii() || c.is_control()) {
        Some(c) => format!("{shown}, {}", called(c)),
        None => shown,
    }
}

/// Text for a message: one line, not too long.
fn shorten(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}
