//! The selector groups of a policy: the pods that its rules have as sources.

use indexmap::IndexMap;

use super::value::{EmittedId, EmittedObject, EmittedValue, IdKind};
use super::{EmittedResource, PODS_API_VERSION};
use crate::model::{self, Labels, Pods, Requirement, WantedPods};

/// The resources of the pods that the rules of a policy name, each after the one before it, the first after `needs`.
pub(super) fn resources(policy: &model::Policy, needs: &[EmittedId]) -> Vec<EmittedResource> {
    let mut named: IndexMap<String, (&str, &Labels, &Labels)> = IndexMap::new();
    for pods in policy.groups.iter().flat_map(used) {
        if let Pods::Selected { name: Some(name), labels, namespaces } = pods {
            named.entry(name.to_ascii_lowercase()).or_insert((name, labels, namespaces));
        }
    }
    let mut needs = needs.to_vec();
    let mut resources = Vec::new();
    for (name, labels, namespaces) in named.into_values() {
        let properties = EmittedObject::default()
            .with("podSelector", selector(labels))
            .with("namespaceSelector", selector(namespaces));
        let body = EmittedObject::default().with_entry("properties", properties);
        let resource = EmittedResource::new(IdKind::Pods, &[&policy.name, name], body).of_version(PODS_API_VERSION);
        let after = std::mem::replace(&mut needs, vec![resource.id.clone()]);
        resources.push(resource.after(after));
    }
    resources
}

/// The version of the API that a group is written for.
pub(super) fn version_for(group: &model::Group) -> &'static str {
    if used(group).next().is_some() { PODS_API_VERSION } else { super::API_VERSION }
}

/// The selector groups that have to be before the group called `group`.
pub(in crate::emit) fn needed_by(policy: &model::Policy, group: &str) -> Vec<EmittedId> {
    let groups = policy.groups.iter().filter(|own| own.name == *group);
    groups.flat_map(used).filter_map(|pods| id(&policy.name, pods)).collect()
}

/// The pods that the rules of a group name.
fn used(group: &model::Group) -> impl Iterator<Item = &Pods> {
    group.collections.iter().flat_map(|collection| collection.rules.pods())
}

/// The ids of `pods`, as a rule of the policy refers to them.
pub(super) fn references(policy: &str, pods: &[Pods]) -> Vec<EmittedValue> {
    let reference = |pods: &Pods| match pods {
        Pods::Group(id) => Some(id.into()),
        Pods::Selected { .. } => id(policy, pods).map(EmittedValue::from),
    };
    pods.iter().filter_map(reference).collect()
}

fn id(policy: &str, pods: &Pods) -> Option<EmittedId> {
    match pods {
        Pods::Selected { name: Some(name), .. } => Some(EmittedId::new(IdKind::Pods, &[policy, name])),
        Pods::Selected { name: None, .. } | Pods::Group(_) => None,
    }
}

/// A selector; nothing where it selects everything. The first `label=value` of each label is among the labels, as
/// Kubernetes writes it.
fn selector(labels: &Labels) -> EmittedObject {
    let mut plain: IndexMap<&str, &str> = IndexMap::new();
    let mut others = Vec::new();
    for requirement in labels.requirements() {
        let key = requirement.key.as_str();
        match &requirement.wanted {
            WantedPods::In(values) if values.len() == 1 && !plain.contains_key(key) => {
                plain.extend(values.first().map(|value| (key, value.as_str())));
            }
            WantedPods::In(_) | WantedPods::NotIn(_) | WantedPods::Exists | WantedPods::DoesNotExist => {
                others.push(expression(requirement));
            }
        }
    }
    let plain = plain.into_iter().fold(EmittedObject::default(), |all, (key, value)| all.with_entry(key, value));
    EmittedObject::default().with("matchLabels", plain).with("matchExpressions", others)
}

fn expression(requirement: &Requirement) -> EmittedValue {
    let (operator, values) = match &requirement.wanted {
        WantedPods::In(values) => ("In", values.as_slice()),
        WantedPods::NotIn(values) => ("NotIn", values.as_slice()),
        WantedPods::Exists => ("Exists", &[][..]),
        WantedPods::DoesNotExist => ("DoesNotExist", &[][..]),
    };
    EmittedObject::default()
        .with("key", &requirement.key)
        .with("operator", operator)
        .with_texts("values", values)
        .into()
}
