//! What `terraform show -json` prints: a plan or a state, with the resources of the azurerm provider.
//!
//! Each resource is turned into the shape that the Azure API has for it and read as such, so that there is one reader of
//! policies. What is known only after the plan is applied is found by what the configuration refers to, or refused where it
//! matters.

mod around;
mod azapi;
mod cidrs;
mod configuration;
mod partial;
mod pick;
mod places;
mod schema;
mod shape;
mod state_file;
mod templates;
mod values;

use std::collections::HashSet;

use crate::json::{Json, Map};
use indexmap::IndexMap;

use self::configuration::Configuration;
use self::pick::{push, wanted};
use self::shape::Others;
use self::values::{PlannedResource, list, name_of};

pub use self::places::add_places;
use super::assemble::FoundParts;
use super::fault::{ImportFault, quoted};
use super::resource;
use super::tree::{Notes, TreeCursor};
use crate::model::{AssumptionKind, Bearing};
use crate::template::{TemplateNode, UnknownNode};

/// How deep modules are looked for within modules.
const DEEPEST: usize = 32;

/// Whether the object is what `terraform show -json` prints, or a part of it that holds resources, or a stored state.
pub(super) fn is_terraform(object: &Map) -> bool {
    let is_list = |key: &str| object.get(key).is_some_and(Json::is_array);
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

/// Whether resources of that type are read, or refused.
pub fn is_terraform_read(kind: &str) -> bool {
    wanted(kind)
}

/// Reads a plan or a state.
pub(super) fn read(shown: &Map, found: &mut FoundParts) -> Result<(), ImportFault> {
    partial::refuse(shown)?;
    let notes = found.notes();
    partial::tell(shown, &notes);
    let resources =
        if state_file::is_one(shown) { state_file::resources(shown, &notes)? } else { planned(shown, &notes)? };
    let nodes = nodes(&resources, &notes)?;
    cidrs::open_groups(&resources, &nodes, found);
    for (address, node) in &nodes {
        resource::read(&TreeCursor::root(node, address, &notes), None, found)?;
    }
    resources.iter().filter(|resource| templates::is_one(resource.kind)).try_for_each(|of| templates::read(of, found))
}

/// The resources that are there once the plan is applied, or that a state holds.
fn planned<'v>(shown: &'v Map, notes: &Notes) -> Result<Vec<PlannedResource<'v>>, ImportFault> {
    let configuration = Configuration::of(shown);
    let mut resources = Vec::new();
    let root = ["planned_values", "values"].iter().find_map(|key| shown.get(key));
    collect(root.and_then(|values| values.get("root_module")), &configuration, DEEPEST, notes, &mut resources)?;
    let known: HashSet<String> = resources.iter().map(|resource| resource.address.clone()).collect();
    changed(shown, &configuration, &known, notes, &mut resources);
    Ok(resources)
}

