//! `terraform.tfstate`: the state as Terraform stores it, in version 4.
//!
//! Source: hashicorp/terraform, internal/states/statefile/version4.go of v1.9. It promises no such form to others, so that
//! any other version is refused.

use crate::json::{Json, Map};

use super::pick::{push, wanted};
use super::values::{PlannedResource, list};
use crate::import::fault::{ImportFault, quoted};
use crate::import::tree::Notes;
use crate::model::{AssumptionKind, Bearing};
use crate::template::TemplateNode;

/// Whether the object is a stored state.
pub(super) fn is_one(object: &Map) -> bool {
    let has = |key: &str| object.contains_key(key);
    let is_state = has("resources") || has("modules") || has("encrypted_data");
    object.get("version").or(object.get("encryption_version")).is_some()
        && is_state
        && (has("serial") || has("lineage"))
}

/// The resources of the state.
pub(super) fn resources<'v>(state: &'v Map, notes: &Notes) -> Result<Vec<PlannedResource<'v>>, ImportFault> {
    let version = state.get("version").unwrap_or(&Json::Null);
    if version.as_u64() != Some(4) {
        let found = quoted(&version.to_string());
        let help = "`terraform show -json` prints any";
        return Err(ImportFault::at(
            "$.version",
            format!("found a state file of version {found}, expected version `4`: {help}"),
        ));
    }
    let mut resources = Vec::new();
    for item in state.get("resources").and_then(Json::as_array).into_iter().flatten() {
        let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
        if text("mode") == "data" {
            continue;
        }
        let module = if text("module").is_empty() { String::new() } else { format!("{}.", text("module")) };
        let bare = format!("{module}{}.{}", text("type"), text("name"));
        for instance in list(item, "instances") {
            let address = format!("{bare}{}", index(instance.get("index_key")));
            one(&mut resources, text("type"), address, instance, notes);
        }
    }
    Ok(resources)
}

fn one<'v>(
    resources: &mut Vec<PlannedResource<'v>>,
    kind: &'v str,
    address: String,
    instance: &'v Json,
    notes: &Notes,
) {
    let attributes = instance.get("attributes").unwrap_or(&Json::Null);
    if instance.get("deposed").is_some_and(|key| !key.is_null()) {
        let message = format!("{} has a deposed object, which still exists and is not read", quoted(&address));
        if wanted(kind) {
            notes.tell(AssumptionKind::Omitted, Bearing::EveryFlow, address, message);
        }
        return;
    }
    push(resources, kind, address, attributes, notes, &|| dynamic(attributes.clone()));
}

/// `[0]` or `["key"]`, as addresses have it.
fn index(key: Option<&Json>) -> String {
    match key {
        Some(Json::Null) | None => String::new(),
        Some(key) => format!("[{key}]"),
    }
}

/// The values; one whose type is not fixed is stored with its type beside.
fn dynamic(value: Json) -> TemplateNode {
    match value {
        Json::Object(mut entries) if entries.len() == 2 && entries.contains_key("type") => {
            match entries.remove("value") {
                Some(inner) => dynamic(inner),
                None => object(entries),
            }
        }
        Json::Object(entries) => object(entries),
        Json::Array(items) => TemplateNode::List(items.into_iter().map(dynamic).collect()),
        value @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => TemplateNode::plain(value),
    }
}

fn object(entries: Map) -> TemplateNode {
    TemplateNode::Object(entries.into_iter().map(|(key, value)| (key, dynamic(value))).collect())
}
