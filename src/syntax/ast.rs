//! What the passes after the parser ask of a tree.

use super::connective::Connective;
use super::foreign::unquoted;
use super::kind::{NodeKind, TokenKind};
use super::tree::{SyntaxNode, Token, TreePart};

pub use super::nodes::*;
use crate::source::SourceSpan;

/// Whether a part of the item was given up: it defines its names and states nothing more.
pub fn is_broken(item: SyntaxNode<'_>) -> bool {
    item.kind() == NodeKind::Error || item.child(NodeKind::Error).is_some()
}

/// Whether a part of the item's block that was given up may have stated the setting `word`.
pub fn may_have_stated(item: SyntaxNode<'_>, word: &str) -> bool {
    let parts = item.child(NodeKind::Block).into_iter().flat_map(SyntaxNode::children);
    parts.filter(|part| is_broken(*part)).any(|part| {
        let begins = part.tokens().map(Token::text).find(|text| text.starts_with(char::is_alphabetic)).unwrap_or(word);
        begins == word || super::keyword::spelt(begins).next().is_none() && part.kind() == NodeKind::Setting
    })
}

/// The word that begins the item.
pub fn keyword(item: SyntaxNode<'_>) -> &str {
    word(item).map_or("", Token::text)
}

/// The first word among the node's own tokens.
pub fn word(node: SyntaxNode<'_>) -> Option<Token<'_>> {
    node.token(TokenKind::Word)
}

/// The token of the name that an item defines: a word or a string.
pub fn name(item: SyntaxNode<'_>) -> Option<Token<'_>> {
    item.child(NodeKind::Name).and_then(word_or_string)
}

/// The token of the name that an item of a file defines, that of a `param` among them.
pub fn defined_name(item: SyntaxNode<'_>) -> Option<Token<'_>> {
    let parameter = item.child(NodeKind::Parameter).filter(|_| item.kind() == NodeKind::Param);
    name(parameter.unwrap_or(item))
}

/// The name that a token states: a word as it is, a string without its quotes.
///
/// Names that Azure takes have nothing to escape; what is escaped all the same is refused by its characters.
pub fn plain_name<'t>(token: Token<'t>) -> &'t str {
    match token.kind() {
        TokenKind::String => unquoted(token.text()),
        _ => token.text(),
    }
}

/// The first word or string among the node's own tokens.
pub fn word_or_string(node: SyntaxNode<'_>) -> Option<Token<'_>> {
    node.tokens().find(|token| matches!(token.kind(), TokenKind::Word | TokenKind::String))
}

/// The first child that is a `V`.
pub fn part<'t, V: NodeView<'t>>(node: SyntaxNode<'t>) -> Option<V> {
    parts(node).next()
}

/// The children that are a `V`.
pub fn parts<'t, V: NodeView<'t>>(node: SyntaxNode<'t>) -> impl Iterator<Item = V> + Clone {
    node.children().filter_map(V::of)
}

/// Where an item is, without the descriptions and annotations before it.
pub fn core(item: SyntaxNode<'_>) -> SourceSpan {
    let whole = item.span();
    let in_front = |part: &TreePart<'_>| match part {
        TreePart::Token(token) => token.kind() == TokenKind::Doc,
        TreePart::Node(node) => node.kind() == NodeKind::Annotation,
    };
    let first = item.parts().into_iter().find(|part| !in_front(part));
    let start = first.map_or(whole, |part| match part {
        TreePart::Token(token) => token.span(),
        TreePart::Node(node) => node.span(),
    });
    start.to(whole)
}

/// The items of the item's block.
pub fn items(item: SyntaxNode<'_>) -> impl Iterator<Item = Item<'_>> + Clone {
    item.child(NodeKind::Block).into_iter().flat_map(parts)
}

/// The word of a rule that is alone, where the rule has it.
pub fn flag(rule: SyntaxNode<'_>, flag: Connective) -> Option<SyntaxNode<'_>> {
    rule.children_of(NodeKind::Flag).find(|node| keyword(*node) == flag.word())
}

/// The settings of the item's block, but for those that were given up.
pub fn settings(item: SyntaxNode<'_>) -> impl Iterator<Item = SyntaxNode<'_>> + Clone {
    let block = item.child(NodeKind::Block).into_iter();
    block.flat_map(|block| block.children_of(NodeKind::Setting)).filter(|setting| !is_broken(*setting))
}

/// The terms of a list, or of the first list that a node holds.
pub fn terms(node: SyntaxNode<'_>) -> impl Iterator<Item = SyntaxNode<'_>> + Clone {
    let list = if node.kind() == NodeKind::List { Some(node) } else { node.child(NodeKind::List) };
    list.into_iter().flat_map(|list| list.children_of(NodeKind::Term))
}

/// The description before the item: its `##` lines, joined by blanks.
pub fn description(item: SyntaxNode<'_>) -> Option<String> {
    let lines: Vec<&str> = item
        .tokens()
        .take_while(|token| token.kind() != TokenKind::Word)
        .filter(|token| token.kind() == TokenKind::Doc)
        .map(|token| token.text().trim_start_matches('#').trim())
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}
