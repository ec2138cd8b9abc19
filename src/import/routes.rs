//! Route tables and their routes.

use std::collections::HashMap;

use super::body::{DocumentBody, body};
use super::fault::{ImportFault, quoted};
use super::settings;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{self, Bearing, NextHop, ResourceId, ResourceName};
use crate::net::AddressSpan;
use crate::template::TemplateNode;

const TABLE: &[&str] = &["disableBgpRoutePropagation", "disablePeeringRoute", "routes"];
const ROUTE: &[&str] = &["addressPrefix", "nextHopType", "nextHopIpAddress", "nextHop"];
const ADDRESS: &str = "nextHopIpAddress";

/// Reads a route table. A route to a prefix that only a deployment knows is left out, and the others stay.
pub(super) fn table(id: ResourceId, body: &DocumentBody<'_>) -> Result<model::RouteTable, ImportFault> {
    body.only(TABLE)?;
    let fields = &body.properties;
    if let Some(peering) =
        fields.get("disablePeeringRoute").filter(|at| !matches!(at.node, TemplateNode::Text(text) if text == "None"))
    {
        return Err(peering.expected("`None`, as peering routes that are kept out are not read"));
    }
    Ok(model::RouteTable {
        location: settings::location(&body.resource)?,
        disable_bgp_propagation: disable_bgp_propagation(fields)?,
        routes: routes(&id.name, fields)?,
        name: id.name,
        scope: id.scope,
        subnets: Vec::new(),
        origin: body.resource.cursor.origin(),
    })
}

fn disable_bgp_propagation(fields: &TreeFields<'_>) -> Result<Option<bool>, ImportFault> {
    const NAME: &str = "disableBgpRoutePropagation";
    match fields.get(NAME) {
        Some(cursor) if matches!(cursor.node, TemplateNode::Expression(_)) => {
            cursor
                .leave_unknown(Bearing::Routes, format!("`{NAME}`, {}, cannot be evaluated", cursor.node.described()));
            Ok(None)
        }
        Some(cursor) => cursor.bool().map(Some),
        None => Ok(None),
    }
}

