//! Items and blocks: one line or more, blank lines, and what comes before.

use crate::syntax::ast::{self, Item, NodeView};
use crate::syntax::{NodeKind, SyntaxNode, SyntaxTree, Token, TokenKind, TreePart};

use super::lines::{LineSort, Out};
use super::order::{annotations, arranged, core, descriptions};
use super::printer::{Printer, flat_length};
use super::spacing::{comment_behind, comments_at_end, comments_before, has_own_line, line_ends_before, spelling};

/// How far a block is indented.
pub(super) const INDENT: usize = 4;
/// Blocks that are nested deeper than this are indented no further.
const MOST_INDENT: usize = 8 * INDENT;
/// How many settings a block on one line holds, and how long the line gets.
const MOST_ON_A_LINE: usize = 3;
const SHORT_LINE: usize = 80;

/// The text of a file, in pieces.
pub(super) fn file(tree: &SyntaxTree) -> Vec<String> {
    match write(tree, Out::Pieces(Vec::new())) {
        Out::Pieces(pieces) => pieces,
        Out::Expected(_) => Vec::new(),
    }
}

/// Whether `text` is the text of a file; found out without holding both.
pub(super) fn file_is(tree: &SyntaxTree, text: &str) -> bool {
    matches!(write(tree, Out::Expected(Some(text))), Out::Expected(Some("")))
}

fn write<'o>(tree: &SyntaxTree, out: Out<'o>) -> Out<'o> {
    let mut printer = Printer::new(out);
    printer.items(NodeKind::File, tree.root().children(), 0);
    printer.closing_comments(comments_at_end(tree.root().all_tokens().next_back()), 0);
    printer.lines.finish()
}

impl Printer<'_> {
    fn items<'t>(&mut self, holder: NodeKind, items: impl Iterator<Item = SyntaxNode<'t>>, indent: usize) {
        let mut behind_block = false;
        arranged(holder, items, |placed| {
            let is_block = stands_apart(placed.item);
            if placed.blank_before || is_block || behind_block || has_prefix(placed.item) {
                self.lines.blank();
            }
            self.item(placed.item, indent);
            behind_block = is_block;
        });
    }

    fn item(&mut self, item: SyntaxNode<'_>, indent: usize) {
        let Some(first) = item.all_tokens().next() else { return };
        self.hang = indent + INDENT;
        self.leading_comments(first, indent);
        for description in descriptions(item) {
            self.inner_comments(description, first, indent);
            self.comment_line(&spelling(description), indent);
        }
        self.annotations(item, first, indent);
        if let Some(begins) = core(item).next().and_then(first_token) {
            self.inner_comments(begins, first, indent);
        }
        self.core(item, indent);
        self.end_line(item.all_tokens().next_back(), indent + INDENT);
    }

    /// The comments on their own lines before an item, and the blank lines between them.
    fn leading_comments(&mut self, token: Token<'_>, indent: usize) {
        let mut behind_comment = false;
        for comment in comments_before(token).filter(|comment| has_own_line(*comment)) {
            if behind_comment && line_ends_before(comment) > 1 {
                self.lines.blank();
            }
            self.comment_line(&spelling(comment), indent);
            behind_comment = true;
        }
        if behind_comment && line_ends_before(token) > 1 {
            self.lines.blank();
        }
        self.written_before(token);
    }

    /// The comments on their own lines before a part of an item, unless it is the first, whose comments are the item's.
    fn inner_comments(&mut self, token: Token<'_>, first: Token<'_>, indent: usize) {
        if token.span() != first.span() {
            for comment in comments_before(token).filter(|comment| has_own_line(*comment)) {
                self.comment_line(&spelling(comment), indent);
            }
        }
        self.written_before(token);
    }

    /// The comments between the last item and the end of a block.
    fn closing_comments<'t>(&mut self, comments: impl Iterator<Item = Token<'t>>, indent: usize) {
        for comment in comments.filter(|comment| has_own_line(*comment)) {
            if line_ends_before(comment) > 1 {
                self.lines.blank();
            }
            self.comment_line(&spelling(comment), indent);
        }
    }

    fn annotations(&mut self, item: SyntaxNode<'_>, first: Token<'_>, indent: usize) {
        if annotations_fit(item, first, indent) {
            return self.annotations_on_a_line(item, indent);
        }
        for annotation in annotations(item) {
            let Some(begins) = annotation.all_tokens().next() else { continue };
            self.inner_comments(begins, first, indent);
            self.begin(indent, None);
            self.node(annotation, item.kind(), indent);
            self.end_line(annotation.all_tokens().next_back(), indent);
        }
    }

    fn annotations_on_a_line(&mut self, item: SyntaxNode<'_>, indent: usize) {
        for (index, annotation) in annotations(item).enumerate() {
            if index == 0 {
                self.begin(indent, None);
            } else {
                self.gap();
            }
            annotation.all_tokens().next().into_iter().for_each(|begins| self.written_before(begins));
            self.flat(TreePart::Node(annotation), item.kind());
        }
        let last = annotations(item).last();
        self.end_line(last.and_then(|last| last.all_tokens().next_back()), indent);
    }

    /// An item without what comes before it.
    fn core(&mut self, item: SyntaxNode<'_>, indent: usize) {
        if fits_on_a_line(item, indent) {
            self.begin(indent, sort(item));
            return self.flat_cells(core(item), item.kind());
        }
        self.begin(indent, None);
        self.wrapped(core(item), item.kind(), indent);
    }

    /// The block of an item of kind `holder`, from its opening to its closing brace.
    pub(super) fn block(&mut self, block: SyntaxNode<'_>, holder: NodeKind, indent: usize) {
        let mut tokens = block.all_tokens();
        let (Some(opens), Some(closes)) = (tokens.next(), tokens.next_back()) else { return };
        self.token(opens, NodeKind::Block);
        let is_empty = block.children().next().is_none() && comments_before(closes).next().is_none();
        if is_empty && !self.has_waiting() {
            return self.token(closes, NodeKind::Block);
        }
        let inner = (indent + INDENT).min(MOST_INDENT);
        self.end_line(Some(opens), inner);
        self.lines.open_block();
        self.items(holder, block.children(), inner);
        self.closing_comments(comments_before(closes), inner);
        self.hang = indent + INDENT;
        self.begin(indent, None);
        self.written_before(closes);
        self.token(closes, NodeKind::Block);
    }
}

