//! Opaque sets as bits.
//!
//! The products of a line require opaque sets positively only. A world is the sets that a flow's ends and name are in;
//! with the known inclusions, each required set holds where one of the bits of the sets inside it is set, so every
//! setting of the bits is a possible world, and no other rule about them is needed. Truths that are common to all flows
//! are bits too; the conditions of lines may require or exclude them.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::matching::{MatchingAtom, MatchingField};
use crate::logic::{Formula, Sign};

use super::axioms::Axioms;

/// A disjunction of opaque sets. An empty one requires nothing.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(in crate::flow) struct Mention {
    /// The bits of the sets that are named.
    pub(in crate::flow) named: Vec<u32>,
    /// Sorted: the bits of which one has to be set, those of sets known to lie inside included.
    pub(in crate::flow) bits: Vec<u32>,
}

impl Mention {
    pub(super) const fn none() -> Self {
        Self { named: Vec::new(), bits: Vec::new() }
    }

    /// Whether the disjunction holds in the world in which just `world` is set.
    pub(in crate::flow) fn holds(&self, world: &[u32]) -> bool {
        self.bits.is_empty() || world.iter().any(|bit| self.bits.binary_search(bit).is_ok())
    }
}

/// The opaque sets of all lists that are compared, those for sources first.
#[derive(Clone, Debug)]
pub(super) struct Atoms {
    bits: Vec<(MatchingField, MatchingAtom)>,
    /// For each bit, the bits of the known sets inside it, itself included; sorted.
    inside: Vec<Vec<u32>>,
    /// For each bit, whether a line may lose flows where it is set.
    either_way: Vec<bool>,
}

impl Atoms {
    pub(super) fn new<'l>(
        mentioned: impl Iterator<Item = (MatchingField, &'l MatchingAtom)>,
        conditions: impl Iterator<Item = &'l Formula<MatchingAtom>> + Clone,
        axioms: &Axioms,
    ) -> Self {
        let common = conditions.clone().flat_map(Formula::literals).map(|(atom, _)| (MatchingField::Common, atom));
        let mut atoms = Self::of(mentioned.chain(common), axioms);
        for (atom, _) in conditions.flat_map(Formula::literals).filter(|(_, sign)| *sign == Sign::Negative) {
            let at = atoms.bit(MatchingField::Common, atom);
            let slot = at.and_then(|at| atoms.either_way.get_mut(at as usize));
            slot.into_iter().for_each(|slot| *slot = true);
        }
        atoms
    }

    fn of<'l>(mentioned: impl Iterator<Item = (MatchingField, &'l MatchingAtom)>, axioms: &Axioms) -> Self {
        let bits: BTreeSet<(MatchingField, &MatchingAtom)> = mentioned.collect();
        let bits: Vec<(MatchingField, MatchingAtom)> =
            bits.into_iter().map(|(field, atom)| (field, atom.clone())).collect();
        let mut outer: BTreeMap<&MatchingAtom, Vec<&MatchingAtom>> = BTreeMap::new();
        axioms.inclusions.iter().for_each(|(inner, around)| outer.entry(inner).or_default().push(around));
        let mut atoms = Self { inside: vec![Vec::new(); bits.len()], either_way: vec![false; bits.len()], bits };
        for (bit, (field, atom)) in (0..).zip(atoms.bits.clone()) {
            for around in around(&atom, &outer, axioms) {
                if let Some(at) = atoms.bit(field, &around) {
                    atoms.inside.get_mut(at as usize).into_iter().for_each(|inside| inside.push(bit));
                }
            }
        }
        atoms
    }

    pub(super) fn len(&self) -> usize {
        self.bits.len()
    }

    pub(super) fn get(&self, bit: u32) -> Option<&(MatchingField, MatchingAtom)> {
        self.bits.get(bit as usize)
    }

    /// The bits of the known sets inside the set of `bit`, itself included; sorted.
    pub(super) fn inside(&self, bit: u32) -> &[u32] {
        self.inside.get(bit as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a line may lose flows where the bit is set.
    pub(super) fn is_asked_either_way(&self, bit: u32) -> bool {
        self.either_way.get(bit as usize).copied().unwrap_or_default()
    }

    pub(super) fn bit(&self, field: MatchingField, atom: &MatchingAtom) -> Option<u32> {
        let found = self.bits.binary_search_by(|(f, a)| (f, a).cmp(&(&field, atom))).ok();
        found.and_then(|at| u32::try_from(at).ok())
    }

    /// The disjunction of `atoms`, all of them given at first.
    pub(super) fn mention(&self, field: MatchingField, atoms: &[MatchingAtom]) -> Mention {
        let named: BTreeSet<u32> = atoms.iter().filter_map(|atom| self.bit(field, atom)).collect();
        let inside = |&bit: &u32| self.inside.get(bit as usize).into_iter().flatten().copied();
        let bits: BTreeSet<u32> = named.iter().flat_map(inside).collect();
        Mention { named: named.into_iter().collect(), bits: bits.into_iter().collect() }
    }
}

/// The sets that `atom` is known to lie inside, itself included.
fn around(
    atom: &MatchingAtom,
    outer: &BTreeMap<&MatchingAtom, Vec<&MatchingAtom>>,
    axioms: &Axioms,
) -> BTreeSet<MatchingAtom> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![atom.clone()];
    while let Some(atom) = waiting.pop() {
        waiting.extend(outer.get(&atom).into_iter().flatten().map(|&around| around.clone()));
        waiting.extend((axioms.around)(&atom));
        if !found.insert(atom) {
            waiting.retain(|atom| !found.contains(atom));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str) -> MatchingAtom {
        MatchingAtom { sort: 0, name: name.into() }
    }

    #[test]
    fn a_tag_holds_where_one_inside_it_holds() {
        let used = [set("Storage"), set("Storage.WestEurope"), set("Sql")];
        let regional = |of: &MatchingAtom| of.name.rsplit_once('.').map(|(tag, _)| set(tag));
        let axioms = Axioms { inclusions: vec![(set("Sql"), set("Storage"))], around: regional, ..Axioms::default() };
        let atoms = Atoms::of(used.iter().map(|atom| (MatchingField::Destination, atom)), &axioms);
        let bits = |name: &str| atoms.mention(MatchingField::Destination, &[set(name)]).bits.len();
        assert_eq!((bits("Storage"), bits("Storage.WestEurope"), bits("Sql")), (3, 1, 1));
    }

    #[test]
    fn inclusions_in_a_circle_end() {
        let axioms = Axioms { inclusions: vec![(set("A"), set("B")), (set("B"), set("A"))], ..Axioms::default() };
        let atoms = Atoms::of(axioms.inclusions.iter().map(|(atom, _)| (MatchingField::Name, atom)), &axioms);
        assert_eq!(atoms.mention(MatchingField::Name, &[set("A")]).bits.len(), 2);
    }
}
