//! What is risky about a change, what was accepted before, and what a base policy does to its children.

use serde_json::Value;

use crate::cli::{Run, Sandbox};

/// A policy with rules in the place of `{}`, its base with a deny.
const SOURCE: &str = r#"let nodes = 10.240.0.0/20

policy corp-base {
    location "westeurope"
    sku      premium

    @owner("network-security")
    group guardrails priority 200 {
        shells: deny ssh from nodes to internet
    }
}

policy web inherits corp-base {
    location "westeurope"
    sku      premium
    dns { proxy on  servers 10.0.0.10 }

    @owner("payments")
    group workloads {
        stripe: allow https from nodes to api.stripe.com
    }

    group more {
        clock: allow ntp from nodes to 198.51.100.123
{}    }
}

firewall hub {
    policy     web
    sku        premium
    private-ip 10.0.1.4
    public-ip  web 203.0.113.10
}
"#;

fn with(rules: &str) -> String {
    SOURCE.replace("{}", &rules.lines().map(|line| format!("        {line}\n")).collect::<String>())
}

fn sandbox(rules: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", &with(""));
    sandbox.write("new.pol", &with(rules));
    sandbox
}

fn diff(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.run(&[&["diff", "old.pol", "new.pol", "--as-of", "2026-06-01"], more].concat())
}

