//! Flows at the corners of two policies and of every change, and what the naive evaluator says of them.

use std::net::Ipv4Addr;

use fwc::diff::{DiffSide, Limits, diff, json};
use fwc::evaluate::{self, Atom, FlowPoint, Knowledge, OrderLine, Outside, RuleOrder, SortedRule, World};
use fwc::explain::{FlowLine, FlowVerdict, explain};
use fwc::flow::Service;
use fwc::model::{
    Action, AddressTerm, IpGroupRef, Model, NatTarget, NetworkProtocol, Policy, RoutePrefix, Sources, is_known_tag,
};
use fwc::net::{AddressSet, AddressSpan, AppProtocol, HostName, HostPattern, PortSpan};
use fwc::source::Files;
use fwc::way::{Carrier, Ways, link_local};
use serde_json::Value;

use super::entries::{Asked, Entry, Term};
use crate::oracle::random::Random;

/// What was compared.
#[derive(Default, Debug)]
pub struct Counts {
    pub pairs: usize,
    pub entries: usize,
    pub flows: usize,
    /// Of these, those of pairs that differ at all.
    pub flows_of_changed: usize,
    /// Those that change.
    pub inside: usize,
    pub witnesses: usize,
}

/// The values at which rules of either side begin and end.
#[derive(Default)]
pub struct Corners {
    addresses: Vec<Ipv4Addr>,
    names: Vec<HostName>,
    services: Vec<Service>,
    atoms: Vec<Atom>,
    paths: Vec<String>,
}

/// Compares two policies, and the answer with the naive evaluator on `flows` flows.
pub fn check(
    old: DiffSide<'_>,
    new: DiffSide<'_>,
    flows: usize,
    random: &mut Random,
    counts: &mut Counts,
    what: &str,
) -> Value {
    let found = diff(old, new, &Limits::default()).unwrap();
    let value = json(&found, &[], &Files::new(), &Files::new());
    let entries: Vec<Entry> = value["changes"].as_array().unwrap().iter().map(Entry::of).collect();
    let corners = Corners::of(&[old, new]);
    let orders = (RuleOrder::of(old.model, old.policy), RuleOrder::of(new.model, new.policy));
    let ways = (Ways::of(old.model, old.knowledge), Ways::of(new.model, new.knowledge));
    // Some draws are no flows: their name cannot have their address.
    let drawn = std::iter::repeat_with(|| corners.draw(&entries, random)).take(20 * flows);
    let possible = drawn.filter(|asked| possible(asked, old.knowledge) || possible(asked, new.knowledge));
    for asked in possible.take(flows) {
        let before = decide(&orders.0, old.knowledge, &asked);
        let after = decide(&orders.1, new.knowledge, &asked);
        let holding: Vec<&Entry> = entries.iter().filter(|entry| entry.holds(&asked)).collect();
        let (Some(one), Some(other)) = (became(&ways.0, before, &asked), became(&ways.1, after, &asked)) else {
            continue;
        };
        let expected = usize::from(one.differs(&other) && !is_unmoved(&ways.0, &ways.1, &asked));
        assert_eq!(holding.len(), expected, "{what}: {asked:?}\nbefore {before:?}\nafter {after:?}\n{holding:#?}");
        for entry in holding {
            let is_past = |became: &Became| *became == Became::Unfiltered;
            assert_eq!(entry.fates.0 == "unfiltered", is_past(&one), "{what}: {asked:?}");
            assert_eq!(entry.fates.1 == "unfiltered", is_past(&other), "{what}: {asked:?}");
            if !is_past(&one) && !is_past(&other) {
                assert_eq!((&entry.fates.0, &entry.fates.1), (&one.fate(), &other.fate()), "{what}: {asked:?}");
            }
            if one.is_of_rules() && other.is_of_rules() {
                assert_eq!(entry.before, said(before), "{what}: {asked:?}");
                assert_eq!(entry.after, said(after), "{what}: {asked:?}");
            }
        }
        counts.flows += 1;
        counts.flows_of_changed += usize::from(!entries.is_empty());
        counts.inside += expected;
    }
    for change in value["changes"].as_array().unwrap() {
        witness(change, old, "before", what);
        witness(change, new, "after", what);
        counts.witnesses += 1;
    }
    counts.pairs += 1;
    counts.entries += entries.len();
    value
}

