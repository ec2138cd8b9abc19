//! What a script compares before its first write: the policies that the plan changes with all of their groups, and the IP groups
//! and route tables that it writes, each as it is before every operation.

use serde_json::{Value, json};

use crate::model::Model;

use super::normal::hash;
use super::state::find_policy;
use super::undo::template;
use super::{MigrationPlan, PlanChange};

/// What means a resource that is not there.
const ABSENT: &str = "absent";

/// A resource with the hashes of its normal form.
pub(super) struct ComparedPolicies {
    /// Which it is.
    pub(super) what: PlanChange,
    /// The version of the interface that it is asked by.
    pub(super) version: String,
    /// The operation that makes it so, and the hash; the first is 0 and states what the plan was made from.
    pub(super) hashes: Vec<(usize, String)>,
}

/// What is compared before the first write of a plan.
pub(super) fn compared(plan: &MigrationPlan) -> Vec<ComparedPolicies> {
    let mut found: Vec<PlanChange> = Vec::new();
    let mut add = |what: PlanChange| {
        if !found.contains(&what) {
            found.push(what);
        }
    };
    for step in &plan.steps {
        match &step.operation.what {
            PlanChange::Settings(policy)
            | PlanChange::Group(policy, _)
            | PlanChange::Pods(policy, _)
            | PlanChange::Draft(policy, _) => {
                add(PlanChange::Settings(policy.clone()));
                let states = plan.steps.iter().map(|step| &step.after);
                let policies = [&plan.before].into_iter().chain(states).filter_map(|state| find_policy(state, policy));
                let groups = policies.flat_map(|known| &known.groups);
                groups.for_each(|group| add(PlanChange::Group(policy.clone(), group.name.clone())));
            }
            PlanChange::IpGroup(_) | PlanChange::RouteTable(_) => add(step.operation.what.clone()),
        }
    }
    found.into_iter().filter_map(|what| of(plan, what)).collect()
}

fn of(plan: &MigrationPlan, what: PlanChange) -> Option<ComparedPolicies> {
    let states = [&plan.before].into_iter().chain(plan.steps.iter().map(|step| &step.after));
    let resources: Vec<Option<Value>> = states.map(|state| resource(state, &what)).collect();
    let known = resources.iter().flatten().next()?;
    let version = known.get("apiVersion").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut hashes: Vec<(usize, String)> = Vec::new();
    for (number, resource) in resources.iter().enumerate() {
        let properties = resource.as_ref().and_then(|resource| resource.get("properties"));
        let hash = properties.map_or_else(|| ABSENT.to_owned(), hash);
        if hashes.last().is_none_or(|(_, last)| *last != hash) {
            hashes.push((number, hash));
        }
    }
    Some(ComparedPolicies { what, version, hashes })
}

/// A resource of a template; a policy with the names of its groups, as Azure gives it.
fn resource(model: &Model, what: &PlanChange) -> Option<Value> {
    let mut template = template(model, what)?;
    let mut resource = template.get_mut("resources")?.as_array_mut()?.pop()?;
    if let PlanChange::Settings(name) = what {
        let groups = find_policy(model, name)?.groups.iter().map(|group| json!({ "id": group.name.as_str() }));
        let properties = resource.get_mut("properties")?.as_object_mut()?;
        properties.insert("ruleCollectionGroups".to_owned(), groups.collect());
    }
    Some(resource)
}
