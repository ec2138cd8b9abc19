//! The order of some operations that opens nothing and cuts least.
//!
//! What is in Azure depends on which operations are done, not on their order. So an order is a path through sets of
//! operations, each a step that opens nothing, and as long as the flows that it cuts are many; the shortest path is
//! found as Dijkstra does, deeper sets first, and no set is looked at before it has to be. That finds the best order of
//! few operations, and one without cuts of many; where it takes too long, the operation that cuts least is next.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::flow::Between;
use crate::model::{Group, Model, Priority, ResourceName};

use super::guard::moved_to;
use super::promise::{Promise, share};
use super::state::{GroupContent, Task, after, find_group, find_policy};
use super::{Deed, NoPlan, PlanChange, PlanOperation, PlanReason, PlanStep, not_decided};

/// So many operations have few enough orders for the best of them to be found.
const FEW: usize = 7;
/// How many states may be looked at: of few operations, and for each of many.
const LOOKS_OF_FEW: usize = 1_000;
const LOOKS_EACH: usize = 4;
/// How many operations are compared before one is taken that cuts more than is cut already.
const COMPARED: usize = 12;

/// The steps of an order.
pub(super) struct FoundPath {
    pub(super) steps: Vec<PlanStep>,
    /// Whether all is done after them; else each order that was tried opens something, and this one leads furthest.
    pub(super) is_whole: bool,
}

/// The steps from `start` on, in the best order found.
pub(super) fn search(promise: &Promise<'_>, start: &Model, new: &Model, tasks: Vec<Task>) -> Result<FoundPath, NoPlan> {
    let wanted = tasks.len();
    let looks = if wanted <= FEW { LOOKS_OF_FEW } else { wanted * LOOKS_EACH };
    let mut search = PlanSearch { promise, new, tasks, wanted, looks, seen: BTreeMap::new(), nodes: Vec::new() };
    let root = SeenStates { state: start.clone(), found: Between { complete: true, ..Between::default() } };
    let left = search.rest(&[], start);
    search.nodes.push(SearchNode {
        seen: Rc::new(root),
        before: None,
        cost: 0.0,
        done: Vec::new(),
        left,
        has_next: false,
    });
    search.shortest()
}

struct PlanSearch<'s, 'p> {
    promise: &'s Promise<'p>,
    new: &'s Model,
    /// Those that are wanted, and after them those that only make way.
    tasks: Vec<Task>,
    wanted: usize,
    /// How many more states may be looked at before the first good order will do.
    looks: usize,
    /// What is there after each set of operations that was looked at; nothing where that opens something.
    seen: BTreeMap<Vec<usize>, Option<Rc<SeenStates>>>,
    nodes: Vec<SearchNode>,
}

struct SeenStates {
    state: Model,
    found: Between,
}

/// A way to a set of operations.
struct SearchNode {
    seen: Rc<SeenStates>,
    /// The node before, and the operation between.
    before: Option<(usize, usize)>,
    cost: f64,
    /// The operations, sorted.
    done: Vec<usize>,
    /// Those to try next.
    left: VecDeque<usize>,
    /// Whether one of them was good.
    has_next: bool,
}

impl PlanSearch<'_, '_> {
    fn shortest(mut self) -> Result<FoundPath, NoPlan> {
        let mut best: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
        // Costs are not negative, so that their bits sort as they do.
        let key = |node: &SearchNode, at: usize| (node.cost.to_bits(), Reverse(node.done.len()), at);
        let mut open: BTreeSet<_> = self.nodes.iter().enumerate().map(|(at, node)| key(node, at)).collect();
        while let Some(&(bits, depth, at)) = open.first() {
            if self.is_end(at) {
                return Ok(FoundPath { steps: self.steps(at), is_whole: true });
            }
            if self.looks == 0 {
                let deepest = open.iter().min_by_key(|(cost, depth, at)| (*depth, *cost, *at)).map_or(0, |node| node.2);
                return self.next_by_next(deepest);
            }
            let Some(task) = self.next(at) else {
                open.remove(&(bits, depth, at));
                continue;
            };
            let Some(child) = self.child(at, task)? else { continue };
            let known = best.get(&child.done).is_some_and(|&known| known <= child.cost);
            if !known {
                best.insert(child.done.clone(), child.cost);
                open.insert(key(&child, self.nodes.len()));
                self.nodes.push(child);
            }
        }
        Ok(self.furthest())
    }

