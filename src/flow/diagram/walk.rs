//! Reading diagrams: paths as products, volumes, single points.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use crate::flow::{
    budget::Bound,
    space::{DIMENSIONS, Point},
    spans::Span,
};
use crate::net::{Interval, IntervalSet};

use super::Diagram;
use super::store::Node;

/// A product of sets that ends in one value.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Path {
    pub(in crate::flow) value: u32,
    /// A set for each dimension.
    pub(in crate::flow) sets: [IntervalSet<u32>; DIMENSIONS],
    /// The bits that matter, and how they are set.
    pub(in crate::flow) bits: Vec<(u32, Setting)>,
}

/// How a bit is set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::flow) enum Setting {
    Off,
    On,
}

impl Diagram<'_> {
    /// The value of a node that only asks for opaque sets.
    pub(in crate::flow) fn settle(&self, mut node: Node, set: &dyn Fn(u32) -> bool) -> u32 {
        loop {
            if let Some(value) = node.value() {
                return value;
            }
            let wanted = u32::from(set(bit(usize::from(self.store.level(node)))));
            let edge = self.store.edges(node).iter().find(|edge| edge.last >= wanted);
            node = edge.map_or(Node::NONE, |edge| edge.to);
        }
    }

    /// The products that the diagram says something about, at most `limit` and one more. They do not meet.
    pub(in crate::flow) fn paths(&self, root: Node, limit: usize) -> Vec<Path> {
        let whole = std::array::from_fn(|dimension| self.whole(dimension).into_iter().collect());
        let mut walk =
            Walk { diagram: self, limit, path: Path { value: 0, sets: whole, bits: Vec::new() }, found: Vec::new() };
        walk.node(root);
        walk.found
    }

    /// How much of the space the diagram gives a value that `counts`, where opaque sets hold half of everything.
    pub(in crate::flow) fn volume(&self, root: Node, counts: &dyn Fn(u32) -> bool) -> f64 {
        self.share(root, counts, &mut HashMap::new())
            * (0..DIMENSIONS).map(|level| self.size_of(level)).product::<f64>()
    }

    fn size_of(&self, level: usize) -> f64 {
        f64::from(self.last(level)) + 1.0
    }

    fn share(&self, node: Node, counts: &dyn Fn(u32) -> bool, known: &mut HashMap<Node, f64>) -> f64 {
        if let Some(value) = node.value() {
            return if value > 0 && counts(value) { 1.0 } else { 0.0 };
        }
        if let Some(&share) = known.get(&node) {
            return share;
        }
        let mut before = -1.0;
        let mut sum = 0.0;
        for edge in self.store.edges(node) {
            sum += (f64::from(edge.last) - before) * self.share(edge.to, counts, known);
            before = f64::from(edge.last);
        }
        let share = sum / self.size_of(usize::from(self.store.level(node)));
        known.insert(node, share);
        share
    }

    /// A natural point whose value is `wanted`, the bits that are on there, and the value.
    pub(in crate::flow) fn example(&self, root: Node, wanted: &dyn Fn(u32) -> bool) -> Option<(Point, Vec<u32>, u32)> {
        let mut point: Point = [0; DIMENSIONS];
        let mut leads = HashMap::new();
        let (mut node, mut on, mut next) = (root, Vec::new(), 0);
        loop {
            let level = usize::from(self.store.level(node));
            while let Some(slot) = point.get_mut(next).filter(|_| next < level) {
                *slot = self.usual(next);
                next += 1;
            }
            if let Some(value) = node.value() {
                return (value > 0 && wanted(value)).then_some((point, on, value));
            }
            if let Some(slot) = point.get_mut(level) {
                (*slot, node) = self.natural(node, level, &mut |to| self.leads(to, wanted, &mut leads))?;
                next = level + 1;
            } else {
                let edge = self.store.edges(node).iter().find(|edge| self.leads(edge.to, wanted, &mut leads))?;
                on.extend((edge.last > 0).then(|| bit(level)));
                node = edge.to;
            }
        }
    }

    /// Whether some path from the node ends in a value that is wanted.
    fn leads(&self, node: Node, wanted: &dyn Fn(u32) -> bool, known: &mut HashMap<Node, bool>) -> bool {
        if let Some(value) = node.value() {
            return value > 0 && wanted(value);
        }
        if let Some(&leads) = known.get(&node) {
            return leads;
        }
        let leads = self.store.edges(node).iter().any(|edge| self.leads(edge.to, wanted, known));
        known.insert(node, leads);
        leads
    }

    /// The value a person would pick where every value does.
    fn usual(&self, dimension: usize) -> u32 {
        let whole: Vec<Span> = self.whole(dimension).into_iter().collect();
        self.space.prefer(dimension, &whole).map_or(0, |(_, value)| value)
    }

    /// The most natural value of a node that leads somewhere.
    fn natural(&self, node: Node, level: usize, leads: &mut dyn FnMut(Node) -> bool) -> Option<(u32, Node)> {
        let groups = self.groups(node);
        let ranked = groups.iter().filter(|(to, _)| leads(*to)).filter_map(|(to, spans)| {
            let (rank, value) = self.space.prefer(level, spans)?;
            Some((rank, value, *to))
        });
        ranked.min_by_key(|(rank, ..)| *rank).map(|(_, value, to)| (value, to))
    }

    /// How much weight of the whole ends in each value but 0.
    pub(in crate::flow) fn weights(&self, root: Node) -> BTreeMap<u32, f64> {
        let mut waiting: BTreeMap<(u16, Node), f64> = BTreeMap::from([((self.store.level(root), root), 1.0)]);
        let mut weights = BTreeMap::new();
        while let Some(((level, node), weight)) = waiting.pop_first() {
            if let Some(value) = node.value() {
                *weights.entry(value).or_insert(0.0) += weight;
                continue;
            }
            let mut before = -1.0;
            for edge in self.store.edges(node) {
                let part = (f64::from(edge.last) - before) / self.size_of(usize::from(level));
                before = f64::from(edge.last);
                *waiting.entry((self.store.level(edge.to), edge.to)).or_insert(0.0) += weight * part;
            }
        }
        weights.remove(&0);
        weights
    }

    /// For each dimension, all values of the paths that the diagram says something about.
    pub(in crate::flow) fn around(&self, root: Node) -> [IntervalSet<u32>; DIMENSIONS] {
        let mut found: [Vec<Span>; DIMENSIONS] = std::array::from_fn(|_| Vec::new());
        let mut asked: HashSet<Node> = HashSet::new();
        let mut waiting = vec![(root, 0)];
        while let Some((node, from)) = waiting.pop() {
            let level = usize::from(self.store.level(node)).min(DIMENSIONS);
            for skipped in from..level {
                found.get_mut(skipped).into_iter().for_each(|spans| spans.extend(self.whole(skipped)));
            }
            if node == Node::NONE || !asked.insert(node) || level >= DIMENSIONS {
                continue;
            }
            for (to, spans) in self.groups(node) {
                found.get_mut(level).into_iter().for_each(|all| all.extend(&spans));
                waiting.push((to, level + 1));
            }
        }
        found.map(|spans| spans.into_iter().collect())
    }

    /// 2 where the diagram says `value` whatever the opaque sets hold.
    pub(in crate::flow) fn whatever_holds(&mut self, root: Node, value: u32) -> Result<Node, Bound> {
        self.certain(root, value, &mut HashMap::new())
    }

    fn certain(&mut self, node: Node, value: u32, known: &mut HashMap<Node, Node>) -> Result<Node, Bound> {
        if let Some(end) = node.value() {
            return Ok(if end == value { node } else { Node::NONE });
        }
        if let Some(&certain) = known.get(&node) {
            return Ok(certain);
        }
        let level = self.store.level(node);
        let certain = if usize::from(level) < DIMENSIONS {
            let edges = self.store.edges(node).to_vec();
            let mut kept = Vec::with_capacity(edges.len());
            for edge in edges {
                kept.push((edge.last, self.certain(edge.to, value, known)?));
            }
            let base = self.store.bench.len();
            kept.into_iter().for_each(|(last, to)| self.store.lay(base, last, to));
            self.store.make(level, base)?
        } else {
            let others = self.leads(node, &|end| end != value, &mut HashMap::new());
            if others { Node::NONE } else { Node::end(value) }
        };
        known.insert(node, certain);
        Ok(certain)
    }

    /// The edges of a node that lead somewhere, those that go on alike together, in order of their first value.
    fn groups(&self, node: Node) -> Vec<(Node, Vec<Span>)> {
        let mut places: HashMap<Node, usize> = HashMap::new();
        let mut groups: Vec<(Node, Vec<Span>)> = Vec::new();
        let mut first = 0;
        for edge in self.store.edges(node) {
            let span = Interval::new(first, edge.last);
            first = edge.last.saturating_add(1);
            if edge.to == Node::NONE {
                continue;
            }
            let place = *places.entry(edge.to).or_insert(groups.len());
            if place == groups.len() {
                groups.push((edge.to, Vec::new()));
            }
            groups.get_mut(place).into_iter().for_each(|(_, spans)| spans.extend(span));
        }
        groups
    }
}

