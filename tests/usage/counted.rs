//! The table of observed flows against an independent count of the same files, in Python.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use fwc::logs::Time;
use serde_json::Value;

use super::{SOURCE, generator};
use crate::cli::Sandbox;

/// Lines, first and last, by flow, action and rule.
type Table = BTreeMap<[String; 8], (u64, Time, Time)>;

#[test]
fn the_table_is_what_an_independent_count_makes() {
    let events = generator::events(4_000, 11);
    let files = generator::files(&events);
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", SOURCE);
    files.iter().for_each(|(name, text)| sandbox.write(&format!("logs/{name}"), text));
    let Some(expected) = counted(&sandbox, &files) else { return };
    let run = sandbox.run(&["usage", "egress.pol", "--logs", "logs", "--format", "observed", "--strict"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let mut found = Table::new();
    // Some forms do not tell the firewall, and some the policy.
    for (key, (lines, first, last)) in run.stdout.lines().map(row) {
        let known = found.entry(key).or_insert((0, first, last));
        *known = (known.0 + lines, known.1.min(first), known.2.max(last));
    }
    assert_eq!(expected.values().map(|(lines, _, _)| lines).sum::<u64>(), 4_000);
    assert!(expected.len() > 100 && expected.len() < 1_000, "{} flows", expected.len());
    assert!(found == expected, "{:#?}", found.iter().zip(&expected).find(|(found, expected)| found != expected));
}

/// What the independent count says; `None`, with a line that says so, where there is no Python.
fn counted(sandbox: &Sandbox, files: &[(&str, String)]) -> Option<Table> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/usage/count.py");
    let paths = files.iter().map(|(name, _)| sandbox.path(&format!("logs/{name}")));
    let Ok(run) = Command::new("python3").arg("-B").arg(program).args(paths).output() else {
        let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!is_ci, "there is no python3, and CI skips nothing");
        eprintln!("SKIPPED: there is no python3");
        return None;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let lines = String::from_utf8(run.stdout).unwrap();
    let row = |line: &str| {
        let row: Vec<Value> = serde_json::from_str(line).unwrap();
        let text = |at: usize| row[at].as_str().unwrap().to_owned();
        let key = std::array::from_fn(text);
        (key, (row[8].as_u64().unwrap(), time(&text(9)), time(&text(10))))
    };
    Some(lines.lines().map(row).collect())
}

fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

/// A row of `fwc.observed/1`, under the same key. One that the log names with a policy and one that it does not are the same.
fn row(line: &str) -> ([String; 8], (u64, Time, Time)) {
    let row: Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let service: fwc::flow::Service = text("service").parse().unwrap();
    let protocol = service.application().map(|protocol| protocol.to_string());
    let protocol = protocol.unwrap_or_else(|| text("service").split('/').next().unwrap().to_owned());
    let port = service.port().map(|port| port.to_string()).unwrap_or_default();
    let key = [
        text("source"),
        text("destination"),
        protocol,
        port,
        text("action"),
        text("group"),
        text("collection"),
        text("rule"),
    ];
    (key, (row["lines"].as_u64().unwrap(), time(&text("first")), time(&text("last"))))
}
