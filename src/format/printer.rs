//! Tokens to lines: blanks, and comments that are inside items.

use std::ops::ControlFlow;

use crate::syntax::{NodeKind, SyntaxNode, Token, TokenKind, TreePart};

use super::LINE_LIMIT;
use super::columns::opens_cell;
use super::items::INDENT;
use super::lines::{FormatLines, LineSort, MOST_HANG, Out};
use super::spacing::{
    Last, blank_between, comment_behind, comments_before, has_own_line, is_left_out, json_lines, spelling,
};

/// What a line is made of.
#[derive(Clone, Copy)]
pub(super) enum LayoutUnit<'t> {
    /// A token, and the kind of the node that it belongs to.
    Token(Token<'t>, NodeKind),
    /// JSON, as written.
    Json(SyntaxNode<'t>),
    /// The gap between two settings on one line.
    Gap,
}

/// Calls `take` with each unit of a part of a node of kind `parent`, in order, until it breaks.
pub(super) fn units<'t>(
    part: TreePart<'t>,
    parent: NodeKind,
    take: &mut dyn FnMut(LayoutUnit<'t>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    match part {
        TreePart::Token(token) => take(LayoutUnit::Token(token, parent)),
        TreePart::Node(node) if node.kind() == NodeKind::Json => take(LayoutUnit::Json(node)),
        TreePart::Node(node) => node.content().enumerate().try_for_each(|(index, part)| {
            if node.kind() == NodeKind::Block && index > 1 && matches!(part, TreePart::Node(_)) {
                take(LayoutUnit::Gap)?;
            }
            units(part, node.kind(), take)
        }),
    }
}

/// A comment that waits for the line to end.
struct Waiting {
    text: String,
    has_own_line: bool,
}

/// Writes tokens.
pub(super) struct Printer<'o> {
    pub(super) lines: FormatLines<'o>,
    last: Option<Last>,
    /// The next token begins a line here.
    break_to: Option<(usize, Option<LineSort>)>,
    /// Where a line goes on after a comment that breaks it.
    pub(super) hang: usize,
    waiting: Vec<Waiting>,
    /// Where the token starts whose comments have been written.
    written_before: Option<u32>,
}

impl<'o> Printer<'o> {
    pub(super) fn new(out: Out<'o>) -> Self {
        Self {
            lines: FormatLines::new(out),
            last: None,
            break_to: None,
            hang: 0,
            waiting: Vec::new(),
            written_before: None,
        }
    }

    /// Begins a line at once.
    pub(super) fn begin(&mut self, indent: usize, sort: Option<LineSort>) {
        self.lines.begin(indent, sort);
        self.last = None;
        self.break_to = None;
    }

    /// Begins a line before the next token.
    pub(super) fn break_to(&mut self, indent: usize, sort: Option<LineSort>) {
        self.break_to = Some((indent, sort));
    }

    /// Where the next token goes, if a blank is before it.
    pub(super) fn next_column(&self) -> usize {
        self.break_to.map_or(self.lines.column() + 1, |(indent, _)| indent.min(MOST_HANG))
    }

    /// A part on one line.
    pub(super) fn flat(&mut self, part: TreePart<'_>, parent: NodeKind) {
        let _ = units(part, parent, &mut |unit| {
            self.unit(unit);
            ControlFlow::Continue(())
        });
    }

