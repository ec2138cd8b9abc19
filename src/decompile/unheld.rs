//! Refuses what a source cannot hold, by name, before any of it is written.

use std::collections::{HashMap, HashSet};

use super::{DecompileOptions, DecompileRefusal};
use crate::limits::NAMES;
use crate::model::{Group, Model, Policy, ResourceName, RouteTable};
use crate::source::quote;

/// Refuses a model that no source can state.
pub(super) fn refuse(model: &Model, options: &DecompileOptions) -> Result<(), DecompileRefusal> {
    let own = || model.policies.iter().filter(|policy| !policy.is_adopted());
    let found = own()
        .find_map(nameless)
        .or_else(|| own().find_map(|policy| chain(model, policy)))
        .or_else(|| twins(own().map(|policy| &policy.name)))
        .or_else(|| twins(model.own_ip_groups().map(|group| &group.name)))
        .or_else(|| own().find_map(|policy| shared_name(model, policy)))
        .or_else(|| own().find_map(|policy| unspeakable("policy", &policy.name)))
        .or_else(|| model.own_ip_groups().find_map(|group| unspeakable("IP group", &group.name)))
        .or_else(|| model.route_tables.iter().find_map(|table| unspeakable("route table", &table.name)))
        .or_else(|| model.route_tables.iter().find_map(prefix_twice))
        .or_else(|| own().filter(|_| options.faithful).find_map(equal_groups))
        .or_else(|| own().filter(|_| options.faithful).flat_map(|policy| &policy.groups).find_map(unfaithful));
    found.map_or(Ok(()), |what| Err(DecompileRefusal::Inexpressible(what)))
}

/// Two groups that are read at one place, which no page orders.
fn equal_groups(policy: &Policy) -> Option<String> {
    let mut priorities = HashMap::new();
    for own in &policy.groups {
        if let Some(other) = priorities.insert(own.priority, &own.name) {
            let (first, priority) = (other.as_str(), own.priority);
            let why = format!("have priority {priority} both, and a source has one of each");
            return Some(format!("groups `{first}` and `{}` of policy `{}` {why}", own.name, policy.name));
        }
    }
    None
}

/// The part of a group that a source cannot keep as it is.
fn unfaithful(group: &Group) -> Option<String> {
    let mut priorities = HashMap::new();
    for own in &group.collections {
        if let Some(other) = priorities.insert(own.priority, own.name.as_str()) {
            let (group, first, priority) = (&group.name, other, own.priority);
            let why = format!("have priority {priority} both, and a source has one of each");
            return Some(format!("collections `{first}` and `{}` of group `{group}` {why}", own.name));
        }
        let place = || format!("collection `{}` of group `{}`", own.name, group.name);
        let mut seen = HashSet::new();
        for name in own.rules.names() {
            let length = name.chars().count();
            if u64::try_from(length).is_ok_and(|length| length > NAMES.max) {
                let why = format!("a rule with a name of {length} characters, and a source keeps {}", NAMES.max);
                return Some(format!("{} has {why}: `{}…`", place(), name.chars().take(40).collect::<String>()));
            }
            if !seen.insert(name.to_ascii_lowercase()) {
                return Some(format!("{} has two rules called `{name}`, and a source has one of each", place()));
            }
        }
    }
    None
}

/// Names of policies and IP groups are one kind of name in a source.
fn shared_name(model: &Model, policy: &Policy) -> Option<String> {
    let group = model.own_ip_groups().find(|group| group.name == policy.name)?;
    let why = "a source has one of a name: import them apart";
    Some(format!("policy `{}` and IP group `{}` share a name: {why}", policy.name, group.name))
}

/// A name is written as it is, and nothing in it is escaped.
fn unspeakable(what: &str, name: &ResourceName) -> Option<String> {
    let is_escaped = quote(name) != format!("\"{}\"", name.as_str());
    is_escaped.then(|| format!("the name of {what} {} has a character that no name has", quote(name)))
}

/// A template that is read under conditions which do not hold may name nothing.
fn nameless(policy: &Policy) -> Option<String> {
    let why = "a policy has no name: its template gives it one only with other parameters, as in `--parameters FILE`";
    policy.name.is_empty().then(|| why.to_owned())
}

/// A source has one level of bases; Azure documents no more.
fn chain(model: &Model, policy: &Policy) -> Option<String> {
    let base = model.parent_of(policy)?;
    let top = base.base.as_ref()?;
    let why = "a source has one level of base policies, and Azure documents no more (FW0502)";
    Some(format!("policy `{}` inherits `{}`, which inherits `{top}`: {why}", policy.name, base.name))
}

fn twins<'n>(mut names: impl Iterator<Item = &'n ResourceName>) -> Option<String> {
    let mut seen = HashSet::new();
    let twin = names.find(|name| !seen.insert(*name))?;
    let help = "a source holds one of a name: pick a policy with `--policy`";
    Some(format!("two resources are called `{}`: {help}", twin.as_str()))
}

fn prefix_twice(table: &RouteTable) -> Option<String> {
    let (_, second) = table.prefix_twice()?;
    Some(format!("route table `{}` routes `{}` twice, which Azure refuses", table.name, second.prefix))
}
