//! What is read, from real artefacts and from broken ones.

use fwc::import::{Artefact, read, read_all, recognise};
use fwc::model::{AddressTerm, Base, Group, IpGroupRef, Model, NatTarget, Rules, Sku};
use serde_json::{Value, json};

use crate::corpus::shared;

fn rules(model: &Model) -> usize {
    let groups = model.policies.iter().flat_map(|policy| &policy.groups);
    groups.flat_map(|group| &group.collections).map(|collection| collection.rules.len()).sum()
}

/// What is wrong with an artefact, or how many policies it has.
fn outcome(text: &str) -> String {
    match read(text, "f.json") {
        Ok(model) => format!("{} policies", model.policies.len()),
        Err(error) => error.to_string(),
    }
}

/// A group as `az` lists it, with `rules` in one collection.
fn listed(collection: Value) -> Value {
    let id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub/ruleCollectionGroups/web";
    json!([{"id": id, "name": "web", "type": "Microsoft.Network/FirewallPolicies/RuleCollectionGroups", "etag": "e",
        "priority": "300", "provisioningState": "Succeeded", "size": "1 MB", "ruleCollections": [collection]}])
}

fn filter(rule: Value) -> Value {
    json!({"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "priority": 200,
        "action": {"type": "allow"}, "rules": [rule]})
}

fn template(resources: Value) -> String {
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": resources})
    .to_string()
}

fn only_group(value: &Value) -> Group {
    let model = read(&value.to_string(), "f.json").expect("an artefact");
    model.policies[0].groups[0].clone()
}

#[test]
fn real_files_are_read_with_all_their_rules() {
    let expected = [
        ("azcli/derived-cli-output/rcg-list__test_azure_firewall_policy.json", 7),
        ("azcli/derived-cli-output/rcg-list__test_azure_firewall_policy_rules_with_fqdns.json", 4),
        ("azcli/derived-cli-output/rcg-list__test_azure_firewall_policy_rules_with_ip_groups.json", 6),
        ("azcli/derived-cli-output/rcg-list__test_azure_policy_rcg_draft.json", 4),
        ("arm/Azure__Azure-Network-Security__GENERATED__o365_rules.py__ipv4.json", 107),
        (
            "arm/Azure__bicep__src__Bicep.Core.Samples__Files__user_submitted__301__modules-vwan-to-vnet-s2s-with-fw__main.json",
            6,
        ),
        ("arm/anthony-c-martin__azure-quickstart-templates__fwm-docs-qs__azuredeploy.json", 1),
    ];
    for (file, count) in expected {
        let Some(path) = shared(&format!("corpus/{file}")) else { return };
        let text = std::fs::read_to_string(path).expect("a readable file");
        assert_eq!(read(&text, file).map(|model| rules(&model)), Ok(count), "{file}");
    }
}

#[test]
fn policies_as_az_prints_them_are_read() {
    let Some(folder) = shared("corpus/azcli/derived-cli-output") else { return };
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let name = path.display().to_string();
        assert!(read(&text, &name).is_ok_and(|model| !model.policies.is_empty()), "{:?}", read(&text, &name));
    }
}

#[test]
fn artefacts_are_told_by_their_first_character() {
    assert!(recognise("\u{feff} \n{}") && recognise("[]"));
    assert!(!recognise("policy \"hub\" {}") && !recognise(""));
}

#[test]
fn values_are_coerced_as_azure_does() {
    let group = only_group(&listed(filter(json!({"ruleType": "NetworkRule", "name": "r", "ipv6Rule": false,
        "ipProtocols": ["tcp"], "sourceAddresses": ["10.0.0.1/8"], "sourceIpGroups": [], "description": "",
        "destinationAddresses": ["Storage"], "destinationFqdns": null, "destinationPorts": [443]}))));
    assert_eq!(group.priority.get(), 300);
    let Rules::Network(_, rules) = &group.collections[0].rules else { panic!("network rules") };
    assert_eq!(rules[0].matches.sources.addresses[0].to_string(), "10.0.0.0/8");
    assert_eq!(rules[0].matches.destinations, [AddressTerm::ServiceTag("Storage".into())]);
    assert!(rules[0].matches.ports.contains(443) && rules[0].description.is_none());
}

#[test]
fn groups_alone_make_a_policy_of_any_tier() {
    let nat = json!({"ruleCollectionType": "FirewallPolicyNatRuleCollection", "name": "n", "priority": 100,
        "action": {"type": "Dnat"}, "rules": [{"ruleType": "NatRule", "name": "r", "ipProtocols": ["TCP"],
        "sourceAddresses": ["*"], "destinationAddresses": ["20.0.0.1"], "destinationPorts": ["443"],
        "translatedFqdn": "", "translatedAddress": "10.0.0.4", "translatedPort": "8443"}]});
    let model = read(&listed(nat).to_string(), "f.json").expect("an artefact");
    assert_eq!((model.policies[0].name.as_str(), model.policies[0].settings.sku), ("hub", Sku::Premium));
    let Rules::Nat(rules) = &model.policies[0].groups[0].collections[0].rules else { panic!("DNAT rules") };
    assert_eq!(rules[0].handling.target, NatTarget::Address("10.0.0.4".parse().expect("an address")));
}

