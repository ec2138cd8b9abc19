//! Resources of the azapi provider, whose `body` is the resource as Azure has it.
//!
//! Source: Azure/terraform-provider-azapi, docs/resources of v2.4: `type` is `TYPE@API`, `parent_id` and `name` say which
//! resource it is, `body` is an object, or JSON text before version 2.

use super::shape;
use super::values::{Resource, name_of};
use crate::import::fault::{Fault, quoted};
use crate::import::tree::Notes;
use crate::import::{json, resource, unread};
use crate::model::{AssumptionKind, Bearing};
use crate::net::same_word;
use crate::template::Node;

const RESOURCE: &str = "azapi_resource";
const UPDATE: &str = "azapi_update_resource";
const ACTION: &str = "azapi_resource_action";

/// Whether a resource of that type holds one of Azure's.
pub(super) fn is_one(kind: &str) -> bool {
    [RESOURCE, UPDATE, ACTION].contains(&kind)
}

/// Azure's type of an `azapi` resource, without its API version.
pub(super) fn kind_of(values: &Node) -> Option<&str> {
    match shape::get(values, "type") {
        Some(Node::Text(kind)) => Some(bare(kind)),
        Some(_) | None => None,
    }
}

/// The type without its API version.
pub(super) fn bare(kind: &str) -> &str {
    kind.split_once('@').map_or(kind, |(kind, _)| kind)
}

/// The resource in Azure's shape; `None` where it is none of a firewall's, or is not known, which is told. `known` are the
/// others of the same plan.
pub(super) fn node(of: &Resource<'_>, known: &[(String, Node)], notes: &Notes) -> Result<Option<Node>, Fault> {
    let Resource { address, kind, values } = of;
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
    shape::put(&mut node, "type", Node::Text(azure.to_owned()));
    shape::put(&mut node, "name", Node::Text(full_name(address, azure, &name, values)?));
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

fn is_stated(value: &Node) -> bool {
    !value.is_absent() && !matches!(value, Node::Expression(_))
}

fn resource_id(values: &Node) -> Option<Node> {
    shape::get(values, "resource_id").filter(|id| is_stated(id)).cloned()
}

/// The id that a resource has below its `parent_id`, where nothing states its own.
fn id_below(azure: &str, name: &str, values: &Node) -> Option<Node> {
    if shape::get(values, "id").is_some_and(is_stated) {
        return None;
    }
    let Some(Node::Text(parent)) = shape::get(values, "parent_id") else { return None };
    let step = match azure.split('/').collect::<Vec<_>>().as_slice() {
        [_, _] => format!("providers/{azure}"),
        [.., last] => (*last).to_owned(),
        [] => return None,
    };
    Some(Node::Text(format!("{parent}/{step}/{name}")))
}

/// The body as a value; `None` where it is not known.
fn body(address: &str, values: &Node) -> Result<Option<Node>, Fault> {
    let at = || format!("{address}.body");
    Ok(match shape::get(values, "body") {
        Some(Node::Text(text)) if !text.is_empty() => {
            let value = json::parse(text).map_err(|fault| Fault::at(at(), fault.message))?;
            Some(Node::plain(value))
        }
        Some(Node::Object(entries)) => Some(Node::Object(entries.clone())),
        Some(Node::Expression(_)) => None,
        Some(Node::Null | Node::Text(_)) | None => Some(Node::Object(Vec::new())),
        Some(other @ (Node::Bool(_) | Node::Number(_) | Node::Reference(_) | Node::List(_))) => {
            return Err(Fault::at(at(), format!("found {}, expected an object or JSON text", other.described())));
        }
    })
}

/// The name with those of the resources around it.
fn full_name(address: &str, azure: &str, name: &str, values: &Node) -> Result<String, Fault> {
    if azure.matches('/').count() < 2 {
        return Ok(name.to_owned());
    }
    let around = match (shape::get(values, "parent_id").filter(|parent| is_stated(parent)), resource_id(values)) {
        (Some(Node::Reference(to)), _) => Some(to.names.join("/")),
        (Some(parent), _) => name_of(parent),
        (None, Some(Node::Text(id))) => id.rsplit('/').nth(2).map(str::to_owned),
        (None, _) => None,
    };
    match around {
        Some(around) => Ok(format!("{around}/{name}")),
        None => Err(Fault::at(format!("{address}.parent_id"), "it is not known: expected the id of a resource")),
    }
}

/// An update changes what is there already. Where that is in the same plan, what comes of both is the provider's matter.
fn update(address: &str, azure: &str, name: &str, known: &[(String, Node)], notes: &Notes) -> Result<(), Fault> {
    let is_it = |node: &Node| {
        matches!(shape::get(node, "type"), Some(Node::Text(kind)) if same_word(kind, azure))
            && shape::get(node, "name").and_then(name_of).is_some_and(|own| same_word(&own, name))
    };
    if let Some((other, _)) = known.iter().find(|(_, node)| is_it(node)) {
        let message = format!("it changes {}, and what comes of both is not read", quoted(other));
        return Err(Fault::at(address, message));
    }
    let message = format!("{} changes {}, the rest of which is not here", quoted(address), quoted(name));
    notes.tell(AssumptionKind::Omitted, Bearing::EveryFlow, address.to_owned(), message);
    Ok(())
}
