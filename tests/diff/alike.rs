//! What changes no flow is said to change none.

use fwc::diff::{Limits, StructureKind, diff};
use fwc::emit::{self, arm, json_text};
use fwc::import;
use fwc::model::{Model, Rules};

use serde_json::Value;

use super::read;
use super::sampled::side;
use crate::cli::{EXAMPLE, Sandbox};
use crate::oracle::{random::Random, source::source};

#[test]
fn a_policy_written_and_read_back_is_equivalent() {
    let mut read_back = 0;
    for seed in 0..40 {
        let text = source(&mut Random::of(seed));
        let Some(old) = read(&text) else { continue };
        let policy = old.model.policy("child").unwrap();
        let options = emit::EmitOptions { parents: emit::Parents::Included, ..emit::EmitOptions::default() };
        let template = arm::policy_template(&old.model, policy, &options);
        let new: Model = import::read(&json_text(&template), "new.arm.json").unwrap();
        let before = side(&old.model, policy, &old.knowledge);
        let after = side(&new, new.policy("child").unwrap(), &old.knowledge);
        let found = diff(before, after, &Limits::default()).unwrap();
        assert!(found.is_equivalent(), "seed {seed}: {:?}", found.changes.first());
        assert!(found.settings.is_empty(), "seed {seed}: {:?}", found.settings);
        read_back += 1;
    }
    assert!(read_back > 10);
}

/// The child of a generated policy, before and after something that changes no flow.
fn equivalent(change: impl Fn(&mut Model, &mut Random)) {
    let mut compared = 0;
    for seed in 0..60 {
        let mut random = Random::of(seed);
        let Some(old) = read(&source(&mut random)) else { continue };
        let mut new = old.model.clone();
        change(&mut new, &mut random);
        let before = side(&old.model, old.model.policy("child").unwrap(), &old.knowledge);
        let after = side(&new, new.policy("child").unwrap(), &old.knowledge);
        let found = diff(before, after, &Limits::default()).unwrap();
        assert!(found.is_equivalent(), "seed {seed}: {:?}", found.changes.first());
        compared += 1;
    }
    assert!(compared > 15);
}

#[test]
fn rules_of_one_action_in_another_order() {
    equivalent(|model, random| {
        for group in model.policies.iter_mut().flat_map(|policy| &mut policy.groups) {
            group.collections.reverse();
            for collection in &mut group.collections {
                match &mut collection.rules {
                    Rules::Network(_, rules) => random.shuffle(rules),
                    Rules::Application(_, rules) => random.shuffle(rules),
                    Rules::Nat(_) => {}
                }
            }
        }
        model.policies.iter_mut().for_each(|policy| policy.groups.reverse());
    });
}

#[test]
fn everything_renamed() {
    equivalent(|model, _| {
        for group in model.policies.iter_mut().flat_map(|policy| &mut policy.groups) {
            group.name = format!("{}-renamed", group.name).into();
            for collection in &mut group.collections {
                collection.name.push_str("-renamed");
                collection.rules.heads_mut().for_each(|head| head.name.push_str("-renamed"));
            }
        }
    });
}

/// The JSON of a difference says so, and `--fail-on changed` is not met.
#[track_caller]
fn said_equivalent(sandbox: &Sandbox, old: &str, new: &str, policy: &str) {
    let run = sandbox.run(&["diff", old, new, "--policy", policy, "--format", "json"]);
    let value: Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
    assert_eq!(value["equivalent"], true, "{policy}: {:#}", value["changes"][0]);
    assert_eq!(value["changes"], Value::Array(Vec::new()));
}

#[test]
fn the_example_formatted() {
    let sandbox = Sandbox::with_example();
    let text = std::fs::read_to_string(sandbox.path(EXAMPLE)).unwrap();
    let wide: String = text.lines().map(|line| format!("  {line}\n\n")).collect();
    sandbox.write("policies/examples/aks-hub-spoke/wide.pol", &wide);
    said_equivalent(&sandbox, EXAMPLE, "policies/examples/aks-hub-spoke/wide.pol", "aks-weu");
    assert_eq!(sandbox.run(&["fmt", "policies/examples/aks-hub-spoke/wide.pol"]).status, 0);
    said_equivalent(&sandbox, EXAMPLE, "policies/examples/aks-hub-spoke/wide.pol", "aks-weu");
}

#[test]
fn the_example_written_imported_and_written_again() {
    let sandbox = Sandbox::with_example();
    let run = |arguments: &[&str]| {
        let run = sandbox.run(arguments);
        assert_eq!(run.status, 0, "{}", run.stderr);
    };
    run(&["compile", EXAMPLE, "-o", "build", "--emit", "arm", "--emit-parents", "--no-lock"]);
    run(&["import", "build/aks-weu.arm.json", "-o", "imported.pol"]);
    run(&["compile", "imported.pol", "-o", "again", "--emit", "arm", "--emit-parents", "--no-lock"]);
    for other in ["build/aks-weu.arm.json", "imported.pol", "again/aks-weu.arm.json"] {
        said_equivalent(&sandbox, EXAMPLE, other, "aks-weu");
    }
}

/// What an edit of the text of the example moves, where it changes no flow.
#[track_caller]
fn moved(from: &str, to: &str) -> Vec<(StructureKind, String)> {
    let text = std::fs::read_to_string(format!("{}/{EXAMPLE}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(text.contains(from), "{from}");
    let (old, new) = (read(&text).unwrap(), read(&text.replace(from, to)).unwrap());
    let before = side(&old.model, old.model.leaves().next().unwrap(), &old.knowledge);
    let after = side(&new.model, new.model.leaves().next().unwrap(), &new.knowledge);
    let found = diff(before, after, &Limits::default()).unwrap();
    assert!(found.is_equivalent(), "{:?}", found.changes.first());
    found.structure.into_iter().map(|one| (one.kind, one.name)).collect()
}

#[test]
fn a_policy_and_itself() {
    assert_eq!(moved("policy", "policy"), []);
}

#[test]
fn another_layout() {
    assert_eq!(moved("    group", "\n\n  # a remark\n group"), []);
}

#[test]
fn a_group_of_another_name_is_renamed() {
    let found = moved("group workloads", "group business");
    assert!(found.contains(&(StructureKind::Renamed, "aks-weu/business".to_owned())), "{found:?}");
    assert!(found.iter().all(|(kind, _)| *kind == StructureKind::Renamed), "{found:?}");
}
