//! What changes no flow is said to change none.

use fwc::azure::Model;
use fwc::diff::{Kind, Limits, diff};
use fwc::emit::{self, arm, json_text};
use fwc::import;

use super::read;
use super::sampled::side;
use crate::cli::EXAMPLE;
use crate::oracle::random::Random;
use crate::oracle::source::source;

#[test]
fn a_policy_written_and_read_back_is_equivalent() {
    let mut read_back = 0;
    for seed in 0..40 {
        let text = source(&mut Random::of(seed));
        let Some(old) = read("old.pol", &text) else { continue };
        let policy = old.model.policy("child").unwrap();
        let options = emit::Options { parents: emit::Parents::Included, ..emit::Options::default() };
        let template = arm::policy_template(&old.model, policy, &options);
        let new: Model = import::read(&json_text(&template), "new.arm.json").unwrap();
        let before = side(&old.model, policy, &old.knowledge);
        let after = side(&new, new.policy("child").unwrap(), &old.knowledge);
        let found = diff(before, after, &Limits::default()).unwrap().unwrap();
        assert!(found.is_equivalent(), "seed {seed}: {:?}", found.changes.first());
        assert!(found.settings.is_empty(), "seed {seed}: {:?}", found.settings);
        read_back += 1;
    }
    assert!(read_back > 10);
}

/// What an edit of the text of the example moves, where it changes no flow.
#[track_caller]
fn moved(from: &str, to: &str) -> Vec<(Kind, String)> {
    let text = std::fs::read_to_string(format!("{}/{EXAMPLE}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(text.contains(from), "{from}");
    let (old, new) = (read("egress.pol", &text).unwrap(), read("egress.pol", &text.replace(from, to)).unwrap());
    let before = side(&old.model, old.model.leaves().next().unwrap(), &old.knowledge);
    let after = side(&new.model, new.model.leaves().next().unwrap(), &new.knowledge);
    let found = diff(before, after, &Limits::default()).unwrap().unwrap();
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
    assert!(found.contains(&(Kind::Renamed, "aks-weu/business".to_owned())), "{found:?}");
    assert!(found.iter().all(|(kind, _)| *kind == Kind::Renamed), "{found:?}");
}
