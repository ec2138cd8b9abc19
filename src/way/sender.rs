//! The stated subnets, and the routes that hold for each.

use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;

use super::steps::{Destinations, PrefixRoute, Rank, TagRoute, WayStep, steps};
use super::travel::{Carrier, NetworkWay};
use crate::evaluate::Knowledge;
use crate::model::{Model, Moves, NetworkSubnet, NextHop, Route, RoutePrefix, RouteTable, TableOf, VirtualNetwork};
use crate::net::{AddressSet, AddressSpan, Cidr};

/// Sources whose flows are sent alike.
#[derive(Clone, Debug)]
pub struct Sender<'m> {
    /// The source addresses.
    pub sources: AddressSet,
    /// The names of the subnet: one, or those of the subnets that share these addresses.
    pub subnets: Vec<&'m str>,
    /// Where their flows are sent: the first step that holds the destination.
    pub steps: Vec<WayStep<'m>>,
}

impl<'m> Sender<'m> {
    /// The way to `destination`, where `holds` tells whether a service tag holds it.
    pub fn way(&self, destination: Ipv4Addr, holds: &dyn Fn(&str) -> bool) -> NetworkWay<'m> {
        let step = self.steps.iter().find(|step| step.to.holds(destination, holds));
        step.map_or(NetworkWay::plain(Carrier::Nowhere), |step| step.way)
    }

    /// The route table that holds for it, where it is known and there is one.
    pub fn table(&self) -> Option<&'m RouteTable> {
        self.steps.iter().find_map(|step| step.way.table)
    }

    /// The addresses of its own that a flow reaches without a route of a table or to an endpoint.
    pub fn own(&self) -> AddressSet {
        let directly =
            self.steps.iter().filter(|step| step.way.by == Carrier::VirtualNetwork && step.way.route.is_none());
        let addresses = directly.filter_map(|step| match &step.to {
            Destinations::Addresses(addresses) => Some(addresses),
            Destinations::Tagged { .. } => None,
        });
        addresses.fold(AddressSet::default(), |all, addresses| all.union(addresses)).intersection(&self.sources)
    }

    /// The addresses of private endpoints that its flows reach as such.
    pub fn endpoints(&self) -> AddressSet {
        let (mut found, mut earlier) = (AddressSet::default(), AddressSet::default());
        for step in &self.steps {
            if let Destinations::Addresses(addresses) = &step.to {
                if step.way.by == Carrier::PrivateEndpoint {
                    found = found.union(&addresses.difference(&earlier));
                }
                earlier = earlier.union(addresses);
            }
        }
        found
    }

    /// The service tags on which the way to `destination` depends.
    pub(super) fn tags_asked(&self, destination: Ipv4Addr) -> Vec<&'m str> {
        let mut asked = Vec::new();
        for step in &self.steps {
            match &step.to {
                Destinations::Addresses(addresses) if addresses.contains(destination) => break,
                Destinations::Tagged { tags, within } if within.contains(destination) => asked.extend(tags),
                Destinations::Addresses(_) | Destinations::Tagged { .. } => {}
            }
        }
        asked.sort_unstable();
        asked.dedup();
        asked
    }
}

/// The subnets that `model` states; addresses of two subnets that are not sent alike are a sender of their own, whose
/// way is not known.
pub(super) fn senders<'m>(model: &'m Model, knowledge: &Knowledge) -> Vec<Sender<'m>> {
    let around = SenderSurroundings::of(model, knowledge);
    let mut senders: Vec<(StatedSender<'m>, AddressSet)> = Vec::new();
    let mut disputed: Vec<(AddressSet, Vec<&'m str>)> = Vec::new();
    for stated in stated(model) {
        let mut own = disputed.iter().fold(stated.addresses.clone(), |own, (addresses, _)| own.difference(addresses));
        for (other, addresses) in &mut senders {
            let both = own.intersection(addresses);
            if both.is_empty() {
                continue;
            }
            if !stated.sends_as(other) {
                disputed.push((both.clone(), vec![other.name, stated.name]));
                *addresses = addresses.difference(&both);
            }
            own = own.difference(&both);
        }
        senders.push((stated, own));
    }
    let known = senders.into_iter().filter(|(_, sources)| !sources.is_empty()).map(|(stated, sources)| Sender {
        sources,
        subnets: vec![stated.name],
        steps: around.steps(&stated),
    });
    let unknown = disputed.into_iter().map(|(sources, subnets)| Sender { sources, subnets, steps: around.unknown() });
    known.chain(unknown).collect()
}

/// The ways of a subnet of which only the table is known; without a table, those that Azure's own routes give it.
pub(super) fn of_table<'m>(model: &'m Model, table: Option<&'m RouteTable>, knowledge: &Knowledge) -> Vec<WayStep<'m>> {
    let table = table.map_or(SenderTable::None, SenderTable::Stated);
    let prefixes = &[];
    let addresses = AddressSet::default();
    SenderSurroundings::of(model, knowledge).steps(&StatedSender {
        name: "",
        addresses,
        prefixes,
        table,
        service_endpoints: &[],
        network: None,
    })
}

/// A subnet, with what the input states about its routes.
struct StatedSender<'m> {
    name: &'m str,
    addresses: AddressSet,
    prefixes: &'m [Cidr],
    table: SenderTable<'m>,
    service_endpoints: &'m [String],
    network: Option<&'m VirtualNetwork>,
}

