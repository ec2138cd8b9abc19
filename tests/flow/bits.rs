//! The flow space as bits, in a library of binary decision diagrams that shares nothing with `fwc::flow`.
//!
//! Names and paths are numbers of examples: each that a list states, and for each wildcard one that nothing else states.
//! Two names that no pattern tells apart have one example, so that what holds for the examples holds for all names.

use std::collections::BTreeSet;

use fwc::flow::{
    Axioms, DecisionList, FlowNames, FlowPaths, FlowServices, Match, MatchingAtom, MatchingEnds, MatchingField,
    MatchingNames, MatchingPaths, PathPattern, Product, Service,
};
use fwc::net::{AddressSet, AppProtocol, HostName, HostPattern, IntervalSet, PortSet, ServiceSet};
use fwc::prove::OpaqueSort;
use oxidd::bdd::{BDDFunction, BDDManagerRef, new_manager};
use oxidd::util::AllocResult;
use oxidd::{BooleanFunction, Manager, ManagerRef};

use super::naive::glob;

/// A set of flows, each in a world.
pub type Set = BDDFunction;

const NODES: usize = 1 << 22;
const CACHE: usize = 1 << 16;

thread_local! {
    /// One for all policies of a test: a manager has a thread and a table of its own, which outlive its last set.
    static MANAGER: BDDManagerRef = new_manager(NODES, CACHE, 1);
}

/// The label of a name that no list states.
const NOWHERE: &str = "fwc0test";

#[derive(Clone, Copy)]
enum Kind {
    Tcp,
    Udp,
    Icmp,
    Other,
}

/// Where the bits of a field stand, the highest first.
#[derive(Clone, Copy)]
struct Range {
    first: u32,
    bits: u32,
}

const KIND: Range = Range { first: 0, bits: 2 };
const CARRIED: Range = Range { first: 2, bits: 2 };
const PORT: Range = Range { first: 4, bits: 16 };
const SOURCE: Range = Range { first: 20, bits: 32 };
const ADDRESS: Range = Range { first: 52, bits: 32 };
const REST: u32 = 84;

pub struct Bits {
    manager: BDDManagerRef,
    name: Range,
    path: Range,
    names: Vec<(HostName, Option<HostPattern>)>,
    paths: Vec<String>,
    atoms: Vec<(MatchingField, MatchingAtom)>,
    /// The flows and worlds that can be.
    pub possible: Set,
}

impl Bits {
    /// The space that `lists` tell apart.
    pub fn of(axioms: &Axioms, lists: &[&DecisionList]) -> Self {
        let products = || lists.iter().flat_map(|list| &list.lines).flat_map(|line| &line.matches);
        let given = axioms.given.iter().map(|(name, _)| name.clone());
        let names = names(products(), given);
        let paths = paths(products());
        let atoms = atoms(products());
        let name = Range { first: REST, bits: width(names.len() + 1) };
        let path = Range { first: REST + name.bits, bits: width(paths.len()) };
        let manager = MANAGER.with(Clone::clone);
        let count = path.first + path.bits + u32::try_from(atoms.len()).unwrap();
        let possible = manager.with_manager_exclusive(|manager| {
            manager.add_vars(count.saturating_sub(manager.num_vars()));
            BDDFunction::t(manager)
        });
        let mut bits = Self { manager, name, path, names, paths, atoms, possible };
        bits.possible = bits.can_be(axioms).unwrap();
        bits
    }

    /// The flows that a list gives to each of its lines, and those it gives to none.
    pub fn first_match(&self, list: &DecisionList) -> (Vec<Set>, Set) {
        let mut rest = self.possible.clone();
        let mut take = |line: &fwc::flow::ListLine| -> AllocResult<Set> {
            let all = self.any_of(line.matches.iter().map(|product| self.of_match(product)))?;
            let taken = rest.and(&all)?;
            rest = all.imp_strict(&rest)?;
            Ok(taken)
        };
        let taken = list.lines.iter().map(|line| take(line).unwrap()).collect();
        (taken, rest)
    }

    /// The flows of a line, those that cannot be left out.
    pub fn of_line(&self, line: &fwc::flow::ListLine) -> Set {
        let all = self.any_of(line.matches.iter().map(|product| self.of_match(product))).unwrap();
        all.and(&self.possible).unwrap()
    }

