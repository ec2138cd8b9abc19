//! FW0603: DNAT to a public load balancer whose replies come back to the firewall on another side.
//!
//! The firewall connects to such a target from a public address of its own, so the reply is for that address; sent to
//! the firewall's private side by the default route, it belongs to no connection and is dropped.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::NextHop;
use crate::net::AddressSet;

use super::network::{LintedDnat, LintedNetwork, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0603], check);

/// Reports each DNAT rule to a public address whose replies no table of the input lets out.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let to_public = |dnat: &&LintedDnat<'_>| AddressSet::internet().contains(dnat.target);
    network.dnats.iter().filter(to_public).filter_map(|dnat| finding(network, dnat)).collect()
}

fn finding(network: &LintedNetwork<'_>, dnat: &LintedDnat<'_>) -> Option<Diagnostic> {
    // Which subnets the load balancer serves is not stated: one table with the route is enough.
    let mut tables = network.workload_tables().peekable();
    if tables.peek().is_none() {
        return unknown(network, dnat);
    }
    let mut first: Option<&LintedTable<'_>> = None;
    for table in tables {
        if !returns_to_firewall(table, dnat) {
            return None;
        }
        first.get_or_insert(table);
    }
    let table = first?;
    let (_, route) = table.route_to(dnat.at)?;
    let message = format!("replies from {} take another way than the flow", dnat.target);
    let found = dnat.finding(Code::FW0603, message);
    let found = match table.name_at {
        Some(at) => found.related(at, format!("no route to {}/32", dnat.at)),
        None => found,
    };
    let mut path = way_there(dnat);
    path.push(format!("<- route table {}: {}", table.table.name, words::route(route, network)));
    path.push(format!("x  no reply leaves from {}: the firewall drops it", dnat.at));
    let help = format!("add `return via internet for {}` to the table of its subnet", public_name(network, dnat));
    Some(found.path(path).help(help))
}

/// How a flow comes to the target, and what the target replies to.
fn way_there(dnat: &LintedDnat<'_>) -> Vec<String> {
    vec![
        format!("{} -> {}", words::set(&dnat.senders), dnat.at),
        format!("-> DNAT: from {} to {}, a public address", dnat.at, dnat.target),
        format!("<- {} replies to {}", dnat.target, dnat.at),
    ]
}

/// Whether a table sends the reply to a firewall.
fn returns_to_firewall(table: &LintedTable<'_>, dnat: &LintedDnat<'_>) -> bool {
    table.route_to(dnat.at).is_some_and(|(_, route)| match &route.next_hop {
        NextHop::Appliance(_) | NextHop::Appliances(_) => table.is_firewall(&route.next_hop),
        NextHop::Unknown(_) | NextHop::Internet | NextHop::Gateway | NextHop::VnetLocal | NextHop::None => false,
    })
}

/// The author's name for the address, where there is one.
fn public_name(network: &LintedNetwork<'_>, dnat: &LintedDnat<'_>) -> String {
    let names = network.firewalls.iter().flat_map(|firewall| &firewall.public_ips);
    let name = names.into_iter().find(|&(_, &address)| address == dnat.at).map(|(name, _)| name.clone());
    name.unwrap_or_else(|| dnat.at.to_string())
}

/// A source that describes its firewall and no route table leaves open how replies travel.
fn unknown(network: &LintedNetwork<'_>, dnat: &LintedDnat<'_>) -> Option<Diagnostic> {
    if network.firewalls.is_empty() {
        return None;
    }
    let message = format!("where replies from {} go is not known", dnat.target);
    let mut path = way_there(dnat);
    path.push("?  the route table of its subnet is not in this source".to_owned());
    let found = dnat.finding(Code::FW0603, message).severity(Severity::Note).path(path);
    let help = format!("the route table of its subnet needs {}/32 -> Internet", dnat.at);
    Some(found.help(help))
}
