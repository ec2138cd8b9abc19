//! Small lists over a small vocabulary, and every flow and world that the vocabulary can tell apart.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use fwc::evaluate::Knowledge;
use fwc::flow::{
    Axioms, DecisionList, Flow, FlowAction, ListLine, Match, MatchingAtom, MatchingEnds, MatchingField, MatchingNames,
    MatchingPaths, Service,
};
use fwc::logic::Formula;
use fwc::net::{AddressSet, AddressSpan, AppProtocol, HostName, HostPattern, PortSet, PortSpan, ServiceSet, Transport};
use fwc::prove::OpaqueSort;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::naive::World;

const ADDRESSES: [&str; 5] = ["10.0.0.0/30", "10.0.0.0/31", "10.0.0.2", "20.0.0.0/30", "20.0.0.1"];
const PATTERNS: [&str; 7] = ["a.x", "b.x", "*.x", "*x", "*.a.x", "*", "x"];
const PATHS: [&str; 3] = ["/*", "/api", "/api/*"];

pub fn hosts(text: &str) -> Option<HostName> {
    text.parse().ok()
}

fn addresses(texts: &[&str]) -> AddressSet {
    texts.iter().filter_map(|text| text.parse::<AddressSpan>().ok()).collect()
}

fn tag(name: &str) -> MatchingAtom {
    OpaqueSort::ServiceTag.atom(name)
}

fn destination_atoms() -> Vec<MatchingAtom> {
    vec![tag("Storage"), tag("Storage.West"), OpaqueSort::Dns.atom("a.x")]
}

/// The ends that `atoms` are: who asks for the name of one lands in it.
fn opaque(addresses: AddressSet, atoms: Vec<MatchingAtom>) -> MatchingEnds {
    let asked = atoms
        .iter()
        .filter(|atom| OpaqueSort::of(atom) == OpaqueSort::Dns)
        .filter_map(|atom| hosts(&atom.name))
        .collect();
    MatchingEnds { addresses, atoms, asked, ..MatchingEnds::default() }
}

/// When a line is there: mostly always, else by one or both of two truths, either way.
fn when() -> impl Strategy<Value = Formula<MatchingAtom>> {
    let truth = || select(vec!["p", "q"]).prop_map(|name| Formula::Is(OpaqueSort::Condition.atom(name)));
    let literal = || prop_oneof![2 => truth(), 1 => truth().prop_map(Formula::negated)];
    prop_oneof![
        9 => Just(Formula::Always),
        3 => literal(),
        1 => (literal(), literal()).prop_map(|(one, other)| one.and(other).settled()),
        1 => (literal(), literal()).prop_map(|(one, other)| one.or(other).settled()),
    ]
}

fn source_atoms() -> Vec<MatchingAtom> {
    vec![OpaqueSort::IpGroup.atom("g")]
}

fn name_atoms() -> Vec<MatchingAtom> {
    vec![OpaqueSort::FqdnTag.atom("T"), OpaqueSort::Category.atom("C")]
}

/// What is known in these tests: one name lives at one private address.
pub fn axioms() -> Axioms {
    let given = hosts("b.x").map(|name| (name, addresses(&["10.0.0.2"])));
    Axioms { given: given.into_iter().collect(), is_public: |_| false, ..fwc::prove::axioms(&Knowledge::none()) }
}

fn ends(atoms: Vec<MatchingAtom>) -> impl Strategy<Value = MatchingEnds> {
    let known = prop_oneof![
        1 => Just(AddressSet::any()),
        3 => subsequence(ADDRESSES.to_vec(), 1..3).prop_map(|texts| addresses(&texts)),
    ];
    let count = atoms.len();
    prop_oneof![
        4 => known.prop_map(MatchingEnds::from),
        1 => (subsequence(atoms.clone(), 1..=count), subsequence(ADDRESSES.to_vec(), 0..2))
            .prop_map(|(atoms, except)| MatchingEnds { except: addresses(&except), ..opaque(AddressSet::default(), atoms) }),
        1 => (subsequence(ADDRESSES.to_vec(), 1..2), subsequence(atoms, 1..=1))
            .prop_map(|(texts, atoms)| opaque(addresses(&texts), atoms)),
    ]
}

