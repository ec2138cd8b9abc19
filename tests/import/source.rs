//! What sources look like, and what they keep.

use fwc::decompile::{DecompileOptions, DecompileRefusal};
use fwc::driver::decompile;
use fwc::import::{Artefact, read_with};
use fwc::model::Rules;
use serde_json::{Value, json};

use super::golden;

/// A policy of groups, each with its collections.
fn policy(groups: Value) -> String {
    let groups = groups.as_array().unwrap().iter().enumerate().map(|(index, collections)| {
        json!({"type": "ruleCollectionGroups", "name": format!("group-{index}"),
            "properties": {"priority": 100 * (index + 1), "ruleCollections": collections}})
    });
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [{"type": "Microsoft.Network/firewallPolicies", "name": "hub.weu", "location": "West Europe",
            "properties": {"sku": {"tier": "Premium"}, "dnsSettings": {"enableProxy": true}},
            "resources": groups.collect::<Vec<_>>()}]})
    .to_string()
}

fn collection(name: &str, priority: u32, action: &str, rules: Value) -> Value {
    json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": priority,
        "action": {"type": action}, "rules": rules})
}

fn web(name: &str, source: &str, hosts: &[&str]) -> Value {
    json!({"ruleType": "ApplicationRule", "name": name, "sourceAddresses": [source], "targetFqdns": hosts,
        "protocols": [{"protocolType": "Https", "port": 443}]})
}

fn tcp(name: &str, source: &str, destination: &str, port: &str) -> Value {
    json!({"ruleType": "NetworkRule", "name": name, "sourceAddresses": [source], "ipProtocols": ["TCP"],
        "destinationAddresses": [destination], "destinationPorts": [port]})
}

fn source(text: &str, options: &DecompileOptions) -> Result<String, DecompileRefusal> {
    let read = read_with(&[Artefact { name: "t", text }], &[]).unwrap();
    decompile(&read.model, &read.model.assumptions, options).map(|decompiled| decompiled.text)
}

#[test]
fn repeated_sets_are_named_by_what_they_hold() {
    let hosts = ["api.contoso.com", "*.contoso.com", "login.contoso.com"];
    let docker = ["registry-1.docker.io", "auth.docker.io", "production.cloudfront.docker.com"];
    let rules =
        json!([web("a", "10.1.0.0/16", &hosts), web("b", "10.2.0.0/16", &hosts), web("c", "10.1.0.4/16", &docker)]);
    let text = policy(json!([[collection("web", 200, "Allow", rules)]]));
    golden(
        "lets.pol.txt",
        &source(&text, &DecompileOptions { catalogue: true, ..DecompileOptions::default() }).unwrap(),
    );
    assert!(!source(&text, &DecompileOptions::default()).unwrap().contains("docker::"));
}

#[test]
fn collections_stay_where_the_meaning_needs_them() {
    let allow = collection("first", 100, "Allow", json!([web("a", "10.0.0.0/8", &["good.contoso.com"])]));
    let deny = collection("then", 200, "Deny", json!([web("b", "10.0.0.0/8", &["*.contoso.com"])]));
    let last = collection("last", 300, "Allow", json!([web("c", "10.0.0.0/8", &["*"])]));
    golden(
        "collections.pol.txt",
        &source(&policy(json!([[allow, deny, last]])), &DecompileOptions::default()).unwrap(),
    );
}

#[test]
fn azures_order_is_said_where_the_meaning_needs_it() {
    let deny = collection("deny", 100, "Deny", json!([web("no", "10.0.0.0/8", &["bad.contoso.com"])]));
    let allow = collection("allow", 100, "Allow", json!([tcp("yes", "10.0.0.0/8", "*", "443")]));
    let text = source(&policy(json!([[deny], [allow]])), &DecompileOptions::default()).unwrap();
    assert!(
        text.lines().any(|line| line.split_whitespace().eq(["order", "azure"])) && !text.contains("collection "),
        "{text}"
    );
}

#[test]
fn everything_is_kept_on_request() {
    let allow = collection("allow.web", 250, "Allow", json!([web("a", "10.0.0.0/8", &["a.com"])]));
    let text =
        source(&policy(json!([[allow]])), &DecompileOptions { faithful: true, ..DecompileOptions::default() }).unwrap();
    assert!(text.contains("collection \"allow.web\" priority 250 allow"), "{text}");
}

#[test]
fn oddities_are_kept_whole_and_said() {
    let rules = json!([
        {"ruleType": "ApplicationRule", "name": "two kinds", "sourceAddresses": ["*"], "targetFqdns": ["a.com"],
            "fqdnTags": ["windowsupdate"], "protocols": [{"protocolType": "https", "port": "443"}]},
        {"ruleType": "ApplicationRule", "name": "silent", "targetFqdns": ["b.com"],
            "protocols": [{"protocolType": "https", "port": "443"}]},
        {"ruleType": "ApplicationRule", "name": "narrow", "sourceAddresses": ["10.0.0.4/8"], "targetFqdns": ["c.com"],
            "destinationAddresses": ["10.9.0.0/16"], "protocols": [{"protocolType": "http", "port": "80"}]}
    ]);
    let nat = json!({"ruleCollectionType": "FirewallPolicyNatRuleCollection", "name": "in", "priority": 100,
        "action": {"type": "DNAT"}, "rules": [{"ruleType": "NatRule", "name": "both", "ipProtocols": ["TCP", "UDP"],
        "sourceAddresses": ["*"], "destinationAddresses": ["20.0.0.1", "20.0.0.2"], "destinationPorts": ["53"],
        "translatedAddress": "10.0.0.4", "translatedPort": "5353"}]});
    let text = policy(json!([[nat, collection("odd", 200, "Allow", rules)]]));
    golden("odd.pol.txt", &source(&text, &DecompileOptions::default()).unwrap());
}

#[test]
fn what_the_language_cannot_say_is_named() {
    let rules = json!([{"ruleType": "NetworkRule", "name": "portless", "sourceAddresses": ["*"], "ipProtocols": ["TCP"],
        "destinationAddresses": ["*"]}]);
    let refused = source(&policy(json!([[collection("c", 200, "Allow", rules)]])), &DecompileOptions::default());
    let Err(DecompileRefusal::Inexpressible(what)) = refused else { panic!("{refused:?}") };
    assert!(what.starts_with("hub.weu/group-0/c: rule `portless`: it has no port"), "{what}");
}

#[test]
fn a_rule_of_two_kinds_is_one_rule_of_the_model() {
    let rules = json!([{"ruleType": "ApplicationRule", "name": "two", "sourceAddresses": ["*"], "targetFqdns": ["a.com"],
        "webCategories": ["hacking"], "protocols": [{"protocolType": "Https", "port": 443}]}]);
    let text = policy(json!([[collection("c", 200, "Allow", rules)]]));
    let read = read_with(&[Artefact { name: "t", text: &text }], &[]).unwrap();
    let Rules::Application(_, rules) = &read.model.policies[0].groups[0].collections[0].rules else { panic!() };
    assert_eq!((rules.len(), rules[0].matches.web_categories[0].as_str()), (1, "Hacking"));
}
