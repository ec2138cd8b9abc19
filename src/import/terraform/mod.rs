//! What `terraform show -json` prints: a plan or a state, with the resources of the azurerm provider.
//!
//! Each resource is turned into the shape that the Azure API has for it and read as such, so that there is one reader of
//! policies. What is known only after the plan is applied is found by what the configuration refers to, or refused where it
//! matters.

mod azapi;
mod cidrs;
mod configuration;
mod partial;
mod pick;
mod schema;
mod shape;
mod state_file;
mod templates;
mod values;

use std::collections::HashSet;

use crate::json::{Map, Value};
use indexmap::IndexMap;

use self::configuration::Configuration;
use self::pick::{push, wanted};
use self::values::{Resource, list, name_of};
use super::assemble::Found;
use super::fault::{Fault, quoted};
use super::resource;
use super::tree::{Cursor, Notes};
use crate::model::{AssumptionKind, Bearing};
use crate::template::Node;

/// How deep modules are looked for within modules.
const DEEPEST: usize = 32;

/// Whether the object is what `terraform show -json` prints, or a part of it that holds resources, or a stored state.
pub(super) fn is_terraform(object: &Map) -> bool {
    let is_list = |key: &str| object.get(key).is_some_and(Value::is_array);
    let has_root = |key: &str| object.get(key).is_some_and(|values| values.get("root_module").is_some());
    let is_shown = object.contains_key("format_version")
        && ["planned_values", "values", "errored"].iter().any(|key| object.contains_key(key));
    is_shown
        || is_list("resource_changes")
        || has_root("planned_values")
        || has_root("values")
        || state_file::is_one(object)
}

/// Whether resources of that type may say something about flows.
pub(super) fn is_read(kind: &str) -> bool {
    schema::matters(kind)
}

/// Reads a plan or a state.
pub(super) fn read(shown: &Map, found: &mut Found) -> Result<(), Fault> {
    partial::refuse(shown)?;
    let notes = found.notes();
    partial::tell(shown, &notes);
    let resources =
        if state_file::is_one(shown) { state_file::resources(shown, &notes)? } else { planned(shown, &notes)? };
    let nodes = nodes(&resources, &notes)?;
    cidrs::open_groups(&resources, &nodes, found);
    for (address, node) in &nodes {
        resource::read(&Cursor::root(node, address, &notes), None, found)?;
    }
    resources.iter().filter(|resource| templates::is_one(resource.kind)).try_for_each(|of| templates::read(of, found))
}

/// The resources that are there once the plan is applied, or that a state holds.
fn planned<'v>(shown: &'v Map, notes: &Notes) -> Result<Vec<Resource<'v>>, Fault> {
    let configuration = Configuration::of(shown);
    let mut resources = Vec::new();
    let root = ["planned_values", "values"].iter().find_map(|key| shown.get(key));
    collect(root.and_then(|values| values.get("root_module")), &configuration, DEEPEST, notes, &mut resources)?;
    let known: HashSet<String> = resources.iter().map(|resource| resource.address.clone()).collect();
    changed(shown, &configuration, &known, notes, &mut resources);
    Ok(resources)
}

fn collect<'v>(
    module: Option<&'v Value>,
    configuration: &Configuration<'v>,
    depth: usize,
    notes: &Notes,
    resources: &mut Vec<Resource<'v>>,
) -> Result<(), Fault> {
    let Some(module) = module else { return Ok(()) };
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Fault::at("$", "the modules nest too deep"));
    };
    for item in list(module, "resources") {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        // A data source is something that others manage.
        if text("mode") != "data" {
            let (address, values) = (text("address"), item.get("values").unwrap_or(&Value::Null));
            push(resources, text("type"), address.to_owned(), values, notes, &|| configuration.known(address, values));
        }
    }
    list(module, "child_modules").try_for_each(|child| collect(Some(child), configuration, depth, notes, resources))
}

/// Adds what only the changes of a plan have: whoever filters a plan may keep nothing else.
fn changed<'v>(
    shown: &'v Map,
    configuration: &Configuration<'v>,
    known: &HashSet<String>,
    notes: &Notes,
    resources: &mut Vec<Resource<'v>>,
) {
    let changes = shown.get("resource_changes").and_then(Value::as_array).into_iter().flatten();
    for item in changes {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let address = text("address");
        if text("mode") == "data" || known.contains(address) {
            continue;
        }
        match partial::fate(item) {
            partial::Fate::Goes => {}
            partial::Fate::Forgotten if wanted(text("type")) => {
                let message = format!("Terraform forgets {}, which stays as it is and is not read", quoted(address));
                notes.tell(AssumptionKind::Omitted, Bearing::EveryFlow, address.to_owned(), message);
            }
            partial::Fate::Forgotten => {}
            partial::Fate::Stays => {
                let after = item.get("change").and_then(|change| change.get("after")).unwrap_or(&Value::Null);
                push(resources, text("type"), address.to_owned(), after, notes, &|| {
                    configuration.known(address, after)
                });
            }
        }
    }
}

