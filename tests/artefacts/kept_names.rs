//! A name that was made up for a rule stays, whatever is put into the policy, taken out or renamed around it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use fwc::driver::{ProjectOptions, Stage};
use fwc::lower::{Lock, LockedGroup, Lowered};
use fwc::model::Model;

use crate::project::{locked, project, sound};

use super::stable::{changes, texts};

/// How many rules there are.
const RULES: usize = 200;

/// A rule without a label that only one source address tells from others.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Rule {
    /// Its source is `10.0.NUMBER.4`.
    number: usize,
    text: String,
}

/// Of four neighbours the first two are merged, and the last is two rules of Azure.
fn rule(number: usize) -> Rule {
    let host = if number % 4 == 1 { number - 1 } else { number };
    let more = if number % 4 == 3 { ", tcp/22" } else { "" };
    let to =
        if number % 4 == 3 { format!("h{host}.example.com, 10.9.{number}.9") } else { format!("h{host}.example.com") };
    Rule { number, text: format!("allow https{more} from 10.0.{number}.4 to {to}") }
}

fn rules() -> Vec<Rule> {
    (0..RULES).map(rule).collect()
}

fn source(group: &str, rules: &[Rule]) -> String {
    let mut text = "policy web {\n location \"westeurope\"\n sku premium\n".to_owned();
    let _ = writeln!(text, " group {group} {{");
    for rule in rules {
        let _ = writeln!(text, "  {}", rule.text);
    }
    text.push_str(" }\n}\n");
    text
}

struct Compiled {
    lowered: Lowered,
    lock: Lock,
}

fn compiled(text: &str, lock: &Lock) -> Compiled {
    let project = sound(locked(text, lock, ProjectOptions::default()));
    let lock = project.next_lock();
    Compiled { lowered: project.into_lowered().1, lock }
}

/// What the rules are called in which the source address of each number stands.
fn names(model: &Model) -> BTreeMap<usize, BTreeSet<String>> {
    let mut names: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut add = |collection: &str, name: &str, sources: &fwc::model::Sources| {
        for address in sources.addresses.iter().map(ToString::to_string) {
            let mut bytes = address.split('.');
            if let (Some("10"), Some("0"), Some(number)) = (bytes.next(), bytes.next(), bytes.next()) {
                let number = number.parse().expect("a number");
                names.entry(number).or_default().insert(format!("{collection}/{name}"));
            }
        }
    };
    for collection in model.policies.iter().flat_map(|policy| &policy.groups).flat_map(|group| &group.collections) {
        let kind = collection.name.split_once('-').map_or(collection.name.as_str(), |(_, kind)| kind);
        let rules = &collection.rules;
        rules.names().zip(rules.sources()).for_each(|(name, sources)| add(kind, name, sources));
    }
    names
}

/// Holds that `after` calls each rule that `before` knows what it was called there, but for those of `touched`.
fn same_names(before: &Model, after: &Model, touched: &[usize], what: &str) {
    let (before, mut after) = (names(before), names(after));
    after.retain(|number, _| before.contains_key(number) && !touched.contains(number));
    for (number, name) in &after {
        assert_eq!(before.get(number), Some(name), "{what}: rule {number}");
    }
    assert!(after.len() + touched.len() >= before.len(), "{what}: {} of {} rules", after.len(), before.len());
}

#[test]
fn what_is_taken_out_renames_no_other() {
    let all = rules();
    let before = compiled(&source("g", &all), &Lock::default());
    let old = texts(&before.lowered.model);
    for place in 0..RULES {
        let mut without = all.clone();
        without.remove(place);
        let after = compiled(&source("g", &without), &before.lock);
        same_names(&before.lowered.model, &after.lowered.model, &[place], "taken out");
        // Of two that are merged one goes with its address, and what parts it from the next.
        for (lost, gained) in changes(&old, &texts(&after.lowered.model)) {
            // Terraform's layout writes a list of one entry on one line.
            let own = if place % 4 < 2 { lost.len() <= 5 } else { lost.len() > 8 };
            assert!(own && gained.len() <= 2, "{lost:?} {gained:?}");
        }
        let back = compiled(&source("g", &all), &after.lock);
        let merged: &[usize] = if place % 4 < 2 { &[] } else { &[place] };
        same_names(&before.lowered.model, &back.lowered.model, merged, "back again");
    }
}

