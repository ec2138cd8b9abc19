//! Random networks, and one packet that walks through them: a reading of its own of the routing rules of LANGUAGE.md.

use std::net::Ipv4Addr;

use fwc::model::{
    Firewall, Model, Moves, NetworkSubnet, NextHop, Peering, PrivateEndpoint, ResourceId, Route, RoutePrefix,
    RouteTable, Scope, Subnet, TableOf, VirtualNetwork,
};
use fwc::net::{AddressSet, AddressSpan, Cidr};
use fwc::way::Carrier;

use crate::oracle::random::Random;

pub const TAGS: [&str; 5] = ["Storage", "Storage.WestEurope", "Sql", "AzureCloud", "AzureCloud.westeurope"];

/// A network as numbers: prefixes are a network and a length.
#[derive(Clone, Debug)]
pub struct Network {
    firewalls: Vec<u32>,
    tables: Vec<Table>,
    subnets: Vec<Lan>,
    endpoints: Vec<u32>,
    /// Whether subnets are of virtual networks, as artefacts state them; else of route tables, as sources do.
    is_artefact: bool,
    spaces: Vec<Vec<(u32, u8)>>,
    peers: Vec<Vec<(u32, u8)>>,
}

#[derive(Clone, Debug)]
struct Table {
    routes: Vec<(To, NextHop, Moves)>,
}

#[derive(Clone, PartialEq, Debug)]
enum To {
    Prefix(u32, u8),
    Tag(&'static str),
}

#[derive(Clone, Debug)]
struct Lan {
    prefix: (u32, u8),
    table: Named,
    endpoints: Vec<&'static str>,
    network: usize,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Named {
    None,
    Table(usize),
    Elsewhere,
}

fn prefix(random: &mut Random, bases: &[u32]) -> (u32, u8) {
    let base = *random.pick(bases);
    let length = *random.pick(&[0, 8, 16, 20, 24, 26, 28, 30, 32]);
    let mask = mask(length);
    ((base | (random.below(256) as u32)) & mask, length)
}

fn mask(length: u8) -> u32 {
    if length == 0 { 0 } else { u32::MAX << (32 - u32::from(length)) }
}

fn holds((network, length): (u32, u8), address: u32) -> bool {
    address & mask(length) == network
}

const PLACES: [u32; 6] = [0x0af0_0000, 0x0af0_1000, 0x0a32_0000, 0xc633_6400, 0xcb00_7100, 0xa9fe_a900];

fn hop(random: &mut Random, firewalls: &[u32]) -> NextHop {
    let appliance = firewalls.first().copied().unwrap_or(0x0a00_0104);
    match random.below(8) {
        0..=2 => NextHop::Appliance(appliance.into()),
        3 => NextHop::Appliance(Ipv4Addr::new(10, 9, 9, 9)),
        4 => NextHop::Internet,
        5 => NextHop::Gateway,
        6 => NextHop::VnetLocal,
        _ => NextHop::None,
    }
}

impl Network {
    pub fn draw(random: &mut Random) -> Self {
        let is_artefact = random.below(2) == 0;
        let firewalls = match random.below(4) {
            0 => Vec::new(),
            _ => vec![0x0a00_0104, 0xcb00_710a],
        };
        let tables: Vec<Table> = (0..1 + random.below(3)).map(|_| Table::draw(random, &firewalls)).collect();
        let subnets = (0..1 + random.below(3)).map(|_| Lan::draw(random, tables.len(), is_artefact)).collect();
        let endpoints = (0..random.below(3)).map(|_| 0x0af0_0000 | random.below(4096) as u32).collect();
        let spaces = (0..2).map(|_| (0..random.below(3)).map(|_| space(random)).collect()).collect();
        let peers = (0..2).map(|_| (0..random.below(2)).map(|_| space(random)).collect()).collect();
        Self { firewalls, tables, subnets, endpoints, is_artefact, spaces, peers }
    }

