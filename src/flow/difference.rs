//! Which flows two lists decide differently.

use std::ops::Range;

use super::align::{AlignedGap, gaps};
use super::answers::answers;
use super::budget::{NotDecided, WorkBudget};
use super::case::FlowCase;
use super::choice::Steps;
use super::choices::{ChoicesApart, WantedFlows, first};
use super::common::{FlowDoubt, RuleDeed, doubts};
use super::diagram::{Diagram, DiagramLeaf, DiagramNode};
use super::list::{By, FlowAction};
use super::product::Product;
use super::reach::{by, contains, default_value, meet};
use super::space::{LoweredBoxes, Space, SpacePiece, SpacePoint, Witness};

/// Flows that two lists decide differently.
#[derive(Clone, PartialEq, Debug)]
pub struct FlowChange {
    /// What decided before.
    pub before: By,
    /// What decides after.
    pub after: By,
    /// The flows. The products of one answer do not meet.
    pub product: Product,
    /// One of them.
    pub witness: Witness,
}

/// Everything that two lists decide differently.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// In the order of the flow space; none where the lists decide every flow alike.
    pub changes: Vec<FlowChange>,
    /// Whether that is all; else there are more than the caller's limit, and some product of each pair of lines is
    /// there, as far as the limit allows.
    pub complete: bool,
    /// What is done with some flow before and after; all of that, also where the changes are not.
    pub deeds: Vec<((FlowAction, u32), (FlowAction, u32))>,
}

/// Whether two lists decide every flow alike, whatever the opaque sets hold; else a flow that they do not.
///
/// # Errors
/// Where the budget does not suffice.
pub fn equivalent(
    space: &Space,
    old: &LoweredBoxes,
    new: &LoweredBoxes,
    budget: &WorkBudget,
) -> Result<Equivalence, NotDecided> {
    let mut work = Work::new(space, old, new, budget);
    let apart = work.apart()?;
    let stopped = |bound| NotDecided { at: 0, bound };
    let example = work.diagram.example(apart, &|value| value > 0, &mut work.steps).map_err(stopped)?;
    let Some((point, _)) = example else { return Ok(Equivalence::Equal) };
    let sides = [work.cases_at(old, &point), work.cases_at(new, &point)];
    let unlike = |values: &[u32]| values.first() != values.last();
    let Some((_, world)) = first(space, &sides, &unlike, &mut work.steps).map_err(stopped)? else {
        return Ok(Equivalence::Equal);
    };
    let (before, after) = (old.decide(space, &point, &world), new.decide(space, &point, &world));
    Ok(Equivalence::Apart { witness: space.witness(&point, &world), before, after })
}

/// Whether two lists are one function of flows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Equivalence {
    /// They are.
    Equal,
    /// They are not.
    Apart {
        /// A flow they decide differently.
        witness: Witness,
        /// What decides it in the first.
        before: By,
        /// What decides it in the second.
        after: By,
    },
}

/// Everything that `old` and `new` decide differently, in at most `limit` products.
///
/// # Errors
/// Where the budget does not suffice.
pub fn difference(
    space: &Space,
    old: &LoweredBoxes,
    new: &LoweredBoxes,
    limit: usize,
    budget: &WorkBudget,
) -> Result<Difference, NotDecided> {
    let mut work = Work::new(space, old, new, budget);
    let apart = work.apart()?;
    if apart == DiagramNode::NONE {
        return Ok(Difference { changes: Vec::new(), complete: true, deeds: Vec::new() });
    }
    let stopped = |bound| NotDecided { at: 0, bound };
    let (root, pairs) = work.causes(apart)?;
    let ends = |end: DiagramNode| pair_of(end, &pairs).map_or(Vec::new(), |(before, after)| vec![before, after]);
    let deeds = [work.outcomes_by_line(old), work.outcomes_by_line(new)];
    let kinds = u32::try_from(work.outcomes.len() + 1).unwrap_or(u32::MAX);
    let class = |values: &[u32]| {
        let &[before, after] = values else { return None };
        let (before, after) = (deed(&deeds[0], before)?, deed(&deeds[1], after)?);
        (before != after).then_some(before * kinds + after)
    };
    let wanted = WantedFlows { class: &class, apart: ChoicesApart::Rules };
    let found = answers(&work.diagram, root, &ends, wanted, limit, &mut work.steps).map_err(stopped)?;
    let changes = found.products(space).filter_map(|answer| {
        let &[before, after] = answer.label.as_slice() else { return None };
        let (before, after) = (by(before, default_value(old)), by(after, default_value(new)));
        Some(FlowChange { before, after, product: answer.product, witness: answer.witness })
    });
    let outcome = |kind: u32| work.outcomes.get(kind.checked_sub(1)? as usize).copied();
    let deeds = found.classes.iter().filter_map(|class| Some((outcome(class / kinds)?, outcome(class % kinds)?)));
    Ok(Difference { changes: changes.collect(), complete: found.complete, deeds: deeds.collect() })
}

