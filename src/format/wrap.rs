//! What does not fit on its line: clauses, lists and brackets.

use crate::syntax::{Node, Part, SyntaxKind};

use super::LINE_LIMIT;
use super::items::INDENT;
use super::printer::{Printer, flat_length};

/// Room for what has to stand on the same line behind a part: a comma, or ` {`.
const ROOM_BEHIND: usize = 2;
/// Makes what stands behind `from`, `to` and `->` begin in one column.
const BEHIND_SHORT_WORD: &str = "  ";

impl Printer<'_> {
    /// Parts of a node of kind `parent`, of which not all fit on one line.
    pub(super) fn wrapped<'t>(&mut self, parts: impl Iterator<Item = Part<'t>>, parent: SyntaxKind, indent: usize) {
        for part in parts {
            match part {
                Part::Token(token) => self.token(token, parent),
                Part::Node(node) => self.node(node, parent, indent),
            }
        }
    }

    /// A child of a node of kind `parent`.
    pub(super) fn node(&mut self, node: Node<'_>, parent: SyntaxKind, indent: usize) {
        use SyntaxKind::{
            Annotation, Arguments, AsIs, Block, Braces, Carried, Except, From, Header, Inspect, Json, List, Name,
            Outside, Parameters, Services, Target, To, Use,
        };
        match node.kind() {
            Block => self.block(node, parent, indent),
            Json => self.json(node),
            From | To | Target | Outside | Inspect | Header | Carried | AsIs => {
                self.break_to(indent + INDENT, None);
                self.clause(node);
            }
            Services => self.clause(node),
            _ if self.fits(node, parent) => self.flat(Part::Node(node), parent),
            Name if parent == Use => {
                self.break_to(indent + INDENT, None);
                self.flat(Part::Node(node), parent);
            }
            List => {
                self.break_to(indent + INDENT, None);
                self.entries(node, indent + INDENT);
            }
            Parameters | Arguments | Annotation | Except => self.bracketed(node, indent),
            Braces => self.filled(node),
            _ => self.wrapped(node.content(), node.kind(), indent),
        }
    }

    fn fits(&self, node: Node<'_>, parent: SyntaxKind) -> bool {
        let length = flat_length(std::iter::once(Part::Node(node)), parent, self.next_column());
        length.is_some_and(|length| length + ROOM_BEHIND <= LINE_LIMIT)
    }

    /// A clause of a rule. A list that does not fit goes on below its first entry.
    fn clause(&mut self, clause: Node<'_>) {
        for part in clause.content() {
            match part {
                Part::Token(word) => {
                    self.token(word, clause.kind());
                    let is_short = word.kind() == SyntaxKind::Arrow || clause.kind() == SyntaxKind::To;
                    self.lines.push(if is_short { BEHIND_SHORT_WORD } else { "" });
                }
                Part::Node(list) if list.kind() == SyntaxKind::List && !self.fits(list, clause.kind()) => {
                    self.entries(list, self.next_column());
                }
                Part::Node(_) => self.flat(part, clause.kind()),
            }
        }
    }

    /// The entries of a list, each but the first on a line of its own.
    fn entries(&mut self, list: Node<'_>, column: usize) {
        for (index, part) in list.content().enumerate() {
            match part {
                Part::Token(comma) => self.token(comma, list.kind()),
                Part::Node(entry) => {
                    if index > 0 {
                        self.break_to(column, None);
                    }
                    self.node(entry, list.kind(), column);
                }
            }
        }
    }

    /// The short words between braces, as many on a line as fit.
    fn filled(&mut self, braces: Node<'_>) {
        let mut column = self.next_column();
        for part in braces.content() {
            match part {
                Part::Token(token) => {
                    self.token(token, braces.kind());
                    if token.kind() == SyntaxKind::LeftBrace {
                        column = self.next_column() - 1;
                    }
                }
                Part::Node(word) => {
                    if !self.fits(word, braces.kind()) {
                        self.break_to(column, None);
                    }
                    self.flat(part, braces.kind());
                }
            }
        }
    }

    /// Round brackets, with a line for each thing between them.
    fn bracketed(&mut self, node: Node<'_>, indent: usize) {
        use SyntaxKind::{Comma, LeftParen, RightParen};
        let inner = indent + INDENT;
        for part in node.content() {
            match part {
                Part::Token(token) => {
                    if token.kind() == RightParen {
                        self.break_to(indent, None);
                    }
                    self.token(token, node.kind());
                    if matches!(token.kind(), LeftParen | Comma) {
                        self.break_to(inner, None);
                    }
                }
                Part::Node(entry) => self.entry(entry, node.kind(), inner),
            }
        }
    }

    /// A thing between brackets.
    fn entry(&mut self, entry: Node<'_>, parent: SyntaxKind, indent: usize) {
        match entry.kind() {
            SyntaxKind::List => self.entries(entry, indent),
            kind @ (SyntaxKind::Parameter | SyntaxKind::Argument) => {
                self.break_to(indent, None);
                if !self.fits(entry, parent) {
                    return self.wrapped(entry.content(), kind, indent);
                }
                self.break_to(indent, Some((kind, false)));
                self.flat_cells(entry.content(), kind);
            }
            _ => self.node(entry, parent, indent),
        }
    }
}
