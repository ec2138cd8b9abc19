//! Every sentence of the grammar can be formatted, once and for all.

use std::sync::Arc;

use fwc::format::format;
use fwc::source::Files;

use super::draw::{Drawer, Names};
use super::ebnf::Grammar;

const SENTENCES: usize = 5_000;

fn formatted(text: &str) -> String {
    let mut files = Files::new();
    let file = files.add("test.pol", text);
    format(file, Arc::from(text)).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"))
}

#[test]
fn every_sentence_has_one_layout() {
    let grammar = Grammar::of_the_language();
    let mut drawer = Drawer::new(&grammar, Names::Awkward, 3);
    for index in 0..SENTENCES {
        let tokens = drawer.tokens(if index % 2 == 0 { "file" } else { "policy" });
        let once = formatted(&drawer.spaced(&tokens));
        assert_eq!(formatted(&once), once);
    }
}