fn bit(level: usize) -> u32 {
    u32::try_from(level.saturating_sub(DIMENSIONS)).unwrap_or(u32::MAX)
}

struct Walk<'w, 's> {
    diagram: &'w Diagram<'s>,
    limit: usize,
    path: Path,
    found: Vec<Path>,
}

impl Walk<'_, '_> {
    fn node(&mut self, node: Node) {
        if self.found.len() > self.limit || node == Node::NONE {
            return;
        }
        if let Some(value) = node.value() {
            self.path.value = value;
            self.found.push(self.path.clone());
            return;
        }
        let level = usize::from(self.diagram.store.level(node));
        for (to, spans) in self.diagram.groups(node) {
            if level < DIMENSIONS {
                self.dimension(level, spans.into_iter().collect(), to);
            } else {
                let on = spans.first().is_some_and(|span| span.first() > 0);
                self.path.bits.push((bit(level), if on { Setting::On } else { Setting::Off }));
                self.node(to);
                self.path.bits.pop();
            }
        }
    }

    fn dimension(&mut self, level: usize, set: IntervalSet<u32>, to: Node) {
        let Some(slot) = self.path.sets.get_mut(level) else { return };
        let outer = std::mem::replace(slot, set);
        self.node(to);
        self.path.sets.get_mut(level).into_iter().for_each(|slot| *slot = outer.clone());
    }
}