    /// A source and a destination, most of them near what the network states.
    pub fn packet(&self, random: &mut Random) -> (Ipv4Addr, Ipv4Addr) {
        let near = |random: &mut Random| match random.below(5) {
            0 => random.below(1 << 32) as u32,
            1 => *random.pick(&PLACES) | random.below(256) as u32,
            2 => self.endpoints.iter().chain(&self.firewalls).nth(random.below(4)).copied().unwrap_or(0xa9fe_a9fe),
            _ => {
                let prefixes: Vec<(u32, u8)> = self
                    .tables
                    .iter()
                    .flat_map(|table| &table.routes)
                    .filter_map(|(to, ..)| match to {
                        To::Prefix(network, length) => Some((*network, *length)),
                        To::Tag(_) => None,
                    })
                    .chain(self.subnets.iter().map(|lan| lan.prefix))
                    .collect();
                let (network, length) = *random.pick(&prefixes);
                network | (random.below(1 << 32) as u32 & !mask(length))
            }
        };
        let from = match random.below(8) {
            0 => near(random),
            _ => {
                let (network, length) = random.pick(&self.subnets).prefix;
                network | (random.below(1 << 32) as u32 & !mask(length))
            }
        };
        (from.into(), near(random).into())
    }

    /// Service tags that may hold the address: none for a private one, and with a region's tag that of all regions.
    pub fn tags_of(&self, address: Ipv4Addr, random: &mut Random) -> Vec<&'static str> {
        let public = AddressSet::internet().contains(address);
        let drawn: Vec<&str> = TAGS.into_iter().filter(|_| public && random.below(3) == 0).collect();
        let around = |tag: &'static str| TAGS.into_iter().filter(move |outer| tag.split('.').next() == Some(outer));
        let mut all: Vec<&str> = drawn.iter().flat_map(|&tag| around(tag).chain([tag])).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What becomes of one packet: each sentence of LANGUAGE.md, in its order.
    pub fn walk(&self, from: Ipv4Addr, to: Ipv4Addr, inside: &dyn Fn(&str) -> bool) -> Carrier {
        let (from, to) = (u32::from(from), u32::from(to));
        let lans: Vec<&Lan> = self.subnets.iter().filter(|lan| holds(lan.prefix, from)).collect();
        let Some(lan) = lans.first() else { return Carrier::Firewall };
        if self.firewalls.contains(&to) {
            return Carrier::Firewall;
        }
        if to >> 16 == 0xa9fe {
            return Carrier::LinkLocal;
        }
        let network = |lan: &Lan| self.is_artefact.then_some(lan.network);
        let same = |other: &&Lan| {
            other.table == lan.table && other.endpoints == lan.endpoints && network(other) == network(lan)
        };
        if !lans.iter().all(same) || lan.table == Named::Elsewhere {
            return Carrier::Unknown;
        }
        let routes: &[(To, NextHop, Moves)] = match lan.table {
            Named::Table(at) => &self.tables[at].routes,
            Named::None | Named::Elsewhere => &[],
        };
        let routes: Vec<_> = routes.iter().filter(|(_, _, moves)| *moves == Moves::Flows).collect();
        // Of two routes to one prefix, nobody knows which one holds.
        let leads = |to: &To, hop: &NextHop| {
            let differ = routes.iter().any(|(other, elsewhere, _)| other == to && elsewhere != hop);
            if differ { Carrier::Unknown } else { self.leads(hop) }
        };
        // A user's route for the address itself; then the endpoint's own.
        let mut best: Option<(u8, Carrier)> = None;
        for (prefix, hop, _) in &routes {
            if let To::Prefix(network, length) = prefix
                && holds((*network, *length), to)
                && best.is_none_or(|(longest, _)| *length > longest)
            {
                best = Some((*length, leads(prefix, hop)));
            }
        }
        if self.endpoints.contains(&to) && best.is_none_or(|(length, _)| length < 32) {
            return Carrier::PrivateEndpoint;
        }
        let near: Vec<(u32, u8)> = match self.is_artefact {
            true if self.spaces[lan.network].is_empty() => {
                self.peers[lan.network].iter().copied().chain([lan.prefix]).collect()
            }
            true => self.spaces[lan.network].iter().chain(&self.peers[lan.network]).copied().collect(),
            false => vec![lan.prefix],
        };
        for prefix in near {
            if holds(prefix, to) && best.is_none_or(|(length, _)| prefix.1 > length) {
                best = Some((prefix.1, Carrier::VirtualNetwork));
            }
        }
        if best.is_some_and(|(length, _)| length == 32) {
            return best.unwrap().1;
        }
        // Every route to a tag that holds the address; a service endpoint is one.
        let mut tagged: Vec<(u8, Carrier)> = Vec::new();
        for (prefix, hop, _) in &routes {
            if let To::Tag(tag) = prefix
                && inside(tag)
            {
                tagged.push((rank(tag), leads(prefix, hop)));
            }
        }
        tagged.extend(lan.endpoints.iter().filter(|tag| inside(tag)).map(|tag| (rank(tag), Carrier::ServiceEndpoint)));
        if let Some((length, by)) = best
            && length > 0
        {
            let agree = tagged.iter().all(|(_, other)| *other == by);
            return if agree { by } else { Carrier::Unknown };
        }
        if let Some(first) = tagged.iter().map(|(rank, _)| *rank).min() {
            let of_rank: Vec<Carrier> = tagged.iter().filter(|(rank, _)| *rank == first).map(|(_, by)| *by).collect();
            return if of_rank.iter().all(|by| *by == of_rank[0]) { of_rank[0] } else { Carrier::Unknown };
        }
        match best {
            Some((_, by)) => by,
            None if AddressSet::internet().contains(to.into()) => Carrier::Internet,
            None => Carrier::Nowhere,
        }
    }

