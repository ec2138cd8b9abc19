//! Interval decision diagrams: a function from flows to values, in one structure.
//!
//! Lists are built by halves with "the first where it has a value, else the second", which is associative; a balanced
//! tree of small merges costs a small part of adding line by line.

mod combine;
mod node;
mod rest;
mod store;
mod table;
mod walk;

pub(super) use node::DiagramNode;
pub(super) use table::NodeTable;
pub(super) use walk::{DiagramCell, Path};

use crate::net::Interval;

use super::budget::{BoundReached, NotDecided, WorkBudget};
use super::choice::Steps;
use super::choices::first;
use super::space::{DIMENSIONS, FULL, Space, SpacePiece};
use super::spans::IntervalSpan;
use combine::{ApartCache, Cache, Over, Pairs, WithinCache};
use rest::DiagramRest;
use store::Store;

/// Diagrams over one space.
pub(super) struct Diagram<'s> {
    space: &'s Space,
    store: Store,
    over: Over,
    within: WithinCache,
    /// Nodes that are still wanted while a list is built.
    held: Vec<DiagramNode>,
    /// The size from which on it pays to throw away what is not wanted.
    ample: usize,
}

/// A size below which nothing is thrown away.
const SMALL: usize = 48 << 20;

/// A piece, and the value it gives.
pub(super) type DiagramLeaf<'p> = (&'p SpacePiece, u32);

impl<'s> Diagram<'s> {
    pub(super) fn new(space: &'s Space, budget: &WorkBudget) -> Self {
        let (over, within) = (Over(Cache::new()), WithinCache(Cache::new()));
        Self { space, store: Store::new(budget), over, within, held: Vec::new(), ample: SMALL }
    }

    pub(super) fn space(&self) -> &'s Space {
        self.space
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> usize {
        self.store.nodes()
    }

    /// About how much memory they take.
    pub(super) fn size(&self) -> usize {
        self.store.size()
    }

