//! The order of few operations against all orders there are.

use std::collections::BTreeMap;

use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::model::{Model, ResourceId, ResourceName};
use fwc::plan::{PlanChange, PlanGiven, effect, plan};

use super::draws::{Pair, pair};
use super::{seeds, whole};

/// All operations that have to be found an order for, and what stands there behind some of them.
struct Orders<'m> {
    old: &'m Model,
    new: &'m Model,
    end: Model,
    whats: Vec<PlanChange>,
    /// The share of the flows that a set of operations cuts; nothing where it opens some.
    known: BTreeMap<usize, Option<f64>>,
}

impl Orders<'_> {
    fn state(&self, done: usize) -> Option<Model> {
        let mut state = self.old.clone();
        state.ip_groups = self.end.ip_groups.clone();
        let changed = |name: &ResourceName| self.whats.contains(&PlanChange::IpGroup(name.clone()));
        for (id, group) in self.old.ip_groups.iter().filter(|(id, _)| changed(&id.name)) {
            state.ip_groups.insert(id.clone(), group.clone());
        }
        let done: Vec<&PlanChange> =
            (0..self.whats.len()).filter(|at| done >> at & 1 == 1).map(|at| &self.whats[at]).collect();
        for what in done {
            match what {
                PlanChange::IpGroup(name) => {
                    let id = ResourceId::own(name.clone());
                    let group = self.end.ip_groups[&id].clone();
                    drop(state.ip_groups.insert(id, group));
                }
                PlanChange::Group(policy, name) => {
                    let wanted = self.new.policy(policy)?.groups.iter().find(|group| group.name == *name);
                    let here = state.policies.iter_mut().find(|known| known.name == *policy)?;
                    here.groups.retain(|group| group.name != *name);
                    here.groups.extend(wanted.cloned());
                }
                PlanChange::Settings(_) | PlanChange::Pods(..) | PlanChange::RouteTable(_) | PlanChange::Draft(..) => {
                    return None;
                }
            }
        }
        let twice = state.policies.iter().any(|policy| {
            let mut priorities: Vec<_> = policy.groups.iter().map(|group| group.priority).collect();
            priorities.sort_unstable();
            priorities.windows(2).any(|two| two[0] == two[1])
        });
        (!twice).then_some(state)
    }

    fn cut(&mut self, done: usize) -> Option<f64> {
        if let Some(known) = self.known.get(&done) {
            return *known;
        }
        let given = PlanGiven { knowledge: &Knowledge::none(), budget: &WorkBudget::default() };
        let found = self.state(done).map(|state| effect([self.old, &state, self.new], &given).unwrap());
        let share = |cut: &[fwc::flow::PassingFlows]| cut.iter().map(|passing| passing.product.share).sum();
        let found = found.filter(|found| found.opened.is_empty()).map(|found| share(&found.cut));
        self.known.insert(done, found);
        found
    }

    /// The least that an order of what is not done cuts, summed over its steps; nothing where each opens something.
    fn least(&mut self, done: usize) -> Option<f64> {
        let left: Vec<usize> = (0..self.whats.len()).filter(|at| done >> at & 1 == 0).collect();
        if left.is_empty() {
            return Some(0.0);
        }
        let each = left.into_iter().filter_map(|at| {
            let next = done | 1 << at;
            Some(self.cut(next)? + self.least(next)?)
        });
        each.min_by(f64::total_cmp)
    }
}

#[test]
fn the_order_of_few_operations_is_the_best_there_is() {
    let given = PlanGiven { knowledge: &Knowledge::none(), budget: &WorkBudget::default() };
    let (mut pairs, mut none, mut cutting, mut saved) = (0, 0, 0, 0);
    for seed in seeds() {
        let Pair { old, new, .. } = pair(seed);
        let (old, new) = (old.as_deployed(), new.as_deployed());
        let plan = plan(&old, &new, &given).unwrap();
        let mut whats: Vec<PlanChange> = Vec::new();
        for step in &plan.steps {
            let what = step.operation.what.clone();
            let is_new = matches!(&what, PlanChange::IpGroup(name) if !old.ip_groups.contains_key(&ResourceId::own(name.clone())));
            if !whats.contains(&what) && !what.path().ends_with("/fwc-plan-guard") && !is_new {
                whats.push(what);
            }
        }
        if !(2..=5).contains(&whats.len())
            || !whats.iter().all(|what| matches!(what, PlanChange::Group(..) | PlanChange::IpGroup(_)))
        {
            continue;
        }
        pairs += 1;
        let mut orders = Orders { old: &old, new: &new, end: whole(&old, &new), whats, known: BTreeMap::new() };
        let least = orders.least(0);
        let share = |passing: &fwc::flow::PassingFlows| passing.product.share;
        let found: f64 = plan.steps.iter().flat_map(|step| &step.cut).map(share).sum();
        match least {
            None => none += 1,
            Some(least) => {
                assert!(!plan.is_guarded(), "seed {seed}: there is an order");
                assert!(found <= least * 1.000_001, "seed {seed}: {found} of at least {least}");
                cutting += usize::from(least > 0.0);
                saved += usize::from(found < least * 0.999);
            }
        }
    }
    println!(
        "{pairs} pairs: {none} without an order, {cutting} where each order cuts, {saved} where making way cuts less"
    );
    let drawn = seeds().count();
    assert!(pairs * 5 >= drawn && none * 60 >= drawn && cutting * 60 >= drawn, "{pairs} {none} {cutting}");
}
