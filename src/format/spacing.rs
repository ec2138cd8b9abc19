//! Blanks between tokens on a line, and the one spelling of each token.

use std::borrow::Cow;

use crate::source::quote;
use crate::syntax::{NodeKind, SyntaxNode, TextPiece, Token, TokenKind, pieces};

/// What the last thing on a line was, as far as the blank after it depends on it.
#[derive(Clone, Copy)]
pub(super) struct Last {
    /// Nothing for JSON.
    kind: Option<TokenKind>,
    parent: NodeKind,
    is_dotted_quad: bool,
}

impl Last {
    pub(super) fn token(token: Token<'_>, parent: NodeKind) -> Self {
        Self { kind: Some(token.kind()), parent, is_dotted_quad: is_dotted_quad(token.text()) }
    }

    pub(super) fn json() -> Self {
        Self { kind: None, parent: NodeKind::Setting, is_dotted_quad: false }
    }
}

/// Whether a blank is between `last` and a token of `kind` in a node of kind `parent`.
pub(super) fn blank_between(last: Last, kind: TokenKind, parent: NodeKind) -> bool {
    use TokenKind::{
        Arrow, At, Colon, ColonColon, Comma, Comment, Doc, End, Equals, LeftBrace, LeftBracket, LeftParen, RightBrace,
        RightBracket, RightParen, Slash, String, Unknown, Whitespace, Word,
    };
    match last.kind {
        Some(LeftBrace) if last.parent == NodeKind::Block => return kind != RightBrace,
        Some(kind) if sticks(kind, last.parent) => return false,
        Some(_) | None => {}
    }
    match kind {
        Comma | Colon | ColonColon | RightParen => false,
        // Without the blank an address would take the slash and the number after it.
        Slash => last.is_dotted_quad,
        LeftParen => parent == NodeKind::Except,
        RightBrace => parent != NodeKind::Braces,
        Arrow | At | Comment | Doc | End | Equals | LeftBrace | LeftBracket | RightBracket | String | Unknown
        | Whitespace | Word => true,
    }
}

/// Whether no blank is after the token.
fn sticks(kind: TokenKind, parent: NodeKind) -> bool {
    use TokenKind::{
        Arrow, At, Colon, ColonColon, Comma, Comment, Doc, End, Equals, LeftBrace, LeftBracket, LeftParen, RightBrace,
        RightBracket, RightParen, Slash, String, Unknown, Whitespace, Word,
    };
    match kind {
        LeftParen | ColonColon | At | Slash => true,
        LeftBrace | Comma => parent == NodeKind::Braces,
        Colon => parent == NodeKind::Target,
        Arrow | Comment | Doc | End | Equals | LeftBracket | RightBrace | RightBracket | RightParen | String
        | Unknown | Whitespace | Word => false,
    }
}

/// Whether the lexer takes a `/` and digits after the word as a part of it.
fn is_dotted_quad(word: &str) -> bool {
    word.split('.').count() == 4 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// The text of a token as it is written.
pub(super) fn spelling(token: Token<'_>) -> Cow<'_, str> {
    match token.kind() {
        TokenKind::String => string(token.text()),
        TokenKind::Doc => remark("##", token.text()),
        TokenKind::Comment => remark("#", token.text()),
        _ => Cow::Borrowed(token.text()),
    }
}

/// A string with the fewest escapes.
fn string(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') && text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return Cow::Borrowed(text);
    }
    let Ok(pieces) = pieces(text) else { return Cow::Borrowed(text) };
    let mut spelt = String::with_capacity(text.len());
    spelt.push('"');
    for piece in &pieces {
        match piece {
            TextPiece::Literal(literal) => {
                let quoted = quote(literal);
                spelt.push_str(quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted));
            }
            TextPiece::Param(name) => spelt.extend(["{", name, "}"]),
        }
    }
    spelt.push('"');
    Cow::Owned(spelt)
}

/// A comment or a description: a blank after the mark, none at the end.
fn remark<'t>(mark: &str, text: &'t str) -> Cow<'t, str> {
    let text = text.trim_end();
    let rest = text.strip_prefix(mark).unwrap_or(text);
    let stands_off = rest.starts_with(|c: char| c.is_whitespace() || (c == '!' && mark == "#"));
    if rest.is_empty() || stands_off { Cow::Borrowed(text) } else { Cow::Owned(format!("{mark} {rest}")) }
}

/// The lines of JSON as written, without blanks at their ends.
pub(super) fn json_lines(json: SyntaxNode<'_>) -> impl Iterator<Item = &str> {
    let lines = json.text().split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    lines.map(str::trim_end)
}

/// Whether the comma is after the last entry of round brackets, where it is left out.
pub(super) fn is_left_out(token: Token<'_>) -> bool {
    let mut behind = std::iter::successors(token.following(), |next| next.following());
    token.kind() == TokenKind::Comma
        && behind.find(|next| !next.kind().is_trivia()).is_some_and(|next| next.kind() == TokenKind::RightParen)
}

/// How many lines end in the blanks right before a token; two mean more, and the file begins after one.
pub(super) fn line_ends_before(token: Token<'_>) -> usize {
    let Some(before) = token.preceding() else { return 1 };
    if before.kind() != TokenKind::Whitespace {
        return 0;
    }
    let starts_file = usize::from(before.preceding().is_none());
    (starts_file + line_ends(before.text())).min(2)
}

/// `\n`, `\r\n` and `\r` each end a line.
fn line_ends(blanks: &str) -> usize {
    let alone = blanks.split("\r\n").map(|part| part.matches('\r').count());
    blanks.matches('\n').count() + alone.sum::<usize>()
}

/// The comments between a token and the token before it, trivia apart, in order.
pub(super) fn comments_before(token: Token<'_>) -> impl Iterator<Item = Token<'_>> {
    comments_behind(last_solid_before(token), token.preceding())
}

/// The comments after the last token of a file.
pub(super) fn comments_at_end<'t>(last: Option<Token<'t>>) -> impl Iterator<Item = Token<'t>> {
    let solid = last.and_then(|last| if last.kind().is_trivia() { last_solid_before(last) } else { Some(last) });
    comments_behind(solid, last)
}

fn last_solid_before(token: Token<'_>) -> Option<Token<'_>> {
    std::iter::successors(token.preceding(), |before| before.preceding()).find(|before| !before.kind().is_trivia())
}

/// The comments from after `solid` (or the start of the file) to `end`.
fn comments_behind<'t>(solid: Option<Token<'t>>, end: Option<Token<'t>>) -> impl Iterator<Item = Token<'t>> {
    let first = match (solid, end) {
        (Some(solid), _) => solid.following(),
        (None, Some(end)) => std::iter::successors(Some(end), |before| before.preceding()).last(),
        (None, None) => None,
    };
    let end = end.map_or(0, |end| end.span().end);
    std::iter::successors(first, |token| token.following())
        .take_while(move |token| token.kind().is_trivia() && token.span().start < end)
        .filter(|token| token.kind() == TokenKind::Comment)
}

/// Whether a comment has its line for itself, and so belongs to what follows.
pub(super) fn has_own_line(comment: Token<'_>) -> bool {
    line_ends_before(comment) > 0
}

/// The comment on the line of a token, after it.
pub(super) fn comment_behind(token: Token<'_>) -> Option<Token<'_>> {
    let next = token.following()?;
    let comment = if next.kind() == TokenKind::Whitespace { next.following()? } else { next };
    (comment.kind() == TokenKind::Comment && !has_own_line(comment)).then_some(comment)
}
