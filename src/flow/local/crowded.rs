//! Which lines may lose most of their flows to earlier lines that do the opposite.

use crate::flow::{
    space::{DIMENSIONS, LoweredBoxes, Space, SpacePiece},
    spans::{IntervalSpan, common_width, width},
};

use super::index::{Ask, BATCH, Index, IndexRows};

/// Sums of fractions may be a little off.
const ROUNDED: f64 = 0.999_999;

/// The lines of which earlier lines with the other action may take `part` or more: what those have in common with the line,
/// added up as if no two of them met. Of the lines that are not given, they surely take less.
pub fn crowded(space: &Space, list: &LoweredBoxes, part: f64) -> Vec<usize> {
    let index = Index::new(space, &list.pieces);
    let (mut rows, mut near) = (IndexRows::default(), Vec::new());
    let mut taken = vec![0.0; list.lines()];
    let mut whole = vec![0.0_f64; list.lines()];
    for (batch, pieces) in list.pieces.chunks(BATCH).enumerate() {
        index.fill(&mut rows, Ask::Meeting, pieces, (batch * BATCH + pieces.len()).min(list.pieces.len()));
        for piece in pieces {
            let line = piece.line as usize;
            let Some(own) = list.lines.get(line) else { continue };
            index.touching(&rows, piece, own.first as usize, &mut near);
            let near = near.iter().filter_map(|&at| list.pieces.get(at as usize));
            let other =
                near.filter(|other| list.lines.get(other.line as usize).is_some_and(|of| of.action != own.action));
            let lost: f64 = other.map(|of| common(space, piece, of)).sum();
            taken.get_mut(line).into_iter().for_each(|taken| *taken += lost);
            // Boxes of one line may meet: it has at least the flows of the largest.
            whole.get_mut(line).into_iter().for_each(|whole| *whole = whole.max(common(space, piece, piece)));
        }
    }
    let crowded = |(_, (taken, whole)): &(usize, (&f64, &f64))| **taken >= **whole * part * ROUNDED;
    (0..).zip(taken.iter().zip(&whole)).filter(crowded).map(|(line, _)| line).collect()
}

/// How much of the space two boxes have in common, opaque sets apart.
fn common(space: &Space, a: &SpacePiece, b: &SpacePiece) -> f64 {
    let mut volume = 1.0;
    for (dimension, (&x, &y)) in (0..DIMENSIONS).zip(a.sets.iter().zip(&b.sets)) {
        let (x, y): (&[IntervalSpan], &[IntervalSpan]) = (space.set(dimension, x), space.set(dimension, y));
        volume *= common_width(x, y) / width(space.set(dimension, 0));
    }
    volume
}
