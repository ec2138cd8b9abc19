//! FW0609: a route table that would take flows to a private endpoint through the firewall, or somewhere else.
//!
//! Azure has a /32 route to each private endpoint; a table overrides it with a /32 of its own, or by a shorter prefix
//! where the endpoint's subnet has network policies for route tables.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::SortedRule;
use crate::intent::PrivateEndpoint;
use crate::model::{NextHop, Route, RoutePrefix};
use crate::net::HostPattern;

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::table::{Hop, LintedTable};
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0609], check);

/// Reports each table with a route of its own to a private endpoint, unless application rules let its senders there.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for table in network.workload_tables() {
        for endpoint in network.endpoints {
            let hops = table.hops(&endpoint.addresses);
            found.extend(hops.iter().find_map(|hop| finding(network, table, endpoint, hop)));
        }
    }
    found
}

fn finding(
    network: &LintedNetwork<'_>,
    table: &LintedTable<'_>,
    endpoint: &PrivateEndpoint,
    hop: &Hop<'_>,
) -> Option<Diagnostic> {
    let is_default = |route: &&Route| table.default_route().is_some_and(|default| std::ptr::eq(default, *route));
    let route = hop.by.filter(|route| !is_default(route))?;
    let (name, at) = (&endpoint.name.value, words::set(&hop.to));
    let (message, end, help) = match &route.next_hop {
        NextHop::VnetLocal | NextHop::Unknown(_) => return None,
        next if table.is_firewall(next) => {
            let (end, help) = through(network, table, endpoint, hop)?;
            (format!("a route sends flows for private endpoint `{name}` to the firewall"), end, help)
        }
        next => {
            let elsewhere = words::next(next, network);
            let end = format!("x  {at} is not there");
            let help = "let the route spare the address: Azure has one to each private endpoint";
            (format!("a route sends flows for private endpoint `{name}` to {elsewhere}"), end, help)
        }
    };
    let path = vec![words::senders(table, &table.senders), words::at_table(table, &words::route(route, network)), end];
    let found = match goes_first(route) {
        true => table.route_finding(Code::FW0609, route, message),
        false => {
            table.route_finding(Code::FW0609, route, format!("{message}, {UNDER_POLICIES}")).severity(Severity::Note)
        }
    };
    Some(found.related(endpoint.name.at, format!("at {at}")).path(path).help(help))
}

/// When a route wins that is shorter than Azure's own to the endpoint.
const UNDER_POLICIES: &str = "where its subnet has network policies for route tables";

/// Whether a route wins over Azure's own whatever the policies of the endpoint's subnet are: it is a /32 too.
fn goes_first(route: &Route) -> bool {
    match &route.prefix {
        RoutePrefix::Cidr(cidr) => cidr.length() == 32,
        RoutePrefix::ServiceTag(_) => false,
    }
}

/// What becomes of a flow that comes to the firewall; `None` where application rules let it through, as other lints
/// cover those.
fn through(
    network: &LintedNetwork<'_>,
    table: &LintedTable<'_>,
    endpoint: &PrivateEndpoint,
    hop: &Hop<'_>,
) -> Option<(String, &'static str)> {
    let senders = network.filters.iter().filter(|rule| table.senders.intersects(&rule.all_senders()));
    let mut allows: Vec<&NetworkFilter<'_>> = senders.filter(|rule| !rule.denies()).collect();
    allows.retain(|rule| speaks_of(rule, endpoint, hop));
    if allows.iter().any(|rule| matches!(rule.rule, SortedRule::Application(..))) {
        return None;
    }
    if allows.is_empty() {
        let help = "name its host in an `https` rule, or let the route spare the address";
        return Some(("x  no rule of the firewall lets it through".to_owned(), help));
    }
    let help = "name its host in an `https` rule, or let the route spare the address";
    Some(("x  by a network rule, replies go straight to the sender".to_owned(), help))
}

fn speaks_of(rule: &NetworkFilter<'_>, endpoint: &PrivateEndpoint, hop: &Hop<'_>) -> bool {
    let by_name = |pattern: &HostPattern| endpoint.hosts.iter().any(|host| pattern.matches(&host.value));
    rule.addresses.iter().any(|entry| entry.intersects(&hop.to))
        || rule.names.iter().any(by_name)
        || rule.other_names
        || !rule.tags.is_empty()
}