/// The risks of a change that adds rules, level and words, each once.
fn risks(rules: &str, more: &[&str]) -> Vec<String> {
    let run = diff(&sandbox(rules), &[&["--format", "json"], more].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    let changes = value["changes"].as_array().unwrap();
    assert!(!changes.is_empty());
    let risks = changes.iter().flat_map(|change| change["risks"].as_array().cloned().unwrap_or_default());
    let said = |risk: Value| format!("{}: {}", risk["level"].as_str().unwrap(), risk["what"].as_str().unwrap());
    let mut risks: Vec<String> = risks.map(said).collect();
    risks.sort();
    risks.dedup();
    risks
}

const OWNED: &str = r#"@owner("team") "#;

#[track_caller]
fn judged(rule: &str, wanted: &[&str]) {
    assert_eq!(risks(&format!("{OWNED}{rule}"), &[]), wanted);
}

#[test]
fn a_narrow_rule_with_an_owner_is_no_risk() {
    judged("new: allow tcp/5432 from nodes to 198.51.100.7", &[]);
}

#[test]
fn from_everywhere_to_everywhere() {
    let wide = "medium: to as many addresses as a /12 has, or more";
    let sources = "low: from as many addresses as a /12 has, or more";
    let (everywhere, internet) =
        ("high: from nearly every machine to nearly everywhere", "medium: to all of the Internet, or much of it");
    let name = "medium: to every name";
    let shared = "high: `*` takes in names below `blob.core.windows.net`, which anybody can get";
    judged("new: allow tcp/8443 from private to internet", &[shared, everywhere, sources, internet, wide, name]);
    judged("new: allow udp/8443 from private to internet", &[everywhere, sources, internet, wide]);
    judged("new: allow https from private to any-host", &[shared, everywhere, sources, name]);
    judged("new: allow https from nodes to any-host", &[shared, name]);
}

#[test]
fn one_address_or_name_is_not_everywhere() {
    let sources = "low: from as many addresses as a /12 has, or more";
    judged("new: allow tcp/443 from 10.0.0.0/8 to 198.51.100.7", &[sources]);
    judged("new: allow ntp from 10.0.0.0/8 to ntp.contoso.com", &[sources]);
    judged("new: allow https from 10.0.0.0/8 to a.contoso.com", &[sources]);
}

#[test]
fn a_whole_range_of_ports() {
    let wide = "medium: to as many addresses as a /12 has, or more";
    judged("new: allow udp/1-65535 from nodes to 20.0.0.0/12", &["high: every port of UDP", wide]);
    judged("new: allow udp/1-65535 from nodes to 10.0.0.0/12", &["medium: every port of UDP", wide]);
    judged("new: allow udp/1-65535 from nodes to 198.51.100.7", &["low: every port of UDP"]);
}

#[test]
fn a_wildcard_below_which_anybody_can_get_a_name() {
    let wanted = "high: `*.azurewebsites.net` takes in names below `azurewebsites.net`, which anybody can get";
    judged("new: allow https from nodes to *.azurewebsites.net", &[wanted]);
    judged("new: allow https from nodes to one.azurewebsites.net", &[]);
}

#[test]
fn a_wide_prefix() {
    judged("new: allow tcp/8443 from nodes to 20.0.0.0/12", &["medium: to as many addresses as a /12 has, or more"]);
    judged("new: allow tcp/8443 from nodes to 20.0.0.0/13", &[]);
}

#[test]
fn in_from_anywhere() {
    judged(
        "new: dnat tcp/443 from any to hub::web -> 10.240.4.10:8443",
        &["high: in from all of the Internet, or much of it", "low: from as many addresses as a /12 has, or more"],
    );
    judged("new: dnat tcp/443 from 192.0.2.0/24 to hub::web -> 10.240.4.10:8443", &[]);
}

#[test]
fn ports_of_management() {
    judged("new: allow rdp from nodes to 10.1.0.4", &["low: management port 3389"]);
    judged(
        "new: allow rdp from nodes to 20.0.0.0/12",
        &["high: management port 3389", "medium: to as many addresses as a /12 has, or more"],
    );
    judged("new: dnat tcp/50022 from 192.0.2.7 to hub::web -> 10.240.4.10:22", &["low: management port 22"]);
}

#[test]
fn a_rule_past_its_expiry_and_one_that_nobody_answers_for() {
    let rule = "@expires(2026-05-01) new: allow tcp/5432 from nodes to 198.51.100.7";
    assert_eq!(
        risks(rule, &["--expired", "warn"]),
        ["low: nobody answers for the rule", "medium: the rule expired on 2026-05-01"]
    );
}

#[test]
fn what_the_base_policy_denied() {
    let sandbox = sandbox("");
    sandbox.write(
        "new.pol",
        &with("@owner(\"team\") new: allow ssh from nodes to 198.51.100.7").replace("deny ssh", "deny rdp"),
    );
    let run = diff(&sandbox, &["--fail-on", "risk=high"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("high: `shells` of the base policy `corp-base` denied it"), "{}", run.stdout);
}

#[test]
fn a_team_edits_the_table() {
    let sandbox = sandbox("@owner(\"team\") new: allow rdp from nodes to 20.0.0.0/12");
    let status = |sandbox: &Sandbox, what: &str| diff(sandbox, &["--fail-on", what]).status;
    assert_eq!(status(&sandbox, "risk=high"), 1);
    sandbox.write("fwc.toml", "[risk]\nwide-prefix = \"off\"\nmanagement-ports = \"low\"\n");
    assert_eq!((status(&sandbox, "risk=medium"), status(&sandbox, "risk=low")), (0, 1));
    sandbox.write("fwc.toml", "[risk]\nwide-prefix = \"off\"\nmanagement-port-numbers = [22]\n");
    assert_eq!(status(&sandbox, "risk=low"), 0);
    sandbox.write("fwc.toml", "[risk]\nmanagement = \"low\"\n");
    let run = diff(&sandbox, &[]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.starts_with("fwc: fwc.toml: line 2: unknown risk `management`"), "{}", run.stderr);
}

#[test]
fn an_accepted_change_needs_no_second_look() {
    let sandbox = sandbox("@owner(\"team\") new: allow rdp from nodes to 10.1.0.4");
    let judged = ["--approved", "approved.json", "--fail-on", "widened,risk=high"];
    let run = diff(&sandbox, &["--approve", "approved.json", "--fail-on", "widened"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, "fwc: approved.json: 1 more noted as accepted\n"));
    let run = diff(&sandbox, &judged);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("+ `new` allows what the implicit deny covered (approved)"), "{}", run.stdout);
    // Another name and another place are the same change; one flow more is another.
    let renamed = with("@owner(\"team\") other: allow rdp from nodes to 10.1.0.4").replace("group more", "group rest");
    sandbox.write("new.pol", &renamed);
    assert_eq!(diff(&sandbox, &judged).status, 0);
    sandbox.write("new.pol", &with("@owner(\"team\") new: allow rdp from nodes to 10.1.0.4, 10.1.0.6"));
    assert_eq!(diff(&sandbox, &judged).status, 1);
}

#[test]
fn an_approval_says_what_was_accepted_by_whom_and_until_when() {
    let sandbox = sandbox("new: allow rdp from nodes to 10.1.0.4");
    let signed = ["--by", "Ada", "--reason", "CHG-7: a jump box", "--until", "2026-12-31", "--as-of", "2026-11-01"];
    let run = sandbox.run(&[&["diff", "old.pol", "new.pol", "--approve", "approved.json"][..], &signed].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let written: serde_json::Value = serde_json::from_str(&sandbox.read("approved.json")).unwrap();
    let one = &written["approved"][0];
    assert_eq!((&one["by"], &one["reason"]), (&"Ada".into(), &"CHG-7: a jump box".into()));
    assert_eq!((&one["on"], &one["until"]), (&"2026-11-01".into(), &"2026-12-31".into()));
    let change = &one["change"];
    assert_eq!((&change["effect"], &change["flows"]["addresses"][0]), (&"newly-allowed".into(), &"10.1.0.4/32".into()));
    let judged = |day| {
        let gate = ["--approved", "approved.json", "--fail-on", "widened", "--as-of", day];
        sandbox.run(&[&["diff", "old.pol", "new.pol"][..], &gate].concat())
    };
    assert_eq!(judged("2026-12-31").status, 0);
    let late = judged("2027-01-01");
    assert_eq!(late.status, 1);
    assert_eq!(late.stderr, "fwc: expired approval: `new` allows what the implicit deny covered\n");
    // An approval of something else is told, and one that has expired is given anew.
    sandbox.write("new.pol", &with("other: allow ssh from nodes to 10.1.0.9"));
    let unused = judged("2026-12-01");
    assert_eq!(unused.status, 1);
    assert!(unused.stderr.starts_with("fwc: approval of nothing that changes here: "), "{}", unused.stderr);
    let spoilt = sandbox.read("approved.json").replace("2026-12-31", "soon");
    sandbox.write("approved.json", &spoilt);
    let run = judged("2026-12-01");
    assert_eq!((run.status, run.stderr.contains("found `soon`")), (2, true), "{}", run.stderr);
}

#[test]
fn no_list_of_accepted_changes_is_wrong_usage() {
    let sandbox = sandbox("new: allow rdp from nodes to 10.1.0.4");
    assert_eq!(diff(&sandbox, &["--approved", "absent.json"]).status, 2);
    sandbox.write("other.json", "{\"schema\":\"other/1\",\"approved\":[]}");
    let run = diff(&sandbox, &["--approved", "other.json"]);
    assert_eq!((run.status, run.stderr.contains("expected the schema `fwc.approved/1`")), (2, true), "{}", run.stderr);
}

/// A base policy of its own, and two children in a folder: one whose rule the new deny voids, and one that it does not touch.
fn children() -> Sandbox {
    let sandbox = Sandbox::new();
    let base = |rules: &str| {
        format!(
            "policy corp-base {{\n    location \"westeurope\"\n    sku premium\n    dns {{ proxy on  servers 10.0.0.10 }}\n    group guardrails {{\n{rules}    }}\n}}\n"
        )
    };
    let shells = "        shells: deny ssh from 10.0.0.0/8 to internet\n";
    sandbox.write("old.pol", &base(shells));
    sandbox.write("new.pol", &base(&format!("{shells}        stripe: deny https from 10.0.0.0/8 to *.stripe.com\n")));
    for (name, host) in [("web", "api.stripe.com"), ("data", "api.example.org")] {
        let child = format!(
            "policy {name} inherits corp-base {{\n    location \"westeurope\"\n    sku premium\n    dns {{ proxy on  servers 10.0.0.10 }}\n    group out {{\n        pay: allow https from 10.1.0.0/16 to {host}\n    }}\n}}\n"
        );
        sandbox.write(&format!("children/{name}.pol"), &format!("import \"base/corp-base.pol\"\n\n{child}"));
    }
    sandbox.write("children/base/corp-base.pol", &base(shells));
    sandbox
}

#[test]
fn a_base_policy_and_every_child_of_a_folder() {
    let sandbox = children();
    let run = diff(&sandbox, &["--children", "children", "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    let found: Vec<(&str, bool, bool)> = value["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| (child["policy"].as_str().unwrap(), child["equivalent"] == true, child["narrowed"] == true))
        .collect();
    assert_eq!(found, [("data", true, false), ("web", false, true)]);
    let run = diff(&sandbox, &["--children", "children"]);
    assert!(run.stdout.contains("policy `web`: narrower"), "{}", run.stdout);
    assert!(run.stdout.contains("policy `data`: no flow changes"), "{}", run.stdout);
    assert_eq!(diff(&sandbox, &["--children", "children", "--fail-on", "changed"]).status, 1);
    assert_eq!(diff(&sandbox, &["--children", "children", "--fail-on", "widened"]).status, 0);
}

#[test]
fn a_folder_without_children_is_wrong_usage() {
    let sandbox = children();
    let run = diff(&sandbox, &["--children", "children/base"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("holds no policy that inherits `corp-base`"), "{}", run.stderr);
}
