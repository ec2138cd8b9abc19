//! The names, paths and opaque sets of the lists that belong together, numbered.

use crate::flow::list::DecisionList;
use crate::flow::matching::{Match, MatchingAtom, MatchingField, MatchingPaths, PathPattern};
use crate::flow::spans::{IntervalSpan, width};
use crate::net::{HostName, IntervalSet};

use super::atoms::{Atoms, Mention};
use super::axioms::Axioms;
use super::classes::SpaceClasses;
use super::dimensions::DIMENSIONS;
use super::names::{FlowNames, NameDomain, NameTerm, UNNAMED};
use super::paths::{FlowPaths, PathDomain, PathTerm};
use super::pool::{Pool, SetId};
use super::services;
use super::when::SpaceWhen;

/// The flow space of the lists that are to be compared: their names, paths and opaque sets, numbered.
///
/// A flow whose name cannot have its address is read as the same flow without that name, so that no answer depends on
/// impossible flows.
#[derive(Debug)]
pub struct Space {
    pub(super) names: NameDomain,
    pub(super) paths: PathDomain,
    pub(super) atoms: Atoms,
    pub(super) classes: SpaceClasses,
    pub(super) pools: [Pool; DIMENSIONS],
    pub(super) mentions: Vec<Mention>,
    /// The conditions of lines, from number 1 on.
    pub(super) whens: Vec<SpaceWhen>,
    pub(super) is_public: fn(&MatchingAtom) -> bool,
}

impl Space {
    pub(super) fn numbering<'l>(
        axioms: &Axioms,
        lists: impl Iterator<Item = &'l DecisionList> + Clone,
        queries: &[Match],
    ) -> Self {
        let lines = lists.flat_map(|list| &list.lines);
        let products = || lines.clone().flat_map(|line| &line.matches).chain(queries);
        let names = NameDomain::new(
            products().flat_map(|product| product.names.patterns()),
            products().flat_map(asked).chain(axioms.given.iter().map(|(name, _)| name)),
        );
        let paths = PathDomain::new(products().flat_map(|product| match &product.paths {
            MatchingPaths::Any => [].as_slice(),
            MatchingPaths::Of(patterns) => patterns,
        }));
        let atoms = Atoms::new(products().flat_map(mentioned), lines.clone().map(|line| &line.when), axioms);
        let classes = SpaceClasses::new(axioms, &names);
        let last = [services::LAST, u32::MAX, u32::MAX, names.last(), paths.last()];
        Self {
            names,
            paths,
            atoms,
            classes,
            pools: last.map(Pool::new),
            mentions: vec![Mention::default()],
            whens: Vec::new(),
            is_public: axioms.is_public,
        }
    }

    /// The largest value of a dimension.
    pub(in crate::flow) fn last(&self, dimension: usize) -> u32 {
        self.pools.get(dimension).map_or(0, Pool::last)
    }

    /// The intervals of an interned set.
    pub(in crate::flow) fn set(&self, dimension: usize, id: SetId) -> &[IntervalSpan] {
        self.pools.get(dimension).map_or(&[], |pool| pool.spans(id))
    }

    /// Whether an opaque set of addresses holds none of [`AddressSet::untagged`](crate::net::AddressSet::untagged).
    pub(in crate::flow) fn is_public(&self, atom: &MatchingAtom) -> bool {
        (self.is_public)(atom)
    }

    /// An interned disjunction of opaque sets.
    pub(in crate::flow) fn mention(&self, id: u32) -> &Mention {
        static NONE: Mention = Mention::none();
        usize::try_from(id).ok().and_then(|id| self.mentions.get(id)).unwrap_or(&NONE)
    }

    /// How many opaque sets there are, one used for sources and for destinations counted twice.
    pub fn atoms(&self) -> usize {
        self.atoms.len()
    }

    /// Whether the opaque set of one bit is another's, or known to lie inside it.
    pub(in crate::flow) fn lies_inside(&self, inner: u32, outer: u32) -> bool {
        self.atoms.inside(outer).binary_search(&inner).is_ok()
    }

    /// The bits of a world with those of the sets around them.
    pub(in crate::flow) fn closed(&self, world: &[u32]) -> Vec<u32> {
        let all = (0..self.atoms.len()).filter_map(|bit| u32::try_from(bit).ok());
        all.filter(|&outer| world.iter().any(|&inner| self.lies_inside(inner, outer))).collect()
    }

    /// The names of a set of numbers.
    pub(in crate::flow) fn flow_names(&self, numbers: &IntervalSet<u32>) -> FlowNames {
        if width(numbers.intervals()) > f64::from(self.names.last()) {
            return FlowNames::Any;
        }
        FlowNames::Of { unnamed: numbers.contains(UNNAMED), terms: self.names.terms(numbers) }
    }

    /// The paths of a set of numbers.
    pub(in crate::flow) fn flow_paths(&self, numbers: &IntervalSet<u32>) -> FlowPaths {
        if width(numbers.intervals()) > f64::from(self.paths.last()) {
            return FlowPaths::Any;
        }
        FlowPaths::Of(self.paths.terms(numbers))
    }

    /// The names of a set of numbers, without the flows that have no name, in sets of one term each.
    pub(in crate::flow) fn name_layers(&self, numbers: &IntervalSet<u32>) -> Vec<IntervalSet<u32>> {
        let spans = |of: &[crate::net::HostPattern]| of.iter().filter_map(|of| self.names.pattern(of)).collect();
        let set = |term: NameTerm| -> IntervalSet<u32> {
            IntervalSet::difference(&spans(&term.of), &spans(&term.except)).intersection(numbers)
        };
        self.names.terms(numbers).into_iter().map(set).collect()
    }

    /// As [`Self::name_layers`], for paths.
    pub(in crate::flow) fn path_layers(&self, numbers: &IntervalSet<u32>) -> Vec<IntervalSet<u32>> {
        let spans = |of: &[PathPattern]| of.iter().filter_map(|of| self.paths.pattern(of)).collect();
        let set = |term: PathTerm| -> IntervalSet<u32> {
            IntervalSet::difference(&spans(&term.of), &spans(&term.except)).intersection(numbers)
        };
        self.paths.terms(numbers).into_iter().map(set).collect()
    }

    /// The opaque set of a bit, with its field.
    pub(in crate::flow) fn atom(&self, bit: u32) -> Option<&(MatchingField, MatchingAtom)> {
        self.atoms.get(bit)
    }
}

fn asked(product: &Match) -> impl Iterator<Item = &HostName> {
    product.destinations.asked.iter()
}

fn mentioned(product: &Match) -> impl Iterator<Item = (MatchingField, &MatchingAtom)> {
    let sources = product.sources.atoms.iter().map(|atom| (MatchingField::Source, atom));
    let destinations = product.destinations.atoms.iter().map(|atom| (MatchingField::Destination, atom));
    let besides = product.besides.iter().flatten().map(|atom| (MatchingField::Destination, atom));
    sources
        .chain(destinations)
        .chain(besides)
        .chain(product.names.atoms().iter().map(|atom| (MatchingField::Name, atom)))
}
