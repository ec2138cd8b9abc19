//! The boxes that two lists have in common, in whatever order.
//!
//! *Let every box of one list be paired with a box of the other that holds the same flows and does the same with them, apart
//! from some that are left over. If the lists do different things with a flow, it lies in a box that is left over or in two
//! paired boxes that do different things and whose order differs between the lists.* For let `p` be the box that
//! decides the flow in the one list and `q` the one in the other, and both be paired. Then they are not one box, `q`
//! comes after `p` in the one list, and `p` after `q` in the other. (Where no box decides in one of the lists, that of
//! the other is left over, or the defaults differ.) So two lists are one function where nothing is left over and such
//! pairs do not meet; else only the flows in these boxes and meetings have to be examined.

use hashbrown::HashMap;

use super::local::{Common, swapped};
use super::space::{DIMENSIONS, MENTIONS, Space, SpacePiece};
use super::spans::{IntervalSpan, covers, overlap, width};

/// Boxes whose intersection has to be examined: one that is left over, or two in opposite orders.
#[derive(Clone, Copy, Debug)]
pub(super) enum FlowDoubt<'l> {
    Alone(&'l SpacePiece),
    Swapped(&'l SpacePiece, &'l SpacePiece),
}

/// A box of a list, and what it does.
pub(super) type RuleDeed<'l> = (&'l SpacePiece, u32);

/// Sets of flows outside of which two lists with equal defaults decide alike; `None` where there are more than `limit`.
pub(super) fn doubts<'l>(
    space: &Space,
    old: &[RuleDeed<'l>],
    new: &[RuleDeed<'l>],
    limit: usize,
) -> Option<Vec<FlowDoubt<'l>>> {
    let mut pairing = Pairing { space, old, new, common: Vec::new() };
    let (left, right) = pairing.same();
    let (left, right) = pairing.in_parts(left, right);
    let alone = left.len() + right.len();
    if alone > limit {
        return None;
    }
    let pairs = swapped(space, &pairing.common, limit - alone)?;
    let left = left.into_iter().filter_map(|at| old.get(at));
    let right = right.into_iter().filter_map(|at| new.get(at));
    let alone = left.chain(right).map(|(piece, _)| FlowDoubt::Alone(piece));
    Some(alone.chain(pairs.into_iter().map(|(p, q)| FlowDoubt::Swapped(p, q))).collect())
}

struct Pairing<'p, 'l> {
    space: &'p Space,
    old: &'p [RuleDeed<'l>],
    new: &'p [RuleDeed<'l>],
    common: Vec<Common<'l>>,
}

/// What identifies a box, whatever its position; with one dimension left out in the search for boxes in parts.
type CommonKey = (u32, [u32; DIMENSIONS], [u32; MENTIONS], u32);

const LEFT_OUT: u32 = u32::MAX;

/// So many boxes that differ along one dimension only are not put together: that could take long, and need not be done.
const CROWD: usize = 1000;

impl<'l> Pairing<'_, 'l> {
    /// Pairs boxes that are the same; gives the places of the others in both lists.
    fn same(&mut self) -> (Vec<usize>, Vec<usize>) {
        let mut places: HashMap<CommonKey, Vec<usize>> = HashMap::new();
        for (at, deed) in self.new.iter().enumerate().rev() {
            places.entry(key(deed)).or_default().push(at);
        }
        let mut left = Vec::new();
        for (old, deed) in self.old.iter().enumerate() {
            match places.get_mut(&key(deed)).and_then(Vec::pop) {
                Some(new) => self.common.push(Common { piece: deed.0, outcome: deed.1, old, new }),
                None => left.push(old),
            }
        }
        let mut right: Vec<usize> = places.into_values().flatten().collect();
        right.sort_unstable();
        (left, right)
    }

    /// Pairs boxes of the one list with several that they fall into along one dimension in the other; gives what is left over.
    fn in_parts(&mut self, left: Vec<usize>, right: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        let (mut left, mut right) = (left, right);
        for dimension in 0..DIMENSIONS {
            let found = parts(self.space, dimension, (self.old, &mut left), (self.new, &mut right));
            self.common.extend(found.into_iter().map(|(old, new, (piece, outcome))| Common {
                piece,
                outcome,
                old,
                new,
            }));
            let found = parts(self.space, dimension, (self.new, &mut right), (self.old, &mut left));
            self.common.extend(found.into_iter().map(|(new, old, (piece, outcome))| Common {
                piece,
                outcome,
                old,
                new,
            }));
        }
        (left, right)
    }
}

fn key(&(piece, outcome): &RuleDeed<'_>) -> CommonKey {
    (outcome, piece.sets, piece.mentions, piece.when)
}

fn key_without(deed: &RuleDeed<'_>, dimension: usize) -> CommonKey {
    let mut key = key(deed);
    key.1.get_mut(dimension).into_iter().for_each(|set| *set = LEFT_OUT);
    key
}

/// The boxes among `whole` that boxes among `part` make up along one dimension, with each of these: place of the whole, place
/// of the part, the part. They are taken from both.
fn parts<'l>(
    space: &Space,
    dimension: usize,
    (wholes, whole): (&[RuleDeed<'l>], &mut Vec<usize>),
    (pieces, part): (&[RuleDeed<'l>], &mut Vec<usize>),
) -> Vec<(usize, usize, RuleDeed<'l>)> {
    let mut places: HashMap<CommonKey, Vec<usize>> = HashMap::new();
    for &at in part.iter() {
        pieces.get(at).into_iter().for_each(|deed| places.entry(key_without(deed, dimension)).or_default().push(at));
    }
    let set = |deed: &RuleDeed<'_>| -> &[IntervalSpan] {
        deed.0.sets.get(dimension).map_or(&[], |&id| space.set(dimension, id))
    };
    let mut found = Vec::new();
    whole.retain(|&at| {
        let Some(deed) = wholes.get(at) else { return true };
        let candidates = places.get_mut(&key_without(deed, dimension)).filter(|found| found.len() <= CROWD);
        let Some(candidates) = candidates else { return true };
        let Some(chosen) = tiles(set(deed), candidates, &|at| pieces.get(at).map_or(&[], set)) else { return true };
        candidates.retain(|at| !chosen.contains(at));
        found.extend(chosen.into_iter().filter_map(|of| pieces.get(of).map(|part| (at, of, *part))));
        false
    });
    let mut taken: Vec<usize> = found.iter().map(|&(_, of, _)| of).collect();
    taken.sort_unstable();
    part.retain(|at| taken.binary_search(at).is_err());
    found
}

/// The disjoint ones of `candidates` that together are `whole`, the widest first; `None` where they leave a gap.
fn tiles<'s>(
    whole: &[IntervalSpan],
    candidates: &[usize],
    set: &dyn Fn(usize) -> &'s [IntervalSpan],
) -> Option<Vec<usize>> {
    let mut inside: Vec<usize> = candidates.iter().copied().filter(|&at| covers(whole, set(at))).collect();
    inside.sort_by(|&a, &b| width(set(b)).total_cmp(&width(set(a))));
    let (mut chosen, mut left) = (Vec::new(), width(whole));
    for at in inside {
        if chosen.iter().all(|&other| !overlap(set(other), set(at))) {
            left -= width(set(at));
            chosen.push(at);
        }
    }
    (left == 0.0).then_some(chosen)
}
