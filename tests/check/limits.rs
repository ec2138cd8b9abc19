//! More than Azure takes, or close to it.

use fwc::check;
use fwc::diag::{Code, Diagnostics};
use fwc::driver::Stage;
use fwc::emit::{EmitOptions, arm};
use fwc::limits::{self, CheckOptions, LIMITS, LimitUsed};
use fwc::model;

use crate::project::{as_stated, with as with_options};

use super::{NOTHING, checked, found, policy, with};

/// `text` for each number up to `count`, `N` standing for the number.
fn each(count: usize, text: &str) -> String {
    (1..=count).map(|n| text.replace('N', &n.to_string())).collect::<Vec<_>>().join("\n")
}

fn lowered(text: &str) -> model::Model {
    with_options(text, as_stated(&CheckOptions::default())).into_lowered().1.model
}

fn used(model: &model::Model, policy: &str, limit: &str) -> u64 {
    let used: Vec<LimitUsed> = limits::used(model, model.policy(policy).unwrap());
    used.iter().find(|used| used.limit.name == limit).unwrap().used
}

#[test]
fn a_policy_has_ninety_groups_and_better_sixty() {
    let groups = |count| found(&format!("policy pp {{ sku standard {} }}", each(count, "group gN { }")));
    assert_eq!(groups(60), NOTHING);
    assert_eq!(groups(61), ["FW0408: policy `pp` has 61 rule collection groups: Azure takes up to 90 @ pp"]);
    assert_eq!(groups(91), ["FW0405: policy `pp` has 91 rule collection groups: Azure takes up to 90 @ pp"]);
}

#[test]
fn every_limit_has_a_name_of_its_own_and_warns_in_time() {
    let mut names: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    assert!(LIMITS.iter().all(|limit| limit.near <= limit.max && !limit.source.is_empty() && !limit.date.is_empty()));
}

#[test]
fn a_limit_can_be_given() {
    let mut options = CheckOptions::default();
    options.limits.insert("groups".to_owned(), 10);
    let text = |count| format!("policy pp {{ sku standard {} }}", each(count, "group gN { }"));
    assert_eq!(with(&text(6), &options), NOTHING);
    assert_eq!(
        with(&text(7), &options)[0],
        "FW0408: policy `pp` has 7 rule collection groups: Azure takes up to 10 @ pp"
    );
}

/// One rule makes no more DNAT rules than a firewall takes, which may be another number.
#[test]
fn a_range_of_dnat_goes_by_the_number_that_is_given() {
    let range = |count: u16| {
        let rule = format!("dnat tcp/1000-{} from 203.0.113.0/24 to 198.51.100.4 -> 10.0.0.4", 999 + count);
        policy("sku standard", &rule)
    };
    let options = CheckOptions { limits: [("dnat".to_owned(), 300)].into(), ..CheckOptions::default() };
    let refused = |count, options: &CheckOptions| {
        let project = with_options(&range(count), as_stated(options));
        project.found(Stage::Lower).iter().any(|found| found.message.contains("needs a DNAT rule for each port"))
    };
    let default = CheckOptions::default();
    assert_eq!([250, 251].map(|count| refused(count, &default)), [false, true]);
    assert_eq!([300, 301].map(|count| refused(count, &options)), [false, true]);
}

#[test]
fn the_margin_of_a_group_can_be_given() {
    let host = |n: usize| format!("{}{n}.example.com", "a".repeat(40));
    let hosts = (0..20_000).map(host).collect::<Vec<_>>().join(", ");
    let text = policy("sku standard", &format!("one: allow https from 10.0.0.4 to {hosts}"));
    let found = |group_margin| with(&text, &CheckOptions { group_margin, ..CheckOptions::default() });
    assert_eq!(found(None), NOTHING);
    let early = found(Some(45));
    assert!(early[0].starts_with("FW0408: group `gg` has 1,1"), "{early:?}");
    assert_eq!(found(Some(0)), NOTHING);
}

