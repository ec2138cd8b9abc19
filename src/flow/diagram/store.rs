//! The nodes of interval decision diagrams, each stored once.
//!
//! A node tests one dimension (its level) and has an edge for each interval of values with the same result. Levels grow
//! along every path. Equal diagrams are equal numbers.

use hashbrown::HashTable;

use crate::flow::budget::{BoundReached, WorkBudget};

use crate::flow::case::FlowCase;

use super::node::{DiagramNode, OPEN};
use super::rest::{BYTES, DiagramRest, DiagramRests, Holds};

/// The values up to `last`, from where the edge before ends, go on to `to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::flow) struct Edge {
    pub(in crate::flow) last: u32,
    pub(in crate::flow) to: DiagramNode,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct NodeHead {
    pub(super) start: u32,
    pub(super) count: u32,
    pub(super) level: u16,
}

/// Edges are stored in chunks, so that growing never copies much; all edges of a node are in one chunk.
const CHUNK_BITS: u32 = 20;
const CHUNK: usize = 1 << CHUNK_BITS;

#[derive(Debug)]
pub(in crate::flow) struct Store {
    heads: Vec<NodeHead>,
    chunks: Vec<Vec<Edge>>,
    /// Each node with a part of its hash.
    unique: HashTable<(u32, u32)>,
    rests: DiagramRests,
    /// The edges of nodes under construction, one after the other.
    pub(super) bench: Vec<Edge>,
    nodes: usize,
    bytes: usize,
    edges: usize,
}

impl Store {
    pub(in crate::flow) fn new(budget: &WorkBudget) -> Self {
        Self {
            heads: Vec::new(),
            chunks: vec![Vec::new()],
            unique: HashTable::new(),
            rests: DiagramRests::default(),
            bench: Vec::new(),
            nodes: budget.nodes,
            bytes: budget.bytes,
            edges: 0,
        }
    }

    /// How many nodes there are.
    pub(in crate::flow) fn nodes(&self) -> usize {
        self.heads.len()
    }

    /// About how much memory the nodes take.
    pub(in crate::flow) fn size(&self) -> usize {
        self.edges * size_of::<Edge>()
            + self.heads.len() * size_of::<NodeHead>()
            + self.unique.capacity() * 9
            + self.rests.len() * BYTES
    }

    pub(super) fn head(&self, node: DiagramNode) -> NodeHead {
        self.heads.get(node.number() as usize).copied().unwrap_or(NodeHead { start: 0, count: 0, level: u16::MAX })
    }

    /// The level of a node; ends lie below all levels.
    pub(super) fn level(&self, node: DiagramNode) -> u16 {
        self.heads.get(node.number() as usize).map_or(u16::MAX, |head| head.level)
    }

