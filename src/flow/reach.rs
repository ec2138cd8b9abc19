//! For each line of a list, the flows it decides: the primitive on which the other queries are built.

use super::answers::answers;
use super::budget::{NotDecided, WorkBudget};
use super::choice::Steps;
use super::choices::{ChoicesApart, WantedFlows};
use super::diagram::{Diagram, DiagramLeaf, DiagramNode};
use super::list::{By, FlowAction};
use super::product::Product;
use super::space::{DIMENSIONS, LoweredBoxes, Space, SpacePiece, SpaceQuery, Witness};
use super::spans::{covers, overlap};

/// What one line, or the default, decides of a query.
#[derive(Clone, PartialEq, Debug)]
pub struct Decided {
    /// What decides.
    pub by: By,
    /// Flows it decides. The products of one answer do not meet.
    pub product: Product,
    /// One of them.
    pub witness: Witness,
}

/// The flows of a query by what decides them.
#[derive(Clone, PartialEq, Debug)]
pub struct FlowReach {
    /// In the order of the flow space.
    pub decided: Vec<Decided>,
    /// Whether that is all; else there are more than the caller's limit, and some product of each line that decides is
    /// there, as far as the limit allows.
    pub complete: bool,
}

/// Which line decides which flows of `query`, in at most `limit` products.
///
/// # Errors
/// Where the budget does not suffice.
pub fn reach(
    space: &Space,
    list: &LoweredBoxes,
    query: &SpaceQuery,
    limit: usize,
    budget: &WorkBudget,
) -> Result<FlowReach, NotDecided> {
    let (mut diagram, mask) = start(space, query, budget)?;
    let leaves = relevant(space, list, &query.pieces, |piece| list.value(piece));
    let default = default_value(list);
    let root = diagram.list(&leaves, default, Some(mask))?;
    let stopped = |bound| NotDecided { at: list.lines(), bound };
    let wanted = WantedFlows { class: &|_| Some(0), apart: ChoicesApart::Rules };
    let found = answers(&diagram, root, &|end| vec![end], wanted, limit, &mut Steps::of(budget)).map_err(stopped)?;
    let decided = found.products(space).filter_map(|answer| {
        let by = by(*answer.label.first()?, default);
        Some(Decided { by, product: answer.product, witness: answer.witness })
    });
    Ok(FlowReach { decided: decided.collect(), complete: found.complete })
}

/// How much of `query` each line decides: parts of 1, larger than 0, the default last. Opaque sets count as halves, or
/// about that where many lines that require them meet.
///
/// # Errors
/// Where the budget does not suffice.
pub fn shares(
    space: &Space,
    list: &LoweredBoxes,
    query: &SpaceQuery,
    budget: &WorkBudget,
) -> Result<Vec<(By, f64)>, NotDecided> {
    let (mut diagram, mask) = start(space, query, budget)?;
    let leaves = relevant(space, list, &query.pieces, |piece| list.value(piece));
    let default = default_value(list);
    let root = diagram.list(&leaves, default, Some(mask))?;
    let weights = diagram.weights(root);
    let whole: f64 = weights.values().sum();
    Ok(weights.into_iter().map(|(value, weight)| (by(value, default), weight / whole)).collect())
}

/// Whether a list does one thing with all flows of a query.
#[derive(Clone, PartialEq, Debug)]
pub enum ReachExpectation {
    /// It does.
    Holds,
    /// It does not, whatever the opaque sets hold. The share is the part of the query that fails so.
    Fails {
        /// A flow that fails.
        witness: Witness,
        /// What decides it.
        by: By,
        /// The part of the query that fails.
        share: f64,
    },
    /// It depends on opaque sets: there are contents for which it holds, and others.
    Hangs {
        /// A flow that fails in the opaque sets that the witness names.
        witness: Witness,
        /// What decides it.
        by: By,
    },
}

