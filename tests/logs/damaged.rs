//! Lines that are cut or changed cost themselves and no other.

use std::fs;

use super::{entries, told};
use crate::corpus::shared;
use crate::dice::Dice;

const RECORD: &str = r#"{"category":"AZFWNetworkRule","properties":{"Protocol":"TCP","SourceIp":"10.0.0.4","DestinationIp":"20.0.0.1","DestinationPort":22}}"#;
const FLOW: &str = "tcp/22 10.0.0.4 > 20.0.0.1";

/// How many records of a log are flows.
fn flows(log: &str) -> usize {
    entries(log).iter().filter(|entry| entry.flow.is_ok()).count()
}

#[test]
fn a_line_cut_anywhere_is_named_and_the_others_are_read() {
    for end in 1..RECORD.len() {
        let log = format!("{RECORD}\n{}\n{RECORD}\n{RECORD}\n", &RECORD[..end]);
        let told = told(&log);
        assert!(told.iter().any(|told| told.starts_with("2: not a flow: ")), "{end}: {told:?}");
        let expected: Vec<String> = [1, 3, 4].iter().map(|line| format!("{line}: {FLOW}")).collect();
        let flows: Vec<&String> = told.iter().filter(|told| told.ends_with(FLOW)).collect();
        assert_eq!(flows, expected.iter().collect::<Vec<_>>(), "{end}");
    }
}

#[test]
fn a_document_cut_short_gives_the_records_before_the_cut() {
    let line = format!("{{\"records\":[{RECORD},{RECORD},{}", &RECORD[..90]);
    assert_eq!(told(&line)[..2], [format!("1.1: {FLOW}"), format!("1.2: {FLOW}")]);
    assert_eq!(told(&line).len(), 3);
    let record: serde_json::Value = serde_json::from_str(RECORD).unwrap();
    let document = serde_json::to_string_pretty(&serde_json::json!({"records": vec![record; 10]})).unwrap();
    let lines: Vec<&str> = document.lines().collect();
    assert_eq!((flows(&document), flows(&lines[..55].join("\n"))), (10, 5));
    for missing in 0..lines.len() {
        let rest = [&lines[..missing], &lines[missing + 1..]].concat();
        assert!(flows(&rest.join("\n")) >= 9, "without line {}", missing + 1);
    }
}

#[test]
fn nesting_without_end_is_no_more_work_than_its_lines() {
    for line in ["{", "[", "{\"a\":", "{\"a\":[", "\"", ",", "{\"records\":["] {
        let log = format!("{line}\n").repeat(20_000);
        assert_eq!(flows(&format!("{log}\n{RECORD}\n{RECORD}\n")), 2, "{line}");
    }
    assert_eq!(flows(&format!("{}\n{RECORD}", "{\"a\":[".repeat(20_000))), 1);
}

#[test]
fn samples_with_changed_bytes_are_read_to_the_end() {
    let Some(path) = shared("corpus/logs/samples.jsonl") else { return };
    let samples = fs::read(path).unwrap();
    let mut dice = Dice::of(7);
    for _ in 0..300 {
        let mut bytes = samples.clone();
        for _ in 0..dice.roll(20) {
            let at = dice.roll(bytes.len());
            bytes[at] = b"\"{}[],:\n\\x\xff"[dice.roll(11)];
        }
        entries(&String::from_utf8_lossy(&bytes));
    }
}
