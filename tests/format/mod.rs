//! Canonical layout: goldens, stability, and nothing lost.

mod golden;
mod mutated;
mod remarked;
mod respaced;

use std::fs;
use std::sync::Arc;

use fwc::format::{FormatRefusal, LINE_LIMIT, difference, format};
use fwc::source::Files;

use crate::golden::is_update;
use crate::shipped::shipped;

fn try_format(text: &str) -> Result<String, FormatRefusal> {
    let mut files = Files::new();
    let file = files.add("test.pol", text);
    format(file, Arc::from(text))
}

#[track_caller]
fn formatted(text: &str) -> String {
    try_format(text).unwrap_or_else(|refusal| panic!("{refusal:?}\n{text}"))
}

#[test]
fn shipped_files_are_in_canonical_layout() {
    for (path, text) in shipped() {
        let canonical = formatted(&text);
        if is_update() {
            fs::write(&path, &canonical).unwrap();
        } else {
            assert_eq!(difference(&text, &canonical), "", "{}: rewrite with UPDATE=1", path.display());
        }
    }
}

#[test]
fn code_stays_within_the_limit() {
    for (path, text) in shipped() {
        let code = |line: &str| line.split(" # ").next().unwrap().trim_end().chars().count();
        let remark = |line: &&str| line.trim_start().starts_with('#');
        let canonical = formatted(&text);
        let mut lines = canonical.lines().filter(|line| !remark(line) && !line.trim_start().starts_with('"'));
        assert_eq!(lines.find(|line| code(line) > LINE_LIMIT), None, "{}", path.display());
    }
}

#[test]
fn nothing_stays_nothing() {
    for nothing in ["", "\n", " \r\n\t\n"] {
        assert_eq!(formatted(nothing), "");
    }
}

#[test]
fn every_line_end_becomes_a_line_feed() {
    let text = "# a\r\n\r\nlet a = x.example\r# b\r\rlet b = y.example";
    assert_eq!(formatted(text), "# a\n\nlet a = x.example\n# b\n\nlet b = y.example\n");
}

#[test]
fn a_file_with_errors_is_refused_with_them() {
    let refusal = try_format("let a = \nlet b = 10.0.0.0/8\n").unwrap_err();
    let FormatRefusal::Broken(findings) = refusal else { panic!("{refusal:?}") };
    assert_eq!(findings.len(), 1);
}

#[test]
fn a_diff_shows_the_changed_lines() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), "");
    assert_eq!(difference("a\nb\n", "a\nc\n"), "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
}
