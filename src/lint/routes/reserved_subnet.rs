//! FW0613: what the subnets of Azure's own services require of a route table. That of gateways has a code of its own,
//! FW0605.
//!
//! Sources, Microsoft Learn: "Azure Bastion FAQ" (copy of 2025), "UDR isn't supported on an Azure Bastion subnet"; "Azure
//! Route Server FAQ" (copy of 2022), no user-defined routes on its subnet; "Azure Firewall Management NIC" (copy of 2025), the
//! only route is 0.0.0.0/0 to the Internet, learned routes are kept out; "Azure Firewall forced tunneling" (copy of 2025), any
//! other default route of the firewall's subnet needs that interface; "Application Gateway infrastructure configuration" (copy
//! of 2024), 0.0.0.0/0 to a virtual appliance or a gateway is not supported for v2 with a public frontend; "API Server VNet
//! Integration" (copy of 2026-01), the subnet is a /28 or larger, and nodes and API server reach each other directly.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::exposure::{WIDE_PREFIX, is_wide};
use crate::model::{Moves, NextHop, Route, RoutePrefix};
use crate::net::{AddressSet, AddressSpan};

use super::network::{LintedNetwork, OfRoutes};
use super::reserved::Reserved;
use super::table::{LintedTable, TablePlace};
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0613], check);

/// The longest prefix that the subnet of an API server may have.
const API_SERVER: u8 = 28;

/// Reports each table that a service does not take at its subnet.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let places = network.tables.iter().flat_map(|table| table.places.iter().map(move |place| (table, place)));
    places.flat_map(|(table, place)| of_place(network, &SubnetPlace { table, place })).collect()
}

/// A table at a subnet.
struct SubnetPlace<'n, 'm> {
    table: &'n LintedTable<'m>,
    place: &'n TablePlace<'m>,
}

fn of_place(network: &LintedNetwork<'_>, at: &SubnetPlace<'_, '_>) -> Vec<Diagnostic> {
    match at.place.kind {
        Some(Reserved::Bastion) => vec![no_table(network, at, "Azure Bastion")],
        Some(Reserved::RouteServer) => vec![no_table(network, at, "Route Server")],
        Some(Reserved::FirewallManagement) => management(network, at),
        Some(Reserved::Firewall) => firewall(network, at).into_iter().collect(),
        Some(Reserved::ApplicationGateway) => application_gateway(network, at).into_iter().collect(),
        Some(Reserved::ApiServer) => [too_small(at), api_server(network, at)].into_iter().flatten().collect(),
        Some(Reserved::Gateway) | None => Vec::new(),
    }
}

impl SubnetPlace<'_, '_> {
    /// A finding about the table.
    fn finding(&self, says: &str, table_says: &str, end: &str) -> Diagnostic {
        let name = self.place.name;
        let path = vec![format!("what is in {name}"), words::at_table(self.table, table_says), end.to_owned()];
        let message = format!("`{name}` {says}");
        let found = match self.place.origin {
            Some(origin) => Diagnostic::new(Code::FW0613, origin.at, message),
            None => self.table.finding(Code::FW0613, message),
        };
        found.path(path)
    }

    /// A finding about a route of it.
    fn route_finding(&self, network: &LintedNetwork<'_>, route: &Route, says: &str, end: &str) -> Diagnostic {
        let name = self.place.name;
        let table_says = words::route(route, network);
        let path = vec![format!("what is in {name}"), words::at_table(self.table, &table_says), end.to_owned()];
        self.table.route_finding(Code::FW0613, route, format!("`{name}` {says}")).path(path)
    }
}

fn no_table(network: &LintedNetwork<'_>, at: &SubnetPlace<'_, '_>, service: &str) -> Diagnostic {
    let routes = at.table.table.routes.first().map_or("no route".to_owned(), |route| words::route(route, network));
    let end = format!("x  {service} does not support routes of one's own");
    at.finding("does not take a route table", &routes, &end).help("remove the subnet from the table")
}

fn management(network: &LintedNetwork<'_>, at: &SubnetPlace<'_, '_>) -> Vec<Diagnostic> {
    let is_right = |route: &&Route| is_default(route) && route.next_hop == NextHop::Internet;
    let mut found = Vec::new();
    if let Some(wrong) = at.table.table.routes.iter().find(|route| !is_right(route)) {
        let end = "x  the firewall loses what manages it";
        let one = at.route_finding(network, wrong, "takes one route only, 0.0.0.0/0 to the Internet", end);
        found.push(one.help("remove the route, and state `via internet`"));
    } else if at.table.table.routes.is_empty() {
        let end = "x  a table there needs 0.0.0.0/0 to the Internet";
        let one = at.finding("needs a default route to the Internet", "no route", end);
        found.push(one.help("state `via internet`, or remove the subnet from the table"));
    }
    if at.table.table.disable_bgp_propagation != Some(true) {
        let end = "x  a learned default route would take away what manages the firewall";
        let one = at.finding("must not take in learned routes", "learned routes come in", end);
        found.push(one.help("add `bgp-propagation off`"));
    }
    found
}

