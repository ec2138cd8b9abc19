//! Sets of flows as products of addresses, names and services.

use crate::net::AddressSet;

use super::diagram::Path;
use super::matching::{MatchingAtom, MatchingField};
use super::setting::FlowSetting;
use super::space::{
    ADDRESS, DIMENSIONS, FlowNames, FlowPaths, FlowServices, NAME, PATH, SERVICE, SOURCE, Space, SpacePoint, Witness,
};
use super::spans::width;

/// A product of sets of flows.
#[derive(Clone, PartialEq, Debug)]
pub struct Product {
    /// What the flows carry, to which ports.
    pub services: FlowServices,
    /// The source addresses.
    pub sources: AddressSet,
    /// The destination addresses.
    pub addresses: AddressSet,
    /// The destination names.
    pub names: FlowNames,
    /// The paths of the URL.
    pub paths: FlowPaths,
    /// Opaque sets that the flows are in, without the sets around these, which are implied.
    pub inside: Vec<(MatchingField, MatchingAtom)>,
    /// Opaque sets that the flows are not in, without the sets inside these, which are implied.
    pub outside: Vec<(MatchingField, MatchingAtom)>,
    /// Disjunctions of opaque sets: the flows are in one of each.
    pub any: Vec<Vec<(MatchingField, MatchingAtom)>>,
    /// What lines that come first take of all this. Only where without them there would be many products.
    pub except: Vec<Except>,
    /// How large a part of all flows this is, each number of the flow space counted once and opaque sets as halves and what is
    /// excepted as nothing.
    pub share: f64,
}

/// Flows of a product that a line which comes first decides.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Except {
    /// The opaque sets that they are in.
    pub inside: Vec<(MatchingField, MatchingAtom)>,
    /// Disjunctions of opaque sets: they are in one of each.
    pub any: Vec<Vec<(MatchingField, MatchingAtom)>>,
    /// The list that the line is in, of those that the question was about.
    pub list: usize,
    /// The index of the line.
    pub line: usize,
}

impl Product {
    /// The opaque sets that the flows are in, all of those of a disjunction among them.
    pub fn opaque_inside(&self) -> impl Iterator<Item = &(MatchingField, MatchingAtom)> {
        self.inside.iter().chain(self.any.iter().flatten())
    }
}

impl Space {
    /// A path as a product in the author's terms; `None` where no world is in it.
    pub(super) fn product(&self, path: &Path) -> Option<Product> {
        let having = |setting: FlowSetting| {
            let bits = path.bits.iter().filter(move |(_, s)| *s == setting);
            bits.map(|(bit, _)| *bit).collect::<Vec<u32>>()
        };
        let (on, off) = (having(FlowSetting::On), having(FlowSetting::Off));
        if off.iter().any(|&outer| on.iter().any(|&inner| self.lies_inside(inner, outer))) {
            return None;
        }
        let [services, sources, addresses, names, paths] = &path.sets;
        let inside = self.outermost(&on, |bit, other| self.lies_inside(other, bit));
        Some(Product {
            services: super::space::services::decode(services),
            sources: self.whole(MatchingField::Source, sources.clone().into(), &inside),
            addresses: self.whole(MatchingField::Destination, addresses.clone().into(), &inside),
            names: self.flow_names(names),
            paths: self.flow_paths(paths),
            inside,
            outside: self.outermost(&off, |bit, other| self.lies_inside(bit, other)),
            any: Vec::new(),
            except: Vec::new(),
            share: self.share_of(path),
        })
    }

    /// `addresses`, or all where those left out are none that a set holds in which the flows are.
    fn whole(
        &self,
        field: MatchingField,
        addresses: AddressSet,
        inside: &[(MatchingField, MatchingAtom)],
    ) -> AddressSet {
        let public = inside.iter().any(|(of, atom)| *of == field && self.is_public(atom));
        let is_whole = public && addresses.union(&AddressSet::untagged()).is_any();
        if is_whole { AddressSet::any() } else { addresses }
    }

    /// A natural flow of a path, in the world of its bits and of `more`.
    pub(super) fn path_witness(&self, path: &Path, more: &[u32]) -> Option<Witness> {
        let mut point: SpacePoint = [0; DIMENSIONS];
        for (dimension, (slot, set)) in point.iter_mut().zip(&path.sets).enumerate() {
            *slot = self.prefer(dimension, set.intervals())?.1;
        }
        let on = path.bits.iter().filter(|(_, setting)| *setting == FlowSetting::On);
        let world: Vec<u32> = on.map(|(bit, _)| *bit).chain(more.iter().copied()).collect();
        Some(self.witness(&point, &world))
    }

    /// The opaque sets of `bits`, each with its field.
    pub(super) fn atoms_of(&self, bits: &[u32]) -> Vec<(MatchingField, MatchingAtom)> {
        bits.iter().filter_map(|&bit| self.atom(bit)).cloned().collect()
    }

    /// The sets of `bits` that no other one makes superfluous.
    fn outermost(&self, bits: &[u32], superfluous: impl Fn(u32, u32) -> bool) -> Vec<(MatchingField, MatchingAtom)> {
        let needed = |&&bit: &&u32| {
            !bits
                .iter()
                .any(|&other| other != bit && superfluous(bit, other) && !(superfluous(other, bit) && bit < other))
        };
        bits.iter().filter(needed).filter_map(|&bit| self.atom(bit)).cloned().collect()
    }

    fn share_of(&self, path: &Path) -> f64 {
        let dimensions = [SERVICE, SOURCE, ADDRESS, NAME, PATH];
        let part = |(dimension, set): (usize, &crate::net::IntervalSet<u32>)| {
            width(set.intervals()) / (f64::from(self.last(dimension)) + 1.0)
        };
        dimensions.into_iter().zip(&path.sets).map(part).product::<f64>()
            * path.bits.iter().fold(1.0, |half, _| half / 2.0)
    }
}
