//! Whether boxes together cover a box.

use hashbrown::HashSet;

use crate::flow::{
    budget::{BoundReached, NotDecided, WorkBudget},
    choice::Steps,
    diagram::{Diagram, DiagramLeaf, DiagramNode},
    space::{DIMENSIONS, FULL, MENTIONS, SERVICE, Space, SpacePiece, SpacePoint},
    spans::{IntervalSpan, covers, holds, overlap},
};
use crate::net::{Interval, IntervalSet};

/// The answer of a cover test.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Covered {
    /// The boxes, by their place among those given, that do it together.
    By(Vec<usize>),
    /// A point that none of them holds.
    Not(SpacePoint),
}

/// A box as sets, because parts of boxes are tested too.
pub(super) type CoverRegion<'r> = [&'r [IntervalSpan]; DIMENSIONS];

/// The sets of a box.
pub(super) fn region<'s>(space: &'s Space, piece: &SpacePiece) -> CoverRegion<'s> {
    let mut region: CoverRegion<'s> = [&[]; DIMENSIONS];
    for (dimension, (slot, &id)) in region.iter_mut().zip(&piece.sets).enumerate() {
        *slot = space.set(dimension, id);
    }
    region
}

/// Steps after which the diagram takes over.
const PATIENCE: u64 = 20_000;

/// Whether the boxes of `by`, all of which meet `region` and match in its world, cover it.
pub(super) fn cover(
    space: &Space,
    region: &CoverRegion<'_>,
    by: &[&SpacePiece],
    budget: &WorkBudget,
) -> Result<Covered, NotDecided> {
    if let Some(one) = by.iter().position(|piece| contains(space, piece, region)) {
        return Ok(Covered::By(vec![one]));
    }
    if let Some(point) = (0..SAMPLES).map(|seed| sample(space, region, seed)).find(|point| !any_holds(space, by, point))
    {
        return Ok(Covered::Not(point));
    }
    let mut search = CoverSearch::new(space, region, by);
    match search.run() {
        Some(found) => Ok(found),
        None => thoroughly(space, region, by, budget),
    }
}

/// Points that are tried before anything is searched: most boxes that are not covered show it at once.
const SAMPLES: u64 = 6;

/// A point of the region, by no order; of services an ordinary one.
fn sample(space: &Space, region: &CoverRegion<'_>, seed: u64) -> SpacePoint {
    let mut point: SpacePoint = [0; DIMENSIONS];
    for (dimension, (slot, of)) in (0_u64..).zip(point.iter_mut().zip(region)) {
        let mixed = (seed * DIMENSIONS as u64 + dimension + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let span = of.get((mixed >> 48) as usize % of.len().max(1));
        let offset =
            |span: &IntervalSpan| ((mixed >> 16) as u32) % (span.last() - span.first()).saturating_add(1).max(1);
        *slot = span.map_or(0, |span| span.first() + offset(span));
    }
    if let Some((_, service)) =
        region.first().and_then(|of| space.prefer(SERVICE, of)).filter(|_| seed.is_multiple_of(2))
    {
        point.first_mut().into_iter().for_each(|slot| *slot = service);
    }
    point
}

fn any_holds(space: &Space, by: &[&SpacePiece], point: &SpacePoint) -> bool {
    by.iter().any(|piece| {
        let mut sets = piece.sets.iter().zip(point).enumerate();
        sets.all(|(dimension, (&id, &value))| id == FULL || holds(space.set(dimension, id), value))
    })
}

fn contains(space: &Space, piece: &SpacePiece, region: &CoverRegion<'_>) -> bool {
    piece
        .sets
        .iter()
        .zip(region)
        .enumerate()
        .all(|(dimension, (&id, of))| id == FULL || covers(space.set(dimension, id), of))
}

/// The values of one dimension that matter: a stretch and the boxes that hold it.
struct CoverStretch {
    span: IntervalSpan,
    mask: Box<[u64]>,
}

struct CoverSearch<'c> {
    space: &'c Space,
    region: &'c CoverRegion<'c>,
    count: usize,
    /// The dimensions in which boxes differ, fewest stretches first.
    cuts: Vec<(usize, Vec<CoverStretch>)>,
    /// For each depth, the boxes that hold everything in the dimensions from there on.
    rest: Vec<Box<[u64]>>,
    seen: HashSet<(usize, Box<[u64]>)>,
    used: Vec<usize>,
    steps: u64,
    chosen: Vec<IntervalSpan>,
}