fn collect<'v>(
    module: Option<&'v Json>,
    configuration: &Configuration<'v>,
    depth: usize,
    notes: &Notes,
    resources: &mut Vec<PlannedResource<'v>>,
) -> Result<(), ImportFault> {
    let Some(module) = module else { return Ok(()) };
    let Some(depth) = depth.checked_sub(1) else {
        return Err(ImportFault::at("$", "the modules nest too deep"));
    };
    for item in list(module, "resources") {
        let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
        // A data source is something that others manage.
        if text("mode") != "data" {
            let (address, values) = (text("address"), item.get("values").unwrap_or(&Json::Null));
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
    resources: &mut Vec<PlannedResource<'v>>,
) {
    let changes = shown.get("resource_changes").and_then(Json::as_array).into_iter().flatten();
    for item in changes {
        let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
        let address = text("address");
        if text("mode") == "data" || known.contains(address) {
            continue;
        }
        match partial::fate(item) {
            partial::PartialFate::Goes => {}
            partial::PartialFate::Forgotten if wanted(text("type")) => {
                let message = format!("Terraform forgets {}, which stays as it is and is not read", quoted(address));
                notes.tell(AssumptionKind::Omitted, Bearing::EveryFlow, address.to_owned(), message);
            }
            partial::PartialFate::Forgotten => {}
            partial::PartialFate::Stays => {
                let after = item.get("change").and_then(|change| change.get("after")).unwrap_or(&Json::Null);
                push(resources, text("type"), address.to_owned(), after, notes, &|| {
                    configuration.known(address, after)
                });
            }
        }
    }
}

/// The resources in Azure's shape, each with its address.
fn nodes(resources: &[PlannedResource<'_>], notes: &Notes) -> Result<Vec<(String, TemplateNode)>, ImportFault> {
    let mut nodes = Vec::new();
    let is_read_here =
        |resource: &&PlannedResource<'_>| !azapi::is_one(resource.kind) && !templates::is_one(resource.kind);
    for resource in resources.iter().filter(is_read_here) {
        let PlannedResource { address, kind, values } = resource;
        let Some(table) = schema::table(kind) else {
            return Err(ImportFault::at(address, format!("resources of type {} are not read", quoted(kind))));
        };
        let shaped = match table.kind {
            None => continue,
            Some(azure) => {
                let others = if table.is_around { Others::LeftOut } else { Others::Refused };
                let mut shaped = shape::shaped_with(address, values, table.attributes, others)?;
                shape::put(&mut shaped, "type", TemplateNode::Text(azure.to_owned()));
                around::forget_unknown_addresses(&mut shaped);
                shaped
            }
        };
        match full_name(resource, shaped, table.parent) {
            Ok(node) => nodes.push((address.clone(), node)),
            Err(fault) if table.is_around => around::leave_out(address, fault, notes),
            Err(fault) => return Err(fault),
        }
    }
    for resource in resources.iter().filter(|resource| azapi::is_one(resource.kind)) {
        let node = azapi::node(resource, &nodes, notes)?;
        nodes.extend(node.map(|node| (resource.address.clone(), node)));
    }
    cidrs::add(resources, &mut nodes, notes);
    around::associate(resources, &mut nodes, notes);
    nodes.extend(firewalls(resources)?);
    Ok(nodes)
}

/// Puts the name of the resource around it before its own.
fn full_name(
    resource: &PlannedResource<'_>,
    mut shaped: TemplateNode,
    parent: Option<&str>,
) -> Result<TemplateNode, ImportFault> {
    let Some(parent) = parent else { return Ok(shaped) };
    let missing =
        |what: &str| ImportFault::at(format!("{}.{what}", resource.address), format!("expected attribute `{what}`"));
    let around = shape::get(&resource.values, parent).ok_or_else(|| missing(parent))?;
    let own = shape::get(&shaped, "name").ok_or_else(|| missing("name"))?;
    let name = match (name_of(around), name_of(own)) {
        (Some(around), Some(own)) => TemplateNode::Text(format!("{around}/{own}")),
        (known, named) => {
            let (around_name, own_name) = (part(known, around), part(named, own));
            let slash = TemplateNode::Text("/".to_owned());
            let text = format!("{}/{}", written(&around_name), written(&own_name));
            match UnknownNode::joined(&text, &[&around_name, &slash, &own_name]) {
                Some(unknown) => TemplateNode::Expression(Box::new(unknown)),
                None if name_of(own).is_none() => return Err(unresolved(&resource.address, "name", own)),
                None => return Err(unresolved(&resource.address, parent, around)),
            }
        }
    };
    shape::put(&mut shaped, "name", name);
    Ok(shaped)
}

/// A part of a name: what is known of it, else what it is.
fn part(known: Option<String>, node: &TemplateNode) -> TemplateNode {
    known.map_or_else(|| node.clone(), TemplateNode::Text)
}

fn written(part: &TemplateNode) -> String {
    match part {
        TemplateNode::Text(text) => text.clone(),
        TemplateNode::Expression(unknown) => unknown.text.clone(),
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Reference(_)
        | TemplateNode::List(_)
        | TemplateNode::Object(_) => String::new(),
    }
}

fn unresolved(address: &str, attribute: &str, node: &TemplateNode) -> ImportFault {
    let message = match node {
        TemplateNode::Expression(unknown) => format!("it is not known yet: {}", unknown.why()),
        other => format!("found {}, expected the id of a resource", other.described()),
    };
    ImportFault::at(format!("{address}.{attribute}"), message)
}

/// The classic firewalls, each with the collections that name it.
fn firewalls(resources: &[PlannedResource<'_>]) -> Result<Vec<(String, TemplateNode)>, ImportFault> {
    let mut firewalls: IndexMap<String, (String, TemplateNode)> = IndexMap::new();
    for resource in resources {
        let Some(attributes) = schema::classic(resource.kind) else { continue };
        let shaped = shape::shaped(&resource.address, &resource.values, attributes.attributes)?;
        let firewall = shape::get(&resource.values, "azure_firewall_name");
        let name = firewall.and_then(firewall_name);
        let (key, name) = name.ok_or_else(|| {
            unresolved(&resource.address, "azure_firewall_name", firewall.unwrap_or(&TemplateNode::Null))
        })?;
        let (_, node) = firewalls.entry(key.clone()).or_insert_with(|| new_firewall(resources, &key, name));
        shape::put(node, attributes.list, TemplateNode::List(vec![shaped]));
    }
    Ok(firewalls.into_values().collect())
}

/// What tells the firewall of that name, or of that id, from others, and its name.
fn firewall_name(node: &TemplateNode) -> Option<(String, TemplateNode)> {
    match node {
        TemplateNode::Expression(unknown) if unknown.stand_in().is_some() => Some((unknown.key(), node.clone())),
        _ => name_of(node).map(|name| (name.to_ascii_lowercase(), TemplateNode::Text(name))),
    }
}

/// A firewall without its collections, as the resource states that has its name.
fn new_firewall(resources: &[PlannedResource<'_>], key: &str, name: TemplateNode) -> (String, TemplateNode) {
    let is_it = |resource: &&PlannedResource<'_>| {
        let own = shape::get(&resource.values, "name").and_then(firewall_name);
        resource.kind == "azurerm_firewall" && own.is_some_and(|(own, _)| own == key)
    };
    let own = resources.iter().find(is_it);
    let mut node = TemplateNode::Object(Vec::new());
    shape::put(&mut node, "type", TemplateNode::Text("Microsoft.Network/azureFirewalls".to_owned()));
    let shown = written(&name);
    shape::put(&mut node, "name", name);
    for (attribute, path) in [
        ("location", "location"),
        ("threat_intel_mode", "properties/threatIntelMode"),
        ("sku_tier", "properties/sku/tier"),
    ] {
        let said = own.and_then(|own| shape::get(&own.values, attribute));
        if let Some(said) = said.filter(|said| !matches!(said, TemplateNode::Null)) {
            shape::put(&mut node, path, said.clone());
        }
    }
    (own.map_or_else(|| format!("azurerm_firewall {shown}"), |own| own.address.clone()), node)
}
