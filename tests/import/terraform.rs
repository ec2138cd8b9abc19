//! What `terraform show -json` prints.
//!
//! No real plan or state is in the corpus. These are made by hand, after Terraform's documented JSON format, and hold every
//! attribute that the provider's own schema (azurerm 5.2.0, in the corpus) has for the resources that are read: a test says
//! so, and another that each of them counts.

use std::fs;

use fwc::import::{Artefact, read, read_with};
use fwc::model::{IpGroupRef, Model, Rules};
use serde_json::{Value, json};

use crate::corpus::shared;

const SCHEMA: &str = "corpus/spec/azurerm-provider-schema.5.2.0.firewall-subset.json";
const ID: &str = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network";
/// What Azure or Terraform says beside, and what another attribute says too.
const HARMLESS: [&str; 9] = [
    "child_policies",
    "firewall_ids",
    "firewall_policy_ids",
    "firewalls",
    "principal_id",
    "resource_group_name",
    "rule_collection_groups",
    "subnets",
    "tenant_id",
];

fn state(resources: &[Value]) -> Value {
    json!({"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": {"resources": [],
        "child_modules": [{"address": "module.hub", "resources": resources}]}}})
}

fn resource(kind: &str, values: Value) -> Value {
    json!({"address": format!("module.hub.{kind}.this"), "mode": "managed", "type": kind, "name": "this",
        "provider_name": "registry.terraform.io/hashicorp/azurerm", "schema_version": 1, "values": values,
        "sensitive_values": {}})
}

fn policy() -> Value {
    json!({"id": format!("{ID}/firewallPolicies/hub"), "name": "hub", "location": "westeurope",
        "resource_group_name": "rg", "sku": "Premium", "tags": {"team": "net"}, "timeouts": null,
        "base_policy_id": format!("{ID}/firewallPolicies/corp"), "child_policies": [], "firewalls": [],
        "rule_collection_groups": [format!("{ID}/firewallPolicies/hub/ruleCollectionGroups/web")],
        "threat_intelligence_mode": "Deny",
        "threat_intelligence_allowlist": [{"fqdns": ["a.contoso.com"], "ip_addresses": ["203.0.113.7"]}],
        "dns": [{"proxy_enabled": true, "servers": ["10.0.0.10"]}],
        "sql_redirect_allowed": true, "private_ip_ranges": ["10.0.0.0/8"], "auto_learn_private_ranges_enabled": true,
        "identity": [{"type": "UserAssigned", "identity_ids": ["/id/one"], "principal_id": "p", "tenant_id": "t"}],
        "tls_certificate": [{"key_vault_secret_id": "https://vault/secrets/ca", "name": "ca"}],
        "explicit_proxy": [{"enabled": true, "http_port": 8080, "https_port": 8443, "enable_pac_file": true,
            "pac_file_port": 8090, "pac_file": "https://storage/pac"}],
        "insights": [{"enabled": true, "retention_in_days": 30, "default_log_analytics_workspace_id": "/ws/all",
            "log_analytics_workspace": [{"firewall_location": "westeurope", "id": "/ws/weu"}]}],
        "intrusion_detection": [{"mode": "Alert", "private_ranges": ["10.0.0.0/8"],
            "signature_overrides": [{"id": "2024898", "state": "Off"}],
            "traffic_bypass": [{"name": "backup", "description": "heavy", "protocol": "TCP",
                "source_addresses": ["10.1.0.0/16"], "source_ip_groups": ["/g/one"], "destination_addresses": ["10.2.0.0/16"],
                "destination_ip_groups": ["/g/two"], "destination_ports": ["443"]}]}]})
}

