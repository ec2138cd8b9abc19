//! Decision lists and queries as boxes.

use crate::flow::list::FlowAction;

use super::dimensions::DIMENSIONS;
use super::pool::SetId;

/// A decision list as boxes in a [`Space`](super::Space).
#[derive(Clone, Debug)]
pub struct LoweredBoxes {
    pub(in crate::flow) lines: Vec<LoweredLine>,
    /// In the order of the lines.
    pub(in crate::flow) pieces: Vec<SpacePiece>,
    pub(in crate::flow) default: FlowAction,
}

/// What a line does, and the range of its pieces.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::flow) struct LoweredLine {
    pub(in crate::flow) action: FlowAction,
    pub(in crate::flow) effect: u32,
    pub(in crate::flow) first: u32,
    pub(in crate::flow) count: u32,
    /// The line that answers name: itself, unless it is there again.
    pub(in crate::flow) named: u32,
}

/// A set of flows as boxes in a [`Space`](super::Space).
#[derive(Clone, Debug)]
pub struct SpaceQuery {
    pub(in crate::flow) pieces: Vec<SpacePiece>,
}

impl SpaceQuery {
    /// The flows of one of several.
    pub fn any_of(queries: Vec<Self>) -> Self {
        Self { pieces: queries.into_iter().flat_map(|query| query.pieces).collect() }
    }
}

/// How many disjunctions of opaque sets a box may require.
pub(in crate::flow) const MENTIONS: usize = 5;

/// A box: one interned set in each dimension, and the opaque sets it also requires.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::flow) struct SpacePiece {
    pub(in crate::flow) line: u32,
    pub(in crate::flow) sets: [SetId; DIMENSIONS],
    /// For sources, destinations and names, and two further ones for destinations: a disjunction, by its number in the
    /// space.
    pub(in crate::flow) mentions: [u32; MENTIONS],
    /// When its line is there, by its number in the space.
    pub(in crate::flow) when: u32,
}

impl SpacePiece {
    /// Whether it matches whatever the opaque sets hold, and under every condition.
    pub(in crate::flow) fn is_plain(&self) -> bool {
        self.mentions == [0; MENTIONS] && self.when == 0
    }
}

impl LoweredBoxes {
    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// How many boxes the lines fall into.
    pub fn boxes(&self) -> usize {
        self.pieces.len()
    }

    /// The index that answers give for the line of a box, and 1.
    pub(in crate::flow) fn value(&self, piece: &SpacePiece) -> u32 {
        self.lines.get(piece.line as usize).map_or(piece.line, |line| line.named) + 1
    }

    pub(in crate::flow) fn pieces_of(&self, line: usize) -> &[SpacePiece] {
        let Some(line) = self.lines.get(line) else { return &[] };
        let first = line.first as usize;
        self.pieces.get(first..first + line.count as usize).unwrap_or(&[])
    }
}
