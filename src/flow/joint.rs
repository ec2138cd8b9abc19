//! Rules of several lists that decide one flow together.
//!
//! Rules require opaque sets positively only, so whatever a rule decides in some world it also decides in a world with
//! the least that makes it match: one opaque set for each disjunction that it requires. More could only let earlier
//! rules match. The same holds for rules of several lists that decide one flow together. Conditions may be required or
//! excluded: their bits are set one after another, as far as they matter.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use hashbrown::HashMap;

use super::budget::BoundReached;
use super::case::FlowCase;
use super::choice::{Choice, Exception, Steps};
use super::setting::FlowSetting;
use super::space::Space;

/// Rules of several lists, one of each, that decide a flow together.
pub(super) struct Joint<'c> {
    space: &'c Space,
    lists: &'c [Vec<FlowCase>],
    /// For two lists and each rule of the one: the first of the other with the same requirements.
    twins: Vec<Vec<Vec<usize>>>,
}

type Visit<'v, 'c> = &'v mut dyn FnMut(&Joint<'c>, &[usize], &mut Steps) -> Result<ControlFlow<()>, BoundReached>;

impl<'c> Joint<'c> {
    pub(super) fn new(space: &'c Space, lists: &'c [Vec<FlowCase>]) -> Self {
        let twins = lists.iter().map(|one| lists.iter().map(|other| twins(one, other)).collect()).collect();
        Self { space, lists, twins }
    }

    /// Visits the choices of one rule of each list such that no rule certainly decides before another one of them.
    pub(super) fn each(&self, steps: &mut Steps, visit: Visit<'_, 'c>) -> Result<(), BoundReached> {
        self.more(&mut Vec::new(), steps, visit).map(|_| ())
    }

