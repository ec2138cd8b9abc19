//! Flows that are decided alike.
//!
//! The literals of a policy cut each field of a flow into pieces: addresses and ports where an interval of some rule,
//! IP group, route or subnet begins or ends, names by the patterns that match them. No rule and no route distinguishes
//! flows that lie in the same piece of each field, so that one of them represents all.
//!
//! Fields are cut one after the other, the destination first: ports only by the rules that may match there, sources only by
//! those of them that may match the service. A rule that matches no flow to a destination has no part in what is decided of
//! any. So there are hardly more classes than destinations that rules distinguish.

use std::collections::{BTreeSet, HashMap};
use std::net::Ipv4Addr;

use hashbrown::DefaultHashBuilder;

use crate::evaluate::{Knowledge, OrderLine, RuleOrder, SortedRule};
use crate::flow::Service;
use crate::logs::Row;
use crate::model::{AddressTerm, IpGroupRef, Model};
use crate::net::{AddressSet, HostName, HostPattern, Interval};
use crate::way::{Destinations, Ways};

use super::hosts::Hosts;
use super::may_match::{MatchTarget, may_serve, may_target, port_edges};

/// Where pieces begin.
#[derive(Clone, Default, Debug)]
struct Starts(BTreeSet<u32>);

impl Starts {
    fn add(&mut self, interval: Interval<u32>) {
        self.0.insert(interval.first());
        self.0.extend(interval.last().checked_add(1));
    }

    fn set(&mut self, set: &AddressSet) {
        set.as_intervals().intervals().iter().for_each(|interval| self.add(*interval));
    }

    fn terms(&mut self, terms: &[AddressTerm]) {
        for term in terms {
            match term {
                AddressTerm::Span(span) => self.add(span.interval()),
                // No tag holds an address of these.
                AddressTerm::ServiceTag(_) => self.set(&AddressSet::untagged()),
                AddressTerm::Any | AddressTerm::Ipv6(_) => {}
            }
        }
    }

    fn groups(&mut self, groups: &[IpGroupRef], model: &Model) {
        let known = groups.iter().filter_map(|group| model.ip_group(group));
        known.for_each(|group| self.set(&group.address_set()));
    }

    fn pieces(self) -> Pieces {
        Pieces(self.0.into_iter().collect())
    }
}

/// The pieces of a field, in order.
#[derive(Clone, Default, Debug)]
struct Pieces(Vec<u32>);

impl Pieces {
    fn of(&self, value: u32) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= value)).unwrap_or(u32::MAX)
    }
}

/// A policy, cut into classes as flows need them.
pub(super) struct UsageClasses<'o, 'm> {
    /// The rules, as Azure has them and as they were written.
    lines: Vec<(OrderLine<'m>, &'m Model)>,
    knowledge: &'o Knowledge,
    /// Where subnets begin and end.
    senders: BTreeSet<u32>,
    addresses: Pieces,
    hosts: Hosts,
    paths: ClassPaths,
    /// What is known of each destination, by its number in the table.
    to: HashMap<u32, ClassTo, DefaultHashBuilder>,
    /// The numbers of distinct destinations.
    numbers: HashMap<(ClassTo, Option<u32>, Option<u32>), usize, DefaultHashBuilder>,
    destinations: Vec<ClassDestination>,
}

/// A destination.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum ClassTo {
    /// A piece of the addresses.
    Address(u32),
    /// The names that the same patterns match.
    Names(u32),
    /// An address of a firewall, by the number of the text.
    Firewall(u32),
}

/// Destinations that no rule distinguishes.
struct ClassDestination {
    /// The rules that may match there.
    lines: Vec<usize>,
    ports: Pieces,
    /// The pieces of the sources for each service.
    services: HashMap<(u8, u32), Pieces, DefaultHashBuilder>,
}

/// Flows that are decided alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct UsageClass {
    destination: usize,
    service: (u8, u32),
    source: u32,
}

