//! Resources of the azapi provider, whose `body` is the resource as Azure has it.
//!
//! Source: Azure/terraform-provider-azapi, docs/resources of v2.4: `type` is `TYPE@API`, `parent_id` and `name` say which
//! resource it is, `body` is an object, or JSON text before version 2.

use super::shape;
use super::values::{PlannedResource, name_of};
use crate::import::fault::{ImportFault, quoted};
use crate::import::tree::Notes;
use crate::import::{json, resource, unread};
use crate::model::{AssumptionKind, Bearing};
use crate::net::same_word;
use crate::template::TemplateNode;

const RESOURCE: &str = "azapi_resource";
const UPDATE: &str = "azapi_update_resource";
const ACTION: &str = "azapi_resource_action";

/// Whether a resource of that type holds one of Azure's.
pub(super) fn is_one(kind: &str) -> bool {
    [RESOURCE, UPDATE, ACTION].contains(&kind)
}

/// Azure's type of an `azapi` resource, without its API version.
pub(super) fn kind_of(values: &TemplateNode) -> Option<&str> {
    match shape::get(values, "type") {
        Some(TemplateNode::Text(kind)) => Some(bare(kind)),
        Some(_) | None => None,
    }
}

/// The type without its API version.
pub(super) fn bare(kind: &str) -> &str {
    kind.split_once('@').map_or(kind, |(kind, _)| kind)
}

/// The resource in Azure's shape; `None` where it does not belong to a firewall, or is not known, which is told. `known` are the
/// others of the same plan.
pub(super) fn node(
    of: &PlannedResource<'_>,
    known: &[(String, TemplateNode)],
    notes: &Notes,
) -> Result<Option<TemplateNode>, ImportFault> {
    let PlannedResource { address, kind, values } = of;
    let name = shape::get(values, "name").and_then(name_of).or_else(|| name_of(&resource_id(values)?));
    let name = name.unwrap_or_default();
    let unknown = |what: &str| {
        let message = format!("{what} of {} is not known: it is not read, and may hold rules", quoted(address));
        notes.tell(AssumptionKind::Unknown, Bearing::EveryFlow, address.clone(), message);
        Ok(None)
    };
    let Some(azure) = kind_of(values) else { return unknown("the type") };
    if *kind == ACTION || resource::is_ignored(azure) {
        let is_read = !resource::is_ignored(azure);
        if is_read {
            let message = format!("action {} on a resource of type {} is not read", quoted(address), quoted(azure));
            notes.tell(AssumptionKind::Omitted, Bearing::EveryFlow, address.clone(), message);
        } else {
            unread::tell_unread(notes, address, azure, &name, values);
        }
        return Ok(None);
    }
    if shape::get(values, "sensitive_body").is_some_and(|body| !body.is_absent()) {
        return unknown("`sensitive_body`");
    }
    let Some(mut node) = body(address, values)? else { return unknown("`body`") };
    if *kind == UPDATE {
        update(address, azure, &name, known, notes)?;
    }
    shape::put(&mut node, "type", TemplateNode::Text(azure.to_owned()));
    shape::put(&mut node, "name", TemplateNode::Text(full_name(address, azure, &name, values)?));
    for attribute in ["id", "location", "tags"] {
        if let Some(value) = shape::get(values, attribute).filter(|value| is_stated(value)) {
            shape::put(&mut node, attribute, value.clone());
        }
    }
    if let Some(id) = resource_id(values).or_else(|| id_below(azure, &name, values)).filter(is_stated) {
        shape::put(&mut node, "id", id);
    }
    Ok(Some(node))
}

fn is_stated(value: &TemplateNode) -> bool {
    !value.is_absent() && !matches!(value, TemplateNode::Expression(_))
}

fn resource_id(values: &TemplateNode) -> Option<TemplateNode> {
    shape::get(values, "resource_id").filter(|id| is_stated(id)).cloned()
}

/// The id that a resource has below its `parent_id`, where nothing states its own.
fn id_below(azure: &str, name: &str, values: &TemplateNode) -> Option<TemplateNode> {
    if shape::get(values, "id").is_some_and(is_stated) {
        return None;
    }
    let Some(TemplateNode::Text(parent)) = shape::get(values, "parent_id") else { return None };
    let step = match azure.split('/').collect::<Vec<_>>().as_slice() {
        [_, _] => format!("providers/{azure}"),
        [.., last] => (*last).to_owned(),
        [] => return None,
    };
    Some(TemplateNode::Text(format!("{parent}/{step}/{name}")))
}

/// The body as a value; `None` where it is not known.
fn body(address: &str, values: &TemplateNode) -> Result<Option<TemplateNode>, ImportFault> {
    let at = || format!("{address}.body");
    Ok(match shape::get(values, "body") {
        Some(TemplateNode::Text(text)) if !text.is_empty() => {
            let value = json::parse(text).map_err(|fault| ImportFault::at(at(), fault.message))?;
            Some(TemplateNode::plain(value))
        }
        Some(TemplateNode::Object(entries)) => Some(TemplateNode::Object(entries.clone())),
        Some(TemplateNode::Expression(_)) => None,
        Some(TemplateNode::Null | TemplateNode::Text(_)) | None => Some(TemplateNode::Object(Vec::new())),
        Some(
            other @ (TemplateNode::Bool(_)
            | TemplateNode::Number(_)
            | TemplateNode::Reference(_)
            | TemplateNode::List(_)),
        ) => {
            return Err(ImportFault::at(at(), format!("found {}, expected an object or JSON text", other.described())));
        }
    })
}

/// The name with those of the resources around it.
fn full_name(address: &str, azure: &str, name: &str, values: &TemplateNode) -> Result<String, ImportFault> {
    if azure.matches('/').count() < 2 {
        return Ok(name.to_owned());
    }
    let around = match (shape::get(values, "parent_id").filter(|parent| is_stated(parent)), resource_id(values)) {
        (Some(TemplateNode::Reference(to)), _) => Some(to.names.join("/")),
        (Some(parent), _) => name_of(parent),
        (None, Some(TemplateNode::Text(id))) => id.rsplit('/').nth(2).map(str::to_owned),
        (None, _) => None,
    };
    match around {
        Some(around) => Ok(format!("{around}/{name}")),
        None => Err(ImportFault::at(format!("{address}.parent_id"), "it is not known: expected the id of a resource")),
    }
}

/// An update changes what is there already. Where that is in the same plan, what comes of both is the provider's matter.
fn update(
    address: &str,
    azure: &str,
    name: &str,
    known: &[(String, TemplateNode)],
    notes: &Notes,
) -> Result<(), ImportFault> {
    let is_it = |node: &TemplateNode| {
        matches!(shape::get(node, "type"), Some(TemplateNode::Text(kind)) if same_word(kind, azure))
            && shape::get(node, "name").and_then(name_of).is_some_and(|own| same_word(&own, name))
    };
    if let Some((other, _)) = known.iter().find(|(_, node)| is_it(node)) {
        let message = format!("it changes {}, and what comes of both is not read", quoted(other));
        return Err(ImportFault::at(address, message));
    }
    let message = format!("{} changes {}, the rest of which is not here", quoted(address), quoted(name));
    notes.tell(AssumptionKind::Omitted, Bearing::EveryFlow, address.to_owned(), message);
    Ok(())
}
