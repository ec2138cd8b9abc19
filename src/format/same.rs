//! What a tree states, boiled down, so that the trees of the input and the output need not be held at once.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::syntax::{NodeKind, SyntaxNode, SyntaxTree, Token, TokenKind, TreePart};

use super::order::{annotations, arranged, core, descriptions};
use super::spacing::{is_left_out, json_lines, spelling};

/// What a tree states: equal for trees with the same tokens in the same nodes, in canonical order, and the same comments.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Digest {
    solid: u64,
    /// A sum, because a comment may change its place among the tokens of its item.
    comments: u64,
}

pub(super) fn digest(tree: &SyntaxTree) -> Digest {
    let mut hasher = DefaultHasher::new();
    node(tree.root(), NodeKind::File, &mut hasher);
    let comments = tree.tokens().filter(|token| token.kind() == TokenKind::Comment);
    Digest { solid: hasher.finish(), comments: comments.map(comment).fold(0, u64::wrapping_add) }
}

/// What is after the parts of a node, and is no kind of a node or a token.
const END: u8 = u8::MAX;
/// What parts the kinds of tokens from those of nodes.
const OF_TOKENS: u8 = 0x80;

fn comment(comment: Token<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    spelling(comment).hash(&mut hasher);
    hasher.finish()
}

fn node(node: SyntaxNode<'_>, holder: NodeKind, to: &mut DefaultHasher) {
    (node.kind() as u8).hash(to);
    match node.kind() {
        NodeKind::Json => json_lines(node).for_each(|line| line.hash(to)),
        NodeKind::File | NodeKind::Block => arranged(holder, node.children(), |placed| item(placed.item, to)),
        kind => node.content().for_each(|part| self::part(part, kind, to)),
    }
    END.hash(to);
}

fn item(item: SyntaxNode<'_>, to: &mut DefaultHasher) {
    (item.kind() as u8).hash(to);
    descriptions(item).for_each(|description| token(description, to));
    annotations(item).for_each(|annotation| node(annotation, item.kind(), to));
    core(item).for_each(|part| self::part(part, item.kind(), to));
    END.hash(to);
}

fn part(part: TreePart<'_>, holder: NodeKind, to: &mut DefaultHasher) {
    match part {
        TreePart::Node(child) => node(child, holder, to),
        TreePart::Token(own) => token(own, to),
    }
}

fn token(token: Token<'_>, to: &mut DefaultHasher) {
    if !is_left_out(token) {
        (OF_TOKENS | token.kind() as u8).hash(to);
        spelling(token).hash(to);
    }
}
