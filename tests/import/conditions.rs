//! Resources under conditions that only a deployment knows.

use fwc::driver::assumptions_json;
use fwc::evaluate::SortedRule;
use fwc::import::{Artefact, ReadDocument, read_with};
use fwc::model::{Group, ResourceId};
use serde_json::{Value, json};

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn read(resources: Value) -> ReadDocument {
    let parameters = json!({"env": {"type": "string"}, "on": {"type": "bool"}});
    let template = json!({"$schema": SCHEMA, "parameters": parameters, "resources": resources});
    read_with(&[Artefact { name: "t", text: &template.to_string() }], &[]).unwrap()
}

fn policy() -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies", "name": "hub", "properties": {"sku": {"tier": "Standard"}}})
}

fn group(name: &str, condition: &str) -> Value {
    let mut group = json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": format!("hub/{name}"),
        "properties": {"priority": 200, "ruleCollections": [{"name": "c", "priority": 200, "action": {"type": "Allow"},
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "rules": [{"ruleType": "NetworkRule", "name": "r",
        "sourceIpGroups": ["[resourceId('Microsoft.Network/ipGroups','nodes')]"], "ipProtocols": ["TCP"],
        "destinationAddresses": ["*"], "destinationPorts": ["443"]}]}]}});
    if !condition.is_empty() {
        group["condition"] = json!(condition);
    }
    group
}

fn ip_group(condition: &str) -> Value {
    json!({"type": "Microsoft.Network/ipGroups", "name": "nodes", "condition": condition,
        "properties": {"ipAddresses": ["10.0.0.0/16"]}})
}

fn groups(read: &ReadDocument) -> Vec<String> {
    let said = |group: &Group| format!("{} where {}", group.name, group.presence);
    read.model.policies[0].groups.iter().map(said).collect()
}

#[test]
fn a_condition_is_taken_apart_as_far_as_not_and_or() {
    let said = |condition: &str| groups(&read(json!([policy(), group("g", condition)]))).join("");
    assert_eq!(said("[equals(parameters('env'),'prod')]"), "g where equals(parameters('env'), 'prod')");
    assert_eq!(said("[not(parameters('on'))]"), "g where not(parameters('on'))");
    assert_eq!(
        said("[and(parameters('on'), or(equals(parameters('env'), 'a'), not(parameters('on'))))]"),
        "g where parameters('on') and (equals(parameters('env'), 'a') or not(parameters('on')))"
    );
}

#[test]
fn what_settles_a_condition_leaves_nothing_open() {
    let said = |condition: &str| groups(&read(json!([policy(), group("g", condition)])));
    assert_eq!(said("[or(equals(parameters('env'), 'a'), equals('a', 'a'))]"), ["g where true"]);
    assert_eq!(said("[and(equals(parameters('env'), 'a'), equals('a', 'b'))]"), Vec::<String>::new());
}

#[test]
fn conditions_of_nested_deployments_are_those_of_what_is_in_them() {
    let nested = |condition: &str, resources: Value| {
        json!({"type": "Microsoft.Resources/deployments", "name": "d", "condition": condition,
            "properties": {"template": {"resources": resources}}})
    };
    let inside = json!([group("g", "[equals(parameters('env'),'prod')]"), group("h", "")]);
    let read = read(json!([policy(), nested("[parameters('on')]", inside)]));
    assert_eq!(
        groups(&read),
        ["g where parameters('on') and equals(parameters('env'), 'prod')", "h where parameters('on')"]
    );
}

#[test]
fn a_policy_is_supposed_to_be_there_and_its_groups_do_not_depend_on_it() {
    let mut of = policy();
    of["condition"] = json!("[parameters('on')]");
    let read = read(json!([of, group("g", "[parameters('on')]"), group("h", "[not(parameters('on'))]")]));
    assert_eq!(groups(&read), ["g where true"]);
    let supposed = read.model.supposed.get(&ResourceId::own("hub")).map(ToString::to_string);
    assert_eq!(supposed.as_deref(), Some("parameters('on')"));
    let told = &read.model.assumptions;
    assert!(told.iter().any(|one| one.message.contains("it is supposed to be there")), "{told:?}");
}

#[test]
fn a_condition_is_that_of_its_resource_and_not_of_its_children() {
    let mut of = policy();
    of["condition"] = json!("[parameters('on')]");
    let mut child = group("g", "");
    child["name"] = json!("g");
    child["type"] = json!("ruleCollectionGroups");
    of["resources"] = json!([child]);
    assert_eq!(groups(&read(json!([of]))), ["g where true"]);
}

#[test]
fn a_classic_firewall_is_supposed_to_be_there() {
    let read =
        read(json!([{"type": "Microsoft.Network/azureFirewalls", "name": "fw", "condition": "[parameters('on')]",
        "properties": {"networkRuleCollections": [{"name": "c", "properties": {"priority": 200,
        "action": {"type": "Allow"}, "rules": [{"name": "r", "protocols": ["TCP"], "sourceAddresses": ["*"],
        "destinationAddresses": ["*"], "destinationPorts": ["443"]}]}}]}}]));
    let supposed = read.model.supposed.get(&ResourceId::own("fw")).map(ToString::to_string);
    assert_eq!(supposed.as_deref(), Some("parameters('on')"));
}

