//! Routes that differ.

use std::collections::BTreeMap;

use crate::model::{Model, NextHop, Route};

/// A route that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RouteChange {
    /// The route table.
    pub table: String,
    /// What is routed; `bgp-propagation` for the table as a whole.
    pub prefix: String,
    /// Where it went; absent where it was not routed.
    pub before: Option<String>,
    /// Where it goes.
    pub after: Option<String>,
}

/// The routes that differ, by table and prefix.
pub(super) fn changes(old: &Model, new: &Model) -> Vec<RouteChange> {
    let (old, new) = (routes(old), routes(new));
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let mut found: Vec<RouteChange> = keys
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| RouteChange {
            table: key.0.clone(),
            prefix: key.1.clone(),
            before: old.get(key).cloned(),
            after: new.get(key).cloned(),
        })
        .collect();
    found.sort_by(|a, b| (&a.table, &a.prefix).cmp(&(&b.table, &b.prefix)));
    found
}

/// Where each prefix of each table goes.
fn routes(model: &Model) -> BTreeMap<(String, String), String> {
    let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for table in &model.route_tables {
        for route in &table.routes {
            found.entry((table.name.to_string(), route.prefix.to_string())).or_default().push(hop(route));
        }
        if table.disable_bgp_propagation == Some(true) {
            found.entry((table.name.to_string(), "bgp-propagation".to_owned())).or_default().push("off".to_owned());
        }
    }
    found.into_iter().map(|(key, hops)| (key, hops.join(", "))).collect()
}

fn hop(route: &Route) -> String {
    match &route.next_hop {
        NextHop::Appliance(address) => format!("appliance {address}"),
        NextHop::Appliances(addresses) => format!("appliances {}", NextHop::spelled(addresses)),
        NextHop::Unknown(expression) => format!("not known: {expression}"),
        NextHop::Internet => "internet".to_owned(),
        NextHop::Gateway => "gateway".to_owned(),
        NextHop::VnetLocal => "virtual network".to_owned(),
        NextHop::None => "nowhere".to_owned(),
    }
}
