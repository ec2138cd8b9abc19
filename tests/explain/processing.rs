//! Order, services, addresses and names: what a flow meets where nothing is unknown.

use super::build::{
    app, application, ask, ask_with, dnat, dns, group, model, nat, net, network, one_group, policy, with_ip_group,
};

const ALL: &str = "0.0.0.0/0";

#[test]
fn network_rules_come_before_application_rules_whatever_the_priority() {
    let deny = application("deny-web", 100, vec![app("google", "https:443", "*", "*.google.com")]);
    let allow = network("allow-net", 60000, vec![net("all", "tcp", "*", "*", "80 443")]);
    assert_eq!(ask(&one_group(vec![deny, allow]), "https 10.0.0.4 www.google.com"), "allow all");
}

#[test]
fn a_network_deny_ends_processing_before_application_rules() {
    let allow = application("allow-web", 100, vec![app("web", "https:443", "*", "*")]);
    let deny = network("deny-net", 200, vec![net("no", "tcp", "*", "*", "443")]);
    assert_eq!(ask(&one_group(vec![allow, deny]), "https 10.0.0.4 a.com"), "deny no");
}

#[test]
fn a_parents_groups_come_before_the_childs_whatever_the_priority() {
    let allow = network("allow-parent", 100, vec![net("parent", "tcp", "*", "*", "22")]);
    let deny = network("deny-child", 100, vec![net("child", "tcp", "*", "*", "22")]);
    let base = policy("base", None, vec![group("late", 65000, vec![allow])]);
    let child = policy("child", Some("base"), vec![group("early", 100, vec![deny])]);
    assert_eq!(ask(&model(vec![base, child]), "tcp/22 10.0.0.4 10.1.0.4"), "allow parent");
}

#[test]
fn a_childs_network_rule_comes_before_its_parents_application_rule() {
    let parent = application("deny-parent", 100, vec![app("parent", "https:443", "*", "*")]);
    let child = network("allow-child", 100, vec![net("child", "tcp", "*", "*", "443")]);
    let base = policy("base", None, vec![group("g", 100, vec![parent])]);
    let child = policy("child", Some("base"), vec![group("g", 100, vec![child])]);
    assert_eq!(ask(&model(vec![base, child]), "https 10.0.0.4 a.com"), "allow child");
}

#[test]
fn a_collections_priority_counts_inside_its_group_only() {
    let first = group("first", 200, vec![network("deny-a", 60000, vec![net("a", "tcp", "*", "*", "22")])]);
    let second = group("second", 300, vec![network("allow-b", 100, vec![net("b", "tcp", "*", "*", "22")])]);
    let model = model(vec![policy("p", None, vec![second, first])]);
    assert_eq!(ask(&model, "tcp/22 10.0.0.4 10.1.0.4"), "deny a");
}

#[test]
fn the_first_rule_of_a_collection_that_matches_decides() {
    let rules = vec![net("one", "tcp", "*", "10.1.0.0/16", "22"), net("two", "tcp", "*", "*", "22")];
    let model = one_group(vec![network("allow-x", 100, rules)]);
    assert_eq!(ask(&model, "tcp/22 10.0.0.4 10.1.0.4"), "allow one");
    assert_eq!(ask(&model, "tcp/22 10.0.0.4 10.2.0.4"), "allow two");
}

#[test]
fn what_no_rule_matches_is_denied() {
    assert_eq!(ask(&one_group(Vec::new()), "https 10.0.0.4 a.com"), "deny default");
}

#[test]
fn dnat_is_final_even_where_a_network_rule_denies() {
    let deny = network("deny-all", 100, vec![net("deny", "any", "*", "*", "*")]);
    let nat = nat("in", 200, vec![dnat("shop", "203.0.113.0/24", "20.0.0.1", "443", "10.0.0.9:8443")]);
    let model = one_group(vec![deny, nat]);
    assert_eq!(ask(&model, "tcp/443 203.0.113.9 20.0.0.1"), "allow shop");
    assert_eq!(ask(&model, "https 203.0.113.9 20.0.0.1"), "allow shop");
    assert_eq!(ask(&model, "icmp 203.0.113.9 20.0.0.1"), "deny deny");
    assert_eq!(ask(&model, "tcp/443 198.51.100.1 20.0.0.1"), "deny deny");
}

#[test]
fn any_with_every_port_is_every_protocol() {
    let model = one_group(vec![network("allow-x", 100, vec![net("any", "any", "*", "*", "*")])]);
    for service in ["tcp/22", "udp/53", "icmp", "proto/47", "https", "mssql/1433"] {
        assert_eq!(ask(&model, &format!("{service} 10.0.0.4 10.1.0.4")), "allow any", "{service}");
    }
}

#[test]
fn any_with_ports_is_tcp_and_udp() {
    let model = one_group(vec![network("allow-x", 100, vec![net("any", "any", "*", "*", "1-65535")])]);
    for service in ["tcp/22", "udp/53", "http"] {
        assert_eq!(ask(&model, &format!("{service} 10.0.0.4 10.1.0.4")), "allow any", "{service}");
    }
    for service in ["icmp", "proto/47"] {
        assert_eq!(ask(&model, &format!("{service} 10.0.0.4 10.1.0.4")), "deny default", "{service}");
    }
}