#[test]
fn groups_of_one_name_that_are_never_there_together_are_two() {
    let mut other = group("g", "[not(parameters('on'))]");
    other["properties"]["priority"] = json!(300);
    let read = read(json!([policy(), group("g", "[parameters('on')]"), other]));
    assert_eq!(groups(&read), ["g where parameters('on')", "g where not(parameters('on'))"]);
}

#[test]
fn one_group_under_a_condition_and_its_opposite_is_always_there() {
    let twice = ["[parameters('on')]", "[not(parameters('on'))]"].map(|condition| group("g", condition));
    let resources: Vec<Value> = std::iter::once(policy()).chain(twice).collect();
    assert_eq!(groups(&read(json!(resources))), ["g where true"]);
}

#[test]
fn an_ip_group_is_known_where_it_is_there_for_all_that_name_it() {
    let known = |group_condition: &str| {
        let read = read(json!([policy(), ip_group("[parameters('on')]"), group("g", group_condition)]));
        !read.model.ip_groups.is_empty()
    };
    assert_eq!((known("[parameters('on')]"), known(""), known("[not(parameters('on'))]")), (true, false, false));
}

/// A group whose collections, or the rules of whose only collection, are these.
fn listed(collections: Value) -> Value {
    json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": "hub/g",
        "properties": {"priority": 200, "ruleCollections": collections}})
}

fn of_rules(name: &str, rules: Value) -> Value {
    json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": name, "priority": 200,
        "action": {"type": "Allow"}, "rules": rules})
}

/// The collections of the group, each with its rules and when it is there.
fn collections(read: &ReadDocument) -> Vec<String> {
    let collections = read.model.policies[0].groups.iter().flat_map(|group| &group.collections);
    let words = collections.map(|collection| {
        let rules: Vec<&str> = SortedRule::all(&collection.rules).into_iter().map(|rule| rule.name()).collect();
        format!("{} of {} where {}", collection.name, rules.join(" "), collection.presence)
    });
    words.collect()
}

fn in_terms(name: &str) -> String {
    format!(
        "createObject('ruleType', 'NetworkRule', 'name', '{name}', 'ipProtocols', createArray('TCP'), 'sourceAddresses', \
         createArray('10.0.0.0/8'), 'destinationAddresses', createArray('192.0.2.1'), 'destinationPorts', createArray('443'))"
    )
}

#[test]
fn collections_of_a_branch_are_there_where_the_branch_is_taken() {
    let one = |name: &str| {
        format!(
            "createArray(createObject('ruleCollectionType', 'FirewallPolicyFilterRuleCollection', 'name', '{name}', \
             'priority', 200, 'action', createObject('type', 'Allow'), 'rules', createArray({})))",
            in_terms(name)
        )
    };
    let (a, b, c) = (one("a"), one("b"), one("c"));
    let list = format!("[concat({a}, if(parameters('on'), {b}, {c}))]");
    let read = read(json!([policy(), listed(json!(list))]));
    assert_eq!(
        collections(&read),
        ["a of a where true", "b of b where parameters('on')", "c of c where not(parameters('on'))"]
    );
    let nested = format!("[if(parameters('on'), if(equals(parameters('env'), 'x'), {a}, null()), {b})]");
    let read = self::read(json!([policy(), listed(json!(nested))]));
    assert_eq!(
        collections(&read),
        ["a of a where parameters('on') and equals(parameters('env'), 'x')", "b of b where not(parameters('on'))"]
    );
}

#[test]
fn a_collection_is_there_once_for_each_case_of_its_rules() {
    let (a, b) = (in_terms("a"), in_terms("b"));
    let list = format!("[concat(createArray({a}), if(parameters('on'), createArray({b}), createArray()))]");
    let read = read(json!([policy(), listed(json!([of_rules("c", json!(list))]))]));
    assert_eq!(collections(&read), ["c of a where not(parameters('on'))", "c of a b where parameters('on')"]);
    let told = &read.model.assumptions;
    assert!(told.iter().any(|one| one.message.contains("there only where parameters('on')")), "{told:?}");
}

#[test]
fn an_assumption_about_each_case_is_listed_once() {
    let (a, b) = (in_terms("a").replace("'10.0.0.0/8'", "'10.0.0.0/8', 'fd00::/8'"), in_terms("b"));
    let list = format!("[concat(createArray({a}), if(parameters('on'), createArray({b}), createArray()))]");
    let read = read(json!([policy(), listed(json!([of_rules("c", json!(list))]))]));
    let made = &read.model.assumptions;
    assert_eq!(made.iter().filter(|one| one.message.contains("IPv6")).count(), 2, "{made:?}");
    assert_eq!(assumptions_json(made).to_string().matches("IPv6 addresses").count(), 1);
}
