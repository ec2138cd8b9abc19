//! What only a limit forces: IP groups that nobody asked for, and several groups instead of one.

use std::collections::BTreeMap;

use fwc::driver::Stage;
use fwc::limits::{self, CheckOptions, LimitUsed};
use fwc::lower::Lock;
use fwc::model::Model;

use crate::project::{locked, sound};

use super::{optimised, policy, rules, within};

fn limit(name: &str, number: u64) -> CheckOptions {
    CheckOptions { limits: [(name.to_owned(), number)].into(), group_margin: Some(0) }
}

fn used(model: &Model, limit: &str) -> Vec<u64> {
    let used: Vec<LimitUsed> = limits::used(model, &model.policies[0]);
    used.iter().filter(|used| used.limit.name == limit).map(|used| used.used).collect()
}

fn addresses(count: usize) -> String {
    (0..count).map(|n| format!("10.{n}.0.4")).collect::<Vec<_>>().join(", ")
}

#[test]
fn at_the_limit_of_pairs_addresses_stay_where_they_are_written() {
    let text = policy(&format!("one: allow tcp/22 from {} to {}", addresses(4), addresses(5)));
    let model = optimised(&text, &limit("network-pairs", 20)).model;
    assert_eq!((used(&model, "network-pairs"), model.ip_groups.len()), (vec![20], 0));
}

#[test]
fn over_the_limit_of_pairs_the_heaviest_list_becomes_an_ip_group() {
    let text = policy(&format!(
        "one: allow tcp/22 from {} to {}\n two: allow tcp/80 from 10.0.0.4 to {}",
        addresses(4),
        addresses(5),
        addresses(5)
    ));
    let model = optimised(&text, &limit("network-pairs", 24)).model;
    assert_eq!((used(&model, "network-pairs"), model.ip_groups.len()), (vec![5], 1));
    let (name, group) = model.ip_groups.first().unwrap();
    assert!(name.name.starts_with("web-ips-") && group.addresses.len() == 5, "{name}");
    assert_eq!(group.location.as_deref(), Some("westeurope"));
    assert_eq!(rules(&model)[1], format!("Tcp 80 10.0.0.4 -> {name}"));
}

#[test]
fn the_name_of_a_forced_ip_group_hangs_on_its_addresses_only() {
    let rule = format!("one: allow tcp/22 from {} to {}", addresses(4), addresses(5));
    let of = |rules: &str| optimised(&policy(rules), &limit("network-pairs", 19)).model.ip_groups[0].name.clone();
    assert_eq!(of(&rule), of(&format!("{rule}\n two: allow tcp/23 from 10.9.0.4 to 10.9.0.8")));
}

/// The lock knows which lists an IP group stood for: what is added to them, or to the policy, renames none.
#[test]
fn a_forced_ip_group_keeps_its_name() {
    let options = limit("network-pairs", 15);
    let rules = |more: &str, order: [usize; 2]| {
        let all = [
            format!("one: allow tcp/22 from 10.0.0.4 to {}{more}", addresses(9)),
            format!("two: allow tcp/80 from {} to 10.99.0.4", addresses(8)),
        ];
        order.map(|rule| all[rule].clone()).join("\n")
    };
    let compiled = |rules: &str, lock: &Lock| {
        let project = sound(locked(&policy(rules), lock, within(&options)));
        let names: Vec<String> = project.model().ip_groups.keys().map(ToString::to_string).collect();
        (names, project.next_lock())
    };
    let (before, lock) = compiled(&rules("", [0, 1]), &Lock::default());
    assert_eq!(before.len(), 1);
    for (more, order) in [(", 10.77.0.4", [0, 1]), (", 10.77.0.4", [1, 0]), ("", [1, 0])] {
        let (after, next) = compiled(&rules(more, order), &lock);
        assert!(after.contains(&before[0]), "{before:?} {after:?}");
        assert_eq!(next.ip_groups["web"].len(), after.len());
        assert_eq!(lock.lacks(&next).is_some(), after.len() > before.len());
    }
    let other = format!("{}\nthree: allow tcp/81 from {} to 10.98.0.4", rules("", [0, 1]), addresses(7));
    let (after, _) = compiled(&other, &lock);
    assert!(after.contains(&before[0]) && after.len() > 1, "{before:?} {after:?}");
    // Without memory the name is that of the addresses.
    assert!(!compiled(&rules(", 10.77.0.4", [0, 1]), &Lock::default()).0.contains(&before[0]));
}

