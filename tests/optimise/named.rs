//! A name that was made up and given stays, whatever else is written; the lock remembers it.

use fwc::driver::ProjectOptions;
use fwc::limits::CheckOptions;
use fwc::lower::{Lock, STEPS};
use fwc::model::Model;

use crate::project::{as_stated, locked, with};

use super::policy;

fn names(model: &Model) -> Vec<String> {
    let collections = model.policies[0].groups.iter().flat_map(|group| &group.collections);
    collections.flat_map(|collection| collection.rules.names()).map(str::to_owned).collect()
}

fn lowered(rules: &str, lock: &Lock) -> (Vec<String>, Lock) {
    let project = locked(&policy(rules), lock, ProjectOptions::default());
    (names(project.model()), project.next_lock())
}

const OLD: &str = "allow https from 10.0.0.4 to a.com";
/// Merged with [`OLD`], and written before it.
const NEW: &str = "allow https from 10.0.0.8 to a.com";

#[test]
fn a_merged_rule_keeps_the_name_that_was_given_first() {
    let (old, lock) = lowered(OLD, &Lock::default());
    let (new, _) = lowered(NEW, &Lock::default());
    assert_ne!(old, new);
    let (both, lock) = lowered(&format!("{NEW}\n{OLD}"), &lock);
    assert_eq!(both, old);
    assert_eq!(lowered(&format!("{OLD}\n{NEW}"), &lock).0, old);
    assert_eq!(lowered(OLD, &lock).0, old);
    // What is left of a merged rule keeps its name too.
    assert_eq!(lowered(NEW, &lock).0, old);
    assert_eq!(lowered(NEW, &Lock::default()).0, new);
}

#[test]
fn the_lock_knows_what_it_lacks() {
    let (_, lock) = lowered(OLD, &Lock::default());
    let (_, next) = lowered(&format!("{OLD}\nallow http from 10.0.0.4 to b.com"), &lock);
    let why = lock.lacks(&next).unwrap();
    assert!(why.starts_with("it has no name `http-from-10.0.0.4-"), "{why}");
    assert_eq!(lock.lacks(&lock), None);
}

/// Without the optimiser two rules may share all but their destinations, and still no name hangs on a place.
#[test]
fn as_stated_no_name_hangs_on_a_place() {
    let (one, next) = ("allow https from 10.0.0.4 to a.com", "allow https from 10.0.0.4 to b.com");
    let stated = |rules: &str| names(with(&policy(rules), as_stated(&CheckOptions::default())).model());
    let both = stated(&format!("{one}\n{next}"));
    assert_eq!((stated(one), stated(next)), (vec![both[0].clone()], vec![both[1].clone()]));
}

#[test]
fn every_step_has_a_name_of_its_own() {
    let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    names.dedup();
    assert_eq!(names, ["sources", "merge", "fold", "aggregate", "ip-groups", "split"]);
}
