//! Hostile files end in an error, or are read, within bounds.

use std::fmt::Write;
use std::time::{Duration, Instant};

use fwc::driver::{MemoryFiles, ProjectOptions, load_whole};
use fwc::hcl::{LoadedModules, ModuleFiles, Request, plan};
use proptest::prelude::*;

use super::{fault, files, group, imported, rule};
use crate::dice::Dice;

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{ a = ", "}"), ("(", ")"), ("!", ""), ("-", ""), ("\"${", "}\""), ("f(", ")")] {
        let text = format!("locals {{\n  a = {}1{}\n}}\n", open.repeat(100_000), close.repeat(100_000));
        assert!(fault(&text).contains("nest"), "{open}: {}", fault(&text));
    }
    let choices = format!("locals {{\n  a = {}1\n}}\n", "true ? 1 : ".repeat(100_000));
    assert!(fault(&choices).contains("nest"), "{}", fault(&choices));
    let sum = format!("locals {{\n  a = 1{}\n}}\n", " + 1".repeat(100_000));
    assert!(fault(&sum).contains("128 chained"), "{}", fault(&sum));
    let blocks = format!("{}{}", "a {\n".repeat(10_000), "}\n".repeat(10_000));
    assert!(fault(&blocks).contains("nest"), "{}", fault(&blocks));
    let json = format!("{{\"locals\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let why = imported(&files(&[("main.tf.json", &json)]), "main.tf.json", &[]).map(|_| ()).unwrap_err();
    assert!(why.contains("fewer values in each other"), "{why}");
}

/// Locals, each made of the one before, and a rule to the last.
fn chain(count: usize, first: &str, next: impl Fn(usize) -> String) -> String {
    let mut text = format!("locals {{\n  l0 = {first}\n");
    for n in 1..count {
        writeln!(text, "  l{n} = {}", next(n - 1)).unwrap();
    }
    text.push_str("}\n");
    format!("{text}{}", group(&rule("\"r\"", &format!("[jsonencode(local.l{})]", count - 1))))
}

#[test]
fn values_that_multiply_are_an_error() {
    let doubled = chain(24, "\"aaaaaaaaaaaaaaaa\"", |before| format!("\"${{local.l{before}}}${{local.l{before}}}\""));
    let lists = chain(30, "[\"a\"]", |before| format!("[local.l{before}, local.l{before}]"));
    let merged = chain(24, "[\"a\"]", |before| format!("concat(local.l{before}, local.l{before})"));
    let unknown = format!(
        "variable \"x\" {{\n}}\n{}",
        chain(24, "var.x", |before| format!("\"${{local.l{before}}}${{local.l{before}}}\""))
    );
    let squares = chain(3, "range(1000)", |before| format!("setproduct(local.l{before}, local.l{before})"));
    let replaced = chain(9, "\"aaaaaaaa\"", |before| format!("replace(local.l{before}, \"a\", local.l{before})"));
    for text in [doubled, lists, merged, squares, replaced] {
        let why = fault(&text);
        assert!(why.contains("too many values") || why.contains("too much work"), "{why}");
    }
    let why = fault(&unknown);
    assert!(why.contains("too many values") || why.contains("has no value"), "{why}");
}