#[test]
fn an_ip_group_over_its_limit_becomes_several() {
    let text = format!("ip-group many = {}\n{}", addresses(25), policy("one: allow tcp/22 from many to 10.99.0.4"));
    let model = optimised(&text, &limit("ip-group-addresses", 10)).model;
    let sizes: Vec<(&str, usize)> =
        model.ip_groups.values().map(|group| (group.name.as_str(), group.addresses.len())).collect();
    assert_eq!(sizes, [("many", 9), ("many-2", 9), ("many-3", 7)]);
    assert_eq!(rules(&model), ["Tcp 22 many,many-2,many-3 -> 10.99.0.4"]);
    assert_eq!(optimised(&text, &limit("ip-group-addresses", 25)).model.ip_groups.len(), 1);
}

fn groups(model: &Model) -> Vec<(String, u16, usize)> {
    let rules = |group: &fwc::model::Group| group.collections.iter().map(|of| of.rules.len()).sum();
    let groups = model.policies[0].groups.iter();
    groups.map(|group| (group.name.to_string(), group.priority.get(), rules(group))).collect()
}

fn many_rules(count: usize) -> String {
    let rule = |n| format!("r{n}: allow https from 10.0.0.4 to host-number-{n}.example.com\n");
    format!("no: deny tcp/22 from 10.0.0.4 to 10.1.0.4\n{}", (10..10 + count).map(rule).collect::<String>())
}

#[test]
fn a_group_over_its_limit_becomes_several_and_the_order_stays() {
    let whole = optimised(&policy(&many_rules(6)), &CheckOptions::default()).model;
    let [size] = used(&whole, "group-size")[..] else { panic!() };
    let exact = optimised(&policy(&many_rules(6)), &limit("group-size", size)).model;
    assert_eq!(groups(&exact), [("g".to_owned(), 1000, 7)]);
    let split = optimised(&policy(&many_rules(6)), &limit("group-size", size - 1)).model;
    assert_eq!(groups(&split), [("g".to_owned(), 1000, 6), ("g-part-2".to_owned(), 1010, 1)]);
    assert!(used(&split, "group-size").iter().all(|&used| used < size));
}

/// A group that was split: what comes or goes moves no other rule, but for those at the end of a part that gets full.
#[test]
fn the_parts_of_a_group_keep_their_rules() {
    let options = limit("group-size", 4_000);
    let rule = |n: usize| format!("r{n}: allow https from 10.0.0.4 to host-number-{n}.example.com\n");
    let numbers: Vec<usize> = (100..300).collect();
    let compiled = |numbers: &[usize], lock: &Lock| {
        let text = policy(&numbers.iter().copied().map(rule).collect::<String>());
        let project = locked(&text, lock, within(&options));
        let next = project.next_lock();
        (project.into_lowered().1.model, next)
    };
    let (first, lock) = compiled(&numbers, &Lock::default());
    let before = places(&first);
    assert!(first.policies[0].groups.len() > 8, "{:?}", groups(&first));
    let (mut moved, mut most) = (0, 0);
    for place in 0..numbers.len() {
        let mut less = numbers.clone();
        less.remove(place);
        let after = places(&compiled(&less, &lock).0);
        assert!(after.iter().all(|(rule, place)| before.get(rule) == Some(place)), "without {place}: {after:?}");
        let mut more = numbers.clone();
        more.insert(place, 900);
        let (model, next) = compiled(&more, &lock);
        assert!(used(&model, "group-size").iter().all(|&used| used <= 4_000));
        let after = places(&model);
        let others: Vec<_> = before.iter().filter(|(rule, place)| after.get(*rule) != Some(place)).collect();
        moved += usize::from(!others.is_empty());
        most = most.max(others.len());
        let priorities = |model: &Model| -> BTreeMap<String, u16> {
            groups(model).into_iter().map(|(name, priority, _)| (name, priority)).collect()
        };
        let (old, new) = (priorities(&first), priorities(&model));
        assert!(old.iter().all(|(name, priority)| new.get(name).is_none_or(|now| now == priority)));
        // What was put in goes out again, and all is as it was.
        assert_eq!(places(&compiled(&numbers, &next).0).len(), before.len());
    }
    println!("of 200 new rules {moved} moved others, at most {most}");
    assert!(most <= 1, "{most}");
}

