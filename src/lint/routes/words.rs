//! Addresses, routes and hops in the words of messages.

use std::net::Ipv4Addr;

use crate::lint::judged::listed;
use crate::model::{Firewall, NextHop, Route};
use crate::net::AddressSet;
use crate::words::next_hop;

use super::network::LintedNetwork;
use super::table::LintedTable;

/// The most spans of a set that a message lists.
const SPANS: usize = 2;

/// A set in words for a message.
pub(super) fn set(addresses: &AddressSet) -> String {
    if addresses.covers(&AddressSet::internet()) {
        return "the Internet".to_owned();
    }
    let spans: Vec<String> = addresses.spans().map(|span| span.to_string()).collect();
    listed(&spans, SPANS)
}

/// A route as a path draws it: `0.0.0.0/0 -> firewall hub (10.0.1.4)`.
pub(super) fn route(route: &Route, network: &LintedNetwork<'_>) -> String {
    format!("{} -> {}", route.prefix, next(&route.next_hop, network))
}

/// Where a route leads.
pub(super) fn next(hop: &NextHop, network: &LintedNetwork<'_>) -> String {
    match hop {
        NextHop::Unknown(_) => "a next hop that only a deployment knows".to_owned(),
        NextHop::Appliance(_)
        | NextHop::Appliances(_)
        | NextHop::Internet
        | NextHop::Gateway
        | NextHop::VnetLocal
        | NextHop::None => next_hop(hop, |address| appliance(address, network)),
    }
}

fn appliance(address: Ipv4Addr, network: &LintedNetwork<'_>) -> String {
    match network.firewalls.iter().find(|firewall| firewall.private_ip == Some(address)) {
        Some(firewall) => format!("firewall {} ({address})", firewall.name),
        None => format!("appliance {address}"),
    }
}

/// The firewall that a flow passes by: its name, where there is one only.
pub(super) fn past(firewalls: &[Firewall]) -> String {
    match firewalls {
        [only] => format!("past firewall {}", only.name),
        [] | [..] => "past the firewall".to_owned(),
    }
}

/// The addresses of a table's subnets that `senders` holds, with the name of the subnet where it is one.
pub(super) fn senders(table: &LintedTable<'_>, senders: &AddressSet) -> String {
    let sending = table.subnets.intersection(senders);
    let holding = table.places.iter().filter(|place| place.addresses.intersects(&sending));
    let names: Vec<String> = holding.map(|place| place.name.to_owned()).collect();
    format!("{} in {}", set(&sending), listed(&names, SPANS))
}

/// The machines that a table serves.
pub(super) fn served(table: &LintedTable<'_>) -> String {
    if table.senders.is_empty() { "its subnets".to_owned() } else { senders(table, &table.senders) }
}

/// Every one of some things.
pub(super) fn all(things: &[String]) -> String {
    listed(things, things.len())
}

/// The line of a path for the table of a hop.
pub(super) fn at_table(table: &LintedTable<'_>, says: &str) -> String {
    format!("-> route table {}: {says}", table.table.name)
}