    /// The operation that cuts least, one after the other, from a node on; where that ends, from the beginning on.
    fn next_by_next(mut self, from: usize) -> Result<FoundPath, NoPlan> {
        for mut at in [from, 0] {
            self.nodes.get_mut(at).into_iter().for_each(|node| node.has_next = false);
            let rest = self.nodes.get(at).map(|node| self.rest(&node.done, &node.seen.state));
            self.nodes.get_mut(at).zip(rest).into_iter().for_each(|(node, rest)| node.left = rest);
            while !self.is_end(at) {
                let now = self.nodes.get(at).map_or(0.0, |node| share(&node.seen.found.cut));
                let mut best: Option<SearchNode> = None;
                let mut good = 0;
                while let Some(task) = self.next(at).filter(|_| good < COMPARED) {
                    let Some(child) = self.child(at, task)? else { continue };
                    let cuts_no_more = share(&child.seen.found.cut) <= now;
                    good += 1;
                    if best.as_ref().is_none_or(|best| child.cost < best.cost) {
                        best = Some(child);
                    }
                    if cuts_no_more {
                        break;
                    }
                }
                let Some(child) = best else { break };
                at = self.nodes.len();
                self.nodes.push(child);
            }
            if self.is_end(at) {
                return Ok(FoundPath { steps: self.steps(at), is_whole: true });
            }
        }
        Ok(self.furthest())
    }

    /// The order that does most of what is wanted before it would open something, and of these cuts least.
    fn furthest(&self) -> FoundPath {
        let wanted = |node: &SearchNode| node.done.iter().filter(|&&task| task < self.wanted).count();
        let nodes = self.nodes.iter().enumerate().map(|(at, node)| (Reverse(wanted(node)), node.cost.to_bits(), at));
        FoundPath { steps: nodes.min().map_or_else(Vec::new, |(_, _, at)| self.steps(at)), is_whole: false }
    }

    fn is_end(&self, at: usize) -> bool {
        self.nodes
            .get(at)
            .is_some_and(|node| node.done.iter().filter(|&&task| task < self.wanted).count() == self.wanted)
    }

    /// The operation to try next at a node. Where none of those that are wanted can be done, others make way for them.
    fn next(&mut self, at: usize) -> Option<usize> {
        let node = self.nodes.get_mut(at)?;
        if let Some(task) = node.left.pop_front() {
            return Some(task);
        }
        if std::mem::replace(&mut node.has_next, true) {
            return None;
        }
        let (done, seen) = (node.done.clone(), Rc::clone(&node.seen));
        let ways = self.ways(&done, &seen.state);
        let node = self.nodes.get_mut(at)?;
        node.left.extend(ways.into_iter().filter(|way| !done.contains(way)));
        node.left.pop_front()
    }

    /// The node after one more operation; none where that opens something.
    fn child(&mut self, at: usize, task: usize) -> Result<Option<SearchNode>, NoPlan> {
        let Some(node) = self.nodes.get(at) else { return Ok(None) };
        let mut done = node.done.clone();
        done.insert(done.partition_point(|&known| known < task), task);
        let (cost, before) = (node.cost, Rc::clone(&node.seen));
        let seen = match self.seen.get(&done) {
            Some(known) => known.clone(),
            None => {
                let seen = self.look(&before.state, task)?.map(Rc::new);
                self.seen.insert(done.clone(), seen.clone());
                seen
            }
        };
        let Some(seen) = seen else { return Ok(None) };
        self.nodes.get_mut(at).into_iter().for_each(|node| node.has_next = true);
        let mut left = self.rest(&done, &seen.state);
        // What failed before is likely to fail again: those after go first.
        let behind = left.iter().filter(|&&other| other < task).count();
        left.rotate_left(behind);
        Ok(Some(SearchNode {
            cost: cost + share(&seen.found.cut),
            seen,
            before: Some((at, task)),
            done,
            left,
            has_next: false,
        }))
    }

    fn look(&mut self, state: &Model, task: usize) -> Result<Option<SeenStates>, NoPlan> {
        let Some(task) = self.tasks.get(task) else { return Ok(None) };
        self.looks = self.looks.saturating_sub(1);
        let state = after(state, task, self.new);
        let found = self.promise.effect(&state).map_err(not_decided)?;
        Ok(found.opened.is_empty().then_some(SeenStates { state, found }))
    }

