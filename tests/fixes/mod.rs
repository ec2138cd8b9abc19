//! Fixes: a text with the edits made has not got the finding any more, and no error that it did not have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fwc::diag::{Applicability, CODES, Diagnostic, Diagnostics, Fix, Severity, edited};
use fwc::source::FileId;

use crate::understood::{Understood, linted};

/// The blocks of the language in the pages of the codes, in the chapters of the specification, and in all other pages.
fn examples() -> Vec<(String, String)> {
    let pages = CODES.iter().map(|code| (code.id.to_owned(), code.page.to_owned()));
    let others = ["tests/spec", "grammar/keywords", "guide", "."].into_iter().flat_map(pages_of);
    let others = others.map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()));
    pages
        .chain(others)
        .flat_map(|(name, text)| blocks(&text).into_iter().map(move |block| (name.clone(), block)))
        .collect()
}

/// The pages in Markdown of a folder of the project.
fn pages_of(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut pages: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|end| end == "md"));
    pages.sort();
    pages
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

/// The edits of safe fixes, each with the text that it replaces.
fn safe_edits(text: &str) -> Vec<(String, String)> {
    let understood = linted(text);
    let files = understood.project.texts();
    let safe = understood.diagnostics.iter().flat_map(|found| &found.fixes);
    let safe = safe.filter(|fix| fix.applicability == Applicability::Safe).flat_map(|fix| &fix.edits);
    safe.map(|edit| (files.text(edit.at).to_owned(), edit.text.clone())).collect()
}

/// Words for everything are written only where they were written before: what is applied without a look opens nothing.
#[test]
fn no_safe_fix_writes_a_word_for_everything() {
    let has = |text: &str, word: &str| text.split(|c: char| !c.is_alphanumeric() && c != '-').any(|part| part == word);
    let rule = |rule: &str| {
        format!(
            "let nodes = 10.240.0.0/20\nlet agents = 10.241.0.0/20\npolicy pp {{\n    sku standard\n    location \"westeurope\"\n    group gg {{\n        x: allow {rule}\n    }}\n}}\n"
        )
    };
    let wide = ["all", "anyone", "everything", "world", "public", "internet", "any", "any-host", "*"];
    let services = ["tcp/443", "https", "tcp/25, https"];
    let rules = services.iter().flat_map(|service| {
        wide.iter().flat_map(move |word| {
            [format!("{service} from nodes to \"{word}\""), format!("{service} from \"{word}\" to 10.9.0.1, a.com")]
        })
    });
    let texts = examples().into_iter().map(|(_, text)| text).chain(rules.map(|text| rule(&text)));
    for text in texts {
        for (old, new) in safe_edits(&text) {
            for word in ["any", "any-host", "internet"] {
                assert!(!has(&new, word) || has(&old, word), "`{old}` -> `{new}` in\n{text}");
            }
        }
    }
    // What is in both sets may be meant.
    for both in ["nodes & agents", "nodes and agents"] {
        assert_eq!(safe_edits(&rule(&format!("tcp/443 from {both} to 10.9.0.1"))), [], "{both}");
    }
    let either = safe_edits(&rule("tcp/443 from nodes | agents to 10.9.0.1"));
    assert_eq!(either, [(" |".to_owned(), ",".to_owned())]);
}
