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

fn line_of(text: &str, wanted: &str) -> usize {
    1 + text.lines().position(|line| line.contains(wanted)).unwrap()
}

#[test]
fn a_finding_is_at_the_rule_that_it_is_about() {
    let text = group(&format!("{}\n{}", rule("\"one\"", "[\"192.0.2.1\"]"), rule("\"every\"", "[\"*\"]")));
    let places = found(&[("main.tf", &text)], "main.tf");
    let line = line_of(&text, "\"every\"") - 1;
    assert!(places.contains(&format!("main.tf:{line}:1")), "{line}: {places:?}\n{text}");
}

#[test]
fn a_finding_is_where_a_local_states_the_rule() {
    let dynamic = "dynamic \"rule\" {
  for_each = var.rules
  content {
    name                  = rule.value.name
    protocols             = [\"TCP\"]
    source_addresses      = [\"10.0.0.0/8\"]
    destination_addresses = rule.value.to
    destination_ports     = [\"443\"]
  }
}";
    let module = format!("variable \"rules\" {{\n}}\n{}", group(dynamic));
    let main = "module \"fw\" {\n  source = \"./fw\"\n  rules  = local.rules\n}\n";
    let locals = "locals {\n  rules = [\n    { name = \"one\", to = [\"192.0.2.1\"] },\n    { name = \"every\", to = [\"*\"] },\n  ]\n}\n";
    let all = [("in/main.tf", main), ("in/locals.tf", locals), ("in/fw/main.tf", module.as_str())];
    let places = found(&all, "in");
    assert!(places.iter().any(|place| place == "in/locals.tf:4:5"), "{places:?}");
}

#[test]
fn an_error_of_a_value_has_its_line_and_column() {
    let text = group(&rule("\"r\"", "[\"not an address\"]"));
    let line = line_of(&text, "not an address");
    let why = imported(&files(&[("main.tf", &text)]), "main.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.starts_with(&format!("main.tf:{line}:28: ")), "{why}");
    let classic = "resource \"azurerm_firewall_policy\" \"edge\" {\n  name  = \"edge\"\n  skuu  = \"Premium\"\n}\n";
    let why = imported(&files(&[("main.tf", classic)]), "main.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.starts_with("main.tf:3:") && why.contains("unknown attribute `skuu`"), "{why}");
}

#[test]
fn an_error_of_syntax_has_its_line_and_column() {
    let why = imported(&files(&[("main.tf", "locals {\n  a = [1,\n")]), "main.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.starts_with("main.tf:2:10: "), "{why}");
    let empty = "locals {\n  a = <<EOT\nEOT\n  b = <<EOT\nx\nEOT\n}\n";
    let why = imported(&files(&[("main.tf", empty)]), "main.tf", &[]).map(|_| ()).unwrap_err();
    assert!(why.starts_with("main.tf:2:7: ") && why.contains("is not read"), "{why}");
    let json = "{\n  \"locals\": {\n    \"a\": nothing\n  }\n}\n";
    let why = imported(&files(&[("main.tf.json", json)]), "main.tf.json", &[]).map(|_| ()).unwrap_err();
    assert!(why.starts_with("main.tf.json:3:10: ") && why.contains("expected a value"), "{why}");
}
