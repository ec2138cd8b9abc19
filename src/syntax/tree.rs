//! The lossless syntax tree, in flat arrays: tokens in text order, nodes in pre-order.
//!
//! A token takes 5 bytes and a node 13, so that the tree of a file stays within a small multiple of its text.

use std::sync::Arc;

use crate::source::{FileId, SourceSpan};

use super::kind::{NodeKind, TokenKind};

/// The tree of one file.
#[derive(Clone, Debug)]
pub struct SyntaxTree {
    file: FileId,
    text: Arc<str>,
    tokens: Tokens,
    nodes: Nodes,
}

/// Kinds and starts of the tokens; a token ends where the next one starts.
#[derive(Clone, Default, Debug)]
pub(super) struct Tokens {
    kinds: Vec<TokenKind>,
    starts: Vec<u32>,
}

/// What is known of each node, a column for each part of it.
#[derive(Clone, Default, Debug)]
struct Nodes {
    kinds: Vec<NodeKind>,
    first_tokens: Vec<u32>,
    end_tokens: Vec<u32>,
    end_nodes: Vec<u32>,
}

#[derive(Clone, Copy)]
struct NodeData {
    kind: NodeKind,
    first_token: u32,
    end_token: u32,
    /// The index of the node after the last descendant.
    end_node: u32,
}

impl Tokens {
    pub(super) fn push(&mut self, kind: TokenKind, start: u32) {
        push(&mut self.kinds, kind);
        push(&mut self.starts, start);
    }

    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn count(&self, kind: TokenKind) -> usize {
        self.kinds.iter().filter(|&&other| other == kind).count()
    }

    pub(super) fn kind(&self, index: usize) -> TokenKind {
        self.kinds.get(index).copied().unwrap_or(TokenKind::End)
    }

    pub(super) fn start(&self, index: usize) -> Option<u32> {
        self.starts.get(index).copied()
    }
}

impl Nodes {
    fn get(&self, index: usize) -> Option<NodeData> {
        Some(NodeData {
            kind: *self.kinds.get(index)?,
            first_token: *self.first_tokens.get(index)?,
            end_token: *self.end_tokens.get(index)?,
            end_node: *self.end_nodes.get(index)?,
        })
    }
}

/// Adds to a column. It grows by a quarter, not by double, so that old and new together stay near what is needed.
fn push<T>(column: &mut Vec<T>, value: T) {
    if column.len() == column.capacity() {
        column.reserve_exact(column.len() / 4 + 64);
    }
    column.push(value);
}

/// Builds the nodes of a tree while the parser goes along.
#[derive(Default, Debug)]
pub(super) struct Builder {
    nodes: Nodes,
}

impl Builder {
    /// Opens a node at token `first` and returns what closes it.
    pub(super) fn open(&mut self, kind: NodeKind, first: usize) -> usize {
        let opened = self.nodes.kinds.len();
        push(&mut self.nodes.kinds, kind);
        push(&mut self.nodes.first_tokens, narrow(first));
        push(&mut self.nodes.end_tokens, narrow(first));
        push(&mut self.nodes.end_nodes, 0);
        opened
    }

    /// Closes the node `opened` before token `end`.
    pub(super) fn close(&mut self, opened: usize, end: usize) {
        let end_node = narrow(self.nodes.kinds.len());
        if let Some(token) = self.nodes.end_tokens.get_mut(opened) {
            *token = (*token).max(narrow(end));
        }
        if let Some(node) = self.nodes.end_nodes.get_mut(opened) {
            *node = end_node;
        }
    }

    /// Makes the node `opened` one of another kind.
    pub(super) fn rename(&mut self, opened: usize, kind: NodeKind) {
        if let Some(node) = self.nodes.kinds.get_mut(opened) {
            *node = kind;
        }
    }

    pub(super) fn finish(self, file: FileId, text: Arc<str>, tokens: Tokens) -> SyntaxTree {
        SyntaxTree { file, text, tokens, nodes: self.nodes }
    }
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl SyntaxTree {
    /// The node of the whole file.
    pub fn root(&self) -> SyntaxNode<'_> {
        SyntaxNode { tree: self, index: 0 }
    }

    /// The file that was parsed.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// Every token in order; their texts joined are the text of the file.
    pub fn tokens(&self) -> impl Iterator<Item = Token<'_>> {
        (0..self.tokens.len()).map(|index| Token { tree: self, index })
    }

    fn token_end(&self, index: usize) -> u32 {
        self.tokens.start(index + 1).unwrap_or(narrow(self.text.len()))
    }
}

/// A token of a tree.
#[derive(Clone, Copy)]
pub struct Token<'t> {
    tree: &'t SyntaxTree,
    index: usize,
}

impl<'t> Token<'t> {
    /// What it is.
    pub fn kind(self) -> TokenKind {
        self.tree.tokens.kind(self.index)
    }

