//! Rule sets that are harder than real ones: nested prefixes, popular suffixes, wildcards, narrower copies of earlier rules.

pub mod json;

use std::collections::BTreeSet;

use fwc::flow::{DecisionList, Flow, FlowAction, ListLine, Match, MatchingEnds, MatchingNames, MatchingPaths, Service};
use fwc::net::{
    AddressSet, AddressSpan, AppProtocol, Cidr, HostName, HostPattern, Interval, IntervalSet, PortSet, PortSpan,
    ServiceSet, Transport,
};
use fwc::prove::OpaqueSort;

/// What kinds of rules there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Network rules over literal addresses.
    Network,
    /// Three parts network rules, some over host names and service tags, then two parts application rules.
    Mixed,
}

/// A list of `count` lines, the same for the same seed.
pub fn list(seed: u64, count: usize, mode: Mode) -> DecisionList {
    let mut generator = Generator::new(seed, count, mode);
    let network = if mode == Mode::Mixed { count * 3 / 5 } else { count };
    let mut lines: Vec<ListLine> = Vec::with_capacity(count);
    for index in 0..count {
        let stage = if index < network { 0 } else { network };
        let product = match earlier(&mut generator, &lines, stage, index) {
            Some(copy) => generator.narrower(copy),
            None if index < network => generator.network(),
            None => generator.application(),
        };
        let deny = generator.chance(if index < network { 10 } else { 8 });
        lines.push(ListLine::new(if deny { FlowAction::Deny } else { FlowAction::Allow }, product, index));
    }
    DecisionList::new(lines)
}

fn earlier(generator: &mut Generator, lines: &[ListLine], stage: usize, index: usize) -> Option<Match> {
    if index <= stage + 10 || !generator.chance(3) {
        return None;
    }
    let at = stage + generator.below(index - stage);
    lines.get(at).and_then(|line| line.matches.first()).cloned()
}

/// The same policy with every line of several sources or destinations cut in two.
pub fn split(list: &DecisionList) -> DecisionList {
    let cut = |line: &ListLine| -> Vec<ListLine> {
        let Some(product) = line.matches.first() else { return vec![line.clone()] };
        let (sources, destinations) = (halves(&product.sources), halves(&product.destinations));
        let products: Vec<Match> = if sources.len() > 1 {
            sources.into_iter().map(|sources| Match { sources, ..product.clone() }).collect()
        } else {
            destinations.into_iter().map(|destinations| Match { destinations, ..product.clone() }).collect()
        };
        products.into_iter().map(|product| ListLine::new(line.action, product, line.origin)).collect()
    };
    DecisionList { lines: list.lines.iter().flat_map(cut).collect(), default: list.default }
}

/// The same policy with each run of lines that do the same turned round.
pub fn turned(list: &DecisionList) -> DecisionList {
    let runs = list.lines.chunk_by(|a, b| a.action == b.action);
    let lines = runs.flat_map(|run| run.iter().rev()).cloned().collect();
    DecisionList { lines, default: list.default }
}

/// A policy as its author means it and as Azure reads it: groups of a hundred lines, in each the denies first; and all network
/// lines before all application lines, those over TCP and UDP cut in two. The compiler refuses a deny that this would
/// let flows past, so that no such deny is left.
pub fn regrouped(list: &DecisionList) -> (DecisionList, DecisionList) {
    let (network, application): (Vec<&ListLine>, Vec<&ListLine>) = list.lines.iter().partition(|line| is_network(line));
    let groups = (list.lines.len() / 100).max(1);
    let part = |lines: &[&ListLine], group: usize| -> Vec<ListLine> {
        let of = lines.iter().skip(group * lines.len() / groups);
        let count = (group + 1) * lines.len() / groups - group * lines.len() / groups;
        of.take(count).map(|&line| line.clone()).collect()
    };
    let mut meant: Vec<ListLine> = Vec::new();
    for group in 0..groups {
        let all = [part(&network, group), part(&application, group)].concat();
        let (denies, allows): (Vec<ListLine>, Vec<ListLine>) =
            all.into_iter().partition(|line| line.action == FlowAction::Deny);
        meant.extend(denies);
        meant.extend(allows);
    }
    let swapped = bypassed(&meant);
    let mut keep = swapped.iter().map(|swapped| !swapped);
    meant.retain(|_| keep.next().unwrap_or(true));
    let (network, application): (Vec<ListLine>, Vec<ListLine>) = meant.iter().cloned().partition(is_network);
    let azure = network.iter().flat_map(by_transport).chain(application).collect();
    let default = list.default;
    (DecisionList { lines: meant, default }, DecisionList { lines: azure, default })
}

