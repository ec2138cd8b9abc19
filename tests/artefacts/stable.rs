//! What is put into a policy, taken out or renamed changes its own lines in the artefacts, and few others.

use std::fmt::Write;

use fwc::azure::{Lock, Model, lower_with};
use fwc::emit::{Deployment, OUTPUTS, Options};
use fwc::intent::{Intent, NoImports, Sources, resolve};
use similar::{ChangeTag, TextDiff};

const GROUPS: usize = 20;
const RULES: usize = 10;

/// Groups of rules by name, without a priority.
type Written = Vec<(String, Vec<String>)>;

fn written() -> Written {
    let rules = |group: usize| (0..RULES).map(move |rule| format!("r{group}-{rule}")).collect();
    (0..GROUPS).map(|group| (format!("g{group}"), rules(group))).collect()
}

fn source(groups: &Written) -> String {
    let mut text = "policy web {\n location \"westeurope\"\n sku standard\n".to_owned();
    for (group, rules) in groups {
        let _ = writeln!(text, " group {group} {{");
        for rule in rules {
            let _ = writeln!(text, "  {rule}: allow https from 10.0.0.0/8 to {rule}.example.com");
        }
        text.push_str(" }\n");
    }
    text.push('}');
    text
}

pub(super) fn meant(text: &str) -> Intent {
    let (sources, found) = Sources::load("stable.pol", text, &mut NoImports);
    assert!(!found.has_errors(), "{text}\n{:?}", found.iter().next().map(|found| &found.message));
    let (meant, found) = resolve(&sources);
    assert!(!found.has_errors(), "{text}\n{:?}", found.iter().next().map(|found| &found.message));
    meant
}

fn lowered(groups: &Written, lock: &Lock) -> (Model, Lock) {
    let meant = meant(&source(groups));
    let (lowered, found) = lower_with(&meant, lock);
    assert!(!found.has_errors(), "{:?}", found.iter().next().map(|found| &found.message));
    let next = lock.with(&meant, &lowered);
    (lowered.model, next)
}

/// The text of the policy in each format.
pub(super) fn texts(model: &Model) -> Vec<String> {
    let policies: Vec<_> = model.policies.iter().collect();
    let deployment = Deployment { model, policies: &policies, options: Options::default() };
    OUTPUTS.iter().map(|output| (output.files)(&deployment).remove(0).text).collect()
}

/// The lines that go and those that come, in each format.
pub(super) fn changes(old: &[String], new: &[String]) -> Vec<(Vec<String>, Vec<String>)> {
    let of = |(old, new): (&String, &String)| {
        let diff = TextDiff::from_lines(old.as_str(), new.as_str());
        let having = |tag| {
            let lines = diff.iter_all_changes().filter(|change| change.tag() == tag);
            lines.map(|change| change.value().trim().to_owned()).collect::<Vec<_>>()
        };
        (having(ChangeTag::Delete), having(ChangeTag::Insert))
    };
    old.iter().zip(new).map(of).collect()
}

struct Stable {
    before: Written,
    texts: Vec<String>,
    lock: Lock,
}

impl Stable {
    fn new() -> Self {
        let before = written();
        let (model, lock) = lowered(&before, &Lock::default());
        Self { texts: texts(&model), before, lock }
    }

    /// What `change` changes in each format: lines that go, lines that come.
    fn changed(&self, change: impl FnOnce(&mut Written)) -> Vec<(Vec<String>, Vec<String>)> {
        let mut after = self.before.clone();
        change(&mut after);
        changes(&self.texts, &texts(&lowered(&after, &self.lock).0))
    }
}

fn places() -> impl Iterator<Item = (usize, usize)> {
    (0..GROUPS).flat_map(|group| (0..RULES).map(move |rule| (group, rule)))
}

/// A rule's own lines in each format, and what else may change: in ARM, a neighbour's comma.
const OWN: [usize; 3] = [16, 16, 11];

#[test]
fn a_rule_that_comes_or_goes_changes_its_own_lines() {
    let stable = Stable::new();
    for (group, rule) in places() {
        let came = stable.changed(|groups| groups[group].1.insert(rule, "new".into()));
        let went = stable.changed(|groups| drop(groups[group].1.remove(rule)));
        for (format, own) in OWN.into_iter().enumerate() {
            let (lost, gained) = &came[format];
            assert!(
                lost.len() <= 1 && gained.len() == lost.len() + own,
                "{format} {group} {rule}: {lost:?} {gained:?}"
            );
            let (lost, gained) = &went[format];
            assert!(
                gained.len() <= 1 && lost.len() == gained.len() + own,
                "{format} {group} {rule}: {lost:?} {gained:?}"
            );
        }
    }
}

#[test]
fn a_rule_that_is_renamed_changes_its_name() {
    let stable = Stable::new();
    for (group, rule) in places() {
        // The host of the rule is made from its name, so that two lines change.
        for (lost, gained) in stable.changed(|groups| groups[group].1[rule] = "new".into()) {
            assert_eq!((lost.len(), gained.len()), (2, 2), "{group} {rule}: {lost:?} {gained:?}");
        }
    }
}

#[test]
fn a_group_that_comes_goes_or_is_renamed_changes_what_waits_for_it() {
    let stable = Stable::new();
    let number = |line: &String| line.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_foreign = |line: &String| line.contains("priority") && number(line) != "500";
    for place in 0..=GROUPS {
        let new = || ("new".to_owned(), vec!["new".to_owned()]);
        for (lost, gained) in stable.changed(|groups| groups.insert(place, new())) {
            assert!(lost.len() <= 2, "{place}: {lost:?}");
            assert_eq!(gained.iter().filter(|line| is_foreign(line)).count(), 1, "{place}: {gained:?}");
            assert!(!lost.iter().any(is_foreign), "{place}: {lost:?}");
        }
        if place == GROUPS {
            break;
        }
        for (lost, gained) in stable.changed(|groups| drop(groups.remove(place))) {
            assert!(gained.len() <= 2, "{place}: {gained:?}");
            assert!(!gained.iter().any(is_foreign), "{place}: {gained:?}");
            assert_eq!(lost.iter().filter(|line| is_foreign(line)).count(), 1, "{place}: {lost:?}");
        }
        for (lost, gained) in stable.changed(|groups| groups[place].0 = "new".into()) {
            assert_eq!(lost.len(), gained.len(), "{place}: {lost:?} {gained:?}");
            // Its name and priority, those of its collection, its label and what waits for it.
            assert!(lost.len() <= 6, "{place}: {lost:?}");
        }
    }
}

#[test]
fn what_comes_back_gets_its_priority_again() {
    let stable = Stable::new();
    let mut without = stable.before.clone();
    without.remove(7);
    let (_, lock) = lowered(&without, &stable.lock);
    let (model, _) = lowered(&stable.before, &lock);
    assert_eq!(texts(&model), stable.texts);
}

#[test]
fn groups_that_change_places_change_as_few_priorities_as_can_be() {
    let stable = Stable::new();
    let mut moved = stable.before.clone();
    let first = moved.remove(0);
    moved.push(first);
    let (model, _) = lowered(&moved, &stable.lock);
    let of = |name: &str| model.policies[0].groups.iter().find(|group| group.name == name).unwrap().priority.get();
    assert_eq!((of("g1"), of("g19"), of("g0")), (1100, 2900, 3000));
}
