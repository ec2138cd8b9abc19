//! The order of the operations.
//!
//! One after the other, an operation is taken that opens nothing, one that cuts nothing before one that does. Where each
//! would open something, a temporary group denies what the rest would open, until all is done.

use crate::assert::describe;
use crate::azure::{Group, Model, Policy};
use crate::flow::{Between, NotDecided, Passing};

use super::changes::{changes, left_over};
use super::guard::{Guard, guard, is_own};
use super::state::{after, effect, find_group, find_policy};
use super::{Deed, Given, NoPlan, Operation, Plan, Step, What, Why};

/// The operations that make `old`, which is deployed, say what `new` says.
///
/// # Errors
/// Where the budget does not suffice, or no order keeps every flow out.
pub fn plan(old: &Model, new: &Model, given: &Given<'_>) -> Result<Plan, NoPlan> {
    let (old, new) = (old.as_deployed(), new.as_deployed());
    let changes = changes(&old, &new);
    let mut planner = Planner { state: old.clone(), old: &old, new: &new, given, steps: Vec::new() };
    changes.first.into_iter().try_for_each(|operation| planner.take(operation))?;
    planner.order(changes.between)?;
    changes.last.into_iter().try_for_each(|operation| planner.take(operation))?;
    Ok(Plan { steps: planner.steps, left_over: left_over(&old, &new) })
}

struct Planner<'p> {
    state: Model,
    old: &'p Model,
    new: &'p Model,
    given: &'p Given<'p>,
    steps: Vec<Step>,
}

fn not_decided(stopped: NotDecided) -> NoPlan {
    NoPlan::NotDecided(stopped.to_string())
}

