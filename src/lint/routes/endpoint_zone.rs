//! FW0610: a private endpoint whose zone is not the one that its service's names lead to.

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::intent::PrivateEndpoint;
use crate::lint::judged::listed;
use crate::model::private_zones;
use crate::net::{HostName, HostPattern};

use super::network::{LintedNetwork, NetworkFilter, OfRoutes};
use crate::lint::registry::Lint;

pub(super) static LINT: Lint<OfRoutes> = Lint::new(&[Code::FW0610], check);

/// Reports each private endpoint with a host none of whose zones it names, and each of whose zones takes names from others.
/// For a service that the table of zones does not know, there is nothing else to report, nor for an endpoint that names
/// no zone.
fn check(network: &LintedNetwork<'_>) -> Diagnostics {
    network
        .endpoints
        .iter()
        .filter_map(|endpoint| of_service(endpoint).or_else(|| of_others(endpoint, network)))
        .collect()
}

/// A zone above the names of a rule that are no endpoint's.
fn of_others(endpoint: &PrivateEndpoint, network: &LintedNetwork<'_>) -> Option<Diagnostic> {
    let is_private =
        |name: &HostName| network.endpoints.iter().flat_map(|of| &of.hosts).any(|host| host.value == *name);
    let exact =
        |rule: &NetworkFilter<'_>| rule.names.iter().filter_map(HostPattern::as_exact).cloned().collect::<Vec<_>>();
    endpoint.zones.iter().find_map(|zone| {
        let hidden = |name: &HostName| is_below(name, &zone.value) && !is_private(name);
        let allowing = network.filters.iter().filter(|rule| !rule.denies());
        let (rule, name) = allowing
            .flat_map(|rule| exact(rule).into_iter().map(move |name| (rule, name)))
            .find(|(_, name)| hidden(name))?;
        let message = format!("zone `{}` hides `{name}`, which {} lets out", zone.value, rule.called());
        let found = Diagnostic::new(Code::FW0610, zone.at, message).severity(Severity::Note);
        let path = vec![
            format!("a client asks for {name}"),
            format!("-> private zone {}, linked to the network: no such record", zone.value),
            "x  the name does not exist there, and public DNS is not queried".to_owned(),
        ];
        Some(found.path(path).help("put a record for it into the zone too, or name the zone after the one host"))
    })
}

/// Whether a name lies below a zone.
fn is_below(name: &HostName, zone: &HostName) -> bool {
    name.as_str().strip_suffix(zone.as_str()).is_some_and(|rest| rest.ends_with('.'))
}

fn of_service(endpoint: &PrivateEndpoint) -> Option<Diagnostic> {
    let named = endpoint.zones.first()?;
    let has = |zone: &String| endpoint.zones.iter().any(|named| named.value.as_str() == zone);
    let (host, needed) = endpoint.hosts.iter().find_map(|host| {
        let zones = private_zones(&host.value);
        (!zones.is_empty() && !zones.iter().any(has)).then_some((host, zones))
    })?;
    let needed: Vec<String> = needed.into_iter().collect();
    let help = format!("write `zone {}`", needed.join(", "));
    if is_below(&host.value, &named.value) {
        let message = format!("zone `{}` hides every other name below it", named.value);
        let path = vec![
            format!("a client asks for another name below {}", named.value),
            format!("-> private zone {}, linked to the network: it has {} only", named.value, host.value),
            "x  the name does not exist there, and public DNS is not queried".to_owned(),
        ];
        let found = Diagnostic::new(Code::FW0610, named.at, message).related(host.at, "the one name");
        return Some(found.path(path).help(help));
    }
    let message = format!("zone `{}` is not used for this name", named.value);
    let found = Diagnostic::new(Code::FW0610, named.at, message).related(host.at, "the name");
    Some(found.path(path(&host.value, &listed(&needed, 2), named.value.as_str())).help(help))
}

/// How a client's question travels.
fn path(host: &HostName, needed: &str, named: &str) -> Vec<String> {
    vec![
        format!("a client asks for {host}"),
        format!("-> public DNS: an alias in {needed}"),
        "-> that zone, linked to the network: no record, so the public address".to_owned(),
        format!("x  {named} has the record, and is not used"),
    ]
}
