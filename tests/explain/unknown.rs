//! What hangs on an address or on a set that only Azure knows, and what does not.

use super::build::{app, application, ask, ask_with, dns, explain, net, network, one_group, with_ip_group};
use fwc::evaluate::{Knowledge, RuleOrder};
use fwc::prove::decisions;

#[test]
fn a_service_tag_is_a_condition() {
    let model = one_group(vec![network("allow-x", 100, vec![net("r", "tcp", "*", "tag:Storage", "443")])]);
    assert_eq!(ask(&model, "tcp/443 10.0.0.4 20.0.0.1"), "depends tag(Storage): allow r; otherwise: deny default");
}

#[test]
fn one_tag_denied_and_then_allowed_is_no_condition() {
    let deny = network("deny-x", 100, vec![net("no", "tcp", "*", "tag:Storage", "443")]);
    let allow = network("allow-x", 200, vec![net("yes", "tcp", "*", "tag:storage", "443")]);
    assert_eq!(ask(&one_group(vec![deny, allow]), "tcp/443 10.0.0.4 20.0.0.1"), "deny default");
}

#[test]
fn a_region_is_part_of_its_tag() {
    let deny = network("deny-x", 100, vec![net("no", "tcp", "*", "tag:Storage", "443")]);
    let allow = network("allow-x", 200, vec![net("yes", "tcp", "*", "tag:Storage.WestEurope", "443")]);
    assert_eq!(ask(&one_group(vec![deny, allow]), "tcp/443 10.0.0.4 20.0.0.1"), "deny default");
}

#[test]
fn a_tag_that_changes_only_the_rule_is_no_condition() {
    let rules = vec![net("tagged", "tcp", "*", "tag:Storage", "443"), net("rest", "tcp", "*", "*", "443")];
    let model = one_group(vec![network("allow-x", 100, rules)]);
    let found = explain(&model, "tcp/443 10.0.0.4 20.0.0.1", &Knowledge::none());
    assert_eq!(ask(&model, "tcp/443 10.0.0.4 20.0.0.1"), "allow rest");
    assert_eq!(found.also.iter().map(|case| case.on.to_string()).collect::<Vec<_>>(), ["tag(Storage)"]);
}

#[test]
fn a_rule_may_need_two_facts() {
    let model = one_group(vec![network("allow-x", 100, vec![net("r", "tcp", "id:/g", "tag:Storage", "443")])]);
    assert_eq!(
        ask(&model, "tcp/443 10.0.0.4 20.0.0.1"),
        "depends the source in ip-group(/g) and tag(Storage): allow r; otherwise: deny default"
    );
}

#[test]
fn what_an_earlier_deny_may_take_is_no_condition_for_an_allow() {
    let deny = network("deny-x", 100, vec![net("sql", "tcp", "*", "tag:Sql", "443")]);
    let allow = network("allow-x", 200, vec![net("named", "tcp", "*", "a.com", "443")]);
    assert_eq!(
        ask(&one_group(vec![deny, allow]), "tcp/443 10.0.0.4 20.0.0.1"),
        "depends tag(Sql): deny sql; dns(a.com) and not tag(Sql): allow named; otherwise: deny default"
    );
}

#[test]
fn what_takes_no_part_in_the_answer_is_in_no_condition() {
    let other = network("deny-x", 100, vec![net("sql", "tcp", "*", "tag:Sql", "1433")]);
    let first = network("allow-w", 150, vec![net("first", "tcp", "*", "tag:Storage", "443")]);
    let shadowed = network("deny-y", 160, vec![net("no", "tcp", "*", "tag:Storage.WestEurope", "443")]);
    let allow = network("allow-x", 200, vec![net("named", "tcp", "*", "a.com", "443")]);
    assert_eq!(
        ask(&one_group(vec![other, first, shadowed, allow]), "tcp/443 10.0.0.4 20.0.0.1"),
        "depends tag(Storage): allow first; dns(a.com): allow named; otherwise: deny default"
    );
}

#[test]
fn an_exception_of_two_facts_is_one() {
    let deny = network("deny-x", 100, vec![net("no", "tcp", "id:/g", "tag:Sql", "443")]);
    let allow = network("allow-x", 200, vec![net("named", "tcp", "id:/h", "a.com", "443")]);
    let said = ask(&one_group(vec![deny, allow]), "tcp/443 10.0.0.4 20.0.0.1");
    let on = "the source in ip-group(/h) and dns(a.com) and not (the source in ip-group(/g) and tag(Sql))";
    assert!(said.contains(on), "{said}");
}

#[test]
fn an_ip_group_outside_is_a_condition() {
    for group in ["id:/subscriptions/s/ipGroups/g", "group:elsewhere"] {
        let model = one_group(vec![network("allow-x", 100, vec![net("r", "tcp", "*", group, "443")])]);
        assert!(ask(&model, "tcp/443 10.0.0.4 20.0.0.1").starts_with("depends ip-group("), "{group}");
    }
}