fn group() -> Value {
    let spokes = format!("{ID}/ipGroups/spokes");
    json!({"id": format!("{ID}/firewallPolicies/hub/ruleCollectionGroups/web"), "name": "web", "priority": 200,
        "firewall_policy_id": format!("{ID}/firewallPolicies/hub"), "timeouts": null,
        "application_rule_collection": [{"name": "app", "priority": 300, "action": "Allow", "rule": [{"name": "api",
            "description": "the API", "protocols": [{"type": "Https", "port": 443}, {"type": "Mssql", "port": 1433}],
            "source_addresses": ["10.1.0.0/16"], "source_ip_groups": [spokes], "destination_addresses": ["10.9.0.0/16"],
            "destination_fqdns": ["api.contoso.com"], "destination_urls": ["contoso.com/api/*"],
            "destination_fqdn_tags": ["WindowsUpdate"], "web_categories": ["Gambling"], "terminate_tls": true,
            "http_headers": [{"name": "X-A", "value": "b"}]}]}],
        "network_rule_collection": [{"name": "net", "priority": 200, "action": "Deny", "rule": [{"name": "dns",
            "description": "names", "protocols": ["UDP"], "source_addresses": ["10.1.0.0/16"], "source_ip_groups": [spokes],
            "destination_addresses": ["10.0.0.4"], "destination_ip_groups": [spokes], "destination_fqdns": ["ntp.ubuntu.com"],
            "destination_ports": ["53"]}]}],
        "nat_rule_collection": [{"name": "nat", "priority": 100, "action": "Dnat", "rule": [
            {"name": "ssh", "description": "in", "protocols": ["TCP"], "source_addresses": ["203.0.113.0/24"],
                "source_ip_groups": [spokes], "destination_address": "20.0.0.1", "destination_ports": ["22"],
                "translated_address": "10.1.0.4", "translated_fqdn": "", "translated_port": 2222},
            {"name": "web", "protocols": ["TCP"], "source_addresses": ["*"], "destination_address": "20.0.0.1",
                "destination_ports": ["443"], "translated_fqdn": "web.internal", "translated_port": 443}]}]})
}

fn everything() -> Vec<Value> {
    let classic = |kind: &str, rule: Value| {
        let values = json!({"name": "c", "azure_firewall_name": "fw", "resource_group_name": "rg", "priority": 100,
            "action": if kind.contains("nat") { "Dnat" } else { "Allow" }, "rule": [rule]});
        resource(&format!("azurerm_firewall_{kind}_rule_collection"), values)
    };
    vec![
        resource("azurerm_firewall_policy", policy()),
        resource("azurerm_firewall_policy_rule_collection_group", group()),
        resource(
            "azurerm_ip_group",
            json!({"id": format!("{ID}/ipGroups/spokes"), "name": "spokes", "location": "westeurope",
            "resource_group_name": "rg", "tags": {"a": "b"}, "cidrs": ["10.1.0.0/16"], "firewall_ids": [],
            "firewall_policy_ids": []}),
        ),
        resource(
            "azurerm_ip_group_cidr",
            json!({"ip_group_id": format!("{ID}/ipGroups/spokes"), "cidr": "10.3.0.0/16"}),
        ),
        resource(
            "azurerm_route_table",
            json!({"name": "rt", "location": "westeurope", "resource_group_name": "rg", "tags": {},
            "bgp_route_propagation_enabled": false, "subnets": [], "route": [{"name": "all", "address_prefix": "0.0.0.0/0",
            "next_hop_type": "VirtualAppliance", "next_hop_in_ip_address": "10.0.1.4"}]}),
        ),
        resource(
            "azurerm_route",
            json!({"name": "corp", "route_table_name": "rt", "resource_group_name": "rg",
            "address_prefix": "10.50.0.0/16", "next_hop_type": "VirtualAppliance", "next_hop_in_ip_address": "10.0.1.5"}),
        ),
        classic(
            "network",
            json!({"name": "r", "description": "d", "protocols": ["TCP"], "source_addresses": ["10.0.0.0/8"],
            "source_ip_groups": ["/g/one"], "destination_addresses": ["*"], "destination_ip_groups": ["/g/two"],
            "destination_fqdns": ["a.contoso.com"], "destination_ports": ["443"]}),
        ),
        classic(
            "application",
            json!({"name": "r", "description": "d", "protocol": [{"type": "Http", "port": 80}],
            "source_addresses": ["10.0.0.0/8"], "source_ip_groups": ["/g/one"], "fqdn_tags": ["WindowsUpdate"],
            "target_fqdns": ["*.contoso.com"]}),
        ),
        classic(
            "nat",
            json!({"name": "r", "description": "d", "protocols": ["TCP"], "source_addresses": ["*"],
            "source_ip_groups": ["/g/one"], "destination_addresses": ["20.0.0.1"], "destination_ports": ["22"],
            "translated_address": "10.0.0.4", "translated_port": "22"}),
        ),
    ]
}

