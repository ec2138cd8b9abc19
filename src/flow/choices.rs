//! What rules decide that differ in opaque sets and conditions only.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use hashbrown::{HashMap, HashSet};

use super::budget::BoundReached;
use super::case::FlowCase;
use super::choice::{Choice, Steps};
use super::joint::Joint;
use super::setting::FlowSetting;
use super::space::{Space, SpaceWhen};

/// A request about rules of several lists that decide one flow together.
#[derive(Clone, Copy)]
pub(super) struct WantedFlows<'c> {
    /// The class of what they do, by their values; `None` where it is not part of the request.
    pub(super) class: &'c dyn Fn(&[u32]) -> Option<u32>,
    /// What the answer distinguishes.
    pub(super) apart: ChoicesApart,
}

/// What an answer distinguishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ChoicesApart {
    /// The rules.
    Rules,
    /// The classes of what they do.
    Classes,
}

impl WantedFlows<'_> {
    fn label(&self, values: &[u32], class: u32) -> Vec<u32> {
        match self.apart {
            ChoicesApart::Rules => values.to_vec(),
            ChoicesApart::Classes => vec![class],
        }
    }
}

/// All results of a request, as far as the limit allows.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) found: Vec<Choice>,
    /// Whether that is all.
    pub(super) complete: bool,
    /// The classes that there are; all of them, also where there was no room.
    pub(super) classes: BTreeSet<u32>,
}

/// Products of one outcome, from which on rules are named that decide first.
const FEW: usize = 8;

/// The most cases of a tree that are examined before that.
const LEAVES: usize = 256;

