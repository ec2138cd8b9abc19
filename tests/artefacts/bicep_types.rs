//! Microsoft's types of API 2025-09-01, which the JSON schemas do not have yet: what speaks of pods is held to them.

use std::sync::LazyLock;

use serde_json::Value;

use crate::corpus::shared;

const TYPES: &str = "corpus/spec/bicep-types/microsoft.network.2025-09-01.types.json";
const REQUIRED: u64 = 1;
const READ_ONLY: u64 = 2;

static ALL: LazyLock<Option<Vec<Value>>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(shared(TYPES)?).expect("the types are readable");
    Some(serde_json::from_str(&text).expect("the types are JSON"))
});

/// What the types find wrong in the properties of a resource.
pub fn faults(resource: &Value) -> Vec<String> {
    let Some(all) = ALL.as_ref() else { return Vec::new() };
    let name = format!("{}@2025-09-01", resource["type"].as_str().unwrap());
    let Some(kind) = all.iter().find(|kind| kind["$type"] == "ResourceType" && kind["name"] == name.as_str()) else {
        return vec![format!("there is no type {name}")];
    };
    let mut found = Vec::new();
    let body = followed(all, &kind["body"]);
    check(all, &body["properties"]["properties"]["type"], &resource["properties"], "properties", &mut found);
    found
}

fn followed<'t>(all: &'t [Value], reference: &Value) -> &'t Value {
    let index = reference["$ref"].as_str().unwrap().trim_start_matches("#/").parse::<usize>().unwrap();
    &all[index]
}

fn check(all: &[Value], reference: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let kind = followed(all, reference);
    let is_right = match kind["$type"].as_str().unwrap() {
        "ObjectType" => return object(all, &[&kind["properties"]], kind.get("additionalProperties"), value, at, found),
        "DiscriminatedObjectType" => {
            let key = value[kind["discriminator"].as_str().unwrap()].as_str().unwrap_or_default();
            match kind["elements"].get(key) {
                Some(element) => {
                    let properties = [&kind["baseProperties"], &followed(all, element)["properties"]];
                    return object(all, &properties, None, value, at, found);
                }
                None => false,
            }
        }
        "ArrayType" => match value.as_array() {
            Some(items) => {
                for (index, item) in items.iter().enumerate() {
                    check(all, &kind["itemType"], item, &format!("{at}[{index}]"), found);
                }
                true
            }
            None => false,
        },
        "UnionType" => kind["elements"].as_array().unwrap().iter().any(|element| {
            let mut faults = Vec::new();
            check(all, element, value, at, &mut faults);
            faults.is_empty()
        }),
        "StringType" => value.is_string(),
        "StringLiteralType" => value == &kind["value"],
        "IntegerType" => value.as_i64().is_some_and(|number| {
            kind["minValue"].as_i64().is_none_or(|least| number >= least)
                && kind["maxValue"].as_i64().is_none_or(|most| number <= most)
        }),
        "BooleanType" => value.is_boolean(),
        _ => true,
    };
    if !is_right {
        found.push(format!("{at}: {value} is no {kind}"));
    }
}

fn object(
    all: &[Value],
    properties: &[&Value],
    others: Option<&Value>,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    let Some(entries) = value.as_object() else { return found.push(format!("{at}: {value} is no object")) };
    let property = |key: &str| properties.iter().find_map(|properties| properties.get(key));
    for (key, value) in entries {
        let at = format!("{at}.{key}");
        match (property(key), others) {
            (Some(property), _) if property["flags"].as_u64().unwrap_or(0) & READ_ONLY != 0 => {
                found.push(format!("{at}: read-only"));
            }
            (Some(property), _) => check(all, &property["type"], value, &at, found),
            (None, Some(others)) => check(all, others, value, &at, found),
            (None, None) => found.push(format!("{at}: unknown")),
        }
    }
    let required = properties.iter().filter_map(|properties| properties.as_object()).flatten();
    let required = required.filter(|(_, property)| property["flags"].as_u64().unwrap_or(0) & REQUIRED != 0);
    found
        .extend(required.filter(|(key, _)| !entries.contains_key(*key)).map(|(key, _)| format!("{at}.{key}: missing")));
}

#[test]
fn the_types_find_what_is_wrong() {
    let with = |properties: Value| {
        faults(
            &serde_json::json!({"type": "Microsoft.Network/firewallPolicies/kubeSelectorGroups", "properties": properties}),
        )
    };
    if ALL.is_none() {
        return;
    }
    assert_eq!(with(serde_json::json!({"podSelector": {"matchLabels": {"app": "web"}}})), Vec::<String>::new());
    assert_eq!(with(serde_json::json!({"podSelector": {"labels": {}}})), ["properties.podSelector.labels: unknown"]);
    assert_eq!(
        with(serde_json::json!({"provisioningState": "Succeeded"})),
        ["properties.provisioningState: read-only"]
    );
}