fn patterns() -> impl Strategy<Value = MatchingNames> {
    let known = subsequence(PATTERNS.to_vec(), 0..3)
        .prop_map(|texts| texts.iter().filter_map(|text| text.parse::<HostPattern>().ok()).collect::<Vec<_>>());
    let atoms = prop_oneof![3 => Just(Vec::new()), 1 => subsequence(name_atoms(), 1..=2)];
    (known, atoms, any::<bool>()).prop_map(|(patterns, atoms, within)| {
        if within { MatchingNames::Within { patterns, atoms } } else { MatchingNames::Of { patterns, atoms } }
    })
}

fn port(number: u16) -> PortSet {
    PortSpan::single(number).into_iter().collect()
}

fn network_services() -> impl Strategy<Value = ServiceSet> {
    select(vec![
        ServiceSet::any(),
        ServiceSet::transport(Transport::Tcp, port(443)),
        ServiceSet::transport(Transport::Tcp, PortSet::any()),
        ServiceSet::transport(Transport::Udp, port(53)),
        ServiceSet::transport(Transport::Icmp, PortSet::empty()),
    ])
}

fn application_services() -> impl Strategy<Value = ServiceSet> {
    select(vec![
        ServiceSet::application(AppProtocol::Https, port(443)),
        ServiceSet::application(AppProtocol::Http, port(80))
            .union(&ServiceSet::application(AppProtocol::Https, port(443))),
    ])
}

fn network() -> impl Strategy<Value = Match> {
    (
        network_services(),
        ends(source_atoms()),
        ends(destination_atoms()),
        prop_oneof![9 => Just(MatchingNames::Any), 1 => Just(MatchingNames::Unnamed)],
    )
        .prop_map(|(services, sources, destinations, names)| Match {
            services,
            sources,
            destinations,
            names,
            ..Match::any()
        })
}

fn application() -> impl Strategy<Value = Match> {
    let paths = prop_oneof![4 => Just(MatchingPaths::Any), 1 => select(PATHS.to_vec()).prop_map(MatchingPaths::of_url)];
    (application_services(), ends(source_atoms()), patterns(), paths)
        .prop_map(|(services, sources, names, paths)| Match { services, sources, names, paths, ..Match::any() })
}

pub fn product() -> impl Strategy<Value = Match> {
    prop_oneof![network(), application()]
}

pub fn action() -> impl Strategy<Value = FlowAction> {
    select(vec![FlowAction::Allow, FlowAction::Deny])
}

fn line() -> impl Strategy<Value = ListLine> {
    (proptest::collection::vec(product(), 1..3), action(), select(vec![0_u32, 0, 0, 1]), when())
        .prop_map(|(matches, action, effect, when)| ListLine { matches, action, effect, origin: 0, when })
}

pub fn list() -> impl Strategy<Value = DecisionList> {
    (proptest::collection::vec(line(), 0..7), action())
        .prop_map(|(lines, default)| numbered(DecisionList { lines, default }))
}

/// The list with an origin of its own for each line.
fn numbered(mut list: DecisionList) -> DecisionList {
    list.lines.iter_mut().enumerate().for_each(|(at, line)| line.origin = at);
    list
}

/// A list and one that was made from it: a line edited, or all lines cut apart and brought into another order.
pub fn edited() -> impl Strategy<Value = (DecisionList, DecisionList)> {
    prop_oneof![2 => one_edit(), 1 => reordered()]
}

fn reordered() -> impl Strategy<Value = (DecisionList, DecisionList)> {
    let shuffled = |old: DecisionList| {
        let lines: Vec<ListLine> = old.lines.iter().flat_map(apart).collect();
        (Just(old), Just(lines).prop_shuffle())
    };
    list().prop_flat_map(shuffled).prop_map(|(old, lines)| {
        let default = old.default;
        (old, numbered(DecisionList { lines, default }))
    })
}