/// The two ends of a pair, by its number.
pub(super) fn pair_of(end: DiagramNode, pairs: &[(DiagramNode, DiagramNode)]) -> Option<(DiagramNode, DiagramNode)> {
    pairs.get(usize::try_from(end.value()?).ok()?.checked_sub(1)?).copied()
}

/// What the line of a value does, by its number.
fn deed(of: &[u32], value: u32) -> Option<u32> {
    of.get(value.checked_sub(1)? as usize).copied()
}

/// Two lists in one diagram.
pub(super) struct Work<'s, 'l> {
    space: &'s Space,
    old: &'l LoweredBoxes,
    new: &'l LoweredBoxes,
    pub(super) diagram: Diagram<'s>,
    /// What can happen to a flow; a value is the index and 1.
    outcomes: Vec<(FlowAction, u32)>,
    pub(super) steps: Steps,
}

impl<'s, 'l> Work<'s, 'l> {
    pub(super) fn new(space: &'s Space, old: &'l LoweredBoxes, new: &'l LoweredBoxes, budget: &WorkBudget) -> Self {
        let diagram = Diagram::new(space, budget);
        let mut outcomes: Vec<(FlowAction, u32)> =
            old.lines.iter().chain(&new.lines).map(|line| (line.action, line.effect)).collect();
        outcomes.extend([(old.default, 0), (new.default, 0)]);
        outcomes.sort_unstable();
        outcomes.dedup();
        Self { space, old, new, diagram, outcomes, steps: Steps::of(budget) }
    }

    /// What the line of each value does, the default last.
    fn outcomes_by_line(&self, list: &LoweredBoxes) -> Vec<u32> {
        let lines = list.lines.iter().map(|line| self.outcome(line.action, line.effect));
        lines.chain([self.outcome(list.default, 0)]).collect()
    }

    /// The rules that hold a point, opaque sets and conditions apart, and what they do.
    fn cases_at(&self, list: &LoweredBoxes, point: &SpacePoint) -> Vec<FlowCase> {
        let held = list.pieces.iter().filter(|piece| self.space.holds_point(piece, point));
        let case = |piece: &SpacePiece| FlowCase::of(piece.mentions, piece.when, self.outcome_of(list, piece.line));
        let mut cases: Vec<FlowCase> =
            held.map(case).chain([FlowCase::always(self.outcome(list.default, 0))]).collect();
        let end = cases.iter().position(FlowCase::asks_nothing);
        cases.truncate(end.map_or(usize::MAX, |end| end + 1));
        cases
    }

    fn outcome(&self, action: FlowAction, effect: u32) -> u32 {
        let at = self.outcomes.binary_search(&(action, effect)).unwrap_or_default();
        u32::try_from(at).unwrap_or(u32::MAX - 1) + 1
    }

    fn outcome_of(&self, list: &LoweredBoxes, line: u32) -> u32 {
        let line = list.lines.get(line as usize);
        line.map_or(0, |line| self.outcome(line.action, line.effect))
    }

    /// 1 where the lists decide differently for some contents of the opaque sets.
    pub(super) fn apart(&mut self) -> Result<DiagramNode, NotDecided> {
        if self.old.default != self.new.default {
            return self.apart_within(&[]);
        }
        let (old, new) = (self.deeds(self.old), self.deeds(self.new));
        if let Some(doubts) = doubts(self.space, &old, &new, self.few()) {
            let boxes = doubts.iter().map(|doubt| match *doubt {
                FlowDoubt::Alone(piece) => vec![*piece],
                FlowDoubt::Swapped(one, other) => vec![*one, *other],
            });
            return self.apart_in(boxes);
        }
        self.apart_by_gaps()
    }

    /// How many sets of flows are better looked at one by one than all at once.
    fn few(&self) -> usize {
        8.max((self.old.lines() + self.new.lines()) / 128)
    }

    /// Lines that both have, in the same order, decide alike wherever no other line matches, and so do stretches of lines
    /// between them that are one function: only the flows of the lines in the other stretches have to be examined.
    fn apart_by_gaps(&mut self) -> Result<DiagramNode, NotDecided> {
        let lines = self.old.lines() + self.new.lines();
        let mut boxes: Vec<SpacePiece> = Vec::new();
        let mut changed = 0;
        for gap in gaps(self.old, self.new) {
            if gap.lines() * 2 > lines.max(128) || !self.same(&gap)? {
                changed += gap.lines();
                boxes.extend(pieces_in(self.old, &gap.old).chain(pieces_in(self.new, &gap.new)));
            }
        }
        if changed > 64 && changed * 8 > lines {
            return self.apart_within(&[]);
        }
        self.apart_in(boxes.into_iter().map(|of| vec![of]))
    }

