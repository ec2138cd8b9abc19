//! Which lines decide flows of given sets.

use crate::flow::{
    budget::{NotDecided, WorkBudget},
    reach::meet,
    space::{LoweredBoxes, Space, SpacePiece, SpaceQuery},
};

use super::cover::{CoverRegion, Covered, both, cover, meets};
use super::index::{Ask, BATCH, Index, IndexRows};
use super::{holds_in, least_worlds, with_settings};

/// The flows of a query, with exceptions.
#[derive(Clone, Copy, Debug)]
pub struct TouchedQuery<'q> {
    /// The flows.
    pub of: &'q SpaceQuery,
    /// The flows among them that are excluded.
    pub except: &'q [SpaceQuery],
}

/// Whether a line decides a flow of a query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touch {
    /// It does, for some contents of the opaque sets.
    Touched,
    /// It does not, whatever they hold.
    Untouched,
    /// The budget did not suffice.
    NotDecided(NotDecided),
}

/// For each line of a list, whether it decides a flow of one of `asked`. Lines and queries require opaque sets
/// positively, so the worlds with the least in which both hold a flow are enough: more could only let earlier lines
/// match.
pub fn touched(space: &Space, list: &LoweredBoxes, asked: &[TouchedQuery<'_>], budget: &WorkBudget) -> Vec<Touch> {
    let of: Vec<(SpacePiece, usize)> =
        (0..).zip(asked).flat_map(|(at, asked)| asked.of.pieces.iter().map(move |piece| (*piece, at))).collect();
    let boxes: Vec<SpacePiece> = of.iter().map(|(piece, _)| *piece).collect();
    let (index, questions) = (Index::new(space, &list.pieces), Index::new(space, &boxes));
    let mut touches = vec![Touch::Untouched; list.lines()];
    let (mut rows, mut asking) = (IndexRows::default(), IndexRows::default());
    let (mut near, mut about) = (Vec::new(), Vec::new());
    for (batch, pieces) in list.pieces.chunks(BATCH).enumerate() {
        questions.fill(&mut asking, Ask::Meeting, pieces, boxes.len());
        index.fill(&mut rows, Ask::Meeting, pieces, (batch * BATCH + pieces.len()).min(list.pieces.len()));
        for piece in pieces {
            let line = piece.line as usize;
            let Some(touch) = touches.get_mut(line).filter(|touch| **touch == Touch::Untouched) else { continue };
            questions.touching(&asking, piece, boxes.len(), &mut about);
            if about.is_empty() {
                continue;
            }
            index.touching(&rows, piece, list.lines.get(line).map_or(0, |line| line.first as usize), &mut near);
            let before: Vec<&SpacePiece> = near.iter().filter_map(|&at| list.pieces.get(at as usize)).collect();
            let question = TouchedQuestion { space, piece, before, budget };
            let about = about.iter().filter_map(|&at| of.get(at as usize));
            *touch = question.any(about.filter_map(|(of, at)| Some((of, asked.get(*at)?.except))));
        }
    }
    touches
}

struct TouchedQuestion<'l> {
    space: &'l Space,
    piece: &'l SpacePiece,
    /// The boxes of earlier lines that meet this one.
    before: Vec<&'l SpacePiece>,
    budget: &'l WorkBudget,
}

impl<'l> TouchedQuestion<'l> {
    fn any(&self, about: impl Iterator<Item = (&'l SpacePiece, &'l [SpaceQuery])>) -> Touch {
        let mut touch = Touch::Untouched;
        for (of, except) in about {
            match self.one(of, except) {
                Ok(true) => return Touch::Touched,
                Ok(false) => {}
                Err(stopped) => touch = Touch::NotDecided(NotDecided { at: self.piece.line as usize, ..stopped }),
            }
        }
        touch
    }

    /// Whether the box decides a flow of `of` that is not in `except`.
    fn one(&self, of: &SpacePiece, except: &[SpaceQuery]) -> Result<bool, NotDecided> {
        let Some(part) = both(self.space, self.piece, of) else { return Ok(false) };
        let part: CoverRegion<'_> = part.each_ref().map(|set| set.intervals());
        let except = except.iter().flat_map(|except| &except.pieces).filter(|piece| meet(self.space, piece, of));
        let before = except.chain(self.before.iter().copied()).filter(|piece| meets(self.space, piece, &part));
        let before: Vec<&SpacePiece> = before.collect();
        for world in least_worlds(self.space, self.piece) {
            let more = least_worlds(self.space, of).into_iter().map(|more| [world.as_slice(), &more].concat());
            for world in with_settings(self.space, more.collect(), &[self.piece], before.iter().copied())? {
                let near: Vec<&SpacePiece> =
                    before.iter().copied().filter(|piece| holds_in(self.space, piece, &world)).collect();
                if let Covered::Not(_) = cover(self.space, &part, &near, self.budget)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
