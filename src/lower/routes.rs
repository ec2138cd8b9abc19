//! Route tables.

use crate::intent;
use crate::model::{NextHop, Route, RoutePrefix, RouteTable, Scope, Subnet};

use super::names::NameTable;

pub(super) fn table(table: &intent::RouteTable) -> RouteTable {
    let mut names = NameTable::default();
    let mut routes: Vec<Route> = table.routes.iter().map(|meant| route(meant, &mut names)).collect();
    routes.sort_by_key(|route| !matches!(&route.prefix, RoutePrefix::Cidr(cidr) if cidr.length() == 0));
    RouteTable {
        name: table.name.value.clone().into(),
        scope: Scope::default(),
        location: table.location.clone(),
        disable_bgp_propagation: table.bgp_propagation.map(|on| !on),
        routes,
        subnets: table.subnets.iter().map(subnet).collect(),
        origin: Some(table.origin.clone()),
    }
}

fn subnet(subnet: &intent::Subnet) -> Subnet {
    let intent::Subnet { name, prefixes, service_endpoints } = subnet.clone();
    Subnet { name, prefixes, service_endpoints }
}

fn route(route: &intent::Route, names: &mut NameTable) -> Route {
    let prefix = match &route.prefix {
        intent::RoutePrefix::Cidr(cidr) => RoutePrefix::Cidr(*cidr),
        intent::RoutePrefix::ServiceTag(tag) => RoutePrefix::ServiceTag(tag.clone()),
    };
    let next_hop = match route.next_hop {
        intent::NextHop::Appliance(address) => NextHop::Appliance(address),
        intent::NextHop::Internet => NextHop::Internet,
        intent::NextHop::Gateway => NextHop::Gateway,
        intent::NextHop::VnetLocal => NextHop::VnetLocal,
        intent::NextHop::None => NextHop::None,
    };
    let name = names.take(&route.name, &prefix.to_string());
    Route { name: name.into(), prefix, next_hop, moves: route.moves, origin: Some(route.origin.clone()) }
}
