//! A diagram for reading only: the ends of a node's edges as a search tree, each node of which is one line of the processor's
//! cache, so that a step down takes few visits to memory.

use hashbrown::HashMap;

use crate::flow::space::{DIMENSIONS, SpacePoint};

use super::Diagram;
use super::node::DiagramNode;

/// A line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct DiagramRow([u32; WIDTH]);

const WIDTH: usize = 16;
const EMPTY: DiagramRow = DiagramRow([u32::MAX; WIDTH]);

/// A node with so many edges takes one row: its head, the ends of all edges but the last, and where they lead.
const SMALL: usize = WIDTH / 2;

/// Rows of searching in a node with the most edges that a store takes.
const DEPTH: usize = 6;

/// Set in words that are no row but a place among the ends.
const END: u32 = 1 << 31;

/// The nodes of a diagram that test numbers, in rows.
///
/// A larger node is its head with the topmost ends, then layers of ends, each row of a layer under one end of the layer above,
/// then the rows with the targets of the edges.
#[derive(Debug)]
pub(in crate::flow) struct NodeTable {
    rows: Vec<DiagramRow>,
    /// Where a lookup ends: values, and ends that depend on opaque sets.
    ends: Vec<DiagramNode>,
    root: u32,
}

impl NodeTable {
    /// The nodes of `diagram` under `root`.
    pub(in crate::flow) fn new(diagram: &Diagram<'_>, root: DiagramNode) -> Self {
        let mut table = Self { rows: Vec::new(), ends: Vec::new(), root: 0 };
        table.root = table.enter(diagram, root, &mut HashMap::new());
        table
    }

    /// Where reading ends; the numbers may be changed.
    pub(in crate::flow) fn ends_mut(&mut self) -> &mut [DiagramNode] {
        &mut self.ends
    }

    /// About how much memory the rows take.
    pub(in crate::flow) fn size(&self) -> usize {
        self.rows.len() * size_of::<DiagramRow>() + self.ends.len() * size_of::<DiagramNode>()
    }

    /// The result of the diagram at a point: a value, or an end that depends on opaque sets.
    pub(in crate::flow) fn at(&self, point: &SpacePoint) -> DiagramNode {
        let mut word = self.root;
        while word & END == 0 {
            word = self.step(word as usize, point);
        }
        self.ends.get((word & !END) as usize).copied().unwrap_or(DiagramNode::NONE)
    }

    fn step(&self, at: usize, point: &SpacePoint) -> u32 {
        let DiagramRow(head) = self.row(at);
        let (level, edges) = ((head[0] >> 24) as usize, (head[0] & 0xff_ffff) as usize);
        let value = point.get(level).copied().unwrap_or(0);
        if edges <= SMALL {
            let (keys, targets) = head.split_at(SMALL);
            return targets.get(rank(keys.get(1..).unwrap_or(&[]), value)).copied().unwrap_or(END);
        }
        let (sizes, depth) = layers(edges - 1);
        let mut place = rank(head.get(1..).unwrap_or(&[]), value);
        let mut next = at + 1;
        for size in sizes.iter().take(depth).rev() {
            let DiagramRow(keys) = self.row(next + place);
            place = place * WIDTH + rank(keys, value);
            next += size.div_ceil(WIDTH);
        }
        let DiagramRow(targets) = self.row(next + place / WIDTH);
        targets.get(place % WIDTH).copied().unwrap_or(END)
    }

    fn row(&self, at: usize) -> &DiagramRow {
        self.rows.get(at).unwrap_or(&EMPTY)
    }

    /// The word that represents a node: those it leads to first.
    fn enter(&mut self, diagram: &Diagram<'_>, node: DiagramNode, known: &mut HashMap<DiagramNode, u32>) -> u32 {
        if let Some(&word) = known.get(&node) {
            return word;
        }
        let level = usize::from(diagram.store.level(node));
        let word = if level < DIMENSIONS {
            let edges: Vec<(u32, DiagramNode)> =
                diagram.store.edges(node).iter().map(|edge| (edge.last, edge.to)).collect();
            let targets: Vec<u32> = edges.iter().map(|&(_, to)| self.enter(diagram, to, known)).collect();
            let keys: Vec<u32> = edges.iter().rev().skip(1).rev().map(|&(last, _)| last).collect();
            self.lay(level, &keys, &targets)
        } else {
            self.ends.push(node);
            END | number(self.ends.len() - 1)
        };
        known.insert(node, word);
        word
    }

    /// Appends a node.
    fn lay(&mut self, level: usize, keys: &[u32], targets: &[u32]) -> u32 {
        let at = number(self.rows.len());
        let head = number(level << 24 | targets.len());
        if targets.len() <= SMALL {
            let keys = keys.iter().copied().chain(std::iter::repeat(u32::MAX)).take(SMALL - 1);
            self.rows.push(row(std::iter::once(head).chain(keys).chain(targets.iter().copied())));
            return at;
        }
        let mut layers: Vec<Vec<u32>> = vec![keys.to_vec()];
        while let Some(over) = layers.last().filter(|keys| keys.len() >= WIDTH).map(|keys| over(keys)) {
            layers.push(over);
        }
        let top = layers.pop().unwrap_or_default();
        self.rows.push(row(std::iter::once(head).chain(top)));
        for words in layers.iter().rev().map(Vec::as_slice).chain([targets]) {
            self.rows.extend(words.chunks(WIDTH).map(|words| row(words.iter().copied())));
        }
        at
    }
}

/// How many ends each layer has, from the lowest up, without the one in the head; and how many layers there are.
fn layers(keys: usize) -> ([usize; DEPTH], usize) {
    let (mut sizes, mut depth, mut size) = ([0; DEPTH], 0, keys);
    while size >= WIDTH {
        sizes.get_mut(depth).into_iter().for_each(|slot| *slot = size);
        depth += 1;
        size = size.div_ceil(WIDTH) - 1;
    }
    (sizes, depth)
}

/// The last end of each row but the last.
fn over(keys: &[u32]) -> Vec<u32> {
    let rows = keys.chunks(WIDTH);
    let count = rows.len();
    rows.take(count - 1).filter_map(|row| row.last().copied()).collect()
}

/// How many of some sorted ends lie before `value`.
fn rank(keys: &[u32], value: u32) -> usize {
    keys.iter().map(|&key| usize::from(key < value)).sum()
}

fn row(words: impl Iterator<Item = u32>) -> DiagramRow {
    let mut row = EMPTY;
    row.0.iter_mut().zip(words).for_each(|(slot, word)| *slot = word);
    row
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the value at each key of a node with `edges` edges, which end at 10, 20, 30…
    fn reads_as_written(edges: usize) {
        let keys: Vec<u32> = (1..edges).map(|at| number(at) * 10).collect();
        let targets: Vec<u32> = (0..edges).map(|at| END | number(at)).collect();
        let mut table = NodeTable { rows: vec![EMPTY; 3], ends: Vec::new(), root: 0 };
        let at = table.lay(2, &keys, &targets) as usize;
        for value in (0..number(edges) * 10 + 20).chain([u32::MAX]) {
            let wanted = keys.partition_point(|&key| key < value);
            assert_eq!(table.step(at, &[0, 0, value, 0, 0]), END | number(wanted), "{edges} edges, {value}");
        }
    }

    #[test]
    fn nodes_of_all_sizes_read_as_written() {
        (2..40).chain([255, 256, 257, 258, 272, 273, 274, 4096, 4097, 4368, 4369, 5000]).for_each(reads_as_written);
    }
}
