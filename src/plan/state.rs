//! What stands in Azure, and what an operation does to it.

use crate::assert::axioms;
use crate::azure::evaluate::{Knowledge, Order};
use crate::azure::{Effects, Group, Model, Policy, decisions_with};
use crate::flow::{Between, DecisionList, NotDecided, Space, between};

use super::{Deed, Given, Operation, What};

/// How many products of flows are told apart; more are cut off and said to be so.
const LIMIT: usize = 2_000;

pub(super) fn find_policy<'m>(model: &'m Model, name: &str) -> Option<&'m Policy> {
    model.policies.iter().find(|policy| policy.name.eq_ignore_ascii_case(name))
}

pub(super) fn find_group<'p>(policy: &'p Policy, name: &str) -> Option<&'p Group> {
    policy.groups.iter().find(|group| group.name.eq_ignore_ascii_case(name))
}

/// Gives `policy` everything of `new` but its groups.
pub(super) fn put_settings_of(policy: &mut Policy, new: &Policy) {
    *policy = Policy { groups: std::mem::take(&mut policy.groups), ..new.clone() };
}

/// `state` after `operation`, whose content `new` has.
pub(super) fn after(state: &Model, operation: &Operation, new: &Model) -> Model {
    let mut next = state.clone();
    match (&operation.what, operation.deed) {
        (What::IpGroup(name), Deed::Put) => {
            if let Some(group) = new.ip_groups.get(name) {
                next.ip_groups.retain(|known, _| !known.eq_ignore_ascii_case(name));
                next.ip_groups.insert(name.clone(), group.clone());
            }
        }
        (What::IpGroup(name), Deed::Delete) => next.ip_groups.retain(|known, _| !known.eq_ignore_ascii_case(name)),
        (What::Settings(name), Deed::Put) => put_settings(&mut next, name, new),
        (What::Settings(name), Deed::Delete) => next.policies.retain(|policy| !policy.name.eq_ignore_ascii_case(name)),
        (What::Group(policy, name), deed) => {
            let put = find_policy(new, policy).and_then(|policy| find_group(policy, name));
            put_group(&mut next, policy, name, put.filter(|_| deed == Deed::Put));
        }
        (What::RouteTable(name), deed) => {
            next.route_tables.retain(|table| !table.name.eq_ignore_ascii_case(name));
            let put = new.route_tables.iter().filter(|table| deed == Deed::Put && table.name == *name);
            next.route_tables.extend(put.cloned());
        }
    }
    next
}

fn put_settings(state: &mut Model, name: &str, new: &Model) {
    let Some(wanted) = find_policy(new, name) else { return };
    match state.policies.iter_mut().find(|policy| policy.name.eq_ignore_ascii_case(name)) {
        Some(policy) => put_settings_of(policy, wanted),
        None => state.policies.push(Policy { groups: Vec::new(), ..wanted.clone() }),
    }
}

pub(super) fn put_group(state: &mut Model, policy: &str, name: &str, group: Option<&Group>) {
    let Some(policy) = state.policies.iter_mut().find(|known| known.name.eq_ignore_ascii_case(policy)) else { return };
    policy.groups.retain(|known| !known.name.eq_ignore_ascii_case(name));
    policy.groups.extend(group.cloned());
}

/// What `way` does with the flows of the firewalls that the policies of `new` are attached to, compared with the states
/// before the first and after the last step.
///
/// # Errors
/// Where the budget does not suffice.
pub fn effect([old, way, new]: [&Model; 3], given: &Given<'_>) -> Result<Between, NotDecided> {
    let mut all = Between { complete: true, ..Between::default() };
    for leaf in new.leaves() {
        let found = of_policy([old, way, new], &leaf.name, given)?;
        all.opened.extend(found.opened);
        all.cut.extend(found.cut);
        all.complete &= found.complete;
    }
    Ok(all)
}

fn of_policy(models: [&Model; 3], policy: &str, given: &Given<'_>) -> Result<Between, NotDecided> {
    let mut effects = Effects::default();
    let [old, way, new] = models.map(|model| list(model, policy, given.knowledge, &mut effects));
    let (space, [old, way, new]) = Space::of(&axioms(given.knowledge), [&old, &way, &new]);
    between(&space, [&old, &way, &new], LIMIT, given.budget)
}

/// What a firewall with the policy does; without it nothing passes.
fn list(model: &Model, policy: &str, knowledge: &Knowledge, effects: &mut Effects) -> DecisionList {
    let model = knowledge.applied_to(model);
    match find_policy(&model, policy) {
        Some(policy) => decisions_with(&Order::of(&model, policy), knowledge, effects).list,
        None => DecisionList::new(Vec::new()),
    }
}
