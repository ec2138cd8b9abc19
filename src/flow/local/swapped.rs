//! Boxes that two lists have in opposite orders.

use crate::flow::space::{Space, SpacePiece};

use super::index::{Ask, BATCH, Index, IndexRows};

/// A box that two lists have, and the outcome of its flows in both.
#[derive(Clone, Copy, Debug)]
pub(in crate::flow) struct Common<'l> {
    pub(in crate::flow) piece: &'l SpacePiece,
    pub(in crate::flow) outcome: u32,
    /// Its place in the one list.
    pub(in crate::flow) old: usize,
    /// Its place in the other list.
    pub(in crate::flow) new: usize,
}

impl Common<'_> {
    /// Whether the lists have the two in opposite orders and do different things with them.
    fn swapped(&self, other: &Self) -> bool {
        self.outcome != other.outcome
            && (self.old < other.old && other.new < self.new || other.old < self.old && self.new < other.new)
    }
}

/// The pairs of boxes that meet, differ in outcome and come in opposite orders in the two lists; `None` where there are
/// more than `limit`.
///
/// The boxes of the most frequent outcome are not held against each other, so that the index is one of the others alone.
pub(in crate::flow) fn swapped<'l>(
    space: &Space,
    common: &[Common<'l>],
    limit: usize,
) -> Option<Vec<(&'l SpacePiece, &'l SpacePiece)>> {
    let usual = most_frequent(common);
    let others: Vec<Common<'l>> = common.iter().filter(|of| Some(of.outcome) != usual).copied().collect();
    let pieces: Vec<SpacePiece> = others.iter().map(|of| *of.piece).collect();
    let index = Index::new(space, &pieces);
    let turns = Turns::of(&others);
    let suspects: Vec<&Common<'l>> = common.iter().filter(|of| turns.around(of)).collect();
    let (mut rows, mut near, mut pairs) = (IndexRows::default(), Vec::new(), Vec::new());
    for batch in suspects.chunks(BATCH) {
        let asked: Vec<SpacePiece> = batch.iter().map(|of| *of.piece).collect();
        index.fill(&mut rows, Ask::Meeting, &asked, pieces.len());
        for of in batch {
            index.touching(&rows, of.piece, pieces.len(), &mut near);
            let near = near.iter().filter_map(|&at| others.get(at as usize));
            let once = |other: &&Common<'_>| Some(of.outcome) == usual || other.old < of.old;
            pairs.extend(near.filter(|other| of.swapped(other)).filter(once).map(|other| (of.piece, other.piece)));
            if pairs.len() > limit {
                return None;
            }
        }
    }
    Some(pairs)
}

fn most_frequent(common: &[Common<'_>]) -> Option<u32> {
    let mut outcomes: Vec<u32> = common.iter().map(|of| of.outcome).collect();
    outcomes.sort_unstable();
    outcomes.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).and_then(|run| run.first().copied())
}

/// By position in the one list: the last position in the other of the boxes before it, and the first of those after it.
struct Turns {
    places: Vec<usize>,
    lowest_before: Vec<usize>,
    highest_behind: Vec<usize>,
}

impl Turns {
    fn of(common: &[Common<'_>]) -> Self {
        let mut places: Vec<(usize, usize)> = common.iter().map(|of| (of.old, of.new)).collect();
        places.sort_unstable();
        let news = || places.iter().map(|(_, new)| *new);
        let lowest = |lowest: &mut usize, new: usize| {
            *lowest = (*lowest).max(new);
            Some(*lowest)
        };
        let highest = |highest: &mut usize, new: usize| {
            *highest = (*highest).min(new);
            Some(*highest)
        };
        let lowest_before = news().scan(0, lowest).collect();
        let mut highest_behind: Vec<usize> = news().rev().scan(usize::MAX, highest).collect();
        highest_behind.reverse();
        Self { lowest_before, highest_behind, places: places.into_iter().map(|(old, _)| old).collect() }
    }

    /// Whether some box is on the other side of `of` in the other list.
    fn around(&self, of: &Common<'_>) -> bool {
        let before = self.places.partition_point(|&old| old < of.old);
        let behind = self.places.partition_point(|&old| old <= of.old);
        let lowest = before.checked_sub(1).and_then(|at| self.lowest_before.get(at));
        lowest.is_some_and(|&new| new > of.new) || self.highest_behind.get(behind).is_some_and(|&new| new < of.new)
    }
}
