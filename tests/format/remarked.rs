//! Comments at any place: none is lost, and the layout is stable with them.

use fwc::format::difference;
use fwc::syntax::{TokenKind, lex};
use proptest::prelude::*;

use crate::shipped::shipped;

use super::{formatted, golden};

/// The text with a comment behind every token for which `choose` says how.
fn remarked(text: &str, mut choose: impl FnMut() -> usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    lex(text, |kind, token| {
        out.push_str(token);
        let line_end = if matches!(kind, TokenKind::Comment | TokenKind::Doc) { "\n" } else { "" };
        let form = match choose() {
            0 => [" # ", "\n"],
            1 => ["\n# ", "\n"],
            2 => ["\n\n# ", "\r\n\r\n"],
            _ => return,
        };
        count += 1;
        out.push_str(&format!("{line_end}{}{count}.{}", form[0], form[1]));
    });
    out
}

/// The comments of a text, in alphabetical order.
fn comments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    lex(text, |kind, token| {
        if kind == TokenKind::Comment {
            found.push(token.trim_start_matches(['#', ' ']).trim_end().to_owned());
        }
    });
    found.sort();
    found
}

#[test]
fn remarked_puts_comments_behind_tokens() {
    assert_eq!(remarked("a b", || 0), "a # 1.\n  # 2.\nb # 3.\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn comments_stay_and_the_layout_is_stable(choices in proptest::collection::vec(0usize..20, 997)) {
        let sources = shipped().into_iter().map(|(_, text)| text).chain(golden::sources());
        for source in sources {
            let mut choices = choices.iter().cycle();
            let text = remarked(&source, || *choices.next().unwrap());
            let once = formatted(&text);
            prop_assert_eq!(comments(&once), comments(&text));
            prop_assert!(once.lines().all(|line| line.trim_end() == line), "{}", once);
            let twice = formatted(&once);
            prop_assert_eq!(difference(&once, &twice), "", "{}", text);
        }
    }
}
