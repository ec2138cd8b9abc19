//! FW0615: service endpoints, which take the flows to their services past the firewall. The prefixes of the service are routes
//! of the subnet, longer than 0.0.0.0/0 (Microsoft Learn, "Virtual network traffic routing", copy of 2023-05-27).

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::way::{Carrier, Sender};

use super::network::{LintedNetwork, OfRoutes};
use super::reserved::Reserved;
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0615], check);

/// Reports each subnet that would send to the firewall what its service endpoints take elsewhere.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.ways.senders().iter().filter_map(|sender| finding(network, sender)).collect()
}

fn finding(network: &LintedNetwork<'_>, sender: &Sender<'_>) -> Option<Diagnostic> {
    let is_reserved = sender.subnets.iter().all(|name| Reserved::of(name).is_some());
    let leads = sender.steps.iter().any(|step| step.way.by == Carrier::Firewall && step.way.route.is_some());
    if is_reserved || !leads {
        return None;
    }
    let ways = || sender.steps.iter().map(|step| &step.way).filter(|way| way.by == Carrier::ServiceEndpoint);
    let mut services: Vec<&str> = ways().filter_map(|way| way.endpoint).collect();
    services.dedup();
    let table = ways().find_map(|way| network.tables.iter().find(|table| table.is_that(way.table)))?;
    let subnet = sender.subnets.first()?;
    let said: Vec<String> = services.iter().map(|service| format!("`{service}`")).collect();
    let said = words::all(&said);
    let plural = if services.len() == 1 { "" } else { "s" };
    let message = format!("the service endpoint{plural} of `{subnet}` for {said} go around the firewall");
    let message = if services.len() == 1 { message.replace(" go ", " goes ") } else { message };
    Some(at(table, subnet, message).path(path(network, sender, subnet, &services)).help(HELP).help(INSTEAD))
}

const HELP: &str = "every customer's account of the service is reached, not only what a rule names";
const INSTEAD: &str = "put the endpoint on the firewall's subnet, or use a private endpoint";

/// The finding at the subnet, where the input has a place for it, else at its table.
fn at(table: &LintedTable<'_>, subnet: &str, message: String) -> Diagnostic {
    let origin = table.places.iter().find(|place| place.name == subnet).and_then(|place| place.origin);
    match origin {
        Some(origin) => Diagnostic::new(Code::FW0615, origin.at, message),
        None => table.finding(Code::FW0615, message),
    }
}

fn path(network: &LintedNetwork<'_>, sender: &Sender<'_>, subnet: &str, services: &[&str]) -> Vec<String> {
    let first = services.first().copied().unwrap_or_default();
    vec![
        format!("{} in {subnet}", words::set(&sender.sources)),
        format!("-> the service endpoint for {first}: longer than 0.0.0.0/0"),
        format!("-> {first}, {}", words::past(network.firewalls)),
    ]
}
