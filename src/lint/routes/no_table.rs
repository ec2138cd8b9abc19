//! FW0601: rules for what a subnet sends, which has no route table at all, so that Azure's own routes lead it to the Internet.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::{NetworkSubnet, TableOf};
use crate::net::{AddressSet, AddressSpan};

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::reserved::Reserved;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0601], check);

/// Reports each subnet of a stated virtual network that names no table, and whose flows rules match.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.subnets().filter(|subnet| is_bare(subnet)).filter_map(|subnet| finding(network, subnet)).collect()
}

/// Whether it sends its flows by Azure's own routes alone.
pub(super) fn is_bare(subnet: &NetworkSubnet) -> bool {
    subnet.route_table == TableOf::None && Reserved::of(&subnet.name).is_none()
}

/// The addresses of a subnet.
pub(super) fn addresses(subnet: &NetworkSubnet) -> AddressSet {
    subnet.prefixes.iter().map(|&cidr| AddressSpan::Cidr(cidr)).collect()
}

fn finding(network: &LintedNetwork<'_>, subnet: &NetworkSubnet) -> Option<Diagnostic> {
    let own = addresses(subnet);
    let is_own = |rule: &&NetworkFilter<'_>| rule.senders.iter().any(|entry| !entry.is_empty() && own.covers(entry));
    let mut rules: Vec<&NetworkFilter<'_>> =
        network.filters.iter().filter(|rule| own.intersects(&rule.all_senders())).collect();
    rules.sort_by_key(|rule| !is_own(rule));
    let first = rules.first()?;
    let message = format!("subnet `{}` has no route table: nothing leads it to a firewall", subnet.name);
    let found = match &subnet.origin {
        Some(origin) => Diagnostic::new(Code::FW0601, origin.at, message),
        None => Diagnostic::nowhere(Code::FW0601, message),
    };
    let severity = if is_own(first) { Severity::Warning } else { Severity::Note };
    let path = vec![
        format!("{} in {}", words::set(&own), subnet.name),
        "-> Azure's own route: 0.0.0.0/0 -> the Internet".to_owned(),
        format!("-> the Internet, {}", words::past(network.firewalls)),
    ];
    let others = match rules.len() {
        1 => "never reached".to_owned(),
        more => format!("never reached, nor {} more", more - 1),
    };
    let help = "give the subnet a route table whose 0.0.0.0/0 leads to the firewall";
    Some(first.concerned(found.severity(severity).path(path), &others).help(help))
}
