//! Settings and inspection that protect less: no flow changes, and the gate is met all the same.

use serde_json::{Value, json};

use crate::cli::Sandbox;

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn template(properties: Value, rules: Value) -> String {
    let group = json!({"type": "ruleCollectionGroups", "name": "rcg", "properties": {"priority": 300,
        "ruleCollections": [{"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "web", "priority": 200,
        "action": {"type": "Allow"}, "rules": rules}]}});
    json!({"$schema": SCHEMA, "resources": [{"type": "Microsoft.Network/firewallPolicies", "name": "shop",
        "location": "westeurope", "properties": properties, "resources": [group]}]})
    .to_string()
}

fn network(name: &str, more: Value) -> Value {
    merged(
        json!({"ruleType": "NetworkRule", "name": name, "ipProtocols": ["TCP"], "sourceAddresses": ["10.20.0.0/16"],
            "destinationAddresses": ["192.0.2.10"], "destinationPorts": ["443"]}),
        more,
    )
}

fn application(name: &str, more: Value) -> Value {
    merged(
        json!({"ruleType": "ApplicationRule", "name": name, "sourceAddresses": ["10.20.0.0/16"],
            "protocols": [{"protocolType": "Https", "port": 443}], "targetFqdns": ["a.example"]}),
        more,
    )
}

fn merged(mut value: Value, more: Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

/// The exit status under `--fail-on widened`, `equivalent`, `weakened` and the settings with their effects.
fn compared(old: &str, new: &str) -> (i32, bool, bool, Vec<(String, String)>) {
    let sandbox = Sandbox::new();
    sandbox.write("old.json", old);
    sandbox.write("new.json", new);
    let run = sandbox.run(&["diff", "old.json", "new.json", "--format", "json", "--fail-on", "widened"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let settings = json["settings"].as_array().unwrap().iter();
    let settings = settings.map(|one| (text(&one["path"]), text(&one["effect"]))).collect();
    (run.status, json["equivalent"].as_bool().unwrap(), json["weakened"].as_bool().unwrap(), settings)
}

fn premium(more: Value) -> Value {
    merged(json!({"sku": {"tier": "Premium"}}), more)
}

fn effect(path: &str, effect: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), effect.to_owned())]
}

#[test]
fn a_setting_that_protects_less_meets_the_gate() {
    let with = |properties: Value| template(premium(properties), json!([network("r", json!({}))]));
    let strict = with(json!({"threatIntelMode": "Deny"}));
    let found = compared(&strict, &with(json!({"threatIntelMode": "Off"})));
    assert_eq!(found, (1, true, true, effect("shop: properties.threatIntelMode", "weakens")));
    let found = compared(&with(json!({"threatIntelMode": "Off"})), &strict);
    assert_eq!(found, (0, true, false, effect("shop: properties.threatIntelMode", "strengthens")));
}

#[test]
fn a_rule_without_its_security_profiles_is_weaker() {
    let strict = network("r", json!({"securityProfileGroup": {"id": "/groups/strict"}}));
    let (with, without) =
        (template(premium(json!({})), json!([strict])), template(premium(json!({})), json!([network("r", json!({}))])));
    let path = "shop: rcg/web/r/securityProfileGroup";
    assert_eq!(compared(&with, &without), (1, true, true, effect(path, "weakens")));
    assert_eq!(compared(&without, &with), (0, true, false, effect(path, "strengthens")));
}

#[test]
fn profiles_of_a_collection_are_those_of_its_rules() {
    let rules = json!([network("r", json!({}))]);
    let mut with: Value = serde_json::from_str(&template(premium(json!({})), rules.clone())).unwrap();
    with["resources"][0]["resources"][0]["properties"]["ruleCollections"][0]["securityProfileGroup"] =
        json!({"id": "x"});
    let found = compared(&with.to_string(), &template(premium(json!({})), rules));
    assert_eq!(found, (1, true, true, effect("shop: rcg/web/r/securityProfileGroup", "weakens")));
}