fn is_network(line: &ListLine) -> bool {
    line.matches.iter().all(|product| product.names == MatchingNames::Any)
}

/// For each line, whether it is a deny that some line of the other kind and action trades places with, and may meet.
fn bypassed(lines: &[ListLine]) -> Vec<bool> {
    let mut found = vec![false; lines.len()];
    for (at, application) in lines.iter().enumerate().filter(|(_, line)| !is_network(line)) {
        let behind = lines.iter().enumerate().skip(at).filter(|(_, line)| is_network(line));
        for (other, network) in behind.filter(|(_, line)| line.action != application.action) {
            let deny = if network.action == FlowAction::Deny { other } else { at };
            if found.get(deny) == Some(&false) && may_meet(network, application) {
                found.get_mut(deny).into_iter().for_each(|found| *found = true);
            }
        }
    }
    found
}

fn may_meet(network: &ListLine, application: &ListLine) -> bool {
    network.matches.iter().any(|n| {
        application.matches.iter().any(|a| {
            let tcp = |protocol| a.services.application_ports(protocol).intersects(&n.services.tcp);
            let ports = n.services.any || AppProtocol::ALL.into_iter().any(tcp);
            let inside = AddressSet::private().covers(&n.destinations.addresses) && n.destinations.atoms.is_empty();
            ports && !inside && a.sources.addresses.intersects(&n.sources.addresses)
        })
    })
}

fn by_transport(line: &ListLine) -> Vec<ListLine> {
    let Some(product) = line.matches.first() else { return vec![line.clone()] };
    let ServiceSet { tcp, udp, .. } = product.services.clone();
    if tcp.is_empty() || udp.is_empty() {
        return vec![line.clone()];
    }
    let parts = [ServiceSet { tcp, ..ServiceSet::default() }, ServiceSet { udp, ..ServiceSet::default() }];
    let part = |services| ListLine::new(line.action, Match { services, ..product.clone() }, line.origin);
    parts.into_iter().map(part).collect()
}

fn halves(ends: &MatchingEnds) -> Vec<MatchingEnds> {
    let intervals = ends.addresses.as_intervals().intervals();
    if intervals.len() < 2 || !ends.atoms.is_empty() {
        return vec![ends.clone()];
    }
    let (first, second) = intervals.split_at(intervals.len() / 2);
    let half = |part: &[Interval<u32>]| {
        MatchingEnds::from(AddressSet::from(part.iter().copied().collect::<IntervalSet<u32>>()))
    };
    vec![half(first), half(second)]
}

/// The list with the line in the middle opened to one more source.
pub fn one_rule_changed(list: &DecisionList, seed: u64) -> DecisionList {
    let mut generator = Generator::new(seed, list.lines.len(), Mode::Network);
    let mut changed = list.clone();
    let middle = changed.lines.len() / 2;
    if let Some(product) = changed.lines.get_mut(middle).and_then(|line| line.matches.first_mut()) {
        product.sources.addresses = product.sources.addresses.union(&generator.source_prefix().into());
    }
    changed
}

/// Flows that the lines of a list are about, more or less.
pub fn flows(list: &DecisionList, seed: u64, count: usize) -> Vec<Flow> {
    let mut generator = Generator::new(seed, list.lines.len(), Mode::Mixed);
    (0..count).map(|_| generator.flow()).collect()
}

struct Generator {
    state: u64,
    spokes: Vec<Cidr>,
    outside: Vec<Cidr>,
    mode: Mode,
}

const PORTS: [u16; 40] = [
    443, 80, 53, 22, 3389, 1433, 5432, 3306, 25, 587, 123, 389, 636, 88, 445, 8080, 8443, 9090, 9200, 6379, 27017,
    5671, 5672, 9092, 2049, 111, 135, 139, 1521, 5985, 5986, 8000, 8888, 9000, 9100, 10250, 6443, 2379, 4317, 4318,
];
const SUFFIXES: usize = 2000;
const TOPS: [&str; 6] = ["com", "net", "io", "org", "azure.com", "windows.net"];
const TAGS: [&str; 12] = [
    "Storage",
    "Storage.WestEurope",
    "Storage.NorthEurope",
    "Sql",
    "Sql.WestEurope",
    "AzureCloud",
    "AzureCloud.westeurope",
    "AzureMonitor",
    "AzureActiveDirectory",
    "EventHub",
    "KeyVault",
    "ServiceBus",
];

