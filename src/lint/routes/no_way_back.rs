//! FW0604: a DNAT target in a subnet whose table has no way back to the firewall.
//!
//! The firewall connects to a private target from an address of its own subnet. A table with any route through that
//! firewall shows that the two networks are peered or one; then Azure's own route leads replies back, unless a longer
//! prefix takes them.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::{NextHop, Route};
use crate::net::{AddressSet, Cidr};

use super::network::{LintedDnat, LintedNetwork, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0604], check);

/// The smallest network that Azure Firewall takes as its subnet; a prefix at least as long wins over a peering.
const FIREWALL_SUBNET: u8 = 26;

/// Reports each DNAT rule to a private address whose table does not lead back.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let to_private = |dnat: &&LintedDnat<'_>| AddressSet::private().contains(dnat.target);
    network.dnats.iter().filter(to_private).filter_map(|dnat| finding(network, dnat)).collect()
}

fn finding(network: &LintedNetwork<'_>, dnat: &LintedDnat<'_>) -> Option<Diagnostic> {
    let mut tables = network.tables.iter();
    let Some(table) = tables.find(|table| table.subnets.contains(dnat.target)) else {
        return unknown(network, dnat);
    };
    let back = back(network, table, dnat)?;
    let name = &table.table.name;
    let found = dnat.finding(
        Code::FW0604,
        match back.taken_by {
            Some(_) => format!("a route of `{name}` takes replies from {} elsewhere", dnat.target),
            None => format!("`{name}` does not lead replies from {} to the firewall", dnat.target),
        },
    );
    let found = match (back.taken_by.and_then(|(_, route)| route.origin.as_ref()), table.name_at) {
        (Some(origin), _) => found.related(origin.at, "this route"),
        (None, Some(at)) => found.related(at, "its route table"),
        (None, None) => found,
    };
    Some(found.path(path(network, table, dnat, &back)).help(help(network, &back)))
}

/// How a reply travels that does not come back for certain.
struct Back<'m> {
    firewall: Ipv4Addr,
    /// The route that takes it, other than the default.
    taken_by: Option<(Cidr, &'m Route)>,
}

/// `None` where the reply comes back, or where the firewall's own address is not known.
fn back<'m>(network: &LintedNetwork<'m>, table: &LintedTable<'m>, dnat: &LintedDnat<'_>) -> Option<Back<'m>> {
    let at = |firewall: &&crate::model::Firewall| firewall.public_ips.values().any(|&public| public == dnat.at);
    let firewall = network.firewalls.iter().find(|firewall| firewall.private_ip == Some(dnat.at) || at(firewall))?;
    let firewall = firewall.private_ip?;
    let leads_back = |hop: &NextHop| match hop {
        // What is not known may lead back.
        NextHop::VnetLocal | NextHop::Unknown(_) => true,
        NextHop::Appliance(address) => *address == firewall,
        NextHop::Appliances(addresses) => addresses.contains(&firewall),
        NextHop::Internet | NextHop::Gateway | NextHop::None => false,
    };
    let taken_by = table.route_to(firewall).filter(|(cidr, _)| cidr.length() > 0);
    match taken_by {
        Some((_, route)) if leads_back(&route.next_hop) => None,
        Some(taken) => Some(Back { firewall, taken_by: Some(taken) }),
        None => {
            let knows_the_way = table.table.routes.iter().any(|route| leads_back(&route.next_hop));
            (!knows_the_way).then_some(Back { firewall, taken_by: None })
        }
    }
}

fn path(network: &LintedNetwork<'_>, table: &LintedTable<'_>, dnat: &LintedDnat<'_>, back: &Back<'_>) -> Vec<String> {
    let firewall = back.firewall;
    let says = match (back.taken_by, table.default_route()) {
        (Some((_, route)), _) | (None, Some(route)) => words::route(route, network),
        (None, None) => format!("no route to {firewall}"),
    };
    let end = match back.taken_by {
        Some((cidr, _)) if cidr.length() < FIREWALL_SUBNET => {
            "?  a peering leads back only if its prefix is longer".to_owned()
        }
        Some(_) => "x  the firewall waits for it".to_owned(),
        None => "?  only a peering with the firewall's network leads back".to_owned(),
    };
    let mut path = way_there(dnat, &format!("the firewall's subnet ({firewall})"));
    path.push(format!("<- route table {}: {says}", table.table.name));
    path.push(end);
    path
}

/// How a flow comes to the target, and what the target replies to.
fn way_there(dnat: &LintedDnat<'_>, asker: &str) -> Vec<String> {
    vec![
        format!("{} -> {}", words::set(&dnat.senders), dnat.at),
        format!("-> DNAT: from {asker} to {}", dnat.target),
        format!("<- {} replies to {asker}", dnat.target),
    ]
}

fn help(network: &LintedNetwork<'_>, back: &Back<'_>) -> String {
    let at = |firewall: &&crate::model::Firewall| firewall.private_ip == Some(back.firewall);
    let name = network.firewalls.iter().find(at).map_or("FIREWALL", |firewall| firewall.name.as_str());
    match back.taken_by {
        Some(_) => format!("let the route spare the network of `{name}`, or lead it `via {name}`"),
        None => format!("lead the default route to the firewall: `via {name}`"),
    }
}

/// A source with route tables, none of which serves the target.
fn unknown(network: &LintedNetwork<'_>, dnat: &LintedDnat<'_>) -> Option<Diagnostic> {
    if network.tables.iter().all(|table| table.subnets.is_empty()) {
        return None;
    }
    let target = dnat.target;
    let message = format!("no route table serves {target}: the way back is not known");
    let mut path = way_there(dnat, "the firewall's subnet");
    path.push("?  the route table of its subnet is not in this source".to_owned());
    let found = dnat.finding(Code::FW0604, message).severity(Severity::Note).path(path);
    Some(found.help("add a `routes` with the subnet, or compare with the table that it has"))
}
