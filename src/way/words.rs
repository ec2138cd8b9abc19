//! A way in words.

use super::{Carrier, NetworkWay};
use crate::model::Firewall;

/// Where the network sends a flow, and why.
pub fn words(way: &NetworkWay<'_>) -> String {
    let to = match way.by {
        Carrier::Firewall => "to the firewall".to_owned(),
        Carrier::Internet => "to the Internet".to_owned(),
        Carrier::VirtualNetwork => "inside the virtual network".to_owned(),
        Carrier::Gateway => "to the virtual network gateway".to_owned(),
        Carrier::PrivateEndpoint => format!("to private endpoint {}", way.endpoint.unwrap_or_default()),
        Carrier::ServiceEndpoint => format!("by the service endpoint for {}", way.endpoint.unwrap_or_default()),
        Carrier::LinkLocal => "to a link-local address, which the host answers".to_owned(),
        Carrier::Nowhere => "nowhere: its route drops it".to_owned(),
        Carrier::Unknown => "in a way that the input does not determine".to_owned(),
    };
    match (way.table, way.route) {
        (Some(table), Some(route)) => format!("{to}, by route {} of table {}", route.prefix, table.name),
        (Some(table), None) if way.endpoint.is_none() => format!("{to}, as table {} has no route there", table.name),
        (Some(_) | None, _) => to,
    }
}

/// The note that the policy is evaluated at a firewall that is not stated to have it.
pub fn another_policy(firewall: &Firewall, asked: &str) -> String {
    let name = &firewall.name;
    let stated = match &firewall.policy {
        Some(policy) => format!("firewall `{name}` has policy `{policy}`"),
        None => format!("no policy of firewall `{name}` is stated"),
    };
    format!("{stated}: flows are decided as if it had policy `{asked}`")
}
