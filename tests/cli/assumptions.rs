//! What an artefact does not settle is told by every command that reads it.

use serde_json::{Value, json};

use super::{Run, Sandbox};

/// A group of `hub` with one rule that allows TCP to `destination`.
fn group(name: &str, priority: u16, destination: &str) -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": format!("hub/{name}"),
        "properties": {"priority": priority, "ruleCollections": [{
            "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": 200,
            "action": {"type": "Allow"}, "rules": [{"ruleType": "NetworkRule", "name": name, "ipProtocols": ["TCP"],
                "sourceAddresses": ["10.0.0.0/16"], "destinationAddresses": [destination],
                "destinationPorts": ["443"]}]}]}})
}

fn policy() -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies", "name": "hub", "location": "westeurope",
        "properties": {"sku": {"tier": "Standard"}}})
}

fn template(resources: &[Value]) -> String {
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {"env": {"type": "string"}}, "resources": resources})
    .to_string()
}

/// With `main.json`, one of whose groups is under a condition that only a parameter settles, and `old.json` without it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut open = group("open", 300, "*");
    open["condition"] = json!("[equals(parameters('env'), 'prod')]");
    let web = group("web", 200, "192.0.2.10");
    sandbox.write("main.json", &template(&[policy(), web.clone(), open]));
    sandbox.write("old.json", &template(&[policy(), web]));
    sandbox
}

const EXPLAIN: [&str; 8] = ["explain", "main.json", "--from", "10.0.0.4", "--to", "192.0.2.77", "--service", "tcp/443"];

/// The assumptions of a document.
fn assumptions(run: &Run) -> Vec<Value> {
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    document["assumptions"].as_array().unwrap().clone()
}

#[track_caller]
fn has_condition(all: &[Value]) {
    let is_it = |one: &&Value| one["what"].as_str().is_some_and(|what| what.contains("parameters('env')"));
    let found = all.iter().find(is_it).unwrap_or_else(|| panic!("{all:?}"));
    assert_eq!(found["kind"], "unknown");
    assert_eq!(found["at"]["file"], "main.json");
    assert!(found["at"]["path"].as_str().unwrap().starts_with("$.resources[2]"), "{found}");
}

#[test]
fn every_command_tells_on_standard_error_each_once() {
    let sandbox = sandbox();
    for command in [
        &["check", "main.json"][..],
        &EXPLAIN,
        &["reach", "main.json"],
        &["diff", "old.json", "main.json"],
        &["diff", "main.json", "main.json"],
        &["report", "main.json", "-o", "page.html"],
        &["import", "main.json"],
        &["plan", "main.json", "--deployed", "old.json"],
        &["drift", "old.json", "--deployed", "main.json"],
    ] {
        let stderr = sandbox.run(command).stderr;
        let told = stderr.lines().filter(|line| line.contains("unknown: main.json: $.resources[2]")).count();
        assert_eq!(told, 1, "{command:?}: {stderr}");
    }
}

#[test]
fn every_document_has_them() {
    let sandbox = sandbox();
    for command in [
        &["check", "main.json"][..],
        &EXPLAIN,
        &["reach", "main.json"],
        &["diff", "old.json", "main.json"],
        &["drift", "main.json", "--deployed", "old.json"],
        &["explain", "main.json", "--rule", "open/open/open"],
    ] {
        has_condition(&assumptions(&sandbox.run(&[command, &["--format", "json"]].concat())));
    }
}

#[test]
fn an_answer_has_those_that_it_rests_on() {
    let sandbox = sandbox();
    let web = [
        "explain",
        "main.json",
        "--from",
        "10.0.0.4",
        "--to",
        "192.0.2.10",
        "--service",
        "tcp/443",
        "--format",
        "json",
    ];
    assert_eq!(assumptions(&sandbox.run(&web)), Vec::<Value>::new());
}

#[test]
fn the_formats_of_pipelines_and_reviewers_have_them() {
    let sandbox = sandbox();
    for format in ["sarif", "github", "azure-pipelines", "junit"] {
        let check = sandbox.run(&["check", "main.json", "--format", format]).stdout;
        let diff = sandbox.run(&["diff", "old.json", "main.json", "--format", format]).stdout;
        assert!(check.contains("is there only where"), "{format}: {check}");
        assert!(diff.contains("is there only where"), "{format}: {diff}");
    }
    for format in ["html", "markdown"] {
        let report = sandbox.run(&["report", "main.json", "--format", format]).stdout;
        let diff = sandbox.run(&["diff", "old.json", "main.json", "--format", format]).stdout;
        assert!(report.contains("is there only where"), "{format}: {report}");
        assert!(diff.contains("is there only where"), "{format}: {diff}");
    }
}

#[test]
fn a_source_tells_what_its_external_base_does_not_settle() {
    let sandbox = sandbox();
    sandbox.write(
        "child.pol",
        "policy child inherits external \"main.json\" {\n    sku standard\n    group g {\n        r: allow tcp/25 from 10.0.0.4 to 192.0.2.1\n    }\n    expect deny udp/53 from 10.0.0.4 to 192.0.2.9\n}\n",
    );
    let test = sandbox.run(&["test", "child.pol", "--format", "json"]);
    has_condition(&assumptions(&test));
    let compiled = sandbox.run(&["compile", "child.pol", "-o", "build"]);
    assert!(compiled.stderr.contains("unknown: main.json: $.resources[2]"), "{}", compiled.stderr);
    let manifest: Value = serde_json::from_str(&sandbox.read("build/manifest.json")).unwrap();
    has_condition(manifest["assumptions"].as_array().unwrap());
}

#[test]
fn what_is_alike_at_several_places_is_told_once() {
    let sandbox = Sandbox::new();
    let moved = |name: &str| {
        json!({"type": "Microsoft.Network/ipGroups", "name": name, "location": "[parameters('where')]",
            "properties": {"ipAddresses": ["10.0.0.0/24"]}})
    };
    sandbox.write("a.json", &template(&[moved("a"), moved("b"), moved("c"), group("g", 200, "*")]));
    let run = sandbox.run(&["check", "a.json"]);
    let region = "the region, the expression `[parameters('where')]`, cannot be evaluated and is left out";
    assert!(
        run.stderr.contains(&format!(
            "fwc: omitted: a.json: $.resources[0].location: {region}, here and at 2 other places\n"
        )),
        "{}",
        run.stderr
    );
}
