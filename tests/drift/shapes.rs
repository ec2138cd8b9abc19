//! A template of fwc in the shapes in which Azure and its tools give back what was deployed from it: with ids, and with what
//! they fill in and drop.

use serde_json::{Map, Value, json};

const RESOURCE_GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/RG-Hub";

/// A file of an input by name.
pub type File = (&'static str, String);

/// Every shape by name: the files of a folder.
pub fn shapes(template: &Value) -> Vec<(&'static str, Vec<File>)> {
    let resources = deployed(template);
    let own = |kind: &str| resources.iter().filter(|resource| resource["type"] == kind).map(flat).collect::<Vec<_>>();
    let az = vec![
        ("policies.json", Value::from(own(POLICY)).to_string()),
        ("groups.json", Value::from(own(GROUP)).to_string()),
        ("ip-groups.json", Value::from(own(IP_GROUP)).to_string()),
    ];
    let rows = json!({"count": resources.len(), "data": resources, "total_records": resources.len()});
    let before = |resource: &Value| json!({"resourceId": resource["id"], "changeType": "Modify", "delta": [], "before": resource, "after": changed(resource)});
    let what_if: Vec<Value> = resources.iter().map(before).collect();
    let state: Vec<Value> = resources.iter().filter_map(attributes).collect();
    let document = json!({"format_version": "1.0", "terraform_version": "1.9.8",
        "values": {"root_module": {"resources": state}}});
    vec![
        ("export", vec![("export.json", export(&resources).to_string())]),
        ("az", az.into_iter().filter(|(_, text)| text != "[]").collect()),
        ("resource-graph", vec![("rows.json", rows.to_string())]),
        ("what-if", vec![("what-if.json", json!({"changes": what_if, "status": "Succeeded"}).to_string())]),
        ("state", vec![("state.json", document.to_string())]),
    ]
}

const POLICY: &str = "Microsoft.Network/firewallPolicies";
const GROUP: &str = "Microsoft.Network/firewallPolicies/ruleCollectionGroups";
const IP_GROUP: &str = "Microsoft.Network/ipGroups";

/// The resources as Azure has them, its own fields among them.
fn deployed(template: &Value) -> Vec<Value> {
    let resources: Vec<Value> = template["resources"].as_array().unwrap().iter().map(with_ids).collect();
    let groups_of = |policy: &Value| -> Vec<Value> {
        let start = format!("{}/", policy["id"].as_str().unwrap());
        let inside = resources.iter().filter(|other| other["id"].as_str().unwrap().starts_with(&start));
        inside.map(|group| json!({"id": group["id"]})).collect()
    };
    let filled = |resource: &Value| {
        let mut resource = resource.clone();
        let groups = groups_of(&resource);
        match resource["type"].as_str().unwrap() {
            POLICY => fill_policy(&mut resource["properties"], groups),
            GROUP => fill_group(&mut resource["properties"]),
            _ => {}
        }
        resource["properties"]["provisioningState"] = json!("Succeeded");
        resource["etag"] = json!("W/\"1\"");
        resource.as_object_mut().unwrap().remove("dependsOn");
        resource
    };
    resources.iter().map(filled).collect()
}

/// The resource with its own id and with ids in place of what names others.
fn with_ids(resource: &Value) -> Value {
    let mut resource = replaced(resource);
    let (kind, name) = (resource["type"].as_str().unwrap().to_owned(), resource["name"].as_str().unwrap().to_owned());
    resource["id"] = json!(id(&kind, &name.split('/').collect::<Vec<_>>()));
    resource["name"] = json!(name.rsplit('/').next());
    resource
}

fn id(kind: &str, names: &[&str]) -> String {
    let (provider, kinds) = kind.split_once('/').unwrap();
    let path: String = kinds.split('/').zip(names).map(|(kind, name)| format!("/{kind}/{name}")).collect();
    format!("{RESOURCE_GROUP}/providers/{provider}{path}")
}

fn replaced(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix("[resourceId(").and_then(|rest| rest.strip_suffix(")]")) {
            Some(arguments) => {
                let parts: Vec<&str> = arguments.split(',').map(|part| part.trim_matches('\'')).collect();
                json!(id(parts[0], &parts[1..]))
            }
            None => json!(text.strip_prefix('[').filter(|rest| rest.starts_with('[')).unwrap_or(text)),
        },
        Value::Array(items) => items.iter().map(replaced).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), replaced(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Sets what is absent.
fn fill(object: &mut Value, usual: &Value) {
    let fields = object.as_object_mut().unwrap();
    for (key, value) in usual.as_object().unwrap() {
        fields.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

fn fill_policy(properties: &mut Value, groups: Vec<Value>) {
    let usual = json!({"threatIntelWhitelist": {"fqdns": [], "ipAddresses": []}, "childPolicies": [], "firewalls": [],
        "ruleCollectionGroups": groups, "snat": {"autoLearnPrivateRanges": "Disabled", "privateRanges": ["IANAPrivateRanges"]},
        "explicitProxy": {"enableExplicitProxy": false, "httpPort": 0}, "sql": {"allowSqlRedirect": false},
        "dnsSettings": {"servers": [], "enableProxy": false}, "insights": null, "transportSecurity": null});
    fill(properties, &usual);
    if properties.get("basePolicy").is_none() {
        fill(properties, &json!({"threatIntelMode": "Alert"}));
    }
    fill(&mut properties["dnsSettings"], &json!({"servers": [], "requireProxyForNetworkRules": null}));
    let sets =
        ["/threatIntelWhitelist/fqdns", "/snat/privateRanges", "/intrusionDetection/configuration/signatureOverrides"];
    for set in sets {
        properties.pointer_mut(set).and_then(Value::as_array_mut).into_iter().for_each(|items| items.reverse());
    }
}

fn fill_group(properties: &mut Value) {
    let lists = json!({"sourceAddresses": [], "sourceIpGroups": [], "destinationAddresses": []});
    let of_network = json!({"destinationIpGroups": [], "destinationFqdns": [], "destinationPorts": []});
    let of_application = json!({"targetFqdns": [], "targetUrls": [], "fqdnTags": [], "webCategories": [],
        "terminateTLS": false, "httpHeadersToInsert": []});
    for collection in properties["ruleCollections"].as_array_mut().unwrap() {
        for rule in collection["rules"].as_array_mut().unwrap() {
            fill(rule, &lists);
            match rule["ruleType"].as_str().unwrap() {
                "NetworkRule" => fill(rule, &of_network),
                "ApplicationRule" => fill(rule, &of_application),
                _ => {}
            }
            // Azure keeps no order of what it reads as a set, and no case of words.
            for list in ["targetFqdns", "sourceAddresses", "destinationAddresses", "ipProtocols"] {
                rule[list].as_array_mut().into_iter().for_each(|items| items.reverse());
            }
            for word in rule["ipProtocols"].as_array_mut().into_iter().flatten() {
                *word = json!(word.as_str().unwrap().to_ascii_uppercase());
            }
            rule.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        }
    }
    // Nor of collections: their priority counts.
    properties["ruleCollections"].as_array_mut().unwrap().reverse();
}

/// The resource as `az` prints it: its properties beside its own fields.
fn flat(resource: &Value) -> Value {
    let mut fields = resource.as_object().unwrap().clone();
    let properties = fields.remove("properties").unwrap();
    fields.extend(properties.as_object().unwrap().clone());
    fields.insert("resourceGroup".to_owned(), json!("RG-Hub"));
    fields.entry("tags").or_insert(Value::Null);
    Value::Object(fields)
}

/// The resources as an exported template: whole names again, without ids of their own.
fn export(resources: &[Value]) -> Value {
    let exported = |resource: &Value| {
        let mut resource = resource.clone();
        let id = resource["id"].as_str().unwrap().to_owned();
        let parts: Vec<&str> = id.rsplit("/providers/").next().unwrap().split('/').skip(1).collect();
        let names: Vec<&str> = parts.chunks(2).map(|pair| pair[1]).collect();
        resource["name"] = json!(names.join("/"));
        resource["apiVersion"] = json!("2024-05-01");
        resource.as_object_mut().unwrap().retain(|key, _| key != "id" && key != "etag");
        resource
    };
    json!({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "parameters": {}, "variables": {},
        "resources": resources.iter().rev().map(exported).collect::<Vec<_>>()})
}

/// What another deployment would make of the resource.
fn changed(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if resource["type"] == GROUP {
        resource["properties"]["ruleCollections"] = json!([]);
    }
    resource
}

/// The resource as Terraform's provider keeps it.
fn attributes(resource: &Value) -> Option<Value> {
    let (kind, properties) = (resource["type"].as_str().unwrap(), &resource["properties"]);
    let (kind, mut values) = match kind {
        POLICY => ("azurerm_firewall_policy", of_policy(properties)),
        GROUP => ("azurerm_firewall_policy_rule_collection_group", of_group(resource)),
        IP_GROUP => ("azurerm_ip_group", json!({"cidrs": properties["ipAddresses"]})),
        _ => return None,
    };
    fill(&mut values, &json!({"id": resource["id"], "name": resource["name"], "timeouts": null}));
    if kind != "azurerm_firewall_policy_rule_collection_group" {
        fill(&mut values, &json!({"location": resource["location"], "resource_group_name": "RG-Hub", "tags": {}}));
    }
    let name = format!("r{}", resource["id"].as_str().unwrap().len());
    let address = format!("{kind}.{name}[\"{}\"]", resource["id"].as_str().unwrap());
    Some(json!({"address": address, "mode": "managed", "type": kind, "name": name, "index": resource["id"],
        "provider_name": "registry.terraform.io/hashicorp/azurerm", "schema_version": 0, "values": values}))
}

fn of_policy(properties: &Value) -> Value {
    let dns = &properties["dnsSettings"];
    let inspection = match properties.get("intrusionDetection") {
        Some(detection) => {
            json!([{"mode": detection["mode"], "private_ranges": [], "signature_overrides": [], "traffic_bypass": []}])
        }
        None => json!([]),
    };
    let base = properties.get("basePolicy").map_or(json!(""), |base| base["id"].clone());
    // A child is at least as strict as its base, else Azure refuses it.
    let usual = json!(if base == "" { "Alert" } else { "Deny" });
    let mode = properties.get("threatIntelMode").unwrap_or(&usual).clone();
    json!({"sku": properties["sku"]["tier"], "base_policy_id": base, "threat_intelligence_mode": mode,
        "threat_intelligence_allowlist": [], "identity": [], "insights": [], "tls_certificate": [], "explicit_proxy": [],
        "dns": [{"proxy_enabled": dns["enableProxy"], "servers": dns["servers"]}], "intrusion_detection": inspection,
        "sql_redirect_allowed": false, "private_ip_ranges": [], "auto_learn_private_ranges_enabled": false,
        "child_policies": [], "firewalls": [], "rule_collection_groups": []})
}

fn of_group(resource: &Value) -> Value {
    let mut blocks = Map::new();
    for collection in resource["properties"]["ruleCollections"].as_array().unwrap() {
        let rules = collection["rules"].as_array().unwrap();
        let (block, rule): (_, fn(&Value) -> Value) = match rules[0]["ruleType"].as_str().unwrap() {
            "NetworkRule" => ("network_rule_collection", network_rule),
            "ApplicationRule" => ("application_rule_collection", application_rule),
            _ => ("nat_rule_collection", nat_rule),
        };
        let action = collection["action"]["type"].as_str().unwrap();
        let action = if action == "DNAT" { "Dnat" } else { action };
        let value = json!({"name": collection["name"], "priority": collection["priority"], "action": action,
            "rule": rules.iter().map(rule).collect::<Vec<_>>()});
        blocks.entry(block).or_insert_with(|| json!([])).as_array_mut().unwrap().push(value);
    }
    let id = resource["id"].as_str().unwrap();
    let mut values = json!({"priority": resource["properties"]["priority"],
        "firewall_policy_id": id.split("/ruleCollectionGroups/").next()});
    fill(&mut values, &Value::Object(blocks));
    values
}

fn renamed(rule: &Value, names: &[(&str, &str)]) -> Value {
    let common = [("name", "name"), ("sourceAddresses", "source_addresses"), ("sourceIpGroups", "source_ip_groups")];
    let all = common.iter().chain(names).map(|(from, to)| ((*to).to_owned(), rule[*from].clone()));
    Value::Object(all.filter(|(_, value)| !value.is_null()).collect())
}

fn network_rule(rule: &Value) -> Value {
    renamed(
        rule,
        &[
            ("ipProtocols", "protocols"),
            ("destinationAddresses", "destination_addresses"),
            ("destinationIpGroups", "destination_ip_groups"),
            ("destinationFqdns", "destination_fqdns"),
            ("destinationPorts", "destination_ports"),
        ],
    )
}

fn application_rule(rule: &Value) -> Value {
    let protocol = |of: &Value| json!({"type": of["protocolType"], "port": of["port"]});
    let mut value = renamed(
        rule,
        &[
            ("destinationAddresses", "destination_addresses"),
            ("targetFqdns", "destination_fqdns"),
            ("targetUrls", "destination_urls"),
            ("fqdnTags", "destination_fqdn_tags"),
            ("webCategories", "web_categories"),
            ("terminateTLS", "terminate_tls"),
        ],
    );
    value["protocols"] = rule["protocols"].as_array().unwrap().iter().map(protocol).collect();
    value
}

fn nat_rule(rule: &Value) -> Value {
    let mut value = renamed(
        rule,
        &[
            ("ipProtocols", "protocols"),
            ("destinationPorts", "destination_ports"),
            ("translatedAddress", "translated_address"),
            ("translatedFqdn", "translated_fqdn"),
        ],
    );
    value["destination_address"] = rule["destinationAddresses"][0].clone();
    value["translated_port"] = json!(rule["translatedPort"].as_str().unwrap().parse::<u16>().unwrap());
    value
}
