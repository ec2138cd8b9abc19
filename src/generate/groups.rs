//! Denied flows in as few rules as allow exactly them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::flow::Service;
use crate::logs::{LineCount, Row};
use crate::net::{AddressSet, AppProtocol};

/// Whether names below one domain become a wildcard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wildcards {
    /// No: each name is listed.
    Never,
    /// Where at least three names below a domain were seen.
    Suggested,
}

/// From how many names below a domain on a wildcard is suggested.
const NAMES: usize = 3;

/// What a service carries, without its port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum GroupService {
    Application(AppProtocol),
    Tcp,
    Udp,
    Icmp,
}

impl GroupService {
    /// The kind of a service, with its port; nothing for a protocol that only a rule for every protocol allows.
    pub(super) fn of(service: Service) -> Option<(Self, Option<u16>)> {
        match service {
            Service::Application(protocol, port) => Some((Self::Application(protocol), Some(port))),
            Service::Tcp(port) => Some((Self::Tcp, Some(port))),
            Service::Udp(port) => Some((Self::Udp, Some(port))),
            Service::Icmp => Some((Self::Icmp, None)),
            Service::Other(_) => None,
        }
    }

    /// Whether it may be among services as a page has them: `https`, `http, https`, `tcp/22`.
    pub(super) fn is_among(self, services: &str) -> bool {
        let is_application = |word: &str| AppProtocol::ALL.iter().any(|protocol| word == protocol.to_string());
        let mut words = services.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        match self {
            Self::Application(protocol) => words.any(|word| word == protocol.to_string()),
            Self::Tcp | Self::Udp | Self::Icmp => words.any(|word| !is_application(word)),
        }
    }

    /// The service on some ports, as the language writes it.
    pub(super) fn on(self, ports: &BTreeSet<u16>) -> String {
        let listed = || match ports.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice() {
            [only] => only.clone(),
            several => format!("{{{}}}", several.join(",")),
        };
        match self {
            Self::Icmp => "icmp".to_owned(),
            Self::Tcp => format!("tcp/{}", listed()),
            Self::Udp => format!("udp/{}", listed()),
            Self::Application(protocol) => match ports.iter().eq([&protocol.default_port()]) {
                true => protocol.to_string(),
                false => format!("{protocol}/{}", listed()),
            },
        }
    }
}

/// One rule: every source on every port was seen.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    /// The set of the author's that holds the sources.
    pub(super) workload: Option<String>,
    pub(super) carried: GroupService,
    pub(super) ports: BTreeSet<u16>,
    pub(super) sources: BTreeSet<Ipv4Addr>,
    /// A host name, a wildcard or an address.
    pub(super) destination: String,
    /// The names that a wildcard replaces.
    pub(super) names: BTreeSet<String>,
    pub(super) flows: u64,
    pub(super) count: LineCount,
}

/// What was seen of one source.
#[derive(Default)]
struct OfSource {
    ports: BTreeSet<u16>,
    names: BTreeSet<String>,
    flows: u64,
    count: LineCount,
}

/// Flows of one workload to one destination.
type GroupKey = (Option<String>, String, GroupService);

/// Denied flows, collected.
#[derive(Default)]
pub(super) struct Groups(BTreeMap<GroupKey, BTreeMap<Ipv4Addr, OfSource>>);

impl Groups {
    /// Adds a flow; `false` where no rule can allow just that.
    pub(super) fn add(&mut self, row: &Row<'_>, count: LineCount, workload: Option<String>) -> bool {
        let Some((carried, port)) = GroupService::of(row.service) else { return false };
        // Without a name no application rule matches: a network rule does, whatever the connection carries.
        let carried = match (carried, row.destination.parse::<Ipv4Addr>()) {
            (GroupService::Application(_), Ok(_)) => GroupService::Tcp,
            (carried, _) => carried,
        };
        let sources = self.0.entry((workload, row.destination.to_owned(), carried)).or_default();
        let seen = sources.entry(row.source).or_default();
        seen.ports.extend(port);
        seen.names.insert(row.destination.to_owned());
        seen.flows += 1;
        seen.count.add(count);
        true
    }