#[test]
fn long_chains_and_circles_are_errors() {
    let deep = chain(5_000, "[\"a\"]", |before| format!("[local.l{before}]"));
    assert!(fault(&deep).contains("too deep"), "{}", fault(&deep));
    let back = chain(5_000, "\"a\"", |before| format!("local.l{before}"));
    assert!(fault(&back).contains("nest too deep"), "{}", fault(&back));
    let circle =
        format!("locals {{\n  a = local.b\n  b = [local.c]\n  c = local.a\n}}\n{}", group(&rule("\"r\"", "local.a")));
    let why = fault(&circle);
    assert!(why.contains("local.a → local.b → local.c → local.a"), "{why}");
    let resources = "resource \"azurerm_ip_group\" \"a\" {\n  name = azurerm_ip_group.b.name\n}
resource \"azurerm_ip_group\" \"b\" {\n  name = azurerm_ip_group.a.name\n}\n";
    assert!(fault(resources).contains("is defined by itself"), "{}", fault(resources));
    let own = files(&[("main.tf", "module \"a\" {\n  source = \"./.\"\n}\n")]);
    let why = imported(&own, "main.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.contains("modules in each other"), "{why}");
}

#[test]
fn loops_without_end_are_errors() {
    for each in ["range(1000000000)", "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]"] {
        let text = group(&rule("\"r\"", each));
        assert!(fault(&text).contains("more than") || fault(&text).contains("too m"), "{}", fault(&text));
    }
    let count = group(&rule("\"r\"", "[\"192.0.2.1\"]"))
        .replace("priority           = 300", "priority = 300\n  count = 1000000000");
    assert!(fault(&count).contains("too much work"), "{}", fault(&count));
}

#[test]
fn modules_that_multiply_are_an_error() {
    let mut all = MemoryFiles::new();
    for n in 0..18 {
        let module = |name: &str| format!("module \"{name}\" {{\n  source = \"../m{}\"\n}}\n", n + 1);
        all.insert(format!("m{n}/main.tf"), ["a", "b", "c", "d"].map(module).concat());
    }
    all.insert("m18/main.tf", group(&rule("\"r\"", "[\"192.0.2.1\"]")));
    let why = imported(&all, "m0/main.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.contains("of them") || why.contains("too much work"), "{why}");
}

#[test]
fn patterns_take_a_bounded_time() {
    let text = group(&rule("\"r\"", "[length(regexall(\"(a|a)*(a|a)*(a|a)*b\", format(\"%4000s\", \"a\")))]"));
    let start = Instant::now();
    fault(&text);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn texts_that_look_like_expressions_of_templates_are_texts() {
    let text = "resource \"azurerm_firewall_policy\" \"edge\" {\n  name     = \"edge\"\n  location = \"[resourceGroup().location]\"\n}\n";
    let read = imported(&files(&[("main.tf", text)]), "main.tf", &[]).unwrap();
    assert!(read.source.text.contains("[resourceGroup().location]"), "{}", read.source.text);
}

struct Nothing;

impl ModuleFiles for Nothing {
    fn files(&mut self, _: &str) -> Result<Vec<String>, String> {
        Err("it is not here".to_owned())
    }

    fn folders(&mut self, _: &str) -> Result<Vec<String>, String> {
        Err("it is not here".to_owned())
    }

    fn read(&mut self, _: &str) -> Result<LoadedModules, String> {
        Err("it is not here".to_owned())
    }
}

/// Pieces that are put together, and into other texts.
const PIECES: [&str; 48] = [
    "resource \"azurerm_ip_group\" \"a\" {\n",
    "module \"m\" {\n",
    "variable \"v\" {\n",
    "data \"x\" \"y\" {\n",
    "output \"o\" {\n",
    "locals {\n",
    "dynamic \"rule\" {\n",
    "content {\n",
    "}\n",
    "a",
    "b",
    " = ",
    "\"",
    "${",
    "%{ if ",
    "%{ else }",
    "%{ endif }",
    "%{ for v in ",
    "%{ endfor ~}",
    "~",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "\n",
    ",",
    ":",
    "?",
    "...",
    "=>",
    "[for v in ",
    "{for k, v in ",
    " if ",
    "[*]",
    ".*",
    ".0",
    "local.",
    "var.",
    "each.value",
    "count.index",
    "<<-EOT\n",
    "\nEOT\n",
    "1",
    "-",
    "!",
    "cidrsubnet(",
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
    let whole = include_str!("../../fuzz/corpus/hcl/constructs.tf");
    let read = |text: &str| {
        let file = LoadedModules { name: "main.tf".to_owned(), text: text.to_owned() };
        plan(&Request { files: &[file], values: &[], settings: &[], is_read: |_| true }, &mut Nothing)
    };
    read(whole).unwrap();
    for seed in 0..2000 {
        let text = damaged(whole, seed);
        if let Err(fault) = read(&text) {
            assert!(!fault.message.is_empty() && fault.line <= text.lines().count() + 1, "{seed}: {fault}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_read_or_refused(picked in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = picked.into_iter().map(|at| PIECES[at]).collect();
        let files = MemoryFiles::of("main.tf", text);
        drop(load_whole(&files, std::path::Path::new("main.tf"), &ProjectOptions::default()).err());
    }
}