fn is_default(route: &Route) -> bool {
    matches!(route.prefix, RoutePrefix::Cidr(cidr) if cidr.length() == 0)
}

/// The first route that leads a large part of the Internet elsewhere than there; one that only a deployment knows may lead
/// there.
fn led_elsewhere<'m>(table: &LintedTable<'m>) -> Option<&'m Route> {
    let hops = table.hops(&AddressSet::internet());
    let elsewhere = || {
        hops.iter().filter_map(|hop| Some((hop, hop.by?))).filter(|(_, route)| match route.next_hop {
            NextHop::Internet | NextHop::Unknown(_) => false,
            NextHop::Appliance(_) | NextHop::Appliances(_) | NextHop::Gateway | NextHop::VnetLocal | NextHop::None => {
                route.moves == Moves::Flows
            }
        })
    };
    let all = elsewhere().fold(AddressSet::default(), |all, (hop, _)| all.union(&hop.to));
    let widest = elsewhere().max_by_key(|(hop, _)| hop.to.count()).map(|(_, route)| route);
    widest.filter(|_| is_wide(&all, WIDE_PREFIX))
}

fn firewall(network: &LintedNetwork<'_>, at: &SubnetPlace<'_, '_>) -> Option<Diagnostic> {
    let route = led_elsewhere(at.table)?;
    let within = |hop: &NextHop| match hop {
        NextHop::Appliance(address) => at.place.addresses.contains(*address),
        NextHop::Appliances(all) => all.iter().any(|address| at.place.addresses.contains(*address)),
        NextHop::Unknown(_) | NextHop::Internet | NextHop::Gateway | NextHop::VnetLocal | NextHop::None => false,
    };
    if within(&route.next_hop) {
        let end = "x  what the firewall sends comes back to it";
        let found = at.route_finding(network, route, "leads the firewall's own flows back to the firewall", end);
        return Some(found.help("remove the route: the firewall's own flows leave by `via internet`"));
    }
    let has_management = network.tables.iter().any(|table| table.is_of(Reserved::FirewallManagement));
    let end = "?  the firewall needs a management interface for it";
    let note = || {
        let says = "sends what the firewall lets out elsewhere than to the Internet: forced tunnelling";
        let found = at.route_finding(network, route, says, end).severity(Severity::Note);
        found.help("the firewall needs `AzureFirewallManagementSubnet`, with a way out of its own")
    };
    (!has_management).then(note)
}

fn application_gateway(network: &LintedNetwork<'_>, at: &SubnetPlace<'_, '_>) -> Option<Diagnostic> {
    let route = led_elsewhere(at.table)?;
    let next = words::next(&route.next_hop, network);
    let says = format!("sends the application gateway's flows for the Internet to {next}");
    let end = "x  version 2 with a public frontend does not support it";
    let found = at.route_finding(network, route, &says, end).severity(Severity::Warning);
    let help = "route the prefixes of its backends only, as in `route 10.50.0.0/16 via FIREWALL`";
    Some(found.help(help).help("a private deployment (network isolation) takes any route: accept it there"))
}

fn too_small(at: &SubnetPlace<'_, '_>) -> Option<Diagnostic> {
    let small = at.place.prefixes.iter().find(|prefix| prefix.length() > API_SERVER)?;
    let end = format!("x  {small} is too small");
    let found = at.finding(&format!("has to be a /{API_SERVER} or larger for an API server"), "its subnet", &end);
    Some(found.help("each cluster takes at least 9 addresses of it"))
}

/// A route of the API server's table that takes what it sends to nodes.
fn api_server(network: &LintedNetwork<'_>, at: &SubnetPlace<'_, '_>) -> Option<Diagnostic> {
    let nodes = network.workload_tables().fold(AddressSet::default(), |all, table| all.union(&table.senders));
    let takes = |route: &&Route| match (&route.prefix, &route.next_hop) {
        (RoutePrefix::Cidr(cidr), hop) if cidr.length() > 0 && *hop != NextHop::VnetLocal => {
            AddressSet::from(AddressSpan::Cidr(*cidr)).intersects(&nodes)
        }
        (RoutePrefix::Cidr(_) | RoutePrefix::ServiceTag(_), _) => false,
    };
    let route = at.table.table.routes.iter().find(takes)?;
    let end = "x  nodes and API server reach each other directly";
    let found = at.route_finding(network, route, "sends what the API server sends to nodes elsewhere", end);
    Some(found.severity(Severity::Warning).help("remove the route"))
}
