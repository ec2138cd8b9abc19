//! Route tables.

use super::value::{EmittedObject, EmittedValue, IdKind};
use super::{EmittedResource, location};
use crate::model;

/// The route tables.
pub(in crate::emit) fn route_tables(model: &model::Model) -> Vec<EmittedResource> {
    model.route_tables.iter().map(route_table).collect()
}

fn route_table(table: &model::RouteTable) -> EmittedResource {
    let properties = EmittedObject::default()
        .with("disableBgpRoutePropagation", table.disable_bgp_propagation)
        .with("routes", table.routes.iter().map(route).collect::<Vec<EmittedValue>>());
    let body = EmittedObject::default()
        .with("location", location(table.location.as_ref()))
        .with_entry("properties", properties);
    EmittedResource::new(IdKind::RouteTable, &[&table.name], body)
}

fn route(route: &model::Route) -> EmittedValue {
    let to = EmittedObject::default().with("addressPrefix", route.prefix.to_string());
    let properties = match &route.next_hop {
        model::NextHop::Appliance(address) => {
            to.with("nextHopType", "VirtualAppliance").with("nextHopIpAddress", address.to_string())
        }
        model::NextHop::Appliances(addresses) => {
            let next = EmittedObject::default().with_texts("nextHopIpAddresses", addresses);
            to.with("nextHopType", "VirtualApplianceEcmp").with_entry("nextHop", next)
        }
        model::NextHop::Unknown(expression) => {
            to.with("nextHopType", "VirtualAppliance").with("nextHopIpAddress", expression.as_str())
        }
        model::NextHop::Internet => to.with("nextHopType", "Internet"),
        model::NextHop::Gateway => to.with("nextHopType", "VirtualNetworkGateway"),
        model::NextHop::VnetLocal => to.with("nextHopType", "VnetLocal"),
        model::NextHop::None => to.with("nextHopType", "None"),
    };
    EmittedObject::default().with("name", &route.name).with_entry("properties", properties).into()
}
