//! What does not fit on its line: clauses, lists and brackets.

use crate::syntax::{NodeKind, SyntaxNode, TokenKind, TreePart};

use super::LINE_LIMIT;
use super::items::INDENT;
use super::printer::{Printer, flat_length};

/// Room for what has to be on the same line after a part: a comma, or ` {`.
const ROOM_BEHIND: usize = 2;
/// Makes what is after `from`, `to` and `->` begin in one column.
const BEHIND_SHORT_WORD: &str = "  ";

/// How a node is laid out where its item does not fit on a line.
enum WrapLayout {
    Block,
    /// As written.
    Json,
    /// On a line of its own.
    Clause,
    Services,
    Name,
    List,
    /// Round brackets, with a line for each thing between them.
    Brackets,
    Braces,
    /// Its parts one after another.
    Parts,
}

fn layout(kind: NodeKind) -> WrapLayout {
    use NodeKind::{
        Annotation, Apply, Argument, Arguments, AsIs, Atom, Block, Braces, Bundle, Call, Carried, Collection, Dnat,
        Error, Except, Expect, File, Firewall, Flag, For, From, Group, Header, Import, Inherits, IpGroup, Json, Label,
        Let, List, Name, Outside, Param, Parameter, Parameters, Path, Policy, Priority, PrivateEndpoint, Routes, Rule,
        Service, Services, Setting, Target, Term, Test, Text, To, Use, When,
    };
    match kind {
        Block => WrapLayout::Block,
        Json => WrapLayout::Json,
        From | To | Target | Outside | Flag | Header | Carried | AsIs => WrapLayout::Clause,
        Services => WrapLayout::Services,
        Name => WrapLayout::Name,
        List => WrapLayout::List,
        Parameters | Arguments | Annotation | Except => WrapLayout::Brackets,
        Braces => WrapLayout::Braces,
        Use | Import | Let | IpGroup | Param | Bundle | Policy | Group | Collection | Rule | Dnat | Apply | When
        | Setting | Firewall | Routes | PrivateEndpoint | Expect | Test | Error | File => WrapLayout::Parts,
        Label | Inherits | Priority | Parameter | Argument | For | Term | Atom | Path | Call | Text | Service => {
            WrapLayout::Parts
        }
    }
}

impl Printer<'_> {
    /// Parts of a node of kind `parent`, of which not all fit on one line.
    pub(super) fn wrapped<'t>(&mut self, parts: impl Iterator<Item = TreePart<'t>>, parent: NodeKind, indent: usize) {
        for part in parts {
            match part {
                TreePart::Token(token) => self.token(token, parent),
                TreePart::Node(node) => self.node(node, parent, indent),
            }
        }
    }

    /// A child of a node of kind `parent`.
    pub(super) fn node(&mut self, node: SyntaxNode<'_>, parent: NodeKind, indent: usize) {
        match layout(node.kind()) {
            WrapLayout::Block => self.block(node, parent, indent),
            WrapLayout::Json => self.json(node),
            WrapLayout::Clause => {
                self.break_to(indent + INDENT, None);
                self.clause(node);
            }
            WrapLayout::Services => self.clause(node),
            WrapLayout::Name | WrapLayout::List | WrapLayout::Brackets | WrapLayout::Braces | WrapLayout::Parts
                if self.fits(node, parent) =>
            {
                self.flat(TreePart::Node(node), parent);
            }
            WrapLayout::Name if parent == NodeKind::Use => {
                self.break_to(indent + INDENT, None);
                self.flat(TreePart::Node(node), parent);
            }
            WrapLayout::List => {
                self.break_to(indent + INDENT, None);
                self.entries(node, indent + INDENT);
            }
            WrapLayout::Brackets => self.bracketed(node, indent),
            WrapLayout::Braces => self.filled(node),
            WrapLayout::Name | WrapLayout::Parts => self.wrapped(node.content(), node.kind(), indent),
        }
    }

    fn fits(&self, node: SyntaxNode<'_>, parent: NodeKind) -> bool {
        let length = flat_length(std::iter::once(TreePart::Node(node)), parent, self.next_column());
        length.is_some_and(|length| length + ROOM_BEHIND <= LINE_LIMIT)
    }

    /// A clause of a rule. A list that does not fit goes on below its first entry.
    fn clause(&mut self, clause: SyntaxNode<'_>) {
        for part in clause.content() {
            match part {
                TreePart::Token(word) => {
                    self.token(word, clause.kind());
                    let is_short = word.kind() == TokenKind::Arrow || clause.kind() == NodeKind::To;
                    self.lines.push(if is_short { BEHIND_SHORT_WORD } else { "" });
                }
                TreePart::Node(list) if list.kind() == NodeKind::List && !self.fits(list, clause.kind()) => {
                    self.entries(list, self.next_column());
                }
                TreePart::Node(_) => self.flat(part, clause.kind()),
            }
        }
    }

    /// The entries of a list, each but the first on a line of its own.
    fn entries(&mut self, list: SyntaxNode<'_>, column: usize) {
        for (index, part) in list.content().enumerate() {
            match part {
                TreePart::Token(comma) => self.token(comma, list.kind()),
                TreePart::Node(entry) => {
                    if index > 0 {
                        self.break_to(column, None);
                    }
                    self.node(entry, list.kind(), column);
                }
            }
        }
    }

    /// The short words between braces, as many on a line as fit.
    fn filled(&mut self, braces: SyntaxNode<'_>) {
        let mut column = self.next_column();
        for part in braces.content() {
            match part {
                TreePart::Token(token) => {
                    self.token(token, braces.kind());
                    if token.kind() == TokenKind::LeftBrace {
                        column = self.next_column() - 1;
                    }
                }
                TreePart::Node(word) => {
                    if !self.fits(word, braces.kind()) {
                        self.break_to(column, None);
                    }
                    self.flat(part, braces.kind());
                }
            }
        }
    }

    /// Round brackets, with a line for each thing between them.
    fn bracketed(&mut self, node: SyntaxNode<'_>, indent: usize) {
        use TokenKind::{Comma, LeftParen, RightParen};
        let inner = indent + INDENT;
        for part in node.content() {
            match part {
                TreePart::Token(token) => {
                    if token.kind() == RightParen {
                        self.break_to(indent, None);
                    }
                    self.token(token, node.kind());
                    if matches!(token.kind(), LeftParen | Comma) {
                        self.break_to(inner, None);
                    }
                }
                TreePart::Node(entry) => self.entry(entry, node.kind(), inner),
            }
        }
    }

    /// A thing between brackets.
    fn entry(&mut self, entry: SyntaxNode<'_>, parent: NodeKind, indent: usize) {
        let kind = entry.kind();
        if kind == NodeKind::List {
            return self.entries(entry, indent);
        }
        if !matches!(kind, NodeKind::Parameter | NodeKind::Argument) {
            return self.node(entry, parent, indent);
        }
        self.break_to(indent, None);
        if !self.fits(entry, parent) {
            return self.wrapped(entry.content(), kind, indent);
        }
        self.break_to(indent, Some((kind, false)));
        self.flat_cells(entry.content(), kind);
    }
}
