//! Where the network sends a flow: to the firewall, past it, or nowhere.
//!
//! In: a [`Model`] with its route tables, subnets, virtual networks, private endpoints and firewalls, and what is known of
//! service tags. Out: [`Ways`]: for each stated subnet the destinations in the order in which routes win, each with its
//! [`NetworkWay`]. Guaranteed: exact for sets of flows and for one flow alike, as both read the same steps; a way that the input
//! does not determine is [`Carrier::Unknown`], never a guess. Deliberately absent: the rules of the firewall, which decide only
//! what comes to it; and network security groups.
//!
//! # Routing, and its sources
//!
//! Microsoft Learn, "Virtual network traffic routing" (copy of 2023-05-27): the longest prefix wins; of equal prefixes a
//! user's route wins over a system route; among routes to service tags a regional tag wins over one of all regions,
//! and `AzureCloud` comes last. "Manage network policies for private endpoints": a private endpoint has a route of its own
//! to its address, /32. "Virtual Network service endpoints" (copy of 2019-11-08): the prefixes of the service are routes of
//! that subnet, longer than 0.0.0.0/0. Link-local addresses are answered by the host, without a route table.

mod sender;
mod steps;
mod travel;
mod words;

use std::net::Ipv4Addr;

use crate::evaluate::Knowledge;
use crate::model::{Model, RouteTable};
use crate::net::AddressSet;

pub use sender::{Sender, link_local};
pub use steps::{Destinations, WayStep};
pub use travel::{Carrier, Fate, NetworkWay};
pub use words::{another_policy, words};

/// The ways of all flows of a model.
#[derive(Clone, Debug)]
pub struct Ways<'m> {
    /// The stated subnets; no two share an address.
    senders: Vec<Sender<'m>>,
}

/// The destinations of a subnet of which only the route table is known, in the order in which routes win; without a table,
/// as Azure's own routes send them.
pub fn of_table<'m>(model: &'m Model, table: Option<&'m RouteTable>, knowledge: &Knowledge) -> Vec<WayStep<'m>> {
    sender::of_table(model, table, knowledge)
}

impl<'m> Ways<'m> {
    /// The ways that `model` states, with what is known of service tags.
    pub fn of(model: &'m Model, knowledge: &Knowledge) -> Self {
        Self { senders: sender::senders(model, knowledge) }
    }

    /// The ways of `new` for the subnets of it that `counts`, and those of `old` for all other addresses.
    #[must_use]
    pub fn composed(old: Self, new: Self, counts: impl Fn(&Sender<'m>) -> bool) -> Self {
        let mut senders: Vec<Sender<'m>> = new.senders.into_iter().filter(counts).collect();
        let stated = senders.iter().fold(AddressSet::default(), |all, sender| all.union(&sender.sources));
        let rest =
            old.senders.into_iter().map(|sender| Sender { sources: sender.sources.difference(&stated), ..sender });
        senders.extend(rest.filter(|sender| !sender.sources.is_empty()));
        Self { senders }
    }

    /// The stated subnets, with their ways. A source in none of them comes to the firewall, which is an assumption.
    pub fn senders(&self) -> &[Sender<'m>] {
        &self.senders
    }

    /// The addresses of no stated subnet.
    pub fn elsewhere(&self) -> AddressSet {
        self.senders.iter().fold(AddressSet::any(), |rest, sender| rest.difference(&sender.sources))
    }

    /// The way of a flow from `source` to `destination`, where `holds` tells whether a service tag holds the
    /// destination.
    pub fn of_flow(&self, source: Ipv4Addr, destination: Ipv4Addr, holds: &dyn Fn(&str) -> bool) -> NetworkWay<'m> {
        let sender = self.senders.iter().find(|sender| sender.sources.contains(source));
        sender.map_or(NetworkWay::plain(Carrier::Firewall), |sender| sender.way(destination, holds))
    }

    /// The service tags that a way from `source` to `destination` may depend on.
    pub fn tags_asked(&self, source: Ipv4Addr, destination: Ipv4Addr) -> Vec<&'m str> {
        let sender = self.senders.iter().find(|sender| sender.sources.contains(source));
        sender.map_or(Vec::new(), |sender| sender.tags_asked(destination))
    }
}
