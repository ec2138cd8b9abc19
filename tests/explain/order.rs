//! The worked example of Microsoft's page on rule processing (2026-03-23).

use fwc::evaluate::{DNAT_IS_INHERITED, Miss, RuleOrder};
use fwc::explain::FlowVerdict;
use fwc::model::{Collection, Model};

use super::build::{app, application, ask, dnat, explain, group, model, nat, net, network, policy};

fn network_of(name: &str, priority: u32) -> Collection {
    network(name, priority, vec![net(name, "tcp", "10.0.0.0/8", "192.0.2.1", "1")])
}

fn application_of(name: &str, priority: u32) -> Collection {
    application(name, priority, vec![app(name, "https:443", "10.0.0.0/8", "a.com")])
}

fn nat_of(name: &str, priority: u32) -> Collection {
    nat(name, priority, vec![dnat(name, "*", "20.0.0.1", "443", "10.0.0.9:443")])
}

fn worked_example() -> Model {
    let base = vec![
        group("BaseRCG2", 300, vec![application_of("AppRC2", 1200), network_of("NetworkRC2", 1300)]),
        group("BaseRCG1", 200, vec![nat_of("DNATRC1", 600), nat_of("DNATRC3", 610), network_of("NetworkRC1", 800)]),
    ];
    let child = vec![
        group("ChildRCG1", 300, vec![network_of("ChNetRC1", 700), application_of("ChAppRC1", 900)]),
        group(
            "ChildRCG2",
            650,
            vec![network_of("ChNetRC2", 1100), application_of("ChAppRC2", 2000), nat_of("ChDNATRC3", 3000)],
        ),
    ];
    model(vec![policy("base", None, base), policy("child", Some("base"), child)])
}

#[test]
fn the_worked_example_is_read_in_the_documented_order() {
    let model = worked_example();
    let order = model.policy("child").map(|child| RuleOrder::of(&model, child));
    let names = order.iter().flat_map(|order| order.lines()).map(|line| line.collection.name.as_str());
    let documented = [
        "DNATRC1",
        "DNATRC3",
        "ChDNATRC3",
        "NetworkRC1",
        "NetworkRC2",
        "ChNetRC1",
        "ChNetRC2",
        "AppRC2",
        "ChAppRC1",
        "ChAppRC2",
    ];
    assert_eq!(names.collect::<Vec<_>>(), documented);
}

#[test]
fn a_childs_own_dnat_decides_unless_its_parents_is_inherited() {
    let model = worked_example();
    let found = explain(&model, "tcp/443 203.0.113.9 20.0.0.1", &fwc::evaluate::Knowledge::none());
    assert_eq!(found.decided_by.line().map(|line| line.rule.name()), Some("ChDNATRC3"));
    assert!(found.passed.iter().all(|passed| passed.why == Miss::Condition));
    assert_eq!(found.passed.len(), 2);

    let also: Vec<_> = found
        .also
        .iter()
        .map(|case| (case.decided_by.line().map(|line| line.rule.name()), case.on.to_string()))
        .collect();
    assert_eq!(found.verdict, FlowVerdict::Allow);
    assert_eq!(also, [(Some("DNATRC1"), DNAT_IS_INHERITED.to_owned())]);
}

#[test]
fn what_only_a_parents_dnat_takes_depends_on_whether_it_is_inherited() {
    let mut model = worked_example();
    model.policies.iter_mut().filter(|policy| policy.name == "child").for_each(|policy| {
        policy.groups.iter_mut().for_each(|group| group.collections.retain(|of| of.name != "ChDNATRC3"));
    });
    let found = explain(&model, "tcp/443 203.0.113.9 20.0.0.1", &fwc::evaluate::Knowledge::none());
    assert_eq!(found.verdict, FlowVerdict::Depends);
    assert_eq!(ask(&model, "tcp/443 203.0.113.9 20.0.0.2"), "deny default");
}

#[test]
fn a_parents_dnat_decides_where_the_parent_is_attached() {
    let mut model = worked_example();
    model.policies.pop();
    assert_eq!(ask(&model, "tcp/443 203.0.113.9 20.0.0.1"), "allow DNATRC1");
}
