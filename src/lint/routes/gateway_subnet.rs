//! FW0605: routes that the table of a gateway's subnet must not contain.

use crate::diag::{Code, Diagnostic, Diagnostics};

use super::network::{LintedNetwork, OfRoutes};
use super::reserved::Reserved;
use super::table::{GATEWAY_SUBNET, LintedTable};
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0605], check);

/// Reports a default route, and that learned routes are kept out.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let tables = network.tables.iter().filter(|table| table.is_of(Reserved::Gateway));
    tables.flat_map(|table| [default_route(network, table), kept_out(table)]).flatten().collect()
}

fn default_route(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> Option<Diagnostic> {
    let route = table.default_route()?;
    let message = format!("`{GATEWAY_SUBNET}` does not take a default route");
    let path = vec![
        format!("the gateway in {GATEWAY_SUBNET}"),
        words::at_table(table, &words::route(route, network)),
        "x  Azure does not support it: the gateway loses its own way out".to_owned(),
    ];
    let found = table.route_finding(Code::FW0605, route, message).path(path);
    Some(found.help("route prefixes instead, as in `route 10.240.0.0/16 via FIREWALL`"))
}

fn kept_out(table: &LintedTable<'_>) -> Option<Diagnostic> {
    let is_off = table.table.disable_bgp_propagation == Some(true);
    let message = format!("`{GATEWAY_SUBNET}` has to take in the routes that its gateway learns");
    let path = vec![
        format!("the gateway in {GATEWAY_SUBNET}"),
        words::at_table(table, "learned routes are kept out"),
        "x  it does not know the networks beyond it".to_owned(),
    ];
    let found = || table.finding(Code::FW0605, message).path(path).help("take `bgp-propagation off` away");
    is_off.then(found)
}
