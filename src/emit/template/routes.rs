//! Route tables.

use super::value::{Kind, Object, Value};
use super::{Resource, location};
use crate::model;

/// The route tables.
pub(in crate::emit) fn route_tables(model: &model::Model) -> Vec<Resource> {
    model.route_tables.iter().map(route_table).collect()
}

fn route_table(table: &model::RouteTable) -> Resource {
    let properties = Object::default()
        .with("disableBgpRoutePropagation", table.disable_bgp_propagation)
        .with("routes", table.routes.iter().map(route).collect::<Vec<Value>>());
    let body =
        Object::default().with("location", location(table.location.as_ref())).with_entry("properties", properties);
    Resource::new(Kind::RouteTable, &[&table.name], body)
}

fn route(route: &model::Route) -> Value {
    let to = Object::default().with("addressPrefix", route.prefix.to_string());
    let properties = match &route.next_hop {
        model::NextHop::Appliance(address) => {
            to.with("nextHopType", "VirtualAppliance").with("nextHopIpAddress", address.to_string())
        }
        model::NextHop::Appliances(addresses) => {
            let next = Object::default().with_texts("nextHopIpAddresses", addresses);
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
    Object::default().with("name", &route.name).with_entry("properties", properties).into()
}