impl<'o, 'm> UsageClasses<'o, 'm> {
    /// The classes that `orders` and the ways distinguish.
    pub(super) fn of(orders: &[&RuleOrder<'m>], ways: &Ways<'_>, knowledge: &'o Knowledge) -> Self {
        let mut literals = Literals::default();
        let mut lines = Vec::new();
        for order in orders {
            lines.extend(order.lines().iter().map(|line| (*line, order.model())));
            order.lines().iter().for_each(|line| literals.line(line, order.model(), knowledge));
            literals.addresses.set(&order.model().firewall_addresses());
        }
        literals.ways(ways);
        literals.known(knowledge);
        let Literals { senders, addresses, hosts, paths } = literals;
        let (senders, addresses) = (senders.0, addresses.pieces());
        let (to, numbers, destinations) = (HashMap::default(), HashMap::default(), Vec::new());
        Self { lines, knowledge, senders, addresses, hosts, paths, to, numbers, destinations }
    }

    /// The class of a row. All rows must be of one table.
    pub(super) fn class(&mut self, row: &Row<'_>) -> UsageClass {
        let number = self.destination(row);
        let Self { lines, senders, destinations, .. } = self;
        let Some(destination) = destinations.get_mut(number) else {
            return UsageClass { destination: number, service: (u8::MAX, 0), source: row.source.into() };
        };
        let service = kind(row.service, &destination.ports);
        let here = &destination.lines;
        let sources = destination.services.entry(service).or_insert_with(|| {
            let mut starts = Starts(senders.clone());
            let asked = here.iter().filter_map(|line| lines.get(*line));
            for (line, model) in asked.filter(|(line, _)| may_serve(line, row.service)) {
                starts.terms(&line.rule.sources().addresses);
                starts.groups(&line.rule.sources().ip_groups, model);
            }
            starts.pieces()
        });
        UsageClass { destination: number, service, source: sources.of(row.source.into()) }
    }

    /// The number of the destination of a row.
    fn destination(&mut self, row: &Row<'_>) -> usize {
        let to = self.to(row);
        let address = row.address.map(|address| self.addresses.of(address.into()));
        let path = row.path.and_then(|path| self.paths.class(path, row.numbers.path));
        let next = self.destinations.len();
        let number = *self.numbers.entry((to, address, path)).or_insert(next);
        if number == next {
            let destination = self.new_destination(row);
            self.destinations.push(destination);
        }
        number
    }

    fn new_destination(&self, row: &Row<'_>) -> ClassDestination {
        let target = MatchTarget::of(row);
        let all = self.lines.iter().enumerate();
        let lines: Vec<usize> =
            all.filter(|(_, (line, model))| may_target(line, &target, model)).map(|(index, _)| index).collect();
        let mut ports = Starts::default();
        for (line, _) in lines.iter().filter_map(|line| self.lines.get(*line)) {
            ports.0.extend(port_edges(line, self.knowledge));
        }
        ClassDestination { lines, ports: ports.pieces(), services: HashMap::default() }
    }

    fn to(&mut self, row: &Row<'_>) -> ClassTo {
        let number = row.numbers.destination;
        if let Some(known) = self.to.get(&number) {
            return *known;
        }
        let to = match (row.destination.parse::<Ipv4Addr>(), row.destination.parse::<HostName>()) {
            (Ok(address), _) => ClassTo::Address(self.addresses.of(address.into())),
            (Err(_), Ok(name)) => ClassTo::Names(self.hosts.set_of(&name)),
            (Err(_), Err(_)) => ClassTo::Firewall(number),
        };
        self.to.insert(number, to);
        to
    }
}

/// The kind of a service, and the piece of its port.
fn kind(service: Service, ports: &Pieces) -> (u8, u32) {
    let piece = |port: u16| ports.of(port.into());
    match service {
        Service::Application(protocol, port) => (protocol as u8, piece(port)),
        Service::Tcp(port) => (3, piece(port)),
        Service::Udp(port) => (4, piece(port)),
        Service::Icmp => (5, 0),
        Service::Other(_) => (6, 0),
    }
}

/// The paths of the URLs of rules.
#[derive(Clone, Default, Debug)]
struct ClassPaths {
    wanted: BTreeSet<String>,
    /// The sets of them that some path fits.
    sets: HashMap<Vec<bool>, u32>,
    /// The set of each path, by its number in the table.
    known: HashMap<u32, u32>,
}

impl ClassPaths {
    /// The class of a path; nothing where no rule tests one.
    fn class(&mut self, path: &str, number: u32) -> Option<u32> {
        if self.wanted.is_empty() {
            return None;
        }
        if let Some(known) = self.known.get(&number) {
            return Some(*known);
        }
        let fits = self.wanted.iter().map(|wanted| fits(wanted, path)).collect();
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        let class = *self.sets.entry(fits).or_insert(next);
        self.known.insert(number, class);
        Some(class)
    }
}

/// Whether a path matches the path of a URL; of a URL whose meaning is not documented, all are alike.
fn fits(wanted: &str, path: &str) -> bool {
    if let Some((start, _)) = wanted.split_once('*') {
        return path.starts_with(start);
    }
    let asked = path.split('?').next().unwrap_or(path);
    asked == wanted || asked.strip_suffix('/') == Some(wanted)
}

/// Where the pieces begin, while they are collected.
#[derive(Default)]
struct Literals {
    senders: Starts,
    addresses: Starts,
    hosts: Hosts,
    paths: ClassPaths,
}

impl Literals {
    fn line(&mut self, line: &OrderLine<'_>, model: &Model, knowledge: &Knowledge) {
        match line.rule {
            SortedRule::Nat(rule) => self.addresses.terms(&rule.matches.destinations),
            SortedRule::Network(_, rule) => {
                self.addresses.terms(&rule.matches.destinations);
                self.addresses.groups(&rule.matches.destination_ip_groups, model);
                let names = rule.matches.destination_fqdns.iter();
                names.for_each(|name| self.hosts.add(&HostPattern::Exact(name.clone())));
            }
            SortedRule::Application(_, rule) => {
                rule.matches.fqdns.iter().for_each(|pattern| self.hosts.add(pattern));
                rule.matches.urls.iter().for_each(|url| self.url(url));
                rule.matches.fqdn_tags.iter().for_each(|tag| self.fqdn_tag(tag, knowledge));
            }
        }
    }

    fn url(&mut self, url: &str) {
        let (host, path) = url.find('/').map_or((url, "/"), |slash| url.split_at(slash));
        self.paths.wanted.insert(path.to_owned());
        // What is no pattern matches no name for certain, whatever the name.
        host.parse().into_iter().for_each(|pattern| self.hosts.add(&pattern));
    }

    fn fqdn_tag(&mut self, tag: &str, knowledge: &Knowledge) {
        let Some(known) = knowledge.hosts_of_tag(tag) else { return };
        known.hosts.iter().chain(&known.open).for_each(|pattern| self.hosts.add(pattern));
    }

    fn ways(&mut self, ways: &Ways<'_>) {
        for sender in ways.senders() {
            self.senders.set(&sender.sources);
            for step in &sender.steps {
                match &step.to {
                    Destinations::Addresses(to) => self.addresses.set(to),
                    Destinations::Tagged { within, .. } => self.addresses.set(within),
                }
            }
        }
    }

    /// Names with known addresses go to those and no others.
    fn known(&mut self, knowledge: &Knowledge) {
        for (name, addresses) in knowledge.known() {
            self.hosts.add(&HostPattern::Exact(name.clone()));
            self.addresses.set(addresses);
        }
    }
}