impl<'c> CoverSearch<'c> {
    fn new(space: &'c Space, region: &'c CoverRegion<'c>, by: &[&SpacePiece]) -> Self {
        let mut cuts: Vec<(usize, Vec<CoverStretch>)> = Vec::new();
        let mut wholes = Vec::new();
        for (dimension, of) in region.iter().enumerate() {
            let (stretches, whole) = stretches(space, dimension, of, by);
            if whole.iter().map(|word| word.count_ones() as usize).sum::<usize>() < by.len() {
                cuts.push((dimension, stretches));
                wholes.push(whole);
            }
        }
        let mut order: Vec<usize> = (0..cuts.len()).collect();
        order.sort_by_key(|&at| cuts.get(at).map_or(0, |(_, stretches)| stretches.len()));
        let mut rest = vec![ones(by.len())];
        for &at in order.iter().rev() {
            let whole = wholes.get(at).map_or(&[][..], |whole| whole);
            let next = rest.last().map(|rest| meet(rest, whole)).unwrap_or_default();
            rest.push(next);
        }
        rest.reverse();
        let mut sorted: Vec<(usize, Vec<CoverStretch>)> = Vec::new();
        let mut cuts: Vec<Option<(usize, Vec<CoverStretch>)>> = cuts.into_iter().map(Some).collect();
        for at in order {
            sorted.extend(cuts.get_mut(at).and_then(Option::take));
        }
        let (count, seen, used, chosen) = (by.len(), HashSet::new(), Vec::new(), Vec::new());
        Self { space, region, count, cuts: sorted, rest, seen, used, steps: 0, chosen }
    }

    /// `None` where it takes too long.
    fn run(&mut self) -> Option<Covered> {
        match self.descend(0, &ones(self.count)) {
            CoverFound::Gap => Some(Covered::Not(self.point())),
            CoverFound::Covered => {
                self.used.sort_unstable();
                Some(Covered::By(std::mem::take(&mut self.used)))
            }
            CoverFound::Tired => None,
        }
    }

    fn descend(&mut self, depth: usize, active: &[u64]) -> CoverFound {
        self.steps += 1;
        if self.steps > PATIENCE {
            return CoverFound::Tired;
        }
        if active.iter().all(|&word| word == 0) {
            return CoverFound::Gap;
        }
        if self.held(depth, active) {
            return CoverFound::Covered;
        }
        let Some(stretches) = self.cuts.get(depth).map(|(_, stretches)| stretches.len()) else {
            return CoverFound::Gap;
        };
        for at in 0..stretches {
            let Some((_, of)) = self.cuts.get(depth) else { break };
            let Some(stretch) = of.get(at) else { break };
            let next = meet(active, &stretch.mask);
            self.chosen.push(stretch.span);
            if self.seen.insert((depth, next.clone())) {
                match self.descend(depth + 1, &next) {
                    CoverFound::Covered => {}
                    found @ (CoverFound::Gap | CoverFound::Tired) => return found,
                }
            }
            self.chosen.pop();
        }
        CoverFound::Covered
    }

    /// Whether a box holds everything from here on; notes one that does.
    fn held(&mut self, depth: usize, active: &[u64]) -> bool {
        let Some(rest) = self.rest.get(depth) else { return false };
        let mut first = None;
        for (at, (active, rest)) in active.iter().zip(rest).enumerate() {
            let mut word = active & rest;
            while word != 0 {
                let found = at * 64 + word.trailing_zeros() as usize;
                if self.used.contains(&found) {
                    return true;
                }
                first = first.or(Some(found));
                word &= word - 1;
            }
        }
        self.used.extend(first);
        first.is_some()
    }

    fn point(&self) -> SpacePoint {
        let mut point: SpacePoint = [0; DIMENSIONS];
        for (dimension, (slot, of)) in point.iter_mut().zip(self.region).enumerate() {
            *slot = self.space.prefer(dimension, of).map_or(0, |(_, value)| value);
        }
        for ((dimension, _), span) in self.cuts.iter().zip(&self.chosen) {
            let value = self.space.prefer(*dimension, &[*span]).map_or(span.first(), |(_, value)| value);
            point.get_mut(*dimension).into_iter().for_each(|slot| *slot = value);
        }
        point
    }
}

enum CoverFound {
    Gap,
    Covered,
    Tired,
}

