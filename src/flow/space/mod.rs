//! The dimensions of the flow space, and decision lists as boxes in it.

mod atoms;
mod classes;
mod laminar;
mod lower;
mod names;
mod paths;
mod pool;
mod prefer;
pub(super) mod services;

pub(super) use atoms::Mention;
pub(super) use lower::{Lowering, Piece};
pub(super) use pool::{FULL, SetId};
pub(super) use prefer::Point;

pub use names::NameTerm;
pub use paths::PathTerm;
pub use prefer::Witness;
pub use services::FlowServices;

use crate::net::{AddressSet, HostName, IntervalSet};

use super::list::DecisionList;
use super::matching::{Atom, Field, Match, Names, Paths};
use super::product::{FlowNames, FlowPaths};
use super::spans::{Span, width};

/// The dimensions that are intervals over numbers, in the order of the decision diagram.
pub(super) const DIMENSIONS: usize = 5;
pub(super) const SERVICE: usize = 0;
pub(super) const SOURCE: usize = 1;
pub(super) const ADDRESS: usize = 2;
pub(super) const NAME: usize = 3;
pub(super) const PATH: usize = 4;

/// What is taken for granted about names, addresses and opaque sets. Every answer holds under these.
#[derive(Clone, Debug)]
pub struct Axioms {
    /// The addresses that a name may have about which nothing else is known.
    pub unlisted: AddressSet,
    /// Names whose addresses are known: all of them, and no others.
    pub given: Vec<(HostName, AddressSet)>,
    /// Opaque sets that lie inside another one: inner, outer. That `Storage.WestEurope` lies inside `Storage` is known.
    pub inclusions: Vec<(Atom, Atom)>,
}

impl Default for Axioms {
    /// A name has addresses in `internet`; nothing else is known.
    fn default() -> Self {
        Self { unlisted: AddressSet::internet(), given: Vec::new(), inclusions: Vec::new() }
    }
}

/// The flow space of the lists that are to be compared: their names, paths and opaque sets, numbered.
///
/// A flow whose name cannot have its address is read as the same flow without that name, so that no answer hangs on flows
/// that cannot be.
#[derive(Debug)]
pub struct Space {
    names: names::NameDomain,
    paths: paths::PathDomain,
    atoms: atoms::Atoms,
    classes: classes::Classes,
    pools: [pool::Pool; DIMENSIONS],
    mentions: Vec<Mention>,
}

/// A decision list as boxes in a [`Space`].
#[derive(Clone, Debug)]
pub struct Lowered {
    pub(super) lines: Vec<LoweredLine>,
    /// In the order of the lines.
    pub(super) pieces: Vec<Piece>,
    pub(super) default: super::list::Action,
}

/// What a line does, and where its pieces stand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct LoweredLine {
    pub(super) action: super::list::Action,
    pub(super) effect: u32,
    pub(super) first: u32,
    pub(super) count: u32,
}

/// A set of flows as boxes in a [`Space`].
#[derive(Clone, Debug)]
pub struct Query {
    pub(super) pieces: Vec<Piece>,
}

impl Space {
    /// The space of `lists`, and the lists in it.
    pub fn of<const N: usize>(axioms: &Axioms, lists: [&DecisionList; N]) -> (Self, [Lowered; N]) {
        let (space, lists, _) = Self::with_queries(axioms, lists, &[]);
        (space, lists)
    }

    /// The space of `lists` and `queries`, and both in it.
    pub fn with_queries<const N: usize>(
        axioms: &Axioms,
        lists: [&DecisionList; N],
        queries: &[Match],
    ) -> (Self, [Lowered; N], Vec<Query>) {
        let mut space = Self::numbering(axioms, lists.iter().copied(), queries);
        let mut lowering = Lowering::new(&mut space);
        let lists = lists.map(|list| lowering.list(list));
        let queries = queries.iter().map(|query| Query { pieces: lowering.product(query, 0) }).collect();
        (space, lists, queries)
    }