impl Planner<'_> {
    fn effect(&self, way: &Model) -> Result<Between, NoPlan> {
        effect([self.old, way, self.new], self.given).map_err(not_decided)
    }

    /// Does `operation`, which must open nothing.
    fn take(&mut self, operation: Operation) -> Result<(), NoPlan> {
        let next = after(&self.state, &operation, self.new);
        let found = self.effect(&next)?;
        self.step(operation, next, found)
    }

    fn step(&mut self, operation: Operation, after: Model, found: Between) -> Result<(), NoPlan> {
        if let Some(opened) = found.opened.first() {
            return Err(NoPlan::Opens(describe(&opened.witness)));
        }
        self.state = after.clone();
        self.steps.push(Step { operation, after, cut: found.cut });
        Ok(())
    }

    fn order(&mut self, mut rest: Vec<Operation>) -> Result<(), NoPlan> {
        while !rest.is_empty() {
            self.make_way(&mut rest);
            match self.best(&rest)? {
                Some((place, next, found)) => {
                    let operation = rest.remove(place);
                    self.step(operation, next, found)?;
                }
                None => return self.guarded(rest),
            }
        }
        Ok(())
    }

    /// The place of the operation to do next, with the state behind it; `None` where each opens something.
    fn best(&self, rest: &[Operation]) -> Result<Option<(usize, Model, Between)>, NoPlan> {
        let mut best: Option<(usize, Model, Between)> = None;
        for (place, operation) in rest.iter().enumerate().filter(|(_, operation)| !self.is_blocked(operation)) {
            let next = after(&self.state, operation, self.new);
            let found = self.effect(&next)?;
            if !found.opened.is_empty() {
                continue;
            }
            if found.cut.is_empty() {
                return Ok(Some((place, next, found)));
            }
            if best.as_ref().is_none_or(|(_, _, other)| share(&found.cut) < share(&other.cut)) {
                best = Some((place, next, found));
            }
        }
        Ok(best)
    }

    /// Whether another group still has the priority that an operation gives, or the policy of the group is not there.
    fn is_blocked(&self, operation: &Operation) -> bool {
        let absent = match &operation.what {
            What::Group(policy, _) => find_policy(&self.state, policy).is_none(),
            What::IpGroup(_) | What::Settings(_) | What::RouteTable(_) => false,
        };
        absent || self.in_the_way(operation).is_some()
    }

    fn in_the_way(&self, operation: &Operation) -> Option<(String, String)> {
        let (What::Group(policy, name), Deed::Put) = (&operation.what, operation.deed) else { return None };
        let new = find_policy(self.new, policy)?;
        let wanted = find_group(new, name)?.priority;
        let held = find_policy(&self.state, policy)?.groups.iter();
        // Two groups that shall have one priority in the end, as exports have it, stand in nobody's way.
        let keeps = |group: &Group| find_group(new, &group.name).is_some_and(|then| then.priority == wanted);
        let is_other = |group: &&Group| group.priority == wanted && !group.name.eq_ignore_ascii_case(name);
        let mut others = held.filter(|group| is_other(group) && !keeps(group));
        Some((policy.clone(), others.next()?.name.clone()))
    }

    /// Where groups only wait for each other's priorities, one of them is deleted before it is written again.
    fn make_way(&self, rest: &mut Vec<Operation>) {
        if rest.iter().any(|operation| !self.is_blocked(operation)) {
            return;
        }
        if let Some((policy, group)) = rest.first().and_then(|operation| self.in_the_way(operation)) {
            rest.push(Operation { deed: Deed::Delete, what: What::Group(policy, group), why: Why::InTheWay });
        }
    }

    /// Does the rest behind a temporary group that denies what it would open.
    fn guarded(&mut self, rest: Vec<Operation>) -> Result<(), NoPlan> {
        let opened = self.opened_by(&rest)?;
        let policy = self.guarded_policy(&rest).ok_or_else(|| {
            NoPlan::Opens(opened.first().map(|passing| describe(&passing.witness)).unwrap_or_default())
        })?;
        let mut failed = None;
        for what in [Guard::Of(&opened), Guard::All] {
            let guard = guard(&policy, &self.state, self.new, what)?;
            let (state, done) = (self.state.clone(), self.steps.len());
            match self.behind(&policy.name, &guard, rest.clone()) {
                Ok(()) => return Ok(()),
                Err(why) => failed = Some(why),
            }
            self.state = state;
            self.steps.truncate(done);
        }
        Err(failed.unwrap_or(NoPlan::NoRoom(policy.name)))
    }

    /// What the rest opens where it is done as it stands.
    fn opened_by(&self, rest: &[Operation]) -> Result<Vec<Passing>, NoPlan> {
        let mut state = self.state.clone();
        let mut opened = Vec::new();
        for operation in rest {
            state = after(&state, operation, self.new);
            opened.extend(self.effect(&state)?.opened);
        }
        Ok(opened)
    }

    /// The policy whose groups are read first of those that the rest changes.
    fn guarded_policy(&self, rest: &[Operation]) -> Option<Policy> {
        let touched = |policy: &&Policy| {
            rest.iter().any(|operation| match &operation.what {
                What::Group(name, _) | What::Settings(name) => name.eq_ignore_ascii_case(&policy.name),
                What::IpGroup(_) | What::RouteTable(_) => false,
            })
        };
        let parents = self.state.policies.iter().filter(|policy| self.new.parent_of(policy).is_none());
        let children = self.state.policies.iter().filter(|policy| self.new.parent_of(policy).is_some());
        let known = |policy: &&Policy| find_policy(self.new, &policy.name).is_some();
        let mut all = parents.chain(children).filter(known);
        let first = all.clone().find(touched);
        first.or_else(|| all.next()).cloned()
    }

    /// Does `rest` behind `guard`, and then takes the guard away.
    fn behind(&mut self, policy: &str, guard: &Group, mut rest: Vec<Operation>) -> Result<(), NoPlan> {
        let what = What::Group(policy.to_owned(), guard.name.clone());
        let put = Operation { deed: Deed::Put, what: what.clone(), why: Why::Guard };
        let mut next = self.state.clone();
        super::state::put_group(&mut next, policy, &guard.name, Some(guard));
        let found = self.effect(&next)?;
        self.step(put, next, found)?;
        let done = without_guard(guard, what, &mut rest);
        while !rest.is_empty() {
            self.make_way(&mut rest);
            let Some((place, next, found)) = self.best(&rest)? else {
                let opened = self.opened_by(&rest)?;
                return Err(NoPlan::Opens(
                    opened.first().map(|passing| describe(&passing.witness)).unwrap_or_default(),
                ));
            };
            let operation = rest.remove(place);
            self.step(operation, next, found)?;
        }
        self.take(done)
    }
}

/// What takes the guard away in the end: it is deleted, or its group is written or deleted as it shall be.
fn without_guard(guard: &Group, what: What, rest: &mut Vec<Operation>) -> Operation {
    if is_own(guard) {
        return Operation { deed: Deed::Delete, what, why: Why::GuardDone };
    }
    match rest.iter().position(|operation| operation.what == what) {
        Some(place) => rest.remove(place),
        None => Operation { deed: Deed::Put, what, why: Why::GuardDone },
    }
}

fn share(passing: &[Passing]) -> f64 {
    passing.iter().map(|passing| passing.product.share).sum()
}