    fn more(
        &self,
        at: &mut Vec<usize>,
        steps: &mut Steps,
        visit: Visit<'_, 'c>,
    ) -> Result<ControlFlow<()>, BoundReached> {
        let list = at.len();
        let Some(cases) = self.lists.get(list) else { return visit(self, at, steps) };
        let before = |other: usize, one: usize, place: usize| -> usize {
            let twins = self.twins.get(other).and_then(|twins| twins.get(one)).and_then(|twins| twins.get(place));
            twins.copied().unwrap_or(usize::MAX)
        };
        let last = at.iter().enumerate().map(|(other, &place)| before(other, list, place)).min();
        for place in 0..cases.len().min(last.map_or(usize::MAX, |last| last.saturating_add(1))) {
            steps.take(1)?;
            if at.iter().enumerate().any(|(other, &of)| before(list, other, place) < of) {
                continue;
            }
            at.push(place);
            let flow = self.more(at, steps, visit)?;
            at.pop();
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn chosen<'a>(&'a self, at: &'a [usize]) -> impl Iterator<Item = &'c FlowCase> + 'a {
        self.lists.iter().zip(at).filter_map(|(list, &at)| list.get(at))
    }

    pub(super) fn values(&self, at: &[usize]) -> Vec<u32> {
        self.chosen(at).map(|case| case.value).collect()
    }

    fn needs(&self, at: &[usize]) -> BTreeSet<u32> {
        self.chosen(at).flat_map(|case| case.needs.iter().copied()).collect()
    }

    /// The rules before the chosen ones, with the list they are in.
    fn earlier<'a>(&'a self, at: &'a [usize]) -> impl Iterator<Item = (usize, &'c FlowCase)> + 'a {
        let before = self.lists.iter().zip(at).map(|(list, &at)| list.get(..at).unwrap_or(&[]));
        before.enumerate().flat_map(|(list, cases)| cases.iter().map(move |case| (list, case)))
    }

    /// A world with the least in which the chosen rules decide.
    pub(super) fn world(&self, at: &[usize], steps: &mut Steps) -> Result<Option<Vec<u32>>, BoundReached> {
        self.world_in(at, &mut Vec::new(), steps)
    }

    /// As [`Self::world`], where bits of conditions are set.
    fn world_in(&self, at: &[usize], set: &mut JointSet, steps: &mut Steps) -> Result<Option<Vec<u32>>, BoundReached> {
        let needs: Vec<u32> = self.needs(at).into_iter().collect();
        let mut reach: Vec<u32> = needs.iter().flat_map(|&need| &self.space.mention(need).named).copied().collect();
        reach.sort_unstable();
        steps.take(1 + at.iter().sum::<usize>())?;
        let near = self.earlier(at).map(|(_, case)| case).filter(|case| self.is_met(case, &reach)).collect();
        let chosen = self.chosen(at).collect();
        self.settle(&JointQuery { needs, chosen, near }, set, steps)
    }

    /// Sets bits of conditions until the chosen rules are there and none of those near them decides first; whether that can be.
    fn settle(
        &self,
        asked: &JointQuery<'_>,
        set: &mut JointSet,
        steps: &mut Steps,
    ) -> Result<Option<Vec<u32>>, BoundReached> {
        steps.take(1 + asked.near.len())?;
        let settled = |bit: u32| setting(set, bit);
        let is_there = |case: &FlowCase| case.is_there(self.space, &settled);
        if asked.chosen.iter().any(|case| is_there(case) == Some(FlowSetting::Off)) {
            return Ok(None);
        }
        if let Some(bit) = asked.chosen.iter().find_map(|case| case.open_condition(self.space, &settled)) {
            return self.settle_bit(asked, bit, &[FlowSetting::Off, FlowSetting::On], set, steps);
        }
        let there =
            asked.near.iter().copied().filter(|case| is_there(case) == Some(FlowSetting::On)).collect::<Vec<_>>();
        let mut world = Vec::new();
        if !self.meet(&asked.needs, &there, &mut world, steps)? {
            return Ok(None);
        }
        let doubtful = |case: &&FlowCase| is_there(case).is_none() && self.is_met(case, &world);
        let open = asked.near.iter().copied().find(doubtful);
        if let Some(bit) = open.and_then(|case| case.open_condition(self.space, &settled)) {
            // A truth that only adds rules can only let one more of them decide first.
            let either = self.space.is_asked_either_way(bit);
            return self.settle_bit(
                asked,
                bit,
                if either { &[FlowSetting::Off, FlowSetting::On] } else { &[FlowSetting::Off] },
                set,
                steps,
            );
        }
        world.extend(set.iter().filter(|(_, setting)| *setting == FlowSetting::On).map(|(bit, _)| *bit));
        Ok(Some(world))
    }

    fn settle_bit(
        &self,
        asked: &JointQuery<'_>,
        bit: u32,
        settings: &[FlowSetting],
        set: &mut JointSet,
        steps: &mut Steps,
    ) -> Result<Option<Vec<u32>>, BoundReached> {
        for &setting in settings {
            set.push((bit, setting));
            let world = self.settle(asked, set, steps)?;
            set.pop();
            if world.is_some() {
                return Ok(world);
            }
        }
        Ok(None)
    }

    /// Whether each disjunction that a rule requires holds in a world.
    fn is_met(&self, case: &FlowCase, world: &[u32]) -> bool {
        case.needs.iter().all(|&need| self.space.mention(need).holds(world))
    }

    /// Adds opaque sets to `world` until each of `needs` holds, so that none of `near` does; whether that can be.
    fn meet(
        &self,
        needs: &[u32],
        near: &[&FlowCase],
        world: &mut Vec<u32>,
        steps: &mut Steps,
    ) -> Result<bool, BoundReached> {
        steps.take(1 + near.len())?;
        if near.iter().any(|case| self.is_met(case, world)) {
            return Ok(false);
        }
        let Some((&need, others)) = needs.split_first() else { return Ok(true) };
        let mention = self.space.mention(need);
        if mention.holds(world) {
            return self.meet(others, near, world, steps);
        }
        for &bit in &mention.named {
            world.push(bit);
            if self.meet(others, near, world, steps)? {
                return Ok(true);
            }
            world.pop();
        }
        Ok(false)
    }

    /// The flows that the chosen rules decide, `world` among them: one choice for each setting of the conditions that matter
    /// there, as far as there is `room`. Whether that is all.
    pub(super) fn choices(
        &self,
        at: &[usize],
        label: &[u32],
        world: Vec<u32>,
        room: usize,
        steps: &mut Steps,
    ) -> Result<(Vec<Choice>, bool), BoundReached> {
        let mut cut = JointCut { joint: self, at, label, room, complete: true, steps };
        let mut found = cut.choices(&mut Vec::new(), world)?;
        for choice in &mut found {
            choice.bits.sort_unstable_by_key(|(bit, _)| *bit);
        }
        Ok((found, cut.complete))
    }

    /// The choice where the conditions are as they are set. Those are not in its bits.
    fn choice(&self, at: &[usize], label: &[u32], set: &JointSet, mut world: Vec<u32>) -> Choice {
        let (mut bits, mut any) = (Vec::new(), Vec::new());
        for need in self.needs(at) {
            match self.space.mention(need).named.as_slice() {
                &[bit] => bits.push((bit, FlowSetting::On)),
                several => any.push(several.to_vec()),
            }
        }
        let settled = |bit: u32| setting(set, bit);
        let mut seen = BTreeSet::new();
        let earlier = self.earlier(at).filter(|(_, case)| case.is_there(self.space, &settled) == Some(FlowSetting::On));
        let except = earlier.filter(|(_, case)| seen.insert(&case.needs));
        let except =
            except.map(|(list, case)| Exception { needs: case.needs.clone(), list, value: case.value }).collect();
        world.sort_unstable();
        Choice { label: label.to_vec(), bits, any, except, world }
    }
}

