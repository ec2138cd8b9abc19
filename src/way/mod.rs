//! Where the network sends a flow: to the firewall, past it, or nowhere.
//!
//! In: a [`Model`] with its route tables, subnets, virtual networks, private endpoints and firewalls, and what is known of
//! service tags. Out: [`Ways`]: for each stated subnet the destinations in the order in which routes win, each with its
//! [`Way`]. Guaranteed: exact for sets of flows and for one flow alike, as both read the same steps; a way that the input
//! does not determine is [`By::Unknown`], never a guess. Deliberately absent: the rules of the firewall, which decide only
//! what comes to it; and network security groups.
//!
//! # Routing, and its sources
//!
//! Microsoft Learn, "Virtual network traffic routing" (copy of 2023-05-27): the longest prefix wins; of equal prefixes a
//! user's route goes before a system route; among routes to service tags a regional tag goes before one of all regions,
//! and `AzureCloud` comes last. "Manage network policies for private endpoints": a private endpoint has a route of its own
//! to its address, /32. "Virtual Network service endpoints" (copy of 2019-11-08): the prefixes of the service are routes of
//! that subnet, longer than 0.0.0.0/0. Link-local addresses are answered by the host, no route table is asked.

mod sender;
mod steps;

use std::fmt;
use std::net::Ipv4Addr;

use crate::evaluate::Knowledge;
use crate::model::{Model, NextHop, Route, RouteTable};
use crate::net::AddressSet;

pub use sender::Sender;
pub use steps::{Destinations, Step};

/// By what a flow travels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum By {
    /// It comes to the firewall, whose rules decide it.
    Firewall,
    /// It leaves to the Internet, past the firewall.
    Internet,
    /// It stays in the virtual network, or goes to a peered one.
    VirtualNetwork,
    /// It goes to the virtual network gateway.
    Gateway,
    /// It goes to the private endpoint of its address.
    PrivateEndpoint,
    /// It goes straight to a service, by a service endpoint of its subnet.
    ServiceEndpoint,
    /// It goes to a link-local address, which the host answers.
    LinkLocal,
    /// It is dropped by a route.
    Nowhere,
    /// The input does not determine it.
    Unknown,
}

impl By {
    /// Whether the flow travels past the firewall for certain, and is not dropped.
    pub fn is_unfiltered(self) -> bool {
        match self {
            Self::Internet
            | Self::VirtualNetwork
            | Self::Gateway
            | Self::PrivateEndpoint
            | Self::ServiceEndpoint
            | Self::LinkLocal => true,
            Self::Firewall | Self::Nowhere | Self::Unknown => false,
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Firewall => "firewall",
            Self::Internet => "internet",
            Self::VirtualNetwork => "virtual-network",
            Self::Gateway => "gateway",
            Self::PrivateEndpoint => "private-endpoint",
            Self::ServiceEndpoint => "service-endpoint",
            Self::LinkLocal => "link-local",
            Self::Nowhere => "nowhere",
            Self::Unknown => "unknown",
        })
    }
}

/// Where the network sends a flow, and what says so.
#[derive(Clone, Copy, Debug)]
pub struct Way<'m> {
    /// By what it travels.
    pub by: By,
    /// The route table that was asked.
    pub table: Option<&'m RouteTable>,
    /// The route of that table that won.
    pub route: Option<&'m Route>,
    /// The private endpoint, or the service tag of the service endpoint.
    pub endpoint: Option<&'m str>,
}

impl<'m> Way<'m> {
    /// A way that no route table says.
    pub fn plain(by: By) -> Self {
        Self { by, table: None, route: None, endpoint: None }
    }

    /// Whether both lead the same way for the same reason.
    pub fn is_same(&self, other: &Self) -> bool {
        let route = |way: &Self| way.route.map(std::ptr::from_ref);
        self.by == other.by && route(self) == route(other) && self.endpoint == other.endpoint
    }
}

/// What becomes of a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fate {
    /// It comes to the firewall, and the rules allow it.
    Allowed,
    /// The rules deny it, or its route leads nowhere.
    Denied,
    /// It travels past the firewall, whatever the rules say.
    Unfiltered,
    /// It is one of these, and the flow or the input does not say which.
    Depends,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unfiltered => "unfiltered",
            Self::Depends => "depends",
        })
    }
}

/// The ways of all flows of a model.
#[derive(Clone, Debug)]
pub struct Ways<'m> {
    /// The stated subnets; no two share an address.
    senders: Vec<Sender<'m>>,
}

impl<'m> Ways<'m> {
    /// The ways that `model` states, with what is known of service tags.
    pub fn of(model: &'m Model, knowledge: &Knowledge) -> Self {
        Self { senders: sender::senders(model, knowledge) }
    }

    /// The stated subnets, with their ways. A source in none of them comes to the firewall, which is an assumption.
    pub fn senders(&self) -> &[Sender<'m>] {
        &self.senders
    }

    /// The addresses of no stated subnet.
    pub fn elsewhere(&self) -> AddressSet {
        self.senders.iter().fold(AddressSet::any(), |rest, sender| rest.difference(&sender.sources))
    }

    /// The way of a flow from `source` to `destination`, where `holds` says which service tags hold the destination.
    pub fn of_flow(&self, source: Ipv4Addr, destination: Ipv4Addr, holds: &dyn Fn(&str) -> bool) -> Way<'m> {
        let sender = self.senders.iter().find(|sender| sender.sources.contains(source));
        sender.map_or(Way::plain(By::Firewall), |sender| sender.way(destination, holds))
    }

    /// The service tags that a way from `source` to `destination` may depend on.
    pub fn tags_asked(&self, source: Ipv4Addr, destination: Ipv4Addr) -> Vec<&'m str> {
        let sender = self.senders.iter().find(|sender| sender.sources.contains(source));
        sender.map_or(Vec::new(), |sender| sender.tags_asked(destination))
    }
}

/// Where a route's next hop leads, in a model whose firewalls have `addresses`; without any, an appliance is the firewall.
fn leads(next_hop: &NextHop, addresses: &AddressSet, states_firewalls: bool) -> By {
    match next_hop {
        NextHop::Appliance(address) if !states_firewalls || addresses.contains(*address) => By::Firewall,
        NextHop::Appliances(all) if !states_firewalls || all.iter().all(|address| addresses.contains(*address)) => {
            By::Firewall
        }
        NextHop::Appliance(_) | NextHop::Appliances(_) | NextHop::Unknown(_) => By::Unknown,
        NextHop::Internet => By::Internet,
        NextHop::Gateway => By::Gateway,
        NextHop::VnetLocal => By::VirtualNetwork,
        NextHop::None => By::Nowhere,
    }
}
