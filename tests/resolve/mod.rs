//! `fwc resolve` against a DNS server on loopback: every kind of answer, and every kind of failure.

mod judged;
mod knows;
pub(crate) mod server;
#[cfg(unix)]
mod terminal;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::{Run, Sandbox};
use server::Zone;

/// A policy with a rule to each of these hosts.
fn policy(rules: &[&str]) -> String {
    let rules: String = rules.iter().enumerate().map(|(n, rule)| format!("r{n}: {rule}\n")).collect();
    format!("policy pp {{ sku standard dns {{ proxy on }} group gg {{ {rules} }} }}\n")
}

fn https(hosts: &[&str]) -> String {
    policy(&[&format!("allow https from 10.0.0.0/8 to {}", hosts.join(", "))])
}

fn resolve(zone: &Zone, source: &str, more: &[&str]) -> Run {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", source);
    resolve_in(&sandbox, zone, more)
}

fn resolve_in(sandbox: &Sandbox, zone: &Zone, more: &[&str]) -> Run {
    let server = zone.address.to_string();
    let mut arguments = vec!["resolve", "egress.pol", "--server", &server];
    if !more.contains(&"--timeout") {
        arguments.extend(["--timeout", "1000", "--retries", "1"]);
    }
    arguments.extend(more);
    sandbox.run(&arguments)
}

/// The answer about each name: its kind and addresses, and the aliases on the way.
fn answers(run: &Run) -> BTreeMap<String, String> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr));
    assert_eq!(report["schema"], "fwc.resolve/1");
    crate::cli::assert_valid(&report);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = |value: &Value| value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join(" ");
    let said = |name: &Value| {
        let parts = [text(&name["result"]), all(&name["aliases"]), all(&name["addresses"])];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
    };
    report["names"].as_array().unwrap().iter().map(|name| (text(&name["name"]), said(name))).collect()
}

/// What is found out about one name.
#[track_caller]
fn of(zone: &Zone, host: &str) -> String {
    let found = answers(&resolve(zone, &https(&[host, "www.example.com"]), &["--format", "json"]));
    assert_eq!(found["www.example.com"], "addresses: 20.1.2.7");
    found[host].clone()
}

#[test]
fn names_have_addresses_through_chains_of_aliases() {
    let zone = Zone::new();
    assert_eq!(of(&zone, "chain.example.com"), "addresses: b.cdn.net c.cdn.net: 20.1.2.3");
    assert_eq!(of(&zone, "shuffled.example.com"), "addresses: b.cdn.net c.cdn.net: 20.1.2.3");
}

#[test]
fn names_may_not_exist_or_have_no_address() {
    let zone = Zone::new();
    assert_eq!(of(&zone, "gone.example.com"), "no-name");
    assert_eq!(of(&zone, "dangling.example.com"), "no-name");
    assert_eq!(of(&zone, "empty.example.com"), "no-address");
}

#[test]
fn a_failure_is_no_answer() {
    let zone = Zone::new();
    for host in ["failing.example.com", "refusing.example.com", "silent.example.com"] {
        assert_eq!(of(&zone, host), "no-answer", "{host}");
    }
}

#[test]
fn a_try_that_was_lost_is_made_again() {
    let (zone, source) = (Zone::new(), https(&["deaf.example.com", "www.example.com"]));
    let ask = |retries: &str, zone: &Zone| {
        let more = ["--format", "json", "--timeout", "500", "--retries", retries];
        answers(&resolve(zone, &source, &more))["deaf.example.com"].clone()
    };
    assert_eq!(ask("0", &zone), "no-answer");
    assert_eq!(ask("1", &Zone::new()), "addresses: 20.1.2.7");
}

