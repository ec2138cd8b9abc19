//! Where routes lead.

use std::net::Ipv4Addr;

use crate::model::NextHop;

/// A next hop, where `appliance` states what is at an address.
pub fn next_hop(hop: &NextHop, appliance: impl Fn(Ipv4Addr) -> String) -> String {
    match hop {
        NextHop::Appliance(address) => appliance(*address),
        NextHop::Appliances(addresses) => format!("appliances {}", NextHop::spelled(addresses)),
        NextHop::Unknown(expression) => format!("not known: {expression}"),
        NextHop::Internet => "the Internet".to_owned(),
        NextHop::Gateway => "the gateway".to_owned(),
        NextHop::VnetLocal => "the virtual network".to_owned(),
        NextHop::None => "nowhere".to_owned(),
    }
}
