//! When lines are there at all.

use crate::flow::matching::MatchingAtom;
use crate::logic::{Formula, MOST, fillings};

use super::boxes::SpacePiece;
use super::numbered::Space;
use super::when::SpaceWhen;

impl Space {
    /// An interned condition; 0 always holds.
    pub(in crate::flow) fn when(&self, id: u32) -> Option<&SpaceWhen> {
        self.whens.get((id as usize).checked_sub(1)?)
    }

    /// An interned condition, in terms of what is common to all flows.
    pub(in crate::flow) fn condition(&self, id: u32) -> Formula<MatchingAtom> {
        self.when(id).map_or(Formula::Always, |when| when.stated.clone())
    }

    /// Whether the line of a box is there in the world in which just `world` is set.
    pub(in crate::flow) fn is_there(&self, piece: &SpacePiece, world: &[u32]) -> bool {
        self.when(piece.when).is_none_or(|when| when.holds(world))
    }

    /// Whether the line of a box may be there although no truth that only adds flows is set.
    pub(in crate::flow) fn may_be_there(&self, piece: &SpacePiece) -> bool {
        self.when(piece.when).is_none_or(|when| when.bits.iter().any(|&bit| self.atoms.is_asked_either_way(bit)))
    }

    /// Whether some line loses flows where the bit is set.
    pub(in crate::flow) fn is_asked_either_way(&self, bit: u32) -> bool {
        self.atoms.is_asked_either_way(bit)
    }

    /// The settings of common truths that determine whether the boxes of `near` are there, where those of `asked` are:
    /// each as the bits set in it. Truths that only add flows are not set unless `asked` needs them. `None` where there
    /// are too many.
    pub(in crate::flow) fn settings<'p>(
        &self,
        asked: &[&SpacePiece],
        near: impl Iterator<Item = &'p SpacePiece>,
    ) -> Option<Vec<Vec<u32>>> {
        if self.whens.is_empty() {
            return Some(vec![Vec::new()]);
        }
        let bits_of = |piece: &SpacePiece| self.when(piece.when).map_or(&[][..], |when| &when.bits);
        let mut bits: Vec<u32> = asked.iter().flat_map(|piece| bits_of(piece).iter().copied()).collect();
        bits.extend(near.flat_map(bits_of).filter(|&&bit| self.atoms.is_asked_either_way(bit)));
        bits.sort_unstable();
        bits.dedup();
        if bits.len() > MOST {
            return None;
        }
        let set = |row: u32| (0..).zip(&bits).filter(|(at, _)| row >> at & 1 == 1).map(|(_, &bit)| bit).collect();
        let settings: Vec<Vec<u32>> = fillings(bits.len()).map(set).collect();
        Some(settings.into_iter().filter(|world| asked.iter().all(|piece| self.is_there(piece, world))).collect())
    }
}
