//! FW0606: routes that a gateway learns, which win over a default route to the firewall.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};

use super::network::{LintedNetwork, OfRoutes};
use super::table::LintedTable;
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0606], check);

/// Reports each table with a default route to a firewall that takes in learned routes.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network.workload_tables().filter_map(|table| finding(network, table)).collect()
}

fn finding(network: &LintedNetwork<'_>, table: &LintedTable<'_>) -> Option<Diagnostic> {
    if table.table.disable_bgp_propagation == Some(true) || !table.leads_to_firewall() {
        return None;
    }
    let route = table.default_route()?;
    let name = &table.table.name;
    let (severity, unless) =
        if network.has_gateway() { (Severity::Warning, "") } else { (Severity::Note, ", if there is a gateway") };
    let message = format!("in `{name}`, learned routes go around the firewall{unless}");
    let path = vec![
        words::served(table),
        words::at_table(table, &words::route(route, network)),
        "-> a learned prefix is longer, and goes first: to the gateway".to_owned(),
        format!("-> the networks beyond it, {}", words::past(network.firewalls)),
    ];
    let found = table.finding(Code::FW0606, message).severity(severity).path(path);
    Some(found.help("add `bgp-propagation off`, and a `route` for what the gateway takes"))
}
