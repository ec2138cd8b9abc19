//! The smallest sets of lines that do what all of them do.

use crate::flow::{
    budget::WorkBudget,
    space::{LoweredBoxes, Space, SpacePiece},
};

use super::cover::{CoverRegion, Covered, both, cover, meets};
use super::{holds_in, least_worlds, with_settings};

/// Takes lines out of `by`, which together cover a line, until none can go, the last first.
///
/// A line can go where the others cover what it has in common with the covered one: that is little, and meets few of them.
/// Where the budget does not suffice to know, the line stays.
pub(super) fn leave_out_needless(
    space: &Space,
    list: &LoweredBoxes,
    line: usize,
    by: &mut Vec<usize>,
    budget: &WorkBudget,
) {
    if by.len() < 2 {
        return;
    }
    let covered = list.pieces_of(line);
    for at in (0..by.len()).rev() {
        let others = by.iter().enumerate().filter(|&(other, _)| other != at).map(|(_, &line)| line);
        let others: Vec<&SpacePiece> = others.flat_map(|line| list.pieces_of(line)).collect();
        let own = by.get(at).map_or(&[][..], |&line| list.pieces_of(line));
        if covered.iter().all(|piece| can_go(space, piece, own, &others, budget)) {
            by.remove(at);
        }
    }
}

/// Whether `others` cover what boxes of `own` have in common with `piece`, in every world that matters.
fn can_go(space: &Space, piece: &SpacePiece, own: &[SpacePiece], others: &[&SpacePiece], budget: &WorkBudget) -> bool {
    let worlds = least_worlds(space, piece);
    own.iter().filter_map(|of| Some((of, both(space, piece, of)?))).all(|(of, part)| {
        let part: CoverRegion<'_> = part.each_ref().map(|set| set.intervals());
        let near: Vec<&SpacePiece> = others.iter().copied().filter(|other| meets(space, other, &part)).collect();
        let conditions = near.iter().copied().chain([of]);
        let Ok(worlds) = with_settings(space, worlds.clone(), &[piece], conditions) else { return false };
        worlds.iter().filter(|world| holds_in(space, of, world)).all(|world| {
            let near: Vec<&SpacePiece> = near.iter().copied().filter(|other| holds_in(space, other, world)).collect();
            matches!(cover(space, &part, &near, budget), Ok(Covered::By(_)))
        })
    })
}
