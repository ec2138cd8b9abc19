//! What differs between two models, as operations.

use crate::model::{Association, Base, Model, NextHop, Pods, Policy, ResourceName, RouteTable, Settings};

use super::state::{GroupContent, Task, find_group, find_policy, named_pods, pods_of, put_pods, put_settings_of};
use super::{Deed, NoPlan, PlanChange, PlanOperation, PlanReason};

/// The operations, by when they may be done.
#[derive(Debug, Default)]
pub(super) struct PlannedChanges {
    /// Before everything: nothing that is deployed refers to it, or needs what it removes.
    pub(super) first: Vec<Task>,
    /// In an order that has to be found: each changes what passes.
    pub(super) between: Vec<Task>,
    /// Each changes what comes to the firewall, and may be done between those or after them.
    pub(super) tables: Vec<Task>,
    /// After everything.
    pub(super) last: Vec<Task>,
}

/// A policy that a controller writes and that one of the changes would write.
pub(super) fn managed(changes: &PlannedChanges, deployed: &Model) -> Option<NoPlan> {
    let is_managed = |name: &ResourceName| {
        deployed.policies.iter().any(|policy| policy.settings.is_managed && policy.name == *name.as_str())
    };
    let written = [&changes.first, &changes.between, &changes.tables, &changes.last].into_iter().flatten();
    let policies = written.filter_map(|task| match &task.operation.what {
        PlanChange::Settings(policy) | PlanChange::Group(policy, _) | PlanChange::Pods(policy, _) => Some(policy),
        PlanChange::Draft(..) | PlanChange::IpGroup(_) | PlanChange::RouteTable(_) => None,
    });
    let mut policies = policies.filter(|policy| is_managed(policy));
    policies.next().map(|policy| NoPlan::Managed(policy.to_string()))
}

/// What has to be done to `old` to make it say what `new` states. The order of a set's entries, or another way to say the
/// same, is no difference: exports have both.
pub(super) fn changes(old: &Model, new: &Model) -> PlannedChanges {
    let (old, new) = (&mut old.canonical(), &new.canonical());
    let mut changes = PlannedChanges::default();
    for (id, group) in &new.ip_groups {
        let name = &group.name;
        match old.ip_groups.get(id) {
            None => changes.first.push(put(PlanChange::IpGroup(name.clone()), PlanReason::New)),
            Some(known) if known.addresses == group.addresses => {}
            Some(_) => changes.between.push(put(PlanChange::IpGroup(name.clone()), PlanReason::Changed)),
        }
    }
    for policy in by_base(new) {
        settings(find_policy(old, &policy.name), policy, &mut changes);
    }
    changes.first.sort_by_key(|task| is_upgrade_of_base(task, new));
    for policy in by_base(new) {
        pods(old, policy, &mut changes.between);
        groups(find_policy(old, &policy.name), policy, &mut changes.between);
    }
    let tables = tables(old, new);
    changes.tables = tables.map(|(name, why)| put(PlanChange::RouteTable(name.to_string().into()), why)).collect();
    changes
}

/// The route tables that have to be written, and why.
pub(super) fn tables<'m>(old: &'m Model, new: &'m Model) -> impl Iterator<Item = (&'m ResourceName, PlanReason)> {
    new.route_tables.iter().filter_map(|table| {
        let known = old.route_tables.iter().find(|known| known.name == table.name);
        match known {
            None => Some((&table.name, PlanReason::New)),
            Some(known) if known == table => None,
            Some(_) => Some((&table.name, PlanReason::Changed)),
        }
    })
}

fn put(what: PlanChange, why: PlanReason) -> Task {
    Task::wanted(PlanOperation { deed: Deed::Put, what, why })
}

/// The policies, a base before those that inherit it.
fn by_base(model: &Model) -> Vec<&Policy> {
    let mut policies: Vec<&Policy> = model.policies.iter().collect();
    policies.sort_by_key(|policy| model.bases(policy).len());
    policies
}