#[test]
fn pairs_are_counted_with_those_of_the_base() {
    let from = each(20, "10.0.N.4,");
    let from = from.trim_end_matches(',');
    let rule = |label: &str, to: usize| {
        format!("{label}: allow tcp/22 from {from} to {}", each(to, "10.1.N.4,").trim_end_matches(','))
    };
    let text = format!(
        "policy bb {{ sku standard group gg {{ {} }} }} policy cc inherits bb {{ sku standard group gg {{ {} }} }}",
        rule("r", 5),
        rule("s", 7)
    );
    let model = lowered(&text);
    assert_eq!((used(&model, "bb", "network-pairs"), used(&model, "cc", "network-pairs")), (100, 240));
    let mut options = CheckOptions::default();
    options.limits.insert("network-pairs".to_owned(), 200);
    let (_, found) = checked(&text, &options);
    let found = found.iter().find(|found| found.code.id == "FW0405").unwrap();
    assert_eq!(
        found.message,
        "policy `cc` has 240 pairs of source and destination in network rules: Azure takes up to 200"
    );
    assert_eq!(found.help[0], "most of it: `gg/gg-allow-network/s` with 140, `bb/gg/gg-allow-network/r` with 100");
}

#[test]
fn an_ip_group_counts_as_one() {
    let text = format!(
        "ip-group many = {} {}",
        each(200, "10.0.N.4,").trim_end_matches(','),
        policy("sku standard", "allow tcp/22 from many to 10.1.0.4, 10.1.0.6")
    );
    let model = lowered(&text);
    assert_eq!((used(&model, "pp", "network-pairs"), used(&model, "pp", "ip-groups")), (2, 1));
}

#[test]
fn dnat_counts_public_addresses_and_unique_destinations() {
    let text = "policy pp { sku standard group gg {
                    dnat tcp/443 from 203.0.113.4 to f::a -> 10.2.0.4
                    dnat tcp/443 from 203.0.113.8 to f::a -> 10.2.0.4
                    dnat udp/443 from 203.0.113.8 to f::b -> 10.2.0.4 } }
                firewall f { policy pp private-ip 10.0.1.4 public-ip a 198.51.100.1 public-ip b 198.51.100.2 }";
    assert_eq!(used(&lowered(text), "pp", "dnat"), 4);
    let rules = "dnat tcp/1001-1240 from any to 198.51.100.1 -> 10.2.0.4";
    let message = "FW0408: policy `pp` has 240 public addresses and unique DNAT destinations: \
                   Azure takes up to 250 @ pp";
    assert_eq!(found(&format!("policy pp {{ sku standard group gg {{ {rules} }} }}")), [message]);
}

#[test]
fn a_base_hands_its_collections_down_but_for_dnat() {
    let text = "policy bb { sku standard group gg { dnat tcp/443 from any to 198.51.100.1 -> 10.2.0.4
                                                  allow https from 10.0.0.4 to a.com
                                                  allow ssh from 10.0.0.4 to 10.2.0.4 } }
                policy cc inherits bb { sku standard group gg { deny https from 10.0.0.4 to b.com } }";
    let model = lowered(text);
    assert_eq!((used(&model, "bb", "collections"), used(&model, "cc", "collections")), (3, 3));
}

#[test]
fn many_names_in_network_rules_are_advised_against() {
    let names = each(1001, "hN.com,");
    let rules = format!("many: allow ssh from 10.0.0.4 to {}", names.trim_end_matches(','));
    let text = format!("policy pp {{ sku standard dns {{ proxy on }} group gg {{ {rules} }} }}");
    let message = "FW0408: policy `pp` has 1,001 host names in network rules: Microsoft advises up to 1,000 @ pp";
    assert_eq!(found(&text), [message]);
}

