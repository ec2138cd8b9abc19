//! Fixes: a text with the edits made has not got the finding any more, and no error that it did not have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fwc::diag::{Applicability, CODES, Diagnostic, Diagnostics, Fix, Severity, edited};
use fwc::source::FileId;

use crate::understood::{Understood, linted};

/// The blocks of the language in the pages of the codes and in the chapters of the specification.
fn examples() -> Vec<(String, String)> {
    let pages = CODES.iter().map(|code| (code.id.to_owned(), code.page.to_owned()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec");
    let mut chapters: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    chapters.retain(|path| path.extension().is_some_and(|end| end == "md"));
    chapters.sort();
    let chapters = chapters.iter().map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()));
    pages
        .chain(chapters)
        .flat_map(|(name, text)| blocks(&text).into_iter().map(move |block| (name.clone(), block)))
        .collect()
}

fn blocks(text: &str) -> Vec<String> {
    let parts = text.split("\n```pol").skip(1);
    let block =
        |part: &str| part.split_once('\n').map(|(_, rest)| rest.split("\n```").next().unwrap().to_owned() + "\n");
    parts.filter_map(block).collect()
}

/// The finding's errors as code and message, without those that are of `found`.
fn errors(found: &Diagnostics) -> BTreeSet<(&'static str, String)> {
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| (found.code.id, found.message.clone())).collect()
}

fn fixed(understood: &Understood, fix: &Fix) -> Option<String> {
    let root = understood.project.sources().root()?;
    let is_of = |file: FileId| fix.edits.iter().all(|edit| edit.at.file == file);
    is_of(root).then(|| edited(understood.project.texts().text_of(root), &fix.edits))
}

fn is_there(found: &Diagnostic, after: &Diagnostics) -> bool {
    let same = |other: &Diagnostic| other.code == found.code && other.message == found.message && other.at == found.at;
    after.iter().any(same)
}

#[test]
fn a_fix_removes_its_finding_and_brings_no_error() {
    let mut count = 0;
    for (name, text) in examples() {
        let before = linted(&text);
        let known = errors(&before.diagnostics);
        let fixable = before.diagnostics.iter().flat_map(|found| found.fixes.iter().map(move |fix| (found, fix)));
        for (found, fix) in fixable.filter(|(_, fix)| fix.applicability < Applicability::Display) {
            let Some(text) = fixed(&before, fix) else { continue };
            let after = linted(&text);
            assert!(!is_there(found, &after.diagnostics), "{name}: {}\n{text}", found.message);
            let new: Vec<_> = errors(&after.diagnostics).difference(&known).cloned().collect();
            assert!(new.is_empty(), "{name}: {} → {new:?}\n{text}", fix.message);
            count += 1;
        }
    }
    assert!(count > 60, "{count} fixes were tried");
}

#[test]
fn the_edits_of_a_fix_are_apart() {
    for (name, text) in examples() {
        for fix in linted(&text).diagnostics.iter().flat_map(|found| &found.fixes) {
            let apart = |at: usize| fix.edits[at + 1..].iter().all(|other| !other.overlaps(&fix.edits[at]));
            assert!((0..fix.edits.len()).all(apart), "{name}: {}: {:?}", fix.message, fix.edits);
        }
    }
}