/// Bits of conditions, as they are set.
type JointSet = Vec<(u32, FlowSetting)>;

fn setting(set: &JointSet, bit: u32) -> Option<FlowSetting> {
    set.iter().find(|(of, _)| *of == bit).map(|(_, setting)| *setting)
}

/// The requirements of a world.
struct JointQuery<'c> {
    needs: Vec<u32>,
    /// The rules that are to decide.
    chosen: Vec<&'c FlowCase>,
    /// The rules that would decide first if they were there.
    near: Vec<&'c FlowCase>,
}

/// The flows that chosen rules decide, by the conditions that matter there.
struct JointCut<'a, 'c> {
    joint: &'a Joint<'c>,
    at: &'a [usize],
    label: &'a [u32],
    room: usize,
    complete: bool,
    steps: &'a mut Steps,
}

impl JointCut<'_, '_> {
    /// The choices where the conditions are as they are set; `world` is in one of them.
    fn choices(&mut self, set: &mut JointSet, world: Vec<u32>) -> Result<Vec<Choice>, BoundReached> {
        self.steps.take(1 + self.at.iter().sum::<usize>())?;
        if self.room == 0 {
            self.complete = false;
            return Ok(Vec::new());
        }
        let Some(bit) = self.open_condition(set) else {
            let choice = self.joint.choice(self.at, self.label, set, world);
            self.room = self.room.saturating_sub(choice.room());
            return Ok(vec![choice]);
        };
        let known = if world.contains(&bit) { FlowSetting::On } else { FlowSetting::Off };
        let mut side = |setting: FlowSetting| {
            set.push((bit, setting));
            let found = match if setting == known { Some(world.clone()) } else { self.world_in(set)? } {
                Some(world) => self.choices(set, world)?,
                None => Vec::new(),
            };
            set.pop();
            Ok(found)
        };
        let (off, on) = (side(FlowSetting::Off)?, side(FlowSetting::On)?);
        if off.len() == on.len() && off.iter().zip(&on).all(|(off, on)| is_same(off, on)) {
            self.room += on.iter().map(Choice::room).sum::<usize>();
            let merged = off.into_iter().zip(on);
            return Ok(merged
                .map(|(off, on)| if known == FlowSetting::Off { whichever(off, &on) } else { whichever(on, &off) })
                .collect());
        }
        let with = |setting: FlowSetting| {
            move |mut choice: Choice| {
                choice.bits.push((bit, setting));
                choice
            }
        };
        Ok(off.into_iter().map(with(FlowSetting::Off)).chain(on.into_iter().map(with(FlowSetting::On))).collect())
    }

    fn world_in(&mut self, set: &mut JointSet) -> Result<Option<Vec<u32>>, BoundReached> {
        self.joint.world_in(self.at, set, self.steps)
    }

    /// The first bit that decides whether a chosen rule, or an earlier one, is there.
    fn open_condition(&self, set: &JointSet) -> Option<u32> {
        let earlier = self.joint.earlier(self.at).map(|(_, case)| case);
        let mut cases = self.joint.chosen(self.at).chain(earlier);
        cases.find_map(|case| case.open_condition(self.joint.space, &|bit| setting(set, bit)))
    }
}

/// Whether two choices are of the same flows, whatever their examples are and whichever rules decide what is excepted.
fn is_same(one: &Choice, other: &Choice) -> bool {
    let excepted = |choice: &'_ Choice| choice.except.iter().map(|of| of.needs.clone()).collect::<BTreeSet<_>>();
    (&one.bits, &one.any) == (&other.bits, &other.any) && excepted(one) == excepted(other)
}

/// `one`, where `other` is of the same flows under another condition. Of two rules that decide the same exception the later one
/// is named: the earlier one is there under a condition only.
fn whichever(mut one: Choice, other: &Choice) -> Choice {
    for except in &mut one.except {
        let same = other.except.iter().find(|of| of.needs == except.needs);
        if let Some(later) = same.filter(|of| of.list == except.list && of.value > except.value) {
            *except = later.clone();
        }
    }
    one
}

/// For each rule of `one`, the first of `other` with the same requirements; past the end where none has them.
fn twins<'c>(one: &'c [FlowCase], other: &'c [FlowCase]) -> Vec<usize> {
    let asked = |case: &'c FlowCase| (case.needs.as_slice(), case.whens.as_slice());
    let mut places: HashMap<_, usize> = HashMap::new();
    for (at, case) in other.iter().enumerate() {
        places.entry(asked(case)).or_insert(at);
    }
    one.iter().map(|case| places.get(&asked(case)).copied().unwrap_or(usize::MAX)).collect()
}