    pub fn nothing(&self) -> Set {
        self.manager.with_manager_shared(BDDFunction::f)
    }

    fn everything(&self) -> Set {
        self.manager.with_manager_shared(BDDFunction::t)
    }

    fn can_be(&self, axioms: &Axioms) -> AllocResult<Set> {
        let portless = self.kind(Kind::Icmp)?.or(&self.kind(Kind::Other)?)?;
        let mut all = self.number(PORT, 0)?.imp(&portless)?;
        all = all.and(&self.below(self.name, self.names.len() + 1)?)?;
        all = all.and(&self.below(self.path, self.paths.len())?)?;
        for (number, (name, _)) in (1..).zip(&self.names) {
            let given = axioms.given.iter().filter(|(of, _)| of == name).map(|(_, addresses)| addresses.clone());
            let addresses = given.reduce(|all, more| all.union(&more)).filter(|given| !given.is_empty());
            let addresses = addresses.unwrap_or_else(|| axioms.unlisted.clone());
            let at = self.number(self.name, number)?;
            all = all.and(&at.imp(&self.addresses(ADDRESS, &addresses)?)?)?;
        }
        for (inner, outer) in self.inclusions() {
            all = all.and(&self.atom(inner)?.imp(&self.atom(outer)?)?)?;
        }
        let tagged = AddressSet::any().difference(&AddressSet::untagged());
        for (at, (field, _)) in self.atoms.iter().enumerate().filter(|(_, (_, atom))| (axioms.is_public)(atom)) {
            let range = if *field == MatchingField::Source { SOURCE } else { ADDRESS };
            all = all.and(&self.atom(at)?.imp(&self.addresses(range, &tagged)?)?)?;
        }
        Ok(all)
    }

    /// Regional tags inside those of all regions.
    fn inclusions(&self) -> Vec<(usize, usize)> {
        let inside = |(field, inner): &(MatchingField, MatchingAtom), (of, outer): &(MatchingField, MatchingAtom)| {
            let tags = [inner, outer].map(OpaqueSort::of) == [OpaqueSort::ServiceTag; 2] && field == of;
            tags && inner.name.strip_prefix(&*outer.name).is_some_and(|rest| rest.starts_with('.'))
        };
        let pairs = (0..self.atoms.len()).flat_map(|inner| (0..self.atoms.len()).map(move |outer| (inner, outer)));
        pairs.filter(|&(inner, outer)| inside(&self.atoms[inner], &self.atoms[outer])).collect()
    }

    fn of_match(&self, product: &Match) -> AllocResult<Set> {
        let Match { services, sources, destinations, names, paths, besides } = product;
        let besides: Vec<_> =
            besides.iter().flatten().map(|atom| vec![(MatchingField::Destination, atom.clone())]).collect();
        self.services(services)?
            .and(&self.all_of(&besides)?)?
            .and(&self.ends(SOURCE, MatchingField::Source, sources)?)?
            .and(&self.ends(ADDRESS, MatchingField::Destination, destinations)?)?
            .and(&self.names(names)?)?
            .and(&self.paths(paths)?)
    }

    /// The flows of a product that the library gives as an answer.
    pub fn of_product(&self, product: &Product) -> AllocResult<Set> {
        let mut all = self
            .flow_services(&product.services)?
            .and(&self.addresses(SOURCE, &product.sources)?)?
            .and(&self.addresses(ADDRESS, &product.addresses)?)?
            .and(&self.flow_names(&product.names)?)?
            .and(&self.flow_paths(&product.paths)?)?;
        for (atoms, inside) in [(&product.inside, true), (&product.outside, false)] {
            for atom in atoms {
                let holds = self.atom(self.atoms.iter().position(|of| of == atom).unwrap())?;
                all = all.and(&if inside { holds } else { holds.not()? })?;
            }
        }
        all = all.and(&self.all_of(&product.any)?)?;
        for except in &product.except {
            let single = except.inside.iter().map(|atom| vec![atom.clone()]).collect::<Vec<_>>();
            let taken = self.all_of(&single)?.and(&self.all_of(&except.any)?)?;
            all = all.and(&taken.not()?)?;
        }
        all.and(&self.possible)
    }

