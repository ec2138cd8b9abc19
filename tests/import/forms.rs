//! The forms in which policies come.

use fwc::azure::Rules;
use fwc::import::{Artefact, Error, Read, read_with};
use serde_json::{Value, json};

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn read(value: &Value) -> Result<Read, Error> {
    read_with(&[Artefact { name: "t", text: &value.to_string() }], &[])
}

/// A group whose one rule allows TCP 443 from anywhere to `destinations`.
fn group(name: &str, destinations: Value) -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": name,
        "properties": {"priority": "200", "ruleCollections": [{"name": "c", "priority": 200, "action": {"type": "Allow"},
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "rules": [{"ruleType": "NetworkRule", "name": "r",
        "sourceAddresses": ["*"], "ipProtocols": ["TCP"], "destinationAddresses": destinations,
        "destinationPorts": ["443"]}]}]}})
}

fn template(resources: Value) -> Value {
    json!({"$schema": SCHEMA, "resources": resources})
}

/// The destinations of the first rule.
fn destinations(read: &Read) -> Vec<String> {
    let Rules::Network(_, rules) = &read.model.policies[0].groups[0].collections[0].rules else { panic!() };
    rules[0].destinations.iter().map(ToString::to_string).collect()
}

#[test]
fn loops_go_round() {
    let mut looped = group(
        "[format('hub/{0}', variables('names')[copyIndex()])]",
        json!(["[format('10.{0}.0.0/16', copyIndex(1))]"]),
    );
    looped["copy"] = json!({"name": "groups", "count": "[length(variables('names'))]"});
    let mut of = template(json!([looped]));
    of["variables"] = json!({"names": ["a", "b"]});
    let groups: Vec<String> =
        read(&of).unwrap().model.policies[0].groups.iter().map(|group| group.name.clone()).collect();
    assert_eq!(groups, ["a", "b"]);
}

#[test]
fn a_loop_makes_a_property() {
    let ip_group = json!({"type": "Microsoft.Network/ipGroups", "name": "g", "properties": {"copy": [
        {"name": "ipAddresses", "count": 3, "input": "[concat('10.0.', copyIndex('ipAddresses'), '.0/24')]"}]}});
    let read = read(&template(json!([ip_group]))).unwrap();
    let members: Vec<String> = read.model.ip_groups["g"].addresses.iter().map(ToString::to_string).collect();
    assert_eq!(members, ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]);
}

#[test]
fn parameters_come_from_a_file_or_are_asked_for() {
    let mut of = template(json!([group("hub/g", json!(["[parameters('spoke')]"]))]));
    of["parameters"] = json!({"spoke": {"type": "string"}});
    let error = read(&of).unwrap_err().to_string();
    assert!(error.contains("`[parameters('spoke')]` cannot be evaluated: parameter `spoke` has no value"), "{error}");
    let given = json!({"parameters": {"spoke": {"value": "10.3.0.0/16"}}}).to_string();
    let (text, name) = (of.to_string(), "t");
    let read = read_with(&[Artefact { name, text: &text }], &[Artefact { name: "p", text: &given }]).unwrap();
    assert_eq!(destinations(&read), ["10.3.0.0/16"]);
}

#[test]
fn a_name_that_is_not_known_is_stood_in_for_and_noted() {
    let of = template(json!([group("[format('{0}/g', parameters('policy'))]", json!(["*"]))]));
    let read = read(&of).unwrap();
    assert_eq!(read.model.policies[0].name, "policy");
    assert!(read.notes[0].to_string().contains("parameter `policy` has no value"), "{:?}", read.notes);
}

#[test]
fn nested_deployments_have_parameters_of_their_own() {
    let nested = json!({"type": "Microsoft.Resources/deployments", "name": "d", "properties": {
        "expressionEvaluationOptions": {"scope": "inner"}, "parameters": {"to": {"value": "[variables('spoke')]"}},
        "template": {"parameters": {"to": {"type": "string"}}, "resources": [group("hub/g", json!(["[parameters('to')]"]))]}}});
    let mut of = template(json!([nested]));
    of["variables"] = json!({"spoke": "10.4.0.0/16"});
    assert_eq!(destinations(&read(&of).unwrap()), ["10.4.0.0/16"]);
}

#[test]
fn comments_and_last_commas_are_passed_over() {
    let text = "{ // a template\n \"$schema\": \"x/deploymentTemplate.json\", /* with \"one\" */ \"resources\": [\n\
        {\"type\": \"Microsoft.Network/ipGroups\", \"name\": \"g\", \"location\": \"no // comment, ]\", \"properties\": {\"ipAddresses\": [\"10.0.0.1\",],},},\n],}";
    let read = read_with(&[Artefact { name: "t", text }], &[]).unwrap();
    assert_eq!(read.model.ip_groups["g"].location.as_deref(), Some("no // comment, ]"));
}

#[test]
fn classic_rules_become_the_three_groups_of_a_policy() {
    let firewall = json!({"type": "Microsoft.Network/azureFirewalls", "name": "fw", "properties": {
        "networkRuleCollections": [{"name": "n", "properties": {"priority": 100, "action": {"type": "Allow"}, "rules": [
            {"name": "r", "protocols": ["Any"], "sourceAddresses": ["10.0.0.0/8"], "destinationAddresses": ["*"], "destinationPorts": ["*"]}]}}],
        "applicationRuleCollections": [{"name": "a", "properties": {"priority": 100, "action": {"type": "Allow"}, "rules": [
            {"name": "r", "protocols": [{"protocolType": "https", "port": 443}], "sourceAddresses": ["*"], "targetUrls": ["*.a.com"]}]}}]}});
    let read = read(&template(json!([firewall]))).unwrap();
    let groups: Vec<(&str, u16)> =
        read.model.policies[0].groups.iter().map(|group| (group.name.as_str(), group.priority.get())).collect();
    assert_eq!(groups, [("DefaultNetworkRuleCollectionGroup", 200), ("DefaultApplicationRuleCollectionGroup", 300)]);
    assert!(read.notes.iter().any(|note| note.message.contains("classic firewall")));
}

#[test]
fn fragments_get_a_group_and_a_policy() {
    let collections = group("g", json!(["*"]))["properties"]["ruleCollections"].clone();
    for fragment in [collections.clone(), collections[0].clone(), json!({"AzureCloud": collections})] {
        let read = read(&fragment).unwrap();
        assert_eq!(read.model.policies[0].name, "imported");
        assert!(!read.notes.is_empty());
    }
}

#[test]
fn a_condition_that_does_not_hold_leaves_a_resource_out_but_not_the_only_one() {
    let mut optional = group("hub/optional", json!(["*"]));
    optional["condition"] = json!(false);
    let alone = read(&template(json!([optional.clone()]))).unwrap();
    assert_eq!(alone.model.policies[0].groups.len(), 1);
    assert!(alone.notes[0].message.contains("does not hold"));
    let beside = read(&template(json!([optional, group("hub/g", json!(["*"]))]))).unwrap();
    assert_eq!(beside.model.policies[0].groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["g"]);
}
