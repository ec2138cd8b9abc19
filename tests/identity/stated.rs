//! What an id states, and what it leaves open.

use serde_json::{Value, json};

use crate::cli::{Run, Sandbox};

const FLOW: [&str; 5] = ["--from", "10.20.0.4", "--to", "192.0.2.77", "--service"];

fn template(resources: Value) -> String {
    let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
    json!({ "$schema": schema, "contentVersion": "1.0.0.0", "resources": resources }).to_string()
}

fn policy(name: &str) -> Value {
    let properties = json!({ "sku": { "tier": "Standard" } });
    let kind = "Microsoft.Network/firewallPolicies";
    json!({ "type": kind, "apiVersion": "2024-05-01", "name": name, "location": "westeurope", "properties": properties })
}

/// A group with one network rule over TCP 22, whose destinations are `to`.
fn group(name: &str, action: &str, to: Value) -> Value {
    let mut rule = json!({
        "ruleType": "NetworkRule", "name": "ssh", "ipProtocols": ["TCP"], "sourceAddresses": ["10.20.0.0/16"],
        "destinationPorts": ["22"],
    });
    rule.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    let collection = json!({
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "priority": 200,
        "action": { "type": action }, "rules": [rule],
    });
    json!({
        "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "2024-05-01", "name": name,
        "properties": { "priority": 300, "ruleCollections": [collection] },
    })
}

fn ssh_to_all() -> Value {
    json!({ "destinationAddresses": ["192.0.2.0/24"] })
}

fn explain(sandbox: &Sandbox, input: &str, more: &[&str]) -> Run {
    let arguments: Vec<&str> =
        ["explain", input].iter().chain(&FLOW).chain(&["tcp/22", "--format", "json"]).chain(more).copied().collect();
    sandbox.run(&arguments)
}

#[track_caller]
fn verdict(sandbox: &Sandbox, input: &str, wanted: &str) {
    let run = explain(sandbox, input, &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["verdict"], wanted, "{answer}");
}

fn nested(more: Value) -> String {
    let mut deployment = json!({
        "type": "Microsoft.Resources/deployments", "apiVersion": "2024-03-01", "name": "rules",
        "properties": { "mode": "Incremental", "template": {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0", "resources": [group("fwp/open", "Allow", ssh_to_all())],
        } },
    });
    deployment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    template(json!([policy("fwp"), deployment]))
}

#[test]
fn a_deployment_into_another_resource_group_fills_another_policy() {
    let sandbox = Sandbox::new();
    sandbox.write("here.json", &nested(json!({})));
    verdict(&sandbox, "here.json", "allow");
    for (name, elsewhere) in [
        ("group", json!({ "resourceGroup": "rg-other" })),
        ("subscription", json!({ "subscriptionId": "11111111-0000-0000-0000-000000000000" })),
        ("unknown", json!({ "resourceGroup": "[parameters('hub')]" })),
    ] {
        let file = format!("{name}.json");
        sandbox.write(&file, &nested(elsewhere));
        let run = explain(&sandbox, &file, &[]);
        assert_eq!(run.status, 2, "{name}: {}", run.stdout);
        assert!(run.stderr.contains("several policies"), "{name}: {}", run.stderr);
    }
}

#[test]
fn an_id_that_only_a_deployment_knows_is_no_resource_that_is_stated() {
    let sandbox = Sandbox::new();
    let members = json!({
        "type": "Microsoft.Network/ipGroups", "apiVersion": "2024-05-01", "name": "suppliers", "location": "westeurope",
        "properties": { "ipAddresses": ["192.0.2.77"] },
    });
    let with = |id: &str| {
        let rules = group("fwp/rcg", "Allow", json!({ "destinationIpGroups": [id] }));
        template(json!([policy("fwp"), members.clone(), rules]))
    };
    sandbox.write("stated.json", &with("[resourceId('Microsoft.Network/ipGroups', 'Suppliers')]"));
    verdict(&sandbox, "stated.json", "allow");
    for id in ["[parameters('suppliers')]", "[resourceId('Microsoft.Network/ipGroups', parameters('suppliers'))]"] {
        sandbox.write("unknown.json", &with(id));
        verdict(&sandbox, "unknown.json", "depends");
    }
}