impl Generator {
    fn new(seed: u64, count: usize, mode: Mode) -> Self {
        let mut generator = Self { state: seed, spokes: Vec::new(), outside: Vec::new(), mode };
        generator.spokes = (0..(count / 10).clamp(64, 20_000))
            .map(|_| {
                let (address, length) = (generator.inside_address(), 20 + generator.small(5));
                prefix(address, length)
            })
            .collect();
        generator.outside = (0..(count / 5).clamp(64, 20_000))
            .map(|_| {
                let address = 0x1400_0000 + (generator.word() & 0x7fff_ffff);
                prefix(address, 16 + generator.small(17))
            })
            .collect();
        generator
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn word(&mut self) -> u32 {
        u32::try_from(self.next() >> 32).unwrap_or_default()
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    fn small(&mut self, bound: usize) -> u8 {
        u8::try_from(self.below(bound)).unwrap_or_default()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A number below `bound`, small ones far more often.
    fn popular(&mut self, bound: usize) -> usize {
        let part = f64::from(self.word()) / 4_294_967_296.0;
        let power = f64::from(u32::try_from(bound).unwrap_or(u32::MAX)).powf(part) - 1.0;
        (0..bound).nth(power as usize).unwrap_or_default()
    }

    fn inside_address(&mut self) -> u32 {
        0x0a00_0000 | self.word() & 0x00ff_ffff
    }

    fn source_prefix(&mut self) -> AddressSpan {
        AddressSpan::Cidr(match self.below(1000) {
            0..15 => prefix(0x0a00_0000, 8),
            15..70 => {
                let address = self.inside_address();
                prefix(address, 12 + self.small(5))
            }
            70..720 => self.spoke(),
            _ => {
                let spoke = self.spoke();
                self.part(spoke, 28)
            }
        })
    }

    fn spoke(&mut self) -> Cidr {
        let at = self.below(self.spokes.len());
        self.spokes.get(at).copied().unwrap_or(prefix(0x0a00_0000, 8))
    }

    /// A prefix inside another one, of `length` or a little longer.
    fn part(&mut self, of: Cidr, length: u8) -> Cidr {
        let host = self.word() & u32::MAX.checked_shr(of.length().into()).unwrap_or(0);
        let longest = 33 - usize::from(length.min(32));
        let length = length + self.small(longest);
        prefix(u32::from(of.network()) | host, length.max(of.length()))
    }

    fn several(&mut self, once: usize, more: usize) -> usize {
        if self.chance(once) { 1 } else { 2 + self.below(more) }
    }

    fn sources(&mut self) -> AddressSet {
        if self.below(1000) < 8 {
            return AddressSet::any();
        }
        (0..self.several(75, 3)).map(|_| self.source_prefix()).collect()
    }

    fn ports(&mut self) -> PortSet {
        let spans: Vec<PortSpan> = (0..self.several(60, 5))
            .filter_map(|_| {
                let high = 1024 + u16::try_from(self.below(50_000)).unwrap_or_default();
                match self.below(100) {
                    0..86 => PORTS.get(self.popular(PORTS.len())).copied().and_then(PortSpan::single),
                    86..92 => PortSpan::single(high),
                    _ => PortSpan::new(high, high + u16::try_from(self.below(1000)).unwrap_or_default()),
                }
            })
            .collect();
        spans.into_iter().collect()
    }

    fn name(&mut self) -> String {
        let suffix = self.popular(SUFFIXES);
        let top = TOPS.get(suffix % TOPS.len()).copied().unwrap_or("com");
        let region = self.below(8);
        match self.below(54) {
            0..4 => format!("s{suffix}.{top}"),
            4..33 => format!("h{}.s{suffix}.{top}", self.below(30)),
            _ => format!("h{}.r{region}.s{suffix}.{top}", self.below(30)),
        }
    }

    fn pattern(&mut self) -> Option<HostPattern> {
        let suffix = self.popular(SUFFIXES);
        let top = TOPS.get(suffix % TOPS.len()).copied().unwrap_or("com");
        let text = match self.below(100) {
            0..35 => format!("*.s{suffix}.{top}"),
            35..42 => format!("*.r{}.s{suffix}.{top}", self.below(8)),
            _ => self.name(),
        };
        text.parse().ok()
    }

    fn destinations(&mut self) -> MatchingEnds {
        let count = self.several(70, 5);
        let kind = self.below(100);
        match kind {
            0..4 => MatchingEnds::any(),
            4..8 if self.mode == Mode::Mixed => self.name().parse::<HostName>().map(behind).unwrap_or_default(),
            8 if self.mode == Mode::Mixed => {
                let tag = TAGS.get(self.below(TAGS.len())).copied().unwrap_or("Storage");
                vec![OpaqueSort::ServiceTag.atom(tag)].into()
            }
            4..45 => (0..count).map(|_| self.source_prefix()).collect::<AddressSet>().into(),
            _ => (0..count).map(|_| AddressSpan::Cidr(self.outside_prefix())).collect::<AddressSet>().into(),
        }
    }

    fn outside_prefix(&mut self) -> Cidr {
        let at = self.popular(self.outside.len());
        let of = self.outside.get(at).copied().unwrap_or(prefix(0x1400_0000, 8));
        if of.length() < 28 && self.chance(40) { self.part(of, 32) } else { of }
    }

    fn network(&mut self) -> Match {
        let sources = self.sources();
        let destinations = self.destinations();
        let ports = if self.chance(4) { PortSet::any() } else { self.ports() };
        let services = match self.below(100) {
            0..78 => ServiceSet::transport(Transport::Tcp, ports),
            78..92 => ServiceSet::transport(Transport::Udp, ports),
            92..94 => ServiceSet::transport(Transport::Icmp, ports),
            _ if ports.is_any() => ServiceSet::any(),
            _ => ServiceSet::transport(Transport::Tcp, ports.clone())
                .union(&ServiceSet::transport(Transport::Udp, ports)),
        };
        let product = Match {
            services,
            sources: sources.into(),
            destinations,
            names: MatchingNames::Any,
            paths: MatchingPaths::Any,
            besides: [None, None],
        };
        self.less_broad(product)
    }

    /// Nobody writes any to any: a rule is broad in one field at most.
    fn less_broad(&mut self, mut product: Match) -> Match {
        let wide = |ends: &MatchingEnds| ends.atoms.is_empty() && widest(&ends.addresses) >= 1 << 16;
        let (sources, destinations) = (wide(&product.sources), wide(&product.destinations));
        if sources && destinations {
            product.sources = AddressSet::from(AddressSpan::Cidr(self.spoke())).into();
        }
        let all_ports = product.services.any || product.services.tcp.is_any() || product.services.udp.is_any();
        if (sources || destinations) && all_ports {
            product.services = ServiceSet::transport(Transport::Tcp, PortSpan::single(443).into_iter().collect());
        }
        product
    }

    fn application(&mut self) -> Match {
        let sources = self.sources();
        let count = self.several(50, 11);
        let mut patterns: Vec<HostPattern> = (0..count).filter_map(|_| self.pattern()).collect();
        if self.below(1000) < 5 && widest(&sources) <= 256 {
            patterns = vec![HostPattern::Any];
        }
        let on = |protocol, port: u16| ServiceSet::application(protocol, PortSpan::single(port).into_iter().collect());
        let services = match self.below(100) {
            0..70 => on(AppProtocol::Https, 443),
            70..90 => on(AppProtocol::Https, 443).union(&on(AppProtocol::Http, 80)),
            90..95 => on(AppProtocol::Https, 8443),
            _ => on(AppProtocol::Mssql, 1433),
        };
        Match {
            services,
            sources: sources.into(),
            names: MatchingNames::of(patterns.into_iter().collect::<BTreeSet<_>>()),
            ..Match::any()
        }
    }

    /// The product with its first source narrowed.
    fn narrower(&mut self, mut product: Match) -> Match {
        let first = product.sources.addresses.cidrs().first().copied().filter(|cidr| cidr.length() < 28);
        if let Some(cidr) = first {
            let length = cidr.length() + 1 + self.small(4);
            product.sources = AddressSet::from(AddressSpan::Cidr(self.part(cidr, length))).into();
        }
        product
    }

    fn flow(&mut self) -> Flow {
        let source = self.spoke();
        let outside = self.outside_prefix();
        let asked = self.chance(40);
        let port = PORTS.get(self.popular(PORTS.len())).copied().unwrap_or(443);
        let (source, address) = (self.part(source, 32), self.part(outside, 32));
        Flow {
            source: source.network(),
            address: Some(address.network()),
            name: if asked { self.name().parse().ok() } else { None },
            path: None,
            service: if asked { Service::Application(AppProtocol::Https, 443) } else { Service::Tcp(port) },
        }
    }
}

fn widest(addresses: &AddressSet) -> u64 {
    addresses.as_intervals().intervals().iter().map(|span| u64::from(span.last() - span.first()) + 1).max().unwrap_or(0)
}

fn prefix(address: u32, length: u8) -> Cidr {
    let mask = u32::MAX.checked_shr(length.into()).unwrap_or(0);
    let network = Cidr::new((address & !mask).into(), length.min(32));
    network.unwrap_or_else(|| prefix(0, 0))
}

/// The addresses behind a host name; who asks for it goes to one of them.
fn behind(name: HostName) -> MatchingEnds {
    MatchingEnds { atoms: vec![OpaqueSort::Dns.atom(name.as_str())], asked: vec![name], ..MatchingEnds::default() }
}
