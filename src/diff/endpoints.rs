//! Names whose private endpoint changes.
//!
//! A flow is compared at the addresses that its name has on either side, so that a name which leads elsewhere changes no flow:
//! another one is sent in its place. That is told beside the flows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::Model;
use crate::net::{AddressSet, HostName};

use super::DiffSide;
use super::protection::Protection;
use super::settings::{SettingChange, SettingOf};

/// The names that have other endpoints, one on one side only among them, where both sides state the network. One that has no
/// endpoint any more, or another, weakens: its flows leave to the Internet, or to another place. That the flows of a name
/// which gets one go past the firewall is told with these.
pub(super) fn changes(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<SettingChange> {
    if !states_network(old.model) || !states_network(new.model) {
        return Vec::new();
    }
    let (before, after) = (addresses(old.model), addresses(new.model));
    let names: BTreeMap<&HostName, ()> = before.keys().chain(after.keys()).map(|name| (*name, ())).collect();
    let told = |of: Option<&AddressSet>| of.map(|addresses| Value::from(addresses.to_string()));
    let changed = names.into_keys().filter_map(|name| {
        let (one, other) = (before.get(name), after.get(name));
        let effect = if one.is_none() { Protection::Neutral } else { Protection::Weakens };
        (one != other).then(|| SettingChange {
            of: SettingOf::Endpoint,
            path: format!("private endpoint of {name}"),
            before: told(one),
            after: told(other),
            effect,
        })
    });
    changed.collect()
}

/// Whether subnets or private endpoints are stated, which the templates of policies and route tables alone do not do.
fn states_network(model: &Model) -> bool {
    let has_subnets = model.route_tables.iter().any(|table| !table.subnets.is_empty());
    has_subnets || !model.virtual_networks.is_empty() || !model.private_endpoints.is_empty()
}

/// The addresses of the endpoints of each name.
fn addresses(model: &Model) -> BTreeMap<&HostName, AddressSet> {
    let mut found: BTreeMap<&HostName, AddressSet> = BTreeMap::new();
    for endpoint in &model.private_endpoints {
        for host in &endpoint.hosts {
            let known = found.entry(host).or_default();
            *known = known.union(&endpoint.addresses);
        }
    }
    found
}
