//! The values of a template's parameters, and the cloud.

use fwc::import::{Artefact, Cloud, Error, ParameterValues, ReadDocument, Spare, read_given};
use fwc::model::Rules;
use serde_json::{Value, json};

/// A template with one network rule, whose destination is the parameter `to`.
fn template(to: &Value) -> Value {
    with_destination(to, "[parameters('to')]")
}

fn with_destination(to: &Value, destination: &str) -> Value {
    let rule = json!({"ruleType": "NetworkRule", "name": "r", "sourceAddresses": ["*"], "ipProtocols": ["TCP"],
        "destinationAddresses": [destination], "destinationPorts": ["443"]});
    let group = json!({"type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "name": "hub/g",
        "properties": {"priority": 200, "ruleCollections": [{"name": "c", "priority": 200, "action": {"type": "Allow"},
        "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "rules": [rule]}]}});
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {"to": to}, "resources": [group]})
}

fn read(template: &Value, files: &[Value], spare: Spare) -> Result<ReadDocument, Error> {
    let texts: Vec<String> = files.iter().map(|file| json!({ "parameters": file }).to_string()).collect();
    let names = ["first.json", "second.json"];
    let parameters: Vec<Artefact<'_>> = texts.iter().zip(names).map(|(text, name)| Artefact { name, text }).collect();
    let artefact = Artefact { name: "t.json", text: &template.to_string() };
    read_given(&[artefact], ParameterValues { parameters: &parameters, spare, cloud: None })
}

fn destination(read: Result<ReadDocument, Error>) -> String {
    let read = read.unwrap_or_else(|error| panic!("{error}"));
    let Rules::Network(_, rules) = &read.model.policies[0].groups[0].collections[0].rules else { panic!() };
    rules[0].matches.destinations[0].to_string()
}

fn plain() -> Value {
    json!({"type": "string", "defaultValue": "192.0.2.9"})
}

#[test]
fn the_last_of_several_files_wins() {
    let (first, second) = (json!({"to": {"value": "192.0.2.1"}}), json!({"TO": {"value": "192.0.2.2"}}));
    let of = template(&plain());
    assert_eq!(destination(read(&of, &[first.clone(), second.clone()], Spare::Refused)), "192.0.2.2");
    assert_eq!(destination(read(&of, &[second, first], Spare::Refused)), "192.0.2.1");
    assert_eq!(destination(read(&of, &[], Spare::Refused)), "192.0.2.9");
}

#[test]
fn a_secret_of_a_key_vault_is_not_the_default() {
    let vault = json!({"to": {"reference": {"keyVault": {"id": "/v"}, "secretName": "to"}}});
    let error = read(&template(&plain()), &[vault], Spare::Refused).unwrap_err().to_string();
    assert!(error.contains("parameter `to` is a secret of a key vault"), "{error}");
}

#[test]
fn a_null_means_the_default() {
    assert_eq!(destination(read(&template(&plain()), &[json!({"to": {"value": null}})], Spare::Refused)), "192.0.2.9");
}

#[test]
fn a_value_that_no_parameter_takes_is_refused() {
    let other = json!({"too": {"value": "a"}});
    let error = read(&template(&plain()), std::slice::from_ref(&other), Spare::Refused).unwrap_err().to_string();
    assert_eq!(error, "first.json: $.parameters.too: the template has no parameter `too`: its parameters are `to`");
    let noted = read(&template(&plain()), &[other], Spare::Noted).unwrap();
    assert!(
        noted.model.assumptions.iter().any(|note| note.message.contains("no parameter `too`")),
        "{:?}",
        noted.model.assumptions
    );
}

#[test]
fn a_value_must_be_allowed_and_of_the_type() {
    let allowed = json!({"type": "string", "allowedValues": ["192.0.2.1", "192.0.2.2"], "defaultValue": "192.0.2.1"});
    let error = read(&template(&allowed), &[json!({"to": {"value": "192.0.2.3"}})], Spare::Refused).unwrap_err();
    assert!(error.message.contains("expected one of `\"192.0.2.1\"`, `\"192.0.2.2\"`"), "{error}");
    let list = read(&template(&plain()), &[json!({"to": {"value": ["192.0.2.3"]}})], Spare::Refused).unwrap_err();
    assert!(list.message.contains("is of type `string`"), "{list}");
    let nothing = read(&template(&plain()), &[json!({"to": {"metadata": {}}})], Spare::Refused).unwrap_err();
    assert!(nothing.to_string().starts_with("first.json: $.parameters.to: expected `value`"), "{nothing}");
}

#[test]
fn the_cloud_is_assumed_and_noted() {
    let of = with_destination(&plain(), "[if(equals(environment().name, 'AzureCloud'), '192.0.2.1', '192.0.2.2')]");
    let text = of.to_string();
    let in_cloud = |cloud| {
        read_given(&[Artefact { name: "t", text: &text }], ParameterValues { cloud, ..ParameterValues::default() })
    };
    let assumed = in_cloud(None).unwrap();
    assert!(
        assumed.model.assumptions.iter().any(|note| note.message.contains("`--cloud usgov`")),
        "{:?}",
        assumed.model.assumptions
    );
    assert_eq!(destination(Ok(assumed)), "192.0.2.1");
    let stated = in_cloud(Some(Cloud::UsGov)).unwrap();
    assert!(stated.model.assumptions.is_empty(), "{:?}", stated.model.assumptions);
    assert_eq!(destination(Ok(stated)), "192.0.2.2");
}
