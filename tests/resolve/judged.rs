//! What is found wrong with the answers.

use super::server::Zone;
use super::{https, policy, resolve, resolve_in};
use crate::cli::Sandbox;

/// The codes and messages that a run found.
fn found(zone: &Zone, source: &str, more: &[&str]) -> Vec<String> {
    let run = resolve(zone, source, more);
    let heads = run.stderr.lines().filter(|line| line.starts_with("warning[") || line.starts_with("note["));
    heads.map(str::to_owned).collect()
}

fn vault(host: &str, address: &str, zone: &str) -> String {
    format!("private-endpoint kv {{ host {host} address {address} {zone} }}")
}

const ZONE: &str = "zone privatelink.vaultcore.azure.net";

#[test]
fn names_that_are_not_there() {
    let zone = Zone::new();
    let source = https(&["gone.example.com", "empty.example.com", "failing.example.com", "www.example.com"]);
    let messages = [
        "warning[FW0901]: `empty.example.com` has no IPv4 address",
        "warning[FW0901]: `gone.example.com` does not exist",
        "warning[FW0905]: no answer about `failing.example.com`: the server failed, SERVFAIL",
    ];
    let mut all = found(&zone, &source, &[]);
    all.sort();
    assert_eq!(all, messages);
    assert_eq!(resolve(&zone, &source, &["--fail-on", "warning"]).status, 1);
    assert_eq!(resolve(&zone, &source, &[]).status, 0);
}

#[test]
fn a_private_endpoint_answers_privately_and_through_its_zone() {
    let zone = Zone::new();
    let nothing: [&str; 0] = [];
    assert_eq!(found(&zone, &vault("private.vault.azure.net", "10.240.20.5", ZONE), &[]), nothing);
    assert_eq!(found(&zone, &vault("private.vault.azure.net", "10.240.20.5", ""), &[]), nothing);
    let message = "warning[FW0902]: `public.vault.azure.net` answers publicly, at 20.1.2.9, not at 10.240.20.5";
    assert_eq!(found(&zone, &vault("public.vault.azure.net", "10.240.20.5", ZONE), &[]), [message]);
    let message = "warning[FW0902]: `private.vault.azure.net` answers at 10.240.20.5, not at 10.240.20.6";
    assert_eq!(found(&zone, &vault("private.vault.azure.net", "10.240.20.6", ZONE), &[]), [message]);
    let message =
        "warning[FW0903]: `direct.vault.azure.net` is private, but not by a name in privatelink.vaultcore.azure.net";
    assert_eq!(found(&zone, &vault("direct.vault.azure.net", "10.240.20.5", ZONE), &[]), [message]);
    let message = "warning[FW0901]: `gone.vault.azure.net` does not exist";
    assert_eq!(found(&zone, &vault("gone.vault.azure.net", "10.240.20.5", ZONE), &[]), [message]);
}

#[test]
fn names_of_network_rules_change_and_are_shared() {
    let zone = Zone::new();
    let network = |host: &str| policy(&[&format!("allow tcp/5432 from 10.0.0.0/8 to {host}")]);
    let message = "note[FW0904]: `changing.example.com` has other addresses each time it is looked up";
    assert_eq!(found(&zone, &network("changing.example.com"), &[]), [message]);
    let nothing: [&str; 0] = [];
    assert_eq!(found(&zone, &https(&["changing.example.com"]), &[]), nothing);
    let rules =
        policy(&["allow tcp/5432 from 10.0.0.0/8 to db.example.com", "allow https from 10.0.0.0/8 to www.example.com"]);
    let message =
        "note[FW0308]: a rule to `db.example.com` also decides flows to `www.example.com`, at the same address";
    assert_eq!(found(&zone, &rules, &[]), [message]);
}

