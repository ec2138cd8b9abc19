//! The resources of a policy: its IP groups, the bases that are with it, itself and its rule collection groups.

use std::collections::BTreeSet;

use super::value::{EmittedId, EmittedObject, EmittedValue, IdKind};
use super::{
    API_VERSION, EmitOptions, EmitScope, EmittedResource, PROFILES_API_VERSION, Parents, location, pods, rules,
    settings,
};
use crate::model::{self, Bearer, ResourceId, carried_property};

/// The resources of `policy`.
///
/// Azure refuses to change two groups of a policy, or two IP groups of a firewall, at the same time: each of them depends
/// on the one before it, groups in order of priority, and a policy on all that its base needs.
pub(in crate::emit) fn policy_resources(
    model: &model::Model,
    policy: &model::Policy,
    options: &EmitOptions,
) -> Vec<EmittedResource> {
    let policies = lineage(model, policy, options.parents);
    let (mut resources, ip_groups_done) = ip_group_chain(&ip_groups_for(model, &policies));
    let mut base_done: Option<EmittedId> = None;
    for policy in policies {
        let mut first_needs = Vec::new();
        match options.scope {
            EmitScope::Whole => {
                resources.push(policy_resource(policy, base_done.take()));
                first_needs.push(policy_id(policy));
            }
            EmitScope::RulesOnly => first_needs.extend(base_done.take()),
        }
        let selectors = pods::resources(policy, &first_needs);
        if let Some(last) = selectors.last() {
            first_needs = vec![last.id.clone()];
        }
        resources.extend(selectors);
        first_needs.extend(ip_groups_done.clone());
        resources.extend(group_chain(policy, first_needs));
        base_done = last_id(policy, options.scope);
    }
    resources
}

/// The policies of the template, each after its base.
fn lineage<'m>(model: &'m model::Model, policy: &'m model::Policy, parents: Parents) -> Vec<&'m model::Policy> {
    let mut lineage = vec![policy];
    let mut next = base_in(model, policy, parents);
    while let Some(base) = next.filter(|base| lineage.iter().all(|seen| !std::ptr::eq(*seen, *base))) {
        lineage.push(base);
        next = base_in(model, base, parents);
    }
    lineage.reverse();
    lineage
}

fn base_in<'m>(model: &'m model::Model, policy: &model::Policy, parents: Parents) -> Option<&'m model::Policy> {
    match (parents, policy.base.as_ref()?) {
        (Parents::Included, model::Base::Named(_)) => model.parent_of(policy),
        (Parents::Included, model::Base::Id(_)) | (Parents::Referenced, _) => None,
    }
}

fn policy_resource(policy: &model::Policy, after: Option<EmittedId>) -> EmittedResource {
    let mut body = settings::body(policy);
    let mut version = API_VERSION;
    for (path, value) in &policy.settings.other {
        body.merge(path, value);
        let carried = path.strip_prefix("properties/").and_then(|name| carried_property(Bearer::Policy, name));
        version = if carried.is_some() { PROFILES_API_VERSION } else { version };
    }
    EmittedResource::new(IdKind::Policy, &[&policy.name], body).of_version(version).after(after)
}

/// The first version of the API that knows everything in the group.
fn version_for(group: &model::Group) -> &'static str {
    let carries = |collection: &model::Collection| {
        !collection.carried.is_empty() || collection.rules.heads().any(|head| !head.carried.is_empty())
    };
    if group.collections.iter().any(carries) { PROFILES_API_VERSION } else { pods::version_for(group) }
}

/// The groups as the model lists them; which waits for which follows their priority.
fn group_chain(policy: &model::Policy, first_needs: Vec<EmittedId>) -> Vec<EmittedResource> {
    let mut needs = first_needs;
    let mut chained: Vec<(usize, EmittedResource)> = by_priority(policy)
        .into_iter()
        .map(|(index, group)| {
            let after = std::mem::replace(&mut needs, vec![group_id(policy, group)]);
            (index, group_resource(policy, group, after))
        })
        .collect();
    chained.sort_by_key(|(index, _)| *index);
    chained.into_iter().map(|(_, resource)| resource).collect()
}

pub(in crate::emit) fn by_priority(policy: &model::Policy) -> Vec<(usize, &model::Group)> {
    let mut groups: Vec<(usize, &model::Group)> = policy.groups.iter().enumerate().collect();
    groups.sort_by_key(|(_, group)| group.priority);
    groups
}

fn group_resource(policy: &model::Policy, group: &model::Group, after: Vec<EmittedId>) -> EmittedResource {
    let collections: Vec<EmittedValue> =
        group.collections.iter().map(|own| rules::collection(&policy.name, own)).collect();
    let properties =
        EmittedObject::default().with("priority", group.priority.get()).with("ruleCollections", collections);
    let body = EmittedObject::default().with_entry("properties", properties);
    EmittedResource::new(IdKind::Group, &[&policy.name, &group.name], body).of_version(version_for(group)).after(after)
}

fn policy_id(policy: &model::Policy) -> EmittedId {
    EmittedId::new(IdKind::Policy, &[&policy.name])
}

fn group_id(policy: &model::Policy, group: &model::Group) -> EmittedId {
    EmittedId::new(IdKind::Group, &[&policy.name, &group.name])
}

/// What is written last of `policy`.
fn last_id(policy: &model::Policy, scope: EmitScope) -> Option<EmittedId> {
    match (by_priority(policy).last(), scope) {
        (Some((_, group)), _) => Some(group_id(policy, group)),
        (None, EmitScope::Whole) => Some(policy_id(policy)),
        (None, EmitScope::RulesOnly) => None,
    }
}

/// The IP group resources, each after the one before it, and the id of the last.
fn ip_group_chain(groups: &[&model::IpGroup]) -> (Vec<EmittedResource>, Option<EmittedId>) {
    let mut before = None;
    let resources = groups.iter().map(|group| {
        let after = before.replace(EmittedId::new(IdKind::IpGroup, &[&group.name]));
        ip_group_resource(group, after)
    });
    let resources = resources.collect();
    (resources, before)
}

pub(in crate::emit) fn ip_group_resource(group: &model::IpGroup, after: Option<EmittedId>) -> EmittedResource {
    let members = group.addresses.iter().map(ToString::to_string).chain(group.ipv6.iter().map(ToString::to_string));
    let properties = EmittedObject::default().with_texts("ipAddresses", members);
    let body = EmittedObject::default()
        .with("location", location(group.location.as_ref()))
        .with_entry("properties", properties);
    EmittedResource::new(IdKind::IpGroup, &[&group.name], body).after(after)
}

/// The IP groups that `policies` use, and those that no policy of the model uses, so that none is lost.
pub(in crate::emit) fn ip_groups_for<'m>(
    model: &'m model::Model,
    policies: &[&model::Policy],
) -> Vec<&'m model::IpGroup> {
    let used: BTreeSet<&ResourceId> = policies.iter().flat_map(|policy| ip_groups_of(policy)).collect();
    let used_at_all: BTreeSet<&ResourceId> = model.policies.iter().flat_map(ip_groups_of).collect();
    let belongs = |id: &ResourceId| used.contains(id) || !used_at_all.contains(id);
    model.ip_groups.iter().filter(|(id, _)| belongs(id)).map(|(_, group)| group).collect()
}

/// The model's IP groups that the rules of `policy` use.
fn ip_groups_of(policy: &model::Policy) -> BTreeSet<&ResourceId> {
    let named = policy.ip_group_refs().filter_map(|group| match group {
        model::IpGroupRef::Named(id) => Some(id),
        model::IpGroupRef::Id(_) => None,
    });
    named.collect()
}
