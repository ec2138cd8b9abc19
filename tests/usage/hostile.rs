//! Logs that somebody else has a hand in.

use serde_json::json;

use super::{application, document, lines, run, sandbox};

const TIME: &str = "2026-11-03T08:00:00Z";

#[test]
fn nothing_of_a_record_steers_a_terminal_or_a_pipeline() {
    let mut record = application(TIME, "a.net", "Allow", "##vso[task.complete]\u{1b}[31m");
    record["properties"]["Policy"] = json!("::error::x");
    let sandbox = sandbox(&[record]);
    for format in ["text", "json", "html", "observed"] {
        let run = run(&sandbox, &["--format", format]);
        let told = run.stdout + &run.stderr;
        assert!(!told.contains("##vso[") && !told.contains('\u{1b}'), "{format}: {told}");
        assert!(!told.lines().any(|line| line.trim_start().starts_with("::error")), "{format}: {told}");
    }
}

#[test]
fn long_deep_and_odd_lines_cost_only_themselves() {
    let sandbox = sandbox(&[]);
    let good = lines(&[application(TIME, "api.example.com", "Allow", "api")]);
    let long_name = lines(&[application(TIME, &"a".repeat(100_000), "Allow", "api")]);
    let deep =
        format!("{{\"category\":\"AZFWNetworkRule\",\"properties\":{}1{}}}\n", "[".repeat(50_000), "]".repeat(50_000));
    let odd = "\u{0}\u{7}\n{\"category\":5,\"properties\":{\"SourceIp\":{}}}\n[[[]]]\n\"text\"\n\u{feff}\n";
    sandbox.write("PT1H.json", &format!("{good}{long_name}{deep}{odd}{good}"));
    let document = document(&sandbox, &[]);
    assert_eq!(super::rule(&document, "api")["lines"], 2);
    assert!(document["unreadLines"].as_u64().unwrap() >= 4, "{}", document["unread"]);
}

/// A field that comes twice is what it was last, as in every other reader of JSON.
#[test]
fn a_field_that_comes_twice_is_the_last() {
    let record = application(TIME, "api.example.com", "Allow", "api").to_string();
    let twice = record.replace("\"Action\":\"Allow\"", "\"Action\":\"Deny\",\"action\":\"Allow\"");
    assert_ne!(record, twice);
    let sandbox = sandbox(&[]);
    sandbox.write("PT1H.json", &twice);
    assert_eq!(document(&sandbox, &[])["disagreements"], json!([]));
}
