//! Route tables.

use serde_json::Value;

use super::value::Object;
use super::{ROUTE_TABLES, location, resource, template};
use crate::azure;

/// The template of the route tables, where the model has any.
pub fn route_template(model: &azure::Model) -> Option<Value> {
    let tables: Vec<Value> = model.route_tables.iter().map(route_table).collect();
    (!tables.is_empty()).then(|| template(tables))
}

fn route_table(table: &azure::RouteTable) -> Value {
    let properties = Object::default()
        .with("disableBgpRoutePropagation", table.disable_bgp_propagation)
        .with("routes", table.routes.iter().map(route).collect::<Vec<Value>>());
    resource(ROUTE_TABLES, &table.name)
        .with("location", location(table.location.as_ref()))
        .with_body("properties", properties)
        .into()
}

fn route(route: &azure::Route) -> Value {
    let to = Object::default().with_text("addressPrefix", route.prefix.to_string());
    let properties = match route.next_hop {
        azure::NextHop::Appliance(address) => {
            to.with("nextHopType", "VirtualAppliance").with("nextHopIpAddress", address.to_string())
        }
        azure::NextHop::Internet => to.with("nextHopType", "Internet"),
        azure::NextHop::Gateway => to.with("nextHopType", "VirtualNetworkGateway"),
        azure::NextHop::VnetLocal => to.with("nextHopType", "VnetLocal"),
        azure::NextHop::None => to.with("nextHopType", "None"),
    };
    Object::default().with_text("name", &route.name).with_body("properties", properties).into()
}
