//! FW0607: a table in which AKS itself keeps routes. With kubenet, AKS adds a route to the pods of each node, whose next hop
//! is the node; a tool that writes the whole table removes them.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{NextHop, Route, RoutePrefix};
use crate::net::{AddressSet, AddressSpan};

use super::network::{LintedNetwork, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0607], check);

/// Reports each table with a route to pods.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.tables.iter().filter_map(|table| finding(network, table)).collect()
}

fn finding(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> Option<Diagnostic> {
    let (route, node) = table.table.routes.iter().find_map(|route| Some((route, node(table, route)?)))?;
    let name = &table.table.name;
    let message = format!("`{name}` has a route to a node's pods, which AKS keeps");
    let path = vec![
        "the subnets of the table".to_owned(),
        words::at_table(table, &words::route(route, network)),
        format!("-> node {node} -> its pods"),
        "x  a table deployed whole loses what AKS adds for new nodes".to_owned(),
    ];
    let found = table.route_finding(Code::FW0607, route, message).path(path);
    Some(found.help("let AKS own the table and add routes one by one, or use Azure CNI"))
}

/// The node that a route leads to: AKS names the route so or, as kubenet gives each node a /24, it is to one, and the next hop
/// is in the table's own subnets and is no firewall.
fn node(table: &LintedTable<'_>, route: &Route) -> Option<Ipv4Addr> {
    let NextHop::Appliance(hop) = route.next_hop else { return None };
    let RoutePrefix::Cidr(prefix) = &route.prefix else { return None };
    let to_pods = AddressSet::private().covers(&AddressSpan::Cidr(*prefix).into());
    let beside =
        prefix.length() == PODS_OF_A_NODE && table.subnets.contains(hop) && !table.is_firewall(&route.next_hop);
    (to_pods && (beside || is_named_by_aks(&route.name))).then_some(hop)
}

/// The length of the prefix that a node's pods have.
const PODS_OF_A_NODE: u8 = 24;

/// AKS names such a route `aks-POOL-HASH-vmssNNNNNN____PREFIX`.
fn is_named_by_aks(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("aks-") && name.contains("____")
}
