//! `fwc test`.

use serde_json::Value;

use super::{EXAMPLE, SMALL, Sandbox};

const EXPECTED: &str = "
test \"open\" for web {
    expect allow https from nodes to mcr.microsoft.com
    expect deny ssh from nodes to internet
}
";

fn sandbox(expected: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &[SMALL, expected].concat());
    sandbox
}

#[test]
fn what_holds_has_its_line() {
    let expected = "\
egress.pol: all hold: 2 of 2 expectations

open, in web
  holds     allow https from nodes to mcr.microsoft.com
  holds     deny ssh from nodes to internet

coverage: expectations touch 1 of 1 rule in web
";
    sandbox(EXPECTED).run(&["test", "egress.pol"]).says(0, expected, "");
}

#[test]
fn what_fails_comes_with_a_flow() {
    let sandbox = sandbox(&EXPECTED.replace("deny ssh", "allow ssh"));
    let run = sandbox.run(&["test", "egress.pol", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, run.stderr.as_str(), &answer["schema"]), (1, "", &"fwc.test/1".into()));
    let failed = &answer["results"][1];
    assert_eq!((&failed["result"], &failed["at"]["line"]), (&"fails".into(), &14.into()));
    let witness = format!("{}\n", failed["witness"]);
    let explained = sandbox.run_on(&["explain", "egress.pol", "--flows", "-", "--format", "json"], &witness);
    assert_eq!(serde_json::from_str::<Value>(&explained.stdout).unwrap()["verdict"], "deny");
}

/// A network with a route past the firewall and a private endpoint.
const AROUND: &str = "\
let nodes = 10.240.0.0/20

policy web {
    sku standard
    group work {
        feed:    allow https   from nodes to feed.example.com
        monitor: allow tcp/443 from nodes to tag(AzureMonitor)
    }
}

firewall hub {
    policy     web
    sku        standard
    private-ip 10.0.1.4
}

routes nodes-rt {
    subnet \"snet-nodes\" 10.240.0.0/20
    via    hub
    route  198.51.100.0/24 via internet
}

private-endpoint vault {
    host    kv-shop.vault.azure.net
    address 10.240.20.5
    zone    privatelink.vaultcore.azure.net
}

test \"promise\" for web {
    expect private https   from nodes to kv-shop.vault.azure.net
    expect private https   from nodes to kv-other.vault.azure.net
    expect allow   https   from nodes to kv-shop.vault.azure.net
    expect deny    tcp/22  from nodes to 198.51.100.0/24
}
";

fn around() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", AROUND);
    sandbox
}

#[test]
fn the_way_of_a_flow_is_the_reason() {
    let expected = "\
egress.pol: not all hold: 2 of 4 expectations, 1 with a reservation

promise, in web
  holds     private https from nodes to kv-shop.vault.azure.net
  FAILS     private https from nodes to kv-other.vault.azure.net
            at egress.pol:31
            https from 10.240.7.4 to kv-other.vault.azure.net at 203.0.113.10
            is decided by the firewall, as no private endpoint is stated for it
            and so does every flow of the expectation
  holds but allow https from nodes to kv-shop.vault.azure.net
            past the firewall, all of it: to private endpoint vault
  FAILS     deny tcp/22 from nodes to 198.51.100.0/24
            at egress.pol:33
            tcp/22 from 10.240.7.4 to 198.51.100.127
            is decided by its way: to the Internet, by route 198.51.100.0/24 of table nodes-rt
            and so does every flow of the expectation

coverage: expectations touch 1 of 2 rules in web
";
    around().run(&["test", "egress.pol"]).says(1, expected, "");
}

#[test]
fn programs_are_told_the_way_and_the_notes() {
    let run = around().run(&["test", "egress.pol", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let way = serde_json::json!({ "by": "internet", "table": "nodes-rt", "route": "198.51.100.0/24" });
    assert_eq!(answer["results"][3]["decidedBy"], serde_json::json!({ "kind": "way", "way": way }));
    let note = &answer["results"][2]["notes"][0];
    assert_eq!((&note["kind"], &note["way"]["endpoint"]), (&"unfiltered".into(), &"vault".into()), "{note}");
    assert_eq!(answer["results"][0]["notes"], Value::Null);
}

#[test]
fn a_strict_reading_fails_what_arrives_past_the_firewall() {
    let run = around().run(&["test", "egress.pol", "--strict", "--format", "junit"]);
    assert!(run.stdout.contains("failures=\"3\""), "{}", run.stdout);
    let run = around().run(&["test", "egress.pol", "--format", "junit"]);
    assert!(run.stdout.contains("failures=\"2\""), "{}", run.stdout);
    assert!(run.stdout.contains("past the firewall, all of it: to private endpoint vault"), "{}", run.stdout);
}

#[test]
fn what_depends_on_a_tag_fails_with_the_outside_to_paste() {
    let rules = "monitor: allow tcp/443 from nodes to tag(AzureMonitor)";
    let source = SMALL.replace("to mcr.microsoft.com\n", &format!("to mcr.microsoft.com\n{rules}\n"));
    let sandbox = Sandbox::new();
    let test = |outside: &str| {
        let expected = format!("test \"no more\" {{ expect deny https from nodes to example.com {outside} }}\n");
        sandbox.write("egress.pol", &[&source, expected.as_str()].concat());
        sandbox.run(&["test", "egress.pol", "--format", "json"])
    };
    let run = test("");
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, &answer["results"][0]["outside"]), (1, &"outside tag(AzureMonitor)".into()), "{answer}");
    assert_eq!(test("outside tag(AzureMonitor)").status, 0);
}