    pub(in crate::flow) fn edges(&self, node: DiagramNode) -> &[Edge] {
        edges_of(&self.chunks, self.head(node))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the innermost loop; `start` and `offset` come from a head of this store"
    )]
    pub(super) fn edge(&self, head: NodeHead, offset: u32) -> Edge {
        let at = head.start + offset;
        self.chunks[(at >> CHUNK_BITS) as usize][at as usize & (CHUNK - 1)]
    }

    /// The node with the edges on the bench from `base` on, which are taken off. Neighbours that go on alike are joined already.
    pub(super) fn make(&mut self, level: u16, base: usize) -> Result<DiagramNode, BoundReached> {
        let edges = self.bench.get(base..).unwrap_or(&[]);
        if let [only] = edges {
            let to = only.to;
            self.bench.truncate(base);
            return Ok(to);
        }
        let hash = hash(level, edges);
        let (heads, chunks) = (&self.heads, &self.chunks);
        let same = |&(other, at): &(u32, u32)| {
            other == hash
                && heads.get(at as usize).is_some_and(|head| head.level == level && edges_of(chunks, *head) == edges)
        };
        if let Some(&(_, found)) = self.unique.find(spread(hash), same) {
            self.bench.truncate(base);
            return Ok(DiagramNode::numbered(found));
        }
        self.store(level, base, hash)
    }

    fn store(&mut self, level: u16, base: usize, hash: u32) -> Result<DiagramNode, BoundReached> {
        let count = self.bench.len() - base;
        self.has_room(count)?;
        let at = u32::try_from(self.heads.len()).map_err(|_| BoundReached::Nodes)?;
        let edges = self.bench.get(base..).unwrap_or(&[]);
        let head = append(&mut self.chunks, edges, level)?;
        self.heads.push(head);
        self.edges += count;
        self.bench.truncate(base);
        self.unique.insert_unique(spread(hash), (hash, at), |&(hash, _)| spread(hash));
        Ok(DiagramNode::numbered(at))
    }

    /// Whether a node with so many edges is within the bounds.
    fn has_room(&self, count: usize) -> Result<(), BoundReached> {
        if self.heads.len() + self.rests.len() >= self.nodes.min(OPEN as usize - 1) {
            return Err(BoundReached::Nodes);
        }
        let bytes = (self.edges + count) * size_of::<Edge>() + self.heads.len() * 21 + self.rests.len() * BYTES;
        if count > CHUNK || bytes >= self.bytes { Err(BoundReached::Bytes) } else { Ok(()) }
    }

    /// The end where that is left to decide.
    pub(super) fn open(&mut self, rest: DiagramRest) -> Result<DiagramNode, BoundReached> {
        if let Some(known) = self.rests.known(rest) {
            return Ok(known);
        }
        self.has_room(0)?;
        Ok(self.rests.enter(rest))
    }

    /// Whether an end has a value whatever the opaque sets hold.
    pub(super) fn is_total(&self, end: DiagramNode) -> bool {
        self.rests.is_total(end)
    }

    /// The rules that decide at an end, in their order.
    pub(super) fn cases(&self, end: DiagramNode) -> Vec<FlowCase> {
        self.rests.cases(end)
    }

    /// The value of an end where `holds` tells which disjunctions of opaque sets and which conditions hold.
    pub(super) fn settle(&self, end: DiagramNode, holds: Holds<'_>) -> u32 {
        self.rests.settle(end, holds)
    }

    /// Throws away all nodes that none of `roots` leads to; the others get new numbers. What fitted before fits now, so that no
    /// bound is met.
    pub(super) fn keep(&mut self, roots: &mut [DiagramNode]) {
        let kept = self.reachable(roots);
        let rests = self.keep_rests(&kept, roots);
        let mut numbers: Vec<u32> = vec![0; self.heads.len()];
        let old_heads = std::mem::take(&mut self.heads);
        let mut old_chunks = std::mem::replace(&mut self.chunks, vec![Vec::new()]);
        self.unique.clear();
        self.edges = 0;
        let mut passed = 0;
        for (at, head) in old_heads.into_iter().enumerate().filter(|(at, _)| kept.get(*at).copied().unwrap_or(false)) {
            let chunk = (head.start >> CHUNK_BITS) as usize;
            old_chunks.iter_mut().take(chunk).skip(passed).for_each(|chunk| *chunk = Vec::new());
            passed = chunk;
            let base = self.bench.len();
            let moved = edges_of(&old_chunks, head)
                .iter()
                .map(|edge| Edge { to: renumbered(edge.to, &numbers, &rests), ..*edge });
            self.bench.extend(moved);
            let made = self.make(head.level, base).unwrap_or(DiagramNode::NONE);
            numbers.get_mut(at).into_iter().for_each(|number| *number = made.number());
        }
        roots.iter_mut().for_each(|root| *root = renumbered(*root, &numbers, &rests));
    }

    fn keep_rests(&mut self, kept: &[bool], roots: &[DiagramNode]) -> Vec<u32> {
        let heads = self.heads.iter().zip(kept).filter(|(_, kept)| **kept).map(|(head, _)| *head);
        let ends = heads.flat_map(|head| edges_of(&self.chunks, head)).map(|edge| edge.to);
        self.rests.keep(ends.chain(roots.iter().copied()))
    }

    /// For each node, whether one of `roots` leads to it. Nodes come after those they lead to.
    fn reachable(&self, roots: &[DiagramNode]) -> Vec<bool> {
        let mut kept = vec![false; self.heads.len()];
        let mark = |kept: &mut Vec<bool>, node: DiagramNode| {
            kept.get_mut(node.number() as usize).into_iter().for_each(|kept| *kept = true);
        };
        roots.iter().for_each(|root| mark(&mut kept, *root));
        for at in (0..self.heads.len()).rev() {
            if kept.get(at).copied().unwrap_or(false) {
                let head = self.heads.get(at).copied();
                head.into_iter()
                    .flat_map(|head| edges_of(&self.chunks, head))
                    .for_each(|edge| mark(&mut kept, edge.to));
            }
        }
        kept
    }

    /// Puts an edge on the bench, joined to the one before where both go on alike.
    pub(super) fn lay(&mut self, base: usize, last: u32, to: DiagramNode) {
        match self.bench.get_mut(base..).and_then(|edges| edges.last_mut()) {
            Some(edge) if edge.to == to => edge.last = last,
            Some(_) | None => self.bench.push(Edge { last, to }),
        }
    }
}

fn edges_of(chunks: &[Vec<Edge>], head: NodeHead) -> &[Edge] {
    let from = head.start as usize & (CHUNK - 1);
    let chunk = chunks.get((head.start >> CHUNK_BITS) as usize);
    chunk.and_then(|chunk| chunk.get(from..from + head.count as usize)).unwrap_or(&[])
}

/// Appends the edges of a node.
fn append(chunks: &mut Vec<Vec<Edge>>, edges: &[Edge], level: u16) -> Result<NodeHead, BoundReached> {
    if chunks.last().is_none_or(|chunk| chunk.len() + edges.len() > CHUNK) {
        chunks.push(Vec::with_capacity(CHUNK));
    }
    let number = u32::try_from(chunks.len() - 1).ok().filter(|&chunk| chunk < 1 << (32 - CHUNK_BITS));
    let (Some(number), Some(chunk)) = (number, chunks.last_mut()) else { return Err(BoundReached::Bytes) };
    let offset = u32::try_from(chunk.len()).map_err(|_| BoundReached::Bytes)?;
    let count = u32::try_from(edges.len()).map_err(|_| BoundReached::Bytes)?;
    chunk.extend_from_slice(edges);
    Ok(NodeHead { start: number << CHUNK_BITS | offset, count, level })
}

fn renumbered(node: DiagramNode, numbers: &[u32], rests: &[u32]) -> DiagramNode {
    numbers.get(node.number() as usize).map_or_else(|| node.renumbered(rests), |&number| DiagramNode::numbered(number))
}

fn hash(level: u16, edges: &[Edge]) -> u32 {
    const ODD: u64 = 0x517c_c1b7_2722_0a95;
    let mix = |state: u64, word: u64| (state.rotate_left(5) ^ word).wrapping_mul(ODD);
    let state = edges
        .iter()
        .fold(u64::from(level), |state, edge| mix(state, u64::from(edge.last) << 32 | u64::from(edge.to.number())));
    ((state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as u32
}

/// A hash over all bits of a word, as the table wants it.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