    /// The parts of a node on one line, in cells.
    pub(super) fn flat_cells<'t>(&mut self, parts: impl Iterator<Item = TreePart<'t>>, kind: NodeKind) {
        let mut parts = parts.enumerate().peekable();
        while let Some((index, part)) = parts.next() {
            if opens_cell(kind, index, part, parts.peek().is_none()) {
                self.lines.cell();
                self.last = None;
            }
            match part {
                TreePart::Node(node) if node.kind() == NodeKind::Parameter => {
                    self.flat_cells(node.content(), NodeKind::Parameter);
                }
                TreePart::Node(_) | TreePart::Token(_) => self.flat(part, kind),
            }
        }
    }

    pub(super) fn unit(&mut self, unit: LayoutUnit<'_>) {
        match unit {
            LayoutUnit::Token(token, parent) => self.token(token, parent),
            LayoutUnit::Json(json) => self.json(json),
            LayoutUnit::Gap => self.gap(),
        }
    }

    /// Two blanks.
    pub(super) fn gap(&mut self) {
        self.lines.push("  ");
        self.last = None;
    }

    /// Whether a comment waits for the line to end.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A token, after the comments before it.
    pub(super) fn token(&mut self, token: Token<'_>, parent: NodeKind) {
        self.wait_for_comments_before(token);
        if is_left_out(token) {
            return;
        }
        self.make_way(manner(token.kind()));
        if self.last.is_some_and(|last| blank_between(last, token.kind(), parent)) {
            self.lines.push(" ");
        }
        self.lines.push(&spelling(token));
        self.last = Some(Last::token(token, parent));
    }

    /// JSON; its lines but the first keep their place.
    pub(super) fn json(&mut self, json: SyntaxNode<'_>) {
        if let Some(first) = json.all_tokens().next() {
            self.wait_for_comments_before(first);
        }
        self.make_way(Manner::Plain);
        let mut lines = json_lines(json);
        self.lines.push(if self.last.is_some() { " " } else { "" });
        self.lines.push(lines.next().unwrap_or(""));
        for line in lines {
            self.lines.begin(0, None);
            self.lines.push(line);
        }
        self.last = Some(Last::json());
    }

    /// Notes that the comments before `token` have been written.
    pub(super) fn written_before(&mut self, token: Token<'_>) {
        self.written_before = Some(token.span().start);
    }

    fn wait_for_comments_before(&mut self, token: Token<'_>) {
        if self.written_before == Some(token.span().start) {
            return;
        }
        for comment in comments_before(token) {
            self.wait(comment);
        }
    }

    fn wait(&mut self, comment: Token<'_>) {
        let text = spelling(comment).into_owned();
        self.waiting.push(Waiting { text, has_own_line: has_own_line(comment) });
    }

    /// Writes the comments that wait, unless the next token still joins the line before them, and begins its line.
    fn make_way(&mut self, manner: Manner) {
        if self.waiting.is_empty() || manner == Manner::Joins {
            if let Some((indent, sort)) = self.break_to.take() {
                self.begin(indent, sort);
            }
            return;
        }
        let closes_line = manner == Manner::Closes && self.break_to.is_some();
        let (indent, sort) = self.break_to.take().unwrap_or((self.hang, None));
        self.write_waiting(if closes_line { indent + INDENT } else { indent });
        self.begin(indent, sort);
    }

    fn write_waiting(&mut self, indent: usize) {
        for Waiting { text, has_own_line } in std::mem::take(&mut self.waiting) {
            if has_own_line || !self.lines.comment(&text) {
                self.comment_line(&text, indent);
            }
        }
    }

    pub(super) fn comment_line(&mut self, text: &str, indent: usize) {
        self.begin(indent, None);
        self.lines.push(text);
        self.lines.end();
    }

    /// Ends the line after `token`, with the comment that is there.
    pub(super) fn end_line(&mut self, token: Option<Token<'_>>, indent: usize) {
        if let Some(comment) = token.and_then(comment_behind) {
            self.wait(comment);
        }
        self.write_waiting(indent);
        self.lines.end();
        self.last = None;
        self.break_to = None;
    }
}

/// How a token behaves towards the comments that the source has before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It comes after them.
    Plain,
    /// It stays on the line that they follow.
    Joins,
    /// It comes after them, and they are indented as far as what it closes.
    Closes,
}

fn manner(kind: TokenKind) -> Manner {
    match kind {
        TokenKind::Comma | TokenKind::LeftBrace | TokenKind::Equals | TokenKind::Colon => Manner::Joins,
        TokenKind::RightParen | TokenKind::RightBrace => Manner::Closes,
        TokenKind::Whitespace
        | TokenKind::Comment
        | TokenKind::Doc
        | TokenKind::Word
        | TokenKind::String
        | TokenKind::ColonColon
        | TokenKind::Arrow
        | TokenKind::Slash
        | TokenKind::At
        | TokenKind::LeftParen
        | TokenKind::LeftBracket
        | TokenKind::RightBracket
        | TokenKind::Unknown
        | TokenKind::End => Manner::Plain,
    }
}

/// The length of parts on one line after `column`, or `None` if a comment or JSON breaks it or it passes the limit.
pub(super) fn flat_length<'t>(
    mut parts: impl Iterator<Item = TreePart<'t>>,
    parent: NodeKind,
    column: usize,
) -> Option<usize> {
    let mut measure = Measure { column, last: None, has_comment: false };
    let measured = parts.try_for_each(|part| units(part, parent, &mut |unit| measure.unit(unit)));
    measured.is_continue().then_some(measure.column)
}

struct Measure {
    column: usize,
    last: Option<Last>,
    /// Whether a comment breaks the line before the next token, unless that one joins the line.
    has_comment: bool,
}

impl Measure {
    fn unit(&mut self, unit: LayoutUnit<'_>) -> ControlFlow<()> {
        match unit {
            LayoutUnit::Token(token, parent) => self.token(token, parent)?,
            LayoutUnit::Json(json) => self.json(json)?,
            LayoutUnit::Gap => {
                self.column += 1;
                self.last = Some(Last::json());
            }
        }
        if self.column > LINE_LIMIT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Comments before the first token do not count.
    fn comments_before(&mut self, token: Token<'_>, manner: Manner) -> ControlFlow<()> {
        self.has_comment |= self.last.is_some() && comments_before(token).next().is_some();
        let breaks = self.has_comment && manner != Manner::Joins;
        if breaks { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn token(&mut self, token: Token<'_>, parent: NodeKind) -> ControlFlow<()> {
        self.comments_before(token, manner(token.kind()))?;
        if !is_left_out(token) {
            let blank = self.last.is_some_and(|last| blank_between(last, token.kind(), parent));
            self.column += usize::from(blank) + spelling(token).chars().count();
            self.last = Some(Last::token(token, parent));
        }
        ControlFlow::Continue(())
    }

    fn json(&mut self, json: SyntaxNode<'_>) -> ControlFlow<()> {
        if let Some(first) = json.all_tokens().next() {
            self.comments_before(first, Manner::Plain)?;
        }
        let mut lines = json_lines(json);
        self.column += 1 + lines.next().map_or(0, |line| line.chars().count());
        self.last = Some(Last::json());
        if lines.next().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