    /// What the first of `leaves` that holds a flow gives it, else `default`; inside `mask` where there is one.
    pub(super) fn list(
        &mut self,
        leaves: &[DiagramLeaf<'_>],
        default: u32,
        mask: Option<DiagramNode>,
    ) -> Result<DiagramNode, NotDecided> {
        let end = |bound| NotDecided { at: leaves.last().map_or(0, |(piece, _)| piece.line as usize), bound };
        let first = self.halves(leaves, mask)?;
        let default = mask
            .map_or(Ok(DiagramNode::end(default)), |mask| self.within(DiagramNode::end(default), mask))
            .map_err(end)?;
        self.over(first, default).map_err(end)
    }

    /// What the first of `leaves` that holds a flow gives it; nothing where none does.
    pub(super) fn first_match(&mut self, leaves: &[DiagramLeaf<'_>]) -> Result<DiagramNode, NotDecided> {
        self.halves(leaves, None)
    }

    fn halves(&mut self, leaves: &[DiagramLeaf<'_>], mask: Option<DiagramNode>) -> Result<DiagramNode, NotDecided> {
        match leaves {
            [] => Ok(DiagramNode::NONE),
            [(piece, value)] => {
                let at = |bound| NotDecided { at: piece.line as usize, bound };
                let leaf = self.leaf(piece, *value).map_err(at)?;
                mask.map_or(Ok(leaf), |mask| self.within(leaf, mask)).map_err(at)
            }
            _ => {
                let (former, latter) = leaves.split_at(leaves.len() / 2);
                let at = latter.first().map_or(0, |(piece, _)| piece.line as usize);
                let former = self.halves(former, mask)?;
                self.hold(former);
                let latter = self.halves(latter, mask)?;
                let former = self.release();
                let both = self.over(former, latter).map_err(|bound| NotDecided { at, bound })?;
                Ok(if mask.is_none() { self.tidy(both) } else { both })
            }
        }
    }

    /// Keeps a node while a list without a mask is built; its number may change.
    pub(super) fn hold(&mut self, node: DiagramNode) {
        self.held.push(node);
    }

    /// The node that was held last.
    pub(super) fn release(&mut self) -> DiagramNode {
        self.held.pop().unwrap_or(DiagramNode::NONE)
    }

    /// Throws away nodes that neither `node` nor a held one leads to, where that pays; gives `node`, under its new number.
    fn tidy(&mut self, node: DiagramNode) -> DiagramNode {
        if self.store.size() < self.ample {
            return node;
        }
        self.over.0.clear();
        self.within.0.clear();
        self.keep(node)
    }

    /// Throws away all that was only there to make `node` and those held; gives `node`, under its new number.
    pub(super) fn finish(&mut self, node: DiagramNode) -> DiagramNode {
        (self.over, self.within) = (Over(Cache::new()), WithinCache(Cache::new()));
        self.keep(node)
    }

    /// Throws away all that none of `nodes` leads to; gives them their new numbers.
    pub(super) fn keep_only(&mut self, nodes: &mut [DiagramNode]) {
        self.store.keep(nodes);
    }

    fn keep(&mut self, node: DiagramNode) -> DiagramNode {
        self.hold(node);
        self.store.keep(&mut self.held);
        self.ample = SMALL.max(self.store.size() * 2);
        self.release()
    }

    /// The diagram of one box.
    pub(super) fn leaf(&mut self, piece: &SpacePiece, value: u32) -> Result<DiagramNode, BoundReached> {
        let asks = piece.when != 0 || piece.mentions.iter().any(|&mention| mention != 0);
        let rest = DiagramRest::When { needs: piece.mentions, when: piece.when, value };
        let mut node = if asks { self.store.open(rest)? } else { DiagramNode::end(value) };
        for (dimension, &set) in piece.sets.iter().enumerate().rev() {
            if set != FULL {
                node = self.stretch(dimension, self.space.set(dimension, set), node)?;
            }
        }
        Ok(node)
    }

    fn stretch(
        &mut self,
        dimension: usize,
        spans: &[IntervalSpan],
        then: DiagramNode,
    ) -> Result<DiagramNode, BoundReached> {
        let base = self.store.bench.len();
        let end = self.space.last(dimension);
        for span in spans {
            if let Some(before) = span.first().checked_sub(1) {
                self.store.lay(base, before, DiagramNode::NONE);
            }
            self.store.lay(base, span.last(), then);
        }
        if spans.last().is_none_or(|span| span.last() < end) {
            self.store.lay(base, end, DiagramNode::NONE);
        }
        self.store.make(level(dimension), base)
    }

    /// `first` where it has a value, else `second`.
    pub(super) fn over(&mut self, first: DiagramNode, second: DiagramNode) -> Result<DiagramNode, BoundReached> {
        self.store.combine(first, second, &mut self.over)
    }

    /// `node`, restricted to where `mask` has a value.
    pub(super) fn within(&mut self, node: DiagramNode, mask: DiagramNode) -> Result<DiagramNode, BoundReached> {
        self.store.combine(node, mask, &mut self.within)
    }

    /// 1 where both have a value and the values differ for some contents of the opaque sets.
    pub(super) fn apart(
        &mut self,
        left: DiagramNode,
        right: DiagramNode,
        steps: &mut Steps,
    ) -> Result<DiagramNode, BoundReached> {
        let space = self.space;
        let differ = |store: &Store, left: DiagramNode, right: DiagramNode| {
            let unlike = |values: &[u32]| values.first() != values.last();
            Ok(first(space, &[store.cases(left), store.cases(right)], &unlike, steps)?.is_some())
        };
        self.store.combine(left, right, &mut ApartCache { cache: Cache::new(), differ })
    }

    /// Where both have a value: the number, from 1, of their pair of ends in the returned list.
    pub(super) fn pairs(
        &mut self,
        left: DiagramNode,
        right: DiagramNode,
    ) -> Result<(DiagramNode, Vec<(DiagramNode, DiagramNode)>), BoundReached> {
        let mut pairs = Pairs::new();
        let node = self.store.combine(left, right, &mut pairs)?;
        Ok((node, pairs.into_pairs()))
    }

    /// Boxes as a mask.
    pub(super) fn mask(&mut self, pieces: &[SpacePiece]) -> Result<DiagramNode, BoundReached> {
        let leaves: Vec<DiagramLeaf<'_>> = pieces.iter().map(|piece| (piece, 1)).collect();
        self.halves(&leaves, None).map_err(|stopped| stopped.bound)
    }

    /// A product of sets as a mask.
    pub(super) fn region(&mut self, sets: &[&[IntervalSpan]; DIMENSIONS]) -> Result<DiagramNode, BoundReached> {
        let mut node = DiagramNode::end(1);
        for (dimension, spans) in sets.iter().enumerate().rev() {
            node = self.stretch(dimension, spans, node)?;
        }
        Ok(node)
    }

    /// The largest value of a level.
    fn last(&self, level: usize) -> u32 {
        self.space.last(level)
    }

    fn whole(&self, dimension: usize) -> Option<IntervalSpan> {
        Interval::new(0, self.last(dimension))
    }
}

fn level(level: usize) -> u16 {
    u16::try_from(level).unwrap_or(u16::MAX)
}
