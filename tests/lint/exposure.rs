//! FW07: what is really let through, with a flow that shows it.

use super::{NOTHING, linted, policy};

#[track_caller]
fn of(rule: &str) -> Vec<String> {
    policy(&format!("group gg {{ r: {rule} }}"))
}

#[test]
fn everything_to_everyone() {
    let message = "FW0701 r: this rule lets every machine reach every address, with TCP on every port";
    assert_eq!(of("allow tcp/1-65535 from any to any"), [message]);
    assert_eq!(
        of("allow https from any to any-host"),
        ["FW0701 r: this rule lets every machine reach every name, with https"]
    );
    let message = "FW0707 r: this rule reaches all of the Internet, with udp/123";
    assert_eq!(of("allow udp/123 from any to any"), [message]);
}

#[test]
fn every_name_whoever_asks() {
    for (sources, name) in [("10.240.0.0/20", "any-host"), ("10.1.2.3", "*"), ("10.0.0.0/8", "*.com, any-host")] {
        let message = "FW0706 r: this rule reaches every name, with https";
        assert_eq!(of(&format!("allow https from {sources} to {name}")), [message], "{sources}");
    }
    assert_eq!(of("deny https from 10.0.0.0/8 to any-host").iter().filter(|found| found.contains("FW07")).count(), 0);
}

#[test]
fn all_of_the_internet_by_one_port() {
    let message = "FW0707 r: this rule reaches all of the Internet, with tcp/443";
    assert_eq!(of("allow tcp/443 from 10.240.0.0/20 to internet"), [message]);
    let message = "FW0707 r: this rule reaches much of the Internet, with tcp/443";
    assert_eq!(of("allow tcp/443 from 10.240.0.0/20 to 0.0.0.0/1"), [message]);
    assert_eq!(of("allow tcp/443 from 10.240.0.0/20 to 20.0.0.0/8"), NOTHING);
    assert_eq!(of("allow tcp/443 from 10.240.0.0/20 to 10.0.0.0/8, tag(Storage)"), NOTHING);
}

#[test]
fn narrow_rules_are_not_exposed() {
    let rules: String = (0..200)
        .map(|n| match n % 2 {
            0 => format!("r{n}: allow https from 10.{}.0.0/24 to host{n}.contoso.com\n", n % 50),
            _ => format!("r{n}: allow tcp/{} from 10.{}.0.0/24 to 20.1.2.{n}\n", 1000 + n, n % 50),
        })
        .collect();
    let found = policy(&format!("group gg {{ {rules} }}"));
    assert!(found.iter().all(|found| !found.starts_with("FW07")), "{found:#?}");
}

#[test]
fn what_is_left_of_a_rule_counts() {
    let groups = "group first { shells: deny ssh from 10.0.0.0/8 to internet }
                  group second { r: allow ssh, dns from 10.0.0.0/8 to internet }";
    let found = policy(groups);
    assert!(found.iter().any(|found| found.starts_with("FW0707 r-tcp-udp:")), "{found:#?}");
}

#[test]
fn every_port_to_much_of_the_internet() {
    let message = "FW0702 r: this rule opens every protocol and port to a large part of the Internet";
    assert_eq!(of("allow any from 10.0.0.0/8 to internet"), [message]);
    assert_eq!(of("allow any from 10.0.0.0/8 to tag(AzureCloud.westeurope)"), [message]);
    assert_eq!(of("allow any from 10.0.0.0/8 to 10.0.0.0/8, 20.1.2.0/24, tag(Storage)"), NOTHING);
}

#[test]
fn wildcards_over_names_of_everybody() {
    let shared = |pattern: &str| !of(&format!("allow https from 10.0.0.0/8 to {pattern}")).is_empty();
    for pattern in ["*.blob.core.windows.net", "*.windows.net", "*.github.io", "*.westeurope.cloudapp.azure.com"] {
        assert!(shared(pattern), "{pattern}");
    }
    for pattern in ["contoso.github.io", "*.contoso.github.io", "*.contoso.com", "*.github.com"] {
        assert!(!shared(pattern), "{pattern}");
    }
}

#[test]
fn ports_of_management() {
    let message = "FW0705 r: this rule opens management port 22 to a large part of the Internet";
    assert_eq!(of("allow tcp/20-30 from 10.0.0.0/8 to internet"), [message]);
    assert_eq!(
        of("dnat tcp/50022 from internet to 20.1.2.3 -> 10.0.0.4:22"),
        ["FW0705 r: this rule opens management port 22 from a large part of the Internet"]
    );
    assert_eq!(of("allow ssh from 10.0.0.0/8 to 20.1.2.3"), NOTHING);
    assert_eq!(of("allow ssh from private to 10.0.0.0/8"), NOTHING);
}

#[test]
fn ingress_from_anywhere_is_a_note() {
    assert_eq!(
        of("dnat tcp/443 from any to 20.1.2.3 -> 10.0.0.4"),
        ["FW0704 r: this rule takes flows from everywhere in the Internet"]
    );
}

#[test]
fn the_thresholds_of_ingress_are_those_of_reports_and_risks() {
    let much = "1.0.0.0/8, 2.0.0.0/8, 8.0.0.0/7, 64.0.0.0/3";
    assert_eq!(
        of(&format!("dnat tcp/443 from {much} to 20.1.2.3 -> 10.0.0.4")),
        ["FW0704 r: this rule takes flows from much of the Internet"]
    );
    assert_eq!(of("dnat tcp/443 from 8.0.0.0/7 to 20.1.2.3 -> 10.0.0.4"), NOTHING);
    assert_eq!(
        of("allow ssh from any to 10.0.0.0/8"),
        ["FW0708 r: this rule lets all of the Internet reach private addresses"]
    );
    assert_eq!(
        of(&format!("allow ssh from {much} to 10.0.0.4")),
        ["FW0708 r: this rule lets much of the Internet reach private addresses"]
    );
    assert_eq!(of("allow ssh from any to 20.1.2.3"), NOTHING);
}

#[test]
fn what_an_earlier_rule_closes_is_not_open() {
    let groups = "group first { shells: deny ssh from 10.0.0.0/8 to internet }
                  group second { r: allow ssh, rdp from 10.0.0.0/8 to internet, 10.1.0.0/16 }
                  group third { s: allow ssh from 10.0.0.0/8 to any }";
    let found = policy(groups);
    assert_eq!(found.iter().filter(|found| found.starts_with("FW0705")).count(), 1, "{found:#?}");
    let (_, found) = linted(&format!("policy pp {{ sku standard {groups} }}"));
    let open = found.iter().find(|found| found.code.id == "FW0705").unwrap();
    assert!(open.witness.as_ref().unwrap().service.ends_with("/3389"), "{open:?}");
}
