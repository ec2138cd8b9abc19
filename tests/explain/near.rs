//! The rules that miss a denied flow by one field.

use fwc::evaluate::Knowledge;
use fwc::explain::{Detail, Near, report, text};
use fwc::model::{Collection, Model};
use fwc::source::Files;
use serde_json::json;

use super::build::{app, application, explain, nat, net, network, one_group, question};

const NODES: &str = "10.240.0.0/20";

fn near(model: &Model, asked: &str) -> Vec<String> {
    let said = |near: &Near<'_>| format!("{} {} {}", near.line.rule.name(), near.differs, near.with);
    explain(model, asked, &Knowledge::none()).near.iter().map(said).collect()
}

fn feed() -> Collection {
    application("allow-x", 300, vec![app("feed", "https:443", NODES, "feed.example.com")])
}

#[test]
fn each_field_is_named_with_what_it_would_have_to_be() {
    let model = one_group(vec![feed()]);
    for (asked, expected) in [
        ("tcp/443 10.240.0.4 feed.example.com", "feed service https"),
        ("http 10.240.0.4 feed.example.com", "feed service https"),
        ("https 192.168.9.9 feed.example.com", "feed source 10.240.0.0/20"),
        ("https 10.240.0.4 feeds.example.com", "feed name feed.example.com"),
        ("https 10.240.0.4 20.0.0.1", "feed name feed.example.com"),
    ] {
        assert_eq!(near(&model, asked), [expected], "{asked}");
    }
}

#[test]
fn a_rule_of_which_two_fields_differ_is_none() {
    let model = one_group(vec![feed()]);
    assert!(near(&model, "udp/9 192.168.9.9 nothing.example.org").is_empty());
    assert!(near(&model, "tcp/443 192.168.9.9 feed.example.com").is_empty());
    assert!(near(&model, "tcp/443 10.240.0.4 20.0.0.1").is_empty());
}

#[test]
fn network_and_dnat_rules_are_named_too() {
    let out = network("allow-x", 300, vec![net("time", "udp", NODES, "20.0.0.0/24", "123 500-600")]);
    let shop = nat("in", 100, vec![super::build::dnat("shop", "*", "20.9.0.1", "443", "10.0.0.9:8443")]);
    let model = one_group(vec![out, shop]);
    assert_eq!(near(&model, "udp/700 10.240.0.4 20.0.0.1"), ["time service udp/123"]);
    assert_eq!(near(&model, "udp/550 10.240.0.4 20.0.1.1"), ["time destination 20.0.0.0/24"]);
    assert_eq!(near(&model, "tcp/8443 10.9.0.4 20.9.0.1"), ["shop service tcp/443"]);
}

#[test]
fn a_url_is_a_near_miss_by_service_and_by_name() {
    let rule = app("api", "https:443", "*", "url:contoso.com/api/*");
    let model = one_group(vec![application("allow-x", 300, vec![rule])]);
    assert_eq!(near(&model, "tcp/443 10.0.0.4 contoso.com /api/1"), ["api service https"]);
    assert_eq!(near(&model, "https 10.0.0.4 contoso.com /x"), ["api name contoso.com/api/*"]);
}

#[test]
fn the_nearest_come_first_and_at_most_three() {
    let rule = |name: &str, to: &str| app(name, "https:443", "*", to);
    let rules = vec![rule("a", "other.net"), rule("b", "a.corp.io"), rule("c", "bb.feed.example.com")];
    let more = vec![rule("d", "feed.example.com"), rule("e", "fed.example.com")];
    let model = one_group(vec![application("allow-x", 300, [rules, more].concat())]);
    let found = near(&model, "https 10.0.0.4 feeed.example.com");
    assert_eq!(found, ["d name feed.example.com", "e name fed.example.com", "c name bb.feed.example.com"]);
    assert_eq!(near(&model, "tcp/443 10.0.0.4 fed.example.com"), ["e service https"]);
}

#[test]
fn a_name_that_has_nothing_in_common_is_told_to_programs_only() {
    let model = one_group(vec![feed()]);
    let asked = "https 10.240.0.4 other.org";
    let found = explain(&model, asked, &Knowledge::none());
    assert_eq!(near(&model, asked), ["feed name feed.example.com"]);
    assert!(!text(&found, &question(asked), &Files::new(), Detail::Decision).contains("near miss"));
}

/// What would be denied with the other field as well is none.
#[test]
fn a_rule_that_a_deny_comes_before_is_none() {
    let guard = network("deny-x", 100, vec![net("guard", "tcp", "*", "*", "443")]);
    let model = one_group(vec![guard, feed()]);
    assert!(near(&model, "http 10.240.0.4 feed.example.com").is_empty());
}

#[test]
fn a_flow_that_a_last_deny_takes_has_near_misses_and_one_that_is_allowed_has_none() {
    let last = application("deny-x", 900, vec![app("rest", "https:443 http:80", "*", "*")]);
    let model = one_group(vec![feed(), last]);
    assert_eq!(near(&model, "http 10.240.0.4 feed.example.com"), ["feed service https"]);
    assert!(near(&model, "https 10.240.0.4 feed.example.com").is_empty());
}

#[test]
fn json_and_text_have_them() {
    let model = one_group(vec![feed()]);
    let asked = "tcp/443 10.240.0.4 feed.example.com";
    let found = explain(&model, asked, &Knowledge::none());
    let value = serde_json::to_value(report(&found, &question(asked), &Files::new(), Detail::Decision));
    let rule = json!({"policy": "p", "group": "g", "collection": "allow-x", "rule": "feed", "kind": "application", "action": "allow"});
    let expected = json!([{"rule": rule, "differs": "service", "with": "https"}]);
    assert_eq!(value.ok().as_ref().and_then(|value| value.get("near")), Some(&expected));
    let text = text(&found, &question(asked), &Files::new(), Detail::Decision);
    assert!(text.contains("\n  near miss   feed, if the service were https\n"), "{text}");
}