/// Whether `list` does `action` with every flow of `query`.
///
/// # Errors
/// Where the budget does not suffice.
pub fn expect(
    space: &Space,
    list: &LoweredBoxes,
    query: &SpaceQuery,
    action: FlowAction,
    budget: &WorkBudget,
) -> Result<ReachExpectation, NotDecided> {
    let (mut diagram, mask) = start(space, query, budget)?;
    let wrong = |of: FlowAction| if of == action { 1 } else { 2 };
    let leaves = relevant(space, list, &query.pieces, |piece| wrong(list.action(piece.line)));
    let root = diagram.list(&leaves, wrong(list.default), Some(mask))?;
    let (mut steps, stopped) = (Steps::of(budget), |bound| NotDecided { at: list.lines(), bound });
    let certain = diagram.whatever_holds(root, 2, &mut steps).map_err(stopped)?;
    let failed = if certain == DiagramNode::NONE { Ok(root) } else { diagram.within(root, certain) };
    let failed = failed.map_err(stopped)?;
    let example = diagram.example(failed, &|value| value == 2, &mut steps).map_err(stopped)?;
    let Some((point, world)) = example else { return Ok(ReachExpectation::Holds) };
    let (witness, by) = (space.witness(&point, &world), list.decide(space, &point, &world));
    if certain == DiagramNode::NONE {
        return Ok(ReachExpectation::Hangs { witness, by });
    }
    let share = diagram.volume(failed, &|value| value == 2) / diagram.volume(root, &|_| true);
    Ok(ReachExpectation::Fails { witness, by, share })
}

fn start<'s>(
    space: &'s Space,
    query: &SpaceQuery,
    budget: &WorkBudget,
) -> Result<(Diagram<'s>, DiagramNode), NotDecided> {
    let mut diagram = Diagram::new(space, budget);
    let mask = diagram.mask(&query.pieces).map_err(|bound| NotDecided { at: 0, bound })?;
    Ok((diagram, mask))
}

/// The value of the default, where a line's is its index plus 1.
pub(super) fn default_value(list: &LoweredBoxes) -> u32 {
    u32::try_from(list.lines()).unwrap_or(u32::MAX - 1) + 1
}

/// The line or default that a value represents.
pub(super) fn by(value: u32, default: u32) -> By {
    if value == default { By::Default } else { By::Line(value.saturating_sub(1) as usize) }
}

/// The pieces of a list that meet one of `boxes`, up to one that covers them all.
pub(super) fn relevant<'l>(
    space: &Space,
    list: &'l LoweredBoxes,
    boxes: &[SpacePiece],
    value: impl Fn(&SpacePiece) -> u32,
) -> Vec<DiagramLeaf<'l>> {
    let mut leaves = Vec::new();
    for piece in &list.pieces {
        if boxes.iter().any(|of| meet(space, piece, of)) {
            leaves.push((piece, value(piece)));
            if boxes.iter().all(|of| contains(space, piece, of)) {
                break;
            }
        }
    }
    leaves
}

/// Whether two boxes meet, opaque sets apart.
pub(super) fn meet(space: &Space, a: &SpacePiece, b: &SpacePiece) -> bool {
    every(a, b, |dimension, x, y| {
        x == 0 || y == 0 || x == y || overlap(space.set(dimension, x), space.set(dimension, y))
    })
}

/// Whether `a` surely contains `b`, whatever the opaque sets hold.
pub(super) fn contains(space: &Space, a: &SpacePiece, b: &SpacePiece) -> bool {
    a.mentions.iter().zip(&b.mentions).all(|(&a, &b)| a == 0 || a == b)
        && (a.when == 0 || a.when == b.when)
        && every(a, b, |dimension, x, y| x == 0 || x == y || covers(space.set(dimension, x), space.set(dimension, y)))
}

fn every(a: &SpacePiece, b: &SpacePiece, holds: impl Fn(usize, u32, u32) -> bool) -> bool {
    (0..DIMENSIONS).zip(a.sets.iter().zip(&b.sets)).all(|(dimension, (&x, &y))| holds(dimension, x, y))
}