    /// Its text.
    pub fn text(self) -> &'t str {
        self.tree.text.get(self.span().range()).unwrap_or("")
    }

    /// Where it is.
    pub fn span(self) -> SourceSpan {
        let start = self.tree.tokens.start(self.index).unwrap_or(0);
        SourceSpan::new(self.tree.file, start, self.tree.token_end(self.index))
    }

    /// The token right before it, trivia or not.
    pub fn preceding(self) -> Option<Token<'t>> {
        self.index.checked_sub(1).map(|index| Token { index, ..self })
    }

    /// The token right after it, trivia or not.
    pub fn following(self) -> Option<Token<'t>> {
        let index = self.index + 1;
        (index < self.tree.tokens.len()).then_some(Token { index, ..self })
    }
}

impl std::fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.kind(), self.text())
    }
}

/// A node of a tree.
#[derive(Clone, Copy)]
pub struct SyntaxNode<'t> {
    tree: &'t SyntaxTree,
    index: usize,
}

impl<'t> SyntaxNode<'t> {
    fn data(self) -> NodeData {
        let nothing = NodeData { kind: NodeKind::Error, first_token: 0, end_token: 0, end_node: 0 };
        self.tree.nodes.get(self.index).unwrap_or(nothing)
    }

    /// What it is.
    pub fn kind(self) -> NodeKind {
        self.data().kind
    }

    /// The child nodes, in order.
    pub fn children(self) -> impl Iterator<Item = SyntaxNode<'t>> + Clone {
        let end = self.data().end_node as usize;
        let at = move |index: usize| (index < end).then_some(SyntaxNode { tree: self.tree, index });
        std::iter::successors(at(self.index + 1), move |node| at(node.data().end_node as usize))
    }

    /// The first child of a kind.
    pub fn child(self, kind: NodeKind) -> Option<SyntaxNode<'t>> {
        self.children_of(kind).next()
    }

    /// The children of a kind.
    pub fn children_of(self, kind: NodeKind) -> impl Iterator<Item = SyntaxNode<'t>> + Clone {
        self.children().filter(move |node| node.kind() == kind)
    }

    /// Every token below, in order, those of descendants too.
    pub fn all_tokens(self) -> impl DoubleEndedIterator<Item = Token<'t>> {
        let NodeData { first_token, end_token, .. } = self.data();
        (first_token as usize..end_token as usize).map(move |index| Token { tree: self.tree, index })
    }

    /// The tokens that are the node's own and not a child's, without trivia.
    pub fn tokens(self) -> impl Iterator<Item = Token<'t>> {
        let mut children = self.children().peekable();
        self.all_tokens().filter(move |token| {
            while children.next_if(|child| child.data().end_token as usize <= token.index).is_some() {}
            let in_child = children.peek().is_some_and(|child| child.data().first_token as usize <= token.index);
            !in_child && !token.kind().is_trivia()
        })
    }

    /// The children and own tokens, without trivia, in the order of the text.
    pub fn parts(self) -> Vec<TreePart<'t>> {
        self.content().collect()
    }

    /// The [`SyntaxNode::parts`], one by one.
    pub fn content(self) -> impl Iterator<Item = TreePart<'t>> {
        let NodeData { first_token, end_token, .. } = self.data();
        let mut children = self.children().peekable();
        let mut at = first_token;
        std::iter::from_fn(move || {
            loop {
                if let Some(child) = children.next_if(|child| child.data().first_token <= at) {
                    at = at.max(child.data().end_token);
                    return Some(TreePart::Node(child));
                }
                if at >= end_token {
                    return None;
                }
                let token = Token { tree: self.tree, index: at as usize };
                at += 1;
                if !token.kind().is_trivia() {
                    return Some(TreePart::Token(token));
                }
            }
        })
    }

    /// The first of the node's own tokens of a kind.
    pub fn token(self, kind: TokenKind) -> Option<Token<'t>> {
        self.tokens().find(|token| token.kind() == kind)
    }

    /// The text from the first to the last token, trivia between them included.
    pub fn text(self) -> &'t str {
        self.tree.text.get(self.span().range()).unwrap_or("")
    }

    /// Where it is, without trivia at the ends.
    pub fn span(self) -> SourceSpan {
        let mut solid = self.all_tokens().filter(|token| !token.kind().is_trivia());
        match (solid.next(), solid.next_back()) {
            (Some(first), Some(last)) => first.span().to(last.span()),
            (Some(only), None) => only.span(),
            (None, _) => {
                let start = self.tree.tokens.start(self.data().first_token as usize);
                let at = start.unwrap_or(narrow(self.tree.text.len()));
                SourceSpan::new(self.tree.file, at, at)
            }
        }
    }
}

/// A child or a token of a node.
#[derive(Clone, Copy, Debug)]
pub enum TreePart<'t> {
    /// A child node.
    Node(SyntaxNode<'t>),
    /// A token of its own.
    Token(Token<'t>),
}

impl std::fmt::Debug for SyntaxNode<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.kind(), self.text())
    }
}