fn routes(table: &ResourceName, fields: &TreeFields<'_>) -> Result<Vec<model::Route>, ImportFault> {
    let Some(list) = fields.get("routes") else { return Ok(Vec::new()) };
    let mut routes: Vec<model::Route> = Vec::new();
    let mut by_prefix: HashMap<String, usize> = HashMap::new();
    for item in list.items()? {
        match listed(&item) {
            Ok(route) => {
                let before = by_prefix.insert(route.prefix.to_string(), routes.len());
                if let Some(other) = before.and_then(|before| routes.get(before)).filter(|other| is_twin(other, &route))
                {
                    item.leave_unknown(Bearing::Routes, twice(table, other, &route));
                }
                routes.push(route);
            }
            Err(fault) if fault.is_unknown => {
                item.omit(Bearing::Routes, format!("a route of {} is left out: {}", quoted(table), fault.message));
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(routes)
}

/// Whether two routes of one table lead to one prefix, and not the same way.
pub(super) fn is_twin(one: &model::Route, other: &model::Route) -> bool {
    one.prefix == other.prefix && one.next_hop != other.next_hop
}

/// What is told of two such routes. Azure refuses them, so that nobody knows which of them would hold.
pub(super) fn twice(table: &ResourceName, one: &model::Route, other: &model::Route) -> String {
    format!(
        "routes {} and {} of {} both lead to `{}`, which Azure refuses: which of them holds is not known",
        quoted(&one.name),
        quoted(&other.name),
        quoted(table),
        one.prefix
    )
}

fn listed(cursor: &TreeCursor<'_>) -> Result<model::Route, ImportFault> {
    let resource = cursor.fields()?;
    let wrapped = resource.object("properties");
    route(resource.require("name")?.resource_name()?, &body(resource, wrapped.as_ref())?)
}

/// Reads a route.
pub(super) fn route(name: ResourceName, body: &DocumentBody<'_>) -> Result<model::Route, ImportFault> {
    body.only(ROUTE)?;
    let fields = &body.properties;
    let prefix = prefix(&fields.require("addressPrefix")?)?;
    let next_hop = next_hop(fields)?;
    if let NextHop::Unknown(what) = &next_hop {
        let message = format!("where route {} to `{prefix}` leads is not known: {}", quoted(&name), quoted(what));
        body.resource.cursor.leave_unknown(Bearing::Routes, message);
    }
    let moves = model::Moves::Flows;
    Ok(model::Route { name, prefix, next_hop, moves, origin: body.resource.cursor.origin() })
}

fn prefix(cursor: &TreeCursor<'_>) -> Result<model::RoutePrefix, ImportFault> {
    match cursor.destination()? {
        model::AddressTerm::Span(AddressSpan::Cidr(cidr)) => Ok(model::RoutePrefix::Cidr(cidr)),
        model::AddressTerm::ServiceTag(tag) => Ok(model::RoutePrefix::ServiceTag(tag)),
        // No answer speaks of IPv6 flows.
        model::AddressTerm::Ipv6(span) => {
            Err(ImportFault { is_unknown: true, ..cursor.fault(format!("its prefix `{span}` is of IPv6")) })
        }
        model::AddressTerm::Span(AddressSpan::Range(..)) | model::AddressTerm::Any => {
            Err(cursor.expected("a prefix or a service tag"))
        }
    }
}

fn next_hop(fields: &TreeFields<'_>) -> Result<NextHop, ImportFault> {
    let kind = fields.require("nextHopType")?;
    if let TemplateNode::Expression(unknown) = kind.node {
        return Ok(NextHop::Unknown(unknown.text.clone()));
    }
    let hop = match kind.text()?.to_ascii_lowercase().as_str() {
        "virtualappliance" => return appliance(fields),
        "virtualapplianceecmp" => return appliances(fields),
        "internet" => NextHop::Internet,
        "virtualnetworkgateway" => NextHop::Gateway,
        "vnetlocal" => NextHop::VnetLocal,
        "none" => NextHop::None,
        _ => {
            return Err(kind.expected(
                "`VirtualAppliance`, `VirtualApplianceEcmp`, `Internet`, `VirtualNetworkGateway`, `VnetLocal` or `None`",
            ));
        }
    };
    let address = fields.get(ADDRESS).or_else(|| fields.get("nextHop"));
    match address {
        Some(address) => Err(address.fault("only a next hop of type `VirtualAppliance` has an address")),
        None => Ok(hop),
    }
}

fn appliance(fields: &TreeFields<'_>) -> Result<NextHop, ImportFault> {
    if let Some(several) = fields.get("nextHop") {
        return Err(several.fault("only a next hop of type `VirtualApplianceEcmp` has several addresses"));
    }
    Ok(match fields.get(ADDRESS) {
        Some(TreeCursor { node: TemplateNode::Expression(unknown), .. }) => NextHop::Unknown(unknown.text.clone()),
        Some(address) => NextHop::Appliance(address.parsed()?),
        // Templates leave it empty where another deployment fills it in.
        None => NextHop::Unknown(format!("no `{ADDRESS}` is stated")),
    })
}

/// `nextHop.nextHopIpAddresses` of `VirtualApplianceEcmp`.
///
/// Source: Azure/azure-rest-api-specs, routeTable.json of Microsoft.Network 2025-07-01.
fn appliances(fields: &TreeFields<'_>) -> Result<NextHop, ImportFault> {
    if let Some(address) = fields.get(ADDRESS) {
        return Err(address.fault("only a next hop of type `VirtualAppliance` has one address"));
    }
    let hop = fields.require("nextHop")?;
    if let TemplateNode::Expression(unknown) = hop.node {
        return Ok(NextHop::Unknown(unknown.text.clone()));
    }
    let hop = hop.fields()?;
    hop.only(&[&["nextHopIpAddresses"]])?;
    let list = hop.require("nextHopIpAddresses")?;
    if let TemplateNode::Expression(unknown) = list.node {
        return Ok(NextHop::Unknown(unknown.text.clone()));
    }
    let mut addresses = Vec::new();
    for item in list.items()? {
        match item.node {
            TemplateNode::Expression(unknown) => return Ok(NextHop::Unknown(unknown.text.clone())),
            _ => addresses.push(item.parsed()?),
        }
    }
    Ok(NextHop::Appliances(addresses))
}
