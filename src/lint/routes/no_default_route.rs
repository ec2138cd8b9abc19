//! FW0601: what a subnet sends to the Internet, which its route table does not send through a firewall. Where no rule
//! covers it, it is a note.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::{NextHop, Route};
use crate::net::AddressSet;

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0601], check);

/// Reports each table of subnets whose flows to the Internet a firewall does not see.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.workload_tables().filter_map(|table| finding(network, table)).collect()
}

/// A rule with the addresses that do not go through a firewall.
struct Astray<'n, 'm> {
    rule: &'n NetworkFilter<'m>,
    to: AddressSet,
}

fn finding(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> Option<Diagnostic> {
    let mut astray: Vec<Astray<'_, '_>> =
        network.filters.iter().filter_map(|rule| astray(network, table, rule)).collect();
    // A rule of the subnet itself shows it better than one of a whole network.
    astray.sort_by_key(|of| !is_own(table, of.rule));
    let Some(first) = astray.first() else { return unnamed(network, table) };
    let found = described(network, table, &first.to);
    let found = found.path(path(network, table, first)).severity(severity(table, first.rule));
    let others = match astray.len() {
        1 => "never reached".to_owned(),
        more => format!("never reached, nor {} more", more - 1),
    };
    Some(first.rule.concerned(found, &others).help(help(network, table)))
}

/// A table of stated subnets that no rule covers, beside others that rules cover.
fn unnamed(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> Option<Diagnostic> {
    let is_named = network.filters.iter().any(|rule| table.senders.intersects(&rule.all_senders()));
    if is_named || network.filters.is_empty() {
        return None;
    }
    let internet = AddressSet::internet();
    let is_dropped = table.default_route().is_some_and(|route| route.next_hop == NextHop::None);
    let to = stray(network, table, &internet)?;
    if to.is_empty() || is_dropped || table.senders.is_empty() {
        return None;
    }
    let mut path = vec![words::served(table)];
    path.extend(table.default_route().map(|route| words::at_table(table, &words::route(route, network))));
    path.push(format!("-> {}, {}", words::set(&to), words::past(network.firewalls)));
    let found = described(network, table, &to).severity(Severity::Note).path(path);
    Some(found.help(help(network, table)))
}

/// The part of a rule's destinations in the Internet that the default takes, and not to a firewall.
fn astray<'n, 'm>(
    network: &'n LintedNetwork<'m>,
    table: &LintedTable<'m>,
    rule: &'n NetworkFilter<'m>,
) -> Option<Astray<'n, 'm>> {
    if !table.senders.intersects(&rule.all_senders()) {
        return None;
    }
    let to = stray(network, table, &internet(network, rule))?;
    (!to.is_empty()).then_some(Astray { rule, to })
}

/// The part of `to` that the default takes, and not to a firewall; `None` where a service tag leads to one, so that it is not
/// known what is left for the default.
fn stray(network: &LintedNetwork<'_>, table: &LintedTable<'_>, to: &AddressSet) -> Option<AddressSet> {
    if table.tags(network.known).any(|(_, route)| table.is_firewall(&route.next_hop)) {
        return None;
    }
    let is_default = |route: &Route| table.default_route().is_some_and(|default| std::ptr::eq(default, route));
    let stray = table.hops(to).into_iter().filter(|hop| match hop.by {
        Some(route) => is_default(route) && !table.is_firewall(&route.next_hop),
        None => true,
    });
    Some(stray.fold(AddressSet::default(), |all, hop| all.union(&hop.to)))
}

/// The addresses of the Internet that a rule covers.
fn internet(network: &LintedNetwork<'_>, rule: &NetworkFilter<'_>) -> AddressSet {
    let named = rule.names.iter().map(|name| network.addresses_of(name));
    let opaque = (rule.other_names || !rule.tags.is_empty()).then(AddressSet::internet);
    let all = rule.addresses.iter().cloned().chain(named).chain(opaque);
    all.fold(AddressSet::default(), |all, some| all.union(&some)).intersection(&AddressSet::internet())
}

/// Whether a rule names this subnet, or a part of it, rather than a larger network.
fn is_own(table: &LintedTable<'_>, rule: &NetworkFilter<'_>) -> bool {
    rule.senders.iter().any(|entry| !entry.is_empty() && table.senders.covers(entry))
}

/// The severity: a subnet that goes straight out may be intended where it is stated and only rules for larger networks
/// cover it.
fn severity(table: &LintedTable<'_>, rule: &NetworkFilter<'_>) -> Severity {
    let is_stated = table.default_route().is_some();
    if is_stated && !is_own(table, rule) { Severity::Note } else { Severity::Warning }
}

fn described(network: &LintedNetwork<'_>, table: &LintedTable<'_>, to: &AddressSet) -> Diagnostic {
    let name = &table.table.name;
    match table.default_route().filter(|route| !table.is_firewall(&route.next_hop)) {
        Some(route) => {
            let leads = match &route.next_hop {
                NextHop::Appliance(_) | NextHop::Appliances(_) => "to a firewall of this source",
                NextHop::Unknown(_) | NextHop::Internet | NextHop::Gateway | NextHop::VnetLocal | NextHop::None => {
                    "to a firewall"
                }
            };
            let next = words::next(&route.next_hop, network);
            let message = format!("the default route of `{name}` leads to {next}, not {leads}");
            table.route_finding(Code::FW0601, route, message)
        }
        None => {
            let message = format!("route table `{name}` sends nothing by default to a firewall");
            let found = table.finding(Code::FW0601, message);
            if to.covers(&AddressSet::internet()) { found } else { found.label(words::set(to)) }
        }
    }
}

fn path(network: &LintedNetwork<'_>, table: &LintedTable<'_>, first: &Astray<'_, '_>) -> Vec<String> {
    let to = match first.rule.names.first() {
        Some(name) => name.to_string(),
        None => words::set(&first.to),
    };
    let table_says = match table.default_route() {
        Some(route) => words::route(route, network),
        None => format!("no route to {to}"),
    };
    let mut path = vec![words::senders(table, &first.rule.all_senders()), words::at_table(table, &table_says)];
    if table.default_route().is_none() {
        path.push("-> Azure's own route: 0.0.0.0/0 -> the Internet".to_owned());
    }
    path.push(format!("-> {to}, {}", words::past(network.firewalls)));
    path
}

fn help(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> String {
    let firewall = network.firewalls.first().map_or("FIREWALL", |firewall| firewall.name.as_str());
    match table.default_route() {
        Some(_) => format!("write `via {firewall}` instead"),
        None => format!("add `via {firewall}` to the table"),
    }
}
