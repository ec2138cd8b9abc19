//! FW0616: DNAT of a firewall whose own subnet sends the replies to its callers elsewhere than to the Internet.
//!
//! Microsoft Learn, "Azure Firewall forced tunneling" (copy of 2025): DNAT is not supported with forced tunnelling, because of
//! asymmetric routing; a management interface alone, with a direct default route, still supports it.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Moves, NextHop, Route};
use crate::net::AddressSet;

use super::network::{Ingress, LintedNetwork, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0616], check);

/// Reports each DNAT rule with callers in the Internet to whom no reply goes there.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.ingress.iter().filter_map(|rule| finding(network, rule)).collect()
}

fn finding(network: &LintedNetwork<'_>, rule: &Ingress<'_>) -> Option<Diagnostic> {
    let callers = rule.senders.intersection(&AddressSet::internet());
    let (at, table) = rule.at.iter().find_map(|&at| Some((at, own_table(network, at)?)))?;
    let (to, route) =
        table.hops(&callers).into_iter().find_map(|hop| Some((hop.to, hop.by.filter(|by| is_away(by))?)))?;
    let next = words::next(&route.next_hop, network);
    let message = format!("DNAT does not work here: the firewall's subnet sends replies to {next}");
    let path = vec![
        format!("{} -> {at}", words::set(&to)),
        "-> DNAT: the firewall asks its target".to_owned(),
        "<- the target replies to the firewall".to_owned(),
        format!("<- route table {}: {}", table.table.name, words::route(route, network)),
        format!("x  no reply leaves from {at}: forced tunnelling does not support DNAT"),
    ];
    let found = rule.finding(Code::FW0616, message);
    let found = match &route.origin {
        Some(origin) => found.related(origin.at, "this route takes the replies"),
        None => found,
    };
    Some(found.path(path).help("let the firewall's subnet go to the Internet directly, or take flows in elsewhere"))
}

/// The table of the subnet of the firewall that has the address.
fn own_table<'n, 'm>(network: &'n LintedNetwork<'m>, at: Ipv4Addr) -> Option<&'n LintedTable<'m>> {
    let has = |firewall: &&crate::model::Firewall| {
        firewall.private_ip == Some(at) || firewall.public_ips.values().any(|&public| public == at)
    };
    network.firewall_table(network.firewalls.iter().find(has).and_then(|firewall| firewall.private_ip))
}

/// Whether a route leads elsewhere than to the Internet for certain.
fn is_away(route: &Route) -> bool {
    match route.next_hop {
        NextHop::Internet | NextHop::Unknown(_) => false,
        NextHop::Appliance(_) | NextHop::Appliances(_) | NextHop::Gateway | NextHop::VnetLocal | NextHop::None => {
            route.moves == Moves::Flows
        }
    }
}
