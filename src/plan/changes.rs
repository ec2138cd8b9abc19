//! What differs between two models, as operations.

use crate::azure::{Base, Model, Policy};

use super::state::{find_group, find_policy, put_settings_of};
use super::{Deed, Operation, What, Why};

/// The operations, by when they may be done.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Before everything: nothing that is deployed refers to it, or needs what it takes away.
    pub(super) first: Vec<Operation>,
    /// In an order that has to be found: each changes what passes.
    pub(super) between: Vec<Operation>,
    /// After everything.
    pub(super) last: Vec<Operation>,
}

/// What has to be done to `old` to make it say what `new` says. The order of a set's entries, or another way to say the
/// same, is no difference: exports have both.
pub(super) fn changes(old: &Model, new: &Model) -> Changes {
    let (old, new) = (&old.canonical(), &new.canonical());
    let mut changes = Changes::default();
    for (name, group) in &new.ip_groups {
        match old.ip_groups.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            None => changes.first.push(put(What::IpGroup(name.clone()), Why::New)),
            Some((_, known)) if known == group => {}
            Some(_) => changes.between.push(put(What::IpGroup(name.clone()), Why::Changed)),
        }
    }
    for policy in by_base(new) {
        settings(find_policy(old, &policy.name), policy, &mut changes);
        groups(find_policy(old, &policy.name), policy, &mut changes.between);
    }
    for table in &new.route_tables {
        let known = old.route_tables.iter().find(|known| known.name.eq_ignore_ascii_case(&table.name));
        let why = match known {
            None => Why::New,
            Some(known) if known == table => continue,
            Some(_) => Why::Changed,
        };
        changes.last.push(put(What::RouteTable(table.name.clone()), why));
    }
    changes
}

fn put(what: What, why: Why) -> Operation {
    Operation { deed: Deed::Put, what, why }
}

/// The policies, a base before those that inherit it.
fn by_base(model: &Model) -> Vec<&Policy> {
    let (bases, others): (Vec<&Policy>, Vec<&Policy>) =
        model.policies.iter().partition(|policy| model.parent_of(policy).is_none());
    bases.into_iter().chain(others).collect()
}

/// Names in network rules want the DNS proxy: it comes before them, and goes after them.
fn settings(old: Option<&Policy>, new: &Policy, changes: &mut Changes) {
    let what = What::Settings(new.name.clone());
    let Some(old) = old else {
        // With a base, it lets pass what the base does as soon as it is there.
        let when = if new.base.is_some() { &mut changes.between } else { &mut changes.first };
        when.push(put(what, Why::New));
        return;
    };
    let same_base = old.base.as_ref().map(Base::name).map(str::to_ascii_lowercase)
        == new.base.as_ref().map(Base::name).map(str::to_ascii_lowercase);
    let mut moved = old.clone();
    put_settings_of(&mut moved, new);
    // A base by name alone is the one of that name: exports have its resource id.
    let by_name = [&old.base, &new.base].into_iter().flatten().any(|base| matches!(base, Base::Named(_)));
    if same_base && by_name {
        moved.base.clone_from(&old.base);
    }
    if (Policy { name: old.name.clone(), ..moved }) == *old {
        return;
    }
    let operation = put(what, Why::Changed);
    if !same_base {
        changes.between.push(operation);
    } else if old.settings.dns_proxy() && !new.settings.dns_proxy() {
        changes.last.push(operation);
    } else {
        changes.first.push(operation);
    }
}

fn groups(old: Option<&Policy>, new: &Policy, operations: &mut Vec<Operation>) {
    let name = |group: &str| What::Group(new.name.clone(), group.to_owned());
    for group in &new.groups {
        match old.and_then(|old| find_group(old, &group.name)) {
            None => operations.push(put(name(&group.name), Why::New)),
            Some(known) if known == group => {}
            Some(_) => operations.push(put(name(&group.name), Why::Changed)),
        }
    }
    for group in old.into_iter().flat_map(|old| &old.groups) {
        if find_group(new, &group.name).is_none() {
            operations.push(Operation { deed: Deed::Delete, what: name(&group.name), why: Why::Gone });
        }
    }
}

/// What stays in Azure although nothing of `new` uses it.
pub(super) fn left_over(old: &Model, new: &Model) -> Vec<String> {
    let unused =
        old.ip_groups.keys().filter(|name| !new.ip_groups.keys().any(|other| other.eq_ignore_ascii_case(name)));
    unused.map(|name| format!("IP group `{name}`, which other firewalls may use")).collect()
}