    /// 1 where the lists decide differently inside one of the boxes, each an intersection.
    fn apart_in(&mut self, boxes: impl Iterator<Item = Vec<SpacePiece>>) -> Result<DiagramNode, NotDecided> {
        let mut apart = DiagramNode::NONE;
        for of in boxes {
            let part = self.apart_within(&of)?;
            apart = self.diagram.over(apart, part).map_err(|bound| NotDecided { at: line_of(&of), bound })?;
        }
        Ok(apart)
    }

    fn deeds(&self, list: &'l LoweredBoxes) -> Vec<RuleDeed<'l>> {
        list.pieces.iter().map(|piece| (piece, self.outcome_of(list, piece.line))).collect()
    }

    /// Whether the lines of a gap are one function in both lists: the same flows decided, the same done with them.
    fn same(&mut self, gap: &AlignedGap) -> Result<bool, NotDecided> {
        let old = self.stretch(self.old, &gap.old)?;
        self.diagram.hold(old);
        let new = self.stretch(self.new, &gap.new)?;
        Ok(self.diagram.release() == new)
    }

    fn stretch(&mut self, list: &LoweredBoxes, lines: &Range<usize>) -> Result<DiagramNode, NotDecided> {
        let leaves: Vec<DiagramLeaf<'_>> =
            pieces_in(list, lines).map(|piece| (piece, self.outcome_of(list, piece.line))).collect();
        self.diagram.first_match(&leaves)
    }

    /// 1 where the lists decide differently inside all of the boxes.
    fn apart_within(&mut self, boxes: &[SpacePiece]) -> Result<DiagramNode, NotDecided> {
        let stopped = |bound| NotDecided { at: line_of(boxes), bound };
        let mut mask = None;
        for of in boxes {
            let leaf = self.diagram.leaf(of, 1).map_err(stopped)?;
            mask = Some(mask.map_or(Ok(leaf), |mask| self.diagram.within(leaf, mask)).map_err(stopped)?);
        }
        let old = self.side(self.old, boxes, mask)?;
        self.diagram.hold(old);
        let new = self.side(self.new, boxes, mask)?;
        let old = self.diagram.release();
        self.diagram.apart(old, new, &mut self.steps).map_err(stopped)
    }

    fn side(
        &mut self,
        list: &LoweredBoxes,
        boxes: &[SpacePiece],
        mask: Option<DiagramNode>,
    ) -> Result<DiagramNode, NotDecided> {
        let mut leaves = Vec::new();
        for piece in &list.pieces {
            if boxes.iter().all(|of| meet(self.space, piece, of)) {
                leaves.push((piece, self.outcome_of(list, piece.line)));
                if boxes.iter().any(|of| contains(self.space, piece, of)) {
                    break;
                }
            }
        }
        let default = self.outcome(list.default, 0);
        self.diagram.list(&leaves, default, mask)
    }

    /// The flows of `apart` by the pair of what decides them.
    fn causes(&mut self, apart: DiagramNode) -> Result<(DiagramNode, Vec<(DiagramNode, DiagramNode)>), NotDecided> {
        let (old, new) = (self.deciders(self.old, apart)?, self.deciders(self.new, apart)?);
        self.diagram.pairs(old, new).map_err(|bound| NotDecided { at: 0, bound })
    }

    /// What decides the flows of `apart` in a list: the index of the line and 1.
    pub(super) fn deciders(&mut self, list: &LoweredBoxes, apart: DiagramNode) -> Result<DiagramNode, NotDecided> {
        let around = self.diagram.around(apart);
        let near = list.pieces.iter().filter(|piece| near(self.space, piece, &around));
        let leaves: Vec<DiagramLeaf<'_>> = near.map(|piece| (piece, list.value(piece))).collect();
        self.diagram.list(&leaves, default_value(list), Some(apart))
    }
}

fn line_of(boxes: &[SpacePiece]) -> usize {
    boxes.first().map_or(0, |of| of.line as usize)
}

/// Whether a box meets a product of sets.
fn near(space: &Space, piece: &SpacePiece, around: &[crate::net::IntervalSet<u32>]) -> bool {
    (0..).zip(piece.sets.iter().zip(around)).all(|(dimension, (&set, around))| {
        set == 0 || super::spans::overlap(space.set(dimension, set), around.intervals())
    })
}

fn pieces_in<'l>(list: &'l LoweredBoxes, lines: &Range<usize>) -> impl Iterator<Item = &'l SpacePiece> {
    lines.clone().flat_map(|line| list.pieces_of(line))
}

impl LoweredBoxes {
    pub(super) fn action(&self, line: u32) -> FlowAction {
        self.lines.get(line as usize).map_or(self.default, |line| line.action)
    }

    /// What decides a point in a world, piece by piece.
    pub(super) fn decide(&self, space: &Space, point: &super::space::SpacePoint, world: &[u32]) -> By {
        let first = self.pieces.iter().find(|piece| space.holds(piece, point, world));
        first.map_or(By::Default, |piece| By::Line(piece.line as usize))
    }
}