/// The witness, explained, gives what the entry says; it may hang on an opaque set only where the entry names one.
fn witness(change: &Value, side: DiffSide<'_>, name: &str, what: &str) {
    let line: FlowLine = serde_json::from_value(change["witness"].clone()).unwrap();
    let flow = line.flow(side.model).unwrap();
    let explained = explain(side.model, side.policy, &flow, side.knowledge).unwrap();
    // Where only the way changes, what the rules do is said of the witness alone, which is in no opaque set; what rules take
    // first, in opaque sets, is no part of the entry.
    // So it is where a route drops the flow.
    let opaque = change.get("opaque").is_some()
        || change.get("except").is_some()
        || change[name]["way"]["by"] == "nowhere"
        || change["effect"].as_str().unwrap().contains("filtered");
    match explained.verdict {
        FlowVerdict::Depends => assert!(opaque, "{what}: {change:#}"),
        verdict => {
            let wanted = change[name]["verdict"].as_str().unwrap();
            assert!(opaque || verdict.to_string() == wanted, "{what}: {name} {verdict}\n{change:#}");
        }
    }
}

/// What becomes of a flow.
#[derive(Clone, PartialEq, Debug)]
enum Became {
    /// Its way leads past the firewall.
    Unfiltered,
    /// Its way leads nowhere.
    Lost,
    /// The rules do this.
    Decided(Action, Option<String>),
}

impl Became {
    fn fate(&self) -> String {
        let word = match self {
            Self::Unfiltered => "unfiltered",
            Self::Lost | Self::Decided(Action::Deny, _) => "denied",
            Self::Decided(Action::Allow, _) => "allowed",
        };
        word.to_owned()
    }

    /// Whether it is another fate, or the same with another translation.
    fn differs(&self, other: &Self) -> bool {
        let target = |became: &Self| match became {
            Self::Decided(_, target) => target.clone(),
            Self::Unfiltered | Self::Lost => None,
        };
        (self.fate(), target(self)) != (other.fate(), target(other))
    }

    fn is_of_rules(&self) -> bool {
        matches!(self, Self::Decided(..))
    }
}

/// What becomes of a flow that the rules decide by `line`; `None` where its way is not known.
fn became(ways: &Ways<'_>, line: Option<OrderLine<'_>>, asked: &Asked) -> Option<Became> {
    let holds = |tag: &str| asked.world.holds(&Atom::Destination(Outside::ServiceTag(tag.into())));
    let (action, target) = outcome(line);
    Some(match ways.of_flow(asked.source, asked.address, &holds).by {
        Carrier::Unknown => return None,
        Carrier::Firewall => Became::Decided(action, target),
        Carrier::Nowhere => Became::Lost,
        _ => Became::Unfiltered,
    })
}

/// Whether only one side states the subnet of a flow that no route table moves.
fn is_unmoved(old: &Ways<'_>, new: &Ways<'_>, asked: &Asked) -> bool {
    let of = |ways: &Ways<'_>| {
        let sender = ways.senders().iter().find(|sender| sender.sources.contains(asked.source));
        sender.map(|sender| sender.own().union(&link_local()).contains(asked.address))
    };
    matches!((of(old), of(new)), (Some(true), None) | (None, Some(true)))
}

/// Whether the name may have the address, and the address be in the service tags of the world: no tag holds a private one.
pub fn possible(asked: &Asked, knowledge: &Knowledge) -> bool {
    let is_known = |atom: &Atom| match atom {
        Atom::Destination(Outside::ServiceTag(tag)) => is_known_tag(tag.as_str()),
        _ => false,
    };
    if AddressSet::untagged().contains(asked.address) && asked.world.atoms().any(is_known) {
        return false;
    }
    let Some(name) = &asked.name else { return true };
    knowledge.addresses_of(name).is_none_or(|known| known.contains(asked.address))
}

pub fn decide<'m>(order: &RuleOrder<'m>, knowledge: &Knowledge, asked: &Asked) -> Option<OrderLine<'m>> {
    let Asked { source, address, name, path, service, world } = asked;
    let point = FlowPoint {
        source: *source,
        address: *address,
        name: name.as_ref(),
        path: Some(path.as_deref().unwrap_or("/")),
        service: *service,
    };
    evaluate::decide(order, &point, knowledge, world)
}

pub fn outcome(line: Option<OrderLine<'_>>) -> (Action, Option<String>) {
    let target = line.and_then(|line| match line.rule {
        SortedRule::Nat(rule) => Some(match &rule.handling.target {
            NatTarget::Address(address) => format!("{address}:{}", rule.handling.port),
            NatTarget::Fqdn(name) => format!("{name}:{}", rule.handling.port),
        }),
        SortedRule::Network(..) | SortedRule::Application(..) => None,
    });
    (evaluate::action_of(line), target)
}

fn said(line: Option<OrderLine<'_>>) -> (String, String) {
    (outcome(line).0.to_string(), line.map_or(String::new(), |line| line.rule.name().to_owned()))
}

