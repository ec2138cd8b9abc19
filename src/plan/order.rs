//! The operations in order, after a temporary group where no order does without.

use crate::flow::PassingFlows;
use crate::model::{Model, Rules};

use super::changes::{changes, left_over, managed, moved, to_associate, unknown_hop};
use super::guard::{Guard, GuardedHost, guard, shift, without_dnat};
use super::network::PlannedNetwork;
use super::promise::{Promise, opens, share};
use super::search::{in_the_way, search, step};
use super::state::{Task, after, ended, find_group, find_policy};
use super::{MigrationPlan, NoPlan, PlanChange, PlanGiven, PlanReason, PlanStep, not_decided};

/// The operations that make `old`, which is deployed, say what `new` states.
///
/// # Errors
/// Where only a deployment knows what there is, the budget does not suffice, no order keeps every flow out, or Azure cannot do what is wanted.
pub fn plan(old: &Model, new: &Model, given: &PlanGiven<'_>) -> Result<MigrationPlan, NoPlan> {
    is_known(old, new)?;
    let (deployed, wanted) = (old, new);
    let (old, new) = (old.as_deployed(), new.as_deployed());
    if let Some(moved) = moved(&old, &new) {
        return Err(moved);
    }
    let end = ended(&old, &new);
    let network = PlannedNetwork::of(deployed, wanted, given.knowledge);
    let promise = Promise::new(&old, &end, &new, network, given);
    let changes = changes(&old, &new);
    if let Some(managed) = managed(&changes, deployed) {
        return Err(managed);
    }
    if let Some(unknown) = unknown_hop(&changes, [&old, &new]) {
        return Err(unknown);
    }
    let tables = PlanTables::After;
    let mut planner = Planner { state: old.clone(), new: &new, promise: &promise, steps: Vec::new(), tables };
    changes.first.iter().try_for_each(|task| planner.take(task))?;
    planner.order_with(changes.between, changes.tables)?;
    changes.last.iter().try_for_each(|task| planner.take(task))?;
    let steps = planner.steps;
    let (left_over, to_associate) = (left_over(&old, &new), to_associate(&old, wanted));
    Ok(MigrationPlan { before: old, steps, left_over, to_associate })
}

/// That no resource of either model depends on what only a deployment knows.
pub(super) fn is_known(old: &Model, new: &Model) -> Result<(), NoPlan> {
    let mut open: Vec<String> = Vec::new();
    for what in [old, new].into_iter().flat_map(Model::left_open) {
        if !open.contains(&what) {
            open.push(what);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(NoPlan::LeftOpen(open)) }
}

#[derive(Clone)]
struct Planner<'p> {
    state: Model,
    new: &'p Model,
    promise: &'p Promise<'p>,
    steps: Vec<PlanStep>,
    tables: PlanTables,
}

/// When route tables are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PlanTables {
    /// After the rules, those that send flows past a firewall last.
    After,
    /// Wherever the order that cuts least has them.
    Between,
}

/// How the rest is done where no order of its operations keeps every flow out.
#[derive(Clone)]
struct PlanWay<'w> {
    /// The policies that a group denies flows in.
    guarded: Vec<(&'w str, GuardedHost)>,
    /// What it denies.
    denied: Denied,
    /// Whether a priority before all groups is made free for it: the last resort, which writes most.
    is_shifted: bool,
    /// Whether DNAT rules, which no group can deny, are taken out first.
    is_untranslated: bool,
}

/// What a guard denies of what the rest opens, from least to most.
#[derive(Clone, Copy, PartialEq)]
enum Denied {
    Names,
    Flows,
    All,
}

