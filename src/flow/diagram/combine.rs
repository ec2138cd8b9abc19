//! Operations on two diagrams.

use hashbrown::HashMap;

use crate::flow::budget::BoundReached;

use super::node::DiagramNode;
use super::rest::DiagramRest;
use super::store::Store;

/// What becomes of two diagrams where one of them ends.
pub(super) trait LeafOperation {
    /// The result, where it shows at once: always where both end.
    fn at_once(
        &mut self,
        store: &mut Store,
        left: DiagramNode,
        right: DiagramNode,
    ) -> Result<Option<DiagramNode>, BoundReached>;
    /// Where results are kept.
    fn cache(&mut self) -> &mut Cache;
}

/// Results of one operation: lossy, so that it stays small.
#[derive(Debug)]
pub(super) struct Cache {
    entries: Vec<(u32, u32, DiagramNode)>,
    kept: usize,
}

const FREE: u32 = u32::MAX;
const LARGEST: usize = 1 << 21;

impl Cache {
    pub(super) fn new() -> Self {
        Self { entries: vec![(FREE, FREE, DiagramNode::NONE); 1 << 10], kept: 0 }
    }

    /// Forgets everything, because nodes got new numbers.
    pub(super) fn clear(&mut self) {
        self.entries.fill((FREE, FREE, DiagramNode::NONE));
        self.kept = 0;
    }

    fn slot(&self, left: u32, right: u32) -> usize {
        let mixed =
            u64::from(left).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(right).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        (mixed ^ mixed >> 31) as usize & (self.entries.len() - 1)
    }

    fn get(&self, left: DiagramNode, right: DiagramNode) -> Option<DiagramNode> {
        let (left, right) = (left.number(), right.number());
        let &(l, r, result) = self.entries.get(self.slot(left, right))?;
        (l == left && r == right).then_some(result)
    }

    fn put(&mut self, left: DiagramNode, right: DiagramNode, result: DiagramNode) {
        if self.kept > self.entries.len() && self.entries.len() < LARGEST {
            self.grow();
        }
        self.set((left.number(), right.number(), result));
        self.kept += 1;
    }

    fn set(&mut self, entry: (u32, u32, DiagramNode)) {
        let slot = self.slot(entry.0, entry.1);
        self.entries.get_mut(slot).into_iter().for_each(|place| *place = entry);
    }

    fn grow(&mut self) {
        let larger = vec![(FREE, FREE, DiagramNode::NONE); self.entries.len() * 4];
        let old = std::mem::replace(&mut self.entries, larger);
        old.into_iter().filter(|entry| entry.0 != FREE).for_each(|entry| self.set(entry));
        self.kept = 0;
    }
}

impl Store {
    /// Applies an operation everywhere.
    pub(super) fn combine(
        &mut self,
        left: DiagramNode,
        right: DiagramNode,
        operation: &mut impl LeafOperation,
    ) -> Result<DiagramNode, BoundReached> {
        if let Some(result) = operation.at_once(self, left, right)? {
            return Ok(result);
        }
        if let Some(result) = operation.cache().get(left, right) {
            return Ok(result);
        }
        let result = self.split(left, right, operation)?;
        operation.cache().put(left, right, result);
        Ok(result)
    }

    fn split(
        &mut self,
        left: DiagramNode,
        right: DiagramNode,
        operation: &mut impl LeafOperation,
    ) -> Result<DiagramNode, BoundReached> {
        let (l, r) = (self.head(left), self.head(right));
        let level = l.level.min(r.level);
        let base = self.bench.len();
        let (mut i, mut j) = (0, 0);
        loop {
            let (l_last, l_to) = if l.level == level { self.side(l, i) } else { (u32::MAX, left) };
            let (r_last, r_to) = if r.level == level { self.side(r, j) } else { (u32::MAX, right) };
            let to = self.combine(l_to, r_to, operation)?;
            let last = l_last.min(r_last);
            self.lay(base, last, to);
            i += u32::from(l_last == last);
            j += u32::from(r_last == last);
            if (l.level == level && i == l.count) || (r.level == level && j == r.count) {
                return self.make(level, base);
            }
        }
    }

