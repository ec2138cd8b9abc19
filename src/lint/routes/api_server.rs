//! FW0611: an API server outside, which sees its callers through a firewall by the firewall's public addresses.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lint::judged::listed;
use crate::model::Firewall;
use crate::net::HostPattern;

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0611], check);

/// The names of public API servers, by cloud: `CLUSTER.hcp.REGION` and one of these.
const CLOUDS: [&str; 3] = [".azmk8s.io", ".aks.containerservice.azure.us", ".azk8s.cn"];

/// How many addresses one line shows.
const IN_A_LINE: usize = 2;

/// Reports once for each firewall the addresses that the authorised ranges of such an API server have to hold.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.firewalls.iter().filter_map(|firewall| finding(network, firewall)).collect()
}

fn finding(network: &LintedNetwork<'_>, firewall: &Firewall) -> Option<Diagnostic> {
    let mut allows = network.filters.iter().filter(|rule| !rule.denies() && network.reads(firewall, rule));
    let (rule, server) = allows.find_map(|rule| Some((rule, api_server(network, rule)?)))?;
    let public: Vec<String> = firewall.public_ips.values().map(ToString::to_string).collect();
    let addresses = match public.as_slice() {
        [] => "the firewall's public addresses".to_owned(),
        some if some.len() <= IN_A_LINE => listed(some, IN_A_LINE),
        many => format!("{} public addresses", many.len()),
    };
    let found = rule.finding(Code::FW0611, format!("the API server is called from {addresses}"));
    let found = found.path(path(network, firewall, rule, server, &addresses));
    Some(found.help(help(&public)))
}

/// The name of a public API server that a rule allows.
fn api_server<'m>(network: &LintedNetwork<'_>, rule: &'m NetworkFilter<'_>) -> Option<&'m HostPattern> {
    rule.names.iter().find(|pattern| is_api_server(&pattern.to_string()) && network.private_name(pattern).is_none())
}

fn is_api_server(pattern: &str) -> bool {
    pattern.split('.').nth(1) == Some("hcp") && CLOUDS.iter().any(|cloud| pattern.ends_with(cloud))
}

fn path(
    network: &LintedNetwork<'_>,
    firewall: &Firewall,
    rule: &NetworkFilter<'_>,
    server: &HostPattern,
    addresses: &str,
) -> Vec<String> {
    let senders = rule.all_senders();
    let table = network.workload_tables().find(|table| table.senders.intersects(&senders) && table.leads_to_firewall());
    let mut path = match table.and_then(|table| Some((table, table.default_route()?))) {
        Some((table, route)) => {
            vec![words::senders(table, &senders), words::at_table(table, &words::route(route, network))]
        }
        None => vec![words::set(&senders)],
    };
    path.push(format!("-> firewall {}: from {addresses}", firewall.name));
    path.push(format!("-> {server}, if authorised"));
    path
}

/// All addresses, a few in a line.
fn help(public: &[String]) -> String {
    if public.is_empty() {
        return "name them by `public-ip`, and put each into the cluster's authorised ranges".to_owned();
    }
    let ranges: Vec<String> = public.iter().map(|address| format!("{address}/32")).collect();
    let lines: Vec<String> = ranges.chunks(IN_A_LINE).map(|some| some.join(",")).collect();
    format!("where it has authorised ranges, they need\n{}", lines.join(",\n"))
}