impl Planner<'_> {
    /// Does `task`, which must open nothing.
    fn take(&mut self, task: &Task) -> Result<(), NoPlan> {
        let next = after(&self.state, task, self.new);
        let found = self.promise.effect(&next).map_err(not_decided)?;
        if !found.opened.is_empty() {
            return Err(opens(&found));
        }
        self.state = next.clone();
        self.steps.push(step(task, next, found));
        Ok(())
    }

    /// Does `tasks` and writes `tables`: after them, so that the rules are there that flows need which come to a firewall, and
    /// the flows go past it last which it need not see; or between them, where the other order does not keep every flow
    /// out, or cuts more.
    fn order_with(&mut self, tasks: Vec<Task>, tables: Vec<Task>) -> Result<(), NoPlan> {
        if tables.is_empty() {
            return self.order(tasks);
        }
        let mut apart = self.clone();
        let after = apart.order(tasks.clone()).and_then(|()| apart.write(tables.clone()));
        if after.is_ok() && apart.cost() <= self.cost() && !apart.is_guarded() {
            *self = apart;
            return Ok(());
        }
        let mut mixed = Planner { tables: PlanTables::Between, ..self.clone() };
        let between = mixed.order([tasks, tables].concat());
        *self = match (after, between) {
            (Ok(()), Ok(())) if (mixed.is_guarded(), mixed.cost()) < (apart.is_guarded(), apart.cost()) => mixed,
            (Ok(()), _) => apart,
            (Err(_), Ok(())) => mixed,
            (Err(_), Err(why)) => return Err(why),
        };
        Ok(())
    }

    /// Writes `tables`, those that send flows past a firewall last.
    fn write(&mut self, tables: Vec<Task>) -> Result<(), NoPlan> {
        let mut keyed = Vec::new();
        for task in tables {
            let is_wider = self.promise.is_wider(&self.state, &after(&self.state, &task, self.new));
            keyed.push((is_wider.map_err(not_decided)?, task));
        }
        keyed.sort_by_key(|(is_wider, _)| *is_wider);
        let tasks: Vec<Task> = keyed.into_iter().map(|(_, task)| task).collect();
        let found = search(self.promise, &self.state, self.new, tasks.clone())?;
        if !found.is_whole {
            let opened = self.opened_by(&tasks)?;
            return Err(NoPlan::of(opened.first()));
        }
        self.follow(found.steps);
        Ok(())
    }

    /// How much of all flows the steps so far cut.
    fn cost(&self) -> f64 {
        self.steps.iter().map(|step| share(&step.cut)).sum()
    }

    fn is_guarded(&self) -> bool {
        self.steps.iter().any(|step| step.operation.why == PlanReason::Guard)
    }

    /// Does `tasks` in the best order.
    fn order(&mut self, tasks: Vec<Task>) -> Result<(), NoPlan> {
        let found = search(self.promise, &self.state, self.new, tasks.clone())?;
        if found.is_whole {
            self.follow(found.steps);
            return Ok(());
        }
        // What opens nothing is done before the guard comes, so that it has less to deny.
        let mut further = self.clone();
        further.follow(found.steps);
        let rest = further.rest(&tasks, &[]);
        if further.guarded(&rest).is_ok() {
            *self = further;
            return Ok(());
        }
        self.guarded(&tasks)
    }

    fn follow(&mut self, steps: Vec<PlanStep>) {
        self.state = steps.last().map_or_else(|| self.state.clone(), |step| step.after.clone());
        self.steps.extend(steps);
    }

    /// Does what is left in the first of all ways that keeps every flow out.
    fn guarded(&mut self, tasks: &[Task]) -> Result<(), NoPlan> {
        let policies = self.policies(tasks);
        let names: Vec<&str> = policies.iter().map(String::as_str).collect();
        let mut failed = None;
        for way in ways(&names, self.has_dnat(tasks)) {
            let mut attempt = self.clone();
            match attempt.go(&way, tasks) {
                Ok(true) => {
                    *self = attempt;
                    return Ok(());
                }
                Ok(false) => {}
                Err(stopped @ NoPlan::NotDecided(_)) => return Err(stopped),
                Err(why) => failed = failed.or(Some(why)),
            }
        }
        let opened = || self.opened_by(tasks).ok().and_then(|opened| opened.into_iter().next());
        Err(failed.unwrap_or_else(|| NoPlan::of(opened().as_ref())))
    }

    /// Does what is left in one way; false where that way is none.
    fn go(&mut self, way: &PlanWay<'_>, tasks: &[Task]) -> Result<bool, NoPlan> {
        if !way.is_shifted {
            return self.go_on(way, tasks);
        }
        // All is done with the groups in front one priority further back, and then they move forward again.
        let policies = || way.guarded.iter().map(|(policy, _)| *policy);
        let shifted = policies().fold(self.new.clone(), |new, policy| {
            shift(policy, &new).iter().fold(new.clone(), |new, task| after(&new, task, self.new))
        });
        let mut there = Planner { new: &shifted, state: self.state.clone(), steps: self.steps.clone(), ..*self };
        let moved: Vec<Task> = policies().flat_map(|policy| shift(policy, &self.state)).collect();
        moved.iter().try_for_each(|task| there.take(task))?;
        if !there.go_on(way, tasks)? {
            return Ok(false);
        }
        (self.state, self.steps) = (there.state, there.steps);
        let mut back = self.rest(tasks, &[]);
        back.sort_by_key(|task| match &task.operation.what {
            PlanChange::Group(policy, name) => {
                find_policy(self.new, policy).and_then(|policy| find_group(policy, name)).map(|group| group.priority)
            }
            PlanChange::IpGroup(_)
            | PlanChange::Settings(_)
            | PlanChange::Pods(..)
            | PlanChange::RouteTable(_)
            | PlanChange::Draft(..) => None,
        });
        back.iter_mut().for_each(|task| task.operation.why = PlanReason::Back);
        back.iter().try_for_each(|task| self.take(task))?;
        Ok(true)
    }

    fn go_on(&mut self, way: &PlanWay<'_>, tasks: &[Task]) -> Result<bool, NoPlan> {
        let rest = self.rest(tasks, &[]);
        let opened = if way.denied == Denied::All { Vec::new() } else { self.opened_by(&rest)? };
        let what = match way.denied {
            Denied::Names => Guard::Names(&opened),
            Denied::Flows => Guard::Flows(&opened),
            Denied::All => Guard::All,
        };
        let mut guards = Vec::new();
        for (policy, host) in &way.guarded {
            let Some(task) = guard(policy, &self.state, self.new, what, *host) else { return Ok(false) };
            if in_the_way(&task, &self.state, self.new).is_some() {
                return Ok(false);
            }
            guards.push(task.operation.what.clone());
            self.take(&task)?;
        }
        if way.is_untranslated {
            self.untranslate(&rest)?;
        }
        let (last, between): (Vec<Task>, Vec<Task>) =
            self.rest(tasks, &guards).into_iter().partition(|task| guards.contains(&task.operation.what));
        for tasks in [between, last] {
            let found = search(self.promise, &self.state, self.new, tasks)?;
            if !found.is_whole {
                return Ok(false);
            }
            self.follow(found.steps);
        }
        Ok(true)
    }

    /// What differs from what is wanted in the end.
    fn open(&self) -> Vec<Task> {
        let mut changes = changes(&self.state, self.new);
        if self.tables == PlanTables::Between {
            changes.between.append(&mut changes.tables);
        }
        changes.between
    }

    /// What is left to do, and for what reason: what was wanted before is so still.
    fn rest(&self, wanted: &[Task], guards: &[PlanChange]) -> Vec<Task> {
        let mut rest = self.open();
        for task in &mut rest {
            let operation = &mut task.operation;
            let known = wanted.iter().find(|wanted| wanted.operation.what == operation.what);
            operation.why = match known {
                Some(known) => known.operation.why,
                None if guards.contains(&operation.what) => PlanReason::GuardDone,
                None => PlanReason::Back,
            };
        }
        rest
    }

    /// Takes the DNAT rules out of the groups that change, those that are read last first.
    fn untranslate(&mut self, rest: &[Task]) -> Result<(), NoPlan> {
        let mut groups = Vec::new();
        for task in rest {
            let PlanChange::Group(policy, name) = &task.operation.what else { continue };
            let group = find_policy(&self.state, policy).and_then(|policy| find_group(policy, name));
            groups.extend(group.map(|group| (policy.clone(), group.clone())));
        }
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.priority));
        let tasks: Vec<Task> = groups.iter().filter_map(|(policy, group)| without_dnat(policy, group)).collect();
        tasks.iter().try_for_each(|task| self.take(task))
    }

    fn has_dnat(&self, tasks: &[Task]) -> bool {
        let groups = tasks.iter().filter_map(|task| match &task.operation.what {
            PlanChange::Group(policy, name) => find_group(find_policy(&self.state, policy)?, name),
            PlanChange::IpGroup(_)
            | PlanChange::Settings(_)
            | PlanChange::Pods(..)
            | PlanChange::RouteTable(_)
            | PlanChange::Draft(..) => None,
        });
        groups.flat_map(|group| &group.collections).any(|collection| matches!(collection.rules, Rules::Nat(_)))
    }

    /// What `tasks` open where they are done as they are.
    fn opened_by(&self, tasks: &[Task]) -> Result<Vec<PassingFlows>, NoPlan> {
        let mut state = self.state.clone();
        let mut opened = Vec::new();
        for task in tasks {
            state = after(&state, task, self.new);
            opened.extend(self.promise.effect(&state).map_err(not_decided)?.opened);
        }
        Ok(opened)
    }

    /// The policies in which a group may deny: first those whose groups are read first of those that change.
    fn policies(&self, tasks: &[Task]) -> Vec<String> {
        let is_touched = |name: &str| {
            tasks.iter().any(|task| match &task.operation.what {
                PlanChange::Group(policy, _) | PlanChange::Settings(policy) | PlanChange::Pods(policy, _) => {
                    policy == name
                }
                PlanChange::IpGroup(_) | PlanChange::RouteTable(_) | PlanChange::Draft(..) => false,
            })
        };
        let known = self.state.policies.iter().filter(|policy| find_policy(self.new, &policy.name).is_some());
        let mut found: Vec<(bool, bool, String)> = known
            .map(|policy| (!is_touched(&policy.name), self.new.parent_of(policy).is_some(), policy.name.to_string()))
            .collect();
        found.sort_by_key(|(untouched, is_child, _)| (*untouched, *is_child));
        found.into_iter().map(|(_, _, name)| name).collect()
    }
}