#[test]
fn icmp_has_no_ports() {
    let model = one_group(vec![network("allow-x", 100, vec![net("ping", "icmp", "*", "*", "443")])]);
    assert_eq!(ask(&model, "icmp 10.0.0.4 10.1.0.4"), "allow ping");
    assert_eq!(ask(&model, "tcp/443 10.0.0.4 10.1.0.4"), "deny default");
}

#[test]
fn an_application_flow_is_a_tcp_flow_to_its_port() {
    let model = one_group(vec![network("allow-x", 100, vec![net("tcp", "tcp", "*", "*", "8443")])]);
    assert_eq!(ask(&model, "https/8443 10.0.0.4 a.com"), "allow tcp");
    assert_eq!(ask(&model, "udp/8443 10.0.0.4 a.com"), "deny default");
}

#[test]
fn plain_tcp_matches_no_application_rule() {
    let model = one_group(vec![application("allow-x", 100, vec![app("web", "https:443", "*", "*")])]);
    assert_eq!(ask(&model, "https 10.0.0.4 a.com"), "allow web");
    assert_eq!(ask(&model, "tcp/443 10.0.0.4 a.com"), "deny default");
}

#[test]
fn an_application_rule_names_its_protocol_and_port() {
    let model = one_group(vec![application("allow-x", 100, vec![app("web", "http:8080", "*", "*")])]);
    assert_eq!(ask(&model, "http/8080 10.0.0.4 a.com"), "allow web");
    assert_eq!(ask(&model, "http 10.0.0.4 a.com"), "deny default");
    assert_eq!(ask(&model, "https/8080 10.0.0.4 a.com"), "deny default");
}

#[test]
fn https_without_a_name_matches_no_application_rule() {
    let rule = app("web", "https:443", "*", "* tag:AzureKubernetesService");
    let model = one_group(vec![application("allow-x", 100, vec![rule])]);
    assert_eq!(ask(&model, "https 10.0.0.4 20.0.0.1"), "deny default");
}

#[test]
fn a_star_stands_for_names_as_documented() {
    let below = one_group(vec![application("allow-x", 100, vec![app("r", "https:443", "*", "*.contoso.com")])]);
    assert_eq!(ask(&below, "https 10.0.0.4 a.b.contoso.com"), "allow r");
    assert_eq!(ask(&below, "https 10.0.0.4 contoso.com"), "deny default");
    let ending = one_group(vec![application("allow-x", 100, vec![app("r", "https:443", "*", "*contoso.com")])]);
    assert_eq!(ask(&ending, "https 10.0.0.4 evilcontoso.com"), "allow r");
}

#[test]
fn a_url_is_decided_by_the_path() {
    let rule = app("r", "https:443", "*", "url:www.contoso.com/test/*");
    let model = one_group(vec![application("allow-x", 100, vec![rule])]);
    assert_eq!(ask(&model, "https 10.0.0.4 www.contoso.com /test/a"), "allow r");
    assert_eq!(ask(&model, "https 10.0.0.4 www.contoso.com /test"), "deny default");
}

#[test]
fn an_ip_group_of_the_model_is_its_members() {
    let model = one_group(vec![network("allow-x", 100, vec![net("r", "tcp", "group:nodes", "*", "443")])]);
    let model = with_ip_group(model, "Nodes", "10.0.0.0/24 10.0.2.1-10.0.2.9");
    assert_eq!(ask(&model, "tcp/443 10.0.2.5 20.0.0.1"), "allow r");
    assert_eq!(ask(&model, "tcp/443 10.0.3.5 20.0.0.1"), "deny default");
}

#[test]
fn a_rule_with_an_empty_ip_group_is_skipped() {
    let model = one_group(vec![network("allow-x", 100, vec![net("r", "tcp", "group:none", ALL, "443")])]);
    assert_eq!(ask(&with_ip_group(model, "none", ""), "tcp/443 10.0.2.5 20.0.0.1"), "deny default");
}

#[test]
fn a_network_name_matches_the_flow_that_asks_for_it() {
    let model = one_group(vec![network("allow-x", 100, vec![net("time", "udp", "*", "ntp.ubuntu.com", "123")])]);
    assert_eq!(ask(&model, "udp/123 10.0.0.4 ntp.ubuntu.com"), "allow time");
    assert_eq!(ask(&model, "udp/123 10.0.0.4 ntp.ubuntu.com@20.0.0.1"), "allow time");
}

#[test]
fn a_network_name_with_known_addresses_is_those_addresses() {
    let model = one_group(vec![network("allow-x", 100, vec![net("time", "udp", "*", "ntp.ubuntu.com", "123")])]);
    let dns = dns(&[("ntp.ubuntu.com", "20.0.0.0/30")]);
    assert_eq!(ask_with(&model, "udp/123 10.0.0.4 20.0.0.1", &dns), "allow time");
    assert_eq!(ask_with(&model, "udp/123 10.0.0.4 20.0.0.9", &dns), "deny default");
}

#[test]
fn a_rule_with_no_source_or_destination_matches_nothing() {
    let rules = vec![net("nobody", "any", "", "*", "*"), net("nowhere", "any", "*", "", "*")];
    assert_eq!(ask(&one_group(vec![network("allow-x", 100, rules)]), "tcp/1 10.0.0.4 20.0.0.1"), "deny default");
}
