//! What the passes behind the parser ask of a tree.

use super::foreign::unquoted;
use super::kind::SyntaxKind;
use super::tree::{Node, Part, Token};
use crate::source::Span;

/// Whether a part of the item was given up: it defines its names and says nothing more.
pub fn is_broken(item: Node<'_>) -> bool {
    item.kind() == SyntaxKind::Error || item.child(SyntaxKind::Error).is_some()
}

/// The word that begins the item.
pub fn keyword(item: Node<'_>) -> &str {
    word(item).map_or("", Token::text)
}

/// The first word among the node's own tokens.
pub fn word(node: Node<'_>) -> Option<Token<'_>> {
    node.token(SyntaxKind::Word)
}

/// The token of the name that an item defines: a word or a string.
pub fn name(item: Node<'_>) -> Option<Token<'_>> {
    item.child(SyntaxKind::Name).and_then(word_or_string)
}

/// The name that a token says: a word as it stands, a string without its quotes.
///
/// Names that Azure takes have nothing to escape; what is escaped all the same is refused by its characters.
pub fn plain_name<'t>(token: Token<'t>) -> &'t str {
    match token.kind() {
        SyntaxKind::String => unquoted(token.text()),
        _ => token.text(),
    }
}

/// The first word or string among the node's own tokens.
pub fn word_or_string(node: Node<'_>) -> Option<Token<'_>> {
    node.tokens().find(|token| matches!(token.kind(), SyntaxKind::Word | SyntaxKind::String))
}

/// Where an item stands, without the descriptions and annotations in front of it.
pub fn core(item: Node<'_>) -> Span {
    let whole = item.span();
    let in_front = |part: &Part<'_>| match part {
        Part::Token(token) => token.kind() == SyntaxKind::Doc,
        Part::Node(node) => node.kind() == SyntaxKind::Annotation,
    };
    let first = item.parts().into_iter().find(|part| !in_front(part));
    let start = first.map_or(whole, |part| match part {
        Part::Token(token) => token.span(),
        Part::Node(node) => node.span(),
    });
    start.to(whole)
}

/// The items of the item's block.
pub fn items(item: Node<'_>) -> impl Iterator<Item = Node<'_>> + Clone {
    item.child(SyntaxKind::Block).into_iter().flat_map(|block| block.children())
}

/// The description in front of the item: its `##` lines, joined by blanks.
pub fn description(item: Node<'_>) -> Option<String> {
    let lines: Vec<&str> = item
        .tokens()
        .take_while(|token| token.kind() != SyntaxKind::Word)
        .filter(|token| token.kind() == SyntaxKind::Doc)
        .map(|token| token.text().trim_start_matches('#').trim())
        .filter(|line| !line.is_empty())
        .collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}
