//! The blanks of the input have no say.

use fwc::format::difference;
use fwc::syntax::{TokenKind, lex};
use proptest::prelude::*;

use crate::shipped::shipped;

use super::{formatted, golden};

/// The text with other blanks, or none, or new ones. Line ends stay where they count, which is around comments and
/// descriptions, and where two of them make an empty line.
fn respaced(text: &str, mut choose: impl FnMut(usize) -> usize) -> String {
    let mut tokens = Vec::new();
    lex(text, |kind, token| tokens.push((kind, token)));
    let mut out = String::new();
    let mut before = TokenKind::Whitespace;
    let mut rest = tokens.iter().peekable();
    while let Some(&(kind, token)) = rest.next() {
        let next = rest.peek().map_or(TokenKind::End, |next| next.0);
        if kind == TokenKind::Whitespace {
            out.push_str(blanks(token, [before, next], &mut choose));
        } else {
            let apart = before == TokenKind::Whitespace || next == TokenKind::End;
            out.push_str(if apart { "" } else { ["", "", "", " ", "\n"][choose(5)] });
            out.push_str(token);
        }
        before = kind;
    }
    out
}

/// Other blanks between tokens of two kinds.
fn blanks(old: &str, around: [TokenKind; 2], choose: &mut impl FnMut(usize) -> usize) -> &'static str {
    use TokenKind::{Comma, Comment, Doc, Equals, LeftParen, RightParen};
    let remark = around.iter().any(|kind| matches!(kind, Comment | Doc));
    let joins = around.iter().any(|kind| matches!(kind, Comma | Equals | LeftParen | RightParen));
    match (old.matches('\n').count(), remark) {
        (0, true) => ["\t", " ", "   "][choose(3)],
        (1, true) => ["\n", "\r\n", " \n\t"][choose(3)],
        (0 | 1, false) if joins => ["", " ", "\n"][choose(3)],
        (0 | 1, false) => [" ", "\n", "\t", "\r\n  ", "      "][choose(5)],
        (_, _) => ["\n\n", " \n \n", "\n\n\n\n", "\r\n\r\n"][choose(4)],
    }
}

#[test]
fn respaced_keeps_what_counts() {
    assert_eq!(respaced("a # b\n\nc\nd", |_| 0), "a\t# b\n\nc d");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn respaced_files_are_formatted_alike(choices in proptest::collection::vec(0usize..60, 499)) {
        // JSON keeps its blanks.
        let goldens = golden::sources().into_iter().filter(|text| !text.contains("azure \""));
        for text in shipped().into_iter().map(|(_, text)| text).chain(goldens) {
            let mut choices = choices.iter().cycle();
            let other = respaced(&text, |most| choices.next().unwrap() % most);
            prop_assert_eq!(difference(&formatted(&other), &formatted(&text)), "", "{}", other);
        }
    }
}
