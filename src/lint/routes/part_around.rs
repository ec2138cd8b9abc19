//! FW0614: routes that take a part of the Internet around the firewall, whether or not a rule covers it. With an
//! allow-list, that part is what no rule mentions. A large part is a warning, a small one a note.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::exposure::{WIDE_PREFIX, is_wide, is_wide_tag};
use crate::model::{Moves, NextHop, Route, RoutePrefix};
use crate::net::AddressSet;

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::routed_around::{is_part_of, is_return};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0614], check);

/// Reports each table whose routes, the default apart, take some of the Internet past the firewall, and each of its routes to
/// a service tag.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let tables = network.workload_tables().filter(|table| is_watched(network, table) && !goes_out(table));
    tables.flat_map(|table| by_prefix(network, table).into_iter().chain(by_tag(network, table))).collect()
}

/// Whether a firewall is to see flows of the table: it leads there, or rules cover its subnets.
fn is_watched(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> bool {
    let leads = table.table.routes.iter().any(|route| table.is_firewall(&route.next_hop));
    leads || network.filters.iter().any(|rule| table.senders.intersects(&rule.all_senders()))
}

/// Whether the table sends everything to the Internet anyway, so that no route adds to it.
fn goes_out(table: &LintedTable<'_>) -> bool {
    table.default_route().is_some_and(|route| route.next_hop == NextHop::Internet)
}

fn by_prefix(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> Option<Diagnostic> {
    let internet = AddressSet::internet();
    let hops = table.hops(&internet);
    let is_default = |route: &Route| table.default_route().is_some_and(|default| std::ptr::eq(default, route));
    let around = || {
        let by_route = hops.iter().filter_map(|hop| Some((hop, hop.by?)));
        let past = by_route.filter(|(_, route)| !is_default(route) && leads_past(route));
        past.filter(|(_, route)| !is_return(network, route) && !may_be_return(network, route))
    };
    let all = around().fold(AddressSet::default(), |all, (hop, _)| all.union(&hop.to));
    let is_large = is_wide(&all, WIDE_PREFIX);
    // FW0602 reports a small part that a rule names.
    let is_named = || network.filters.iter().any(|rule| names(table, rule, &all));
    if all.is_empty() || !is_large && is_named() {
        return None;
    }
    let (_, widest) = around().max_by_key(|(hop, _)| hop.to.count())?;
    let count = around().count();
    let what = if count == 1 { format!("route {}", widest.prefix) } else { format!("{count} routes") };
    let verb = if count == 1 { "takes" } else { "take" };
    let name = &table.table.name;
    let share = share(&all, &internet);
    let found =
        table.route_finding(Code::FW0614, widest, format!("{what} of `{name}` {verb} {share} around the firewall"));
    let others = around().filter(|(_, route)| !std::ptr::eq(*route, widest));
    let found = others
        .filter_map(|(_, route)| route.origin.as_ref())
        .fold(found, |found, origin| found.related(origin.at, "and this route"));
    let found = if is_large { found } else { found.severity(Severity::Note) };
    let routes = around().map(|(_, route)| words::at_table(table, &words::route(route, network)));
    Some(found.path(path(network, table, routes, &share)).help("remove the route, or lead it to the firewall"))
}

/// Whether a route to one address may be for replies, as Microsoft's AKS sample has one to the public address of the
/// firewall, which an artefact need not state.
///
/// Source: MicrosoftDocs/azure-aks-docs, articles/aks/limit-egress-traffic.md, 2023-12-05.
fn may_be_return(network: &LintedNetwork<'_>, route: &Route) -> bool {
    let is_single = match &route.prefix {
        RoutePrefix::Cidr(cidr) => cidr.length() == 32,
        RoutePrefix::ServiceTag(_) => false,
    };
    is_single && route.next_hop == NextHop::Internet && !network.is_of_source
}

/// Whether a rule for the senders of the table names some of the addresses, and no more than them.
fn names(table: &LintedTable<'_>, rule: &NetworkFilter<'_>, addresses: &AddressSet) -> bool {
    let is_named = |entry: &AddressSet| {
        let named = entry.intersection(addresses);
        !named.is_empty() && (rule.denies() || addresses.covers(entry))
    };
    table.senders.intersects(&rule.all_senders()) && rule.addresses.iter().any(is_named)
}

/// Whether a route leads past every firewall for certain.
fn leads_past(route: &Route) -> bool {
    match route.next_hop {
        NextHop::Internet | NextHop::Gateway | NextHop::VnetLocal => route.moves == Moves::Flows,
        NextHop::Appliance(_) | NextHop::Appliances(_) | NextHop::Unknown(_) | NextHop::None => false,
    }
}

/// How many routes a path draws.
const DRAWN: usize = 4;

fn path(
    network: &LintedNetwork<'_>,
    table: &LintedTable<'_>,
    routes: impl Iterator<Item = String>,
    what: &str,
) -> Vec<String> {
    let mut path = vec![words::served(table)];
    path.extend(routes.take(DRAWN));
    path.push(format!("-> {what}, {}", words::past(network.firewalls)));
    path
}

/// A part of the Internet in words.
fn share(part: &AddressSet, internet: &AddressSet) -> String {
    let percent = part.count() * 100 / internet.count().max(1);
    match (part.covers(internet), percent) {
        (true, _) => "all of the Internet".to_owned(),
        (false, 0) => format!("{} of the Internet", words::set(part)),
        (false, percent) => format!("{percent} % of the Internet"),
    }
}

/// The routes to service tags whose addresses are not known. FW0602 reports those tags that a rule names.
fn by_tag(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> Vec<Diagnostic> {
    let named = |tag: &str| {
        let rules = network.filters.iter().filter(|rule| table.senders.intersects(&rule.all_senders()));
        rules.flat_map(|rule| &rule.tags).any(|of| is_part_of(of, tag))
    };
    let routes = table.tags(network.known).filter(|(tag, route)| leads_past(route) && !named(tag));
    let finding = |(tag, route): (&str, &Route)| {
        let what = format!("flows to tag({tag})");
        let message = format!("a route of `{}` takes {what} around the firewall", table.table.name);
        let severity = if is_wide_tag(tag) { Severity::Warning } else { Severity::Note };
        let drawn = std::iter::once(words::at_table(table, &words::route(route, network)));
        let found = table.route_finding(Code::FW0614, route, message).severity(severity);
        found.path(path(network, table, drawn, &what)).help("every customer of the service is reached that way")
    };
    routes.map(finding).collect()
}
