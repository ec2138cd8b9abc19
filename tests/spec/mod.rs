//! The literate specification: behind each `pol` block of a chapter stands what it compiles to, or what is wrong with it.
//!
//! ` ```azure ` has the rules in Azure's order of reading, ` ```diagnostics ` the findings; a block marked `pol json` shows
//! the properties of its last policy's resource instead of the rules, `pol --set NAME=VALUE` is compiled with that
//! parameter. `UPDATE=1` rewrites the results.

mod compact;

use std::fs;
use std::path::{Path, PathBuf};

use fwc::emit::{EmitOptions, arm::policy_template, json_text};
use fwc::flow::WorkBudget;
use fwc::format::difference;
use fwc::syntax::{TokenKind, keywords, lex};

use crate::understood::{Understood, understand_with};

/// The languages of the blocks that hold a result.
const RESULTS: [&str; 3] = ["azure", "json", "diagnostics"];

#[test]
fn each_chapter_is_true() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut wrong = String::new();
    for (path, text) in chapters() {
        let true_text = rewritten(&text);
        if is_update {
            fs::write(&path, &true_text).unwrap();
        } else {
            wrong.push_str(&difference(&text, &true_text));
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nrewrite with UPDATE=1, and read what changed");
}

#[test]
fn every_keyword_is_shown() {
    let mut shown = std::collections::BTreeSet::new();
    for (_, text) in chapters() {
        for part in parts(&text) {
            if let Part::Block { language: "pol", text, .. } = part {
                lex(text, |kind, token| {
                    if kind == TokenKind::Word {
                        shown.insert(token.to_owned());
                    }
                });
            }
        }
    }
    let missing: Vec<&str> =
        keywords().iter().map(|keyword| keyword.word).filter(|word| !shown.contains(*word)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

fn chapters() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut chapters: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    chapters.sort();
    chapters.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

/// The chapter with the results that are true today.
fn rewritten(chapter: &str) -> String {
    let parts = parts(chapter).into_iter().filter_map(|part| match part {
        Part::Block { language, .. } if RESULTS.contains(&language) => None,
        Part::Block { language, options, text } => {
            let results = if language == "pol" { result(options, text) } else { String::new() };
            Some(format!("```{language}{options}\n{text}```\n{results}"))
        }
        Part::Prose(prose) => Some(format!("{}\n", prose.trim())).filter(|prose| prose != "\n"),
    });
    parts.collect::<Vec<String>>().join("\n")
}

/// The blocks that follow a `pol` block.
fn result(options: &str, source: &str) -> String {
    let words: Vec<&str> = options.split_whitespace().collect();
    let set: Vec<(&str, &str)> = words.iter().filter_map(|word| word.split_once('=')).collect();
    let understood = understand_with(source, &set, &WorkBudget::default());
    let mut blocks = Vec::new();
    if !understood.diagnostics.has_errors() {
        blocks.push(if words.contains(&"json") {
            ("json", properties(&understood))
        } else {
            ("azure", compact::text(&understood))
        });
    }
    blocks.push(("diagnostics", understood.rendered()));
    let blocks = blocks.into_iter().filter(|(_, text)| !text.is_empty());
    blocks.map(|(language, text)| format!("\n```{language}\n{}\n```\n", text.trim_end())).collect()
}

fn properties(understood: &Understood) -> String {
    let model = understood.project.model();
    let policy = model.policies.last().expect("a policy to show");
    let template = policy_template(model, policy, &EmitOptions::default());
    let resources = template["resources"].as_array().unwrap();
    let resource = resources.iter().find(|resource| resource["name"] == policy.name.as_str()).unwrap();
    let mut shown = resource.clone();
    let fields = shown.as_object_mut().unwrap();
    fields.retain(|key, _| !["type", "apiVersion", "name"].contains(&key.as_str()));
    json_text(&shown)
}

/// A part of a chapter.
enum Part<'t> {
    Prose(&'t str),
    /// A fenced block: `options` is what follows the language on its line.
    Block {
        language: &'t str,
        options: &'t str,
        text: &'t str,
    },
}

fn parts(mut chapter: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some((prose, rest)) = chapter.split_once("```") {
        let (header, rest) = rest.split_once('\n').expect("a block behind its fence");
        let (text, rest) = rest.split_once("```\n").expect("a closing fence");
        let language = header.split_whitespace().next().unwrap_or("");
        parts.push(Part::Prose(prose));
        parts.push(Part::Block { language, options: &header[language.len()..], text });
        chapter = rest;
    }
    parts.push(Part::Prose(chapter));
    parts
}
