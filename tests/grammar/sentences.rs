//! The parser and the grammar agree.

use std::sync::Arc;

use fwc::source::Files;
use fwc::syntax::{NodeKind, ParsedFile, SyntaxNode, ast, parse};

use super::draw::{Drawer, Drawn, Names, Random, lines};
use super::ebnf::Grammar;

const SENTENCES: usize = 40_000;

fn parse_text(text: &str) -> ParsedFile {
    let mut files = Files::new();
    let file = files.add("test.pol", text);
    parse(file, Arc::from(text))
}

fn joined(parsed: &ParsedFile) -> String {
    parsed.tree.tokens().map(|token| token.text()).collect()
}

fn messages(parsed: &ParsedFile) -> Vec<String> {
    parsed.diagnostics.iter().map(|found| format!("{} {}", found.code.id, found.message)).collect()
}

#[test]
fn every_sentence_is_accepted_and_given_back() {
    let grammar = Grammar::of_the_language();
    let mut drawer = Drawer::new(&grammar, Names::Awkward, 1);
    for index in 0..SENTENCES {
        // A file that is one item is a sentence too, and policies and settings of any JSON hold most of the grammar.
        let drawn = drawer.tokens(if index % 2 == 0 { "file" } else { "policy" });
        let text = drawer.spaced(&drawn);
        let parsed = parse_text(&text);
        assert_eq!(messages(&parsed), Vec::<String>::new(), "{text}");
        assert_eq!(joined(&parsed), text);
        let tokens =
            parsed.tree.tokens().filter(|token| !token.kind().is_trivia()).map(|token| token.text().to_owned());
        let drawn: Vec<&str> = drawn.iter().map(|token| token.text.trim_end_matches(['\r', '\n'])).collect();
        assert_eq!(tokens.collect::<Vec<String>>(), drawn, "{text}");
    }
    let missed = drawer.missed();
    assert!(missed.is_empty(), "never drawn in {SENTENCES} sentences: {missed:?}");
}