    /// The rules, by workload, those with the most records first.
    pub(super) fn proposals(self, wildcards: Wildcards) -> Vec<Proposal> {
        let groups = match wildcards {
            Wildcards::Never => self.0,
            Wildcards::Suggested => below_domains(self.0),
        };
        let mut all: Vec<Proposal> = groups.into_iter().flat_map(|(key, sources)| by_ports(&key, sources)).collect();
        all.sort_by(|a, b| {
            let rank = |of: &Proposal| (of.workload.clone(), std::cmp::Reverse(of.count.lines), of.destination.clone());
            rank(a).cmp(&rank(b))
        });
        all
    }
}

/// Sources that used the same ports are one rule: others together would be wider than what was seen.
fn by_ports((workload, destination, carried): &GroupKey, sources: BTreeMap<Ipv4Addr, OfSource>) -> Vec<Proposal> {
    let mut rules: BTreeMap<BTreeSet<u16>, Proposal> = BTreeMap::new();
    for (source, OfSource { ports, names, flows, count }) in sources {
        let new = || Proposal {
            workload: workload.clone(),
            carried: *carried,
            ports: ports.clone(),
            sources: BTreeSet::new(),
            destination: destination.clone(),
            names: BTreeSet::new(),
            flows: 0,
            count: LineCount::default(),
        };
        let rule = rules.entry(ports.clone()).or_insert_with(new);
        rule.sources.insert(source);
        rule.names.extend(names);
        rule.flows += flows;
        rule.count.add(count);
    }
    rules.into_values().collect()
}

/// The groups, with those of enough names below one domain as one.
fn below_domains(
    groups: BTreeMap<GroupKey, BTreeMap<Ipv4Addr, OfSource>>,
) -> BTreeMap<GroupKey, BTreeMap<Ipv4Addr, OfSource>> {
    let mut names: BTreeMap<GroupKey, usize> = BTreeMap::new();
    for (workload, destination, carried) in groups.keys() {
        if let Some(domain) = domain(destination, *carried) {
            *names.entry((workload.clone(), domain, *carried)).or_default() += 1;
        }
    }
    let mut joined: BTreeMap<GroupKey, BTreeMap<Ipv4Addr, OfSource>> = BTreeMap::new();
    for ((workload, destination, carried), sources) in groups {
        let wildcard = domain(&destination, carried).map(|domain| (workload.clone(), domain, carried));
        let wildcard = wildcard.filter(|key| names.get(key).is_some_and(|count| *count >= NAMES));
        let key = match wildcard {
            Some((workload, domain, carried)) => (workload, format!("*.{domain}"), carried),
            None => (workload, destination, carried),
        };
        let known = joined.entry(key).or_default();
        for (source, seen) in sources {
            let all = known.entry(source).or_default();
            all.ports.extend(seen.ports);
            all.names.extend(seen.names);
            all.flows += seen.flows;
            all.count.add(seen.count);
        }
    }
    joined
}

/// The domain of a name that an application rule may have a wildcard for: at least two labels.
fn domain(destination: &str, carried: GroupService) -> Option<String> {
    match carried {
        GroupService::Application(_) => {}
        GroupService::Tcp | GroupService::Udp | GroupService::Icmp => return None,
    }
    let (_, domain) = destination.split_once('.')?;
    domain.contains('.').then(|| domain.to_owned())
}

/// The smallest of some sets that holds an address.
pub(super) fn workload(sets: &[(String, AddressSet)], source: Ipv4Addr) -> Option<String> {
    let holds = sets.iter().filter(|(_, set)| set.contains(source));
    holds.min_by_key(|(_, set)| set.count()).map(|(name, _)| name.clone())
}
