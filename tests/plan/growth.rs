//! How long a plan takes where everything changes. `FWC_PLAN_GROUPS=60 FWC_PLAN_RULES=34` is the full size.

use std::time::Instant;

use fwc::evaluate::Knowledge;
use fwc::flow::WorkBudget;
use fwc::model::{Action, Collection, Group, Model, Policy, Presence, Priority, Rules, Scope, Settings, Sku};
use fwc::plan::{PlanGiven, effect, plan};

use super::draws::{group, rule};
use crate::diff::number;

/// A policy of so many groups and rules; `moved` shifts what they are about, and with it what each group denies.
fn policy(groups: usize, rules: usize, moved: usize) -> Model {
    let priority = |number: usize| Priority::new(u32::try_from(number).unwrap()).unwrap();
    let net = |number: usize| format!("10.{}.{}.0/24", number / 250 % 250, number % 250);
    let group = |at: usize| {
        let some = |action: Action, count: usize, from: usize| {
            let each = |number: usize| {
                let about = at * rules + number + from + moved * (rules / 2);
                rule(&format!("r{number}"), &net(about), Some(&net(about / 2 + 7)))
            };
            Rules::Network(action, (0..count).map(each).collect())
        };
        let collection = |name: &str, number: usize, rules: Rules| Collection {
            name: name.to_owned(),
            priority: priority(number),
            presence: Presence::Always,
            rules,
            carried: Default::default(),
            origin: None,
        };
        let collections = vec![
            collection("deny", 200, some(Action::Deny, rules / 4, rules / 3)),
            collection("allow", 300, some(Action::Allow, rules - rules / 4, 0)),
        ];
        Group {
            name: format!("g{at}").into(),
            priority: priority(1000 + 100 * at),
            presence: Presence::Always,
            collections,
            origin: None,
        }
    };
    let policy = Policy {
        scope: Scope::default(),
        name: "web".to_owned().into(),
        base: None,
        settings: Settings::new(Sku::Premium),
        groups: (0..groups).map(group).collect(),
        origin: None,
    };
    Model { policies: vec![policy], ..Model::default() }
}

/// Two groups that exchange what they deny, in front of all others and of one that allows both.
fn cross(model: &mut Model, denied: [&str; 2]) {
    let groups = &mut model.policies[0].groups;
    for (at, to) in denied.into_iter().enumerate() {
        let denies = Rules::Network(Action::Deny, vec![rule("no", "10.0.0.0/8", Some(to))]);
        groups.push(group(&format!("crossed-{at}"), 500 + at, denies));
    }
    groups.push(group("wide", 60_000, Rules::Network(Action::Allow, vec![rule("wide", "10.0.0.0/8", None)])));
}

fn turn(model: &mut Model) {
    let groups = &mut model.policies[0].groups;
    let mut priorities: Vec<Priority> = groups.iter().map(|group| group.priority).collect();
    priorities.reverse();
    groups.iter_mut().zip(priorities).for_each(|(group, priority)| group.priority = priority);
}

#[test]
fn a_policy_that_changes_everywhere_has_a_plan() {
    let (groups, rules) = (number("FWC_PLAN_GROUPS", 20), number("FWC_PLAN_RULES", 20));
    let given = PlanGiven { knowledge: &Knowledge::none(), budget: &WorkBudget::default() };
    for (what, is_turned, is_crossed) in [("moved", false, false), ("turned", true, false), ("crossed", false, true)] {
        let (mut old, mut new) = (policy(groups, rules, 0), policy(groups, rules, 1));
        if is_turned {
            turn(&mut new);
        }
        if is_crossed {
            cross(&mut old, ["20.1.0.1", "20.1.0.2"]);
            cross(&mut new, ["20.1.0.2", "20.1.0.1"]);
        }
        let start = Instant::now();
        let found = plan(&old, &new, &given).unwrap();
        let cut = found.steps.iter().filter(|step| !step.cut.is_empty()).count();
        println!(
            "{groups} groups of {rules} rules, {what}: {} steps, {cut} of which cut, guarded: {}, {:?}",
            found.steps.len(),
            found.is_guarded(),
            start.elapsed()
        );
        assert!(found.steps.len() >= groups);
        assert_eq!(found.is_guarded(), is_crossed);
        let is_kept = |way| effect([&old, way, &new], &given).unwrap().opened.is_empty();
        assert!(found.steps.iter().map(|step| &step.after).step_by(7).all(is_kept));
    }
}
