//! Which lines could go without any flow being decided differently.

use crate::flow::{
    budget::{NotDecided, WorkBudget},
    list::FlowAction,
    space::{LoweredBoxes, MENTIONS, Space, SpacePiece},
};

use super::cover::{CoverRegion, Covered, both, cover, meets, region};
use super::index::{Ask, BATCH, Index, IndexRows};
use super::{Sample, holds_in, least_worlds, with_settings};

/// Whether a list needs a line.
#[derive(Clone, PartialEq, Debug)]
pub enum Need {
    /// It does: without the line that flow would be decided differently.
    Needed(Sample),
    /// Without the line, and all others in place, every flow is decided as before.
    Redundant,
    /// The budget did not suffice.
    NotDecided(NotDecided),
}

/// For each line of a list, whether the list needs it.
///
/// A flow that a line decides is lost on it where the line that then decides the flow does the same. That line may
/// require one more opaque set for each field; worlds with more need not be examined.
pub fn redundancies(space: &Space, list: &LoweredBoxes, budget: &WorkBudget) -> Vec<Need> {
    let index = Index::new(space, &list.pieces);
    let mut needs = vec![Need::Redundant; list.lines()];
    let (mut near, mut rows) = (Vec::new(), IndexRows::default());
    for pieces in list.pieces.chunks(BATCH) {
        index.fill(&mut rows, Ask::Meeting, pieces, list.pieces.len());
        for piece in pieces {
            let question = RedundantQuestion { space, list, index: &index, budget };
            if let Some(need) = needs.get_mut(piece.line as usize).filter(|need| **need == Need::Redundant) {
                *need = question.piece(piece, &rows, &mut near);
            }
        }
    }
    needs
}

struct RedundantQuestion<'l> {
    space: &'l Space,
    list: &'l LoweredBoxes,
    index: &'l Index<'l>,
    budget: &'l WorkBudget,
}

impl RedundantQuestion<'_> {
    fn piece(&self, piece: &SpacePiece, rows: &IndexRows, near: &mut Vec<u32>) -> Need {
        let every = SpacePiece { mentions: [u32::MAX; MENTIONS], ..*piece };
        self.index.meeting(rows, &every, self.list.pieces.len(), near);
        let others: Vec<&SpacePiece> = near.iter().filter_map(|&at| self.index.pieces().get(at as usize)).collect();
        let others: Vec<&SpacePiece> = others.into_iter().filter(|other| other.line != piece.line).collect();
        match self.lost(piece, &others) {
            Ok(None) => Need::Redundant,
            Ok(Some(sample)) => Need::Needed(sample),
            Err(stopped) => Need::NotDecided(NotDecided { at: piece.line as usize, ..stopped }),
        }
    }

    /// A flow of the box that would be decided differently by `others`, those that meet it.
    fn lost(&self, piece: &SpacePiece, others: &[&SpacePiece]) -> Result<Option<Sample>, NotDecided> {
        let own = self.outcome(piece);
        let opposite = others.iter().filter(|other| other.line > piece.line && self.outcome(other) != own);
        for world in least_worlds(self.space, piece) {
            if own != (self.list.default, 0) {
                for world in with_settings(self.space, vec![world.clone()], &[piece], others.iter().copied())? {
                    let gap = self.gap(&region(self.space, piece), others, &world)?;
                    if gap.is_some() {
                        return Ok(gap);
                    }
                }
            }
            for next in opposite.clone() {
                let Some(part) = both(self.space, piece, next) else { continue };
                let part: CoverRegion<'_> = part.each_ref().map(|set| set.intervals());
                let before: Vec<&SpacePiece> = others.iter().copied().filter(|other| other.line < next.line).collect();
                let more = least_worlds(self.space, next).into_iter().map(|more| [world.as_slice(), &more].concat());
                for world in with_settings(self.space, more.collect(), &[piece, next], others.iter().copied())? {
                    let gap = self.gap(&part, &before, &world)?;
                    if gap.is_some() {
                        return Ok(gap);
                    }
                }
            }
        }
        Ok(None)
    }

    /// A flow of the region, in that world, that no box of `by` matches.
    fn gap(&self, of: &CoverRegion<'_>, by: &[&SpacePiece], world: &[u32]) -> Result<Option<Sample>, NotDecided> {
        let by: Vec<&SpacePiece> = by
            .iter()
            .copied()
            .filter(|piece| meets(self.space, piece, of) && holds_in(self.space, piece, world))
            .collect();
        Ok(match cover(self.space, of, &by, self.budget)? {
            Covered::By(_) => None,
            Covered::Not(point) => Some(Sample { point, world: world.to_vec() }),
        })
    }

    fn outcome(&self, piece: &SpacePiece) -> (FlowAction, u32) {
        self.list.lines.get(piece.line as usize).map_or((self.list.default, 0), |line| (line.action, line.effect))
    }
}