#[test]
fn a_policy_of_the_bases_name_elsewhere_is_not_the_base() {
    let sandbox = Sandbox::new();
    let id = |group: &str| {
        format!("/subscriptions/s/resourceGroups/{group}/providers/Microsoft.Network/firewallPolicies/hub")
    };
    let mut hub = policy("hub");
    hub["id"] = id("rg-other").into();
    let mut denies = group("hub/rcg", "Deny", ssh_to_all());
    denies["id"] = format!("{}/ruleCollectionGroups/rcg", id("rg-other")).into();
    let mut child = policy("fwp");
    let with = |base: &str, child: &mut Value| {
        child["properties"]["basePolicy"] = json!({ "id": id(base) });
        json!([hub, denies, child, group("fwp/rcg", "Allow", ssh_to_all())]).to_string()
    };
    sandbox.write("other.json", &with("RG-OTHER", &mut child));
    verdict(&sandbox, "other.json", "deny");
    sandbox.write("third.json", &with("rg-third", &mut child));
    let run = explain(&sandbox, "third.json", &["--policy", "fwp"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("rg-third/hub"), "{}", run.stderr);
    let run = explain(&sandbox, "third.json", &["--policy", "fwp", "--parent", "none"]);
    assert!(run.stdout.contains("\"allow\""), "{}", run.stdout);
}

#[test]
fn an_export_that_a_source_inherits_brings_its_own_ip_groups() {
    let sandbox = Sandbox::new();
    let members = json!({
        "type": "Microsoft.Network/ipGroups", "apiVersion": "2024-05-01", "name": "suppliers", "location": "westeurope",
        "properties": { "ipAddresses": ["192.0.2.77"] },
    });
    let to = json!({ "destinationIpGroups": ["[resourceId('Microsoft.Network/ipGroups', 'suppliers')]"] });
    sandbox.write("hub.json", &template(json!([policy("hub"), members, group("hub/rcg", "Allow", to)])));
    let source = "ip-group suppliers = 203.0.113.10
        policy team inherits external \"hub.json\" {
            location \"westeurope\" sku standard
            group work { web: allow tcp/443 from 10.0.0.0/8 to suppliers }
            expect deny tcp/22 from 10.0.0.0/8 to 192.0.2.77
        }";
    sandbox.write("egress.pol", source);
    verdict(&sandbox, "egress.pol", "allow");
    let test = sandbox.run(&["test", "egress.pol", "--format", "json"]);
    assert_eq!(test.status, 1, "{}", test.stdout);
    let compiled = sandbox.run(&["compile", "egress.pol", "-o", "build"]);
    assert_eq!(compiled.status, 0, "{}", compiled.stderr);
    let written = sandbox.read("build/team.arm.json");
    assert!(written.contains("203.0.113.10") && !written.contains("192.0.2.77"), "{written}");
}

#[test]
fn names_of_resources_that_differ_in_case_alone_are_an_error_at_the_second() {
    for (source, line) in [
        ("ip-group Web = 10.0.0.1\nip-group web = 10.0.0.2\npolicy p { sku standard }", 2),
        ("policy P { sku standard }\npolicy p { sku standard }", 2),
        ("policy p { sku standard }\nroutes N { via 10.0.1.4 }\nroutes n { via 10.0.1.4 }", 3),
        (
            "policy p { sku standard\n group A { a: allow ntp from 10.0.0.1 to 10.0.0.2 }\n group a { b: allow ntp from 10.0.0.1 to 10.0.0.3 } }",
            3,
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("egress.pol", source);
        let run = sandbox.run(&["check", "egress.pol", "--format", "json"]);
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        let clash = |one: &&Value| one["code"] == "FW0203" && one["at"]["line"] == line && one["severity"] == "error";
        assert!(found["diagnostics"].as_array().unwrap().iter().any(|one| clash(&one)), "{source}: {}", run.stdout);
        assert_eq!(sandbox.run(&["compile", "egress.pol", "-o", "build"]).status, 1, "{source}");
    }
}