/// What one rule of each list decides, where that is wanted and its label is not `known` where the rules are many.
pub(super) fn choices(
    space: &Space,
    lists: &[Vec<FlowCase>],
    wanted: WantedFlows<'_>,
    known: &HashSet<Vec<u32>>,
    room: usize,
    steps: &mut Steps,
) -> Result<Choices, BoundReached> {
    let exact = tree(space, lists, wanted).filter(|leaves| is_few(leaves) && leaves.len() <= room);
    if let Some(leaves) = exact {
        let classes = leaves.iter().map(|leaf| leaf.class).collect();
        let found = leaves.into_iter().map(ChoiceLeaf::into_choice).collect();
        return Ok(Choices { found, complete: true, classes });
    }
    let mut all = Choices { found: Vec::new(), complete: true, classes: BTreeSet::new() };
    let mut left = room;
    Joint::new(space, lists).each(steps, &mut |joint, at, steps| {
        let values = joint.values(at);
        let Some(of) = (wanted.class)(&values) else { return Ok(ControlFlow::Continue(())) };
        let label = wanted.label(&values, of);
        let is_cut = left == 0 && !all.complete;
        if all.classes.contains(&of) && (is_cut || known.contains(&label)) {
            return Ok(ControlFlow::Continue(()));
        }
        let Some(world) = joint.world(at, steps)? else { return Ok(ControlFlow::Continue(())) };
        all.classes.insert(of);
        let (found, complete) = joint.choices(at, &label, world, left, steps)?;
        left = left.saturating_sub(found.iter().map(Choice::room).sum());
        all.complete &= complete;
        all.found.extend(found);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(all)
}

/// What one rule of each list gives, and a world in which they decide.
pub(super) type FlowExample = (Vec<u32>, Vec<u32>);

/// A world in which one rule of each list decides such that the values are `wanted`, and the values.
pub(super) fn first(
    space: &Space,
    lists: &[Vec<FlowCase>],
    wanted: &dyn Fn(&[u32]) -> bool,
    steps: &mut Steps,
) -> Result<Option<FlowExample>, BoundReached> {
    let mut found = None;
    Joint::new(space, lists).each(steps, &mut |joint, at, steps| {
        let values = joint.values(at);
        if wanted(&values) {
            found = joint.world(at, steps)?.map(|world| (values, world));
        }
        Ok(if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

/// The share of all flows that ends in each value, where each opaque set and each condition holds for half of them.
/// Exact where the cases are few, else as if no two rules required the same ones.
pub(super) fn odds(space: &Space, cases: Vec<FlowCase>) -> Vec<(u32, f64)> {
    let lists = [cases];
    if let Some(leaves) = tree(space, &lists, WantedFlows { class: &|_| Some(0), apart: ChoicesApart::Rules }) {
        let part = |leaf: &ChoiceLeaf| leaf.bits.iter().fold(1.0, |half, _| half / 2.0);
        return leaves.iter().filter_map(|leaf| Some((*leaf.label.first()?, part(leaf)))).collect();
    }
    let mut left = 1.0;
    let [cases] = lists;
    let part = |case: FlowCase| {
        let held = case.needs.iter().map(|&need| 1.0 - 0.5_f64.powf(space.mention(need).bits.len() as f64));
        let there = case.whens.iter().filter_map(|&when| space.when(when)).map(SpaceWhen::share);
        let taken = left * held.chain(there).product::<f64>();
        left -= taken;
        (case.value, taken)
    };
    cases.into_iter().map(part).collect()
}

fn is_few(leaves: &[ChoiceLeaf]) -> bool {
    let mut counts: HashMap<&[u32], usize> = HashMap::new();
    leaves.iter().all(|leaf| {
        let count = counts.entry(&leaf.label).or_default();
        *count += 1;
        *count <= FEW
    })
}

/// A product of opaque sets and conditions, held or not, and what the rules give there.
#[derive(Clone, PartialEq, Eq, Debug)]
struct ChoiceLeaf {
    label: Vec<u32>,
    class: u32,
    /// From the last required to the first.
    bits: Vec<(u32, FlowSetting)>,
}

impl ChoiceLeaf {
    fn into_choice(mut self) -> Choice {
        self.bits.reverse();
        let on = self.bits.iter().filter(|(_, setting)| *setting == FlowSetting::On);
        let world = on.map(|(bit, _)| *bit).collect();
        Choice { label: self.label, bits: self.bits, any: Vec::new(), except: Vec::new(), world }
    }
}

/// The products of the request, which are disjoint; `None` where too many cases would have to be examined.
fn tree(space: &Space, lists: &[Vec<FlowCase>], wanted: WantedFlows<'_>) -> Option<Vec<ChoiceLeaf>> {
    if lists.iter().any(|list| list.len() > LEAVES) {
        return None;
    }
    let lists = lists.iter().map(|list| list.iter().collect()).collect();
    ChoiceTree { space, wanted, left: LEAVES, set: HashMap::new() }.grow(lists)
}

struct ChoiceTree<'c> {
    space: &'c Space,
    wanted: WantedFlows<'c>,
    /// How many cases may still be examined.
    left: usize,
    /// The settings of the required opaque sets and conditions.
    set: HashMap<u32, FlowSetting>,
}

impl ChoiceTree<'_> {
    fn grow(&mut self, lists: Vec<Vec<&FlowCase>>) -> Option<Vec<ChoiceLeaf>> {
        let lists: Vec<Vec<&FlowCase>> = lists.into_iter().map(|list| self.undecided(list)).collect();
        let Some(bit) = lists.iter().flatten().filter_map(|case| self.next(case)).min() else {
            self.left = self.left.checked_sub(1)?;
            let values: Option<Vec<u32>> = lists.iter().map(|list| Some(list.first()?.value)).collect();
            let leaf = values.and_then(|values| {
                let class = (self.wanted.class)(&values)?;
                Some(ChoiceLeaf { label: self.wanted.label(&values, class), class, bits: Vec::new() })
            });
            return Some(leaf.into_iter().collect());
        };
        let mut side = |setting: FlowSetting| {
            self.set.insert(bit, setting);
            let found = self.grow(lists.clone());
            self.set.remove(&bit);
            found
        };
        let (off, on) = (side(FlowSetting::Off)?, side(FlowSetting::On)?);
        if off == on {
            return Some(off);
        }
        let sides = [(off, FlowSetting::Off), (on, FlowSetting::On)].into_iter();
        Some(sides.flat_map(|(leaves, setting)| leaves.into_iter().map(move |leaf| leaf.at(bit, setting))).collect())
    }

    /// The rules that may match, up to one that does.
    fn undecided<'l>(&self, list: Vec<&'l FlowCase>) -> Vec<&'l FlowCase> {
        let mut left = Vec::with_capacity(list.len());
        for case in list {
            let is_there = case.is_there(self.space, &|bit| self.set.get(&bit).copied());
            let never = is_there == Some(FlowSetting::Off);
            if never || case.needs.iter().any(|&need| self.holds(need) == Some(FlowSetting::Off)) {
                continue;
            }
            left.push(case);
            if self.next(case).is_none() {
                break;
            }
        }
        left
    }

    /// Whether a disjunction holds, where that is settled.
    fn holds(&self, need: u32) -> Option<FlowSetting> {
        let mut open = false;
        for bit in &self.space.mention(need).bits {
            match self.set.get(bit) {
                Some(FlowSetting::On) => return Some(FlowSetting::On),
                Some(FlowSetting::Off) => {}
                None => open = true,
            }
        }
        (!open).then_some(FlowSetting::Off)
    }

    /// The first opaque set or condition that a rule still depends on.
    fn next(&self, case: &FlowCase) -> Option<u32> {
        let open = case.needs.iter().filter(|&&need| self.holds(need).is_none());
        let bits = open.flat_map(|&need| &self.space.mention(need).bits);
        let first = bits.filter(|bit| !self.set.contains_key(*bit)).min().copied();
        first.or_else(|| case.open_condition(self.space, &|bit| self.set.get(&bit).copied()))
    }
}

impl ChoiceLeaf {
    fn at(mut self, bit: u32, setting: FlowSetting) -> Self {
        self.bits.push((bit, setting));
        self
    }
}