const MORE: &str = "
        ghcr:  allow https    from nodes to ghcr.io
        azure: allow tcp/443  from nodes to 20.0.0.0/8
        dead:  allow https    from 10.240.1.0/24 to mcr.microsoft.com
        time:  allow udp/123  from nodes to 20.0.0.1
";

fn with_more() -> Sandbox {
    let sandbox = Sandbox::new();
    let source =
        SMALL.replace("to mcr.microsoft.com\n", &format!("to mcr.microsoft.com\n{}", MORE.trim_start_matches('\n')));
    let expected = "
test \"some\" for web {
    expect allow https from nodes to ghcr.io outside 20.0.0.0/8
}
";
    sandbox.write("egress.pol", &[source.as_str(), expected].concat());
    sandbox
}

#[test]
fn rules_that_no_expectation_touches_are_listed() {
    let run = with_more().run(&["test", "egress.pol", "--coverage"]);
    let expected = "
coverage: expectations touch 1 of 5 rules in web

no expectation touches, in web
  out / azure  egress.pol:10:9
  out / time   egress.pol:12:9
  out / mcr    egress.pol:8:9
  out / dead   egress.pol:11:9  no flow reaches it
";
    assert!(run.stdout.ends_with(expected), "{}", run.stdout);
}

#[test]
fn coverage_is_for_programs_too() {
    let run = with_more().run(&["test", "egress.pol", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let of = &answer["coverage"][0];
    assert_eq!((&of["policy"], &of["rules"], &of["touched"]), (&"web".into(), &5.into(), &1.into()));
    let why: Vec<_> = of["untouched"].as_array().unwrap().iter().map(|rule| (&rule["rule"], &rule["why"])).collect();
    let why: Vec<(&str, &str)> =
        why.iter().map(|(rule, why)| (rule.as_str().unwrap(), why.as_str().unwrap())).collect();
    assert_eq!(why, [("azure", "not-asked"), ("time", "not-asked"), ("mcr", "not-asked"), ("dead", "no-flow")]);
    assert_eq!(of["untouched"][0]["at"]["line"], 10);
}

#[test]
fn a_rule_of_a_base_is_touched_in_a_child() {
    let base = "policy base {\n    sku standard\n    group all {\n        meta: deny any from any to 169.254.169.254\n    }\n}\n\n";
    let child = SMALL.replace("policy web {", &format!("{base}policy web inherits base {{"));
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &[&child, "\nexpect deny any from nodes to 169.254.169.254\n"].concat());
    let run = sandbox.run(&["test", "egress.pol"]);
    assert!(run.stdout.contains("coverage: expectations touch 1 of 1 rule in base\n"), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.ends_with("coverage: expectations touch 0 of 1 rule in web\n"), "{}", run.stdout);
}

#[test]
fn the_reference_example_holds_without_a_condition() {
    let run = Sandbox::with_example().run(&["test", EXAMPLE, "--strict"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
}

#[test]
fn a_private_address_is_not_reached_over_the_internet() {
    let routes = "
firewall hub { policy web  sku standard  private-ip 10.0.1.4 }
routes nodes-rt { subnet \"snet-nodes\" 10.240.0.0/16  via internet }
test \"open\" for web {
    expect allow tcp/443 from nodes to 198.51.100.7
    expect allow tcp/443 from nodes to 10.9.9.9
    expect allow udp/5353 from nodes to 224.0.0.251
    expect allow tcp/80 from nodes to 169.254.169.254
}
";
    let run = sandbox(routes).run(&["test", "egress.pol", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let results: Vec<&str> =
        answer["results"].as_array().unwrap().iter().map(|result| result["result"].as_str().unwrap()).collect();
    assert_eq!((run.status, results), (1, vec!["holds", "fails", "fails", "fails"]), "{answer:#}");
}

#[test]
fn a_firewall_with_another_policy_is_told() {
    let routes = "
policy lab { sku standard  group open { all: allow any from any to any } }
firewall hub { policy lab  sku standard  private-ip 10.0.1.4 }
routes nodes-rt { subnet \"snet-nodes\" 10.240.0.0/16  via hub }
";
    let sandbox = sandbox(&[EXPECTED, routes].concat());
    let run = sandbox.run(&["test", "egress.pol"]);
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("firewall `hub` has policy `lab`: flows are decided as if it had policy `web`"), "{words}");
    assert_eq!(run.status, 0);
}

#[test]
fn a_firewall_of_which_no_policy_is_stated_is_told() {
    let routes = "
firewall hub { sku standard  private-ip 10.0.1.4 }
routes nodes-rt { subnet \"snet-nodes\" 10.240.0.0/16  via hub }
";
    let sandbox = sandbox(&[EXPECTED, routes].concat());
    let run = sandbox.run(&["test", "egress.pol"]);
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "no policy of firewall `hub` is stated: flows are decided as if it had policy `web`";
    assert!(words.contains(told), "{words}");
}
