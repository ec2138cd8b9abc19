//! The forms in which policies come.

use fwc::import::{Artefact, Error, ReadDocument, read_with};
use fwc::model::Rules;
use serde_json::{Value, json};

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fn read(value: &Value) -> Result<ReadDocument, Error> {
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
fn destinations(read: &ReadDocument) -> Vec<String> {
    let Rules::Network(_, rules) = &read.model.policies[0].groups[0].collections[0].rules else { panic!() };
    rules[0].matches.destinations.iter().map(ToString::to_string).collect()
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
        read(&of).unwrap().model.policies[0].groups.iter().map(|group| group.name.to_string()).collect();
    assert_eq!(groups, ["a", "b"]);
}

#[test]
fn a_loop_makes_a_property() {
    let ip_group = json!({"type": "Microsoft.Network/ipGroups", "name": "g", "properties": {"copy": [
        {"name": "ipAddresses", "count": 3, "input": "[concat('10.0.', copyIndex('ipAddresses'), '.0/24')]"}]}});
    let read = read(&template(json!([ip_group]))).unwrap();
    let members: Vec<String> =
        read.model.ip_groups[&fwc::model::ResourceId::own("g")].addresses.iter().map(ToString::to_string).collect();
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
    let mut of = template(json!([group("[format('{0}/g', parameters('policy'))]", json!(["*"]))]));
    of["parameters"] = json!({"policy": {"type": "string"}});
    let read = read(&of).unwrap();
    assert_eq!(read.model.policies[0].name.as_str(), "policy");
    assert!(!read.model.policies[0].name.is_known());
    assert!(
        read.model.assumptions[0].to_string().contains("parameter `policy` has no value"),
        "{:?}",
        read.model.assumptions
    );
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
fn a_nested_deployment_in_the_resource_group_around_fills_the_policy_that_stands_there() {
    let policy = json!({"type": "Microsoft.Network/firewallPolicies", "name": "hub", "properties": {}});
    let policies = |resource_group: &str| {
        let nested = json!({"type": "Microsoft.Resources/deployments", "name": "d", "resourceGroup": resource_group,
            "properties": {"template": {"resources": [group("hub/g", json!(["*"]))]}}});
        read(&template(json!([policy, nested]))).unwrap().model.policies.len()
    };
    assert_eq!(policies("[resourceGroup().name]"), 1);
    assert_eq!(policies("[split(resourceId('Microsoft.Network/firewallPolicies', parameters('hub')), '/')[4]]"), 1);
    assert_eq!(policies("[split(resourceId('other', 'Microsoft.Network/firewallPolicies', 'hub'), '/')[4]]"), 2);
    assert_eq!(policies("other"), 2);
}

#[test]
fn comments_and_last_commas_are_passed_over() {
    let text = "{ // a template\n \"$schema\": \"x/deploymentTemplate.json\", /* with \"one\" */ \"resources\": [\n\
        {\"type\": \"Microsoft.Network/ipGroups\", \"name\": \"g\", \"location\": \"no // comment, ]\", \"properties\": {\"ipAddresses\": [\"10.0.0.1\",],},},\n],}";
    let read = read_with(&[Artefact { name: "t", text }], &[]).unwrap();
    assert_eq!(read.model.ip_groups[&fwc::model::ResourceId::own("g")].location.as_deref(), Some("no // comment, ]"));
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
    assert!(read.model.assumptions.iter().any(|note| note.message.contains("classic firewall")));
}

#[test]
fn fragments_get_a_group_and_a_policy() {
    let collections = group("g", json!(["*"]))["properties"]["ruleCollections"].clone();
    for fragment in [collections.clone(), collections[0].clone(), json!({"AzureCloud": collections})] {
        let read = read(&fragment).unwrap();
        assert_eq!(read.model.policies[0].name, "imported");
        assert!(!read.model.assumptions.is_empty());
    }
}

#[test]
fn a_condition_that_does_not_hold_leaves_a_resource_out_but_not_the_only_one() {
    let mut optional = group("hub/optional", json!(["*"]));
    optional["condition"] = json!(false);
    let alone = read(&template(json!([optional.clone()]))).unwrap();
    assert_eq!(alone.model.policies[0].groups.len(), 1);
    assert!(alone.model.assumptions[0].message.contains("does not hold"));
    let beside = read(&template(json!([optional, group("hub/g", json!(["*"]))]))).unwrap();
    assert_eq!(beside.model.policies[0].groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["g"]);
}

/// A policy and its group, as the API answers, and as `az` prints the same.
fn answers() -> ([Value; 2], [Value; 2]) {
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub";
    let group = group("g", json!(["10.1.0.0/16"]));
    let properties = &group["properties"];
    let head = json!({"id": id, "name": "hub", "type": "Microsoft.Network/FirewallPolicies", "etag": "e", "location": "westeurope"});
    let group_head = json!({"id": format!("{id}/ruleCollectionGroups/g"), "name": "g", "etag": "e",
        "type": "Microsoft.Network/FirewallPolicies/RuleCollectionGroups"});
    let more = json!({"sku": {"tier": "Standard"}, "threatIntelMode": null, "provisioningState": "Succeeded", "size": "0.5MB"});
    let mut wrapped = [head.clone(), group_head.clone()];
    wrapped[0]["properties"] = more.clone();
    wrapped[1]["properties"] = properties.clone();
    let mut flat = [head, group_head];
    for (flat, inner) in flat.iter_mut().zip([&more, properties]) {
        flat.as_object_mut().unwrap().extend(inner.as_object().unwrap().clone());
        flat["resourceGroup"] = json!("g");
    }
    (wrapped, flat)
}

#[test]
fn az_and_the_api_are_read_in_every_shape() {
    let (wrapped, flat) = answers();
    let graph = json!({"count": 2, "data": flat, "skip_token": null, "total_records": 2});
    let shapes = [json!(wrapped), json!(flat), json!({"value": wrapped}), json!({"value": flat}), graph];
    for shape in &shapes {
        let read = read(shape).unwrap_or_else(|error| panic!("{error}: {shape}"));
        assert_eq!(destinations(&read), ["10.1.0.0/16"]);
    }
    // `az … rule-collection-group list` beside `az … policy show`, and each alone.
    let texts = [json!([flat[1]]).to_string(), flat[0].to_string()];
    let both: Vec<Artefact> = texts.iter().map(|text| Artefact { name: "t", text }).collect();
    assert_eq!(destinations(&read_with(&both, &[]).unwrap()), ["10.1.0.0/16"]);
    assert_eq!(destinations(&read(&flat[1]).unwrap()), ["10.1.0.0/16"]);
    assert_eq!(read(&flat[0]).unwrap().model.policies[0].name, "hub");
    let next = json!({"value": wrapped, "nextLink": "https://management.azure.com/next"});
    assert!(read(&next).unwrap_err().message.contains("the list goes on elsewhere"));
}

#[test]
fn types_are_coerced_as_azure_does() {
    let rules = json!([{"ruleType": "natrule", "name": "in", "ipProtocols": ["tcp"], "sourceAddresses": ["*"],
        "destinationAddresses": ["20.0.0.1"], "destinationPorts": [22], "translatedAddress": "10.0.0.4",
        "translatedFqdn": null, "translatedPort": 2222, "sourceIpGroups": []}]);
    let nat = json!({"ruleCollectionType": "firewallPolicyNatRuleCollection", "name": "c", "priority": "100",
        "action": {"type": "Dnat"}, "rules": rules});
    let web = json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "d", "priority": 200,
        "action": {"type": "allow"}, "rules": [{"ruleType": "ApplicationRule", "name": "web", "sourceAddresses": ["*"],
        "targetFqdns": ["a.com"], "protocols": [{"protocolType": "http", "port": "80"}], "terminateTLS": "false"}]});
    let group = json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": "hub/g",
        "properties": {"priority": "200", "ruleCollections": [nat, web]}});
    let read = read(&template(json!([group]))).unwrap();
    let collections = &read.model.policies[0].groups[0].collections;
    let (Rules::Nat(nat), Rules::Application(_, web)) = (&collections[0].rules, &collections[1].rules) else {
        panic!()
    };
    assert_eq!((nat[0].handling.port, web[0].matches.protocols[0].1, web[0].handling.terminate_tls), (2222, 80, false));
}

