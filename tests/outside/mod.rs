//! Hostile names in every place of an artefact and of a source, in every rendering, read by readers that are not fwc's:
//! Python's own, and lxml, python-hcl2, markdown-it and node where they are there. `FWC_OUTSIDE=all` has Chromium too.

use std::process::Command;

use fwc::emit::arm::policy_template;
use fwc::emit::{EmitOptions, EmitScope, json_text, terraform};
use fwc::model::Policy;
use serde_json::{Value, json};

use crate::artefacts::{HOSTILE, everywhere};
use crate::cli::Sandbox;

/// A template whose rules, collections, descriptions and tags are named by `names`, and one without rules.
fn templates(names: &[String]) -> [Value; 2] {
    let tags: serde_json::Map<String, Value> = names.iter().map(|name| (name.clone(), json!(name))).collect();
    let policy = json!({
        "type": "Microsoft.Network/firewallPolicies", "apiVersion": "2023-09-01", "name": "edge", "location": "westeurope",
        "tags": tags, "properties": {"sku": {"tier": "Standard"}, "dnsSettings": {"enableProxy": true}},
    });
    let collection = |(at, name): (usize, &String)| {
        let rule = match at % 2 {
            0 => json!({
                "ruleType": "NetworkRule", "name": name, "description": name, "ipProtocols": ["TCP"],
                "sourceAddresses": ["10.0.0.0/8"], "destinationAddresses": [format!("198.51.100.{at}")],
                "destinationPorts": ["8443"],
            }),
            _ => json!({
                "ruleType": "ApplicationRule", "name": name, "description": name,
                "protocols": [{"protocolType": "Https", "port": 443}], "sourceAddresses": ["10.0.0.0/8"],
                "targetFqdns": [format!("h{at}.example.com")],
            }),
        };
        json!({
            "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": 200 + at,
            "action": {"type": "Allow"}, "rules": [rule],
        })
    };
    let group = json!({
        "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2023-09-01", "name": "edge/g",
        "dependsOn": ["[resourceId('Microsoft.Network/firewallPolicies', 'edge')]"],
        "properties": {
            "priority": 200, "ruleCollections": names.iter().enumerate().map(collection).collect::<Vec<_>>(),
        },
    });
    // A `/` in the name of a group would be part of a path.
    let named = |(at, name): (usize, &String)| {
        json!({
            "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2023-09-01",
            "name": format!("edge/{}", name.replace('/', "|")),
            "dependsOn": ["[resourceId('Microsoft.Network/firewallPolicies', 'edge')]"],
            "properties": {"priority": 300 + at, "ruleCollections": [collection((at + names.len(), name))]},
        })
    };
    let resources: Vec<Value> =
        [policy.clone(), group].into_iter().chain(names.iter().enumerate().map(named)).collect();
    let template = |resources: Value| {
        json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "resources": resources,
        })
    };
    [template(json!(resources)), template(json!([policy]))]
}

/// What an expression would be is written as a template has it: a `[` at the start is doubled.
fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('[') && !text.starts_with("[resourceId('Microsoft.Network") => {
            json!(format!("[{text}"))
        }
        Value::Array(values) => values.iter().map(escaped).collect(),
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| (key.clone(), escaped(value));
            Value::Object(fields.iter().map(field).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Each command with the name of the file for what it prints.
fn renderings() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = vec![
        ("reach.txt", vec!["reach", "new.json"]),
        ("reach.json", vec!["reach", "new.json", "--format", "json"]),
        ("flows.jsonl", vec!["explain", "new.json", "--flows", "flows.jsonl", "--passed", "--format", "json"]),
        ("flows.txt", vec!["explain", "new.json", "--flows", "flows.jsonl", "--passed"]),
        ("report.html", vec!["report", "new.json"]),
        ("report.md", vec!["report", "new.json", "--format", "markdown"]),
        ("plan.json", vec!["plan", "new.json", "--deployed", "old.json", "--format", "json"]),
        ("plan.sh", vec!["plan", "new.json", "--deployed", "old.json", "--format", "script"]),
        ("wrong.txt", vec!["check", "wrong.pol"]),
        ("wrong.json", vec!["check", "wrong.pol", "--format", "json"]),
        ("wrong.sarif", vec!["check", "wrong.pol", "--format", "sarif"]),
        ("wrong.xml", vec!["check", "wrong.pol", "--format", "junit"]),
        ("wrong.github", vec!["check", "wrong.pol", "--format", "github"]),
        ("wrong.azure", vec!["check", "wrong.pol", "--format", "azure-pipelines"]),
        ("test.txt", vec!["test", "tests.pol"]),
        ("test.json", vec!["test", "tests.pol", "--format", "json"]),
        ("test.xml", vec!["test", "tests.pol", "--format", "junit"]),
    ];
    let of_names = [
        ("named.txt", "text"),
        ("named.json", "json"),
        ("named.sarif", "sarif"),
        ("named.xml", "junit"),
        ("named.github", "github"),
        ("named.azure", "azure-pipelines"),
    ];
    all.extend(of_names.map(|(file, format)| (file, vec!["check", "named.pol", "--format", format])));
    let of_owners = [("owned.html", "html"), ("owned.md", "markdown"), ("owned.json", "json")];
    all.extend(of_owners.map(|(file, format)| (file, vec!["diff", "old.pol", "owned.pol", "--format", format])));
    all.push(("owners.html", vec!["report", "owned.pol"]));
    all.push(("owners.md", vec!["report", "owned.pol", "--format", "markdown"]));
    let formats = [
        ("diff.txt", "text"),
        ("diff.html", "html"),
        ("diff.md", "markdown"),
        ("diff.json", "json"),
        ("diff.sarif", "sarif"),
        ("diff.xml", "junit"),
        ("diff.github", "github"),
        ("diff.azure", "azure-pipelines"),
    ];
    all.extend(formats.map(|(file, format)| (file, vec!["diff", "old.json", "new.json", "--format", format])));
    all
}

