//! FW0602: a rule whose flows a route takes around the firewall.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::{NextHop, Route};
use crate::net::{AddressSet, AddressSpan, HostPattern};

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0602], check);

/// Reports each rule of which a firewall does not see what it is for: of an allow, nothing; of a deny, a part.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for table in network.workload_tables() {
        for rule in network.filters.iter().filter(|rule| table.senders.intersects(&rule.all_senders())) {
            let around = by_prefix(network, table, rule).or_else(|| by_tag(network, table, rule));
            found.extend(around.or_else(|| by_endpoint(network, table, rule)));
        }
    }
    found
}

fn by_prefix(network: &LintedNetwork<'_>, table: &LintedTable<'_>, rule: &NetworkFilter<'_>) -> Option<Diagnostic> {
    rule.addresses.iter().find_map(|entry| {
        let hops = table.hops(entry);
        let around = || hops.iter().filter_map(|hop| Some((hop, hop.by.filter(|by| is_around(network, table, by))?)));
        let taken = around().fold(AddressSet::default(), |all, (hop, _)| all.union(&hop.to));
        let (hop, route) = around().next()?;
        let counts = taken.covers(entry) || rule.denies();
        counts.then(|| finding(network, table, rule, route, &words::set(&hop.to)))
    })
}

fn by_tag(network: &LintedNetwork<'_>, table: &LintedTable<'_>, rule: &NetworkFilter<'_>) -> Option<Diagnostic> {
    rule.tags.iter().find_map(|tag| {
        let mut routes = table.tags(network.known).filter(|(_, route)| is_around(network, table, route));
        let (_, route) = routes.find(|(routed, _)| is_part_of(tag, routed))?;
        Some(finding(network, table, rule, route, &format!("tag({tag})")))
    })
}

/// A deny of the addresses of a private endpoint, or of a name that leads to it: the endpoint's own route of /32 takes the
/// flows past the firewall.
fn by_endpoint(network: &LintedNetwork<'_>, table: &LintedTable<'_>, rule: &NetworkFilter<'_>) -> Option<Diagnostic> {
    if !rule.denies() {
        return None;
    }
    let by_address = || {
        let mut entries = rule.addresses.iter().filter(|entry| !entry.is_empty());
        entries.find_map(|entry| {
            let endpoint = network.endpoints.iter().find(|endpoint| endpoint.addresses.covers(entry))?;
            Some((endpoint, entry, words::set(entry), Severity::Warning))
        })
    };
    // A deny of every name names none.
    let mut named = rule.names.iter().filter(|pattern| **pattern != HostPattern::Any);
    let by_name = || {
        let (name, endpoint) = named.find_map(|pattern| network.private_name(pattern))?;
        // Such a rule may be meant for the public addresses of the name.
        Some((endpoint, &endpoint.addresses, format!("{name} at {}", words::set(&endpoint.addresses)), Severity::Note))
    };
    let (endpoint, to, said, severity) = by_address().or_else(by_name)?;
    let is_led = |address: Ipv4Addr| {
        let route = table.route_to(address).filter(|(cidr, _)| cidr.length() == 32);
        route.is_some_and(|(_, route)| table.is_firewall(&route.next_hop))
    };
    if to.spans().filter_map(AddressSpan::single).any(is_led) {
        return None;
    }
    let name = &endpoint.name.value;
    let message = format!("flows to private endpoint `{name}` go around the firewall");
    let found = rule.finding(Code::FW0602, message).label("not denied").severity(severity);
    let found = found.related(endpoint.name.at, "Azure's own route, /32, takes them");
    let path = vec![
        words::senders(table, &rule.all_senders()),
        format!("-> private endpoint {name}, by its own /32 route"),
        format!("-> {said}, {}", words::past(network.firewalls)),
    ];
    Some(found.path(path).help("deny them in a network security group, or lead the /32 to the firewall"))
}

/// Whether a route is a choice of its own that leads past every firewall. The default is FW0601's.
fn is_around(network: &LintedNetwork<'_>, table: &LintedTable<'_>, route: &Route) -> bool {
    let is_default = table.default_route().is_some_and(|default| std::ptr::eq(default, route));
    !is_default && !table.is_firewall(&route.next_hop) && !is_return(network, route)
}

/// Whether a route to a public address of a firewall lets the replies of its callers out.
pub(super) fn is_return(network: &LintedNetwork<'_>, route: &Route) -> bool {
    let public = network.firewalls.iter().flat_map(|firewall| firewall.public_ips.values().copied());
    let translated = network.dnats.iter().map(|dnat| dnat.at);
    let to = |address: std::net::Ipv4Addr| match &route.prefix {
        crate::model::RoutePrefix::Cidr(cidr) => cidr.length() == 32 && cidr.network() == address,
        crate::model::RoutePrefix::ServiceTag(_) => false,
    };
    route.next_hop == NextHop::Internet && public.chain(translated).any(to)
}

/// Whether a service tag is `whole` or its part for a region.
pub(super) fn is_part_of(tag: &str, whole: &str) -> bool {
    let (tag, whole) = (tag.to_ascii_lowercase(), whole.to_ascii_lowercase());
    tag.strip_prefix(&whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn finding(
    network: &LintedNetwork<'_>,
    table: &LintedTable<'_>,
    rule: &NetworkFilter<'_>,
    route: &Route,
    to: &str,
) -> Diagnostic {
    let message = format!("a route takes flows to {to} around the firewall");
    let label = if rule.denies() { "not denied" } else { "never reached" };
    let found = rule.finding(Code::FW0602, message).label(label);
    let found = match &route.origin {
        Some(origin) => found.related(origin.at, "this route takes them"),
        None => found,
    };
    let path = vec![
        words::senders(table, &rule.all_senders()),
        words::at_table(table, &words::route(route, network)),
        format!("-> {to}, {}", words::past(network.firewalls)),
    ];
    let help = if rule.denies() {
        "remove the route, or deny in a network security group too"
    } else {
        "remove the rule, or the route"
    };
    found.path(path).help(help)
}