#[test]
fn symbolic_names_are_read() {
    let mut of = template(json!({"web": group("hub/g", json!(["*"])), "old": {"existing": true,
        "type": "Microsoft.Network/firewallPolicies", "name": "hub"}}));
    of["languageVersion"] = json!("2.0");
    assert_eq!(read(&of).unwrap().model.policies[0].groups.len(), 1);
}

#[test]
fn an_ip_group_that_only_a_deployment_knows_is_one_elsewhere() {
    let members = json!(["[reference('subnet', '2020-05-01').addressPrefix]"]);
    let ip_group =
        json!({"type": "Microsoft.Network/ipGroups", "name": "nodes", "properties": {"ipAddresses": members}});
    let mut rule = group("hub/g", json!(["*"]));
    let first = &mut rule["properties"]["ruleCollections"][0]["rules"][0];
    first["sourceAddresses"] = json!([]);
    first["sourceIpGroups"] = json!(["[resourceId('Microsoft.Network/ipGroups', 'nodes')]"]);
    let read = read(&template(json!([ip_group, rule]))).unwrap();
    assert!(read.model.ip_groups.is_empty());
    let note =
        read.model.assumptions.iter().find(|note| note.message.starts_with("IP group `nodes` is left out")).unwrap();
    assert!(note.message.contains("only a deployment knows `reference('subnet', '2020-05-01')`"), "{note}");
}