impl Corners {
    pub fn of(sides: &[DiffSide<'_>]) -> Self {
        let mut corners = Self::default();
        corners.names.extend(["unrelated.test", "x.corp.example"].map(|name| name.parse().unwrap()));
        corners.addresses.extend([Ipv4Addr::new(20, 99, 0, 1), Ipv4Addr::new(10, 1, 2, 4)]);
        corners.services.extend([Service::Tcp(443), Service::Icmp, Service::Other(47), Service::Udp(53)]);
        for side in sides {
            let order = RuleOrder::of(side.model, side.policy);
            for line in order.lines() {
                corners.line(line, side.model);
            }
            corners.network(side.model);
            for (name, addresses) in side.knowledge.known() {
                corners.names.push(name.clone());
                addresses.spans().for_each(|span| corners.span(span));
            }
        }
        corners
    }

    fn network(&mut self, model: &Model) {
        for table in &model.route_tables {
            for route in &table.routes {
                match &route.prefix {
                    RoutePrefix::Cidr(cidr) => self.span(AddressSpan::Cidr(*cidr)),
                    RoutePrefix::ServiceTag(tag) => {
                        self.atoms.push(Atom::Destination(Outside::ServiceTag(tag.as_str().into())));
                    }
                }
            }
            table
                .subnets
                .iter()
                .flat_map(|subnet| &subnet.prefixes)
                .for_each(|&cidr| self.span(AddressSpan::Cidr(cidr)));
        }
        let subnets = model.virtual_networks.iter().flat_map(|network| &network.subnets);
        subnets.flat_map(|subnet| &subnet.prefixes).for_each(|&cidr| self.span(AddressSpan::Cidr(cidr)));
        let endpoints = model.private_endpoints.iter().map(|endpoint| &endpoint.addresses);
        endpoints.chain([&model.firewall_addresses()]).flat_map(|of| of.spans()).for_each(|span| self.span(span));
    }

    fn line(&mut self, line: &OrderLine<'_>, model: &Model) {
        match line.rule {
            SortedRule::Nat(rule) => {
                self.sources(&rule.matches.sources, model);
                self.terms(&rule.matches.destinations, false);
                rule.matches.ports.iter().for_each(|&span| self.ports(&rule.matches.protocols, span));
            }
            SortedRule::Network(_, rule) => {
                self.sources(&rule.matches.sources, model);
                self.terms(&rule.matches.destinations, false);
                self.groups(&rule.matches.destination_ip_groups, model, false);
                rule.matches.ports.spans().for_each(|span| self.ports(&rule.matches.protocols, span));
                for name in &rule.matches.destination_fqdns {
                    self.names.push(name.clone());
                    self.atoms.push(Atom::Destination(Outside::Dns(name.clone())));
                }
            }
            SortedRule::Application(_, rule) => {
                self.sources(&rule.matches.sources, model);
                for &(protocol, port) in &rule.matches.protocols {
                    self.services.push(Service::Application(protocol, port));
                    self.services.push(Service::Tcp(port));
                }
                rule.matches.fqdns.iter().for_each(|pattern| self.names.extend(names(pattern)));
                for url in &rule.matches.urls {
                    let (host, path) = url.split_at(url.find('/').unwrap_or(url.len()));
                    host.parse().iter().for_each(|pattern: &HostPattern| self.names.extend(names(pattern)));
                    let path = path.trim_end_matches('*');
                    self.paths.extend([path.to_owned(), format!("{path}x"), "/".to_owned()]);
                    self.paths.retain(|path| path.starts_with('/'));
                }
                self.atoms.extend(rule.matches.fqdn_tags.iter().map(|tag| Atom::FqdnTag(tag.as_str().into())));
                self.atoms
                    .extend(rule.matches.web_categories.iter().map(|name| Atom::WebCategory(name.as_str().into())));
            }
        }
    }

    fn sources(&mut self, sources: &Sources, model: &Model) {
        self.terms(&sources.addresses, true);
        self.groups(&sources.ip_groups, model, true);
        let pods = sources.pods.iter().map(|pods| Outside::Pods(pods.key().as_str().into()));
        self.atoms.extend(pods.map(Atom::Source));
    }

    fn terms(&mut self, terms: &[AddressTerm], _source: bool) {
        for term in terms {
            match term {
                AddressTerm::Any | AddressTerm::Ipv6(_) => {}
                AddressTerm::Span(span) => self.span(*span),
                AddressTerm::ServiceTag(tag) => {
                    self.atoms.push(Atom::Destination(Outside::ServiceTag(tag.as_str().into())));
                }
            }
        }
    }

    fn groups(&mut self, groups: &[IpGroupRef], model: &Model, source: bool) {
        for group in groups {
            match model.ip_group(group) {
                Some(known) => known.addresses.iter().for_each(|span| self.span(*span)),
                None => {
                    let set = Outside::IpGroup(group.key().as_str().into());
                    self.atoms.push(if source { Atom::Source(set) } else { Atom::Destination(set) });
                }
            }
        }
    }

    fn span(&mut self, span: AddressSpan) {
        let (first, last) = (span.interval().first(), span.interval().last());
        let around = [first.saturating_sub(1), first, last, last.saturating_add(1)];
        self.addresses.extend(around.map(Ipv4Addr::from));
    }

    fn ports(&mut self, protocols: &[NetworkProtocol], span: PortSpan) {
        for port in
            [span.first().saturating_sub(1).max(1), span.first().max(1), span.last(), span.last().saturating_add(1)]
        {
            for protocol in protocols {
                match protocol {
                    NetworkProtocol::Tcp | NetworkProtocol::Any => {
                        self.services.push(Service::Tcp(port));
                        self.services.push(Service::Application(AppProtocol::Https, port));
                    }
                    NetworkProtocol::Udp => self.services.push(Service::Udp(port)),
                    NetworkProtocol::Icmp => self.services.push(Service::Icmp),
                }
            }
        }
    }

    pub fn draw(&self, entries: &[Entry], random: &mut Random) -> Asked {
        if !entries.is_empty() && random.chance(60) {
            let mut asked = self.inside(random.pick(entries), random);
            if random.chance(40) {
                self.moved(&mut asked, random);
            }
            return asked;
        }
        let mut world = World::default();
        while !self.atoms.is_empty() && random.chance(40) {
            world = world.with(random.pick(&self.atoms));
        }
        let name = random.chance(60).then(|| random.pick(&self.names).clone());
        let world = without_names(world, name.as_ref());
        Asked {
            source: *random.pick(&self.addresses),
            address: *random.pick(&self.addresses),
            path: self.path(random),
            service: *random.pick(&self.services),
            name,
            world,
        }
    }

    fn path(&self, random: &mut Random) -> Option<String> {
        (!self.paths.is_empty() && random.chance(70)).then(|| random.pick(&self.paths).clone())
    }

    /// A flow at a corner of an entry, mostly inside.
    fn inside(&self, entry: &Entry, random: &mut Random) -> Asked {
        let end = |spans: &[AddressSpan], random: &mut Random| {
            let span = random.pick(spans).interval();
            Ipv4Addr::from(if random.chance(50) { span.first() } else { span.last() })
        };
        let (word, ports) = random.pick(&entry.services).clone();
        let port = if random.chance(50) { ports.first() } else { ports.last() };
        let service = match word.as_str() {
            "http" => Service::Application(AppProtocol::Http, port),
            "https" => Service::Application(AppProtocol::Https, port),
            "mssql" => Service::Application(AppProtocol::Mssql, port),
            "tcp" => Service::Tcp(port),
            "udp" => Service::Udp(port),
            "icmp" => Service::Icmp,
            _ => Service::Other(47),
        };
        let name = match random.pick(&entry.of) {
            Term::None => None,
            Term::Names(HostPattern::Any) => Some(random.pick(&self.names).clone()),
            Term::Names(pattern) => Some(random.pick(&names(pattern)).clone()),
        };
        let mut world: World = entry.inside.iter().cloned().collect();
        if !self.atoms.is_empty() && random.chance(20) {
            world = world.with(random.pick(&self.atoms));
        }
        let path = match random.pick(&entry.paths).as_str() {
            "*" => self.path(random),
            pattern => Some(pattern.replace('*', "x")),
        };
        let world = without_names(world, name.as_ref());
        Asked {
            source: end(&entry.sources, random),
            address: end(&entry.addresses, random),
            name,
            path,
            service,
            world,
        }
    }

    fn moved(&self, asked: &mut Asked, random: &mut Random) {
        match random.below(4) {
            0 => asked.source = *random.pick(&self.addresses),
            1 => asked.address = *random.pick(&self.addresses),
            2 => asked.service = *random.pick(&self.services),
            _ => asked.name = Some(random.pick(&self.names).clone()),
        }
    }
}

/// Facts about the name hold for flows that ask for one.
fn without_names(world: World, name: Option<&HostName>) -> World {
    let about_name = |atom: &Atom| matches!(atom, Atom::FqdnTag(_) | Atom::WebCategory(_) | Atom::Url(_));
    world.atoms().filter(|atom| name.is_some() || !about_name(atom)).cloned().collect()
}

/// Names that a pattern matches, or that look so.
fn names(pattern: &HostPattern) -> Vec<HostName> {
    let texts = match pattern {
        HostPattern::Any => vec!["unrelated.test".to_owned()],
        HostPattern::Exact(name) => vec![name.to_string(), format!("x.{name}")],
        HostPattern::Below(name) => vec![format!("www.{name}"), format!("b.{name}"), name.to_string()],
        HostPattern::Ending(name) => vec![format!("evil{name}"), format!("b.{name}"), name.to_string()],
    };
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

/// The policy that is attached, by name.
pub fn side<'m>(model: &'m Model, policy: &'m Policy, knowledge: &'m Knowledge) -> DiffSide<'m> {
    DiffSide { model, policy, knowledge }
}
