//! What `terraform show -json` prints: a plan or a state, with the resources of the azurerm provider.
//!
//! Each resource is turned into the shape that the Azure API has for it and read as such, so that there is one reader of
//! policies. What is known only after the plan is applied is found by what the configuration refers to, or refused where it
//! matters.

mod configuration;
mod schema;
mod shape;

use crate::net::same_word;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use self::configuration::Configuration;
use super::assemble::Found;
use super::fault::{Fault, quoted};
use super::resource;
use super::tree::Cursor;
use crate::model;
use crate::template::{Node, Reference};

/// How deep modules are looked for within modules.
const DEEPEST: usize = 32;

/// A resource of a plan or a state.
struct Resource<'v> {
    /// As in `module.hub.azurerm_ip_group.spokes["prod"]`.
    address: &'v str,
    kind: &'v str,
    values: Node,
}

/// Whether the object is what `terraform show -json` prints.
pub(super) fn is_terraform(object: &Map<String, Value>) -> bool {
    object.contains_key("format_version") && (object.contains_key("planned_values") || object.contains_key("values"))
}

/// Reads a plan or a state.
pub(super) fn read(shown: &Map<String, Value>, found: &mut Found) -> Result<(), Fault> {
    if shown.get("errored") == Some(&Value::Bool(true)) {
        return Err(Fault::at("$.errored", "the plan ended with an error, so that it is not whole: plan again"));
    }
    let configuration = Configuration::of(shown);
    let key = if shown.contains_key("planned_values") { "planned_values" } else { "values" };
    let mut resources = Vec::new();
    let root = shown.get(key).and_then(|values| values.get("root_module"));
    collect(root, &configuration, DEEPEST, &mut resources)?;
    let notes = found.notes();
    for node in nodes(&resources)? {
        let (address, node) = node;
        resource::read(&Cursor::root(&node, &address, &notes), None, found)?;
    }
    Ok(())
}

fn collect<'v>(
    module: Option<&'v Value>,
    configuration: &Configuration<'v>,
    depth: usize,
    resources: &mut Vec<Resource<'v>>,
) -> Result<(), Fault> {
    let Some(module) = module else { return Ok(()) };
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Fault::at("$", "the modules nest too deep"));
    };
    for item in list(module, "resources") {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        // A data source is something that others manage.
        if text("mode") == "data" || !schema::matters(text("type")) {
            continue;
        }
        let address = text("address");
        let values = configuration.known(address, item.get("values").unwrap_or(&Value::Null));
        resources.push(Resource { address, kind: text("type"), values });
    }
    list(module, "child_modules").try_for_each(|child| collect(Some(child), configuration, depth, resources))
}

fn list<'v>(of: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    of.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The resources in Azure's shape, each with its address.
fn nodes(resources: &[Resource<'_>]) -> Result<Vec<(String, Node)>, Fault> {
    let mut nodes = Vec::new();
    for resource in resources {
        let Resource { address, kind, values } = resource;
        let Some(table) = schema::table(kind) else {
            return Err(Fault::at(*address, format!("resources of type {} are not read", quoted(kind))));
        };
        let shaped = match table.kind {
            None => continue,
            Some(azure) => {
                let mut shaped = shape::shaped(address, values, table.attributes)?;
                shape::put(&mut shaped, "type", Node::Text(azure.to_owned()));
                shaped
            }
        };
        nodes.push(((*address).to_owned(), full_name(resource, shaped, table.parent)?));
    }
    add_cidrs(resources, &mut nodes);
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
        None => return Err(unresolved(resource.address, parent, around)),
    };
    let own = shape::get(&shaped, "name").and_then(name_of).ok_or_else(|| missing("name"))?;
    shape::put(&mut shaped, "name", Node::Text(format!("{around}/{own}")));
    Ok(shaped)
}

/// The name that a name or an id says.
fn name_of(node: &Node) -> Option<String> {
    match node {
        Node::Text(id) => id.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned),
        Node::Reference(Reference { names, .. }) => names.last().cloned(),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Expression(_) | Node::List(_) | Node::Object(_) => None,
    }
}

fn unresolved(address: &str, attribute: &str, node: &Node) -> Fault {
    let message = match node {
        Node::Expression(unknown) => format!("it is not known yet: {}", unknown.why()),
        other => format!("found {}, expected the id of a resource", other.described()),
    };
    Fault::at(format!("{address}.{attribute}"), message)
}

/// Puts the members that stand in resources of their own into their IP groups.
fn add_cidrs(resources: &[Resource<'_>], nodes: &mut [(String, Node)]) {
    for member in resources.iter().filter(|resource| resource.kind == "azurerm_ip_group_cidr") {
        let group = shape::get(&member.values, "ip_group_id").and_then(name_of);
        let (Some(group), Some(cidr)) = (group, shape::get(&member.values, "cidr")) else { continue };
        for (_, node) in nodes.iter_mut() {
            let is_it = shape::get(node, "name").and_then(name_of).is_some_and(|name| same_word(&name, &group))
                && matches!(shape::get(node, "type"), Some(Node::Text(kind)) if kind == model::IP_GROUPS);
            // A group lists its members as well once they are made.
            if is_it && !shape::items_at(node, "properties/ipAddresses").any(|known| same_text(known, cidr)) {
                shape::put(node, "properties/ipAddresses", Node::List(vec![cidr.clone()]));
            }
        }
    }
}

fn same_text(a: &Node, b: &Node) -> bool {
    matches!((a, b), (Node::Text(a), Node::Text(b)) if a == b)
}

/// The classic firewalls, each with the collections that name it.
fn firewalls(resources: &[Resource<'_>]) -> Result<Vec<(String, Node)>, Fault> {
    let mut firewalls: IndexMap<String, (String, Node)> = IndexMap::new();
    for resource in resources {
        let Some(attributes) = schema::classic(resource.kind) else { continue };
        let shaped = shape::shaped(resource.address, &resource.values, attributes.attributes)?;
        let firewall = shape::get(&resource.values, "azure_firewall_name");
        let name = firewall
            .and_then(name_of)
            .ok_or_else(|| unresolved(resource.address, "azure_firewall_name", firewall.unwrap_or(&Node::Null)))?;
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
    (own.map_or_else(|| format!("azurerm_firewall {name}"), |own| own.address.to_owned()), node)
}