    /// The operations that are wanted, not done, and can be done.
    fn rest(&self, done: &[usize], state: &Model) -> VecDeque<usize> {
        let wanted = self.tasks.iter().take(self.wanted).enumerate();
        let can = wanted.filter(|(at, task)| done.binary_search(at).is_err() && !is_blocked(task, state, self.new));
        can.map(|(at, _)| at).collect()
    }

    /// Operations that free the priorities that those left wait for: a group that holds one moves next to where it is,
    /// which changes little, or is deleted; it is written again in the end.
    fn ways(&mut self, done: &[usize], state: &Model) -> Vec<usize> {
        let wanted = self.tasks.iter().take(self.wanted).enumerate();
        let left = wanted.filter(|(at, _)| done.binary_search(at).is_err());
        let held: Vec<(ResourceName, Group)> = left.filter_map(|(_, task)| in_the_way(task, state, self.new)).collect();
        let mut ways = Vec::new();
        for (policy, group) in held {
            let what = PlanChange::Group(policy.as_str().into(), group.name.clone());
            let moves = places(&policy, &group, state, self.new);
            let mut tasks: Vec<Task> = moves.into_iter().map(|place| moved_to(&policy, &group, place)).collect();
            tasks.push(Task::wanted(PlanOperation { deed: Deed::Delete, what, why: PlanReason::InTheWay }));
            ways.extend(tasks.into_iter().map(|task| self.number(task)));
        }
        ways
    }

    fn number(&mut self, task: Task) -> usize {
        let known = self.tasks.iter().skip(self.wanted).position(|known| *known == task);
        known.map_or_else(
            || {
                self.tasks.push(task);
                self.tasks.len() - 1
            },
            |at| at + self.wanted,
        )
    }

    fn steps(&self, end: usize) -> Vec<PlanStep> {
        let mut steps = Vec::new();
        let mut at = end;
        while let Some(node) = self.nodes.get(at) {
            let Some((before, task)) = node.before else { break };
            steps.extend(self.tasks.get(task).map(|task| step(task, node.seen.state.clone(), node.seen.found.clone())));
            at = before;
        }
        steps.reverse();
        steps
    }
}

/// The step that `task` is.
pub(super) fn step(task: &Task, after: Model, found: Between) -> PlanStep {
    PlanStep { operation: task.operation.clone(), after, cut: found.cut, cut_complete: found.complete }
}

/// Whether another group still has the priority that an operation gives, or the policy of the group is not there.
fn is_blocked(task: &Task, state: &Model, new: &Model) -> bool {
    let absent = match &task.operation.what {
        PlanChange::Group(policy, _) | PlanChange::Pods(policy, _) => find_policy(state, policy).is_none(),
        PlanChange::IpGroup(_) | PlanChange::Settings(_) | PlanChange::RouteTable(_) | PlanChange::Draft(..) => false,
    };
    absent || in_the_way(task, state, new).is_some()
}

/// The group that has the priority that an operation gives to another.
pub(super) fn in_the_way(task: &Task, state: &Model, new: &Model) -> Option<(ResourceName, Group)> {
    let (PlanChange::Group(policy, name), Deed::Put) = (&task.operation.what, task.operation.deed) else { return None };
    let then = find_policy(new, policy)?;
    let wanted = match &task.content {
        GroupContent::Group(group) => group.priority,
        GroupContent::Wanted | GroupContent::Settings(_) => find_group(then, name)?.priority,
    };
    // Two groups that shall have one priority in the end, as exports have it, are in nobody's way.
    let keeps = |group: &Group| find_group(then, &group.name).is_some_and(|then| then.priority == wanted);
    let is_other = |group: &&Group| group.priority == wanted && group.name != *name;
    let mut held = find_policy(state, policy)?.groups.iter();
    held.find(|group| is_other(group) && !keeps(group)).map(|group| (policy.clone(), group.clone()))
}

/// The nearest free priorities on both sides of a group.
fn places(policy: &str, group: &Group, state: &Model, new: &Model) -> Vec<Priority> {
    let groups = [find_policy(state, policy), find_policy(new, policy)].into_iter().flatten();
    let taken: BTreeSet<u16> = groups.flat_map(|policy| &policy.groups).map(|group| group.priority.get()).collect();
    let is_free = |number: &u16| !taken.contains(number);
    let at = group.priority.get();
    let behind = (at..=Priority::LAST.get()).find(is_free);
    let before = (Priority::FIRST.get()..at).rev().find(is_free);
    [behind, before].into_iter().flatten().filter_map(|number| Priority::new(number.into())).collect()
}