/// The resources in Azure's shape, each with its address.
fn nodes(resources: &[Resource<'_>], notes: &Notes) -> Result<Vec<(String, Node)>, Fault> {
    let mut nodes = Vec::new();
    let is_read_here = |resource: &&Resource<'_>| !azapi::is_one(resource.kind) && !templates::is_one(resource.kind);
    for resource in resources.iter().filter(is_read_here) {
        let Resource { address, kind, values } = resource;
        let Some(table) = schema::table(kind) else {
            return Err(Fault::at(address, format!("resources of type {} are not read", quoted(kind))));
        };
        let shaped = match table.kind {
            None => continue,
            Some(azure) => {
                let mut shaped = shape::shaped(address, values, table.attributes)?;
                shape::put(&mut shaped, "type", Node::Text(azure.to_owned()));
                shaped
            }
        };
        nodes.push((address.clone(), full_name(resource, shaped, table.parent)?));
    }
    for resource in resources.iter().filter(|resource| azapi::is_one(resource.kind)) {
        let node = azapi::node(resource, &nodes, notes)?;
        nodes.extend(node.map(|node| (resource.address.clone(), node)));
    }
    cidrs::add(resources, &mut nodes, notes);
    nodes.extend(firewalls(resources)?);
    Ok(nodes)
}

/// Puts the name of the resource around it in front of its own.
fn full_name(resource: &Resource<'_>, mut shaped: Node, parent: Option<&str>) -> Result<Node, Fault> {
    let Some(parent) = parent else { return Ok(shaped) };
    let missing =
        |what: &str| Fault::at(format!("{}.{what}", resource.address), format!("expected attribute `{what}`"));
    let around = shape::get(&resource.values, parent).ok_or_else(|| missing(parent))?;
    let around = match name_of(around) {
        Some(name) => name,
        None => return Err(unresolved(&resource.address, parent, around)),
    };
    let own = shape::get(&shaped, "name").and_then(name_of).ok_or_else(|| missing("name"))?;
    shape::put(&mut shaped, "name", Node::Text(format!("{around}/{own}")));
    Ok(shaped)
}

fn unresolved(address: &str, attribute: &str, node: &Node) -> Fault {
    let message = match node {
        Node::Expression(unknown) => format!("it is not known yet: {}", unknown.why()),
        other => format!("found {}, expected the id of a resource", other.described()),
    };
    Fault::at(format!("{address}.{attribute}"), message)
}

/// The classic firewalls, each with the collections that name it.
fn firewalls(resources: &[Resource<'_>]) -> Result<Vec<(String, Node)>, Fault> {
    let mut firewalls: IndexMap<String, (String, Node)> = IndexMap::new();
    for resource in resources {
        let Some(attributes) = schema::classic(resource.kind) else { continue };
        let shaped = shape::shaped(&resource.address, &resource.values, attributes.attributes)?;
        let firewall = shape::get(&resource.values, "azure_firewall_name");
        let name = firewall
            .and_then(name_of)
            .ok_or_else(|| unresolved(&resource.address, "azure_firewall_name", firewall.unwrap_or(&Node::Null)))?;
        let (_, node) = firewalls.entry(name.to_ascii_lowercase()).or_insert_with(|| new_firewall(resources, &name));
        shape::put(node, attributes.list, Node::List(vec![shaped]));
    }
    Ok(firewalls.into_values().collect())
}

/// A firewall without its collections, as the resource says that has its name.
fn new_firewall(resources: &[Resource<'_>], name: &str) -> (String, Node) {
    let is_it = |resource: &&Resource<'_>| {
        resource.kind == "azurerm_firewall"
            && shape::get(&resource.values, "name").and_then(name_of).as_deref() == Some(name)
    };
    let own = resources.iter().find(is_it);
    let mut node = Node::Object(Vec::new());
    shape::put(&mut node, "type", Node::Text("Microsoft.Network/azureFirewalls".to_owned()));
    shape::put(&mut node, "name", Node::Text(name.to_owned()));
    for (attribute, path) in [
        ("location", "location"),
        ("threat_intel_mode", "properties/threatIntelMode"),
        ("sku_tier", "properties/sku/tier"),
    ] {
        let said = own.and_then(|own| shape::get(&own.values, attribute));
        if let Some(said) = said.filter(|said| !matches!(said, Node::Null)) {
            shape::put(&mut node, path, said.clone());
        }
    }
    (own.map_or_else(|| format!("azurerm_firewall {name}"), |own| own.address.clone()), node)
}
