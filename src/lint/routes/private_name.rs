//! FW0608: a rule lets a name out that is private here.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluate::SortedRule;
use crate::intent::PrivateEndpoint;
use crate::model::RoutePrefix;
use crate::net::{AddressSet, HostName, HostPattern};

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0608], check);

/// Reports each allow rule to a name of a private endpoint, unless the senders' route tables lead there through a firewall.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let rules = network.filters.iter().enumerate().filter(|(_, rule)| !rule.denies());
    rules.filter_map(|(at, rule)| finding(network, rule, network.filters.get(..at)?)).collect()
}

/// `before` are the rules that come before the rule.
fn finding(network: &LintedNetwork<'_>, rule: &NetworkFilter<'_>, before: &[NetworkFilter<'_>]) -> Option<Diagnostic> {
    let private = |pattern| network.private_name(pattern).map(|(name, endpoint)| (pattern, name, endpoint));
    // A rule for every name names none.
    let named = rule.names.iter().filter(|pattern| **pattern != HostPattern::Any);
    let mut private = named.filter_map(private);
    let (pattern, name, endpoint) = private.find(|(_, name, endpoint)| {
        !passes_firewall(network, rule, endpoint) && !before.iter().any(|deny| is_denied(deny, rule, name))
    })?;
    let is_known = tables(network, rule).next().is_some();
    // A network rule is for the private address; where the firewall may see flows there, it is in its place.
    if matches!(rule.rule, SortedRule::Network(..)) && !is_known {
        return None;
    }
    let is_exact = pattern.as_exact().is_some();
    let message = format!("{} lets out `{name}`, which is private here", rule.called());
    let found = rule.finding(Code::FW0608, message);
    let found = if is_exact { found } else { found.label(format!("by `{pattern}`")) };
    let found = found.related(endpoint.name.at, format!("private endpoint at {}", words::set(&endpoint.addresses)));
    // A bundle serves others too, and so may a wildcard; and a sender with a table of which nothing is known may have
    // it lead through the firewall.
    let milder = rule.is_applied() || !is_known || !is_exact;
    let severity = if milder { Severity::Note } else { Severity::Warning };
    let help = match is_exact {
        true => "take the name out of the rule: flows to the endpoint do not need it",
        false => "name the hosts that are meant, or deny this one in a group before",
    };
    Some(found.severity(severity).path(path(rule, name, endpoint)).help(help))
}

/// Whether an earlier rule denies a name to all sources.
fn is_denied(deny: &NetworkFilter<'_>, rule: &NetworkFilter<'_>, name: &HostName) -> bool {
    deny.denies() && deny.all_senders().covers(&rule.all_senders()) && deny.names.iter().any(|of| of.matches(name))
}

/// Whether each table of the senders leads to the endpoint through a firewall by a route of its own; then the rule is what
/// lets flows to the endpoint pass.
fn passes_firewall(network: &LintedNetwork<'_>, rule: &NetworkFilter<'_>, endpoint: &PrivateEndpoint) -> bool {
    let mut tables = tables(network, rule).peekable();
    let led = |to: &AddressSet, table: &LintedTable<'_>| {
        table
            .hops(to)
            .iter()
            .all(|hop| hop.by.is_some_and(|route| !is_default(&route.prefix) && table.is_firewall(&route.next_hop)))
    };
    tables.peek().is_some() && tables.all(|table| led(&endpoint.addresses, table))
}

/// The tables of the senders.
fn tables<'n, 'm>(
    network: &'n LintedNetwork<'m>,
    rule: &NetworkFilter<'_>,
) -> impl Iterator<Item = &'n LintedTable<'m>> {
    let senders = rule.all_senders();
    network.workload_tables().filter(move |table| table.senders.intersects(&senders))
}

fn is_default(prefix: &RoutePrefix) -> bool {
    matches!(prefix, RoutePrefix::Cidr(cidr) if cidr.length() == 0)
}

fn path(rule: &NetworkFilter<'_>, name: &HostName, endpoint: &PrivateEndpoint) -> Vec<String> {
    vec![
        format!("{} asks for {name}", words::set(&rule.all_senders())),
        format!("-> private: {}, by the endpoint's own /32 route", words::set(&endpoint.addresses)),
        "-> public, if a resolver answers so: this rule lets it out".to_owned(),
    ]
}
