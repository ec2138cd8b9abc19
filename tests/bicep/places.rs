//! Findings, errors and assumptions are at the line and the column of the file.

use std::path::Path;

use fwc::driver::{ProjectOptions, artefact_findings, load_whole};

use super::{files, group, imported, rule};

/// `FILE:LINE:COLUMN` of each finding.
fn found(all: &[(&str, &str)], input: &str) -> Vec<String> {
    let mut input = load_whole(&files(all), Path::new(input), &ProjectOptions::default()).ok().unwrap();
    let found = artefact_findings(&mut input, &ProjectOptions::default()).found;
    let place = |at| input.files.locate(at).unwrap().to_string();
    found.iter().filter_map(|found| Some(place(found.at.as_ref()?.at))).collect()
}

#[test]
fn a_finding_is_at_the_rule_that_it_is_about() {
    let every = rule("'every'", "['*']");
    let text = group(&format!("[\n{}\n{every}\n]", rule("'one'", "['192.0.2.1']")));
    let line = 1 + text.lines().position(|line| line.contains("'every'")).unwrap();
    let places = found(&[("main.bicep", &text)], "main.bicep");
    let near = |place: &String| {
        let mut parts = place.split(':');
        parts.next() == Some("main.bicep") && parts.next().unwrap().parse::<usize>().unwrap().abs_diff(line) <= 4
    };
    assert!(!places.is_empty() && places.iter().any(near), "{line}: {places:?}\n{text}");
}

#[test]
fn a_finding_is_where_a_variable_or_a_module_states_the_rule() {
    let rules = format!("var rules = [\n{}\n]\n", rule("'every'", "['*']"));
    let in_variable = format!("{}{rules}", group("rules"));
    let module = "module hub 'parts/hub.bicep' = {\n  name: 'hub'\n}\n";
    let places = found(&[("main.bicep", module), ("parts/hub.bicep", &in_variable)], "main.bicep");
    let first = 1 + group("rules").lines().count();
    let is_in_variable = |place: &String| {
        let mut parts = place.split(':');
        parts.next() == Some("parts/hub.bicep") && parts.next().unwrap().parse::<usize>().unwrap() > first
    };
    assert!(places.iter().any(is_in_variable), "{first}: {places:?}");
}

#[test]
fn an_error_of_a_value_has_its_line_and_column() {
    let text = group(&format!("[{}]", rule("'r'", "['not an address']")));
    let line = 1 + text.lines().position(|line| line.contains("not an address")).unwrap();
    let why = imported(&files(&[("main.bicep", &text)]), "main.bicep", &[]).unwrap_err();
    assert!(why.starts_with(&format!("main.bicep:{line}:26: ")), "{why}");
}

#[test]
fn an_assumption_has_its_line_and_column() {
    let module = "\nmodule hub 'br/public:avm/res/network/azure-firewall:0.1.0' = {\n  name: 'hub'\n}\n";
    let text = format!("{}{module}", group(&format!("[{}]", rule("'r'", "['192.0.2.1']"))));
    let line = 1 + text.lines().position(|line| line.starts_with("module")).unwrap();
    let read = imported(&files(&[("main.bicep", &text)]), "main.bicep", &[]).unwrap();
    let told = read.assumptions.iter().find(|told| told.message.contains("br/public")).unwrap();
    assert_eq!(told.at.to_string(), format!("main.bicep:{line}:1"));
}
