//! Folders are read whole, and what is not read is named.

use std::path::PathBuf;

use fwc::driver::{ImportRequest, ImportedSource, MemoryFiles, NotImported, ProjectFiles, import};
use fwc::import::other_text;
use fwc::model::AssumptionKind;

const POLICY: &str = r#"{"resources": [{"type": "Microsoft.Network/firewallPolicies", "name": "edge", "location": "westeurope", "properties": {}}]}"#;

fn group(name: &str, priority: u16) -> String {
    let rule = format!(
        r#"{{"ruleType": "NetworkRule", "name": "{name}", "ipProtocols": ["TCP"], "sourceAddresses": ["10.0.0.0/8"], "destinationAddresses": ["192.0.2.1"], "destinationPorts": ["443"]}}"#
    );
    format!(
        r#"{{"resources": [{{"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": "edge/{name}", "properties": {{"priority": {priority}, "ruleCollections": [{{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "priority": 200, "action": {{"type": "Allow"}}, "rules": [{rule}]}}]}}}}]}}"#
    )
}

fn imported(files: &dyn ProjectFiles) -> Result<ImportedSource, NotImported> {
    let inputs = vec![PathBuf::from("in")];
    import(files, &ImportRequest { inputs, faithful: true, ..ImportRequest::default() })
}

fn folder(files: &[(&str, &str)]) -> MemoryFiles {
    let mut memory = MemoryFiles::new();
    files.iter().for_each(|(path, text)| memory.insert(*path, *text));
    memory
}

#[test]
fn subfolders_and_endings_in_any_case_are_read() {
    let (one, two, three) = (group("one", 200), group("two", 300), group("three", 400));
    let files = folder(&[
        ("in/a.json", POLICY),
        ("in/deep/er/B.JSON", &one),
        ("in/deep/c.JsonC", &format!("// a comment\n{two}")),
        ("in/export", &three),
    ]);
    let text = imported(&files).unwrap().source.text;
    for rule in ["one", "two", "three"] {
        assert!(text.contains(&format!("{rule}: allow")), "{rule}: {text}");
    }
}

#[test]
fn each_file_that_is_not_read_is_named() {
    let files = folder(&[
        ("in/a.json", POLICY),
        ("in/main.bicep", "param location string\n"),
        ("in/values.yaml", "rules:\n- a\n"),
        ("in/egress.pol", "policy edge {}\n"),
        ("in/README.md", "[![build](x)](y)\n"),
        ("in/package.json", "{\"name\": \"x\", \"version\": \"1.0.0\"}"),
        ("in/state.tfstate", "{\"lineage\": \"l\", \"serial\": 1, \"resources\": []}"),
        ("in/.git/config.json", "{}"),
        ("in/node_modules/x/y.json", "{}"),
    ]);
    let told = imported(&files).unwrap().assumptions;
    for name in [
        "main.bicep",
        "values.yaml",
        "egress.pol",
        "README.md",
        "package.json",
        "state.tfstate",
        ".git",
        "node_modules",
    ] {
        let path = PathBuf::from("in").join(name).display().to_string();
        assert!(told.iter().any(|one| one.at.file == path && one.kind == AssumptionKind::Omitted), "{name}: {told:#?}");
    }
}

#[test]
fn what_was_compiled_into_the_folder_is_not_named() {
    let manifest = r#"{"schema": "fwc.manifest/1", "outputs": [{"path": "edge.arm.json"}, {"path": "edge.bicep"}]}"#;
    let files =
        folder(&[("in/edge.arm.json", POLICY), ("in/edge.bicep", "param a string\n"), ("in/manifest.json", manifest)]);
    let told = imported(&files).unwrap().assumptions;
    assert!(!told.iter().any(|one| one.kind == AssumptionKind::Omitted), "{told:?}");
}

#[test]
fn a_manifest_of_somebody_else_may_hold_rules() {
    let rules = group("rule", 200);
    let files = folder(&[("in/a.json", POLICY), ("in/manifest.json", &rules)]);
    assert!(imported(&files).unwrap().source.text.contains("rule: allow"));
}

#[test]
fn a_broken_export_in_a_folder_is_an_error() {
    let files = folder(&[("in/a.json", POLICY), ("in/b.json", "{\"resources\": [")]);
    let Err(NotImported::Fault(fault)) = imported(&files) else { panic!() };
    assert!(fault.to_string().contains("b.json") && fault.to_string().contains("ends too early"), "{fault}");
}

#[test]
fn a_folder_without_artefacts_says_what_it_holds() {
    let files = folder(&[("in/main.tf", "variable \"a\" {\n}\n")]);
    let Err(NotImported::Fault(fault)) = imported(&files) else { panic!() };
    assert!(fault.to_string().contains("expected a firewall policy"), "{fault}");
}

#[test]
fn texts_of_other_tools_are_told_by_content() {
    for (text, wanted) in [
        ("", "empty"),
        ("\u{feff} \n", "empty"),
        ("# a\nterraform {\n}\n", "end in `.tf`"),
        ("module \"hub\" {\n  source = \"./hub\"\n}\n", "end in `.tf`"),
        ("Terraform used the selected providers to generate the following\n", "terraform show -json"),
        ("apiVersion: v1\nkind: ConfigMap\n", "YAML"),
        ("---\na: 1\n", "YAML"),
        ("- etag: x\n  id: y\n", "YAML"),
        ("AWSTemplateFormatVersion: '2010-09-09'\n", "CloudFormation"),
        ("<!DOCTYPE html>\n<html>", "web page"),
        ("<?xml version=\"1.0\"?>\n<a/>", "XML"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        ("WARNING: a\n{\"a\": 1}\n", "--only-show-errors"),
        ("ERROR: (AuthorizationFailed) no\n", "error of `az`"),
        ("Name  : a\nId    : b\nEtag  : c\n", "ConvertTo-Json"),
        ("Name    Priority\n------  --------\nrcg     300\n", "-o json"),
        ("group,rule,source\na,b,10.0.0.0/8\n", "comma-separated"),
        ("<<<<<<< ours\n{}\n=======\n[]\n>>>>>>> theirs\n", "conflict"),
    ] {
        let found = other_text(text).unwrap_or_else(|| panic!("{text}"));
        assert!(format!("{} {}", found.what, found.instead).contains(wanted), "{wanted}: {found:?}");
    }
    for source in [
        "let a = 10.0.0.0/8\n",
        "// a comment\nlet a = 10.0.0.0/8\n",
        "policy edge {\n}\n",
        "{\"a\": 1}",
        "import \"x.pol\"\n",
    ] {
        assert_eq!(other_text(source), None, "{source}");
    }
}