#[test]
fn another_rule_that_inspects_less_is_weaker() {
    let old = json!([application("seen", json!({"terminateTLS": true}))]);
    let new = json!([application("plain", json!({"sourceAddresses": ["10.20.0.0/17", "10.20.128.0/17"]}))]);
    let found = compared(&template(premium(json!({})), old.clone()), &template(premium(json!({})), new));
    assert_eq!(found, (1, true, true, effect("shop: rcg/web/plain/terminateTLS", "weakens")));
    let renamed = json!([application("called otherwise", json!({"terminateTLS": true}))]);
    let found = compared(&template(premium(json!({})), old), &template(premium(json!({})), renamed));
    assert_eq!(found, (0, true, false, Vec::new()));
}

#[test]
fn ipv6_addresses_that_differ_are_listed() {
    let with = |name: &str, to: Value| {
        template(premium(json!({})), json!([network(name, json!({"destinationAddresses": to}))]))
    };
    let (four, six) = (with("r", json!(["192.0.2.10"])), with("r", json!(["192.0.2.10", "2001:db8::10"])));
    assert_eq!(compared(&four, &six), (1, true, true, effect("shop: rcg/web/r/ipv6", "weakens")));
    assert_eq!(compared(&six, &four), (0, true, false, effect("shop: rcg/web/r/ipv6", "strengthens")));
    let renamed = with("s", json!(["192.0.2.10", "2001:db8::10"]));
    assert_eq!(compared(&six, &renamed), (0, true, false, Vec::new()));
}

#[test]
fn no_face_is_green_where_a_setting_protects_less() {
    let with = |properties: Value| template(premium(properties), json!([network("r", json!({}))]));
    let sandbox = Sandbox::new();
    sandbox.write("old.json", &with(json!({"intrusionDetection": {"mode": "Deny"}})));
    sandbox.write("new.json", &with(json!({})));
    let run = |format: &str| {
        sandbox.run(&["diff", "old.json", "new.json", "--format", format, "--fail-on", "widened"]).stdout
    };
    assert!(run("text").contains("no flow changes, but 1 setting protects less"), "{}", run("text"));
    assert!(run("text").contains("shop: properties.intrusionDetection (weaker, high risk)"), "{}", run("text"));
    assert!(run("html").contains("class=\"verdict opens\""));
    assert!(run("junit").contains("<failure"), "{}", run("junit"));
    assert!(run("sarif").contains("\"weakened\""));
}

#[test]
fn every_face_says_how_risky_a_weaker_setting_is() {
    let with = |mode: &str| template(premium(json!({"threatIntelMode": mode})), json!([network("r", json!({}))]));
    let sandbox = Sandbox::new();
    sandbox.write("old.json", &with("Deny"));
    sandbox.write("new.json", &with("Off"));
    let said = |format: &str| sandbox.run(&["diff", "old.json", "new.json", "--format", format]).stdout;
    for format in ["text", "markdown", "html"] {
        assert!(said(format).contains("(weaker, high risk)"), "{format}: {}", said(format));
    }
    for format in ["sarif", "junit", "github", "azure-pipelines"] {
        assert!(said(format).contains("high risk: threat intelligence stops less"), "{format}: {}", said(format));
    }
}

/// The policy with a firewall that has it, whose properties are given.
fn with_firewall(properties: Value) -> String {
    let mut whole: Value =
        serde_json::from_str(&template(premium(json!({})), json!([network("r", json!({}))]))).unwrap();
    let policy = json!({"id": "[resourceId('Microsoft.Network/firewallPolicies', 'shop')]"});
    let own = merged(json!({"firewallPolicy": policy}), properties);
    let firewall = json!({"type": "Microsoft.Network/azureFirewalls", "name": "hub", "properties": own});
    whole["resources"].as_array_mut().unwrap().push(firewall);
    whole.to_string()
}

#[test]
fn a_firewall_of_a_lower_tier_is_weaker() {
    let of = |tier: &str| with_firewall(json!({"sku": {"name": "AZFW_VNet", "tier": tier}}));
    let path = "hub: properties.sku.tier";
    assert_eq!(compared(&of("Premium"), &of("Standard")), (1, true, true, effect(path, "weakens")));
    assert_eq!(compared(&of("Standard"), &of("Premium")), (0, true, false, effect(path, "strengthens")));
}

