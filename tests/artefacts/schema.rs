//! The strict schema of Microsoft's resources, as templates are held to it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::{Value, json};

use crate::corpus::shared;

const SCHEMA: &str = "corpus/spec/arm-schemas/firewall-strict.2025-07-01.schema.json";
const KINDS: [(&str, &str); 4] = [
    ("Microsoft.Network/firewallPolicies", "firewallPolicies"),
    ("Microsoft.Network/firewallPolicies/ruleCollectionGroups", "firewallPolicies_ruleCollectionGroups"),
    ("Microsoft.Network/ipGroups", "ipGroups"),
    ("Microsoft.Network/routeTables", "routeTables"),
];

static VALIDATORS: LazyLock<Option<BTreeMap<&str, Validator>>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(shared(SCHEMA)?).expect("the schema is readable");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    Some(KINDS.iter().map(|(kind, name)| (*kind, validator(&schema, name))).collect())
});

/// Files that the schema refers to stand beside it.
struct Beside;

impl Retrieve for Beside {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.path().as_str().rsplit('/').next().unwrap_or_default().to_owned();
        let path = shared(&["corpus/spec/arm-schemas/", &name].concat()).ok_or("absent")?;
        Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
    }
}

fn validator(schema: &Value, name: &str) -> Validator {
    let root = json!({
        "$schema": schema["$schema"],
        "$ref": format!("#/resourceDefinitions/{name}"),
        "resourceDefinitions": schema["resourceDefinitions"],
        "definitions": schema["definitions"],
    });
    jsonschema::options().with_retriever(Beside).build(&root).expect("the schema is valid")
}

/// What the schema finds wrong in a template; `None` where the schema is absent.
pub fn faults(template: &Value) -> Option<Vec<String>> {
    let validators = VALIDATORS.as_ref()?;
    let resources = template["resources"].as_array().expect("a template has resources");
    Some(resources.iter().flat_map(|resource| faults_of(validators, resource)).collect())
}

fn faults_of(validators: &BTreeMap<&str, Validator>, resource: &Value) -> Vec<String> {
    if resource["apiVersion"] == "2025-09-01" {
        let text = resource["properties"].to_string();
        assert!(text.contains("ubeSelectorGroup") || text.contains("Selector"), "{text} needs no newer API");
        return super::bicep_types::faults(&as_the_schema_has_it(resource));
    }
    let Some(validator) = resource["type"].as_str().and_then(|kind| validators.get(kind)) else {
        return vec![format!("unknown type {}", resource["type"])];
    };
    let seen = as_the_schema_has_it(resource);
    validator.iter_errors(&seen).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The strict subset lost what a template engine adds to a resource and the free keys of two maps. `Mssql` is the one
/// written exception: Azure takes it, the schema does not have it.
fn as_the_schema_has_it(resource: &Value) -> Value {
    let mut resource = resource.clone();
    let depends = resource.as_object_mut().and_then(|resource| resource.remove("dependsOn"));
    assert!(depends.is_none_or(|depends| all_texts(depends.as_array().map(|ids| ids.iter()))));
    for path in ["/tags", "/identity/userAssignedIdentities"] {
        if let Some(map) = resource.pointer_mut(path) {
            assert!(path != "/tags" || all_texts(map.as_object().map(|tags| tags.values())));
            *map = json!({});
        }
    }
    replace_mssql(&mut resource);
    resource
}

fn all_texts<'v>(values: Option<impl Iterator<Item = &'v Value>>) -> bool {
    values.is_some_and(|mut values| values.all(Value::is_string))
}

fn replace_mssql(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.get("protocolType") == Some(&json!("Mssql")) {
                object.insert("protocolType".into(), json!("Https"));
            }
            object.values_mut().for_each(replace_mssql);
        }
        Value::Array(items) => items.iter_mut().for_each(replace_mssql),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