/// Azure compares names of resources without regard to case; the evaluator and the flow algebra both do.
#[test]
fn an_ip_group_is_known_in_any_case() {
    let rules = network("allow-x", 100, vec![net("r", "tcp", "group:Nodes", "*", "443")]);
    let model = with_ip_group(one_group(vec![rules]), "nodes", "10.0.0.0/24");
    assert_eq!(ask(&model, "tcp/443 10.0.0.4 20.0.0.1"), "allow r");
    assert_eq!(ask(&model, "tcp/443 10.0.1.4 20.0.0.1"), "deny default");
    let order = RuleOrder::of(&model, model.policies.first().unwrap());
    let list = decisions(&order, &Knowledge::none()).list;
    let sources = &list.lines[0].matches[0].sources;
    assert_eq!((sources.atoms.len(), sources.addresses.to_string().as_str()), (0, "10.0.0.0/24"));
}

#[test]
fn a_network_name_is_unknown_to_other_flows() {
    let model = one_group(vec![network("allow-x", 100, vec![net("time", "udp", "*", "ntp.ubuntu.com", "123")])]);
    let depends = "depends dns(ntp.ubuntu.com): allow time; otherwise: deny default";
    assert_eq!(ask(&model, "udp/123 10.0.0.4 20.0.0.1"), depends);
    assert_eq!(ask(&model, "udp/123 10.0.0.4 time.example.com"), depends);
}

#[test]
fn fqdn_tags_and_categories_are_conditions() {
    let tag = one_group(vec![application("allow-x", 100, vec![app("r", "https:443", "*", "tag:WindowsUpdate")])]);
    assert_eq!(ask(&tag, "https 10.0.0.4 a.com"), "depends fqdn-tag(WindowsUpdate): allow r; otherwise: deny default");
    let category = one_group(vec![application("deny-x", 100, vec![app("r", "https:443", "*", "category:Gambling")])]);
    assert_eq!(ask(&category, "https 10.0.0.4 a.com"), "deny default");
}

#[test]
fn a_url_without_a_path_is_a_condition() {
    let rule = app("r", "https:443", "*", "url:www.contoso.com/test");
    let model = one_group(vec![application("allow-x", 100, vec![rule])]);
    assert_eq!(
        ask(&model, "https 10.0.0.4 www.contoso.com"),
        "depends url(www.contoso.com/test): allow r; otherwise: deny default"
    );
    assert_eq!(ask(&model, "https 10.0.0.4 other.com"), "deny default");
}

#[test]
fn two_kinds_of_target_are_a_condition_where_they_disagree() {
    let rule = app("r", "https:443", "*", "a.com url:a.com/x");
    let model = one_group(vec![application("allow-x", 100, vec![rule])]);
    assert_eq!(ask(&model, "https 10.0.0.4 a.com /x"), "allow r");
    assert_eq!(ask(&model, "https 10.0.0.4 b.com /x"), "deny default");
    assert_eq!(ask(&model, "https 10.0.0.4 a.com /y"), "depends rule g/allow-x/r: allow r; otherwise: deny default");
}

#[test]
fn destination_addresses_of_an_application_rule_are_a_condition() {
    let rule = app("r", "https:443", "*", "a.com to:20.0.0.0/8");
    let model = one_group(vec![application("allow-x", 100, vec![rule])]);
    assert!(ask(&model, "https 10.0.0.4 a.com@20.0.0.1").starts_with("depends rule g/allow-x/r"));
    assert_eq!(ask(&model, "https 10.0.0.4 b.com@20.0.0.1"), "deny default");
}

#[test]
fn a_name_stands_for_every_address_of_the_internet() {
    let deny = network("deny-x", 100, vec![net("no", "tcp", "*", "20.0.0.0/8 10.0.0.0/8", "443")]);
    let allow = application("allow-x", 200, vec![app("mcr", "https:443", "*", "mcr.microsoft.com")]);
    let model = one_group(vec![deny, allow]);
    assert_eq!(
        ask(&model, "https 10.0.0.4 mcr.microsoft.com"),
        "depends the address of mcr.microsoft.com in 20.0.0.0/8: deny no; otherwise: allow mcr"
    );
    assert_eq!(ask(&model, "https 10.0.0.4 mcr.microsoft.com@30.0.0.1"), "allow mcr");
}

#[test]
fn a_name_with_known_addresses_stands_for_those() {
    let deny = network("deny-x", 100, vec![net("no", "tcp", "*", "20.0.0.0/8", "443")]);
    let allow = application("allow-x", 200, vec![app("mcr", "https:443", "*", "mcr.microsoft.com")]);
    let model = one_group(vec![deny, allow]);
    let known = dns(&[("mcr.microsoft.com", "30.0.0.0/8")]);
    assert_eq!(ask_with(&model, "https 10.0.0.4 mcr.microsoft.com", &known), "allow mcr");
}

#[test]
fn the_shorter_of_inside_and_outside_is_said() {
    let deny = network("deny-x", 100, vec![net("no", "tcp", "*", "20.0.0.0/8", "443")]);
    let allow = network("allow-x", 200, vec![net("yes", "tcp", "*", "tag:Storage", "443")]);
    assert_eq!(
        ask(&one_group(vec![deny, allow]), "tcp/443 10.0.0.4 a.com"),
        "depends tag(Storage) and the address of a.com outside 20.0.0.0/8: allow yes; otherwise: deny default"
    );
}