fn first_token(part: TreePart<'_>) -> Option<Token<'_>> {
    match part {
        TreePart::Token(token) => Some(token),
        TreePart::Node(node) => node.all_tokens().next(),
    }
}

/// Whether blank lines are around the item.
fn stands_apart(item: SyntaxNode<'_>) -> bool {
    item.kind() != NodeKind::Setting && item.child(NodeKind::Block).is_some()
}

/// Whether a description or an annotation comes before the item, and a blank line before that.
fn has_prefix(item: SyntaxNode<'_>) -> bool {
    descriptions(item).next().is_some() || annotations(item).next().is_some()
}

/// Whether the annotations of an item share one line.
fn annotations_fit(item: SyntaxNode<'_>, first: Token<'_>, indent: usize) -> bool {
    let mut column = indent;
    let mut behind = None;
    for annotation in annotations(item) {
        let mut tokens = annotation.all_tokens();
        let begins = tokens.next();
        let apart =
            begins.is_some_and(|begins| begins.span() != first.span() && comments_before(begins).any(has_own_line));
        if apart || behind.is_some_and(|behind| comment_behind(behind).is_some()) {
            return false;
        }
        match flat_length(std::iter::once(TreePart::Node(annotation)), item.kind(), column) {
            Some(length) => column = length + 2,
            None => return false,
        }
        behind = tokens.next_back().or(begins);
    }
    behind.is_some()
}

fn fits_on_a_line(item: SyntaxNode<'_>, indent: usize) -> bool {
    let length = || flat_length(core(item), item.kind(), indent);
    match item.child(NodeKind::Block) {
        None => length().is_some(),
        Some(block) => {
            item.kind() == NodeKind::Setting && is_small(block) && length().is_some_and(|length| length <= SHORT_LINE)
        }
    }
}

/// Whether a block holds a few settings that hold nothing and have nothing before them.
fn is_small(block: SyntaxNode<'_>) -> bool {
    let is_plain = |setting: SyntaxNode<'_>| {
        !has_prefix(setting) && !setting.children().any(|part| matches!(part.kind(), NodeKind::Block | NodeKind::Json))
    };
    block.children().nth(MOST_ON_A_LINE).is_none() && block.children().all(is_plain)
}

/// Which lines an item of one line is aligned with: rules with labels, tags, and others each with their own.
fn sort(item: SyntaxNode<'_>) -> Option<LineSort> {
    match ast::Item::of(item)? {
        Item::Rule(_) | Item::Dnat(_) => Some((NodeKind::Rule, item.child(NodeKind::Label).is_some())),
        Item::Setting(_) => Some((NodeKind::Setting, item.token(TokenKind::Equals).is_some())),
        Item::Let(_) | Item::IpGroup(_) | Item::Param(_) | Item::Expect(_) => Some((item.kind(), false)),
        Item::Use(_)
        | Item::Import(_)
        | Item::Bundle(_)
        | Item::Policy(_)
        | Item::Group(_)
        | Item::Collection(_)
        | Item::Apply(_)
        | Item::When(_)
        | Item::Firewall(_)
        | Item::Routes(_)
        | Item::PrivateEndpoint(_)
        | Item::Test(_)
        | Item::Error(_) => None,
    }
}