    /// Where one of each of some lists of opaque sets holds.
    fn all_of(&self, lists: &[Vec<(MatchingField, MatchingAtom)>]) -> AllocResult<Set> {
        let at = |atom| self.atoms.iter().position(|of| of == atom).unwrap();
        let mut all = self.everything();
        for atoms in lists {
            all = all.and(&self.any_of(atoms.iter().map(|atom| self.atom(at(atom))))?)?;
        }
        Ok(all)
    }

    fn services(&self, set: &ServiceSet) -> AllocResult<Set> {
        if set.any {
            return Ok(self.everything());
        }
        let mut all = self.kind(Kind::Tcp)?.and(&self.ports(&set.tcp)?)?;
        for protocol in AppProtocol::ALL {
            all = all.or(&self.tcp_carrying(Some(protocol), set.application_ports(protocol))?)?;
        }
        all = all.or(&self.kind(Kind::Udp)?.and(&self.ports(&set.udp)?)?)?;
        if set.icmp { all.or(&self.kind(Kind::Icmp)?) } else { Ok(all) }
    }

    fn flow_services(&self, set: &FlowServices) -> AllocResult<Set> {
        let FlowServices { tcp, http, https, mssql, udp, icmp, other } = set;
        let mut all = self.kind(Kind::Udp)?.and(&self.ports(udp)?)?;
        let [first, second, third] = [AppProtocol::Http, AppProtocol::Https, AppProtocol::Mssql].map(Some);
        for (carried, ports) in [(None, tcp), (first, http), (second, https), (third, mssql)] {
            all = all.or(&self.tcp_carrying(carried, ports)?)?;
        }
        for (kind, _) in [(Kind::Icmp, icmp), (Kind::Other, other)].into_iter().filter(|(_, inside)| **inside) {
            all = all.or(&self.kind(kind)?)?;
        }
        Ok(all)
    }

    fn tcp_carrying(&self, protocol: Option<AppProtocol>, ports: &PortSet) -> AllocResult<Set> {
        let carried = self.number(CARRIED, carried(protocol))?;
        self.kind(Kind::Tcp)?.and(&carried)?.and(&self.ports(ports)?)
    }

    fn kind(&self, kind: Kind) -> AllocResult<Set> {
        self.number(KIND, kind as u32)
    }

    fn ports(&self, ports: &PortSet) -> AllocResult<Set> {
        self.any_of(ports.spans().map(|span| self.between(PORT, span.first().into(), span.last().into())))
    }

    fn ends(&self, range: Range, field: MatchingField, ends: &MatchingEnds) -> AllocResult<Set> {
        let mut all = self.addresses(range, &ends.addresses)?;
        let counts = self.addresses(range, &AddressSet::any().difference(&ends.except))?;
        for atom in &ends.atoms {
            let at = self.atoms.iter().position(|(of, known)| *of == field && known == atom).unwrap();
            all = all.or(&self.atom(at)?.and(&counts)?)?;
        }
        for name in &ends.asked {
            all = all.or(&self.named(|example, _| example == name)?)?;
        }
        Ok(all)
    }

    fn addresses(&self, range: Range, addresses: &AddressSet) -> AllocResult<Set> {
        self.set(range, addresses.as_intervals())
    }

    fn set(&self, range: Range, set: &IntervalSet<u32>) -> AllocResult<Set> {
        self.any_of(set.intervals().iter().map(|span| self.between(range, span.first(), span.last())))
    }

    fn names(&self, names: &MatchingNames) -> AllocResult<Set> {
        match names {
            MatchingNames::Any => Ok(self.everything()),
            MatchingNames::Unnamed => self.number(self.name, 0),
            MatchingNames::Of { patterns, atoms } => {
                let known = self.named(|example, _| patterns.iter().any(|pattern| glob(pattern, example.as_str())))?;
                let at = |atom| {
                    self.atoms.iter().position(|of| *of == (MatchingField::Name, MatchingAtom::clone(atom))).unwrap()
                };
                let opaque = self.any_of(atoms.iter().map(|atom| self.atom(at(atom))))?;
                known.or(&opaque.and(&self.number(self.name, 0)?.not()?)?)
            }
            MatchingNames::Within { patterns, atoms } => {
                let known = self.named(|example, _| patterns.iter().any(|pattern| glob(pattern, example.as_str())))?;
                let at = |atom| {
                    self.atoms.iter().position(|of| *of == (MatchingField::Name, MatchingAtom::clone(atom))).unwrap()
                };
                known.and(&self.any_of(atoms.iter().map(|atom| self.atom(at(atom))))?)
            }
        }
    }