fn model(resources: &[Value]) -> Model {
    read(&state(resources).to_string(), "state.json").unwrap()
}

/// The paths of all attributes that the schema has, or that values have.
fn paths(of: &Value, inside: &dyn Fn(&Value) -> Option<Value>, at: &str, all: &mut Vec<String>) {
    for (name, value) in of.as_object().unwrap() {
        let path = format!("{at}.{name}");
        match inside(value) {
            Some(inner) => paths(&inner, inside, &path, all),
            None if name != "id" && name != "timeouts" => all.push(path),
            None => {}
        }
    }
}

#[test]
fn the_state_has_every_attribute_of_the_schema() {
    let Some(path) = shared(SCHEMA) else { return };
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for resource in everything() {
        let kind = resource["type"].as_str().unwrap();
        let (mut wanted, mut found) = (Vec::new(), Vec::new());
        let nested = |value: &Value| value.pointer("/elem/schema").cloned();
        paths(&schema["resources"][kind]["schema"], &nested, kind, &mut wanted);
        // A rule that leads to a name stands beside the one that leads to an address.
        let nested = |value: &Value| value.get(0).filter(|first| first.is_object()).cloned();
        paths(&resource["values"], &nested, kind, &mut found);
        wanted.retain(|path| !path.ends_with(".id") && !path.ends_with(".timeouts"));
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted);
    }
}

#[test]
fn every_attribute_counts() {
    let all = everything();
    let whole = model(&all);
    for (index, resource) in all.iter().enumerate() {
        let mut pointers = Vec::new();
        leaves(&resource["values"], "/values", &mut pointers);
        for pointer in pointers {
            let name = pointer.rsplit('/').find(|step| step.parse::<usize>().is_err()).unwrap();
            let is_id = name == "id" && pointer.matches('/').count() == 2;
            if HARMLESS.contains(&name) || is_id || pointer.ends_with("translated_fqdn") && pointer.contains("rule/0") {
                continue;
            }
            // A name is also in the id, where that is stated.
            if pointer == "/values/name" && resource["values"]["id"].is_string() {
                continue;
            }
            // There is but one identity that is kept, and one action of a DNAT collection.
            if pointer.ends_with("identity/0/type") || name == "action" && is_nat(&pointer, resource) {
                continue;
            }
            // An IP group and a route table have no tags in the model; none of it decides a flow.
            if pointer.contains("/tags/") && resource["type"] != "azurerm_firewall_policy" {
                continue;
            }
            let mut changed = all.clone();
            *changed[index].pointer_mut(&pointer).unwrap() = Value::Null;
            let read = read(&state(&changed).to_string(), "state.json");
            assert!(read.as_ref() != Ok(&whole), "{} {pointer}", resource["type"]);
        }
    }
}

fn is_nat(pointer: &str, resource: &Value) -> bool {
    pointer.contains("nat_rule") || resource["type"].as_str().unwrap().contains("nat_rule")
}

fn leaves(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| leaves(value, &format!("{at}/{key}"), all)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), all));
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => all.push(at.to_owned()),
    }
}

#[test]
fn what_the_provider_says_is_what_azure_has() {
    let model = model(&everything());
    let hub = model.policy("hub").unwrap();
    assert_eq!(hub.groups[0].collections.len(), 3);
    assert_eq!(model.ip_groups.values().find(|group| group.name == "spokes").unwrap().addresses.len(), 2);
    assert_eq!(model.route_tables[0].routes.len(), 2);
    assert_eq!(model.policy("fw").unwrap().groups.len(), 3);
    let Rules::Network(_, rules) = &hub.groups[0].collections[1].rules else { panic!("{:?}", hub.groups[0]) };
    assert!(matches!(&rules[0].matches.sources.ip_groups[..], [IpGroupRef::Named(id)] if id.name == "spokes"));
}

