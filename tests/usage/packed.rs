//! Folders, compressed files, standard input, and tables that are read back.

use std::io::Write;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::Value;

use super::{application, lines, rule, run, sandbox};
use crate::cli::Sandbox;

const TIME: &str = "2026-11-03T08:00:00Z";

fn records() -> String {
    lines(&[application(TIME, "api.example.com", "Allow", "api"), application(TIME, "a.net", "Deny", "")])
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
}

fn usage(sandbox: &Sandbox, logs: &[&str]) -> Value {
    let run = sandbox.run(&[&["usage", "egress.pol", "--format", "json", "--logs"], logs].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr))
}

/// How many records there are, of which so many of one rule, and how many could not be read.
fn counts(document: &Value) -> [u64; 3] {
    let api = rule(document, "api")["lines"].as_u64().unwrap();
    [document["lines"].as_u64().unwrap(), api, document["unreadLines"].as_u64().unwrap()]
}

#[test]
fn compressed_files_are_told_by_their_content() {
    let sandbox = sandbox(&[]);
    let text = records();
    let packed = [gzip(&text), zstd(&text), [gzip(&text), gzip(&text)].concat(), [zstd(&text), zstd(&text)].concat()];
    for (bytes, times) in packed.iter().zip([1, 1, 2, 2]) {
        std::fs::write(sandbox.path("PT1H.json"), bytes).unwrap();
        assert_eq!(counts(&usage(&sandbox, &["PT1H.json"])), [2 * times, times, 0]);
    }
}

#[test]
fn a_compressed_file_that_ends_early_gives_what_it_has() {
    let sandbox = sandbox(&[]);
    let text = records().repeat(2000);
    for bytes in [gzip(&text), zstd(&text)] {
        std::fs::write(sandbox.path("PT1H.json"), &bytes[..bytes.len() / 2]).unwrap();
        let [lines, api, unread] = counts(&usage(&sandbox, &["PT1H.json"]));
        assert!(lines < 4000 && api < 2000 && unread > 0, "{lines} {api} {unread}");
        assert_eq!(run(&sandbox, &["--strict"]).status, 1);
    }
}

#[test]
fn folders_are_walked_in_order() {
    let sandbox = sandbox(&[]);
    let hour = |hour: &str| {
        format!("logs/insights-logs-azfwapplicationrule/resourceId=/X/y=2026/m=11/d=03/h={hour}/m=00/PT1H.json")
    };
    sandbox.write(&hour("08"), &records());
    sandbox.write(&hour("09"), &records());
    sandbox.write("logs/notes.md", "no log");
    sandbox.write("logs/.hidden.json", "no log");
    std::fs::write(sandbox.path("logs/more.json.gz"), gzip(&records())).unwrap();
    let told = sandbox.run(&["usage", "egress.pol", "--logs", "logs", "--format", "json"]);
    assert_eq!(counts(&serde_json::from_str(&told.stdout).unwrap()), [6, 3, 0]);
    assert!(told.stderr.contains("not read below `logs`: `logs/notes.md`"), "{}", told.stderr);
    assert_eq!(counts(&usage(&sandbox, &["logs", &hour("08")])), [8, 4, 0]);
}

#[test]
fn standard_input_is_a_log_too() {
    let sandbox = sandbox(&[]);
    let mut command = sandbox.command(&["usage", "egress.pol", "--logs", "-", "--format", "json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&gzip(&records())).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(counts(&serde_json::from_slice(&output.stdout).unwrap()), [2, 1, 0]);
}

#[test]
fn a_table_that_is_read_back_says_the_same() {
    let sandbox = sandbox(&[]);
    sandbox.write(
        "PT1H.json",
        &(records().repeat(3) + &lines(&[application("2026-11-05T08:00:00Z", "a.net", "Deny", "")])),
    );
    let table = run(&sandbox, &["--format", "observed"]).stdout;
    assert_eq!(table.lines().count(), 2);
    sandbox.write("table.jsonl", &table);
    let direct = run(&sandbox, &["--format", "json"]).stdout;
    let back = sandbox.run(&["usage", "egress.pol", "--result", "table.jsonl", "--format", "json"]).stdout;
    assert_eq!(back, direct);
    for line in table.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let schema = fwc::schemas::Schema::named("observed").unwrap().document();
        assert!(jsonschema::draft202012::is_valid(&schema, &row), "{row}");
    }
}
