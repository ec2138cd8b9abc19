//! A snapshot makes answers of other commands certain, and none of them asks DNS.

use crate::cli::Sandbox;

const SOURCE: &str = "policy pp { sku standard dns { proxy on } group gg {
        db:  allow tcp/5432 from 10.0.0.0/8 to db.example.com
        web: allow https from 10.0.0.0/8 to www.example.com } }
    test \"the database\" { expect allow tcp/5432 from 10.0.0.4 to 20.1.2.7 }\n";
const SNAPSHOT: &str = r#"{"schema":"fwc.dns/1","names":[{"name":"db.example.com","addresses":["20.1.2.7"]},
    {"name":"www.example.com","addresses":["20.1.2.7"]}]}"#;

/// A command without and with the snapshot: status and what it prints.
#[track_caller]
fn both(arguments: &[&str]) -> [(i32, String); 2] {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", SOURCE);
    sandbox.write("dns.json", SNAPSHOT);
    let with: Vec<&str> = arguments.iter().copied().chain(["--dns", "dns.json"]).collect();
    [arguments.to_vec(), with].map(|arguments| {
        let run = sandbox.run(&arguments);
        (run.status, format!("{}{}", run.stdout, run.stderr))
    })
}

#[test]
fn explain_knows_the_addresses() {
    let [(_, without), (_, with)] =
        both(&["explain", "egress.pol", "--from", "10.0.0.4", "--to", "20.1.2.7", "--service", "tcp/5432"]);
    assert!(without.starts_with("depends"), "{without}");
    assert!(with.starts_with("allow"), "{with}");
}

#[test]
fn test_knows_the_addresses() {
    let [(status, without), (known, with)] = both(&["test", "egress.pol"]);
    assert_eq!((status, known), (1, 0), "{without}{with}");
}

#[test]
fn reach_knows_the_addresses() {
    let [(_, without), (_, with)] =
        both(&["reach", "egress.pol", "--to", "20.1.2.7", "--service", "tcp/5432", "--format", "json"]);
    assert!(without.contains("dns(db.example.com)"), "{without}");
    assert!(!with.contains("dns(db.example.com)"), "{with}");
}

#[test]
fn check_knows_the_addresses() {
    let [(_, without), (_, with)] = both(&["check", "egress.pol"]);
    assert!(!without.contains("FW0308") && with.contains("FW0308"), "{without}{with}");
}

#[test]
fn diff_knows_the_addresses() {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", SOURCE);
    sandbox.write("new.pol", &SOURCE.replace("to db.example.com", "to 20.1.2.7"));
    sandbox.write("dns.json", SNAPSHOT);
    let diff = |more: &[&str]| {
        let run = sandbox.run(&[&["diff", "old.pol", "new.pol", "--format", "json"], more].concat());
        let value: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        value["equivalent"].as_bool().unwrap()
    };
    // For clients that know the name by another address, the two are not the same; with the snapshot there is no other.
    assert!(!diff(&[]));
    assert!(diff(&["--dns", "dns.json"]));
}