#[test]
fn a_server_that_hangs_is_left_after_the_time_it_was_given() {
    let (zone, start) = (Zone::new(), Instant::now());
    // Over UDP it points to TCP, and there it takes the question and says nothing.
    let run = resolve(
        &zone,
        &https(&["hanging.example.com", "silent.example.com", "www.example.com"]),
        &["--format", "json", "--timeout", "300", "--retries", "1"],
    );
    let answers = answers(&run);
    assert_eq!(
        (answers["hanging.example.com"].as_str(), answers["silent.example.com"].as_str()),
        ("no-answer", "no-answer")
    );
    assert_eq!(answers["www.example.com"], "addresses: 20.1.2.7");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_circle_of_aliases_ends() {
    let zone = Zone::new();
    let said = of(&zone, "circle.example.com");
    assert!(said == "no-answer" || said == "no-address", "{said}");
}

#[test]
fn an_answer_for_another_name_is_none() {
    let zone = Zone::new();
    assert_eq!(of(&zone, "liar.example.com"), "no-address");
    assert_eq!(of(&zone, "half-liar.example.com"), "addresses: 20.1.2.4");
    assert_eq!(of(&zone, "impostor.example.com"), "no-answer");
}

#[test]
fn a_long_answer_comes_over_tcp() {
    let zone = Zone::new();
    assert_eq!(of(&zone, "long.example.com").matches("20.1.2.").count(), 200);
}

#[test]
fn a_mute_server_is_given_up_in_bounded_time() {
    let zone = Zone::mute();
    let hosts: Vec<String> = (0..5000).map(|n| format!("n{n}.example.com")).collect();
    let rules: Vec<String> =
        hosts.chunks(500).map(|some| format!("allow https from 10.0.0.0/8 to {}", some.join(", "))).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let start = Instant::now();
    let run = resolve(&zone, &policy(&rules), &["--timeout", "100", "--retries", "0"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains(&format!("no answer from {} about any name", zone.address)), "{}", run.stderr);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(zone.questions() < 1000, "{} questions", zone.questions());
}

#[test]
fn five_thousand_names_are_asked_about_a_few_at_once() {
    let zone = Zone::new();
    let hosts: Vec<String> = (0..5000).map(|n| format!("n{n}.example.com")).collect();
    let rules: Vec<String> =
        hosts.chunks(500).map(|some| format!("allow https from 10.0.0.0/8 to {}", some.join(", "))).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let run = resolve(&zone, &policy(&rules), &["--format", "json", "--at-once", "16", "--timeout", "5000"]);
    let answers = answers(&run);
    assert_eq!(answers.len(), 5000);
    assert!(answers.values().all(|said| said == "addresses: 20.1.2.7"));
    assert!((1..=16).contains(&zone.most()), "{} at once", zone.most());
}

#[test]
fn a_server_that_is_not_there_is_a_failure() {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &https(&["www.example.com"]));
    let address = Zone::new().address.to_string();
    let run = sandbox.run(&["resolve", "egress.pol", "--server", &address, "--timeout", "100", "--retries", "0"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    let run = sandbox.run(&["resolve", "egress.pol", "--server", "dns.example.com"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("expected an address such as 10.0.0.10"), "{}", run.stderr);
}

#[test]
fn wildcards_are_counted_and_nobody_is_asked_about_them() {
    let zone = Zone::new();
    let run = resolve(&zone, &https(&["www.example.com", "*.example.com", "*.example.org"]), &[]);
    assert_eq!(
        run.stdout,
        "egress.pol: 1 name, no findings\n     1  has an address\n     2  wildcards, not looked up\n"
    );
    assert_eq!((run.stderr.as_str(), run.status, zone.questions()), ("", 0, 1));
}

#[test]
fn a_source_with_errors_is_not_asked_about() {
    let zone = Zone::new();
    let run = resolve(&zone, "policy pp { sku standard group gg { r: allow https from x to a.com } }", &[]);
    assert_eq!((run.status, run.stdout.as_str(), zone.questions()), (1, "", 0));
    assert!(run.stderr.contains("error[FW0201]"), "{}", run.stderr);
}
