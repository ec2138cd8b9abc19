//! The blanks of the input have no say.

use fwc::syntax::{SyntaxKind, lex};
use proptest::prelude::*;

use crate::shipped::shipped;

use super::formatted;

/// The text with other blanks: line ends stay where they count, which is around comments and descriptions, and where two
/// of them make an empty line.
fn respaced(text: &str, mut choose: impl FnMut(usize) -> usize) -> String {
    let mut tokens = Vec::new();
    lex(text, |kind, token| tokens.push((kind, token)));
    let kind = |index: Option<usize>| index.and_then(|index| tokens.get(index)).map(|token| token.0);
    let is_remark = |kind| matches!(kind, Some(SyntaxKind::Comment | SyntaxKind::Doc));
    let mut out = String::new();
    for (index, &(_, token)) in tokens.iter().enumerate() {
        if kind(Some(index)) != Some(SyntaxKind::Whitespace) {
            out.push_str(token);
            continue;
        }
        let line_ends = token.matches('\n').count();
        let counts = is_remark(kind(index.checked_sub(1))) || is_remark(kind(Some(index + 1)));
        out.push_str(match (line_ends, counts) {
            (0, true) => ["\t", " ", "   "][choose(3)],
            (1, true) => ["\n", "\r\n", " \n\t"][choose(3)],
            (0 | 1, false) => [" ", "\n", "\t", "\r\n  ", "      "][choose(5)],
            (_, _) => ["\n\n", " \n \n", "\n\n\n\n", "\r\n\r\n"][choose(4)],
        });
    }
    out
}

#[test]
fn respaced_keeps_what_counts() {
    assert_eq!(respaced("a # b\n\nc\nd", |_| 0), "a\t# b\n\nc d");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn respaced_files_are_formatted_alike(choices in proptest::collection::vec(0usize..60, 500)) {
        for (path, text) in shipped() {
            let mut choices = choices.iter().cycle();
            let other = respaced(&text, |most| choices.next().unwrap() % most);
            prop_assert_eq!(formatted(&other), formatted(&text), "{}", path.display());
        }
    }
}
