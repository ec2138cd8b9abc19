//! Which lines two lists have in common.

use std::ops::Range;

use hashbrown::HashMap;

use super::list::FlowAction;
use super::space::{DIMENSIONS, LoweredBoxes, LoweredLine, MENTIONS};

/// Lines between two neighbours that both lists have in common, in the one and in the other list.
pub(super) struct AlignedGap {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

impl AlignedGap {
    /// How many lines there are on both sides.
    pub(super) fn lines(&self) -> usize {
        self.old.len() + self.new.len()
    }
}

/// The gaps between the lines that both lists have in the same order.
pub(super) fn gaps(old: &LoweredBoxes, new: &LoweredBoxes) -> Vec<AlignedGap> {
    let (mut places, mut pairs) = (HashMap::<_, Vec<usize>>::new(), Vec::new());
    (0..new.lines()).rev().for_each(|line| places.entry(key(new, line)).or_default().push(line));
    for line in 0..old.lines() {
        pairs.extend(places.get_mut(&key(old, line)).and_then(Vec::pop).map(|other| (line, other)));
    }
    let mut from = (0, 0);
    let mut gaps = Vec::new();
    for (line, other) in longest_rise(&pairs).into_iter().chain([(old.lines(), new.lines())]) {
        gaps.push(AlignedGap { old: from.0..line, new: from.1..other });
        from = (line + 1, other + 1);
    }
    gaps.retain(|gap| gap.lines() > 0);
    gaps
}

/// What identifies a line, whatever its position.
type AlignKey = (Option<(FlowAction, u32)>, Vec<([u32; DIMENSIONS], [u32; MENTIONS], u32)>);

fn key(list: &LoweredBoxes, line: usize) -> AlignKey {
    let outcome = list.lines.get(line).map(|&LoweredLine { action, effect, .. }| (action, effect));
    (outcome, list.pieces_of(line).iter().map(|piece| (piece.sets, piece.mentions, piece.when)).collect())
}

/// A longest choice of pairs whose second numbers rise as the first do.
pub(crate) fn longest_rise(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let second = |at: usize| pairs.get(at).map_or(0, |pair| pair.1);
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| second(end) < pair.1);
        before.push(length.checked_sub(1).and_then(|length| ends.get(length).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let chain = std::iter::successors(ends.last().copied(), |&at| before.get(at).copied().flatten());
    let mut rise: Vec<(usize, usize)> = chain.filter_map(|at| pairs.get(at).copied()).collect();
    rise.reverse();
    rise
}