    fn flow_names(&self, names: &FlowNames) -> AllocResult<Set> {
        let FlowNames::Of { unnamed, terms } = names else { return Ok(self.everything()) };
        let any = |patterns: &[HostPattern], name: &HostName| patterns.iter().any(|of| glob(of, name.as_str()));
        let known = self.named(|name, _| terms.iter().any(|term| any(&term.of, name) && !any(&term.except, name)))?;
        if *unnamed { known.or(&self.number(self.name, 0)?) } else { Ok(known) }
    }

    fn named(&self, holds: impl Fn(&HostName, Option<&HostPattern>) -> bool) -> AllocResult<Set> {
        let numbers = (1..).zip(&self.names).filter(|(_, (name, of))| holds(name, of.as_ref()));
        self.any_of(numbers.map(|(number, _)| self.number(self.name, number)))
    }

    fn paths(&self, paths: &MatchingPaths) -> AllocResult<Set> {
        match paths {
            MatchingPaths::Any => Ok(self.everything()),
            MatchingPaths::Of(patterns) => self.pathed(|path| patterns.iter().any(|pattern| pattern.matches(path))),
        }
    }

    fn flow_paths(&self, paths: &FlowPaths) -> AllocResult<Set> {
        let FlowPaths::Of(terms) = paths else { return Ok(self.everything()) };
        let any = |patterns: &[PathPattern], path: &str| patterns.iter().any(|of| of.matches(path));
        self.pathed(|path| terms.iter().any(|term| any(&term.of, path) && !any(&term.except, path)))
    }

    fn pathed(&self, holds: impl Fn(&str) -> bool) -> AllocResult<Set> {
        let numbers = (0..).zip(&self.paths).filter(|(_, path)| holds(path));
        self.any_of(numbers.map(|(number, _)| self.number(self.path, number)))
    }

    fn atom(&self, at: usize) -> AllocResult<Set> {
        self.bit(self.path.first + self.path.bits + u32::try_from(at).unwrap())
    }

    pub fn any_of(&self, sets: impl Iterator<Item = AllocResult<Set>>) -> AllocResult<Set> {
        sets.reduce(|all, more| all?.or(&more?)).unwrap_or_else(|| Ok(self.nothing()))
    }

    fn below(&self, range: Range, count: usize) -> AllocResult<Set> {
        self.between(range, 0, u32::try_from(count).unwrap() - 1)
    }

    fn number(&self, range: Range, number: u32) -> AllocResult<Set> {
        self.between(range, number, number)
    }

    /// The numbers from `first` to `last`, bit by bit from the lowest up.
    fn between(&self, range: Range, first: u32, last: u32) -> AllocResult<Set> {
        let (mut from, mut to) = (self.everything(), self.everything());
        for at in 0..range.bits {
            let bit = self.bit(range.first + range.bits - 1 - at)?;
            from = if first >> at & 1 == 1 { bit.and(&from)? } else { bit.or(&from)? };
            to = if last >> at & 1 == 1 { bit.not()?.or(&to)? } else { bit.not()?.and(&to)? };
        }
        from.and(&to)
    }

    fn bit(&self, number: u32) -> AllocResult<Set> {
        self.manager.with_manager_shared(|manager| BDDFunction::var(manager, number))
    }

    /// Whether a set holds a flow in the world in which `holds` says what the opaque sets hold.
    pub fn contains(
        &self,
        set: &Set,
        flow: &fwc::flow::Flow,
        holds: &dyn Fn(MatchingField, &MatchingAtom) -> bool,
    ) -> bool {
        let (kind, carried, port) = match flow.service {
            Service::Tcp(port) => (Kind::Tcp, carried(None), port),
            Service::Application(protocol, port) => (Kind::Tcp, carried(Some(protocol)), port),
            Service::Udp(port) => (Kind::Udp, 0, port),
            Service::Icmp => (Kind::Icmp, 0, 0),
            Service::Other(_) => (Kind::Other, 0, 0),
        };
        let path = flow.path.as_deref().unwrap_or("/");
        let fields = [
            (KIND, kind as u32),
            (CARRIED, carried),
            (PORT, port.into()),
            (SOURCE, flow.source.into()),
            (ADDRESS, flow.address.unwrap().into()),
            (self.name, flow.name.as_ref().map_or(0, |name| self.example(name))),
            (self.path, (0..).zip(&self.paths).find(|(_, of)| *of == path).unwrap().0),
        ];
        let numbers = fields.into_iter().flat_map(|(range, number)| {
            (0..range.bits).map(move |at| (range.first + at, number >> (range.bits - 1 - at) & 1 == 1))
        });
        let first = self.path.first + self.path.bits;
        let atoms = (first..).zip(&self.atoms).map(|(at, (field, atom))| (at, holds(*field, atom)));
        set.eval(numbers.chain(atoms))
    }

