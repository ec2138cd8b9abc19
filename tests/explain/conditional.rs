//! What depends on a condition that only a deployment knows, or on an order that Azure does not document.

use fwc::evaluate::{NoAnswer, RuleOrder, outcomes};
use fwc::model::{Collection, Group, Model, Presence};
use fwc::prove::decisions;

use super::build::{ask, explain, group, model, net, network, one_group, policy, question};

const FLOW: &str = "tcp/443 10.0.0.4 20.0.0.1";

fn all(name: &str, priority: u32) -> Collection {
    network(name, priority, vec![net(name, "tcp", "*", "*", "443")])
}

fn is(condition: &str) -> Presence {
    Presence::Is(condition.into())
}

fn under(presence: Presence, collection: Collection) -> Collection {
    Collection { presence, ..collection }
}

#[test]
fn a_collection_under_an_unknown_condition_is_a_condition() {
    let model = one_group(vec![under(is("c"), all("allow-x", 100))]);
    assert_eq!(ask(&model, FLOW), "depends c: allow allow-x; otherwise: deny default");
}

#[test]
fn a_group_under_an_unknown_condition_is_a_condition() {
    let open = Group { presence: is("c").negated(), ..group("g", 200, vec![all("deny-x", 100)]) };
    let model = model(vec![policy("p", None, vec![open, group("h", 300, vec![all("allow-x", 100)])])]);
    assert_eq!(ask(&model, FLOW), "depends c: allow allow-x; otherwise: deny deny-x");
}

#[test]
fn a_flow_that_another_rule_decides_first_depends_on_nothing() {
    let model = one_group(vec![all("allow-x", 100), under(is("c"), all("deny-x", 200))]);
    assert_eq!(ask(&model, FLOW), "allow allow-x");
}

#[test]
fn a_condition_that_changes_only_the_rule_is_none() {
    let model = one_group(vec![under(is("c"), all("allow-x", 100)), all("allow-y", 200)]);
    assert_eq!(ask(&model, FLOW), "allow allow-y");
    let found = explain(&model, FLOW, &fwc::evaluate::Knowledge::none());
    assert_eq!(found.also.iter().map(|case| case.on.to_string()).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn a_condition_and_its_opposite_together_are_none() {
    let model = one_group(vec![
        under(is("c"), all("allow-x", 100)),
        under(is("c").negated(), network("allow-y", 200, vec![net("y", "tcp", "*", "*", "443")])),
    ]);
    assert_eq!(ask(&model, FLOW), "allow y");
}

#[test]
fn conditions_are_said_by_what_settles_the_answer() {
    let model = one_group(vec![under(is("a").and(is("b").negated()), all("allow-x", 100))]);
    assert_eq!(ask(&model, FLOW), "depends a and not(b): allow allow-x; otherwise: deny default");
}

#[test]
fn more_conditions_than_are_tried_are_not_decided() {
    let some = |count: u32| (0..count).map(|at| under(is(&at.to_string()), all(&format!("allow-{at}"), 100 + at)));
    let eight = one_group(some(8).collect());
    assert!(ask(&eight, FLOW).starts_with("depends 0: allow allow-0; "));
    let nine = one_group(some(9).collect());
    assert!(matches!(answer(&nine), Err(NoAnswer::Conditions(9))));
}

fn answer(model: &Model) -> Result<(), NoAnswer> {
    let flow = question(FLOW).flow(model).unwrap();
    outcomes(&RuleOrder::of(model, &model.policies[0]), &flow, &fwc::evaluate::Knowledge::none()).map(drop)
}

#[test]
fn equal_priorities_that_allow_and_deny_depend_on_an_order_that_is_not_documented() {
    let model = |first: &str, second: &str| one_group(vec![all(first, 100), all(second, 100)]);
    let said = "depends collection `deny-b` of group `g` is read before `allow-a`, as both have priority 100 and their \
                order is not documented: deny deny-b; otherwise: allow allow-a";
    assert_eq!(ask(&model("allow-a", "deny-b"), FLOW), said);
    assert_eq!(ask(&model("deny-b", "allow-a"), FLOW), said);
}

#[test]
fn equal_priorities_of_groups_depend_too() {
    let groups = [("g", "allow-a"), ("h", "deny-b")].map(|(name, of)| group(name, 200, vec![all(of, 100)]));
    let said = ask(&model(vec![policy("p", None, groups.into())]), FLOW);
    assert!(said.starts_with("depends group `h` is read before `g`, as both have priority 200"), "{said}");
}

#[test]
fn equal_priorities_that_do_not_meet_or_do_the_same_depend_on_nothing() {
    let other = network("deny-b", 100, vec![net("b", "tcp", "*", "*", "22")]);
    assert_eq!(ask(&one_group(vec![all("allow-a", 100), other]), FLOW), "allow allow-a");
    assert_eq!(ask(&one_group(vec![all("allow-a", 100), all("allow-b", 100)]), FLOW), "allow allow-a");
}

#[test]
fn equal_priorities_that_are_never_there_together_depend_on_nothing() {
    let one = under(is("c"), all("allow-a", 100));
    let other = under(is("c").negated(), all("deny-b", 100));
    assert_eq!(ask(&one_group(vec![one, other]), FLOW), "depends c: allow allow-a; otherwise: deny deny-b");
}

#[test]
fn lines_of_an_open_order_are_listed_once_more_and_named_once() {
    let model = one_group(vec![all("allow-a", 100), all("deny-b", 100)]);
    let order = RuleOrder::of(&model, &model.policies[0]);
    let found = decisions(&order, &fwc::evaluate::Knowledge::none());
    assert_eq!((order.lines().len(), order.readings().len(), found.list.lines.len()), (2, 4, 4));
    assert_eq!(found.list.lines.iter().map(|line| line.origin).collect::<Vec<_>>(), [0, 1, 0, 1]);
}