#[test]
fn the_form_of_another_tool_is_named() {
    let error = read(&json!({"deployments": [{"network_rule_collections": [{"network_rules": []}]}]})).unwrap_err();
    assert_eq!(error.path, "$.deployments[0].network_rule_collections");
    assert!(error.message.starts_with("found `network_rule_collections`, in a form of its own"), "{error}");
}

#[test]
fn rules_that_a_recording_lost_on_the_way_are_named() {
    let id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub/ruleCollectionGroups/g";
    let answer = |collections: Value| {
        json!({"response": {"id": id, "name": "g", "type": "Microsoft.Network/FirewallPolicies/RuleCollectionGroups",
            "properties": {"priority": 200, "ruleCollections": collections}}})
    };
    let first = group("g", json!(["*"]))["properties"]["ruleCollections"].clone();
    let read = read(&json!({"interactions": [answer(first), answer(json!([]))]})).unwrap();
    let notes: Vec<String> = read.model.assumptions.iter().map(ToString::to_string).collect();
    assert!(
        notes.iter().any(|note| note.contains("earlier answers about `g` had rules that the last has not: `r`")),
        "{notes:?}"
    );
}

/// What the request of an example says stands in its answer once more, so that it is one group and not two.
#[test]
fn of_an_example_of_the_api_one_answer_is_read() {
    let id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub/ruleCollectionGroups/web";
    let asked = group("web", json!(["*"]))["properties"].clone();
    let body = json!({"id": id, "name": "web", "properties": asked});
    let example = json!({"parameters": {"firewallPolicyName": "hub", "parameters": {"properties": asked}},
        "responses": {"200": {"body": body}, "201": {"body": body}, "202": {}}});
    let read = read(&example).unwrap();
    let groups: Vec<(&str, &str)> = read
        .model
        .policies
        .iter()
        .flat_map(|policy| policy.groups.iter().map(|group| (policy.name.as_str(), group.name.as_str())))
        .collect();
    assert_eq!(groups, [("hub", "web")]);
    let told: Vec<String> = read.model.assumptions.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("$.responses.200: an example of the API")), "{told:?}");
}

#[test]
fn what_another_provider_puts_onto_a_policy_is_no_part_of_it() {
    let setting = json!({"type": "Microsoft.Network/firewallPolicies/providers/diagnosticSettings",
        "apiVersion": "2021-05-01-preview", "name": "hub/Microsoft.Insights/logs", "properties": {"logs": []}});
    let read = read(&template(json!([group("hub/g", json!(["*"])), setting]))).unwrap();
    let told: Vec<String> = read.model.assumptions.iter().map(ToString::to_string).collect();
    assert!(told.iter().all(|told| !told.contains("diagnosticSettings")), "{told:?}");
    assert_eq!(read.model.policies[0].groups.len(), 1);
}