#[derive(Clone, Copy)]
enum SenderTable<'m> {
    None,
    Stated(&'m RouteTable),
    Unknown,
}

impl StatedSender<'_> {
    /// Whether what is stated of both sends flows alike.
    fn sends_as(&self, other: &Self) -> bool {
        let table = match (self.table, other.table) {
            (SenderTable::None, SenderTable::None) => true,
            (SenderTable::Stated(table), SenderTable::Stated(other)) => std::ptr::eq(table, other),
            (SenderTable::None | SenderTable::Stated(_) | SenderTable::Unknown, _) => false,
        };
        table
            && self.network.map(std::ptr::from_ref) == other.network.map(std::ptr::from_ref)
            && self.service_endpoints == other.service_endpoints
    }
}

/// The subnets of a source's route tables, and those of virtual networks that artefacts state.
fn stated(model: &Model) -> Vec<StatedSender<'_>> {
    let of_tables = model.route_tables.iter().flat_map(|table| {
        table.subnets.iter().map(move |subnet| StatedSender {
            name: &subnet.name,
            addresses: set(&subnet.prefixes),
            prefixes: &subnet.prefixes,
            table: SenderTable::Stated(table),
            service_endpoints: &subnet.service_endpoints,
            network: None,
        })
    });
    let of_networks = model.virtual_networks.iter().flat_map(|network| {
        network.subnets.iter().map(move |subnet| StatedSender {
            name: &subnet.name,
            addresses: set(&subnet.prefixes),
            prefixes: &subnet.prefixes,
            table: table_of(model, subnet),
            service_endpoints: &subnet.service_endpoints,
            network: Some(network),
        })
    });
    of_tables.chain(of_networks).collect()
}

fn table_of<'m>(model: &'m Model, subnet: &NetworkSubnet) -> SenderTable<'m> {
    match &subnet.route_table {
        TableOf::None => SenderTable::None,
        TableOf::Unknown(_) => SenderTable::Unknown,
        TableOf::Named(id) => {
            let mut found = model.route_tables.iter().filter(|table| id.agrees(&table.id()));
            match (found.next(), found.next()) {
                (Some(table), None) => SenderTable::Stated(table),
                (Some(_), Some(_)) | (None, _) => SenderTable::Unknown,
            }
        }
    }
}

fn set(prefixes: &[Cidr]) -> AddressSet {
    prefixes.iter().map(|&prefix| AddressSpan::Cidr(prefix)).collect()
}

/// What holds for each subnet of a model.
struct SenderSurroundings<'m, 'k> {
    model: &'m Model,
    knowledge: &'k Knowledge,
    firewalls: AddressSet,
    /// Whether the private address of some firewall is stated, so that another appliance is none.
    states_firewalls: bool,
}

impl<'m, 'k> SenderSurroundings<'m, 'k> {
    fn of(model: &'m Model, knowledge: &'k Knowledge) -> Self {
        let states_firewalls = model.firewalls.iter().any(|firewall| firewall.private_ip.is_some());
        Self { model, knowledge, firewalls: model.firewall_addresses(), states_firewalls }
    }

    fn steps(&self, stated: &StatedSender<'m>) -> Vec<WayStep<'m>> {
        let table = match stated.table {
            SenderTable::None => None,
            SenderTable::Stated(table) => Some(table),
            SenderTable::Unknown => return self.unknown(),
        };
        let mut prefixes = self.endpoints();
        let mut tags: Vec<TagRoute<'m>> = Vec::new();
        let routes = table.into_iter().flat_map(|table| &table.routes).filter(|route| route.moves == Moves::Flows);
        let routes: Vec<&Route> = routes.collect();
        let disputed = disputed(&routes);
        for route in routes {
            let by = match disputed.contains(&route.prefix) {
                true => Carrier::Unknown,
                false => leads(&route.next_hop, &self.firewalls, self.states_firewalls),
            };
            let way = NetworkWay { by, table, route: Some(route), endpoint: None };
            match &route.prefix {
                RoutePrefix::Cidr(cidr) => prefixes.push(prefix(*cidr, Rank::User, way)),
                RoutePrefix::ServiceTag(tag) => tags.push(self.tag(tag, way)),
            }
        }
        for tag in stated.service_endpoints {
            let way = NetworkWay { table, endpoint: Some(tag), ..NetworkWay::plain(Carrier::ServiceEndpoint) };
            tags.push(self.tag(tag, way));
        }
        prefixes.extend(near(stated, table));
        prefixes.extend(system(table));
        let mut list = self.before_tables();
        list.extend(steps(prefixes, tags));
        list
    }

    /// The steps of a subnet whose routes are not known: those that no table decides, and then nothing is known.
    fn unknown(&self) -> Vec<WayStep<'m>> {
        let mut list = self.before_tables();
        list.push(WayStep { to: Destinations::Addresses(AddressSet::any()), way: NetworkWay::plain(Carrier::Unknown) });
        list
    }

