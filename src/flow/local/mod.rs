//! Queries about one line at a time, answered inside its own boxes.
//!
//! An index of bit rows finds the lines that meet a box; an exact test decides whether they cover it. A line requires
//! opaque sets positively, so a line is shadowed in every world where it is shadowed in the worlds with the least that
//! makes it match: one opaque set for each field that requires one. Conditions of lines may also be negated, so all
//! settings of those that meet are examined, or the answer is "not decided".

mod cover;
mod crowded;
mod fewest;
mod index;
mod redundant;
mod shadow;
mod swapped;
mod touched;

pub use crowded::crowded;
pub use redundant::{Need, redundancies};
pub use shadow::{Standing, shadows};
pub(super) use swapped::{Common, swapped};
pub use touched::{Touch, TouchedQuery, touched};

use super::budget::{BoundReached, NotDecided};
use super::space::{Mention, Space, SpacePiece, SpacePoint, Witness};

/// A flow as a witness, in numbers of the space: [`Space::show`] renders it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sample {
    pub(super) point: SpacePoint,
    pub(super) world: Vec<u32>,
}

impl Space {
    /// The flow of a sample.
    pub fn show(&self, sample: &Sample) -> Witness {
        self.witness(&sample.point, &sample.world)
    }
}

/// The worlds with the least in which a box matches.
fn least_worlds(space: &Space, piece: &SpacePiece) -> Vec<Vec<u32>> {
    let mentions = piece.mentions.iter().filter(|&&mention| mention != 0).map(|&mention| space.mention(mention));
    mentions.fold(vec![Vec::new()], |worlds, Mention { named, .. }| {
        let with = |world: &Vec<u32>, bit: u32| world.iter().copied().chain([bit]).collect();
        worlds.iter().flat_map(|world| named.iter().map(move |&bit| with(world, bit))).collect()
    })
}

/// Whether a box matches in a world, as far as opaque sets and conditions go.
fn holds_in(space: &Space, piece: &SpacePiece, world: &[u32]) -> bool {
    piece.mentions.iter().all(|&mention| mention == 0 || space.mention(mention).holds(world))
        && space.is_there(piece, world)
}

/// Each of `worlds` with each setting of the common truths that determine whether the boxes of `near` are there, where
/// those of `asked` are.
fn with_settings<'p>(
    space: &Space,
    worlds: Vec<Vec<u32>>,
    asked: &[&SpacePiece],
    near: impl Iterator<Item = &'p SpacePiece>,
) -> Result<Vec<Vec<u32>>, NotDecided> {
    let at = asked.first().map_or(0, |piece| piece.line as usize);
    let settings = space.settings(asked, near).ok_or(NotDecided { at, bound: BoundReached::Conditions })?;
    let both = |world: &Vec<u32>| settings.iter().map(|set| [world.as_slice(), set].concat()).collect::<Vec<_>>();
    Ok(worlds.iter().flat_map(both).collect())
}
