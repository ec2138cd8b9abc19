//! Which lines no flow reaches.

use std::collections::BTreeSet;

use crate::flow::budget::{Budget, NotDecided};
use crate::flow::space::{Lowered, Piece, Space};

use super::cover::{Covered, cover, region};
use super::index::{BATCH, Index, Rows};
use super::{Sample, holds_in, least_worlds};

/// Whether a line decides any flow.
#[derive(Clone, PartialEq, Debug)]
pub enum Standing {
    /// It does: that flow, in the opaque sets that the sample names.
    Reached(Sample),
    /// Lines before it decide all its flows, whatever the opaque sets hold: these together do, and none of them is
    /// plainly needless.
    Covered {
        /// Their indexes, in order.
        by: Vec<usize>,
    },
    /// It matches no flow at all.
    Empty,
    /// The budget did not suffice.
    NotDecided(NotDecided),
}

/// For each line of a list, whether it decides any flow.
pub fn shadows(space: &Space, list: &Lowered, budget: &Budget) -> Vec<Standing> {
    let index = Index::new(space, list);
    let mut shadows =
        Shadows { space, list, budget, index, lines: vec![Standing::Empty; list.lines()], near: Vec::new() };
    for (batch, pieces) in list.pieces.chunks(BATCH).enumerate() {
        let rows = shadows.index.rows(pieces, (batch * BATCH + pieces.len()).min(list.pieces.len()));
        pieces.iter().for_each(|piece| shadows.piece(piece, &rows));
    }
    shadows.lines
}

struct Shadows<'l> {
    space: &'l Space,
    list: &'l Lowered,
    budget: &'l Budget,
    index: Index<'l>,
    lines: Vec<Standing>,
    /// The boxes that meet the one in question.
    near: Vec<u32>,
}

impl Shadows<'_> {
    fn piece(&mut self, piece: &Piece, rows: &Rows) {
        let line = piece.line as usize;
        if matches!(self.lines.get(line), Some(Standing::Reached(_) | Standing::NotDecided(_))) {
            return;
        }
        let before = self.list.lines.get(line).map_or(0, |line| line.first as usize);
        let found = self.look(piece, rows, before);
        let Some(standing) = self.lines.get_mut(line) else { return };
        match (&mut *standing, found) {
            (Standing::Covered { by }, Standing::Covered { by: also }) => {
                let all: BTreeSet<usize> = by.iter().copied().chain(also).collect();
                *by = all.into_iter().collect();
            }
            (standing, found) => *standing = found,
        }
    }

    fn look(&mut self, piece: &Piece, rows: &Rows, before: usize) -> Standing {
        if piece.mentions == [0; 3] && self.index.first_holding(rows, piece, before).is_none() {
            return Standing::Reached(Sample { point: self.index.chosen(rows, piece), world: Vec::new() });
        }
        self.index.meeting(rows, piece, before, &mut self.near);
        let mut by = BTreeSet::new();
        for world in least_worlds(self.space, piece) {
            match self.in_world(piece, &world) {
                Ok(Covered::By(lines)) => by.extend(lines),
                Ok(Covered::Not(point)) => return Standing::Reached(Sample { point, world }),
                Err(stopped) => return Standing::NotDecided(NotDecided { at: piece.line as usize, ..stopped }),
            }
        }
        Standing::Covered { by: by.into_iter().collect() }
    }

    /// The lines that cover a box in a world, or a point that none does.
    fn in_world(&self, piece: &Piece, world: &[u32]) -> Result<Covered, NotDecided> {
        let near = self.near.iter().filter_map(|&at| self.index.pieces().get(at as usize));
        let near: Vec<&Piece> = near.filter(|near| holds_in(self.space, near, world)).collect();
        let covered = cover(self.space, &region(self.space, piece), &near, self.budget)?;
        Ok(match covered {
            Covered::By(places) => {
                Covered::By(places.into_iter().filter_map(|at| near.get(at)).map(|near| near.line as usize).collect())
            }
            Covered::Not(point) => Covered::Not(point),
        })
    }
}
