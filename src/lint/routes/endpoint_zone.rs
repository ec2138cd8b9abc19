//! FW0610: a private endpoint whose zone is not the one that its service's names lead to.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent::PrivateEndpoint;
use crate::lint::judged::listed;
use crate::model::private_zones;
use crate::net::HostName;

use super::network::Network;

/// Reports each private endpoint with a host none of whose zones it names. Of a service that the table of zones does not
/// know, there is nothing to say, nor of an endpoint that names no zone.
pub(super) fn check(network: &Network<'_>) -> Diagnostics {
    network.endpoints.iter().filter_map(finding).collect()
}

fn finding(endpoint: &PrivateEndpoint) -> Option<Diagnostic> {
    let named = endpoint.zones.first()?;
    let has = |zone: &String| endpoint.zones.iter().any(|named| named.value.as_str() == zone);
    let (host, needed) = endpoint.hosts.iter().find_map(|host| {
        let zones = private_zones(&host.value);
        (!zones.is_empty() && !zones.iter().any(has)).then_some((host, zones))
    })?;
    let needed: Vec<String> = needed.into_iter().collect();
    let message = format!("zone `{}` is never asked for this name", named.value);
    let found = Diagnostic::new(Code::FW0610, named.at, message).related(host.at, "the name");
    let help = format!("write `zone {}`", needed.join(", "));
    Some(found.path(path(&host.value, &listed(&needed, 2), named.value.as_str())).help(help))
}

/// How a client's question travels.
fn path(host: &HostName, needed: &str, named: &str) -> Vec<String> {
    vec![
        format!("a client asks for {host}"),
        format!("-> public DNS: an alias in {needed}"),
        "-> that zone, linked to the network: no record, so the public address".to_owned(),
        format!("x  {named} has the record, and is never asked"),
    ]
}
