//! The network around a firewall: what refuses nothing, and which subnets have which route tables.
//!
//! Source: hashicorp/terraform-provider-azurerm, docs of v4, `subnet_route_table_association`: `subnet_id` and
//! `route_table_id`.

use super::shape;
use super::values::{PlannedResource, name_of};
use crate::import::fault::{ImportFault, quoted};
use crate::import::tree::Notes;
use crate::model::{AssumptionKind, Bearing, ResourceId};
use crate::net::same_word;
use crate::template::TemplateNode;

const ASSOCIATION: &str = "azurerm_subnet_route_table_association";
const SUBNETS: &str = "Microsoft.Network/virtualNetworks/subnets";
const ENDPOINTS: &str = "Microsoft.Network/privateEndpoints";
const NETWORKS: &str = "Microsoft.Network/virtualNetworks";

/// Tells that a part of the network is left out.
pub(super) fn leave_out(address: &str, fault: ImportFault, notes: &Notes) {
    let message = format!("a part of the network is left out: {}", fault.message);
    notes.tell(AssumptionKind::Omitted, Bearing::Routes, address.to_owned(), message);
}

/// Leaves out the addresses of a private endpoint that are not known: that none is stated is told.
pub(super) fn forget_unknown_addresses(node: &mut TemplateNode) {
    if !is_of(node, ENDPOINTS) {
        return;
    }
    for item in shape::items_at_mut(node, "properties/ipConfigurations") {
        if let TemplateNode::Object(entries) = item {
            entries.retain(|(_, value)| !matches!(value, TemplateNode::Expression(_)));
        }
    }
}

/// Gives subnets the route tables that associations name. One whose subnet is not known, or not here, is told.
pub(super) fn associate(resources: &[PlannedResource<'_>], nodes: &mut [(String, TemplateNode)], notes: &Notes) {
    for association in resources.iter().filter(|resource| resource.kind == ASSOCIATION) {
        let address = &association.address;
        let tell = |kind: AssumptionKind, why: &str| {
            let message = format!("which subnet {} gives a route table to {why}", quoted(address));
            notes.tell(kind, Bearing::Routes, address.clone(), message);
        };
        let of = |name: &str| shape::get(&association.values, name).filter(|value| !value.is_absent());
        let Some(table) = of("route_table_id") else {
            tell(AssumptionKind::Unknown, "is not known, nor which table");
            continue;
        };
        let Some(subnet) = of("subnet_id").and_then(PlannedSubnet::of) else {
            tell(AssumptionKind::Unknown, "is not known");
            continue;
        };
        if !subnet.give(nodes, table) {
            tell(AssumptionKind::Omitted, "is not here");
        }
    }
}

/// The subnet that an id names.
struct PlannedSubnet {
    /// Of the network and the subnet; of the subnet alone where nothing else is known.
    names: Vec<String>,
    /// The id of the network, as far as that is stated.
    network: Option<ResourceId>,
}

impl PlannedSubnet {
    fn of(id: &TemplateNode) -> Option<Self> {
        match id {
            TemplateNode::Reference(to) if same_word(&to.kind, SUBNETS) => {
                Some(Self { names: to.names.clone(), network: None })
            }
            TemplateNode::Text(text) => {
                let (_, of_provider) = text.rsplit_once("/providers/")?;
                let names: Vec<String> = of_provider.split('/').skip(2).step_by(2).map(str::to_owned).collect();
                (names.len() == 2).then(|| Self { names, network: network_in(text) })
            }
            TemplateNode::Null
            | TemplateNode::Bool(_)
            | TemplateNode::Number(_)
            | TemplateNode::Expression(_)
            | TemplateNode::Reference(_)
            | TemplateNode::List(_)
            | TemplateNode::Object(_) => None,
        }
    }

    /// Puts the table into the one subnet that is meant, a resource of its own or a part of its network.
    fn give(&self, nodes: &mut [(String, TemplateNode)], table: &TemplateNode) -> bool {
        let table = TemplateNode::Object(vec![("id".into(), table.clone())]);
        let own: Vec<usize> =
            nodes.iter().enumerate().filter(|(_, (_, node))| self.is(node)).map(|(at, _)| at).collect();
        match (own.as_slice(), self.names.as_slice()) {
            ([only], _) => {
                let node = nodes.get_mut(*only);
                node.is_some_and(|(_, node)| {
                    shape::put(node, "properties/routeTable", table);
                    true
                })
            }
            ([], [network, subnet]) => {
                let inside = nodes.iter_mut().find(|(_, node)| self.is_in(node, network));
                inside.is_some_and(|(_, node)| give_inside(node, subnet, table))
            }
            _ => false,
        }
    }

    /// Whether the resource is the subnet.
    fn is(&self, node: &TemplateNode) -> bool {
        let Some(TemplateNode::Text(own)) = shape::get(node, "name").filter(|_| is_of(node, SUBNETS)) else {
            return false;
        };
        let own: Vec<&str> = own.split('/').collect();
        let is_named = own.iter().rev().zip(self.names.iter().rev()).all(|(own, name)| same_word(own, name));
        own.len() >= self.names.len() && is_named && self.agrees(text(node, "id").and_then(network_in))
    }

    /// Whether the resource is its network.
    fn is_in(&self, node: &TemplateNode, network: &str) -> bool {
        let own = shape::get(node, "name").and_then(name_of);
        let is_named = own.is_some_and(|own| same_word(&own, network));
        is_of(node, NETWORKS) && is_named && self.agrees(text(node, "id").and_then(ResourceId::parse))
    }

    fn agrees(&self, network: Option<ResourceId>) -> bool {
        self.network.as_ref().zip(network).is_none_or(|(own, network)| own.agrees(&network))
    }
}

/// The id of the network that the id of a subnet states.
fn network_in(subnet: &str) -> Option<ResourceId> {
    let at = subnet.to_ascii_lowercase().find("/subnets/")?;
    ResourceId::parse(subnet.get(..at)?)
}

fn text<'n>(node: &'n TemplateNode, name: &str) -> Option<&'n str> {
    match shape::get(node, name) {
        Some(TemplateNode::Text(text)) => Some(text),
        Some(_) | None => None,
    }
}

fn is_of(node: &TemplateNode, kind: &str) -> bool {
    text(node, "type").is_some_and(|own| same_word(own, kind))
}

/// Puts the table into the subnet that is written in its network.
fn give_inside(network: &mut TemplateNode, subnet: &str, table: TemplateNode) -> bool {
    let is_it = |own: &&mut TemplateNode| text(own, "name").is_some_and(|own| same_word(own, subnet));
    match shape::items_at_mut(network, "properties/subnets").find(is_it) {
        Some(own) => {
            shape::put(own, "routeTable", table);
            true
        }
        None => false,
    }
}
