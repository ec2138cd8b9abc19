//! Policies lowered with what an earlier one left in the lock: other names and priorities, and no other meaning.

use std::collections::BTreeSet;

use fwc::driver::Stage;
use fwc::lower::{Lock, Lowered};
use fwc::model::{Model, Policy};

use crate::oracle::{random::Random, source::source};
use crate::project::locked;

use super::{tight, unlike, within};

fn lowered(text: &str, lock: &Lock) -> (Lowered, Lock, bool) {
    let project = locked(text, lock, within(&tight()));
    // No step changes a flow, with this lock as without one.
    assert_eq!(unlike(&project, lock), Ok(None));
    let (next, has_errors) = (project.next_lock(), project.found(Stage::Lower).has_errors());
    (project.into_lowered().1, next, has_errors)
}

/// What two rules of a collection, two collections of a group or two groups may not share.
fn is_sound(policy: &Policy) {
    let all_apart = |names: Vec<&str>, what: &str| {
        let apart: BTreeSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        assert_eq!(apart.len(), names.len(), "{what} of `{}`: {names:?}", policy.name);
    };
    all_apart(policy.groups.iter().map(|group| group.name.as_str()).collect(), "groups");
    let priorities: BTreeSet<u16> = policy.groups.iter().map(|group| group.priority.get()).collect();
    assert_eq!(priorities.len(), policy.groups.len(), "groups of `{}` share a priority", policy.name);
    for group in &policy.groups {
        all_apart(group.collections.iter().map(|own| own.name.as_str()).collect(), "collections");
        for collection in &group.collections {
            all_apart(collection.rules.names().collect(), "rules");
        }
    }
}

/// The rules of the groups in the order of their priorities, without their names.
fn order(model: &Model, policy: &str) -> Vec<String> {
    let Some(policy) = model.policy(policy) else { return Vec::new() };
    let mut groups: Vec<_> = policy.groups.iter().collect();
    groups.sort_by_key(|group| group.priority);
    let whole = |name: &str| name.split("-part-").next().unwrap_or(name).to_owned();
    let mut names: Vec<String> = groups.iter().map(|group| whole(&group.name)).collect();
    names.dedup();
    names
}

#[test]
fn what_is_remembered_changes_no_meaning() {
    let (mut kept, mut split, mut refused) = (0, 0, 0);
    for seed in 0..150 {
        let mut lock = Lock::default();
        let mut before: BTreeSet<(String, String, u16)> = BTreeSet::new();
        for round in 0..3 {
            // Every third policy comes back as it was; those between share the names of groups with it.
            let text = source(&mut Random::of(seed + round % 2 * 5_000));
            let (fresh, ..) = lowered(&text, &Lock::default());
            let (lowered, next, has_errors) = lowered(&text, &lock);
            lock = next;
            if has_errors {
                refused += 1;
                continue;
            }
            let mut now = BTreeSet::new();
            for policy in &lowered.model.policies {
                is_sound(policy);
                assert_eq!(order(&lowered.model, &policy.name), order(&fresh.model, &policy.name), "seed {seed}");
                split += usize::from(policy.groups.iter().any(|group| group.name.contains("-part-")));
                let groups = policy.groups.iter();
                now.extend(groups.map(|own| (policy.name.to_string(), own.name.to_string(), own.priority.get())));
            }
            kept += now.intersection(&before).count();
            before = now;
        }
    }
    println!("{kept} priorities kept, {split} policies with groups split, {refused} refused");
    assert!(kept > 100 && split > 20 && refused < 225, "{kept} kept, {split} split, {refused} refused");
}
