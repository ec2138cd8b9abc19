//! Network rules as other tools are given them.

use fwc::flow::{DecisionList, FlowAction, ListLine, Match};
use fwc::net::AddressSet;
use serde_json::{Map, Value, json};

/// The lines of a list of network rules; a field that asks for nothing is left out.
pub fn rules(list: &DecisionList) -> Value {
    list.lines.iter().flat_map(|line| line.matches.iter().map(move |product| rule(line, product))).collect()
}

fn rule(line: &ListLine, product: &Match) -> Value {
    let services = &product.services;
    let protocols = [("tcp", !services.tcp.is_empty()), ("udp", !services.udp.is_empty()), ("icmp", services.icmp)];
    let protocols: Vec<&str> = protocols.into_iter().filter(|(_, named)| *named).map(|(name, _)| name).collect();
    let mut rule = Map::new();
    rule.insert("action".to_owned(), json!(if line.action == FlowAction::Allow { "allow" } else { "deny" }));
    if !services.any {
        let ports = services.tcp.union(&services.udp);
        let spans: Vec<[u16; 2]> = ports.spans().map(|span| [span.first().max(1), span.last()]).collect();
        rule.insert("protocols".to_owned(), json!(protocols));
        if !services.icmp && !ports.is_any() {
            rule.insert("ports".to_owned(), json!(spans));
        }
    }
    for (field, ends) in [("sources", &product.sources), ("destinations", &product.destinations)] {
        if !ends.addresses.is_any() {
            rule.insert(field.to_owned(), prefixes(&ends.addresses));
        }
    }
    rule.into()
}

fn prefixes(addresses: &AddressSet) -> Value {
    addresses.cidrs().into_iter().map(|cidr| format!("{}/{}", cidr.network(), cidr.length())).collect()
}
