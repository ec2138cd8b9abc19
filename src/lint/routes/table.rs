//! A route table, and what it does with an address.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic};
use crate::evaluate::Knowledge;
use crate::model::{Firewall, Model, NextHop, Route, RoutePrefix, RouteTable, TableOf};
use crate::net::{AddressSet, AddressSpan, Cidr};
use crate::source::{Origin, SourceSpan};

use super::reserved::Reserved;

/// The subnet of virtual network gateways.
pub(super) const GATEWAY_SUBNET: &str = "GatewaySubnet";

/// A subnet that a table serves.
pub(super) struct TablePlace<'m> {
    pub name: &'m str,
    pub prefixes: &'m [Cidr],
    pub addresses: AddressSet,
    /// What it is reserved for; `None` where machines are in it.
    pub kind: Option<Reserved>,
    /// Where it is written, if not with its table.
    pub origin: Option<&'m Origin>,
}

/// A route table with its place in the network.
pub(super) struct LintedTable<'m> {
    pub table: &'m RouteTable,
    /// The name in the source.
    pub name_at: Option<SourceSpan>,
    /// Its subnets: those that the table lists, and those of virtual networks that name it.
    pub places: Vec<TablePlace<'m>>,
    /// The addresses of its subnets; empty where the input does not state them.
    pub subnets: AddressSet,
    /// The addresses of those with machines in them.
    pub senders: AddressSet,
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

impl<'m> LintedTable<'m> {
    pub fn new(table: &'m RouteTable, name_at: Option<SourceSpan>, model: &'m Model, known: &Knowledge) -> Self {
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
        // At one length a prefix comes before a tag.
        prefixes.sort_by_key(|(cidr, route)| {
            (std::cmp::Reverse(cidr.length()), matches!(route.prefix, RoutePrefix::ServiceTag(_)))
        });
        let places = places(table, model);
        let addresses = |holds: &dyn Fn(&TablePlace<'_>) -> bool| {
            let held = places.iter().filter(|place| holds(place));
            held.fold(AddressSet::default(), |all, place| all.union(&place.addresses))
        };
        let (subnets, senders) = (addresses(&|_| true), addresses(&|place| place.kind.is_none()));
        Self { table, name_at, places, subnets, senders, prefixes, firewalls: &model.firewalls }
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

    /// Whether a next hop is a firewall. Where the input states none, or not its address, any appliance may be one, and
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

    /// Whether it serves a subnet that is reserved for that.
    pub fn is_of(&self, kind: Reserved) -> bool {
        self.places.iter().any(|place| place.kind == Some(kind))
    }

    /// Whether there may be machines in its subnets: some is not reserved, or the input states none.
    pub fn is_of_machines(&self) -> bool {
        self.places.is_empty() || self.places.iter().any(|place| place.kind.is_none())
    }

    /// Whether it is the table of a way.
    pub fn is_that(&self, table: Option<&RouteTable>) -> bool {
        table.is_some_and(|table| std::ptr::eq(table, self.table))
    }

    /// A finding about the table, at its name where there is a text.
    pub fn finding(&self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        match (self.name_at, &self.table.origin) {
            (Some(at), _) => Diagnostic::new(code, at, message),
            (None, Some(origin)) => Diagnostic::new(code, origin.at, message),
            (None, None) => Diagnostic::nowhere(code, message),
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

/// The subnets of a table. One that names a table which two of the input may be is in neither.
fn places<'m>(table: &'m RouteTable, model: &'m Model) -> Vec<TablePlace<'m>> {
    let listed = table.subnets.iter().map(|subnet| place(&subnet.name, &subnet.prefixes, None));
    let names = |of: &TableOf| match of {
        TableOf::Named(id) => {
            let mut agreeing = model.route_tables.iter().filter(|other| id.agrees(&other.id()));
            agreeing.next().is_some_and(|first| std::ptr::eq(first, table)) && agreeing.next().is_none()
        }
        TableOf::None | TableOf::Unknown(_) => false,
    };
    let subnets = model.virtual_networks.iter().flat_map(|network| &network.subnets);
    let naming = subnets.filter(|subnet| names(&subnet.route_table));
    listed.chain(naming.map(|subnet| place(&subnet.name, &subnet.prefixes, subnet.origin.as_ref()))).collect()
}

fn place<'m>(name: &'m str, prefixes: &'m [Cidr], origin: Option<&'m Origin>) -> TablePlace<'m> {
    let addresses = prefixes.iter().map(|&cidr| AddressSpan::Cidr(cidr)).collect();
    TablePlace { name, prefixes, addresses, kind: Reserved::of(name), origin }
}
