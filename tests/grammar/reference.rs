//! `grammar/REFERENCE.md`, made from the grammar and the pages of the keywords.

use std::fmt::Write;

use super::ebnf::Grammar;
use super::keywords::{check_generated, page, words};

#[test]
fn the_reference_is_what_the_grammar_and_the_pages_say() {
    check_generated("REFERENCE.md", &reference());
}

fn reference() -> String {
    let mut text = String::from(
        "# Reference of the language\n\n\
         Made from [`egress.ebnf`](egress.ebnf) and [`keywords/`](keywords/); do not edit it.\n\n## Keywords\n\n",
    );
    let links: Vec<String> = words().into_iter().map(|word| format!("[`{word}`](#{word})")).collect();
    text.push_str(&links.join(" · "));
    text.push_str("\n\n");
    for word in words() {
        let page = page(word);
        let body = page.split_once("\n\n").map_or("", |(_, body)| body);
        write!(text, "### `{word}`\n\n{}\n\n", body.trim_end().replace(".md)", ")").replace("](", "](#")).unwrap();
    }
    text.push_str("## Grammar\n");
    let grammar = Grammar::of_the_language();
    let mut section = "";
    for production in grammar.productions.values() {
        if production.section != section {
            let end = if section.is_empty() { "" } else { "```\n" };
            section = &production.section;
            write!(text, "{end}\n### {section}\n\n```ebnf\n").unwrap();
        } else {
            text.push('\n');
        }
        text.push_str(&production.source);
        text.push('\n');
    }
    text.push_str("```\n");
    text
}