#[test]
fn mutilated_sentences_neither_panic_nor_lose_a_byte() {
    let grammar = Grammar::of_the_language();
    let mut drawer = Drawer::new(&grammar, Names::Awkward, 2);
    for _ in 0..SENTENCES / 2 {
        let mut tokens = drawer.tokens("file");
        let mutations = drawer.random.below(3);
        for _ in 0..mutations {
            mutate(&mut tokens, &mut drawer.random, |_| true);
        }
        let mut text = drawer.spaced(&tokens).into_bytes();
        for _ in 0..drawer.random.below(3) {
            let at = drawer.random.below(text.len() + 1);
            match drawer.random.below(3) {
                0 => text.truncate(at),
                1 => text.insert(at, drawer.random.below(256) as u8),
                _ => drop(text.splice(at..at, b"\"\\\xf0\x9f{#(".iter().copied())),
            }
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        assert_eq!(joined(&parse_text(&text)), text);
    }
}

/// Where items stand: the production they are drawn from, and the text around them.
const PLACES: [(&str, &str, &str); 10] = [
    ("file-item", "", ""),
    ("policy-item", "policy p {", "\n}"),
    ("group-item", "policy p {\ngroup g {", "\n}\n}"),
    ("collection-item", "policy p {\ngroup g {\ncollection c allow {", "\n}\n}\n}"),
    ("bundle-item", "bundle b() {", "\n}"),
    ("bundle-item", "bundle b() {\nwhen x {", "\n}\n}"),
    ("test-item", "test \"t\" {", "\n}"),
    ("firewall-item", "firewall f {", "\n}"),
    ("routes-item", "routes r {", "\n}"),
    ("dns-item", "policy p {\ndns {", "\n}\n}"),
];

/// One wrong item hides none behind it.
///
/// What is promised: where each item begins a line of its own and the brackets of the wrong one are in balance, the
/// items behind it are found, each with its kind and each whole. What is not: a bracket too many or too few moves the
/// end of a block, and a `#` or `"` may take brackets with it; names that are spelt like keywords may be taken for the
/// beginning of an item, and in a bundle an `expect` behind an unfinished item for a name, since the `deny` behind it may
/// begin a rule there; a `group` without a name takes `dns` for it, where `dns {` is next, and a lonely
/// `expect` the rule behind it; and where an item begins within a line, nothing but its keyword tells it from a name.
#[test]
fn reading_goes_on_at_the_item_behind_a_wrong_one() {
    let grammar = Grammar::of_the_language();
    let mut drawer = Drawer::new(&grammar, Names::Plain, 3);
    for index in 0..SENTENCES / 2 {
        let (production, before, after) = PLACES[index % PLACES.len()];
        let mut items: Vec<Vec<Drawn>> = (0..3).map(|_| item(&mut drawer, production)).collect();
        if production == "bundle-item" && items[2].iter().any(|token| token.text == "expect") {
            continue;
        }
        mutate(&mut items[1], &mut drawer.random, |token| !BRACKETS.contains(&token));
        let mut text = before.to_owned();
        text.push_str(&lines(&items[0]));
        text.push_str(&lines(&items[1]));
        let third_starts = text.len();
        text.push_str(&lines(&items[2]));
        text.push_str(after);

        let depth = before.matches('{').count();
        let whole = parse_text(&format!("{before}{}{after}", lines(&items[2])));
        let expected = item_at(whole.tree.root(), before.len() + 1, depth).map(SyntaxNode::kind);
        let parsed = parse_text(&text);
        let found = item_at(parsed.tree.root(), third_starts + 1, depth);
        assert_eq!(found.map(SyntaxNode::kind), expected, "{text}\n{:#?}", messages(&parsed));
        assert!(!ast::is_broken(found.unwrap()), "{text}\n{:#?}", messages(&parsed));
    }
}

const BRACKETS: [&str; 6] = ["{", "}", "(", ")", "[", "]"];

fn item<'g>(drawer: &mut Drawer<'g>, production: &'g str) -> Vec<Drawn> {
    let mut tokens = drawer.tokens("prefix");
    tokens.extend(drawer.tokens(production));
    tokens.iter_mut().skip(1).take(1).for_each(|token| token.begins_item = false);
    tokens[0].begins_item = true;
    tokens
}

/// The item around `offset`, in the block that lies `depth` blocks deep.
fn item_at(node: SyntaxNode<'_>, offset: usize, depth: usize) -> Option<SyntaxNode<'_>> {
    let holds = |node: &SyntaxNode<'_>| (node.span().start as usize..node.span().end as usize).contains(&offset);
    let item = node.children().find(holds)?;
    if depth == 0 { Some(item) } else { item_at(item.child(NodeKind::Block)?, offset, depth - 1) }
}

/// Deletes, doubles, swaps, replaces or adds one token, of those that `may_change`.
fn mutate(tokens: &mut Vec<Drawn>, random: &mut Random, may_change: impl Fn(&str) -> bool) {
    const OTHERS: [&str; 26] = [
        "x", "let", "policy", "import", "allow", "deny", "firewall", "apply", "sku", "from", "to", "except", "with",
        "any", "10.0.0.1", "x.com", "\"s\"", "443", ":", "::", ",", "=", "/", "->", "@", "%",
    ];
    if tokens.is_empty() {
        return;
    }
    let at = random.below(tokens.len());
    let other = Drawn { text: (*random.pick::<&str>(&OTHERS)).to_owned(), begins_item: tokens[at].begins_item };
    if !may_change(&tokens[at].text) {
        return tokens.insert(at + 1, Drawn { begins_item: false, ..other });
    }
    match random.below(5) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at].clone()),
        2 if at + 1 < tokens.len() && may_change(&tokens[at + 1].text) => tokens.swap(at, at + 1),
        3 => tokens.insert(at + 1, Drawn { begins_item: false, ..other }),
        _ => tokens[at] = other,
    }
}