#[test]
fn ip_groups_and_route_tables_have_limits() {
    let addresses = (0..5001).map(|n| format!("10.{}.{}.1", n / 250, n % 250)).collect::<Vec<_>>().join(", ");
    let message = "FW0405: IP group `xx` has 5,001 addresses and prefixes: Azure takes up to 5,000 @ xx";
    assert_eq!(found(&format!("ip-group xx = {addresses}")), [message]);
    let routes = (0..401).map(|n| format!("route 10.{}.{}.0/24 via 10.0.1.4\n", n / 250, n % 250)).collect::<String>();
    let message = "FW0405: route table `xx` has 401 routes: Azure takes up to 400 @ xx";
    assert_eq!(found(&format!("routes xx {{ {routes} }}")), [message]);
    let routes = each(26, "route tag(\"TagN\") via internet");
    let message = "FW0405: route table `xx` has 26 routes to service tags: Azure takes up to 25 @ xx";
    assert_eq!(found(&format!("routes xx {{ {routes} }}")), [message]);
    let text = format!("routes xx {{ subnet \"snet-aks\" 10.240.0.0/16 {routes} }}");
    let (_, refused) = checked(&text, &CheckOptions::default());
    let path = [
        "snet-aks",
        "-> route table xx: 26 routes to service tags, which Azure refuses",
        "-> so Azure's own route: 0.0.0.0/0 -> the Internet, past the firewall",
    ];
    assert_eq!(refused.iter().next().unwrap().path, path);
}

#[test]
fn signatures_have_a_limit() {
    let text = |count| format!("policy pp {{ sku premium idps alert {{ {} }} }}", each(count, "signature N off"));
    let message = "FW0405: policy `pp` has 10,001 signatures of intrusion detection: Azure takes up to 10,000 @ pp";
    assert_eq!(found(&text(10001)), [message]);
    assert_eq!(found(&text(9000)), NOTHING);
}

#[test]
fn a_large_group_says_which_rules_are_large() {
    let rule = |name: &str, count| {
        format!(
            "{name}: allow https from 10.0.0.4 to {}",
            each(count, "a-rather-long-host-name-N.com,").trim_end_matches(',')
        )
    };
    let text = format!("policy pp {{ sku standard group gg {{ {}\n {} }} }}", rule("small", 10), rule("large", 45000));
    let (_, found) = checked(&text, &CheckOptions::default());
    let found = found.iter().next().unwrap();
    assert_eq!(found.code.id, "FW0408");
    assert!(found.message.starts_with("group `gg` has 1,"), "{}", found.message);
    assert!(found.help[0].starts_with("most of it: `gg-allow-application/large` with 1,"), "{}", found.help[0]);
}

/// Of rules that are alike, none is the one to move.
#[test]
fn a_group_of_many_small_rules_says_which_collections_are_large() {
    let rules = each(200, "rN: allow https from 10.0.0.4 to hN.com");
    let text = policy("sku standard", &format!("{rules}\n many: deny https from 10.0.0.4 to a.com"));
    let model = lowered(&text);
    let all = limits::used(&model, &model.policies[0]);
    let size = all.iter().find(|used| used.limit.name == "group-size").unwrap();
    let names: Vec<&str> = size.biggest.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["gg-allow-application", "gg-deny-application"]);
}

#[test]
fn each_group_has_its_share() {
    let text = "policy pp { sku standard
        group one { a: allow ssh from 10.0.0.4, 10.0.0.8 to 10.1.0.4, 10.1.0.8
                    b: deny https from 10.0.0.4 to a.com
                    d: dnat tcp/443 from any to 198.51.100.1 -> 10.2.0.4 }
        group two { allow https from 10.0.0.4 to b.com } }";
    let model = lowered(text);
    let shares = limits::shares(&model.policies[0]);
    let numbers: Vec<_> = shares.iter().map(|s| (&*s.name, s.collections, s.rules, s.pairs, s.dnat_rules)).collect();
    assert_eq!(numbers, [("one", 3, 3, 4, 1), ("two", 1, 1, 0, 0)]);
    let sizes: Vec<LimitUsed> = limits::used(&model, &model.policies[0]);
    let sizes = sizes.iter().filter(|used| used.limit.name == "group-size").map(|used| used.used);
    assert!(sizes.eq(shares.iter().map(|share| share.bytes)));
}