    fn numbering<'l>(
        axioms: &Axioms,
        lists: impl Iterator<Item = &'l DecisionList> + Clone,
        queries: &[Match],
    ) -> Self {
        let lines = lists.flat_map(|list| &list.lines);
        let products = || lines.clone().flat_map(|line| &line.matches).chain(queries);
        let names = names::NameDomain::new(
            products().flat_map(|product| patterns(&product.names)),
            products().flat_map(asked).chain(axioms.given.iter().map(|(name, _)| name)),
        );
        let paths = paths::PathDomain::new(products().flat_map(|product| match &product.paths {
            Paths::Any => [].as_slice(),
            Paths::Of(patterns) => patterns,
        }));
        let atoms = atoms::Atoms::new(products().flat_map(mentioned), &axioms.inclusions);
        let classes = classes::Classes::new(axioms, &names);
        let last = [services::LAST, u32::MAX, u32::MAX, names.last(), paths.last()];
        Self { names, paths, atoms, classes, pools: last.map(pool::Pool::new), mentions: vec![Mention::default()] }
    }

    /// The largest value of a dimension.
    pub(super) fn last(&self, dimension: usize) -> u32 {
        self.pools.get(dimension).map_or(0, pool::Pool::last)
    }

    /// The intervals of an interned set.
    pub(super) fn set(&self, dimension: usize, id: SetId) -> &[Span] {
        self.pools.get(dimension).map_or(&[], |pool| pool.spans(id))
    }

    /// An interned disjunction of opaque sets.
    pub(super) fn mention(&self, id: u32) -> &Mention {
        static NONE: Mention = Mention::none();
        usize::try_from(id).ok().and_then(|id| self.mentions.get(id)).unwrap_or(&NONE)
    }

    /// How many opaque sets there are, one used for sources and for destinations counted twice.
    pub fn atoms(&self) -> usize {
        self.atoms.len()
    }

    /// Whether the opaque set of one bit is another's, or known to lie inside it.
    pub(super) fn lies_inside(&self, inner: u32, outer: u32) -> bool {
        self.atoms.inside(outer).binary_search(&inner).is_ok()
    }

    /// The bits of a world with those of the sets around them.
    pub(super) fn closed(&self, world: &[u32]) -> Vec<u32> {
        let all = (0..self.atoms.len()).filter_map(|bit| u32::try_from(bit).ok());
        all.filter(|&outer| world.iter().any(|&inner| self.lies_inside(inner, outer))).collect()
    }

    /// The names of a set of numbers.
    pub(super) fn flow_names(&self, numbers: &IntervalSet<u32>) -> FlowNames {
        if width(numbers.intervals()) > f64::from(self.names.last()) {
            return FlowNames::Any;
        }
        FlowNames::Of { unnamed: numbers.contains(names::UNNAMED), terms: self.names.terms(numbers) }
    }

    /// The paths of a set of numbers.
    pub(super) fn flow_paths(&self, numbers: &IntervalSet<u32>) -> FlowPaths {
        if width(numbers.intervals()) > f64::from(self.paths.last()) {
            return FlowPaths::Any;
        }
        FlowPaths::Of(self.paths.terms(numbers))
    }

    /// The names of a set of numbers, the flows without a name apart, in sets that one term says each.
    pub(super) fn name_layers(&self, numbers: &IntervalSet<u32>) -> Vec<IntervalSet<u32>> {
        let spans = |of: &[crate::net::HostPattern]| of.iter().filter_map(|of| self.names.pattern(of)).collect();
        let set = |term: NameTerm| -> IntervalSet<u32> {
            IntervalSet::difference(&spans(&term.of), &spans(&term.except)).intersection(numbers)
        };
        self.names.terms(numbers).into_iter().map(set).collect()
    }

    /// As [`Self::name_layers`], for paths.
    pub(super) fn path_layers(&self, numbers: &IntervalSet<u32>) -> Vec<IntervalSet<u32>> {
        let spans = |of: &[super::matching::PathPattern]| of.iter().filter_map(|of| self.paths.pattern(of)).collect();
        let set = |term: PathTerm| -> IntervalSet<u32> {
            IntervalSet::difference(&spans(&term.of), &spans(&term.except)).intersection(numbers)
        };
        self.paths.terms(numbers).into_iter().map(set).collect()
    }

    /// The opaque set of a bit, and what it speaks of.
    pub(super) fn atom(&self, bit: u32) -> Option<&(Field, Atom)> {
        self.atoms.get(bit)
    }
}

impl Lowered {
    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// How many boxes the lines fall into.
    pub fn boxes(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn pieces_of(&self, line: usize) -> &[Piece] {
        let Some(line) = self.lines.get(line) else { return &[] };
        let first = line.first as usize;
        self.pieces.get(first..first + line.count as usize).unwrap_or(&[])
    }
}

fn patterns(names: &Names) -> &[crate::net::HostPattern] {
    match names {
        Names::Any | Names::Unnamed => &[],
        Names::Of { patterns, .. } => patterns,
    }
}

fn asked(product: &Match) -> impl Iterator<Item = &HostName> {
    product.destinations.atoms.iter().filter_map(|atom| match atom {
        Atom::Dns(name) => Some(name),
        Atom::ServiceTag(_)
        | Atom::IpGroup(_)
        | Atom::Pods(_)
        | Atom::FqdnTag(_)
        | Atom::Category(_)
        | Atom::Url(_) => None,
    })
}

fn mentioned(product: &Match) -> impl Iterator<Item = (Field, &Atom)> {
    let names: &[Atom] = match &product.names {
        Names::Any | Names::Unnamed => &[],
        Names::Of { atoms, .. } => atoms,
    };
    let sources = product.sources.atoms.iter().map(|atom| (Field::Source, atom));
    let destinations = product.destinations.atoms.iter().map(|atom| (Field::Destination, atom));
    sources.chain(destinations).chain(names.iter().map(|atom| (Field::Name, atom)))
}
