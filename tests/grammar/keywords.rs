//! The keyword table, the grammar and the pages name the same keywords.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use fwc::diag::Severity;
use fwc::driver::Stage;
use fwc::source::Files;
use fwc::syntax::{Context, KeywordForm, SettingPart, keywords, parse};

use crate::project::project;

use super::ebnf::{Expr, Grammar};

/// The production of the items that may stand in each place.
const ITEMS: [(Context, &str); 16] = [
    (Context::File, "file-item"),
    (Context::Policy, "policy-item"),
    (Context::Group, "group-item"),
    (Context::Collection, "collection-item"),
    (Context::Bundle, "bundle-item"),
    (Context::Test, "test-item"),
    (Context::Firewall, "firewall-item"),
    (Context::Routes, "routes-item"),
    (Context::PrivateEndpoint, "private-endpoint-item"),
    (Context::Dns, "dns-item"),
    (Context::Idps, "idps-item"),
    (Context::Bypass, "bypass-item"),
    (Context::ExplicitProxy, "explicit-proxy-item"),
    (Context::Snat, "snat-item"),
    (Context::Insights, "insights-item"),
    (Context::Tags, "tag"),
];

pub fn grammar_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar")
}

/// Compares a generated file with what is there, or writes it where `UPDATE=1` says so.
pub fn check_generated(name: &str, expected: &str) {
    let path = grammar_folder().join(name);
    if env::var_os("UPDATE").is_some() {
        return fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "grammar/{name} is stale: run the tests with UPDATE=1");
}

/// The page of a keyword.
pub fn page(word: &str) -> String {
    fs::read_to_string(grammar_folder().join("keywords").join(format!("{word}.md"))).unwrap_or_default()
}

/// The keywords, each once, in the order of the table.
pub fn words() -> Vec<&'static str> {
    let mut seen = BTreeSet::new();
    keywords().iter().map(|keyword| keyword.word).filter(|&word| seen.insert(word)).collect()
}

#[test]
fn the_table_and_the_grammar_name_the_same_keywords_in_the_same_places() {
    let grammar = Grammar::of_the_language();
    for (place, production) in ITEMS {
        let of_table = keywords().iter().filter(|keyword| keyword.places.contains(&place));
        let of_table: BTreeSet<String> = of_table.map(|keyword| keyword.word.to_owned()).collect();
        let of_grammar: BTreeSet<String> = grammar.first_literals(grammar.expr(production)).into_iter().collect();
        assert_eq!(of_table, of_grammar, "in {}", place.name());
    }
}

#[test]
fn the_table_and_the_grammar_name_the_same_parts_of_settings() {
    let grammar = Grammar::of_the_language();
    for (place, production) in ITEMS {
        for keyword in keywords().iter().filter(|keyword| keyword.places.contains(&place)) {
            let KeywordForm::Setting(parts) = keyword.form else { continue };
            let of_table = parts.iter().filter_map(|part| match part {
                SettingPart::Word(word) => Some((*word).to_owned()),
                SettingPart::Joined(word) | SettingPart::Optional(word) | SettingPart::OptionalList(word) => {
                    Some(word.word().to_owned())
                }
                _ => None,
            });
            let expr = alternative(&grammar, grammar.expr(production), keyword.word).expect(keyword.word);
            for word in of_table {
                let mut found = false;
                expr.walk(&mut |part| found |= matches!(part, Expr::Literal(text) if *text == word));
                assert!(found, "`{}` of {} has no `{word}` in the grammar", keyword.word, place.name());
            }
        }
    }
}

/// The production among the alternatives of `expr` that begins with `word`.
fn alternative<'g>(grammar: &'g Grammar, expr: &'g Expr, word: &str) -> Option<&'g Expr> {
    match expr {
        Expr::Choice(parts) => parts.iter().find_map(|part| alternative(grammar, part, word)),
        Expr::Name(name) => alternative(grammar, grammar.expr(name), word),
        _ => grammar.first_literals(expr).contains(&word.to_owned()).then_some(expr),
    }
}

#[test]
fn the_grammar_names_the_predefined_services() {
    let grammar = Grammar::of_the_language();
    let of_grammar: BTreeSet<String> = grammar.first_literals(grammar.expr("predefined-service")).into_iter().collect();
    let of_table = fwc::intent::table::predefined_services().map(|(name, _)| name.to_owned());
    assert_eq!(of_grammar, of_table.collect());
}

#[test]
fn every_keyword_has_its_page_and_every_page_its_keyword() {
    let entries = fs::read_dir(grammar_folder().join("keywords")).unwrap();
    let pages: BTreeSet<String> =
        entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(pages, words().into_iter().map(str::to_owned).collect());
}

#[test]
fn every_page_has_its_parts_and_leads_to_pages() {
    for word in words() {
        let page = page(word);
        assert!(page.starts_with(&format!("# `{word}`\n\n")), "{word}: the title");
        for part in ["```text\n", "```pol\n", "See also: "] {
            assert_eq!(page.matches(part).count(), 1, "{word}: {part}");
        }
        let example = example(&page);
        assert!(example.contains(word), "{word}: the example shows it");
        for link in page.split("](").skip(1) {
            let file = link.split(')').next().unwrap();
            assert!(grammar_folder().join("keywords").join(file).exists(), "{word}: {file}");
        }
    }
}

#[test]
fn every_example_of_a_page_parses_without_findings() {
    for word in words() {
        let page = page(word);
        let mut files = Files::new();
        let file = files.add(word, example(&page));
        let parsed = parse(file, Arc::from(example(&page)));
        let found: Vec<String> = parsed.diagnostics.iter().map(|found| found.message.clone()).collect();
        assert_eq!(found, Vec::<String>::new(), "{word}");
    }
}

#[test]
fn every_example_of_a_page_means_something() {
    for word in words() {
        let page = page(word);
        let project = project(example(&page));
        let found = [Stage::Load, Stage::Understand].into_iter().flat_map(|stage| project.found(stage));
        let errors: Vec<&str> = found.filter(|f| f.severity == Severity::Error).map(|f| &*f.message).collect();
        assert_eq!(errors, Vec::<&str>::new(), "{word}");
    }
}

/// The `pol` block of a page.
pub fn example(page: &str) -> &str {
    page.split_once("```pol\n").and_then(|(_, rest)| rest.split_once("```")).map_or("", |(example, _)| example)
}