#[test]
fn the_network_has_bounds_where_they_are_written() {
    let long = "f".repeat(51);
    let message = format!("FW0403: firewall name `{long}` has 51 characters: Azure takes up to 50 @ {long}");
    assert_eq!(found(&format!("firewall {long} {{ private-ip 10.0.1.4 }}")), [message]);
    let table = |subnet: &str| found(&format!("routes xx {{ subnet \"{subnet}\" 10.0.1.0/27 via 10.0.1.4 }}"));
    assert_eq!(
        table("AzureFirewallSubnet"),
        ["FW0405: AzureFirewallSubnet is a /27: Azure wants a /26 or larger @ xx"]
    );
    assert_eq!(table("snet-aks"), NOTHING);
    let endpoint = |count| {
        let zones = each(count, "zone privatelink.N.azmk8s.io");
        found(&format!("private-endpoint xx {{ host kv.vault.azure.net address 10.1.0.4 {zones} }}"))
    };
    assert_eq!(endpoint(4), NOTHING);
    assert_eq!(endpoint(5), ["FW0405: private endpoint `xx` has 6 private DNS zones: Azure takes up to 5 @ xx"]);
}

/// A rule that is `as-is` comes from a firewall that has it.
#[test]
fn a_port_of_dnat_that_is_too_large_as_it_is_is_a_warning() {
    let rule = "dnat {tcp,udp}/443 from any to 198.51.100.1 -> 10.2.0.4:64000 as-is";
    let message = "FW0405 (warning): DNAT takes ports up to 63999, found 64000 @ {tcp,udp}/443";
    assert_eq!(found(&policy("sku standard", rule)), [message]);
    let mut options = CheckOptions::default();
    options.limits.insert("dnat-ports".to_owned(), 65535);
    assert_eq!(with(&policy("sku standard", rule), &options), NOTHING);
}

#[test]
fn the_bound_of_one_thing_can_be_given() {
    let mut options = CheckOptions::default();
    let bounds = [("names", 5), ("ip-group-names", 5), ("route-names", 5), ("firewall-names", 5), ("header-name", 5)];
    options.limits.extend(bounds.map(|(name, most)| (name.to_owned(), most)));
    let text =
        "policy policy { sku standard group gg { allow http from groups to a.com with header \"X-Team\" \"a\" } }
                ip-group groups = 10.1.0.4
                firewall firewall { private-ip 10.0.1.4 }
                routes tables { route 10.0.0.0/8 via 10.0.1.4 }";
    let long = |what: &str, name: &str| {
        format!("FW0403: {what} name `{name}` has {} characters: Azure takes up to 5 @ {name}", name.len())
    };
    let found = with(text, &options);
    assert!(found.contains(&long("policy", "policy")), "{found:?}");
    assert!(found.contains(&long("IP group", "groups")), "{found:?}");
    assert!(found.contains(&long("firewall", "firewall")), "{found:?}");
    assert!(found.contains(&long("route table", "tables")), "{found:?}");
    assert!(found.iter().any(|found| found.starts_with("FW0411: a header name has up to 5")), "{found:?}");
}

/// The findings about limits and names in a model as artefacts have it, and its firewalls.
fn of_model(model: &model::Model) -> Diagnostics {
    let mut bare = model.as_deployed();
    let firewall = |own: &model::Firewall| model::Firewall { origin: None, ..own.clone() };
    bare.firewalls = model.firewalls.iter().map(firewall).collect();
    let mut found = check::check(&bare, &bare, &CheckOptions::default()).placed(|_| None);
    found.retain(|found| found.code == Code::FW0405 || found.code == Code::FW0403);
    found
}

