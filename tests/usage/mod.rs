//! Observed traffic: what `usage`, `usage --replay` and `diff --logs` say of logs.

mod alike;
mod counted;
mod gates;
mod generator;
mod hostile;
mod packed;
mod proposed;
mod replayed;
mod told;

use serde_json::{Value, json};

use crate::cli::{Run, Sandbox, assert_valid};

/// A policy whose rules the records of these tests name.
const SOURCE: &str = "\
let nodes = 10.240.0.0/16

policy web {
    location \"westeurope\"
    sku      standard
    dns { proxy on }

    group out {
        closed: deny  https   from nodes to bad.example.org
        clock:  allow udp/123 from nodes to 20.0.0.0/24
        api:    allow https   from nodes to api.example.com
        images: allow https   from nodes to *.example.org
        hidden: allow udp/123 from 10.240.0.0/24 to 20.0.0.7
    }
}
";

/// A record of an application rule, as it is exported.
fn application(time: &str, host: &str, action: &str, rule: &str) -> Value {
    let collection = if rule.is_empty() { "" } else { "out-allow-application" };
    json!({"category": "AZFWApplicationRule", "time": time, "resourceId": "/SUBSCRIPTIONS/0/AZUREFIREWALLS/HUB",
        "properties": {"Protocol": "HTTPS", "SourceIp": "10.240.0.4", "SourcePort": 50000, "DestinationPort": 443,
            "Fqdn": host, "TargetUrl": "", "Action": action, "Policy": if rule.is_empty() { "" } else { "web" },
            "RuleCollectionGroup": if rule.is_empty() { "" } else { "out" }, "RuleCollection": collection, "Rule": rule,
            "ActionReason": if rule.is_empty() { "Default Action" } else { "" }, "IsTlsInspected": false}})
}

/// A record of a network rule, as it is exported.
fn network(time: &str, address: &str, service: (&str, u16), action: &str, rule: &str) -> Value {
    let (protocol, port) = service;
    let named = |name: &'static str| if rule.is_empty() { "" } else { name };
    json!({"category": "AZFWNetworkRule", "time": time, "resourceId": "/SUBSCRIPTIONS/0/AZUREFIREWALLS/HUB",
        "properties": {"Protocol": protocol, "SourceIp": "10.240.0.4", "SourcePort": 50000, "DestinationIp": address,
            "DestinationPort": port, "Action": action, "Policy": named("web"), "RuleCollectionGroup": named("out"),
            "RuleCollection": named("out-allow-network"), "Rule": rule,
            "ActionReason": if rule.is_empty() { "Default Action" } else { "" }}})
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// With the policy and the records as `PT1H.json`.
fn sandbox(records: &[Value]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", SOURCE);
    sandbox.write("PT1H.json", &lines(records));
    sandbox
}

const USAGE: [&str; 4] = ["usage", "egress.pol", "--logs", "PT1H.json"];

fn run(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.run(&[&USAGE, more].concat())
}

/// The document, which is as its schema says.
fn document(sandbox: &Sandbox, more: &[&str]) -> Value {
    let run = run(sandbox, &[&["--format", "json"], more].concat());
    let document = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
    assert_valid(&document);
    document
}

/// The entry of a rule.
fn rule<'d>(document: &'d Value, name: &str) -> &'d Value {
    document["rules"].as_array().unwrap().iter().find(|rule| rule["rule"]["rule"] == name).unwrap()
}