    fn leads(&self, hop: &NextHop) -> Carrier {
        match hop {
            NextHop::Appliance(at) if self.firewalls.is_empty() || self.firewalls.contains(&u32::from(*at)) => {
                Carrier::Firewall
            }
            NextHop::Appliance(_) | NextHop::Appliances(_) | NextHop::Unknown(_) => Carrier::Unknown,
            NextHop::Internet => Carrier::Internet,
            NextHop::Gateway => Carrier::Gateway,
            NextHop::VnetLocal => Carrier::VirtualNetwork,
            NextHop::None => Carrier::Nowhere,
        }
    }

    /// The same as a model.
    pub fn model(&self) -> Model {
        let mut model = Model::default();
        if let [private, public] = self.firewalls.as_slice() {
            model.firewalls.push(Firewall {
                name: "hub".into(),
                policy: None,
                sku: None,
                private_ip: Some((*private).into()),
                public_ips: [("web".to_owned(), (*public).into())].into_iter().collect(),
                origin: None,
            });
        }
        model.route_tables = self.tables.iter().enumerate().map(|(at, table)| table.model(at)).collect();
        for (at, endpoint) in self.endpoints.iter().enumerate() {
            model.private_endpoints.push(PrivateEndpoint {
                name: format!("pe-{at}"),
                hosts: Vec::new(),
                addresses: AddressSpan::from(Ipv4Addr::from(*endpoint)).into(),
                zones: Vec::new(),
                origin: None,
            });
        }
        match self.is_artefact {
            true => model.virtual_networks = (0..2).map(|at| self.network(at)).collect(),
            false => self.subnets_of_tables(&mut model),
        }
        model
    }

    fn subnets_of_tables(&self, model: &mut Model) {
        for (at, lan) in self.subnets.iter().enumerate() {
            let Named::Table(table) = lan.table else { continue };
            model.route_tables[table].subnets.push(Subnet {
                name: format!("snet-{at}"),
                prefixes: vec![cidr(lan.prefix)],
                service_endpoints: lan.endpoints.iter().map(ToString::to_string).collect(),
            });
        }
    }