/// Artefacts have no text to point at: what is too large is named.
#[test]
fn artefacts_are_held_to_each_bound() {
    let text = "policy pp { sku standard group gg { web: allow https from 10.0.0.4 to a.com
                    d1: dnat tcp/443 from any to 198.51.100.1 -> 10.2.0.4
                    d2: dnat tcp/444 from any to 198.51.100.1 -> 10.2.0.4 } }
                ip-group xx = 10.1.0.4
                routes xx { route 10.0.0.0/8 via 10.0.1.4 }
                firewall xx { policy pp private-ip 10.0.1.4 }";
    let mut model = lowered(text);
    for collection in &mut model.policies[0].groups[0].collections {
        match &mut collection.rules {
            model::Rules::Application(_, rules) => rules[0].matches.protocols[0].1 = 64001,
            model::Rules::Nat(rules) => (rules[0].handling.port, rules[1].handling.port) = (65000, 64000),
            model::Rules::Network(..) => {}
        }
    }
    model.ip_groups[0].name = "i".repeat(81).into();
    model.route_tables[0].routes[0].name = "r".repeat(81).into();
    model.firewalls[0].name = "f".repeat(51).into();
    let found = of_model(&model);
    let said: Vec<String> = found.iter().map(|found| format!("{}: {}", found.code.id, found.message)).collect();
    let name = |letter: &str, count, of: &str, most| {
        let name = letter.repeat(count);
        format!("FW0403: {of} name `{name}` has {count} characters: Azure takes up to {most}")
    };
    let expected = [
        name("f", 51, "firewall", 50),
        name("i", 81, "IP group", 80),
        name("r", 81, "route", 80),
        "FW0405: `gg/gg-allow-application/web` has 64,001 for a port of application rules: Azure takes up to 64,000"
            .to_owned(),
        "FW0405: `gg/gg-dnat/d1` has 65,000 for a port of DNAT: Azure takes up to 63,999".to_owned(),
    ];
    assert_eq!(said, expected);
    let others = found.iter().find(|found| found.message.contains("DNAT")).unwrap();
    assert_eq!(others.help, ["so have others: `gg/gg-dnat/d2` with 64,000", "use a smaller port"]);
}

/// What is too large in a base is the base's to mend, and is said once.
#[test]
fn what_is_inherited_is_held_to_its_bound_once() {
    let text = "policy bb { sku standard group gg { web: allow https from 10.0.0.4 to a.com } }
                policy cc inherits bb { sku standard group hh { allow https from 10.0.0.4 to b.com } }";
    let mut model = lowered(text);
    let model::Rules::Application(_, rules) = &mut model.policies[0].groups[0].collections[0].rules else { panic!() };
    rules[0].matches.protocols[0].1 = 64001;
    assert_eq!(used(&model, "cc", "application-ports"), 443);
    assert_eq!(of_model(&model).iter().count(), 1);
}

#[test]
fn what_is_not_counted_is_said_as_far_as_it_is_known() {
    let text = "policy pp { sku basic dns { servers 10.0.0.4, 10.0.0.5 } group gg { } }
                firewall f { policy pp private-ip 10.0.1.4 public-ip a 198.51.100.1 public-ip b 198.51.100.2 }";
    let model = lowered(text);
    let known = limits::uncounted(&model, &model.policies[0]);
    let known: Vec<_> = known.iter().filter_map(|known| Some((known.row.name, known.here.as_deref()?))).collect();
    let expected = [
        ("throughput", "250 Mbps, basic"),
        ("snat-ports", "9,984 or more, 2 public addresses"),
        ("basic-addresses", "2 given, the most is unknown"),
        ("dns-servers", "2 given, the most is unknown"),
    ];
    assert_eq!(known, expected);
}

#[test]
fn the_estimated_size_is_that_of_the_template() {
    let text = include_str!("../../policies/examples/aks-hub-spoke/egress.pol");
    let model = lowered(text);
    let policy = model.policy("aks-weu").unwrap();
    let template = arm::policy_template(&model, policy, &EmitOptions::default());
    let groups: Vec<_> = limits::used(&model, policy).into_iter().filter(|u| u.limit.name == "group-size").collect();
    assert_eq!(groups.len(), policy.groups.len());
    for (used, group) in groups.iter().zip(&policy.groups) {
        let named = |resource: &&serde_json::Value| resource["name"] == format!("aks-weu/{}", group.name);
        let resource = template["resources"].as_array().unwrap().iter().find(named).unwrap();
        let real = resource["properties"].to_string().len();
        assert!(used.used.abs_diff(real as u64) < 20, "{}: {} for {real}", group.name, used.used);
    }
}

#[test]
fn the_reference_example_is_within_every_bound() {
    assert_eq!(found(include_str!("../../policies/examples/aks-hub-spoke/egress.pol")), NOTHING);
}
