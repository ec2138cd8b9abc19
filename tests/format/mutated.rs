//! Texts that differ a little from good ones: what parses is formatted, and the layout is stable.

use fwc::format::{FormatRefusal, difference};
use fwc::syntax::lex;
use proptest::prelude::*;

use super::{formatted, golden, try_format};

/// The text with one token taken out, doubled, or replaced by another of its tokens.
fn mutated(text: &str, way: usize, at: usize, other: usize) -> String {
    let mut tokens = Vec::new();
    lex(text, |_, token| tokens.push(token));
    let at = at % tokens.len();
    let other = tokens[other % tokens.len()];
    match way {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, other),
        _ => tokens[at] = other,
    }
    tokens.concat()
}

proptest! {
    #[test]
    fn what_parses_is_formatted(ops in proptest::collection::vec((0usize..3, any::<usize>(), any::<usize>()), 1..3)) {
        for source in golden::sources() {
            let text = ops.iter().fold(source, |text, &(way, at, other)| mutated(&text, way, at, other));
            match try_format(&text) {
                Ok(once) => prop_assert_eq!(difference(&once, &formatted(&once)), "", "{}", text),
                Err(FormatRefusal::Broken(_)) => {}
                Err(FormatRefusal::Changed) => prop_assert!(false, "changed: {}", text),
            }
        }
    }
}