    /// The number of the example that stands for a name: itself, else that of the narrowest wildcard that matches it.
    fn example(&self, name: &HostName) -> u32 {
        let same = (1..).zip(&self.names).find(|(_, (example, _))| example == name);
        let matching =
            (1..).zip(&self.names).filter(|(_, (_, of))| of.as_ref().is_some_and(|of| glob(of, name.as_str())));
        same.or(matching.max_by_key(|(_, (_, of))| of.as_ref().map(|of| of.to_string().len()))).unwrap().0
    }
}

fn carried(protocol: Option<AppProtocol>) -> u32 {
    match protocol {
        None => 0,
        Some(AppProtocol::Http) => 1,
        Some(AppProtocol::Https) => 2,
        Some(AppProtocol::Mssql) => 3,
    }
}

/// How many bits numbers below `count` take.
fn width(count: usize) -> u32 {
    usize::BITS - (count - 1).leading_zeros()
}

/// Each name that is stated, and for each wildcard a name that is not.
fn names<'l>(
    products: impl Iterator<Item = &'l Match>,
    given: impl Iterator<Item = HostName>,
) -> Vec<(HostName, Option<HostPattern>)> {
    let mut exact: BTreeSet<HostName> = given.collect();
    let mut wild = BTreeSet::from([HostPattern::Any]);
    for product in products {
        exact.extend(product.destinations.asked.iter().cloned());
        let (MatchingNames::Of { patterns, .. } | MatchingNames::Within { patterns, .. }) = &product.names else {
            continue;
        };
        exact.extend(patterns.iter().filter_map(HostPattern::as_exact).cloned());
        wild.extend(patterns.iter().filter(|pattern| pattern.as_exact().is_none()).cloned());
    }
    let example = |pattern: HostPattern| {
        let text = match &pattern {
            HostPattern::Any => format!("{NOWHERE}.test"),
            HostPattern::Exact(name) => name.to_string(),
            HostPattern::Below(name) => format!("{NOWHERE}.{name}"),
            HostPattern::Ending(name) => format!("{NOWHERE}{name}"),
        };
        (text.parse().unwrap(), Some(pattern))
    };
    exact.into_iter().map(|name| (name, None)).chain(wild.into_iter().map(example)).collect()
}

/// Each path that is stated, one behind each beginning, and `/`.
fn paths<'l>(products: impl Iterator<Item = &'l Match>) -> Vec<String> {
    let mut paths = BTreeSet::from(["/".to_owned()]);
    let patterns = products.flat_map(|product| match &product.paths {
        MatchingPaths::Any => [].as_slice(),
        MatchingPaths::Of(patterns) => patterns,
    });
    paths.extend(patterns.flat_map(|pattern| match pattern {
        PathPattern::Exact(path) => vec![path.clone()],
        PathPattern::Beginning(path) => vec![path.clone(), format!("{path}{NOWHERE}")],
    }));
    paths.into_iter().collect()
}

fn atoms<'l>(products: impl Iterator<Item = &'l Match>) -> Vec<(MatchingField, MatchingAtom)> {
    let mut atoms = BTreeSet::new();
    for product in products {
        atoms.extend(product.sources.atoms.iter().map(|atom| (MatchingField::Source, atom.clone())));
        atoms.extend(product.destinations.atoms.iter().map(|atom| (MatchingField::Destination, atom.clone())));
        if let MatchingNames::Of { atoms: of, .. } | MatchingNames::Within { atoms: of, .. } = &product.names {
            atoms.extend(of.iter().map(|atom| (MatchingField::Name, atom.clone())));
        }
    }
    atoms.into_iter().collect()
}
