//! The renderers of an explanation.

use fwc::evaluate::Knowledge;
use fwc::explain::{Detail, report, text};
use fwc::model::{Firewall, Model, Rules};
use fwc::source::{Files, Origin, SourceSpan};
use serde_json::{Value, json};

use super::build::{
    app, application, collection, dnat, explain, group, model, nat, net, network, one_group, policy, question,
};

fn json_of(model: &Model, asked: &str, files: &Files, detail: Detail) -> Option<Value> {
    let found = explain(model, asked, &Knowledge::none());
    serde_json::to_value(report(&found, &question(asked), files, detail)).ok()
}

fn text_of(model: &Model, asked: &str, detail: Detail) -> String {
    text(&explain(model, asked, &Knowledge::none()), &question(asked), &Files::new(), detail)
}

fn shop() -> Model {
    let old = nat("old", 100, vec![dnat("legacy", "*", "20.0.0.1", "443", "10.0.0.8:443")]);
    let new = nat("in", 200, vec![dnat("shop", "203.0.113.0/24", "20.0.0.1", "443", "10.0.0.9:8443")]);
    let base = policy("corp", None, vec![group("base", 100, vec![old])]);
    let child = policy("aks", Some("corp"), vec![group("ingress", 300, vec![new])]);
    let firewall = Firewall {
        name: "hub".into(),
        policy: Some("AKS".into()),
        sku: None,
        private_ip: Some([10, 0, 1, 4].into()),
        public_ips: [("web".to_owned(), [20, 0, 0, 1].into())].into_iter().collect(),
        origin: None,
    };
    Model { firewalls: vec![firewall], ..model(vec![base, child]) }
}

#[test]
fn json_names_the_rule_the_way_and_the_translation() {
    let expected = json!({
        "schema": "fwc.explain/1",
        "flow": {"source": "203.0.113.9", "destination": "hub::web", "service": "tcp/443"},
        "verdict": "allow",
        "fate": "allowed",
        "way": {"by": "firewall"},
        "decidedBy": {
            "policy": "aks", "group": "ingress", "collection": "in", "rule": "shop", "kind": "dnat", "action": "allow"
        },
        "passed": [
            {"policy": "corp", "group": "base", "collection": "old", "rule": "legacy", "why": "condition"}
        ],
        "translated": {"address": "10.0.0.9", "port": 8443, "sourceBecomes": "10.0.1.4"}
    });
    assert_eq!(json_of(&shop(), "tcp/443 203.0.113.9 hub::web", &Files::new(), Detail::Passed), Some(expected));
}

#[test]
fn json_leaves_out_what_is_not_there() {
    let expected = json!({
        "schema": "fwc.explain/1",
        "flow": {"source": "10.0.0.4", "destination": "a.com", "path": "/x", "service": "https"},
        "verdict": "deny",
        "fate": "denied",
        "way": {"by": "firewall"},
        "decidedBy": {"policy": "p", "kind": "default", "action": "deny"}
    });
    let found = json_of(&one_group(Vec::new()), "https 10.0.0.4 a.com /x", &Files::new(), Detail::Decision);
    assert_eq!(found, Some(expected));
}

#[test]
fn json_lists_what_the_answer_hangs_on() {
    let model = one_group(vec![network("allow-x", 100, vec![net("r", "tcp", "*", "tag:Storage", "443")])]);
    let found = json_of(&model, "tcp/443 10.0.0.4 20.0.0.1", &Files::new(), Detail::Decision);
    let depends = found.as_ref().and_then(|found| found.get("depends")).and_then(Value::as_array);
    let says = depends.into_iter().flatten().map(|entry| (entry.get("on"), entry.get("verdict")));
    let says: Vec<_> =
        says.map(|(on, verdict)| (on.and_then(Value::as_str), verdict.and_then(Value::as_str))).collect();
    assert_eq!(says, [(Some("tag(Storage)"), Some("allow")), (Some("otherwise"), Some("deny"))]);
}

#[test]
fn json_points_at_the_source() {
    let mut files = Files::new();
    let file = files.add("egress.pol", "a\n  b: allow");
    let mut rule = net("b", "tcp", "*", "*", "443");
    rule.origin = Some(Origin::direct(SourceSpan::new(file, 4, 5)));
    let model = one_group(vec![collection("c", 100, Rules::Network(fwc::model::Action::Allow, vec![rule]))]);
    let found = json_of(&model, "tcp/443 10.0.0.4 20.0.0.1", &files, Detail::Decision);
    let at = found.as_ref().and_then(|found| found.pointer("/decidedBy/at"));
    assert_eq!(at, Some(&json!({"file": "egress.pol", "line": 2, "column": 3})));
}

#[test]
fn text_says_the_answer_first() {
    let expected = "\
allow  by dnat rule shop

  flow        tcp/443 from 203.0.113.9 to hub::web
  rule        shop
  collection  in, priority 200
  group       ingress, priority 300
  policy      aks
  goes to     10.0.0.9, port 8443
  seen from   10.0.1.4, the firewall
  or          by dnat rule legacy, if DNAT rules of a base policy are inherited

  read in this order, with the priorities of groups and collections:
  dnat         condition      corp / 100 base / 100 old / legacy
  dnat         decides        aks / 300 ingress / 200 in / shop
";
    assert_eq!(text_of(&shop(), "tcp/443 203.0.113.9 hub::web", Detail::Passed), expected);
}

#[test]
fn text_says_what_the_answer_hangs_on() {
    let deny = network("deny-x", 100, vec![net("no", "tcp", "*", "20.0.0.0/8", "443")]);
    let allow = application("allow-x", 200, vec![app("mcr", "https:443", "*", "mcr.microsoft.com")]);
    let expected = "\
depends  on what the flow does not state

  flow        https from 10.0.0.4 to mcr.microsoft.com

  deny   if the address of mcr.microsoft.com in 20.0.0.0/8
         by network rule: p / 200 g / 100 deny-x / no

  allow  otherwise
         by application rule: p / 200 g / 200 allow-x / mcr
";
    let model = one_group(vec![deny, allow]);
    assert_eq!(text_of(&model, "https 10.0.0.4 mcr.microsoft.com", Detail::Decision), expected);
}

#[test]
fn text_fits_a_terminal_and_moves_no_cursor() {
    let name = |word: &str| [word; 12].join("-");
    let mut rule = net(&name("rule"), "tcp", "*", "*", "443");
    rule.name.push_str("\u{1b}[2J\u{202e}");
    let collection = network(&name("allow"), 100, vec![net("first", "udp", "*", "*", "1"), rule]);
    let model = model(vec![policy("p", None, vec![group(&name("group"), 200, vec![collection])])]);
    let text = text_of(&model, "tcp/443 10.0.0.4 20.0.0.1", Detail::Passed);
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
}