/// The stretches of `of` between the ends of the boxes, and the boxes that hold all of `of`.
///
/// Only the stretches that are hardest to cover are kept: where all boxes of one stretch hold another too, the other is
/// dropped.
fn stretches(
    space: &Space,
    dimension: usize,
    of: &[IntervalSpan],
    by: &[&SpacePiece],
) -> (Vec<CoverStretch>, Box<[u64]>) {
    let words = by.len().div_ceil(64);
    let mut whole = vec![0_u64; words];
    let mut changes: Vec<(u32, usize)> = Vec::new();
    for (at, piece) in by.iter().enumerate() {
        let id = piece.sets.get(dimension).copied().unwrap_or(FULL);
        let spans = space.set(dimension, id);
        if id == FULL || covers(spans, of) {
            flip(&mut whole, at);
            continue;
        }
        for span in within(spans, of) {
            changes.push((span.first(), at));
            changes.extend(span.last().checked_add(1).map(|after| (after, at)));
        }
    }
    changes.sort_unstable();
    let mut active = whole.clone();
    let mut found: Vec<CoverStretch> = Vec::new();
    let mut next = 0;
    for span in of {
        let mut first = span.first();
        loop {
            while let Some(&(_, at)) = changes.get(next).filter(|(value, _)| *value <= first) {
                flip(&mut active, at);
                next += 1;
            }
            let after = changes.get(next).map(|(value, _)| *value).filter(|&value| value <= span.last());
            let last = after.map_or(span.last(), |after| after - 1);
            keep(&mut found, Interval::new(first, last), &active);
            match after {
                Some(after) => first = after,
                None => break,
            }
        }
    }
    (found, whole.into())
}

/// Enough of the hardest stretches to compare with.
const COMPARED: usize = 64;

fn keep(found: &mut Vec<CoverStretch>, span: Option<IntervalSpan>, mask: &[u64]) {
    let Some(span) = span else { return };
    if found.iter().take(COMPARED).any(|kept| subset(&kept.mask, mask)) {
        return;
    }
    found.retain(|kept| !subset(mask, &kept.mask));
    found.push(CoverStretch { span, mask: mask.into() });
}

fn subset(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a & !b == 0)
}

/// The parts of the intervals of `spans` inside `of`.
fn within<'s>(spans: &'s [IntervalSpan], of: &'s [IntervalSpan]) -> impl Iterator<Item = IntervalSpan> + 's {
    let (mut left, mut right) = (spans.iter().peekable(), of.iter().peekable());
    std::iter::from_fn(move || {
        while let (Some(&&a), Some(&&b)) = (left.peek(), right.peek()) {
            if a.last() < b.last() {
                left.next()
            } else {
                right.next()
            };
            if let Some(both) = a.intersection(b) {
                return Some(both);
            }
        }
        None
    })
}

fn ones(count: usize) -> Box<[u64]> {
    let word = |at: usize| if count >= (at + 1) * 64 { u64::MAX } else { (1 << (count % 64)) - 1 };
    (0..count.div_ceil(64)).map(word).collect()
}

fn meet(a: &[u64], b: &[u64]) -> Box<[u64]> {
    a.iter().zip(b).map(|(a, b)| a & b).collect()
}

fn flip(row: &mut [u64], at: usize) {
    row.get_mut(at / 64).into_iter().for_each(|word| *word ^= 1 << (at % 64));
}

/// The same by a diagram, for what the search gets lost in.
fn thoroughly(
    space: &Space,
    region: &CoverRegion<'_>,
    by: &[&SpacePiece],
    budget: &WorkBudget,
) -> Result<Covered, NotDecided> {
    let at = by.last().map_or(0, |piece| piece.line as usize);
    let stopped = |bound: BoundReached| NotDecided { at, bound };
    let mut diagram = Diagram::new(space, budget);
    let mask = diagram.region(region).map_err(stopped)?;
    let plain: Vec<SpacePiece> =
        by.iter().map(|piece| SpacePiece { mentions: [0; MENTIONS], when: 0, ..**piece }).collect();
    let leaves: Vec<DiagramLeaf<'_>> = plain.iter().zip(1..).collect();
    let gap = u32::try_from(by.len()).unwrap_or(u32::MAX - 1) + 1;
    let root: DiagramNode = diagram.list(&leaves, gap, Some(mask))?;
    let example = diagram.example(root, &|value| value == gap, &mut Steps::of(budget)).map_err(stopped)?;
    Ok(match example {
        Some((point, _)) => Covered::Not(point),
        None => {
            Covered::By(diagram.weights(root).keys().filter_map(|&value| (value as usize).checked_sub(1)).collect())
        }
    })
}

/// The part of a box that lies in another one; `None` where they do not meet.
pub(super) fn both(space: &Space, a: &SpacePiece, b: &SpacePiece) -> Option<[IntervalSet<u32>; DIMENSIONS]> {
    let mut parts: [IntervalSet<u32>; DIMENSIONS] = Default::default();
    for (dimension, (part, (&x, &y))) in parts.iter_mut().zip(a.sets.iter().zip(&b.sets)).enumerate() {
        *part = within(space.set(dimension, x), space.set(dimension, y)).collect();
        if part.is_empty() {
            return None;
        }
    }
    Some(parts)
}

/// Whether a box and a region meet, opaque sets apart.
pub(super) fn meets(space: &Space, piece: &SpacePiece, of: &CoverRegion<'_>) -> bool {
    let mut sets = piece.sets.iter().zip(of).enumerate();
    sets.all(|(dimension, (&id, of))| id == FULL || overlap(space.set(dimension, id), of))
}