/// All ways, those that deny and write least first.
fn ways<'w>(policies: &[&'w str], has_dnat: bool) -> Vec<PlanWay<'w>> {
    let mut guarded: Vec<(Vec<(&str, GuardedHost)>, bool)> = Vec::new();
    let hosts = [
        (GuardedHost::Own, false),
        (GuardedHost::First, false),
        (GuardedHost::FirstToBe, false),
        (GuardedHost::Own, true),
    ];
    for (host, is_shifted) in hosts {
        guarded.extend(policies.iter().map(|policy| (vec![(*policy, host)], is_shifted)));
        if policies.len() > 1 {
            guarded.push((policies.iter().map(|policy| (*policy, host)).collect(), is_shifted));
        }
    }
    let mut ways = Vec::new();
    for is_untranslated in [false, true].into_iter().take(if has_dnat { 2 } else { 1 }) {
        if is_untranslated {
            ways.push(PlanWay { guarded: Vec::new(), denied: Denied::All, is_shifted: false, is_untranslated });
        }
        for (guarded, is_shifted) in &guarded {
            for denied in [Denied::Names, Denied::Flows, Denied::All] {
                ways.push(PlanWay { guarded: guarded.clone(), denied, is_shifted: *is_shifted, is_untranslated });
            }
        }
    }
    ways
}