#[test]
fn an_attribute_that_is_not_known_is_refused() {
    let mut all = everything();
    all[1]["values"]["network_rule_collection"][0]["rule"][0]["invented"] = json!("x");
    let error = read(&state(&all).to_string(), "state.json").unwrap_err().to_string();
    assert!(error.contains("rule[0].invented: unknown attribute `invented`, which could change a meaning"), "{error}");
    let more = resource("azurerm_firewall_policy_invented", json!({}));
    let error = read(&state(&[more]).to_string(), "state.json").unwrap_err().to_string();
    assert!(error.contains("resources of type `azurerm_firewall_policy_invented` are not read"), "{error}");
}

/// A plan that makes an IP group, a policy in a module, and a group of it that names both.
fn plan(written: Value) -> Value {
    let group = json!({"name": "web", "priority": 200, "network_rule_collection": [{"name": "net", "priority": 200,
        "action": "Allow", "rule": [{"name": "dns", "protocols": ["UDP"], "source_addresses": [], "destination_addresses":
        ["10.0.0.4"], "destination_ports": ["53"]}]}]});
    let ip_group =
        json!({"name": "spokes", "location": "westeurope", "resource_group_name": "rg", "cidrs": ["10.1.0.0/16"]});
    let policy = json!({"name": "hub", "location": "westeurope", "resource_group_name": "rg", "sku": "Standard"});
    let planned = |address: &str, kind: &str, values: &Value| json!({"address": address, "mode": "managed", "type": kind, "name": "this", "values": values});
    let change = |address: &str, kind: &str, after: &Value, unknown: Value| {
        json!({"address": address, "mode": "managed", "type": kind, "name": "this",
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
    };
    let (a, b, c) = (
        "azurerm_ip_group.this[0]",
        "module.hub.azurerm_firewall_policy.this",
        "azurerm_firewall_policy_rule_collection_group.this",
    );
    json!({"format_version": "1.2", "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": [planned(a, "azurerm_ip_group", &ip_group), planned(c, GROUP, &group)],
            "child_modules": [{"address": "module.hub", "resources": [planned(b, "azurerm_firewall_policy", &policy)]}]}},
        "resource_changes": [change(a, "azurerm_ip_group", &ip_group, json!({"id": true, "cidrs": [false]})),
            change(b, "azurerm_firewall_policy", &policy, json!({"id": true, "firewalls": true})),
            change(c, GROUP, &group, json!({"id": true, "firewall_policy_id": true,
                "network_rule_collection": [{"rule": [{"source_ip_groups": [true], "protocols": [false]}]}]}))],
        "configuration": {"root_module": {
            "module_calls": {"hub": {"module": {"outputs": {"policy_id": {"expression": {"references":
                ["azurerm_firewall_policy.this.id", "azurerm_firewall_policy.this"]}}}}}},
            "resources": [{"address": "azurerm_firewall_policy_rule_collection_group.this", "expressions": written}]}}})
}

const GROUP: &str = "azurerm_firewall_policy_rule_collection_group";

#[test]
fn what_is_made_with_the_plan_is_found_by_what_the_configuration_names() {
    let written = json!({"firewall_policy_id": {"references": ["module.hub.policy_id", "module.hub"]},
        "network_rule_collection": [{"rule": [{"source_ip_groups":
            {"references": ["azurerm_ip_group.this[0].id", "azurerm_ip_group.this[0]", "azurerm_ip_group.this"]}}]}]});
    let text = plan(written).to_string();
    let read = read_with(&[Artefact { name: "plan.json", text: &text }], &[]).unwrap();
    let Rules::Network(_, rules) = &read.model.policy("hub").unwrap().groups[0].collections[0].rules else { panic!() };
    assert!(matches!(&rules[0].matches.sources.ip_groups[..], [IpGroupRef::Named(id)] if id.name == "spokes"));
}

#[test]
fn what_is_known_only_after_the_plan_is_refused() {
    let known = json!({"firewall_policy_id": {"references": ["module.hub.policy_id", "module.hub"]}});
    let error = read(&plan(known).to_string(), "plan.json").unwrap_err().to_string();
    assert!(error.contains("sourceIpGroups[0]") && error.contains("only `terraform apply` knows it"), "{error}");
    let error = read(&plan(json!({})).to_string(), "plan.json").unwrap_err().to_string();
    assert!(error.contains(".firewall_policy_id: it is not known yet: only `terraform apply` knows it"), "{error}");
}