/// No policy may be of a lower tier than its base: one that rises does so before its base.
fn is_upgrade_of_base(task: &Task, new: &Model) -> bool {
    let PlanChange::Settings(name) = &task.operation.what else { return false };
    let is_base = find_policy(new, name).is_some_and(|policy| new.parent_of(policy).is_none());
    is_base && task.operation.why == PlanReason::Changed
}

/// The settings of a policy, in up to three writes: what the groups to come need is there before them, the base changes
/// among them, and what the groups that go have needed is taken away after them.
fn settings(old: Option<&Policy>, new: &Policy, changes: &mut PlannedChanges) {
    let what = || PlanChange::Settings(new.name.to_string().into());
    let Some(old) = old else {
        // With a base, it lets pass what the base does as soon as it is there.
        let when = if new.base.is_some() { &mut changes.between } else { &mut changes.first };
        when.push(put(what(), PlanReason::New));
        return;
    };
    let wanted = meant(old, new);
    let same_base = wanted.base == old.base;
    let enough = Policy { settings: enough(&old.settings, &wanted.settings), ..wanted.clone() };
    let before = Policy { base: old.base.clone(), ..enough.clone() };
    let partly = |policy: &Policy| GroupContent::Settings(Box::new(policy.clone()));
    let operation = || PlanOperation { deed: Deed::Put, what: what(), why: PlanReason::Changed };
    let rises = enough.settings != old.settings && (same_base || needs(&enough.settings) != needs(&old.settings));
    if rises {
        let content = if before == wanted { GroupContent::Wanted } else { partly(&before) };
        changes.first.push(Task { operation: operation(), content });
    }
    if !same_base {
        let content = if enough == wanted { GroupContent::Wanted } else { partly(&enough) };
        changes.between.push(Task { operation: operation(), content });
    }
    if enough.settings != wanted.settings {
        changes.last.push(put(what(), PlanReason::Changed));
    }
}

/// `new` without its groups, in the words of `old` where both mean the same.
fn meant(old: &Policy, new: &Policy) -> Policy {
    let mut meant = old.clone();
    put_settings_of(&mut meant, new);
    let lower = |base: &Option<Base>| base.as_ref().map(Base::name).map(str::to_ascii_lowercase);
    // A base by name alone is the one of that name: exports have its resource id.
    let by_name = [&old.base, &new.base].into_iter().flatten().any(|base| matches!(base, Base::Named(_)));
    if by_name && lower(&old.base) == lower(&new.base) {
        meant.base.clone_from(&old.base);
    }
    Policy { name: old.name.clone(), groups: Vec::new(), ..meant }
}

/// What rules may need of the settings: names in network rules want the DNS proxy, what a tier brings wants the tier, and
/// inspection wants its certificate.
fn needs(settings: &Settings) -> (crate::model::Sku, bool, bool) {
    (settings.sku, settings.dns_proxy(), settings.tls.is_some())
}

/// `new`, with all that the rules of `old` may need.
fn enough(old: &Settings, new: &Settings) -> Settings {
    let mut enough = Settings { sku: old.sku.max(new.sku), ..new.clone() };
    if old.dns_proxy() && !new.dns_proxy() {
        enough.dns.clone_from(&old.dns);
    }
    if old.tls.is_some() && new.tls.is_none() {
        enough.tls.clone_from(&old.tls);
        let added = old.identities.iter().filter(|identity| !new.identities.contains(identity));
        enough.identities.extend(added.cloned());
        enough.identities.sort_unstable();
    }
    enough
}

/// Selector groups that hold other pods under the same name. In `old` they hold them from here on, so that a group that
/// states nothing else new needs no write of its own.
fn pods(old: &mut Model, new: &Policy, operations: &mut Vec<Task>) {
    let mut seen: Vec<String> = Vec::new();
    for pods in new.groups.iter().flat_map(pods_of) {
        let Pods::Selected { name: Some(name), .. } = pods else { continue };
        if seen.iter().any(|known| known == name) {
            continue;
        }
        seen.push(name.clone());
        let known = find_policy(old, &new.name).and_then(|policy| named_pods(policy, name));
        if known.is_some_and(|known| known.key() != pods.key()) {
            operations.push(put(PlanChange::Pods(new.name.clone(), name.into()), PlanReason::Changed));
            put_pods(old, &new.name, name, pods);
        }
    }
}

