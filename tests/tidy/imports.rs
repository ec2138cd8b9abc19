//! Imports point down.

use std::collections::BTreeSet;

use super::{Source, sources};

/// The folders of `src` from the lowest to the highest, each with the folders that it may import. A folder imports
/// only what stands above it in this table.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diag", &["source"]),
    ("net", &[]),
    ("logic", &[]),
    ("flow", &["source", "net", "logic"]),
    ("model", &["source", "diag", "net", "logic"]),
    ("syntax", &["source", "diag", "net", "model"]),
    ("format", &["source", "diag", "syntax"]),
    ("catalogue", &["source", "syntax"]),
    ("intent", &["source", "diag", "net", "model", "syntax", "catalogue"]),
    ("evaluate", &["source", "net", "logic", "flow", "model"]),
    ("limits", &["source", "diag", "net", "model"]),
    ("lower", &["source", "diag", "net", "model", "catalogue", "intent", "limits"]),
    ("check", &["source", "diag", "net", "model", "limits"]),
    ("way", &["net", "model", "evaluate"]),
    ("prove", &["source", "net", "logic", "flow", "model", "intent", "evaluate", "limits", "lower", "way"]),
    ("exposure", &["net"]),
    ("emit", &["net", "model", "intent"]),
    ("json", &[]),
    ("template", &["net", "json"]),
    ("bicep", &["source", "net", "json", "template"]),
    ("hcl", &["source"]),
    ("import", &["source", "net", "logic", "model", "evaluate", "json", "template"]),
    (
        "decompile",
        &[
            "source",
            "diag",
            "net",
            "logic",
            "model",
            "syntax",
            "format",
            "catalogue",
            "intent",
            "evaluate",
            "limits",
            "emit",
            "import",
        ],
    ),
    ("explain", &["source", "diag", "net", "flow", "model", "evaluate", "prove", "way"]),
    ("logs", &["net", "flow", "explain"]),
    ("reach", &["net", "logic", "flow", "model", "evaluate", "way", "prove"]),
    ("words", &["diag", "net", "flow", "model", "intent", "prove", "reach"]),
    (
        "lint",
        &[
            "source", "diag", "net", "flow", "model", "syntax", "intent", "evaluate", "limits", "check", "lower",
            "way", "prove", "exposure", "words",
        ],
    ),
    ("resolve", &["source", "diag", "net", "model", "intent", "evaluate"]),
    (
        "plan",
        &[
            "source", "diag", "net", "logic", "flow", "model", "intent", "evaluate", "limits", "way", "prove", "emit",
            "reach",
        ],
    ),
    ("html", &["source"]),
    (
        "diff",
        &[
            "source", "diag", "net", "logic", "flow", "model", "intent", "evaluate", "lower", "way", "prove", "emit",
            "explain", "reach", "words", "html",
        ],
    ),
    ("drift", &["model", "diff"]),
    (
        "usage",
        &[
            "diag", "source", "net", "flow", "model", "evaluate", "way", "prove", "explain", "logs", "words", "html",
            "diff",
        ],
    ),
    ("generate", &["source", "diag", "net", "flow", "format", "catalogue", "logs", "usage"]),
    ("risk", &["net", "flow", "model", "intent", "evaluate", "prove", "exposure", "explain", "diff"]),
    (
        "report",
        &[
            "source", "diag", "net", "flow", "model", "intent", "evaluate", "limits", "lower", "way", "prove",
            "exposure", "emit", "lint", "reach", "words", "html", "diff",
        ],
    ),
    ("schemas", &[]),
    (
        "driver",
        &[
            "source",
            "diag",
            "net",
            "logic",
            "flow",
            "model",
            "catalogue",
            "intent",
            "evaluate",
            "limits",
            "check",
            "lower",
            "prove",
            "emit",
            "bicep",
            "hcl",
            "import",
            "lint",
            "decompile",
            "explain",
            "reach",
            "diff",
            "drift",
            "risk",
            "report",
        ],
    ),
    (
        "cli",
        &[
            "source",
            "diag",
            "net",
            "flow",
            "model",
            "way",
            "syntax",
            "format",
            "catalogue",
            "intent",
            "evaluate",
            "limits",
            "check",
            "lower",
            "prove",
            "exposure",
            "emit",
            "import",
            "lint",
            "decompile",
            "explain",
            "logs",
            "reach",
            "words",
            "resolve",
            "plan",
            "html",
            "diff",
            "drift",
            "risk",
            "usage",
            "generate",
            "report",
            "schemas",
            "driver",
        ],
    ),
];

fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    MAY_IMPORT.iter().find(|(name, _)| *name == folder).map(|(_, allowed)| *allowed)
}

#[test]
fn the_table_points_down() {
    for (at, (folder, allowed)) in MAY_IMPORT.iter().enumerate() {
        for wanted in *allowed {
            assert!(MAY_IMPORT[..at].iter().any(|(lower, _)| lower == wanted), "{folder} imports {wanted}");
        }
    }
}

#[test]
fn the_table_has_every_folder() {
    let sources = sources();
    let found: BTreeSet<&str> = sources.iter().filter_map(Source::folder).collect();
    assert_eq!(found, MAY_IMPORT.iter().map(|(folder, _)| *folder).collect());
}

#[test]
fn folders_import_what_the_table_allows() {
    let wrong: Vec<String> = sources().iter().flat_map(wrong_imports).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn wrong_imports(source: &Source) -> Vec<String> {
    let Some(folder) = source.folder() else { return Vec::new() };
    let allowed = allowed(folder).unwrap_or_default();
    let place = |line: usize, what: &str| format!("src/{}:{line}: {what}", source.path.display());
    let mut wrong = Vec::new();
    for (line, code) in source.code() {
        for name in imported(code).filter(|name| *name != folder && !allowed.contains(name)) {
            wrong.push(place(line, &format!("{folder} may not import {name:?}")));
        }
        if code.contains(&"super::".repeat(depth(source))) {
            wrong.push(place(line, "what lies outside the folder is imported as `crate::…`"));
        }
    }
    wrong
}

/// The folders that a line names by `crate::…`; a list in braces is none that could be read here, and empty.
fn imported(code: &str) -> impl Iterator<Item = &str> {
    let ends = |rest: &str| rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    code.split("crate::").skip(1).map(move |rest| &rest[..ends(rest)])
}

/// How many modules lie between a file and the root of the crate.
fn depth(source: &Source) -> usize {
    let is_folder = source.path.file_name().is_some_and(|name| name == "mod.rs");
    source.path.iter().count() - usize::from(is_folder)
}

#[test]
fn a_wrong_import_is_found() {
    let source = |text: &str| Source { path: "net/deep/port.rs".into(), text: text.to_owned() };
    let wrong = |text: &str| wrong_imports(&source(text)).len();
    assert_eq!(wrong("use crate::net::Cidr;\n// use crate::model::Model;\nuse super::super::address::Cidr;\n"), 0);
    assert_eq!(wrong("use crate::model::Model;\n"), 1);
    assert_eq!(wrong("use crate::{model, net};\n"), 1);
    assert_eq!(wrong("fn f() -> crate::model::Model { crate::model::Model::default() }\n"), 2);
    assert_eq!(wrong("use super::super::super::model::Model;\n"), 1);
}
