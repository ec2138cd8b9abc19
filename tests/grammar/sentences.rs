//! The parser and the grammar agree.

use std::sync::Arc;

use fwc::source::Files;
use fwc::syntax::{Parsed, SyntaxKind, parse};

use super::draw::{Drawer, Names};
use super::ebnf::{Expr, Grammar};

const SENTENCES: usize = 30_000;

fn parse_text(text: &str) -> Parsed {
    let mut files = Files::new();
    let file = files.add("test.pol", text);
    parse(file, Arc::from(text))
}

fn joined(parsed: &Parsed) -> String {
    parsed.tree.tokens().map(|token| token.text()).collect()
}

fn messages(parsed: &Parsed) -> Vec<String> {
    parsed.diagnostics.iter().map(|found| format!("{} {}", found.code.id, found.message)).collect()
}

#[test]
fn every_sentence_is_accepted_and_given_back() {
    let grammar = Grammar::of_the_language();
    let mut drawer = Drawer::new(&grammar, Names::Awkward, 1);
    for _ in 0..SENTENCES {
        let drawn = drawer.tokens("file");
        let text = drawer.spaced(&drawn);
        let parsed = parse_text(&text);
        assert_eq!(messages(&parsed), Vec::<String>::new(), "{text}");
        assert_eq!(joined(&parsed), text);
        let tokens = parsed.tree.tokens().filter(|token| !token.kind().is_trivia()).map(|token| token.text().to_owned());
        let drawn: Vec<&str> = drawn.iter().map(|token| token.text.trim_end_matches(['\r', '\n'])).collect();
        assert_eq!(tokens.collect::<Vec<String>>(), drawn, "{text}");
    }
    let missed = missed(&grammar, &drawer);
    assert!(missed.is_empty(), "never drawn in {SENTENCES} sentences: {missed:?}");
}

/// The productions and literals of the grammar that were never drawn.
fn missed(grammar: &Grammar, drawer: &Drawer<'_>) -> Vec<String> {
    let mut wanted: Vec<String> = grammar.productions.keys().cloned().collect();
    for production in grammar.productions.values() {
        production.expr.walk(&mut |part| {
            if let Expr::Literal(text) = part {
                wanted.push(format!("\"{text}\""));
            }
        });
    }
    wanted.retain(|name| !drawer.seen.contains(name));
    wanted
}

/// Keeps the import used until the tests of recovery stand here.
const _: SyntaxKind = SyntaxKind::File;