#[test]
fn a_firewall_that_is_gone_is_weaker_where_the_network_is_stated() {
    let old = with_firewall(json!({}));
    let mut new: Value = serde_json::from_str(&old).unwrap();
    new["resources"][1]["name"] = json!("another");
    let found = compared(&old, &new.to_string());
    assert_eq!(found, (1, true, true, effect("hub: properties.firewallPolicy", "weakens")));
    let alone = template(premium(json!({})), json!([network("r", json!({}))]));
    assert_eq!(compared(&old, &alone), (0, true, false, Vec::new()), "policies are often kept apart");
}

#[test]
fn a_firewall_that_logs_less_is_weaker() {
    let logs = |categories: &[&str]| {
        let on: Vec<Value> = categories.iter().map(|name| json!({"category": name, "enabled": true})).collect();
        json!({"workspaceId": "/workspaces/w", "logs": on})
    };
    let beside = |properties: Value| {
        json!({"type": "Microsoft.Insights/diagnosticSettings", "name": "d",
            "scope": "[resourceId('Microsoft.Network/azureFirewalls', 'hub')]", "properties": properties})
    };
    let child = |properties: Value| {
        json!({"type": "Microsoft.Network/azureFirewalls/providers/diagnosticSettings",
            "name": "hub/Microsoft.Insights/d", "properties": properties})
    };
    let with = |settings: Option<Value>| {
        let mut whole: Value = serde_json::from_str(&with_firewall(json!({}))).unwrap();
        whole["resources"].as_array_mut().unwrap().extend(settings);
        whole.to_string()
    };
    let (rules, dns) = ("AZFWNetworkRule", "AZFWDnsQuery");
    let weaker = (1, true, true, effect("hub: diagnosticSettings", "weakens"));
    let stronger = (0, true, false, effect("hub: diagnosticSettings", "strengthens"));
    let both = with(Some(beside(logs(&[rules, dns]))));
    assert_eq!(compared(&both, &with(Some(child(logs(&[dns]))))), weaker);
    assert_eq!(compared(&both, &with(None)), weaker);
    assert_eq!(compared(&with(None), &both), stronger);
    let all = json!({"logs": [{"categoryGroup": "allLogs", "enabled": true}]});
    assert_eq!(compared(&both, &with(Some(beside(all)))), stronger);
    assert_eq!(compared(&both, &with(Some(child(logs(&[dns, rules]))))), (0, true, false, Vec::new()));
}

#[test]
fn what_protects_less_may_be_accepted() {
    let with = |mode: &str, rules: Value| template(premium(json!({"threatIntelMode": mode})), rules);
    let guard = || {
        let mut all: Value = serde_json::from_str(&with("Deny", json!([network("r", json!({}))]))).unwrap();
        all["resources"][0]["resources"][0]["properties"]["ruleCollections"].as_array_mut().unwrap().push(json!({
            "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "shut", "priority": 100,
            "action": {"type": "Deny"}, "rules": [network("no-shell", json!({"destinationPorts": ["22"]}))]}));
        all.to_string()
    };
    let sandbox = Sandbox::new();
    sandbox.write("old.json", &guard());
    sandbox.write("new.json", &with("Alert", json!([network("r", json!({}))])));
    let diff =
        |more: &[&str]| sandbox.run(&[&["diff", "old.json", "new.json", "--fail-on", "widened"][..], more].concat());
    assert_eq!(diff(&[]).status, 1);
    let noted = diff(&["--approve", "approved.json", "--by", "Ada"]);
    assert_eq!((noted.status, noted.stderr.as_str()), (0, "fwc: approved.json: 2 more noted as accepted\n"));
    let judged = diff(&["--approved", "approved.json"]);
    assert_eq!((judged.status, judged.stderr.as_str()), (0, ""), "{}", judged.stdout);
    assert!(judged.stdout.contains("approved)"), "{}", judged.stdout);
    let json = diff(&["--approved", "approved.json", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["settings"][0]["approved"], &json["guards"][0]["approved"]), (&json!(true), &json!(true)));
    // One step further down is another change.
    sandbox.write("new.json", &with("Off", json!([network("r", json!({}))])));
    assert_eq!(diff(&["--approved", "approved.json"]).status, 1);
}
