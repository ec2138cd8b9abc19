//! Reading diagrams: paths as products, volumes, single points.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use crate::flow::{
    budget::BoundReached,
    case::FlowCase,
    choice::Steps,
    choices::{first, odds},
    setting::FlowSetting,
    space::{DIMENSIONS, MENTIONS, SpacePoint},
    spans::IntervalSpan,
};
use crate::net::{Interval, IntervalSet};

use super::Diagram;
use super::node::DiagramNode;

/// A product of sets of the dimensions, and where it ends.
#[derive(Clone, Debug)]
pub(in crate::flow) struct DiagramCell {
    pub(in crate::flow) end: DiagramNode,
    /// A set for each dimension.
    pub(in crate::flow) sets: [IntervalSet<u32>; DIMENSIONS],
}

/// A product of sets, those of opaque sets among them.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Path {
    /// What decides, by a number of the caller.
    pub(in crate::flow) value: usize,
    /// A set for each dimension.
    pub(in crate::flow) sets: [IntervalSet<u32>; DIMENSIONS],
    /// The bits that matter, and how they are set.
    pub(in crate::flow) bits: Vec<(u32, FlowSetting)>,
    /// What else matters, by a number of the caller.
    pub(in crate::flow) extra: usize,
}

impl Diagram<'_> {
    /// The value of an end in the world where `set` holds.
    pub(in crate::flow) fn settle(&self, end: DiagramNode, set: &dyn Fn(u32) -> bool) -> u32 {
        let any = |need: u32| need == 0 || self.space.mention(need).bits.iter().any(|&bit| set(bit));
        let holds = |needs: [u32; MENTIONS], when: u32| {
            needs.into_iter().all(any) && self.space.when(when).is_none_or(|when| when.holds_where(set))
        };
        self.store.settle(end, &holds)
    }

    /// The rules that decide at an end, in their order.
    pub(in crate::flow) fn cases(&self, end: DiagramNode) -> Vec<FlowCase> {
        self.store.cases(end)
    }

    /// The products where the diagram has a value, at most `limit` and one more. They are disjoint.
    pub(in crate::flow) fn cells(&self, root: DiagramNode, limit: usize) -> Vec<DiagramCell> {
        self.walk(root, limit, None)
    }

    /// One product for each end.
    pub(in crate::flow) fn first_cells(&self, root: DiagramNode) -> Vec<DiagramCell> {
        self.walk(root, usize::MAX - 1, Some(HashSet::new()))
    }

    fn walk(&self, root: DiagramNode, limit: usize, seen: Option<HashSet<DiagramNode>>) -> Vec<DiagramCell> {
        let whole = std::array::from_fn(|dimension| self.whole(dimension).into_iter().collect());
        let mut walk = DiagramWalk { diagram: self, limit, sets: whole, seen, found: Vec::new() };
        walk.node(root);
        walk.found
    }

    /// How much of the space the diagram gives a value that `counts`, where opaque sets hold half of everything, or about that
    /// where many rules with opaque sets meet.
    pub(in crate::flow) fn volume(&self, root: DiagramNode, counts: &dyn Fn(u32) -> bool) -> f64 {
        self.share(root, counts, &mut HashMap::new())
            * (0..DIMENSIONS).map(|level| self.size_of(level)).product::<f64>()
    }

    fn size_of(&self, level: usize) -> f64 {
        f64::from(self.last(level)) + 1.0
    }

    fn share(&self, node: DiagramNode, counts: &dyn Fn(u32) -> bool, known: &mut HashMap<DiagramNode, f64>) -> f64 {
        if let Some(value) = node.value() {
            return if value > 0 && counts(value) { 1.0 } else { 0.0 };
        }
        if let Some(&share) = known.get(&node) {
            return share;
        }
        if node.is_end() {
            let odds = odds(self.space, self.cases(node));
            let share = odds.into_iter().filter(|(value, _)| counts(*value)).map(|(_, part)| part).sum();
            known.insert(node, share);
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

    /// A natural point that some world gives a value that is `wanted`, and such a world.
    pub(in crate::flow) fn example(
        &self,
        root: DiagramNode,
        wanted: &dyn Fn(u32) -> bool,
        steps: &mut Steps,
    ) -> Result<Option<(SpacePoint, Vec<u32>)>, BoundReached> {
        let mut leads = HashMap::new();
        if !self.leads(root, wanted, &mut leads, steps)? {
            return Ok(None);
        }
        let (mut point, mut node, mut next): (SpacePoint, _, _) = ([0; DIMENSIONS], root, 0);
        loop {
            let level = usize::from(self.store.level(node));
            while let Some(slot) = point.get_mut(next).filter(|_| next < level) {
                *slot = self.usual(next);
                next += 1;
            }
            if node.is_end() {
                let world = self.world(node, wanted, steps)?;
                return Ok(world.map(|world| (point, world)));
            }
            let leading = |to: DiagramNode| {
                leads.get(&to).copied().unwrap_or_else(|| to.value().is_some_and(|v| v > 0 && wanted(v)))
            };
            let Some((value, to)) = self.natural(node, level, &leading) else { return Ok(None) };
            point.get_mut(level).into_iter().for_each(|slot| *slot = value);
            (node, next) = (to, level + 1);
        }
    }

    /// A world in which an end has a value that is wanted.
    fn world(
        &self,
        end: DiagramNode,
        wanted: &dyn Fn(u32) -> bool,
        steps: &mut Steps,
    ) -> Result<Option<Vec<u32>>, BoundReached> {
        let all = |values: &[u32]| values.iter().all(|&value| wanted(value));
        Ok(first(self.space, &[self.cases(end)], &all, steps)?.map(|(_, world)| world))
    }

    /// Whether some path from the node ends in a value that is wanted.
    fn leads(
        &self,
        node: DiagramNode,
        wanted: &dyn Fn(u32) -> bool,
        known: &mut HashMap<DiagramNode, bool>,
        steps: &mut Steps,
    ) -> Result<bool, BoundReached> {
        if let Some(value) = node.value() {
            return Ok(value > 0 && wanted(value));
        }
        if let Some(&leads) = known.get(&node) {
            return Ok(leads);
        }
        let leads = if node.is_end() {
            self.world(node, wanted, steps)?.is_some()
        } else {
            let mut any = false;
            for edge in self.store.edges(node) {
                any |= self.leads(edge.to, wanted, known, steps)?;
            }
            any
        };
        known.insert(node, leads);
        Ok(leads)
    }

    /// The value a person would pick where every value does.
    fn usual(&self, dimension: usize) -> u32 {
        let whole: Vec<IntervalSpan> = self.whole(dimension).into_iter().collect();
        self.space.prefer(dimension, &whole).map_or(0, |(_, value)| value)
    }

    /// The most natural value of a node that leads somewhere.
    fn natural(
        &self,
        node: DiagramNode,
        level: usize,
        leads: &dyn Fn(DiagramNode) -> bool,
    ) -> Option<(u32, DiagramNode)> {
        let groups = self.groups(node);
        let ranked = groups.iter().filter(|(to, _)| leads(*to)).filter_map(|(to, spans)| {
            let (rank, value) = self.space.prefer(level, spans)?;
            Some((rank, value, *to))
        });
        ranked.min_by_key(|(rank, ..)| *rank).map(|(_, value, to)| (value, to))
    }

    /// How much weight of the whole ends in each value but 0.
    pub(in crate::flow) fn weights(&self, root: DiagramNode) -> BTreeMap<u32, f64> {
        let mut waiting: BTreeMap<(u16, DiagramNode), f64> = BTreeMap::from([((self.store.level(root), root), 1.0)]);
        let mut weights = BTreeMap::new();
        while let Some(((level, node), weight)) = waiting.pop_first() {
            if node.is_end() {
                for (value, part) in odds(self.space, self.cases(node)) {
                    *weights.entry(value).or_insert(0.0) += weight * part;
                }
                continue;
            }
            let mut before = -1.0;
            for edge in self.store.edges(node) {
                let part = (f64::from(edge.last) - before) / self.size_of(usize::from(level));
                before = f64::from(edge.last);
                *waiting.entry((self.store.level(edge.to), edge.to)).or_insert(0.0) += weight * part;
            }
        }
        weights
    }

    /// For each dimension, all values of the paths on which the diagram has a value.
    pub(in crate::flow) fn around(&self, root: DiagramNode) -> [IntervalSet<u32>; DIMENSIONS] {
        let mut found: [Vec<IntervalSpan>; DIMENSIONS] = std::array::from_fn(|_| Vec::new());
        let mut asked: HashSet<DiagramNode> = HashSet::new();
        let mut waiting = vec![(root, 0)];
        while let Some((node, from)) = waiting.pop() {
            let level = usize::from(self.store.level(node)).min(DIMENSIONS);
            for skipped in from..level {
                found.get_mut(skipped).into_iter().for_each(|spans| spans.extend(self.whole(skipped)));
            }
            if node == DiagramNode::NONE || !asked.insert(node) || level >= DIMENSIONS {
                continue;
            }
            for (to, spans) in self.groups(node) {
                found.get_mut(level).into_iter().for_each(|all| all.extend(&spans));
                waiting.push((to, level + 1));
            }
        }
        found.map(|spans| spans.into_iter().collect())
    }

    /// `value` where the diagram has it whatever the opaque sets hold.
    pub(in crate::flow) fn whatever_holds(
        &mut self,
        root: DiagramNode,
        value: u32,
        steps: &mut Steps,
    ) -> Result<DiagramNode, BoundReached> {
        self.certain(root, value, &mut HashMap::new(), steps)
    }

    fn certain(
        &mut self,
        node: DiagramNode,
        value: u32,
        known: &mut HashMap<DiagramNode, DiagramNode>,
        steps: &mut Steps,
    ) -> Result<DiagramNode, BoundReached> {
        if let Some(end) = node.value() {
            return Ok(if end == value { node } else { DiagramNode::NONE });
        }
        if let Some(&certain) = known.get(&node) {
            return Ok(certain);
        }
        let certain = if node.is_end() {
            let others = self.world(node, &|end| end != value, steps)?;
            if others.is_some() { DiagramNode::NONE } else { DiagramNode::end(value) }
        } else {
            let mut kept = Vec::new();
            for edge in self.store.edges(node).to_vec() {
                kept.push((edge.last, self.certain(edge.to, value, known, steps)?));
            }
            let base = self.store.bench.len();
            kept.into_iter().for_each(|(last, to)| self.store.lay(base, last, to));
            self.store.make(self.store.level(node), base)?
        };
        known.insert(node, certain);
        Ok(certain)
    }

    /// The edges of a node that lead somewhere, those that go on alike together, in order of their first value.
    fn groups(&self, node: DiagramNode) -> Vec<(DiagramNode, Vec<IntervalSpan>)> {
        let mut places: HashMap<DiagramNode, usize> = HashMap::new();
        let mut groups: Vec<(DiagramNode, Vec<IntervalSpan>)> = Vec::new();
        let mut first = 0;
        for edge in self.store.edges(node) {
            let span = Interval::new(first, edge.last);
            first = edge.last.saturating_add(1);
            if edge.to == DiagramNode::NONE {
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

struct DiagramWalk<'w, 's> {
    diagram: &'w Diagram<'s>,
    limit: usize,
    sets: [IntervalSet<u32>; DIMENSIONS],
    /// The nodes that were visited, where each is to be visited once.
    seen: Option<HashSet<DiagramNode>>,
    found: Vec<DiagramCell>,
}

impl DiagramWalk<'_, '_> {
    fn node(&mut self, node: DiagramNode) {
        let is_new = self.seen.as_mut().is_none_or(|seen| seen.insert(node));
        if self.found.len() > self.limit || node == DiagramNode::NONE || !is_new {
            return;
        }
        if node.is_end() {
            return self.found.push(DiagramCell { end: node, sets: self.sets.clone() });
        }
        let level = usize::from(self.diagram.store.level(node));
        for (to, spans) in self.diagram.groups(node) {
            self.dimension(level, spans.into_iter().collect(), to);
        }
    }

    fn dimension(&mut self, level: usize, set: IntervalSet<u32>, to: DiagramNode) {
        let Some(slot) = self.sets.get_mut(level) else { return };
        let outer = std::mem::replace(slot, set);
        self.node(to);
        self.sets.get_mut(level).into_iter().for_each(|slot| *slot = outer.clone());
    }
}