    fn network(&self, at: usize) -> VirtualNetwork {
        let subnet = |(index, lan): (usize, &Lan)| NetworkSubnet {
            name: format!("snet-{index}"),
            prefixes: vec![cidr(lan.prefix)],
            route_table: match lan.table {
                Named::None => TableOf::None,
                Named::Table(table) => TableOf::Named(ResourceId::own(format!("rt-{table}"))),
                Named::Elsewhere => TableOf::Unknown("[parameters('table')]".to_owned()),
            },
            service_endpoints: lan.endpoints.iter().map(ToString::to_string).collect(),
            origin: None,
        };
        VirtualNetwork {
            name: format!("vnet-{at}").into(),
            scope: Scope::default(),
            address_space: self.spaces[at].iter().copied().map(cidr).collect(),
            subnets: self.subnets.iter().enumerate().filter(|(_, lan)| lan.network == at).map(subnet).collect(),
            peerings: vec![Peering {
                name: "peer".to_owned(),
                remote: None,
                address_space: self.peers[at].iter().copied().map(cidr).collect(),
            }],
            origin: None,
        }
    }
}

fn cidr((network, length): (u32, u8)) -> Cidr {
    Cidr::new(network.into(), length).unwrap()
}

fn space(random: &mut Random) -> (u32, u8) {
    *random.pick(&[(0x0af0_0000, 16), (0x0af0_0000, 20), (0x0a32_0000, 16), (0xc633_6400, 24), (0x0af0_1000, 24)])
}

/// Regional tags first, then those of all regions, then `AzureCloud` of a region, then `AzureCloud`.
fn rank(tag: &str) -> u8 {
    match (tag.starts_with("AzureCloud"), tag.contains('.')) {
        (false, true) => 0,
        (false, false) => 1,
        (true, true) => 2,
        (true, false) => 3,
    }
}

impl Table {
    fn draw(random: &mut Random, firewalls: &[u32]) -> Self {
        let mut routes: Vec<(To, NextHop, Moves)> = Vec::new();
        for _ in 0..random.below(6) {
            let to = match random.below(4) {
                0 => To::Tag(random.word(&TAGS)),
                _ => {
                    let (network, length) = prefix(random, &PLACES);
                    To::Prefix(network, length)
                }
            };
            let moves = if random.below(6) == 0 { Moves::Replies } else { Moves::Flows };
            // Azure takes one route to a prefix: a table with two may be read, and says nothing of it.
            if routes.iter().all(|(other, ..)| *other != to) || random.below(4) == 0 {
                routes.push((to, hop(random, firewalls), moves));
            }
        }
        Self { routes }
    }

    fn model(&self, at: usize) -> RouteTable {
        let route = |(index, (to, hop, moves)): (usize, &(To, NextHop, Moves))| Route {
            name: format!("r-{index}").into(),
            prefix: match to {
                To::Prefix(network, length) => RoutePrefix::Cidr(cidr((*network, *length))),
                To::Tag(tag) => RoutePrefix::ServiceTag((*tag).to_owned()),
            },
            next_hop: hop.clone(),
            moves: *moves,
            origin: None,
        };
        RouteTable {
            name: format!("rt-{at}").into(),
            scope: Scope::default(),
            location: None,
            disable_bgp_propagation: None,
            routes: self.routes.iter().enumerate().map(route).collect(),
            subnets: Vec::new(),
            origin: None,
        }
    }
}

impl Lan {
    fn draw(random: &mut Random, tables: usize, is_artefact: bool) -> Self {
        let bases = [0x0af0_0000, 0x0af0_1000, 0x0af0_0000];
        let length = *random.pick(&[20, 24, 24]);
        let table = match random.below(6) {
            0 if is_artefact => Named::None,
            1 if is_artefact => Named::Elsewhere,
            _ => Named::Table(random.below(tables)),
        };
        let endpoints = TAGS.into_iter().take(3).filter(|_| random.below(5) == 0).collect();
        Self { prefix: (*random.pick(&bases) & mask(length), length), table, endpoints, network: random.below(2) }
    }
}
