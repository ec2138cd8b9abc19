//! What is put into a policy, taken out or renamed changes its own lines in the artefacts, and few others.

use std::fmt::Write;

use fwc::driver;
use fwc::emit::{EmitOptions, EmittedDeployment, OUTPUTS};
use fwc::lower::Lock;
use fwc::model::Model;
use similar::{ChangeTag, TextDiff};

use crate::project::{locked, sound};

const GROUPS: usize = 20;
const RULES: usize = 10;
/// The rules of a group take turns: each kind of collection has two.
const KINDS: [&str; 5] = [
    "allow https from 10.0.0.0/8 to NAME.example.com",
    "allow tcp/PORT from 10.0.0.0/8 to 10.9.0.0/16",
    "deny http from 10.0.0.0/8 to NAME.example.net",
    "deny udp/PORT from 10.0.0.0/8 to 10.8.0.0/16, 192.168.0.0/16",
    "dnat tcp/PORT from 203.0.113.0/24 to 198.51.100.4 -> 10.0.0.4:443",
];

/// A rule: its label, and its number among those of its group.
#[derive(Clone)]
struct Rule {
    label: String,
    kind: usize,
    port: usize,
}

impl Rule {
    fn says(&self) -> String {
        KINDS[self.kind].replace("NAME", &self.label).replace("PORT", &self.port.to_string())
    }
}

/// Groups of rules by name, without a priority.
type Written = Vec<(String, Vec<Rule>)>;

fn written() -> Written {
    let rule = |group: usize, rule: usize| Rule {
        label: format!("r{group}-{rule}"),
        kind: rule % KINDS.len(),
        port: 1000 + group * RULES + rule,
    };
    (0..GROUPS).map(|group| (format!("g{group}"), (0..RULES).map(|number| rule(group, number)).collect())).collect()
}

fn new_rule(kind: usize) -> Rule {
    Rule { label: "new".to_owned(), kind, port: 999 }
}

fn source(groups: &Written) -> String {
    let mut text = "policy web {\n location \"westeurope\"\n sku standard\n".to_owned();
    for (group, rules) in groups {
        let _ = writeln!(text, " group {group} {{");
        for rule in rules {
            let _ = writeln!(text, "  {}: {}", rule.label, rule.says());
        }
        text.push_str(" }\n");
    }
    text.push('}');
    text
}

fn lowered(groups: &Written, lock: &Lock) -> (Model, Lock) {
    let project = sound(locked(&source(groups), lock, driver::ProjectOptions::default()));
    let next = project.next_lock();
    (project.into_lowered().1.model, next)
}

/// The text of the policy in each format.
pub(super) fn texts(model: &Model) -> Vec<String> {
    let policies: Vec<_> = model.policies.iter().collect();
    let deployment = EmittedDeployment { model, policies: &policies, options: EmitOptions::default() };
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

/// The own lines of a rule of each kind in each format: ARM, Bicep, Terraform.
const OWN: [[usize; 3]; 5] = [[16, 16, 11], [16, 16, 8], [16, 16, 11], [17, 17, 11], [18, 18, 10]];

#[test]
fn a_rule_that_comes_or_goes_changes_its_own_lines() {
    let stable = Stable::new();
    for (group, rule) in places() {
        let came = stable.changed(|groups| groups[group].1.insert(rule, new_rule(rule % KINDS.len())));
        let went = stable.changed(|groups| drop(groups[group].1.remove(rule)));
        // Besides its own lines a neighbour's comma may change, in ARM.
        for (format, own) in OWN[rule % KINDS.len()].into_iter().enumerate() {
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
        // The host of a rule is made from its name, so that two lines change.
        let lines = usize::from(KINDS[rule % KINDS.len()].contains("NAME")) + 1;
        for (lost, gained) in stable.changed(|groups| groups[group].1[rule].label = "new".into()) {
            assert_eq!((lost.len(), gained.len()), (lines, lines), "{group} {rule}: {lost:?} {gained:?}");
        }
    }
}

#[test]
fn a_group_that_comes_goes_or_is_renamed_changes_what_waits_for_it() {
    let stable = Stable::new();
    // The priority of a group, and not that of a collection.
    let number = |line: &String| line.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_foreign =
        |line: &String| line.contains("priority") && number(line).parse().is_ok_and(|number: u16| number > 500);
    for place in 0..=GROUPS {
        let new = || ("new".to_owned(), vec![new_rule(0)]);
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
            // Its name and priority, the names of its five collections, its label and what waits for it.
            assert!(lost.len() <= 10, "{place}: {lost:?}");
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
fn a_policy_that_is_renamed_keeps_its_priorities() {
    let stable = Stable::new();
    let mut with = stable.before.clone();
    with.insert(3, ("new".to_owned(), vec![new_rule(0)]));
    let (before, lock) = lowered(&with, &stable.lock);
    let renamed = source(&with).replace("policy web ", "policy shop ");
    let after = sound(locked(&renamed, &lock, driver::ProjectOptions::default()));
    let priorities = |model: &Model| -> Vec<(String, u16)> {
        let groups = model.policies[0].groups.iter();
        groups.map(|group| (group.name.to_string(), group.priority.get())).collect()
    };
    assert_eq!(priorities(after.model()), priorities(&before));
    assert!(priorities(&before).contains(&("new".to_owned(), 1250)), "{:?}", priorities(&before));
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