#[test]
fn what_is_put_in_renames_no_other() {
    let all = rules();
    let before = compiled(&source("g", &all), &Lock::default());
    let old = texts(&before.lowered.model);
    for place in 0..=RULES {
        let near = place.min(RULES - 1) / 4 * 4;
        let alone = Rule { number: 250, text: "allow https from 10.0.250.4 to new.example.com".into() };
        let merged = Rule { number: 250, text: format!("allow https from 10.0.250.4 to h{near}.example.com") };
        for (rule, most) in [(alone, 16), (merged, 2)] {
            let mut with = all.clone();
            with.insert(place, rule);
            let after = compiled(&source("g", &with), &before.lock);
            same_names(&before.lowered.model, &after.lowered.model, &[], "put in");
            for (lost, gained) in changes(&old, &texts(&after.lowered.model)) {
                assert!(lost.len() <= 1 && gained.len() <= lost.len() + most, "{place}: {lost:?} {gained:?}");
            }
        }
    }
}

#[test]
fn a_rule_that_gets_a_label_renames_no_other() {
    let all = rules();
    let before = compiled(&source("g", &all), &Lock::default());
    for place in 0..RULES {
        let mut with = all.clone();
        with[place].text.insert_str(0, "now: ");
        let after = compiled(&source("g", &with), &before.lock);
        same_names(&before.lowered.model, &after.lowered.model, &[place], "labelled");
    }
}

#[test]
fn a_rule_that_says_something_else_renames_no_other() {
    let all = rules();
    let before = compiled(&source("g", &all), &Lock::default());
    for place in 0..RULES {
        let mut with = all.clone();
        with[place].text = with[place].text.replace("allow https", "allow http");
        let after = compiled(&source("g", &with), &before.lock);
        same_names(&before.lowered.model, &after.lowered.model, &[place], "changed");
    }
}

#[test]
fn a_group_that_is_renamed_renames_no_rule() {
    // The first of two that were merged is gone, so that only the lock knows the name of the other.
    let all = rules();
    let before = compiled(&source("g", &all), &Lock::default());
    let without: Vec<Rule> = all.into_iter().filter(|rule| rule.number % 4 != 0).collect();
    let before = compiled(&source("g", &without), &before.lock);
    let after = compiled(&source("other", &without), &before.lock);
    same_names(&before.lowered.model, &after.lowered.model, &[], "group renamed");
}

/// A policy whose rules have sets, of the words for each of them.
fn with_sets(nodes: &str, hosts: &str, entries: &str) -> String {
    format!(
        "let {nodes} = {entries}
let {hosts} = a.example.com, b.example.com
policy web {{
 location \"westeurope\"
 sku standard
 group g {{
  allow https from {nodes} to {hosts}
  allow tcp/22 from {nodes} to 10.9.0.0/16
  deny udp/53 from {nodes}, 10.0.3.4 to 10.8.0.1
 }}
}}
"
    )
}

#[test]
fn a_set_that_is_renamed_or_gets_an_entry_renames_no_rule() {
    let entries = ["10.0.1.4", "10.0.2.4"];
    let before = compiled(&with_sets("nodes", "hosts", &entries.join(", ")), &Lock::default());
    for place in 0..=entries.len() {
        let mut more = entries.to_vec();
        more.insert(place, "10.0.7.4");
        let after = compiled(&with_sets("nodes", "hosts", &more.join(", ")), &before.lock);
        same_names(&before.lowered.model, &after.lowered.model, &[], "an entry more");
        let renamed = compiled(&with_sets("pools", "names", &more.join(", ")), &after.lock);
        same_names(&before.lowered.model, &renamed.lowered.model, &[], "renamed");
    }
    let fewer = compiled(&with_sets("nodes", "hosts", entries[1]), &before.lock);
    same_names(&before.lowered.model, &fewer.lowered.model, &[1], "an entry less");
}