/// A line dropped, doubled, moved, put in or cut in two.
fn one_edit() -> impl Strategy<Value = (DecisionList, DecisionList)> {
    (list(), 0..5_u8, any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), line()).prop_map(
        |(old, edit, at, to, line)| {
            let mut new = old.clone();
            if new.lines.is_empty() {
                new.lines.push(line);
                return (old, numbered(new));
            }
            let (at, to) = (at.index(new.lines.len()), to.index(new.lines.len()));
            match edit {
                0 => drop(new.lines.remove(at)),
                1 => new.lines.insert(at, line),
                2 => new.lines.swap(at, to),
                3 => drop(new.lines.splice(at..=at, old.lines.iter().skip(at).take(1).flat_map(apart))),
                _ => new.lines.extend(old.lines.get(at).cloned()),
            }
            (old, numbered(new))
        },
    )
}

/// One line for each product of a line.
pub fn apart(line: &ListLine) -> impl Iterator<Item = ListLine> {
    line.matches.iter().map(|product| ListLine { matches: vec![product.clone()], ..line.clone() })
}

/// One flow of every kind that can be, with its address.
pub fn flows() -> Vec<Flow> {
    let ends = ["10.0.0.0", "10.0.0.2", "10.0.0.3", "20.0.0.1", "20.0.0.2", "30.0.0.1", "192.168.0.1"];
    let ends: Vec<Ipv4Addr> = ends.iter().filter_map(|text| text.parse().ok()).collect();
    let names = ["a.x", "b.x", "c.x", "x", "ax", "q.a.x", "other.y"];
    let names: Vec<Option<HostName>> = names.iter().map(|text| hosts(text)).chain([None]).collect();
    let services: Vec<Service> = ["tcp/443", "https", "http", "tcp/22", "udp/53", "icmp", "proto/47"]
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let mut flows = Vec::new();
    for (&source, &address) in ends.iter().take(6).flat_map(|s| ends.iter().map(move |d| (s, d))) {
        for name in names.iter().filter(|name| possible(name.as_ref(), address)) {
            for &service in &services {
                let url = matches!(service, Service::Application(..)) && name.is_some();
                let paths: &[Option<&str>] = if url {
                    &[Some("/api"), Some("/api/"), Some("/api?q"), Some("/api/x"), Some("/y")]
                } else {
                    &[None]
                };
                flows.extend(paths.iter().map(|path| Flow {
                    source,
                    address: Some(address),
                    name: name.clone(),
                    path: path.map(str::to_owned),
                    service,
                }));
            }
        }
    }
    flows
}

fn possible(name: Option<&HostName>, address: Ipv4Addr) -> bool {
    match name.map(HostName::as_str) {
        None => true,
        Some("b.x") => address == Ipv4Addr::new(10, 0, 0, 2),
        Some(_) => AddressSet::internet().contains(address),
    }
}

/// Every world that the opaque sets of `lists` can make, closed under the known inclusions.
pub fn worlds(lists: &[&DecisionList]) -> Vec<World> {
    let mut used: BTreeSet<(MatchingField, MatchingAtom)> = BTreeSet::new();
    for line in lists.iter().flat_map(|list| &list.lines) {
        used.extend(line.when.atoms().into_iter().map(|atom| (MatchingField::Common, atom.clone())));
    }
    for product in lists.iter().flat_map(|list| &list.lines).flat_map(|line| &line.matches) {
        used.extend(product.sources.atoms.iter().map(|atom| (MatchingField::Source, atom.clone())));
        used.extend(product.destinations.atoms.iter().map(|atom| (MatchingField::Destination, atom.clone())));
        if let MatchingNames::Of { atoms, .. } | MatchingNames::Within { atoms, .. } = &product.names {
            used.extend(atoms.iter().map(|atom| (MatchingField::Name, atom.clone())));
        }
    }
    let mut worlds = vec![World::new()];
    for atom in used {
        let with = worlds.iter().map(|world| world.iter().cloned().chain([atom.clone()]).collect());
        worlds = worlds.iter().cloned().chain(with).collect();
    }
    let closed: BTreeSet<World> = worlds.iter().map(close).collect();
    closed.into_iter().collect()
}

/// The known inclusions in a world that need not be closed.
pub fn close(world: &World) -> World {
    let west = world.contains(&(MatchingField::Destination, tag("Storage.West")));
    world.iter().cloned().chain(west.then(|| (MatchingField::Destination, tag("Storage")))).collect()
}
