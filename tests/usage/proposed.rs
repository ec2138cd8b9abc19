//! `generate logs`: rules for what was denied.

use serde_json::{Value, json};

use super::{SOURCE, application, network, sandbox};
use crate::cli::{Run, Sandbox};

const TIME: &str = "2026-11-03T08:00:00Z";

/// A record of a flow that no rule matched.
fn denied(source: &str, host: &str, port: u16) -> Value {
    let mut record = application(TIME, host, "Deny", "");
    record["properties"]["SourceIp"] = json!(source);
    record["properties"]["DestinationPort"] = json!(port);
    record
}

fn generate(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.run(&[&["generate", "logs", "egress.pol", "--logs", "PT1H.json"], more].concat())
}

/// The rules of a proposal, without comments.
fn rules(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| line.starts_with("allow ")).collect()
}

#[test]
fn each_rule_allows_what_was_seen_with_its_evidence() {
    let sandbox = sandbox(&[
        denied("10.240.0.4", "a.example.net", 443),
        denied("10.240.0.4", "a.example.net", 443),
        denied("10.240.0.5", "a.example.net", 443),
        denied("10.240.0.6", "a.example.net", 8443),
        denied("10.240.0.6", "a.example.net", 443),
        network(TIME, "20.9.9.9", ("TCP", 22), "Deny", ""),
        application(TIME, "api.example.com", "Allow", "api"),
    ]);
    let run = generate(&sandbox, &[]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    // A source that was seen on two ports is not one with those that were seen on one.
    assert_eq!(
        rules(&run.stdout),
        [
            "allow https from 10.240.0.4, 10.240.0.5 to a.example.net",
            "allow https/{443,8443} from 10.240.0.6 to a.example.net",
            "allow tcp/22 from 10.240.0.4 to 20.9.9.9",
        ]
    );
    assert!(run.stdout.contains("# 3 lines of 2 flows, 2026-11-03, from nodes\n"), "{}", run.stdout);
    assert!(run.stdout.contains("from 7 lines of logs, 2026-11-03"), "{}", run.stdout);
}

/// With the proposal, the seen flows pass, and what was not seen does not.
#[test]
fn the_proposal_compiles_and_opens_nothing_else() {
    let sandbox = sandbox(&[
        denied("10.240.0.4", "a.example.net", 443),
        denied("10.240.0.5", "a.example.net", 8443),
        denied("10.240.0.5", "b.example.net", 443),
    ]);
    assert_eq!(generate(&sandbox, &["-o", "proposed.pol"]).status, 0);
    let with = format!(
        "import \"proposed.pol\"\n\n{}",
        SOURCE.replace("    group out {", "    group more {\n        apply proposed()\n    }\n\n    group out {")
    );
    sandbox.write("new.pol", &with);
    let passes = |source: &str, host: &str, service: &str| {
        let run = sandbox.run(&[
            "explain",
            "new.pol",
            "--from",
            source,
            "--to",
            host,
            "--service",
            service,
            "--format",
            "json",
        ]);
        let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        answer["verdict"] == "allow"
    };
    for source in ["10.240.0.4", "10.240.0.5", "10.240.0.6"] {
        for host in ["a.example.net", "b.example.net", "c.example.net"] {
            for service in ["https", "https/8443", "http"] {
                let seen = [
                    ("10.240.0.4", "a.example.net", "https"),
                    ("10.240.0.5", "a.example.net", "https/8443"),
                    ("10.240.0.5", "b.example.net", "https"),
                ];
                let expected = seen.contains(&(source, host, service));
                assert_eq!(passes(source, host, service), expected, "{source} {host} {service}");
            }
        }
    }
}

#[test]
fn a_wildcard_is_proposed_where_it_is_asked_for() {
    let names = ["a", "b", "c"].map(|name| denied("10.240.0.4", &format!("{name}.example.net"), 443));
    let sandbox = sandbox(&names);
    assert_eq!(rules(&generate(&sandbox, &[]).stdout).len(), 3);
    let wide = generate(&sandbox, &["--wildcards"]).stdout;
    assert_eq!(rules(&wide), ["allow https from 10.240.0.4 to *.example.net"]);
    assert!(wide.contains("wider than the 3 names seen"), "{wide}");
}

#[test]
fn what_the_catalogue_has_is_recognised() {
    let text = generate(&sandbox(&[denied("10.240.0.4", "ghcr.io", 443)]), &[]).stdout;
    assert!(text.contains("# The catalogue has this host: ") && text.contains("`ghcr::pull`"), "{text}");
}

#[test]
fn what_is_not_proposed_is_told() {
    let inbound = denied("198.51.100.7", "a.example.net", 443);
    let stale = denied("10.240.0.4", "api.example.com", 443);
    let run = generate(&sandbox(&[inbound, stale]), &[]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    for why in ["the policy as it is stated allows them", "which is for DNAT rules", "nothing to propose"] {
        assert!(run.stderr.contains(why), "{}", run.stderr);
    }
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let sandbox = sandbox(&[denied("10.240.0.4", "a.example.net", 443)]);
    sandbox.write("mine.pol", "# mine\n");
    let run = generate(&sandbox, &["-o", "mine.pol"]);
    assert_eq!((run.status, sandbox.read("mine.pol").as_str()), (2, "# mine\n"));
    assert!(run.stderr.contains("`mine.pol` is there already"), "{}", run.stderr);
}
