//! Every JSON policy of the corpus imports with the proof, or ends in an error that says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fwc::decompile::DecompileOptions;
use fwc::driver::{Decompiled, decompile};
use fwc::import::{Artefact, read_with};
use fwc::model::Model;
use serde_json::Value;

use super::golden;
use crate::corpus::shared;

/// What the index of the corpus says of a file.
struct Indexed {
    rules: usize,
    is_literal: bool,
}

enum Outcome {
    Imported(Box<Model>, Box<Decompiled>),
    Refused(String),
}

#[test]
fn every_file_imports_with_the_proof_or_is_refused_for_a_reason() {
    let Some(folder) = shared("corpus") else { return };
    let index = index(&folder);
    let mut table = String::from("file | outcome | rules in | rules out | structure | why\n");
    let (mut literal, mut imported) = (0, 0);
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let indexed = index.get(&name);
        let outcome = outcome(&path);
        if indexed.is_some_and(|indexed| indexed.is_literal && indexed.rules > 0) {
            literal += 1;
            imported += usize::from(matches!(outcome, Outcome::Imported(..)));
        }
        let line = match &outcome {
            Outcome::Imported(_, decompiled) => {
                let Decompiled { proof, .. } = decompiled.as_ref();
                let structure = if proof.same_structure { "same" } else { "groups" };
                format!("imported | {} | {} | {structure} |", proof.rules, proof.compiled)
            }
            Outcome::Refused(why) => format!("refused | - | - | - | {why}"),
        };
        writeln!(table, "{name} | {line}").unwrap();
        if let Outcome::Imported(model, decompiled) = &outcome {
            assert_eq!(lost(&path, model, &decompiled.text), BTreeSet::new(), "{name}");
        }
        if let (Outcome::Imported(model, _), Some(indexed)) = (&outcome, indexed) {
            // A recording answers with fewer rules at its end than it had on the way.
            let is_recording = name.starts_with("azcli/rest-bodies");
            assert!(rules(model) >= indexed.rules || is_recording, "{name}: {} of {}", rules(model), indexed.rules);
        }
    }
    writeln!(table, "\n{imported} of {literal} files of literal rules import").unwrap();
    golden("corpus.txt", &table);
    // What is refused lacks values of parameters, is not literal where it matters, or writes one policy twice.
    assert!(imported * 9 >= literal * 8, "{imported} of {literal} literal files import");
}

fn outcome(path: &Path) -> Outcome {
    let text = fs::read_to_string(path).unwrap();
    let read = match read_with(&[Artefact { name: "file", text: &text }], &[]) {
        Ok(read) => read,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let options = DecompileOptions { catalogue: true, ..DecompileOptions::default() };
    match decompile(&read.model, &read.model.assumptions, &options) {
        Ok(decompiled) => Outcome::Imported(Box::new(read.model), Box::new(decompiled)),
        Err(refusal) => Outcome::Refused(refusal.to_string()),
    }
}

/// The literal names of rules in a file that neither the model has nor a remark in the source speaks of.
fn lost(path: &Path, model: &Model, text: &str) -> BTreeSet<String> {
    // Files with remarks are few, and their rules are counted.
    let Ok(value) = serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()) else { return BTreeSet::new() };
    let mut names = BTreeSet::new();
    rule_names(&value, &mut names);
    let collections = model.policies.iter().flat_map(|policy| &policy.groups).flat_map(|group| &group.collections);
    for collection in collections {
        collection.rules.names().for_each(|own| {
            names.remove(own);
        });
    }
    // A remark may be broken into lines.
    let remarks: String = text.lines().filter_map(|line| line.trim_start().strip_prefix('#')).collect();
    let remarks = remarks.split_whitespace().collect::<Vec<_>>().join(" ");
    names.retain(|name| !remarks.contains(&format!("`{name}`")));
    names
}

fn rule_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                if let (true, Some(rules)) = (key.eq_ignore_ascii_case("rules"), value.as_array()) {
                    let literal = rules.iter().filter_map(|rule| rule["name"].as_str());
                    names.extend(literal.filter(|name| !name.starts_with('[')).map(str::to_owned));
                }
                rule_names(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| rule_names(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn rules(model: &Model) -> usize {
    let groups = model.policies.iter().flat_map(|policy| &policy.groups);
    groups.flat_map(|group| &group.collections).map(|collection| collection.rules.len()).sum()
}

/// The JSON files of the four folders, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut left: Vec<PathBuf> = ["arm", "azcli", "other", "history"].iter().map(|name| folder.join(name)).collect();
    let mut files = Vec::new();
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|extension| extension.to_str()) {
                _ if path.is_dir() => left.push(path),
                Some("json" | "jsonc") => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// The JSON files of the index; its other files are Markdown and CSV.
fn index(folder: &Path) -> BTreeMap<String, Indexed> {
    let text = fs::read_to_string(folder.join("INDEX.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|column| *column == name).unwrap();
    let (file, rules, literalness) = (column("file"), column("rules"), column("literalness"));
    let indexed = lines.filter(|line| line[file].ends_with(".json") || line[file].ends_with(".jsonc")).map(|line| {
        let is_literal = ["literal", "mostly-literal"].contains(&line[literalness]);
        (line[file].to_owned(), Indexed { rules: line[rules].parse().unwrap_or(0), is_literal })
    });
    indexed.collect()
}
