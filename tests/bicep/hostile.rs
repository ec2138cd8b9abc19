//! Hostile files end in an error, or are read, within bounds.

use std::fmt::Write;

use fwc::bicep::{BicepFiles, LoadedBicep, template};
use fwc::driver::{MemoryFiles, ProjectOptions, load_whole};
use proptest::prelude::*;

use super::{fault, files, group, imported, rule};
use crate::dice::Dice;

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{ a: ", "}"), ("(", ")"), ("!", ""), ("-", ""), ("'${", "}'"), ("f(", ")")] {
        let text = format!("var a = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        assert!(fault(&text).contains("nests deeper"), "{open}");
    }
    let types = format!("param a {}string{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(fault(&types).contains("nests deeper"));
    let choices = format!("var a = {}1\n", "true ? 1 : ".repeat(100_000));
    assert!(fault(&choices).contains("nests deeper"));
}

#[test]
fn length_is_bounded() {
    let sum = format!("var a = 1{}\n", " + 1".repeat(100_000));
    assert!(fault(&sum).contains("at most 256 operators"));
    let steps = format!("var a = b{}\n", ".c".repeat(100_000));
    assert!(fault(&steps).contains("at most 256 steps"));
    let name = format!("var {} = 1\n", "a".repeat(1000));
    assert!(fault(&name).contains("at most 255 characters"));
}

/// Each resource's name holds that of the one before twice.
#[test]
fn names_that_double_are_an_error() {
    let mut text = String::from("resource r0 'a.b/c@1' = {\n  name: 'aaaaaaaaaaaaaaaa'\n}\n");
    for n in 1..32 {
        let before = n - 1;
        write!(text, "resource r{n} 'a.b/c@1' = {{\n  name: '${{r{before}.name}}${{r{before}.name}}'\n}}\n").unwrap();
    }
    assert!(fault(&text).contains("too many values"), "{}", fault(&text));
}

#[test]
fn modules_that_multiply_are_an_error() {
    let mut all = MemoryFiles::new();
    for n in 0..18 {
        let module = |name: &str| format!("module {name} 'm{}.bicep' = {{\n}}\n", n + 1);
        all.insert(format!("m{n}.bicep"), ["a", "b", "c", "d"].map(module).concat());
    }
    all.insert("m18.bicep", group(&format!("[{}]", rule("'r'", "['192.0.2.1']"))));
    let why = imported(&all, "m0.bicep", &[]).unwrap_err();
    assert!(why.contains("m18.bicep") || why.contains("too many values") || why.contains("not here"), "{why}");
}

#[test]
fn circles_are_errors_or_values_that_nobody_has() {
    let own = files(&[("main.bicep", "module a 'main.bicep' = {\n}\n")]);
    let why = imported(&own, "main.bicep", &[]).unwrap_err();
    assert!(why.contains("is a module of itself"), "{why}");
    let two = files(&[
        ("main.bicep", "import { b } from 'b.bicep'\n@export()\nvar a = b\noutput o string = a\n"),
        ("b.bicep", "import { a } from 'main.bicep'\n@export()\nvar b = a\n"),
    ]);
    imported(&two, "main.bicep", &[]).unwrap_err();
    let variables = format!("var a = b\nvar b = a\n{}", group(&format!("[{}]", rule("'r'", "a"))));
    assert!(fault(&variables).contains("needs itself"), "{}", fault(&variables));
    let functions = format!("func f(n int) array => f(n)\n{}", group(&format!("[{}]", rule("'r'", "f(1)"))));
    assert!(fault(&functions).contains("cannot be evaluated"), "{}", fault(&functions));
    let parents = "resource a 'x.y/z/z@1' = {\n  parent: b\n  name: 'a'\n}\nresource b 'x.y/z/z@1' = {\n  parent: a\n  name: 'b'\n}\n";
    assert!(fault(parents).contains("needs too many other names"), "{}", fault(parents));
}

#[test]
fn texts_that_look_like_template_expressions_are_texts() {
    let text = "resource p 'Microsoft.Network/firewallPolicies@2024-05-01' = {\n  name: 'edge'\n  location: '[resourceGroup().location]'\n}\n";
    let why = imported(&files(&[("main.bicep", text)]), "main.bicep", &[]).unwrap();
    assert!(why.source.text.contains("[resourceGroup().location]"), "{}", why.source.text);
}

struct Nothing;

impl BicepFiles for Nothing {
    fn read(&mut self, _: &str, _: &str) -> Result<LoadedBicep, String> {
        Err("it is not here".to_owned())
    }
}

/// Pieces that are put together, and into other texts.
const PIECES: [&str; 44] = [
    "param ",
    "var ",
    "resource ",
    "module ",
    "output ",
    "func ",
    "type ",
    "import ",
    "using ",
    "a",
    "b",
    "= ",
    "'",
    "'''",
    "${",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "\n",
    ",",
    ":",
    "::",
    "?",
    "??",
    ".?",
    ".",
    "...",
    "=>",
    "for ",
    " in ",
    "if ",
    "existing ",
    "parent: ",
    "scope: ",
    "name: ",
    "'x/y@1'",
    "1",
    "-",
    "!",
    "|",
    "@",
];

/// A file with pieces of it taken away, put elsewhere or replaced.
fn damaged(text: &str, seed: u64) -> String {
    let mut dice = Dice::of(seed);
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(6) {
        let from = dice.roll(chars.len() + 1);
        let to = (from + dice.roll(24)).min(chars.len());
        let piece: Vec<char> = PIECES[dice.roll(PIECES.len())].chars().collect();
        match dice.roll(3) {
            0 => drop(chars.splice(from..to, piece)),
            1 => drop(chars.splice(from..from, piece)),
            _ => drop(chars.drain(from..to)),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn a_damaged_file_is_read_or_refused_at_a_place() {
    let whole = include_str!("../../fuzz/corpus/bicep/constructs.bicep");
    template("main.bicep", whole, &mut Nothing).unwrap();
    for seed in 0..3000 {
        let text = damaged(whole, seed);
        if let Err(fault) = template("main.bicep", &text, &mut Nothing) {
            assert!(!fault.message.is_empty() && fault.line <= text.lines().count() + 1, "{seed}: {fault}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_read_or_refused(picked in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = picked.into_iter().map(|at| PIECES[at]).collect();
        let files = MemoryFiles::of("main.bicep", text);
        drop(load_whole(&files, std::path::Path::new("main.bicep"), &ProjectOptions::default()).err());
    }
}
