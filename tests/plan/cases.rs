//! Plans whose order matters.

use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::model::{Base, Model, Rules, Sku};
use fwc::plan::{Deed, MigrationPlan, PlanGiven, PlanReason, plan, text};

use super::{checked, model};

fn policy(groups: &str) -> String {
    format!("policy web {{\n location \"westeurope\"\n sku standard\n{groups}\n}}")
}

fn planned(old: &str, new: &str) -> MigrationPlan {
    checked(&model(&policy(old)), &model(&policy(new))).unwrap()
}

fn steps(plan: &MigrationPlan) -> Vec<String> {
    let line = |step: &fwc::plan::PlanStep| format!("{} {}", step.operation.deed, step.operation.what.path());
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
    let whys: Vec<PlanReason> = plan.steps.iter().map(|step| step.operation.why).collect();
    assert_eq!(whys, [PlanReason::Guard, PlanReason::Changed, PlanReason::Changed, PlanReason::GuardDone]);
    assert_eq!(steps(&plan)[0], "put web/fwc-plan-guard");
    assert!(plan.steps.iter().all(|step| step.cut.is_empty()), "{:#?}", text(&plan));
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
    let servers = old.ip_groups.get_mut(&fwc::model::ResourceId::own("servers")).unwrap();
    servers.addresses.reverse();
    servers.location = Some("West Europe".into());
    for policy in &mut old.policies {
        policy.settings.location = Some("West Europe".into());
        for collection in policy.groups.iter_mut().flat_map(|group| &mut group.collections) {
            match &mut collection.rules {
                Rules::Network(_, rules) => rules.iter_mut().for_each(|rule| rule.matches.destinations.reverse()),
                Rules::Application(_, rules) => rules.iter_mut().for_each(|rule| rule.matches.fqdns.reverse()),
                Rules::Nat(_) => {}
            }
        }
    }
    let child = old.policies.iter_mut().find(|policy| policy.base.is_some()).unwrap();
    child.base = Some(Base::id("/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/firewallPolicies/base"));
    assert_eq!(
        plan(&old, &new, &PlanGiven { knowledge: &Knowledge::none(), budget: &WorkBudget::default() }).unwrap().steps,
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
    let whys: Vec<PlanReason> = plan.steps.iter().map(|step| step.operation.why).collect();
    assert_eq!(whys, [PlanReason::Guard, PlanReason::Changed, PlanReason::Changed]);
    assert_eq!(steps(&plan), ["put web/first", "put web/second", "put web/first"]);
    assert!(plan.steps.iter().all(|step| step.cut.is_empty()), "{:#?}", text(&plan));
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
    assert!(plan.steps.iter().any(|step| step.operation.why == PlanReason::InTheWay), "{:#?}", text(&plan));
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

/// Pods that two groups name; what they select is a resource of its own.
pub const PODS: &str = "policy web { location \"westeurope\" sku premium
    group one priority 1000 { no: deny tcp/443 from pods(\"app=web\" named \"front\") to 10.1.0.1 }
    group two priority 2000 { all: allow tcp/443 from pods(\"app=web\" named \"front\"), 10.0.0.0/8 to 10.1.0.0/16 } }";

/// Whoever changes what a selector group selects changes every rule that names it, in one write.
#[test]
fn pods_of_one_name_change_in_all_groups_at_once() {
    let plan = checked(&model(PODS), &model(&PODS.replace("app=web", "app=api"))).unwrap();
    assert_eq!(steps(&plan), ["put web/front"]);
    assert_eq!(plan.steps[0].operation.what.kind(), "pods");
    let renamed = PODS.replace("named \"front", "named \"other");
    let plan = checked(&model(PODS), &model(&renamed)).unwrap();
    let mut written = steps(&plan);
    written.sort_unstable();
    assert_eq!(written, ["put web/one", "put web/two"]);
    assert_eq!(plan.left_over, ["selector group `web/front`"]);
}

/// A deny for pods goes into another group: it is there before it is taken away.
#[test]
fn pods_that_only_azure_knows_are_kept_out_as_well() {
    let deny = "no: deny tcp/443 from pods(\"app=web\" named \"front\") to 10.1.0.1";
    let other = "other: deny tcp/22 from 10.0.0.0/8 to 10.1.0.1";
    let all = "group late priority 3000 { all: allow tcp/443 from pods(\"app=web\" named \"front\") to 10.1.0.0/16 }";
    let groups = |one: &str, next: &str| {
        let policy = "policy web { location \"westeurope\" sku premium";
        model(&format!(
            "{policy} group first priority 1000 {{ {one} }} group second priority 2000 {{ {next} }} {all} }}"
        ))
    };
    let plan = checked(&groups(&format!("{deny} {other}"), other), &groups(other, &format!("{deny} {other}"))).unwrap();
    assert_eq!(steps(&plan), ["put web/second", "put web/first"]);
}

/// Two translations that change places: no deny keeps a translation out, so that it is taken away for a while.
#[test]
fn translations_that_cross_are_taken_out_on_the_way() {
    let nat = |from: &str, to: &str| format!("dnat tcp/443 from {from} to 20.61.0.9 -> {to}");
    let groups = |first: &[String], second: &[String]| {
        format!(
            "group first priority 1000 {{ {} }} group second priority 2000 {{ {} }}",
            first.join("\n"),
            second.join("\n")
        )
    };
    let old = groups(&[nat("203.0.113.1", "10.1.0.1")], &[nat("203.0.113.0/24", "10.1.0.2")]);
    let new =
        groups(&[nat("203.0.113.2", "10.1.0.3")], &[nat("203.0.113.1", "10.1.0.4"), nat("203.0.113.2", "10.1.0.5")]);
    let plan = planned(&old, &new);
    let whys: Vec<PlanReason> = plan.steps.iter().map(|step| step.operation.why).collect();
    assert_eq!(whys.iter().filter(|why| **why == PlanReason::Untranslated).count(), 2, "{:#?}", text(&plan));
    assert!(!plan.is_guarded());
}

/// What the rules to come need is there before them, and what the rules that go have needed is there until they are gone.
#[test]
fn settings_come_before_and_go_after_the_rules_that_need_them() {
    let policy = |settings: &str, rule: &str| {
        model(&format!("policy web {{ location \"westeurope\" {settings} group g {{ a: {rule} }} }}"))
    };
    let plain = "allow tcp/22 from 10.0.0.0/8 to 10.1.0.1";
    let named = "allow tcp/22 from 10.0.0.0/8 to a.example.com";
    let kinds = |old: &Model, new: &Model| {
        let plan = checked(old, new).unwrap();
        plan.steps.iter().map(|step| step.operation.what.kind()).collect::<Vec<_>>()
    };
    let proxied = policy("sku standard dns { proxy on }", named);
    assert_eq!(kinds(&policy("sku standard", plain), &proxied), ["policy", "group"]);
    assert_eq!(kinds(&proxied, &policy("sku standard", plain)), ["group", "policy"]);
    // The tier falls and the proxy comes: the first write has both.
    let premium = policy("sku premium", plain);
    let plan = checked(&premium, &proxied).unwrap();
    assert_eq!(kinds(&premium, &proxied), ["policy", "group", "policy"]);
    let between = &plan.steps[0].after.policy("web").unwrap().settings;
    assert_eq!((between.sku, between.dns_proxy()), (Sku::Premium, true));
}

#[test]
fn a_policy_cannot_move_to_another_region() {
    let new = policy(OPEN).replace("westeurope", "northeurope");
    let why = checked(&model(&policy(OPEN)), &model(&new)).unwrap_err();
    assert_eq!(
        why.to_string(),
        "policy `web` is in `westeurope`, and Azure moves none to `northeurope`: say `westeurope`, or give the new one \
         another name"
    );
}

/// The first priorities are all taken, and two groups change places: the guard makes way inside of the first.
#[test]
fn groups_without_room_make_way_behind_a_guard() {
    let deny = |address: &str| format!("no: deny tcp/443 from 10.0.0.0/8 to {address}");
    let groups = |one: &str, next: &str, at: [u32; 2]| {
        let [first, second] = at;
        format!(
            "group {one} priority {first} {{ {} }} group {next} priority {second} {{ {} }} {OPEN}",
            deny("10.1.0.1"),
            deny("10.1.0.2")
        )
    };
    let plan = planned(&groups("a", "b", [100, 101]), &groups("b", "a", [100, 101]));
    assert!(plan.steps.iter().all(|step| step.cut.is_empty()), "{:#?}", text(&plan));
}

/// A base that a child elsewhere inherits: what that child lets pass counts, though nothing is said of it.
#[test]
fn children_that_are_not_spoken_of_are_kept_from_harm() {
    let deny = "no: deny tcp/443 from 10.0.0.0/8 to 10.1.0.1";
    let other = "other: deny tcp/22 from 10.0.0.0/8 to 10.1.0.1";
    let base = |one: &str, next: &str| {
        format!(
            "policy base {{ location \"westeurope\" sku standard group first priority 1000 {{ {one} }} \
             group second priority 2000 {{ {next} }} }}"
        )
    };
    let child = format!("policy web inherits base {{ location \"westeurope\" sku standard {OPEN} }}");
    let old = model(&format!("{} {child}", base(&format!("{deny} {other}"), other)));
    let new = model(&base(other, &format!("{deny} {other}")));
    let plan = checked(&old, &new).unwrap();
    assert_eq!(steps(&plan), ["put base/second", "put base/first"]);
    assert_eq!(plan.left_over, ["policy `web`, of which nothing is said any more"]);
}

/// No deny keeps a translation out, none may be taken out before everything is denied, and no priority is free for that:
/// the groups in front move back by one, and forward again.
#[test]
fn groups_without_room_move_back_for_one_that_denies() {
    let nat = |from: &str, to: &str| format!("dnat tcp/443 from {from} to 20.61.0.9 -> {to}");
    let policy = |first: &str, second: &str| {
        let wide = "group wide priority 102 { all: allow tcp/443 from 203.0.113.0/24 to any }";
        policy(&format!("group first priority 100 {{ {first} }} group second priority 101 {{ {second} }} {wide}"))
    };
    let old = policy(&nat("203.0.113.1", "10.1.0.1"), &nat("203.0.113.0/24", "10.1.0.2"));
    let both = [nat("203.0.113.1", "10.1.0.4"), nat("203.0.113.2", "10.1.0.5")].join("\n");
    let new = policy(&nat("203.0.113.2", "10.1.0.3"), &both);
    let plan = checked(&model(&old), &model(&new)).unwrap();
    let whys: Vec<PlanReason> = plan.steps.iter().map(|step| step.operation.why).collect();
    let count = |wanted: PlanReason| whys.iter().filter(|why| **why == wanted).count();
    assert_eq!(
        (count(PlanReason::InTheWay), count(PlanReason::Guard), count(PlanReason::Back)),
        (3, 1, 3),
        "{:#?}",
        text(&plan)
    );
}

/// Names are kept out by name: all else that the same sources ask for passes meanwhile.
#[test]
fn a_guard_against_names_denies_these_names() {
    let deny = |name: &str| format!("no: deny https from 10.0.0.0/8 to {name}");
    let late = "group late priority 3000 { all: allow https from 10.0.0.0/8 to a.com, b.com, c.com }";
    let groups = |one: &str, next: &str| {
        format!("group first priority 1000 {{ {} }} group second priority 2000 {{ {} }} {late}", deny(one), deny(next))
    };
    let plan = planned(&groups("a.com", "b.com"), &groups("b.com", "a.com"));
    assert!(plan.is_guarded());
    assert!(plan.steps.iter().all(|step| step.cut.is_empty()), "{:#?}", text(&plan));
}

/// What is cut is said where it begins and where it ends, and not again in between.
#[test]
fn a_cut_is_said_once() {
    let moves = "a: allow tcp/22 from 10.0.0.0/8 to 10.1.0.1";
    let nat = |from: &str, to: &str| format!("dnat tcp/443 from {from} to 20.61.0.9 -> {to}");
    let groups = |first: &str, second: &str, third: &str| {
        format!(
            "group first priority 1000 {{ {first} }} group second priority 2000 {{ {second} }} \
             group third priority 3000 {{ {third} }}"
        )
    };
    let both = format!("{}\n{}", nat("203.0.113.1", "10.1.0.4"), nat("203.0.113.2", "10.1.0.5"));
    let old = groups(&nat("203.0.113.1", "10.1.0.1"), &nat("203.0.113.0/24", "10.1.0.2"), moves);
    let plan = planned(&old, &groups(&nat("203.0.113.2", "10.1.0.3"), &both, moves));
    let said: Vec<String> = text(&plan).into_iter().map(|line| line.text).collect();
    let cuts = |line: &&String| line.starts_with("cuts for now: ");
    let mut unique: Vec<&String> = said.iter().filter(cuts).collect();
    let count = unique.len();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), count, "{said:#?}");
    assert!(count > 0 && plan.steps.iter().filter(|step| !step.cut.is_empty()).count() > 1, "{said:#?}");
    assert!(said.contains(&"all that was cut passes again".to_owned()), "{said:#?}");
}
