//! Plans whose order matters.

use fwc::azure::evaluate::Knowledge;
use fwc::azure::{Base, Rules};
use fwc::flow::Budget;
use fwc::plan::{Deed, Given, Plan, Why, plan, text};

use super::{checked, model};

fn policy(groups: &str) -> String {
    format!("policy web {{\n location \"westeurope\"\n sku standard\n{groups}\n}}")
}

fn planned(old: &str, new: &str) -> Plan {
    checked(&model(&policy(old)), &model(&policy(new))).unwrap()
}

fn steps(plan: &Plan) -> Vec<String> {
    let line = |step: &fwc::plan::Step| format!("{} {}", step.operation.deed, step.operation.what.path());
    plan.steps.iter().map(line).collect()
}

const OPEN: &str = "group late priority 3000 { all: allow tcp/443 from 10.0.0.0/8 to 10.1.0.1, 10.1.0.2 }";

#[test]
fn equal_models_need_nothing() {
    assert_eq!(planned(OPEN, OPEN).steps, []);
}

#[test]
fn a_deny_that_moves_is_written_before_it_is_taken_away() {
    let deny = "no: deny tcp/443 from 10.0.0.0/8 to 10.1.0.1";
    let other = "other: deny tcp/22 from 10.0.0.0/8 to 10.1.0.1";
    let old = format!("group first priority 1000 {{ {deny} {other} }} group second priority 2000 {{ {other} }} {OPEN}");
    let new = format!("group first priority 1000 {{ {other} }} group second priority 2000 {{ {deny} {other} }} {OPEN}");
    assert_eq!(steps(&planned(&old, &new)), ["put web/second", "put web/first"]);
    assert_eq!(steps(&planned(&new, &old)), ["put web/first", "put web/second"]);
}

#[test]
fn what_no_order_gives_a_temporary_group_does() {
    let deny = |address: &str| format!("no: deny tcp/443 from 10.0.0.0/8 to {address}");
    let groups = |one: &str, next: &str| {
        format!("group first priority 1000 {{ {} }} group second priority 2000 {{ {} }} {OPEN}", deny(one), deny(next))
    };
    let plan = planned(&groups("10.1.0.1", "10.1.0.2"), &groups("10.1.0.2", "10.1.0.1"));
    assert!(plan.is_guarded());
    let whys: Vec<Why> = plan.steps.iter().map(|step| step.operation.why).collect();
    assert_eq!(whys, [Why::Guard, Why::Changed, Why::Changed, Why::GuardDone]);
    assert_eq!(steps(&plan)[0], "put web/fwc-plan-guard");
    assert!(plan.steps.iter().all(|step| step.cut.is_empty()), "{}", text(&plan));
}

/// Azure gives back what it was given in another order and spelling, and a base by its resource id.
#[test]
fn what_an_export_says_in_other_words_is_not_written_again() {
    let base = "policy base { location \"westeurope\" sku standard }";
    let rules =
        "a: allow https from 10.0.0.4, 10.0.0.8 to a.com, b.com b: allow tcp/22 from 10.0.0.4 to 10.1.0.4, 10.2.0.4";
    let child = format!("policy web inherits base {{ location \"westeurope\" sku standard group g {{ {rules} }} }}");
    let new = model(&format!("ip-group servers = 10.1.0.1, 10.2.0.1 {base} {child}"));
    let mut old = new.as_deployed();
    let servers = old.ip_groups.get_mut("servers").unwrap();
    servers.addresses.reverse();
    servers.location = Some("West Europe".into());
    for policy in &mut old.policies {
        policy.settings.location = Some("West Europe".into());
        for collection in policy.groups.iter_mut().flat_map(|group| &mut group.collections) {
            match &mut collection.rules {
                Rules::Network(_, rules) => rules.iter_mut().for_each(|rule| rule.destinations.reverse()),
                Rules::Application(_, rules) => rules.iter_mut().for_each(|rule| rule.fqdns.reverse()),
                Rules::Nat(_) => {}
            }
        }
    }
    let child = old.policies.iter_mut().find(|policy| policy.base.is_some()).unwrap();
    child.base =
        Some(Base::Id("/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/firewallPolicies/base".into()));
    assert_eq!(
        plan(&old, &new, &Given { knowledge: &Knowledge::none(), budget: &Budget::default() }).unwrap().steps,
        []
    );
}

/// The first priority is taken by a group that changes: the denial goes into that group, and out of it at the end.
#[test]
fn without_a_free_priority_in_front_the_first_group_denies_for_a_while() {
    let deny = |address: &str| format!("no: deny tcp/443 from 10.0.0.0/8 to {address}");
    let groups = |one: &str, next: &str| {
        format!("group first priority 100 {{ {} }} group second priority 200 {{ {} }} {OPEN}", deny(one), deny(next))
    };
    let plan = planned(&groups("10.1.0.1", "10.1.0.2"), &groups("10.1.0.2", "10.1.0.1"));
    let whys: Vec<Why> = plan.steps.iter().map(|step| step.operation.why).collect();
    assert_eq!(whys, [Why::Guard, Why::Changed, Why::Changed]);
    assert_eq!(steps(&plan), ["put web/first", "put web/second", "put web/first"]);
    assert!(plan.steps.iter().all(|step| step.cut.is_empty()), "{}", text(&plan));
}

#[test]
fn a_group_that_is_gone_is_deleted_and_one_that_is_new_written() {
    let plan = planned(OPEN, &OPEN.replace("late", "later"));
    assert_eq!(steps(&plan).len(), 2);
    assert!(plan.steps.iter().any(|step| step.operation.deed == Deed::Delete));
}

#[test]
fn groups_that_swap_their_priorities_make_way() {
    let other = "group early priority 1000 { one: allow tcp/80 from 10.0.0.0/8 to 10.1.0.1 }";
    let (old, new) = (
        format!("{other} {OPEN}"),
        format!("{other} {OPEN}").replace("1000", "x").replace("3000", "1000").replace("x", "3000"),
    );
    let plan = planned(&old, &new);
    assert!(plan.steps.iter().any(|step| step.operation.why == Why::InTheWay), "{}", text(&plan));
    assert_eq!(plan.steps.len(), 3);
}

#[test]
fn an_ip_group_comes_before_the_rules_that_use_it() {
    let rule = |to: &str| format!("group out {{ one: allow tcp/443 from 10.0.0.0/8 to {to} }}");
    let old = model(&policy(&rule("10.1.0.1")));
    let new = model(&format!("ip-group servers = 10.1.0.1\n{}", policy(&rule("servers"))));
    let plan = checked(&old, &new).unwrap();
    assert_eq!(steps(&plan), ["put servers", "put web/out"]);
    let back = checked(&new, &old).unwrap();
    assert_eq!(steps(&back), ["put web/out"]);
    assert_eq!(back.left_over.len(), 1);
}

#[test]
fn a_child_that_is_new_opens_nothing_that_its_base_will_not() {
    let base = |rules: &str| format!("policy base {{ location \"westeurope\" sku standard group g {{ {rules} }} }}");
    let child = "policy web inherits base { location \"westeurope\" sku standard group own { a: allow tcp/80 from 10.0.0.0/8 to 10.1.0.9 } }";
    let old = model(&base("a: allow tcp/443 from 10.0.0.0/8 to 10.1.0.1"));
    let new = model(&format!("{} {child}", base("b: deny tcp/443 from 10.0.0.0/8 to 10.1.0.1")));
    let plan = checked(&old, &new).unwrap();
    assert_eq!(steps(&plan), ["put base/g", "put web", "put web/own"]);
}