/// Names for environments that share a lock do not change when one is compiled after the other.
#[test]
fn environments_in_turn_leave_the_lock_as_it_is() {
    let (one, other) = (with_sets("nodes", "hosts", "10.0.1.4"), with_sets("nodes", "hosts", "10.0.2.4"));
    let first = compiled(&one, &Lock::default());
    let both = compiled(&other, &first.lock);
    let again = compiled(&one, &both.lock);
    assert_eq!(again.lock, both.lock);
    assert_eq!(compiled(&other, &again.lock).lock, both.lock);
    same_names(&first.lowered.model, &again.lowered.model, &[], "in turn");
}

/// Rules that one name would be made up for: what is told from another keeps being told from it.
#[test]
fn of_rules_that_read_alike_each_keeps_its_name() {
    let rule = |number: usize, rest: &str| Rule { number, text: rest.replace("SOURCE", &format!("10.0.{number}.4")) };
    let as_is = |number: usize| rule(number, &format!("allow tcp/22 from SOURCE to 10.9.{number}.9 as-is"));
    let dnat = |number: usize| rule(number, &format!("dnat tcp/443 from SOURCE to 20.0.0.4 -> 10.9.{number}.9"));
    let headers = rule(9, "allow http from SOURCE to h9.example.com with header \"X-A\" \"1\"");
    let cases = [
        vec![as_is(1), Rule { text: as_is(1).text.replace("10.9.1.9", "10.9.2.9"), ..as_is(1) }],
        vec![dnat(1), Rule { text: dnat(1).text.replace("10.9.1.9", "10.9.2.9"), ..dnat(1) }],
        // A rule with headers between them keeps two apart that would be merged.
        vec![
            rule(1, "allow http from SOURCE to h1.example.com"),
            headers,
            rule(1, "allow http from SOURCE to h2.example.com"),
        ],
    ];
    for rules in cases {
        let before = compiled(&source("g", &rules), &Lock::default());
        let all = names(&before.lowered.model).remove(&1).expect("the rules");
        assert_eq!(all.len(), 2, "{all:?}");
        let after = compiled(&source("g", &rules[1..]), &before.lock);
        let left = names(&after.lowered.model).remove(&1).expect("the other");
        let last = before.lowered.model.policies[0].groups[0].collections.last().expect("a collection");
        let last = last.rules.names().last().expect("a rule");
        assert!(left.len() == 1 && left.iter().all(|name| name.ends_with(last)), "{all:?}: {left:?}, not {last}");
    }
}

#[test]
fn a_label_that_is_the_name_of_a_part_is_refused() {
    let both = "web: allow tcp/22, udp/53 from 10.0.1.4 to 10.9.0.9";
    let text = |label: &str| {
        source(
            "g",
            &[
                Rule { number: 1, text: both.into() },
                Rule { number: 2, text: format!("{label}: allow tcp/80 from 10.0.2.4 to 10.9.0.1") },
            ],
        )
    };
    let before = compiled(&text("other"), &Lock::default());
    let made_up: Vec<&String> = before.lock.policies["web"]["g"].names.keys().collect();
    let [part, _] = made_up.as_slice() else { panic!("{made_up:?}") };
    let clash = text(part);
    // Without memory the label goes first.
    sound(project(&clash));
    let clashing = locked(&clash, &before.lock, ProjectOptions::default());
    let found = clashing.found(Stage::Lower);
    let messages: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages, [format!("`{part}` is what another rule of `g` is called already")]);
}

/// Locks of earlier releases have names without marks.
#[test]
fn a_name_without_marks_is_kept() {
    let all = rules();
    let before = compiled(&source("g", &all), &Lock::default());
    let mut lock = before.lock.clone();
    let groups = lock.policies.values_mut().flat_map(BTreeMap::values_mut);
    groups.for_each(|LockedGroup { names, .. }| names.values_mut().for_each(BTreeSet::clear));
    let after = compiled(&source("g", &all), &lock);
    same_names(&before.lowered.model, &after.lowered.model, &[], "without marks");
    assert_eq!(after.lock, before.lock);
}
