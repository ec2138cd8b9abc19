//! FW0601, as a note: senders of rules whose route table is not in the input, so that their way is not known.

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::lint::judged::listed;
use crate::model::{NextHop, RoutePrefix};
use crate::net::{AddressSet, AddressSpan};

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::no_table;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0601], check);

/// How many senders are named.
const NAMED: usize = 3;

/// Reports once which senders no table serves. An input without tables states no routes at all.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let served = network.tables.iter().fold(AddressSet::default(), |all, table| all.union(&table.subnets));
    if network.tables.is_empty() || served.is_empty() && !network.is_of_source {
        return Diagnostics::new();
    }
    let bare = network.subnets().filter(|subnet| no_table::is_bare(subnet)).map(no_table::addresses);
    let around = bare.fold(served.union(&beyond_gateways(network)), |all, subnet| all.union(&subnet));
    let mut unserved: IndexMap<String, &NetworkFilter<'_>> = IndexMap::new();
    for rule in &network.filters {
        for sender in rule.senders.iter().filter(|sender| is_unserved(sender, &around)) {
            unserved.entry(sender.to_string()).or_insert(rule);
        }
    }
    finding(network, &unserved).into_iter().collect()
}

/// Whether a sender is part of the own network, and no table covers any of it.
fn is_unserved(sender: &AddressSet, around: &AddressSet) -> bool {
    !sender.is_empty() && AddressSet::private().covers(sender) && !around.intersects(sender)
}

/// The networks reached through gateways: their way here is the gateway's matter.
fn beyond_gateways(network: &LintedNetwork<'_>) -> AddressSet {
    let routes = network.tables.iter().flat_map(|table| &table.table.routes);
    routes
        .filter(|route| route.next_hop == NextHop::Gateway)
        .filter_map(|route| match &route.prefix {
            RoutePrefix::Cidr(cidr) => Some(AddressSpan::Cidr(*cidr)),
            RoutePrefix::ServiceTag(_) => None,
        })
        .collect()
}

fn finding(network: &LintedNetwork<'_>, unserved: &IndexMap<String, &NetworkFilter<'_>>) -> Option<Diagnostic> {
    let (_, rule) = unserved.first()?;
    let senders: Vec<String> = unserved.keys().cloned().collect();
    let message = format!("no route table here serves {}: their way is not known", listed(&senders, NAMED));
    let path = vec![
        listed(&senders, NAMED),
        "?  the route table of that subnet is not in this source".to_owned(),
        format!("-> the firewall, or {}", words::past(network.firewalls)),
    ];
    let found = rule.finding(Code::FW0601, message).severity(Severity::Note).path(path);
    Some(found.help("add a `routes` with the subnet, or compare with the table that it has"))
}
