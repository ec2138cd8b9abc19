//! `fwc schema`: each document is as its schema says, field by field.

use std::collections::BTreeSet;

use fwc::schemas::{SCHEMAS, Schema};
use serde_json::Value;

use super::{SMALL, Sandbox, wrong};

/// Fails unless a document is as the schema of its own name says.
#[track_caller]
pub(crate) fn assert_valid(document: &Value) {
    let name = document["schema"].as_str().unwrap();
    assert_as(name, document);
}

#[track_caller]
fn assert_as(name: &str, document: &Value) {
    let schema = Schema::named(name).unwrap_or_else(|| panic!("no schema {name}")).document();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()).chars().take(600).collect())
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    // A field by another name is no longer that of the schema.
    let mut known = BTreeSet::new();
    properties(&schema, &mut known);
    let mut own = BTreeSet::new();
    fields(document, &mut own);
    for field in known.intersection(&own) {
        assert!(!validator.is_valid(&renamed(document, field)), "{name}: `{field}` by another name is taken");
    }
}

/// The names of the fields that a schema states.
fn properties(schema: &Value, to: &mut BTreeSet<String>) {
    match schema {
        Value::Object(parts) => {
            let stated = parts.get("properties").and_then(Value::as_object);
            to.extend(stated.into_iter().flat_map(|stated| stated.keys().cloned()));
            parts.values().for_each(|part| properties(part, to));
        }
        Value::Array(parts) => parts.iter().for_each(|part| properties(part, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The names of the fields of a document, but for those of a template in it, which are Azure's.
fn fields(document: &Value, to: &mut BTreeSet<String>) {
    match document {
        Value::Object(parts) => {
            to.extend(parts.keys().cloned());
            parts.iter().filter(|(name, _)| *name != "template").for_each(|(_, part)| fields(part, to));
        }
        Value::Array(parts) => parts.iter().for_each(|part| fields(part, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The document with another name for a field, wherever it is.
fn renamed(document: &Value, field: &str) -> Value {
    match document {
        Value::Object(parts) => {
            let name = |name: &String| if name == field { format!("{name}Renamed") } else { name.clone() };
            parts.iter().map(|(key, part)| (name(key), renamed(part, field))).collect()
        }
        Value::Array(parts) => parts.iter().map(|part| renamed(part, field)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => document.clone(),
    }
}

/// The documents that a run prints, one or one a line.
fn documents(text: &str) -> Vec<Value> {
    match serde_json::from_str(text) {
        Ok(one) => vec![one],
        Err(_) => text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect(),
    }
}

#[track_caller]
fn assert_prints(sandbox: &Sandbox, arguments: &[&str]) {
    let run = sandbox.run(arguments);
    assert!(run.status < 2, "{arguments:?}: {}", run.stderr);
    let documents = documents(&run.stdout);
    assert!(!documents.is_empty(), "{arguments:?}");
    documents.iter().for_each(assert_valid);
}

/// A source with all that an answer may have: findings, expectations of each outcome, routes, endpoints, DNAT, tags.
const RICH: &str = r#"
use docker

let nodes = 10.240.0.0/20
let agents = 10.240.16.0/24

private-endpoint vault at 10.241.0.4 for kv.vault.azure.net

firewall hub { private-ip 10.0.0.4 public-ip edge = 198.51.100.10 }

policy corp {
    location "westeurope"
    sku standard
    dns { proxy on }
    group shared { clock: allow ntp from nodes to ntp.example.com }
}

policy web inherits corp {
    location "westeurope"
    sku standard
    dns { proxy on }
    @owner("team")  @expires(2020-01-01)
    group out {
        odd:  allow https from nodes to www.example.com
        tag:  allow tcp/443 from agents to tag(Storage)
        mine: deny  https from agents to www.example.com
        shadowed: allow https from nodes to www.example.com
        apply docker::pull(machines: nodes)
    }
}

test "flows" in web {
    expect allow https from nodes to www.example.com
    expect deny  https from nodes to other.example.com
    expect deny  https from nodes to www.example.com
}
"#;

fn rich() -> Sandbox {
    let sandbox = Sandbox::with_small();
    sandbox.write("rich.pol", RICH);
    sandbox.write("wrong.pol", &wrong());
    sandbox.write("other.pol", &SMALL.replace("        mcr:", "        odd: allow any from any to any\n        mcr:"));
    sandbox
}

#[test]
fn answers_about_sources_are_as_their_schemas_say() {
    let sandbox = rich();
    let flow = ["--from", "10.240.0.4", "--to", "www.example.com", "--service", "https"];
    let denied = ["--from", "10.240.0.4", "--to", "mcr.microsoft.com", "--service", "http"];
    for file in ["egress.pol", "rich.pol", "wrong.pol"] {
        assert_prints(&sandbox, &["check", file, "--format", "json", "--expired", "warn"]);
    }
    assert_prints(&sandbox, &[&["explain", "egress.pol", "--format", "json", "--passed"][..], &denied].concat());
    assert_prints(&sandbox, &[&["explain", "egress.pol", "--format", "json"][..], &flow].concat());
    assert_prints(&sandbox, &["reach", "egress.pol", "--format", "json"]);
    assert_prints(&sandbox, &["test", "egress.pol", "--format", "json"]);
    for (old, new) in [("egress.pol", "other.pol"), ("other.pol", "egress.pol"), ("egress.pol", "egress.pol")] {
        assert_prints(&sandbox, &["diff", old, new, "--format", "json"]);
    }
    assert_prints(&sandbox, &["plan", "other.pol", "--deployed", "egress.pol", "--format", "json"]);
}

/// The examples have routes, endpoints, bases, tests and modules.
#[test]
fn answers_about_the_examples_are_as_their_schemas_say() {
    let sandbox = Sandbox::with_example();
    let source = super::EXAMPLE;
    let in_child = ["--policy", "aks-weu"];
    let flow = ["--from", "10.240.0.4", "--to", "www.example.com", "--service", "https"];
    assert_prints(&sandbox, &["check", source, "--format", "json"]);
    assert_prints(&sandbox, &["test", source, "--format", "json", "--coverage"]);
    assert_prints(&sandbox, &[&["explain", source, "--format", "json", "--passed"][..], &flow, &in_child].concat());
    let digibee = "policies/examples/digibee/egress.pol";
    assert_prints(&sandbox, &["reach", digibee, "--format", "json"]);
    assert_prints(&sandbox, &["diff", digibee, "policies/examples/opta/egress.pol", "--format", "json"]);
    assert_eq!(sandbox.run(&["compile", source]).status, 0);
    assert_valid(&serde_json::from_str(&sandbox.read("build/manifest.json")).unwrap());
    assert_valid(&serde_json::from_str(&sandbox.read("policies/examples/aks-hub-spoke/egress.lock")).unwrap());
}

#[test]
fn what_is_kept_is_as_its_schema_says() {
    let sandbox = rich();
    let run = sandbox.run(&["diff", "egress.pol", "other.pol", "--approve", "approved.json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_valid(&serde_json::from_str(&sandbox.read("approved.json")).unwrap());
    assert_prints(&sandbox, &["diff", "egress.pol", "other.pol", "--approved", "approved.json", "--format", "json"]);
    assert_prints(&sandbox, &["catalog", "list", "--format", "json"]);
    for module in ["aks", "docker", "windows-update"] {
        assert_prints(&sandbox, &["catalog", "show", module, "--format", "json"]);
    }
    assert_prints(&sandbox, &["catalog", "search", "docker.io", "--format", "json"]);
}

#[test]
fn goldens_are_as_their_schemas_say() {
    let mut seen = BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let document: Value = serde_json::from_str(&text).unwrap_or_default();
            let Some(name) = document["schema"].as_str().filter(|name| name.starts_with("fwc.")) else { continue };
            assert_valid(&document);
            seen.insert(name.to_owned());
        }
    }
    assert!(seen.contains("fwc.manifest/1"), "{seen:?}");
}

#[test]
fn a_flow_and_the_table_of_risks_have_schemas() {
    let flow =
        r#"{"source":"10.0.0.1","destination":"a.com","destinationAddress":"20.0.0.1","path":"/x","service":"https"}"#;
    assert_as("flow", &serde_json::from_str(flow).unwrap());
    let config = Schema::named("fwc.toml").unwrap().document();
    let names: Vec<&String> = config["properties"]["risk"]["properties"].as_object().unwrap().keys().collect();
    // What the reader of the file says that it knows.
    let why = "[risk]\nno-such = \"low\"\n".parse::<fwc::risk::RiskTable>().unwrap_err().to_string();
    for name in &names {
        assert!(why.contains(&format!("`{name}`")), "{name} is not in {why}");
    }
    assert_eq!(names.len() + 1, why.matches("`").count() / 2, "{why}");
}

#[test]
fn schemas_are_listed_printed_and_well_formed() {
    let sandbox = Sandbox::new();
    let list = sandbox.run(&["schema"]).stdout;
    for schema in SCHEMAS {
        assert!(list.lines().any(|line| line.split(' ').next() == Some(schema.name)), "{list}");
        let run = sandbox.run(&["schema", schema.name]);
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(document["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert!(jsonschema::draft202012::meta::is_valid(&document), "{}", schema.name);
    }
    assert_eq!(sandbox.run(&["schema", "fwc.check/1"]).stdout, sandbox.run(&["schema", "check"]).stdout);
    sandbox.run(&["schema", "chekc"]).fails("did you mean `check`?");
}

#[test]
fn each_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    let page = sandbox.run(&["man"]).stdout;
    assert!(page.contains(".TH FWC 1") && page.contains("Checks a source and writes everything that deploys it"));
    let page = sandbox.run(&["man", "diff"]).stdout;
    assert!(page.contains("fail") && page.contains("risk=high"), "{page}");
    sandbox.run(&["man", "dif"]).fails("did you mean `diff`?");
}

/// mandoc reads each page without a warning.
#[test]
fn each_manual_page_is_sound() {
    if std::process::Command::new("mandoc").arg("-V").output().is_err() {
        return println!("SKIPPED: mandoc is not installed");
    }
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["help"]).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|name| !name.is_empty());
    let pages: Vec<&str> = names.filter(|name| *name != "help").collect();
    assert!(pages.len() > 10, "{help}");
    for name in pages {
        sandbox.write("page.1", &sandbox.run(&["man", name]).stdout);
        let lint = std::process::Command::new("mandoc");
        let lint = { lint }.args(["-T", "lint", "-W", "warning"]).arg(sandbox.path("page.1")).output().unwrap();
        assert_eq!(String::from_utf8(lint.stdout).unwrap(), "", "{name}");
    }
}
