//! Which lines no flow reaches.

use std::collections::BTreeSet;

use crate::flow::{
    budget::{NotDecided, WorkBudget},
    space::{LoweredBoxes, Space, SpacePiece},
};

use super::cover::{Covered, cover, region};
use super::fewest::leave_out_needless;
use super::index::{Ask, BATCH, Index, IndexRows};
use super::{Sample, holds_in, least_worlds, with_settings};

/// Whether a line decides any flow.
#[derive(Clone, PartialEq, Debug)]
pub enum Standing {
    /// It does: that flow, in the opaque sets that the sample names.
    Reached(Sample),
    /// Lines before it decide all its flows, whatever the opaque sets hold: these together do, and without any one of them
    /// they would not.
    Covered {
        /// Their indexes, in order.
        by: Vec<usize>,
    },
    /// It matches no flow at all.
    Empty,
    /// The budget did not suffice.
    NotDecided(NotDecided),
}

/// The number of points in one batch: making their rows visits all ends of the list.
const POINTS: usize = 4 * BATCH;

/// For each line of a list, whether it decides any flow.
pub fn shadows(space: &Space, list: &LoweredBoxes, budget: &WorkBudget) -> Vec<Standing> {
    let index = Index::new(space, &list.pieces);
    let mut shadows =
        Shadows { space, list, budget, index, lines: vec![Standing::Empty; list.lines()], near: Vec::new() };
    let (mut points, mut boxes, mut open) = (IndexRows::default(), IndexRows::default(), Vec::new());
    for (batch, pieces) in list.pieces.chunks(POINTS).enumerate() {
        let end = (batch * POINTS + pieces.len()).min(list.pieces.len());
        shadows.index.fill(&mut points, Ask::Holding, pieces, end);
        open.extend(pieces.iter().filter(|piece| !shadows.reached_at_once(piece, &points)));
        if open.len() >= BATCH {
            open.chunks(BATCH).for_each(|open| shadows.thoroughly(open, &mut boxes));
            open.clear();
        }
    }
    open.chunks(BATCH).for_each(|open| shadows.thoroughly(open, &mut boxes));
    let mut standings = shadows.lines;
    for (line, standing) in standings.iter_mut().enumerate() {
        if let Standing::Covered { by } = standing {
            leave_out_needless(space, list, line, by, budget);
        }
    }
    standings
}

struct Shadows<'l> {
    space: &'l Space,
    list: &'l LoweredBoxes,
    budget: &'l WorkBudget,
    index: Index<'l>,
    lines: Vec<Standing>,
    /// The boxes that meet the one in question.
    near: Vec<u32>,
}

impl Shadows<'_> {
    /// Whether the point chosen in the box is in no earlier one: so it is with most. Notes the point.
    fn reached_at_once(&mut self, piece: &SpacePiece, rows: &IndexRows) -> bool {
        if !piece.is_plain() || self.index.first_holding(rows, piece, self.before(piece)).is_some() {
            return false;
        }
        let sample = Sample { point: self.index.chosen(rows, piece), world: Vec::new() };
        self.lines
            .get_mut(piece.line as usize)
            .into_iter()
            .for_each(|standing| *standing = Standing::Reached(sample.clone()));
        true
    }

    /// Looks at boxes, in the order of the list, all around.
    fn thoroughly(&mut self, open: &[SpacePiece], rows: &mut IndexRows) {
        let end = open.last().map_or(0, |last| self.before(last));
        self.index.fill(rows, Ask::Meeting, open, end);
        open.iter().for_each(|piece| self.piece(piece, rows));
    }

    /// The number of boxes of the lines before that of `piece`.
    fn before(&self, piece: &SpacePiece) -> usize {
        self.list.lines.get(piece.line as usize).map_or(0, |line| line.first as usize)
    }

    fn piece(&mut self, piece: &SpacePiece, rows: &IndexRows) {
        let line = piece.line as usize;
        if matches!(self.lines.get(line), Some(Standing::Reached(_) | Standing::NotDecided(_))) {
            return;
        }
        let before = self.before(piece);
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

    fn look(&mut self, piece: &SpacePiece, rows: &IndexRows, before: usize) -> Standing {
        self.index.meeting(rows, piece, before, &mut self.near);
        let mut by = BTreeSet::new();
        let near = self.near.iter().filter_map(|&at| self.index.pieces().get(at as usize));
        let worlds = match with_settings(self.space, least_worlds(self.space, piece), &[piece], near) {
            Ok(worlds) => worlds,
            Err(stopped) => return Standing::NotDecided(stopped),
        };
        for world in worlds {
            match self.in_world(piece, &world) {
                Ok(Covered::By(lines)) => by.extend(lines),
                Ok(Covered::Not(point)) => return Standing::Reached(Sample { point, world }),
                Err(stopped) => return Standing::NotDecided(NotDecided { at: piece.line as usize, ..stopped }),
            }
        }
        Standing::Covered { by: by.into_iter().collect() }
    }

    /// The lines that cover a box in a world, or a point that none does.
    fn in_world(&self, piece: &SpacePiece, world: &[u32]) -> Result<Covered, NotDecided> {
        let near = self.near.iter().filter_map(|&at| self.index.pieces().get(at as usize));
        let near: Vec<&SpacePiece> = near.filter(|near| holds_in(self.space, near, world)).collect();
        let covered = cover(self.space, &region(self.space, piece), &near, self.budget)?;
        Ok(match covered {
            Covered::By(places) => {
                Covered::By(places.into_iter().filter_map(|at| near.get(at)).map(|near| near.line as usize).collect())
            }
            Covered::Not(point) => Covered::Not(point),
        })
    }
}