#[test]
fn a_snapshot_tells_what_has_changed() {
    let zone = Zone::new();
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &policy(&["allow tcp/5432 from 10.0.0.0/8 to db.example.com, gone.example.com"]));
    assert_eq!(resolve_in(&sandbox, &zone, &["--snapshot", "now.json"]).status, 0);
    let snapshot = std::fs::read_to_string(sandbox.path("now.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&snapshot).unwrap();
    let names = serde_json::json!([
        { "name": "db.example.com", "addresses": ["20.1.2.7"] }, { "name": "gone.example.com", "addresses": [] }
    ]);
    assert_eq!(value, serde_json::json!({ "schema": "fwc.dns/1", "names": names }));
    let same = resolve_in(&sandbox, &zone, &["--against", "now.json"]);
    assert!(!same.stdout.contains("changed"), "{}", same.stdout);
    sandbox.write("old.json", &snapshot.replace("20.1.2.7", "20.1.2.8"));
    let run = resolve_in(&sandbox, &zone, &["--against", "old.json"]);
    assert!(run.stderr.contains("note[FW0904]: `db.example.com` has changed: it has 20.1.2.7 and lost 20.1.2.8"));
    assert!(run.stdout.ends_with("db.example.com\n          + 20.1.2.7\n          - 20.1.2.8\n"), "{}", run.stdout);
    // Compared with what was kept, and kept from now on.
    let run = resolve_in(&sandbox, &zone, &["--against", "old.json", "--snapshot", "old.json"]);
    assert!(run.status == 0 && run.stdout.contains("- 20.1.2.8"), "{}", run.stderr);
    assert_eq!(sandbox.read("old.json"), snapshot);
    sandbox.write("bad.json", "{\"schema\":\"fwc.dns/2\",\"names\":[]}");
    let run = resolve_in(&sandbox, &zone, &["--against", "bad.json"]);
    assert_eq!((run.status, run.stderr.contains("expected `fwc.dns/1`")), (2, true), "{}", run.stderr);
}

#[test]
fn no_answer_takes_nothing_from_a_snapshot() {
    let zone = Zone::new();
    let sandbox = Sandbox::new();
    let rules = ["allow https from 10.0.0.0/8 to db.example.com, failing.example.com"];
    sandbox.write("egress.pol", &policy(&rules));
    let kept = "{\"schema\":\"fwc.dns/1\",\"names\":[{\"name\":\"failing.example.com\",\"addresses\":[\"20.9.9.9\"]}]}";
    sandbox.write("kept.json", kept);
    let run = resolve_in(&sandbox, &zone, &["--snapshot", "kept.json"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("`failing.example.com` keeps its earlier addresses"), "{}", run.stderr);
    let after = sandbox.read("kept.json");
    assert!(after.contains("20.9.9.9") && after.contains("20.1.2.7"), "{after}");
    let run = resolve_in(&sandbox, &zone, &["--snapshot", "new.json"]);
    assert!(run.status == 1 && run.stderr.contains("`failing.example.com` is left out"), "{}", run.stderr);
    assert!(!sandbox.read("new.json").contains("failing"));
}

#[test]
fn a_snapshot_stays_where_nobody_answers() {
    let zone = Zone::new();
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", &policy(&["allow https from 10.0.0.0/8 to failing.example.com"]));
    let kept = "{\"schema\":\"fwc.dns/1\",\"names\":[{\"name\":\"failing.example.com\",\"addresses\":[\"20.1.2.7\"]}]}";
    sandbox.write("kept.json", kept);
    let run = resolve_in(&sandbox, &zone, &["--snapshot", "kept.json"]);
    assert!(run.status == 1 && run.stderr.contains("kept.json: not written"), "{}", run.stderr);
    assert_eq!(sandbox.read("kept.json"), kept);
    let mute = ["--snapshot", "kept.json", "--timeout", "50", "--retries", "0"];
    assert_eq!(resolve_in(&sandbox, &Zone::mute(), &mute).status, 2);
    assert_eq!(sandbox.read("kept.json"), kept);
    sandbox.write("mine.txt", "mine");
    let run = resolve_in(&sandbox, &zone, &["--snapshot", "mine.txt"]);
    assert_eq!((run.status, sandbox.read("mine.txt").as_str()), (2, "mine"), "{}", run.stderr);
}