/// Sources with the names: as labels, with an error at each; as titles of tests that fail; as names of groups and policies,
/// which Azure refuses; as owners and tickets, and one without those rules.
fn sources(names: &[String]) -> [(&'static str, String); 5] {
    let quote = |name: &String| {
        let escaped = name.chars().map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            '{' | '}' => format!("{c}{c}"),
            c if c.is_control() || fwc::source::is_invisible(c) => format!("\\u{{{:x}}}", u32::from(c)),
            c => c.to_string(),
        });
        format!("\"{}\"", escaped.collect::<String>())
    };
    // A label that is there twice is in the message.
    let rule = |name: &String| {
        let label = quote(name);
        ["a", "b"].map(|host| format!("        {label}: allow https from 10.0.0.0/8 to {host}.example.com\n")).concat()
    };
    let test =
        |name: &String| format!("test {} {{ expect allow https from 10.0.0.0/8 to a.example.com }}\n", quote(name));
    let unowned = |at: usize| format!("        o{at}: allow https from 10.0.0.0/8 to o{at}.example.com\n");
    let owned = |(at, name): (usize, &String)| {
        let name = quote(name);
        format!("        @owner({name}) @ticket({name})\n{}", unowned(at))
    };
    // Azure takes no blank in these names, which so are errors whatever else they hold.
    let named = |(at, name): (usize, &String)| {
        let (name, rule) =
            (quote(&format!("{name} x")), format!("x: allow https from 10.0.0.0/8 to n{at}.example.com"));
        format!("policy {name} {{\n    location \"westeurope\"\n    sku standard\n    group {name} {{ {rule} }}\n}}\n")
    };
    let policy = |rules: &str| {
        format!("policy edge {{\n    location \"westeurope\"\n    sku standard\n    group web {{\n{rules}    }}\n}}\n")
    };
    let rules: String = names.iter().map(rule).collect();
    let tests: String = names.iter().map(test).collect();
    [
        ("wrong.pol", policy(&rules)),
        ("named.pol", names.iter().enumerate().map(named).collect()),
        ("owned.pol", policy(&names.iter().enumerate().map(owned).collect::<String>())),
        ("old.pol", policy(&(0..names.len()).map(unowned).collect::<String>())),
        ("tests.pol", policy("        x: allow https from 10.0.0.0/8 to b.example.com\n") + &tests),
    ]
}

/// Writes the inputs with these names, and what every command prints of them into `folder`.
fn render(sandbox: &Sandbox, folder: &str, names: &[String]) {
    let [new, old] = templates(names);
    sandbox.write("new.json", &escaped(&new).to_string());
    sandbox.write("old.json", &escaped(&old).to_string());
    let flow = |at: usize| match at % 2 {
        0 => json!({"source": "10.0.0.1", "destination": format!("198.51.100.{at}"), "service": "tcp/8443"}),
        _ => json!({"source": "10.0.0.1", "destination": format!("h{at}.example.com"), "service": "https"}),
    };
    let flows: String = (0..names.len()).map(|at| format!("{}\n", flow(at))).collect();
    sandbox.write("flows.jsonl", &flows);
    for (name, text) in sources(names) {
        sandbox.write(name, &text);
    }
    for (file, arguments) in renderings() {
        let run = sandbox.run(&arguments);
        assert!(run.status < 2, "{arguments:?}: {}", run.stderr);
        sandbox.write(&format!("{folder}/{file}"), &run.stdout);
    }
}

/// What is written of a model that has one name wherever a text may be: numbered by the name.
fn write_artefacts(sandbox: &Sandbox, folder: &str, names: &[&str]) {
    for (at, name) in names.iter().enumerate() {
        let model = everywhere(name);
        let policies: Vec<&Policy> = model.policies.iter().collect();
        let template = policy_template(&model, &model.policies[0], &EmitOptions::default());
        sandbox.write(&format!("{folder}/{at}.arm"), &json_text(&template));
        let files = terraform::files(&model, &policies, EmitScope::Whole);
        let text: String = files.iter().map(|file| file.text.as_str()).collect();
        sandbox.write(&format!("{folder}/{at}.tf"), &text);
    }
}

#[test]
fn readers_of_others_read_hostile_names_as_they_are() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no python3");
        return;
    }
    let sandbox = Sandbox::new();
    // Each is told from the others by a number, and holds the sentence that it would be.
    let hostile: Vec<String> = HOSTILE.iter().enumerate().map(|(at, text)| format!("{text}n{at}{text}")).collect();
    let plain: Vec<String> = (0..hostile.len()).map(|at| format!("plain-n{at}")).collect();
    sandbox.write("strings.json", &json!(hostile).to_string());
    render(&sandbox, "plain", &plain);
    render(&sandbox, "hostile", &hostile);
    sandbox.write("each.json", &json!(HOSTILE.as_slice()).to_string());
    write_artefacts(&sandbox, "plain", &["plain"; HOSTILE.len()]);
    write_artefacts(&sandbox, "hostile", &HOSTILE);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/outside/read.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(sandbox.path("")).args(std::env::var_os("FWC_OUTSIDE").map(|_| "--browser"));
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    eprintln!("{said}");
    assert!(run.status.success(), "{}{said}", String::from_utf8_lossy(&run.stdout));
}
