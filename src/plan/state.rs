//! What is in Azure, and what an operation does to it.

use crate::model::{Group, Model, Pods, Policy};

use super::{Deed, PlanChange, PlanOperation};

/// An operation with what it writes.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Task {
    pub(super) operation: PlanOperation,
    pub(super) content: GroupContent,
}

/// What an operation writes.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum GroupContent {
    /// What the model states that is wanted in the end; nothing where it is deleted.
    Wanted,
    /// This group.
    Group(Group),
    /// A policy without its groups.
    Settings(Box<Policy>),
}

impl Task {
    /// The operation that makes a resource as it shall be.
    pub(super) fn wanted(operation: PlanOperation) -> Self {
        Self { operation, content: GroupContent::Wanted }
    }
}

pub(super) fn find_policy<'m>(model: &'m Model, name: &str) -> Option<&'m Policy> {
    model.policies.iter().find(|policy| policy.name == name)
}

pub(super) fn find_group<'p>(policy: &'p Policy, name: &str) -> Option<&'p Group> {
    policy.groups.iter().find(|group| group.name == name)
}

/// Gives `policy` everything of `new` but its groups.
pub(super) fn put_settings_of(policy: &mut Policy, new: &Policy) {
    *policy = Policy { groups: std::mem::take(&mut policy.groups), ..new.clone() };
}

/// What is there in the end: all of `new`, and what it does not speak of as it was.
pub(super) fn ended(old: &Model, new: &Model) -> Model {
    let mut end = new.clone();
    let untold = old.policies.iter().filter(|policy| find_policy(new, &policy.name).is_none());
    end.policies.extend(untold.cloned());
    for (id, group) in &old.ip_groups {
        end.ip_groups.entry(id.clone()).or_insert_with(|| group.clone());
    }
    let is_told = |name: &str| new.route_tables.iter().any(|table| table.name == name);
    end.route_tables.extend(old.route_tables.iter().filter(|table| !is_told(&table.name)).cloned());
    end
}

/// `state` after `task`; `new` has what is wanted.
pub(super) fn after(state: &Model, task: &Task, new: &Model) -> Model {
    let mut next = state.clone();
    let is_put = task.operation.deed == Deed::Put;
    match &task.operation.what {
        PlanChange::IpGroup(name) => {
            next.ip_groups.retain(|known, _| known.name != *name);
            if let Some(group) = new.ip_groups.values().find(|group| is_put && group.name == *name) {
                next.ip_groups.insert(group.id(), group.clone());
            }
        }
        PlanChange::Settings(name) if !is_put => next.policies.retain(|policy| policy.name != *name),
        PlanChange::Settings(name) => match &task.content {
            GroupContent::Settings(policy) => put_settings(&mut next, policy),
            GroupContent::Wanted | GroupContent::Group(_) => {
                find_policy(new, name).into_iter().for_each(|policy| put_settings(&mut next, policy));
            }
        },
        PlanChange::Group(policy, name) => {
            let put = match &task.content {
                GroupContent::Group(group) => Some(group),
                GroupContent::Wanted | GroupContent::Settings(_) => {
                    find_policy(new, policy).and_then(|policy| find_group(policy, name))
                }
            };
            put_group(&mut next, policy, name, put.filter(|_| is_put));
        }
        PlanChange::Pods(policy, name) => {
            let wanted = find_policy(new, policy).and_then(|policy| named_pods(policy, name)).cloned();
            wanted.into_iter().for_each(|pods| put_pods(&mut next, policy, name, &pods));
        }
        PlanChange::Draft(name, groups) => {
            find_policy(new, name).into_iter().for_each(|policy| put_settings(&mut next, policy));
            let wanted = find_policy(new, name).into_iter().flat_map(|policy| &policy.groups);
            let drafted = wanted.filter(|group| groups.contains(&group.name));
            drafted.for_each(|group| put_group(&mut next, name, &group.name, Some(group)));
        }
        PlanChange::RouteTable(name) => {
            next.route_tables.retain(|table| table.name != *name);
            let put = new.route_tables.iter().filter(|table| is_put && table.name == *name);
            next.route_tables.extend(put.cloned());
        }
    }
    next
}

fn put_settings(state: &mut Model, wanted: &Policy) {
    match state.policies.iter_mut().find(|policy| policy.name == wanted.name) {
        Some(policy) => put_settings_of(policy, wanted),
        None => state.policies.push(Policy { groups: Vec::new(), ..wanted.clone() }),
    }
}

fn put_group(state: &mut Model, policy: &str, name: &str, group: Option<&Group>) {
    let Some(policy) = state.policies.iter_mut().find(|known| known.name == policy) else { return };
    policy.groups.retain(|known| known.name != *name);
    policy.groups.extend(group.cloned());
}

/// The sources of the rules that may name pods.
pub(super) fn pods_of(group: &Group) -> impl Iterator<Item = &Pods> {
    group.collections.iter().flat_map(|collection| collection.rules.pods())
}

/// What the selector group called `name` holds.
pub(super) fn named_pods<'p>(policy: &'p Policy, name: &str) -> Option<&'p Pods> {
    policy.groups.iter().flat_map(pods_of).find(|pods| is_named(pods, name))
}

fn is_named(pods: &Pods, name: &str) -> bool {
    matches!(pods, Pods::Selected { name: Some(own), .. } if own == name)
}

/// Gives the selector group called `name` new pods; every rule that names it has them at once.
pub(super) fn put_pods(state: &mut Model, policy: &str, name: &str, pods: &Pods) {
    let Some(policy) = state.policies.iter_mut().find(|known| known.name == policy) else { return };
    let collections = policy.groups.iter_mut().flat_map(|group| &mut group.collections);
    let known = collections.flat_map(|collection| collection.rules.pods_mut());
    known.filter(|known| is_named(known, name)).for_each(|known| known.clone_from(pods));
}
