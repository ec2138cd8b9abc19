//! FW0608: a rule lets a name out that is private here.

use crate::azure::RoutePrefix;
use crate::azure::evaluate::Rule;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::intent::PrivateEndpoint;
use crate::net::{AddressSet, HostName, HostPattern};

use super::network::{Filter, Network};
use super::table::Table;
use super::words;

/// Reports each allow rule to a name of a private endpoint, unless the senders' route tables lead there through a firewall.
pub(super) fn check(network: &Network<'_>) -> Diagnostics {
    let allows = network.filters.iter().filter(|rule| !rule.denies());
    allows.filter_map(|rule| finding(network, rule)).collect()
}

fn finding(network: &Network<'_>, rule: &Filter<'_>) -> Option<Diagnostic> {
    let mut private = rule.names.iter().filter_map(|name| match name {
        HostPattern::Exact(name) => Some((name, network.endpoint_of(name)?)),
        HostPattern::Any | HostPattern::Below(_) | HostPattern::Ending(_) => None,
    });
    let (name, endpoint) = private.find(|(_, endpoint)| !passes_firewall(network, rule, endpoint))?;
    let is_known = tables(network, rule).next().is_some();
    // A network rule is for the private address; where the firewall may see flows there, it is in its place.
    if matches!(rule.rule, Rule::Network(..)) && !is_known {
        return None;
    }
    let message = format!("{} lets out `{name}`, which is private here", rule.called());
    let found = rule.finding(Code::FW0608, message);
    let found = found.related(endpoint.name.at, format!("private endpoint at {}", words::set(&endpoint.addresses)));
    // A bundle serves others too; and who has a table of which nothing is known may have it lead through the firewall.
    let milder = rule.is_applied() || !is_known;
    let severity = if milder { Severity::Note } else { Severity::Warning };
    let help = "take the name out of the rule: flows to the endpoint do not need it";
    Some(found.severity(severity).path(path(rule, name, endpoint)).help(help))
}

/// Whether each table of the senders leads to the endpoint through a firewall by a route of its own; then the rule is what
/// lets flows to the endpoint pass.
fn passes_firewall(network: &Network<'_>, rule: &Filter<'_>, endpoint: &PrivateEndpoint) -> bool {
    let mut tables = tables(network, rule).peekable();
    let led = |to: &AddressSet, table: &Table<'_>| {
        table
            .hops(to)
            .iter()
            .all(|hop| hop.by.is_some_and(|route| !is_default(&route.prefix) && table.is_firewall(&route.next_hop)))
    };
    tables.peek().is_some() && tables.all(|table| led(&endpoint.addresses, table))
}

/// The tables of the senders.
fn tables<'n, 'm>(network: &'n Network<'m>, rule: &Filter<'_>) -> impl Iterator<Item = &'n Table<'m>> {
    let senders = rule.all_senders();
    network.workload_tables().filter(move |table| table.subnets.intersects(&senders))
}

fn is_default(prefix: &RoutePrefix) -> bool {
    matches!(prefix, RoutePrefix::Cidr(cidr) if cidr.length() == 0)
}

fn path(rule: &Filter<'_>, name: &HostName, endpoint: &PrivateEndpoint) -> Vec<String> {
    vec![
        format!("{} asks for {name}", words::set(&rule.all_senders())),
        format!("-> private: {}, by the endpoint's own /32 route", words::set(&endpoint.addresses)),
        "-> public, if a resolver says so: this rule lets it out".to_owned(),
    ]
}
