//! The canonical order of rules in a group, and of what comes before an item.

use crate::syntax::{NodeKind, SyntaxNode, Token, TokenKind, TreePart};

use super::spacing::{comments_before, has_own_line, line_ends_before};

/// An item at its place.
#[derive(Clone, Copy)]
pub(super) struct OrderedItem<'t> {
    pub(super) item: SyntaxNode<'t>,
    /// Whether a blank line is between it, its comments included, and what is before it.
    pub(super) blank_before: bool,
}

/// Calls `take` with the items of a block in canonical order. `holder` is the item that has the block.
pub(super) fn arranged<'t>(
    holder: NodeKind,
    items: impl Iterator<Item = SyntaxNode<'t>>,
    mut take: impl FnMut(OrderedItem<'t>),
) {
    let moves = matches!(holder, NodeKind::Group | NodeKind::Bundle | NodeKind::When);
    let mut stretch = Vec::new();
    for item in items {
        if moves && matches!(item.kind(), NodeKind::Rule | NodeKind::Dnat) {
            stretch.push(item);
            continue;
        }
        denies_first(&mut stretch, &mut take);
        take(OrderedItem { item, blank_before: blank_before(item) });
    }
    denies_first(&mut stretch, &mut take);
}

/// Takes a stretch of rules, the `deny` ones first.
///
/// The blank line before the stretch stays there, and one that a moved rule had is between the denies and the rest.
fn denies_first<'t>(stretch: &mut Vec<SyntaxNode<'t>>, take: &mut impl FnMut(OrderedItem<'t>)) {
    let in_front = stretch.iter().take_while(|item| is_deny(**item)).count();
    let blank_at_start = stretch.first().copied().is_some_and(blank_before);
    let blank_of_moved = stretch.iter().skip(in_front).any(|item| is_deny(*item) && blank_before(*item));
    let anything_moves = stretch.iter().skip(in_front).any(|item| is_deny(*item));
    let denies = stretch.iter().filter(|item| is_deny(**item));
    for (index, &item) in denies.enumerate() {
        take(OrderedItem { item, blank_before: if index == 0 { blank_at_start } else { blank_before(item) } });
    }
    let others = stretch.iter().filter(|item| !is_deny(**item));
    for (index, &item) in others.enumerate() {
        let was_first = index == 0 && in_front == 0 && anything_moves;
        let blank_before = !was_first && blank_before(item) || index == 0 && blank_of_moved;
        take(OrderedItem { item, blank_before });
    }
    stretch.clear();
}

fn is_deny(rule: SyntaxNode<'_>) -> bool {
    let action = rule.content().find_map(|part| match part {
        TreePart::Token(token) if token.kind() == TokenKind::Word => Some(token),
        TreePart::Token(_) | TreePart::Node(_) => None,
    });
    action.is_some_and(|action| action.text() == "deny")
}

/// Whether a blank line is between an item, with the comments that belong to it, and what is before.
fn blank_before(item: SyntaxNode<'_>) -> bool {
    let Some(first) = item.all_tokens().next() else { return false };
    let begins = comments_before(first).find(|comment| has_own_line(*comment)).unwrap_or(first);
    line_ends_before(begins) > 1
}

/// The descriptions before an item.
pub(super) fn descriptions(item: SyntaxNode<'_>) -> impl Iterator<Item = Token<'_>> {
    prefix(item).filter_map(|part| match part {
        TreePart::Token(token) => Some(token),
        TreePart::Node(_) => None,
    })
}

/// The annotations before an item.
pub(super) fn annotations(item: SyntaxNode<'_>) -> impl Iterator<Item = SyntaxNode<'_>> {
    prefix(item).filter_map(|part| match part {
        TreePart::Token(_) => None,
        TreePart::Node(node) => Some(node),
    })
}

/// The item itself, without what comes before it.
pub(super) fn core(item: SyntaxNode<'_>) -> impl Iterator<Item = TreePart<'_>> {
    item.content().skip_while(is_prefix)
}

fn prefix(item: SyntaxNode<'_>) -> impl Iterator<Item = TreePart<'_>> {
    item.content().take_while(is_prefix)
}

fn is_prefix(part: &TreePart<'_>) -> bool {
    match part {
        TreePart::Token(token) => token.kind() == TokenKind::Doc,
        TreePart::Node(node) => node.kind() == NodeKind::Annotation,
    }
}