    fn side(&self, head: super::store::NodeHead, offset: u32) -> (u32, DiagramNode) {
        let edge = self.edge(head, offset);
        (edge.last, edge.to)
    }
}

/// First match: the value of the left diagram where it has one, else that of the right.
pub(super) struct Over(pub(super) Cache);

impl LeafOperation for Over {
    fn at_once(
        &mut self,
        store: &mut Store,
        left: DiagramNode,
        right: DiagramNode,
    ) -> Result<Option<DiagramNode>, BoundReached> {
        if left == DiagramNode::NONE {
            Ok(Some(right))
        } else if store.is_total(left) || left == right || right == DiagramNode::NONE {
            Ok(Some(left))
        } else if left.is_end() && right.is_end() {
            store.open(DiagramRest::Else(left, right)).map(Some)
        } else {
            Ok(None)
        }
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.0
    }
}

/// The left diagram, restricted to where the right one has a value.
pub(super) struct WithinCache(pub(super) Cache);

impl LeafOperation for WithinCache {
    fn at_once(
        &mut self,
        store: &mut Store,
        left: DiagramNode,
        right: DiagramNode,
    ) -> Result<Option<DiagramNode>, BoundReached> {
        if right == DiagramNode::NONE || left == DiagramNode::NONE {
            Ok(Some(DiagramNode::NONE))
        } else if store.is_total(right) || left == right {
            Ok(Some(left))
        } else if left.is_end() && right.is_end() {
            store.open(DiagramRest::Within(left, right)).map(Some)
        } else {
            Ok(None)
        }
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.0
    }
}

/// Where both have a value: the number of the pair, from 1.
pub(super) struct Pairs {
    cache: Cache,
    numbers: HashMap<(DiagramNode, DiagramNode), u32>,
    pairs: Vec<(DiagramNode, DiagramNode)>,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self { cache: Cache::new(), numbers: HashMap::new(), pairs: Vec::new() }
    }

    pub(super) fn into_pairs(self) -> Vec<(DiagramNode, DiagramNode)> {
        self.pairs
    }
}

impl LeafOperation for Pairs {
    fn at_once(
        &mut self,
        _: &mut Store,
        left: DiagramNode,
        right: DiagramNode,
    ) -> Result<Option<DiagramNode>, BoundReached> {
        if left == DiagramNode::NONE || right == DiagramNode::NONE {
            return Ok(Some(DiagramNode::NONE));
        }
        if !left.is_end() || !right.is_end() {
            return Ok(None);
        }
        let next = u32::try_from(self.pairs.len() + 1).unwrap_or(u32::MAX);
        let number = *self.numbers.entry((left, right)).or_insert(next);
        if number == next {
            self.pairs.push((left, right));
        }
        Ok(Some(DiagramNode::end(number)))
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.cache
    }
}

/// 1 where both diagrams have a value and the values differ, for some contents of the opaque sets.
pub(super) struct ApartCache<F> {
    pub(super) cache: Cache,
    /// Whether two ends differ, one of which depends on opaque sets.
    pub(super) differ: F,
}

impl<F: FnMut(&Store, DiagramNode, DiagramNode) -> Result<bool, BoundReached>> LeafOperation for ApartCache<F> {
    fn at_once(
        &mut self,
        store: &mut Store,
        left: DiagramNode,
        right: DiagramNode,
    ) -> Result<Option<DiagramNode>, BoundReached> {
        if left == right || left == DiagramNode::NONE || right == DiagramNode::NONE {
            Ok(Some(DiagramNode::NONE))
        } else if left.is_end() && right.is_end() {
            let plain = left.value().is_some() && right.value().is_some();
            let differ = plain || (self.differ)(store, left, right)?;
            Ok(Some(if differ { DiagramNode::end(1) } else { DiagramNode::NONE }))
        } else {
            Ok(None)
        }
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.cache
    }
}