/// The group and collection of each rule.
fn places(model: &Model) -> BTreeMap<String, String> {
    let groups = model.policies[0].groups.iter();
    let rules = groups.flat_map(|group| {
        let collections = group.collections.iter();
        collections.flat_map(|own| own.rules.names().map(|rule| (rule, &group.name, &own.name)))
    });
    rules.map(|(rule, group, own)| (rule.to_owned(), format!("{group}/{own}"))).collect()
}

#[test]
fn what_has_the_name_of_a_piece_is_refused() {
    let lowered = |text: &str, options: &CheckOptions, lock: &Lock| {
        let project = locked(text, lock, within(options));
        let found = project.found(Stage::Lower);
        (project.next_lock(), found.iter().map(|found| found.message.clone()).collect::<Vec<String>>())
    };
    let none = Lock::default();
    let (groups, pairs) = (limit("group-size", 900), limit("ip-group-addresses", 10));
    let (lock, found) = lowered(&policy(&many_rules(8)), &groups, &none);
    assert!(found.is_empty() && lock.policies["web"].contains_key("g-part-2"), "{found:?}");
    let also = "} group g-part-2 { x: allow tcp/22 from 10.0.0.4 to 10.1.0.9 }";
    let text = policy(&many_rules(8)).replacen("} }", &format!("{also} }}"), 1);
    let (_, found) = lowered(&text, &groups, &lock);
    assert_eq!(found, ["`g-part-2` is the name of a piece of group `g`, which is too large for one"]);
    // Without memory the parts are called otherwise.
    assert!(lowered(&text, &groups, &none).1.is_empty());
    let many = format!("ip-group many = {}\nip-group many-2 = 10.98.0.4\n", addresses(25));
    let text = format!("{many}{}", policy("one: allow tcp/22 from many, many-2 to 10.99.0.4"));
    let (_, found) = lowered(&text, &pairs, &none);
    assert_eq!(found, ["`many-2` is the name of a piece of IP group `many`, which is too large for one"]);
    let hosts = (10..40).map(|n| format!("host-{n}.example.com")).collect::<Vec<_>>().join(", ");
    let text = policy(&format!("all: allow https from 10.0.0.4 to {hosts}\nall-2: allow https from 10.0.0.5 to a.com"));
    let (_, found) = lowered(&text, &limit("group-size", 700), &none);
    assert_eq!(found, ["`all-2` is the name of a piece of a rule of group `g`, which is too large for one"]);
}

#[test]
fn a_rule_that_is_too_large_by_itself_becomes_several() {
    let hosts = (10..40).map(|n| format!("host-{n}.example.com")).collect::<Vec<_>>().join(", ");
    let model =
        optimised(&policy(&format!("all: allow https from 10.0.0.4 to {hosts}")), &limit("group-size", 700)).model;
    assert!(groups(&model).len() > 1, "{:?}", groups(&model));
    assert!(used(&model, "group-size").iter().all(|&used| used <= 700), "{:?}", used(&model, "group-size"));
    let named = |group: &fwc::model::Group| group.collections[0].rules.len();
    assert!(model.policies[0].groups.iter().map(named).sum::<usize>() > 2);
}

#[test]
fn a_group_of_the_authors_collections_is_not_split() {
    let rules: String = (10..20).map(|n| format!("r{n}: allow https from 10.0.0.4 to h{n}.example.com\n")).collect();
    let text =
        format!("policy web {{ location \"westeurope\" sku standard group g {{ collection c allow {{ {rules} }} }} }}");
    assert_eq!(groups(&optimised(&text, &limit("group-size", 700)).model).len(), 1);
}

#[test]
fn a_group_without_room_behind_it_stays_whole() {
    let text = format!(
        "policy web {{ location \"westeurope\" sku standard group g priority 200 {{ {} }} group h priority 201 {{ }} }}",
        many_rules(6)
    );
    assert_eq!(groups(&optimised(&text, &limit("group-size", 700)).model).len(), 2);
}