#[test]
fn a_policy_is_read_with_the_list_of_its_groups() {
    let network = filter(json!({"ruleType": "NetworkRule", "name": "r"}));
    let groups = listed(network).to_string();
    let policy = json!({"name": "hub", "type": "Microsoft.Network/FirewallPolicies", "sku": {"tier": "basic"},
        "ruleCollectionGroups": [{"id": "/x/ruleCollectionGroups/web"}]})
    .to_string();
    assert!(outcome(&policy).contains("the rules of group `web` of policy `hub` are missing"));
    let both = [Artefact { name: "p", text: &policy }, Artefact { name: "g", text: &groups }];
    let model = read_all(&both).expect("two artefacts");
    assert_eq!((model.policies[0].settings.sku, rules(&model)), (Sku::Basic, 1));
}

#[test]
fn an_unknown_property_is_refused_in_a_rule_and_kept_in_a_policy() {
    let rule = filter(json!({"ruleType": "NetworkRule", "name": "r", "sourceSubnets": ["x"]}));
    let path = "$[0].ruleCollections[0].rules[0].sourceSubnets";
    assert!(outcome(&listed(rule).to_string()).contains(path));
    let policy = template(json!([{"type": "Microsoft.Network/firewallPolicies", "name": "p",
        "properties": {"dnsSettings": {"cache": true}}}]));
    let model = read(&policy, "f.json").expect("a template");
    assert_eq!(model.policies[0].settings.other["properties/dnsSettings/cache"], json!(true));
}

#[test]
fn nested_groups_and_symbolic_names_are_read() {
    let group = json!({"type": "ruleCollectionGroups", "name": "g", "properties": {"priority": 100}});
    let policy =
        json!({"type": "Microsoft.Network/firewallPolicies", "name": "p", "properties": {}, "resources": [group]});
    for resources in [json!([policy]), json!({"symbol": policy})] {
        let model = read(&template(resources), "f.json").expect("a template");
        assert_eq!(model.policies[0].groups[0].name, "g");
    }
}

#[test]
fn an_expression_is_evaluated_or_refused() {
    let policy = |base: &str| {
        template(json!([{"type": "Microsoft.Network/firewallPolicies", "name": "[[p]",
        "properties": {"basePolicy": {"id": base}}}]))
    };
    let named =
        read(&policy("[resourceId('Microsoft.Network/firewallPolicies','it''s')]"), "f.json").expect("a template");
    assert_eq!((named.policies[0].name.as_str(), &named.policies[0].base), ("[p]", &Some(Base::Named("it's".into()))));
    let group = json!({"type": "Microsoft.Network/ipGroups", "name": "g",
        "properties": {"ipAddresses": "[split('a', 'b', 'c')]"}});
    let refused = outcome(&template(json!([group])));
    let wanted = "f.json: $.resources[0].properties.ipAddresses: the expression `[split('a', 'b', 'c')]`";
    assert!(refused.starts_with(wanted), "{refused}");
}

#[test]
fn an_ip_group_whose_id_was_read_is_named() {
    let rule = filter(
        json!({"ruleType": "NetworkRule", "name": "r", "sourceIpGroups": ["/subscriptions/S/resourceGroups/g/providers/Microsoft.Network/ipGroups/a"]}),
    );
    let ip_group = json!({"type": "Microsoft.Network/ipGroups", "id": "/subscriptions/s/resourceGroups/G/providers/microsoft.network/IpGroups/a", "name": "a",
        "properties": {"ipAddresses": ["10.0.0.0/8"]}});
    let mut list = listed(rule);
    list.as_array_mut().expect("a list").push(ip_group);
    let Rules::Network(_, rules) = &only_group(&list).collections[0].rules else { panic!("network rules") };
    let IpGroupRef::Named(id) = &rules[0].matches.sources.ip_groups[0] else { panic!("an IP group that is here") };
    assert_eq!(id.to_string(), "G/a");
}

#[test]
fn broken_text_is_an_error() {
    assert_eq!(outcome("{\"value\": ["), "f.json: the JSON ends too early, at line 1 column 11");
    assert!(outcome("{\"a\": 1, \"a\": 2}").contains("duplicate key `a`"));
    assert!(outcome(&"[".repeat(100_000)).contains("recursion limit"));
    assert!(outcome("{}").contains("expected a firewall policy, a rule collection group"));
    assert!(outcome("\"text\"").contains("expected"), "{}", outcome("\"text\""));
    assert_eq!(outcome("[]"), "0 policies");
}

#[test]
fn rules_that_disagree_are_refused() {
    let mut list = listed(filter(json!({"ruleType": "NetworkRule", "name": "r"})));
    let mut other = list[0].clone();
    other["priority"] = json!(400);
    list.as_array_mut().expect("a list").push(other);
    assert!(outcome(&list.to_string()).starts_with("f.json: $[1]: `web` is stated here and elsewhere"));
}
