//! A route table, and what it does with an address.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic};
use crate::evaluate::Knowledge;
use crate::model::{Firewall, NextHop, Route, RoutePrefix, RouteTable};
use crate::net::{AddressSet, AddressSpan, Cidr, same_word};
use crate::source::Span;

/// Subnets whose tables follow rules of their own: none of them sends its traffic through the firewall.
const OF_AZURE: [&str; 4] =
    ["GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "AzureBastionSubnet"];

/// The subnet of virtual network gateways.
pub(super) const GATEWAY_SUBNET: &str = "GatewaySubnet";

/// A route table with what is known of its place.
pub(super) struct Table<'m> {
    pub table: &'m RouteTable,
    /// The name in the source.
    pub name_at: Option<Span>,
    /// The addresses of its subnets; empty where the input does not say.
    pub subnets: AddressSet,
    /// Its routes to prefixes, the longest first.
    prefixes: Vec<(Cidr, &'m Route)>,
    firewalls: &'m [Firewall],
}

/// Addresses that a table treats alike.
pub(super) struct Hop<'m> {
    pub to: AddressSet,
    /// The route that takes them; without one, Azure's own routes do.
    pub by: Option<&'m Route>,
}

impl<'m> Table<'m> {
    pub fn new(table: &'m RouteTable, name_at: Option<Span>, firewalls: &'m [Firewall], known: &Knowledge) -> Self {
        let mut prefixes: Vec<(Cidr, &Route)> = Vec::new();
        for route in &table.routes {
            match &route.prefix {
                RoutePrefix::Cidr(cidr) => prefixes.push((*cidr, route)),
                RoutePrefix::ServiceTag(tag) => {
                    let cidrs = known.addresses_of_tag(tag).map(AddressSet::cidrs).unwrap_or_default();
                    prefixes.extend(cidrs.into_iter().map(|cidr| (cidr, route)));
                }
            }
        }
        // At one length a prefix goes before a tag.
        prefixes.sort_by_key(|(cidr, route)| {
            (std::cmp::Reverse(cidr.length()), matches!(route.prefix, RoutePrefix::ServiceTag(_)))
        });
        let subnets = table.subnets.iter().flat_map(|subnet| &subnet.prefixes);
        let subnets = subnets.map(|&cidr| AddressSpan::Cidr(cidr)).collect();
        Self { table, name_at, subnets, prefixes, firewalls }
    }

    /// What the table does with each of the addresses, by the longest prefix.
    pub fn hops(&self, to: &AddressSet) -> Vec<Hop<'m>> {
        let mut left = to.clone();
        let mut hops = Vec::new();
        for &(cidr, route) in &self.prefixes {
            let prefix = AddressSet::from(AddressSpan::Cidr(cidr));
            let taken = left.intersection(&prefix);
            if !taken.is_empty() {
                left = left.difference(&prefix);
                hops.push(Hop { to: taken, by: Some(route) });
            }
        }
        if !left.is_empty() {
            hops.push(Hop { to: left, by: None });
        }
        hops
    }

    /// The route that takes one address, with the length of its prefix.
    pub fn route_to(&self, address: Ipv4Addr) -> Option<(Cidr, &'m Route)> {
        self.prefixes.iter().find(|(cidr, _)| cidr.interval().contains(address.into())).copied()
    }

    /// The route 0.0.0.0/0.
    pub fn default_route(&self) -> Option<&'m Route> {
        self.prefixes.iter().find(|(cidr, _)| cidr.length() == 0).map(|&(_, route)| route)
    }

    /// The routes to service tags whose addresses are not known.
    pub fn tags<'k>(&self, known: &'k Knowledge) -> impl Iterator<Item = (&'m str, &'m Route)> + use<'m, 'k> {
        self.table.routes.iter().filter_map(|route| match &route.prefix {
            RoutePrefix::ServiceTag(tag) if known.addresses_of_tag(tag).is_none() => Some((tag.as_str(), route)),
            RoutePrefix::ServiceTag(_) | RoutePrefix::Cidr(_) => None,
        })
    }

    /// Whether a next hop is a firewall. Where the input tells of none, or not of its address, any appliance may be one, and
    /// so may one that only a deployment knows.
    pub fn is_firewall(&self, hop: &NextHop) -> bool {
        let may_be = |address: &Ipv4Addr| {
            self.firewalls.is_empty()
                || self.firewalls.iter().any(|of| of.private_ip.is_none_or(|private| private == *address))
        };
        match hop {
            NextHop::Appliance(address) => may_be(address),
            NextHop::Appliances(addresses) => addresses.iter().any(may_be),
            NextHop::Unknown(_) => true,
            NextHop::Internet | NextHop::Gateway | NextHop::VnetLocal | NextHop::None => false,
        }
    }

    /// Whether 0.0.0.0/0 leads to a firewall.
    pub fn leads_to_firewall(&self) -> bool {
        self.default_route().is_some_and(|route| self.is_firewall(&route.next_hop))
    }

    /// Whether it serves a subnet of that name.
    pub fn serves(&self, name: &str) -> bool {
        self.table.subnets.iter().any(|subnet| same_word(&subnet.name, name))
    }

    /// Whether it serves a subnet whose traffic does not go through the firewall by Azure's own rules.
    pub fn is_of_azure(&self) -> bool {
        OF_AZURE.iter().any(|name| self.serves(name))
    }

    /// A finding about the table, at its name where there is a text.
    pub fn finding(&self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        match self.name_at {
            Some(at) => Diagnostic::new(code, at, message),
            None => Diagnostic::nowhere(code, message),
        }
    }

    /// A finding about a route, at its text where there is one.
    pub fn route_finding(&self, code: &'static Code, route: &Route, message: impl Into<String>) -> Diagnostic {
        match &route.origin {
            Some(origin) => Diagnostic::new(code, origin.at, message),
            None => Diagnostic::nowhere(code, message),
        }
    }
}
