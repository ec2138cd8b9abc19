//! A plan of one operation: the draft of a policy, deployed with all that it holds at once.
//!
//! Sources: Microsoft Learn, "Azure Firewall draft and deployment" (`firewall/draft-deploy`): changes of the policy and of
//! groups that exist are applied at once, and no new group can be made; the commands `az network firewall policy draft` and
//! `deploy` of the `azure-firewall` extension, and the resources of the interface 2023-11-01, whose drafts hold neither tier nor
//! certificate. What these do not document is refused.

use crate::model::{Group, Model, Policy, ResourceName, Sku};

use super::changes::{PlannedChanges, changes, left_over, managed, moved};
use super::network::PlannedNetwork;
use super::order::is_known;
use super::promise::{Promise, opens};
use super::search::step;
use super::state::{Task, after, ended, find_policy, pods_of};
use super::{Deed, MigrationPlan, NoPlan, PlanChange, PlanGiven, PlanOperation, PlanReason, not_decided};

/// The one operation that makes `old`, which is deployed, say what `new` states, by a draft; none where nothing differs.
///
/// # Errors
/// Where a draft cannot hold what differs, only a deployment knows what there is, or Azure cannot do what is wanted.
pub fn by_draft(old: &Model, new: &Model, given: &PlanGiven<'_>) -> Result<MigrationPlan, NoPlan> {
    is_known(old, new)?;
    let network = PlannedNetwork::of(old, new, given.knowledge);
    let (deployed, old, new) = (old, old.as_deployed(), new.as_deployed());
    if let Some(moved) = moved(&old, &new) {
        return Err(moved);
    }
    let changes = changes(&old, &new);
    if let Some(managed) = managed(&changes, deployed) {
        return Err(managed);
    }
    let drafted = drafted(&changes, &old, &new)?;
    let (left_over, to_associate) = (left_over(&old, &new), Vec::new());
    let Some(what) = drafted else {
        return Ok(MigrationPlan { before: old, steps: Vec::new(), left_over, to_associate });
    };
    let task = Task::wanted(PlanOperation { deed: Deed::Put, what, why: PlanReason::Changed });
    let next = after(&old, &task, &new);
    let promise = Promise::new(&old, &ended(&old, &new), &new, network, given);
    let found = promise.effect(&next).map_err(not_decided)?;
    if !found.opened.is_empty() {
        return Err(opens(&found));
    }
    Ok(MigrationPlan { before: old, steps: vec![step(&task, next, found)], left_over, to_associate })
}

/// The draft that holds all changes.
fn drafted(changes: &PlannedChanges, old: &Model, new: &Model) -> Result<Option<PlanChange>, NoPlan> {
    let all = [&changes.first, &changes.between, &changes.tables, &changes.last].into_iter().flatten();
    let mut obstacles: Vec<String> = Vec::new();
    let mut policies: Vec<ResourceName> = Vec::new();
    let mut groups: Vec<ResourceName> = Vec::new();
    for task in all {
        let path = task.operation.what.path();
        match (&task.operation.what, task.operation.why) {
            (PlanChange::Settings(_), PlanReason::New) => obstacles.push(format!("policy `{path}` is new")),
            (PlanChange::Group(..), PlanReason::New) => {
                obstacles.push(format!("group `{path}` is new, and a draft makes none"))
            }
            (PlanChange::Group(..), PlanReason::Gone) => {
                obstacles.push(format!("group `{path}` is to be deleted, and no draft is known to delete one"));
            }
            (PlanChange::Settings(policy), _) => note(&mut policies, policy),
            (PlanChange::Group(policy, group), _) => {
                note(&mut policies, policy);
                note(&mut groups, group);
            }
            (PlanChange::IpGroup(_), _) => obstacles.push(format!("IP group `{path}` is a resource of its own")),
            (PlanChange::RouteTable(_), _) => obstacles.push(format!("route table `{path}` is a resource of its own")),
            (PlanChange::Pods(..), _) => obstacles.push(format!("selector group `{path}` is a resource of its own")),
            (PlanChange::Draft(..), _) => {}
        }
    }
    for policy in &policies {
        let (Some(before), Some(after)) = (find_policy(old, policy), find_policy(new, policy)) else { continue };
        obstacles.extend(not_held(before, after, &groups));
    }
    if let [_, _, ..] = policies.as_slice() {
        let names: Vec<String> = policies.iter().map(|policy| format!("`{policy}`")).collect();
        obstacles.push(format!("policies {} change, and each is deployed by itself", names.join(", ")));
    }
    obstacles.dedup();
    match (policies.pop(), obstacles.is_empty()) {
        (_, false) => Err(NoPlan::NoDraft(obstacles)),
        (policy, true) => Ok(policy.map(|policy| PlanChange::Draft(policy, groups))),
    }
}

fn note(names: &mut Vec<ResourceName>, name: &ResourceName) {
    if !names.contains(name) {
        names.push(name.clone());
    }
}

/// What a policy or its groups have that a draft does not hold.
fn not_held(before: &Policy, after: &Policy, groups: &[ResourceName]) -> Vec<String> {
    let (name, one, other) = (&after.name, &before.settings, &after.settings);
    let mut obstacles = Vec::new();
    let mut add = |is_one: bool, said: String| {
        if is_one {
            obstacles.push(said);
        }
    };
    add(one.sku != other.sku, format!("the tier of policy `{name}` changes"));
    let is_basic = one.sku == Sku::Basic && other.sku == Sku::Basic;
    add(is_basic, format!("policy `{name}` is of the tier Basic, whose policies have no drafts"));
    let inspects = one.tls.is_some() || other.tls.is_some() || one.identities != other.identities;
    add(inspects, format!("policy `{name}` has TLS inspection or another identity, which no draft holds"));
    let carries = !one.other.is_empty() || !other.other.is_empty();
    add(carries, format!("policy `{name}` has properties that fwc only carries through"));
    let names_pods = |group: &&Group| groups.contains(&group.name) && pods_of(group).next().is_some();
    for group in after.groups.iter().chain(&before.groups).filter(names_pods) {
        let said = format!("group `{name}/{}` names pods, which no draft is known to hold", group.name);
        if !obstacles.contains(&said) {
            obstacles.push(said);
        }
    }
    obstacles
}
