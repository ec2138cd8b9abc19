//! The template of a policy: its IP groups, the bases that stand with it, itself and its rule collection groups.

use std::collections::BTreeSet;

use serde_json::Value;

use super::value::{Object, resource_id};
use super::{
    FIREWALL_POLICIES, IP_GROUPS, Options, Parents, RULE_COLLECTION_GROUPS, location, resource, rules, settings,
    template,
};
use crate::azure;

/// The template of `policy`.
///
/// Azure refuses to change two groups of a policy, or two IP groups of a firewall, at the same time: each of them depends
/// on the one before it, groups in order of priority, and a policy on all that its base needs.
pub fn policy_template(model: &azure::Model, policy: &azure::Policy, options: &Options) -> Value {
    let policies = lineage(model, policy, options.parents);
    let (mut resources, ip_groups_done) = ip_group_chain(&ip_groups_for(model, &policies));
    let mut base_done = None;
    for policy in policies {
        resources.push(policy_resource(policy, base_done));
        let first_needs = std::iter::once(policy_id(policy)).chain(ip_groups_done.clone()).collect();
        resources.extend(group_chain(policy, first_needs));
        base_done = Some(last_id(policy));
    }
    template(resources)
}

/// The policies of the template, each after its base.
fn lineage<'m>(model: &'m azure::Model, policy: &'m azure::Policy, parents: Parents) -> Vec<&'m azure::Policy> {
    let mut lineage = vec![policy];
    let mut next = base_in(model, policy, parents);
    while let Some(base) = next.filter(|base| lineage.iter().all(|seen| !seen.name.eq_ignore_ascii_case(&base.name))) {
        lineage.push(base);
        next = base_in(model, base, parents);
    }
    lineage.reverse();
    lineage
}

fn base_in<'m>(model: &'m azure::Model, policy: &azure::Policy, parents: Parents) -> Option<&'m azure::Policy> {
    match (parents, policy.base.as_ref()?) {
        (Parents::Included, azure::Base::Named(name)) => model.policy(name),
        (Parents::Included, azure::Base::Id(_)) | (Parents::Referenced, _) => None,
    }
}

fn policy_resource(policy: &azure::Policy, after: Option<Value>) -> Value {
    let mut resource = settings::head(resource(FIREWALL_POLICIES, &policy.name), &policy.settings)
        .with("dependsOn", after.into_iter().collect::<Vec<Value>>())
        .with_body("properties", settings::properties(policy));
    for (path, value) in &policy.settings.other {
        resource.merge(path, value);
    }
    resource.into()
}

/// The groups as the model lists them; which waits for which follows their priority.
fn group_chain(policy: &azure::Policy, first_needs: Vec<Value>) -> Vec<Value> {
    let mut needs = first_needs;
    let mut chained: Vec<(usize, Value)> = by_priority(policy)
        .into_iter()
        .map(|(index, group)| {
            let after = std::mem::replace(&mut needs, vec![group_id(policy, group)]);
            (index, group_resource(policy, group, after))
        })
        .collect();
    chained.sort_by_key(|(index, _)| *index);
    chained.into_iter().map(|(_, resource)| resource).collect()
}

fn by_priority(policy: &azure::Policy) -> Vec<(usize, &azure::Group)> {
    let mut groups: Vec<(usize, &azure::Group)> = policy.groups.iter().enumerate().collect();
    groups.sort_by_key(|(_, group)| group.priority);
    groups
}

fn group_resource(policy: &azure::Policy, group: &azure::Group, after: Vec<Value>) -> Value {
    let collections: Vec<Value> = group.collections.iter().map(rules::collection).collect();
    let properties = Object::default().with("priority", group.priority.get()).with("ruleCollections", collections);
    let name = [policy.name.as_str(), group.name.as_str()].join("/");
    resource(RULE_COLLECTION_GROUPS, &name).with("dependsOn", after).with_body("properties", properties).into()
}

fn policy_id(policy: &azure::Policy) -> Value {
    resource_id(FIREWALL_POLICIES, &[&policy.name])
}

fn group_id(policy: &azure::Policy, group: &azure::Group) -> Value {
    resource_id(RULE_COLLECTION_GROUPS, &[&policy.name, &group.name])
}

/// What is written last of `policy`.
fn last_id(policy: &azure::Policy) -> Value {
    match by_priority(policy).last() {
        Some((_, group)) => group_id(policy, group),
        None => policy_id(policy),
    }
}

/// The IP group resources, each after the one before it, and the id of the last.
fn ip_group_chain(groups: &[&azure::IpGroup]) -> (Vec<Value>, Option<Value>) {
    let mut before = None;
    let resources = groups.iter().map(|group| {
        let after = before.replace(resource_id(IP_GROUPS, &[&group.name]));
        ip_group_resource(group, after)
    });
    let resources = resources.collect();
    (resources, before)
}

fn ip_group_resource(group: &azure::IpGroup, after: Option<Value>) -> Value {
    resource(IP_GROUPS, &group.name)
        .with("location", location(group.location.as_ref()))
        .with("dependsOn", after.into_iter().collect::<Vec<Value>>())
        .with_body("properties", Object::default().with_texts("ipAddresses", &group.addresses))
        .into()
}

/// The IP groups that `policies` use, and those that no policy of the model uses, so that none is lost.
fn ip_groups_for<'m>(model: &'m azure::Model, policies: &[&azure::Policy]) -> Vec<&'m azure::IpGroup> {
    let used: BTreeSet<String> = policies.iter().flat_map(|policy| ip_groups_of(policy)).collect();
    let used_at_all: BTreeSet<String> = model.policies.iter().flat_map(ip_groups_of).collect();
    let belongs = |group: &&azure::IpGroup| {
        let name = group.name.to_ascii_lowercase();
        used.contains(&name) || !used_at_all.contains(&name)
    };
    model.ip_groups.values().filter(belongs).collect()
}

/// The names, in lower case, of the model's IP groups that the rules of `policy` use.
fn ip_groups_of(policy: &azure::Policy) -> BTreeSet<String> {
    let collections = policy.groups.iter().flat_map(|group| &group.collections);
    let named = collections.flat_map(|collection| references(&collection.rules)).filter_map(|group| match group {
        azure::IpGroupRef::Named(name) => Some(name.to_ascii_lowercase()),
        azure::IpGroupRef::Id(_) => None,
    });
    named.collect()
}

fn references(rules: &azure::Rules) -> Vec<&azure::IpGroupRef> {
    match rules {
        azure::Rules::Nat(rules) => rules.iter().flat_map(|rule| &rule.sources.ip_groups).collect(),
        azure::Rules::Network(_, rules) => {
            rules.iter().flat_map(|rule| rule.sources.ip_groups.iter().chain(&rule.destination_ip_groups)).collect()
        }
        azure::Rules::Application(_, rules) => rules.iter().flat_map(|rule| &rule.sources.ip_groups).collect(),
    }
}