fn groups(old: Option<&Policy>, new: &Policy, operations: &mut Vec<Task>) {
    let name = |group: &str| PlanChange::Group(new.name.clone(), group.into());
    for group in &new.groups {
        match old.and_then(|old| find_group(old, &group.name)) {
            None => operations.push(put(name(&group.name), PlanReason::New)),
            Some(known) if known == group => {}
            Some(_) => operations.push(put(name(&group.name), PlanReason::Changed)),
        }
    }
    for group in old.into_iter().flat_map(|old| &old.groups) {
        if find_group(new, &group.name).is_none() {
            let operation = PlanOperation { deed: Deed::Delete, what: name(&group.name), why: PlanReason::Gone };
            operations.push(Task::wanted(operation));
        }
    }
}

/// What stays in Azure although nothing of `new` uses it.
pub(super) fn left_over(old: &Model, new: &Model) -> Vec<String> {
    let unused = old.ip_groups.keys().filter(|name| !new.ip_groups.contains_key(*name));
    let mut left: Vec<String> =
        unused.map(|name| format!("IP group `{name}`, which other firewalls may use")).collect();
    for policy in &old.policies {
        let Some(then) = find_policy(new, &policy.name) else {
            left.push(format!("policy `{}`, of which nothing is said any more", policy.name));
            continue;
        };
        let mut names: Vec<&String> = Vec::new();
        for pods in policy.groups.iter().flat_map(pods_of) {
            let Pods::Selected { name: Some(name), .. } = pods else { continue };
            if named_pods(then, name).is_none() && !names.contains(&name) {
                names.push(name);
            }
        }
        left.extend(names.into_iter().map(|name| format!("selector group `{}/{name}`", policy.name)));
    }
    let is_told = |name: &str| new.route_tables.iter().any(|table| table.name == name);
    let tables = old.route_tables.iter().filter(|table| !is_told(&table.name));
    left.extend(tables.map(|table| format!("route table `{}`, which subnets may use", table.name)));
    left
}

/// The subnets that `new` lists for route tables that `old` does not have.
pub(super) fn to_associate(old: &Model, new: &Model) -> Vec<Association> {
    let is_new = |table: &&RouteTable| !old.route_tables.iter().any(|known| known.name == table.name);
    let tables = new.route_tables.iter().filter(is_new);
    tables.flat_map(RouteTable::associations).collect()
}

/// A resource that would have to move to another region, which Azure does not do.
pub(super) fn moved(old: &Model, new: &Model) -> Option<NoPlan> {
    let (old, new) = (old.canonical(), new.canonical());
    new.policies.iter().find_map(|policy| {
        let from = find_policy(&old, &policy.name)?.settings.location.clone()?;
        let to = policy.settings.location.clone()?;
        (from != to).then(|| NoPlan::Moved { policy: policy.name.to_string(), from, to })
    })
}

/// A route table that the plan would write, or write back, with a next hop that only a deployment knows.
pub(super) fn unknown_hop(changes: &PlannedChanges, models: [&Model; 2]) -> Option<NoPlan> {
    let is_unknown = |table: &&RouteTable| {
        table.routes.iter().any(|route| match &route.next_hop {
            NextHop::Unknown(_) => true,
            NextHop::Appliance(_)
            | NextHop::Appliances(_)
            | NextHop::Internet
            | NextHop::Gateway
            | NextHop::VnetLocal
            | NextHop::None => false,
        })
    };
    let is_written = |table: &&RouteTable| {
        changes
            .tables
            .iter()
            .any(|task| matches!(&task.operation.what, PlanChange::RouteTable(name) if table.name == *name.as_str()))
    };
    let tables = models.into_iter().flat_map(|model| &model.route_tables);
    let found = tables.filter(is_written).find(is_unknown)?;
    Some(NoPlan::UnknownHop(found.name.to_string()))
}
