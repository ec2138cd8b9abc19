//! `fwc plan`: after every step, no flow passes that passes neither before the first nor after the last.

mod cases;
mod command;

use std::fs;

use fwc::assert::axioms;
use fwc::azure::evaluate::{Knowledge, Order};
use fwc::azure::{self, Effects, Model, decisions_with};
use fwc::flow::{Action, Budget, By, DecisionList, Space, difference};
use fwc::import;
use fwc::intent::{NoImports, Sources, resolve};
use fwc::plan::{Given, NoPlan, Plan, effect, plan};

use crate::corpus::shared;
use crate::oracle::random::Random;
use crate::oracle::source::source;

pub fn model(text: &str) -> Model {
    let (sources, found) = Sources::load("plan.pol", text, &mut NoImports);
    assert!(!found.has_errors(), "{text}");
    let (intent, found) = resolve(&sources);
    assert!(!found.has_errors(), "{text}\n{:?}", found.iter().next().map(|found| &found.message));
    azure::lower(&intent).0.model
}

/// The plan, each of whose steps keeps the promise, and which leads to `new`.
pub fn checked(old: &Model, new: &Model) -> Result<Plan, NoPlan> {
    let (knowledge, budget) = (Knowledge::none(), Budget::default());
    let given = Given { knowledge: &knowledge, budget: &budget };
    let found = plan(old, new, &given)?;
    let (old, new) = (old.as_deployed(), new.as_deployed());
    let mut state = old.clone();
    for step in &found.steps {
        let between = effect([&old, &step.after, &new], &given).unwrap();
        assert!(between.opened.is_empty(), "{:?} opens {:?}", step.operation, between.opened.first());
        assert_eq!(between.cut, step.cut);
        new.leaves().for_each(|leaf| nothing_is_opened([&old, &step.after, &new], &leaf.name));
        state = step.after.clone();
    }
    leads_to(&state, &new);
    Ok(found)
}

fn list(model: &Model, policy: &str, effects: &mut Effects) -> DecisionList {
    let empty = || DecisionList::new(Vec::new());
    let policy = model.policy(policy);
    policy.map_or_else(empty, |policy| decisions_with(&Order::of(model, policy), &Knowledge::none(), effects).list)
}

/// What passes now and did not before passes afterwards; by differences of two lists and flows in a third.
fn nothing_is_opened(models: [&Model; 3], policy: &str) {
    let mut effects = Effects::default();
    let [old, now, new] = models.map(|model| list(model, policy, &mut effects));
    let (space, [left, right]) = Space::of(&axioms(&Knowledge::none()), [&old, &now]);
    let found = difference(&space, &left, &right, 300, &Budget::default()).unwrap();
    let opened = found
        .changes
        .iter()
        .filter(|change| old.action(change.before) == Action::Deny && now.action(change.after) == Action::Allow);
    for change in opened {
        let inside = |field, atom: &fwc::flow::Atom| change.witness.inside.contains(&(field, atom.clone()));
        let allows = |list: &DecisionList| {
            let by = list.decide(&change.witness.flow, &inside);
            (list.action(by) == Action::Allow, by != By::Default)
        };
        // A witness names the sets that it is in, those around them apart; where they matter the flow is left to `effect`.
        if change.witness.inside.is_empty() {
            assert!(allows(&new).0, "{:?}", change.witness);
        }
    }
}

/// What stands there in the end says what `new` says, if only in other words.
fn leads_to(state: &Model, new: &Model) {
    let (state, new) = (&state.canonical(), &new.canonical());
    for wanted in &new.policies {
        let mut found = state.policy(&wanted.name).expect("the policy").clone();
        let mut wanted = wanted.clone();
        found.groups.sort_by(|one, next| one.name.cmp(&next.name));
        wanted.groups.sort_by(|one, next| one.name.cmp(&next.name));
        assert_eq!(found, wanted);
    }
    for (name, group) in &new.ip_groups {
        assert_eq!(state.ip_groups.get(name), Some(group));
    }
    let tables = |table| state.route_tables.contains(table);
    assert!(new.route_tables.iter().all(tables));
}

/// A model with a group less, groups that change places, or a group that stood in another policy of the kind.
fn changed(model: &Model, other: &Model, random: &mut Random) -> Model {
    let mut changed = model.clone();
    for policy in &mut changed.policies {
        let count = policy.groups.len();
        match random.below(4) {
            0 if count > 1 => drop(policy.groups.remove(random.below(count))),
            1 if count > 1 => {
                let (one, next) = (random.below(count), random.below(count));
                let priority = policy.groups[one].priority;
                policy.groups[one].priority = policy.groups[next].priority;
                policy.groups[next].priority = priority;
            }
            2 => policy.groups.reverse(),
            _ => {
                if let Some(other) = other.policy(&policy.name) {
                    policy.groups.clone_from(&other.groups);
                }
            }
        }
    }
    changed.ip_groups.extend(other.ip_groups.clone());
    changed
}

fn drawn(seed: u64) -> Model {
    let (sources, _) = Sources::load("plan.pol", &source(&mut Random::of(seed)), &mut NoImports);
    azure::lower(&resolve(&sources).0).0.model
}

#[test]
fn two_hundred_generated_pairs_keep_the_promise() {
    let (mut guarded, mut steps, mut refused) = (0, 0, 0);
    for seed in 0..200 {
        let old = drawn(seed);
        let new = changed(&old, &drawn(seed + 1000), &mut Random::of(seed + 2000));
        match checked(&old, &new) {
            Ok(plan) => {
                guarded += usize::from(plan.is_guarded());
                steps += plan.steps.len();
            }
            Err(NoPlan::NoRoom(_)) => refused += 1,
            Err(why) => panic!("seed {seed}: {why}"),
        }
    }
    println!("200 pairs: {steps} steps, {guarded} plans with a guard, {refused} without room for one");
    assert!(steps > 200 && refused < 40, "{steps} steps, {guarded} guarded, {refused} refused");
}

#[test]
fn the_histories_of_the_corpus_keep_the_promise() {
    let Some(folder) = shared("corpus/history") else { return };
    let (mut pairs, mut steps) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let mut files: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let read = |path: &std::path::PathBuf| import::read(&fs::read_to_string(path).ok()?, "history").ok();
        let models: Vec<Model> = files.iter().filter_map(read).collect();
        for (old, new) in models.iter().zip(models.iter().skip(1)) {
            if new.policies.is_empty() {
                continue;
            }
            match checked(old, new) {
                Ok(plan) => steps += plan.steps.len(),
                Err(NoPlan::NoRoom(_)) => continue,
                Err(why) => panic!("{}: {why}", files[0].display()),
            }
            pairs += 1;
        }
    }
    println!("{pairs} pairs of the histories: {steps} steps");
    assert!(pairs > 0 && steps > 0, "{pairs} pairs, {steps} steps");
}