    /// The steps before any table: the addresses of firewalls, and those that the host answers.
    fn before_tables(&self) -> Vec<WayStep<'m>> {
        let to = |addresses, by| WayStep { to: Destinations::Addresses(addresses), way: NetworkWay::plain(by) };
        let mut list = vec![to(link_local(), Carrier::LinkLocal)];
        if !self.firewalls.is_empty() {
            list.insert(0, to(self.firewalls.clone(), Carrier::Firewall));
        }
        list
    }

    /// The routes that Azure has to private endpoints, /32 each.
    fn endpoints(&self) -> Vec<PrefixRoute<'m>> {
        let endpoints = self.model.private_endpoints.iter();
        let route = endpoints.map(|endpoint| PrefixRoute {
            length: 32,
            rank: Rank::System,
            to: endpoint.addresses.clone(),
            way: NetworkWay { endpoint: Some(&endpoint.name), ..NetworkWay::plain(Carrier::PrivateEndpoint) },
        });
        route.collect()
    }

    fn tag(&self, tag: &'m str, way: NetworkWay<'m>) -> TagRoute<'m> {
        TagRoute { tag, known: self.knowledge.addresses_of_tag(tag).cloned(), way }
    }
}

/// The prefixes that routes of one table send to different places: Azure refuses such a table, so that none of them is
/// known to hold.
fn disputed<'m>(routes: &[&'m Route]) -> HashSet<&'m RoutePrefix> {
    let mut first: HashMap<&RoutePrefix, &NextHop> = HashMap::new();
    let differ = |route: &&&'m Route| *first.entry(&route.prefix).or_insert(&route.next_hop) != &route.next_hop;
    routes.iter().filter(differ).map(|route| &route.prefix).collect()
}

/// The link-local addresses, 169.254.0.0/16.
pub fn link_local() -> AddressSet {
    set(Cidr::new(Ipv4Addr::new(169, 254, 0, 0), 16).as_slice())
}

fn prefix<'m>(cidr: Cidr, rank: Rank, way: NetworkWay<'m>) -> PrefixRoute<'m> {
    PrefixRoute { length: cidr.length(), rank, to: set(&[cidr]), way }
}

/// The routes to the network of the subnet and to its peers: the stated address spaces, or, where none is stated, the
/// subnet's own prefixes, as the network is at least that large.
fn near<'m>(stated: &StatedSender<'m>, table: Option<&'m RouteTable>) -> Vec<PrefixRoute<'m>> {
    let way = NetworkWay { table, ..NetworkWay::plain(Carrier::VirtualNetwork) };
    let (own, peerings) = match stated.network {
        Some(network) if !network.address_space.is_empty() => {
            (network.address_space.as_slice(), network.peerings.as_slice())
        }
        Some(network) => (stated.prefixes, network.peerings.as_slice()),
        None => (stated.prefixes, [].as_slice()),
    };
    let peers = peerings.iter().flat_map(|peering| &peering.address_space);
    own.iter().chain(peers).map(|&cidr| prefix(cidr, Rank::System, way)).collect()
}

/// Azure's default routes: public addresses to the Internet, private ones nowhere.
fn system(table: Option<&RouteTable>) -> Vec<PrefixRoute<'_>> {
    let to = |to: AddressSet, by| PrefixRoute {
        length: 0,
        rank: Rank::System,
        to,
        way: NetworkWay { table, ..NetworkWay::plain(by) },
    };
    let public = AddressSet::internet();
    vec![to(public.clone(), Carrier::Internet), to(AddressSet::any().difference(&public), Carrier::Nowhere)]
}

/// Where a route's next hop leads, in a model whose firewalls have `addresses`; without any, an appliance is the firewall.
fn leads(next_hop: &NextHop, addresses: &AddressSet, states_firewalls: bool) -> Carrier {
    match next_hop {
        NextHop::Appliance(address) if !states_firewalls || addresses.contains(*address) => Carrier::Firewall,
        NextHop::Appliances(all) if !states_firewalls || all.iter().all(|address| addresses.contains(*address)) => {
            Carrier::Firewall
        }
        NextHop::Appliance(_) | NextHop::Appliances(_) | NextHop::Unknown(_) => Carrier::Unknown,
        NextHop::Internet => Carrier::Internet,
        NextHop::Gateway => Carrier::Gateway,
        NextHop::VnetLocal => Carrier::VirtualNetwork,
        NextHop::None => Carrier::Nowhere,
    }
}
