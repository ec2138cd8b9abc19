//! FW0612: rules for link-local addresses, such as that of the instance metadata service. No route table leads there: the host
//! of a machine answers them itself, so that a firewall neither allows nor denies them.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::net::{AddressSet, AddressSpan};

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use super::words;
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0612], check);

/// Reports each rule with an entry that is link-local and nothing else.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    let link_local =
        AddressSet::from(AddressSpan::Range(Ipv4Addr::new(169, 254, 0, 0), Ipv4Addr::new(169, 254, 255, 255)));
    let to_link = |rule: &NetworkFilter<'_>| rule.addresses.iter().find(|entry| link_local.covers(entry)).cloned();
    network.filters.iter().filter_map(|rule| Some(finding(network, rule, &to_link(rule)?))).collect()
}

fn finding(network: &LintedNetwork<'_>, rule: &NetworkFilter<'_>, to: &AddressSet) -> Diagnostic {
    let to = words::set(to);
    let path = vec![
        words::set(&rule.all_senders()),
        format!("-> {to}, by the sender's own host: no route applies"),
        format!("x  {}", words::past(network.firewalls)),
    ];
    let help = if rule.denies() {
        "deny it where it is sent, too: in a cluster, by a network policy"
    } else {
        "remove the rule: those flows need none"
    };
    let found = rule.finding(Code::FW0612, format!("flows to {to} do not come to a firewall"));
    found.path(path).help(help)
}
