//! Phrases that a reader has to decode, in comments, messages and documents.

use std::fs;
use std::path::{Path, PathBuf};

use super::project;

/// Each with what to write instead.
const PHRASES: [(&str, &str); 24] = [
    ("hangs on", "depends on"),
    ("hang on what", "depend on what"),
    ("begins no ", "is not the beginning of a …, or what was expected"),
    ("does not stand", "is not allowed, or is not"),
    ("do not stand", "are not allowed, or are not"),
    ("may stand", "may be, or is allowed"),
    ("stands alone", "is alone, or is self-contained"),
    ("stand alone", "are alone, or are self-contained"),
    ("stands behind", "comes after"),
    ("stands in front", "comes before"),
    ("stands here", "is allowed here"),
    ("stand here", "are allowed here"),
    ("take it away", "remove it"),
    ("takes away", "removes"),
    ("take the rule away", "remove the rule"),
    ("says so", "states it"),
    ("says nothing", "states nothing"),
    ("says whether", "returns whether"),
    ("is asked of", "needs, or is put to"),
    ("is asked about", "is looked up"),
    ("asked for it", "requested it"),
    ("goes by what", "applies what"),
    ("is none of", "is not one of"),
    ("to be seen", "visible"),
];

/// The text files that people read: sources, documents, policies.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            texts(&path, found);
        } else if [".rs", ".md", ".pol"].iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}

#[test]
fn no_phrase_has_to_be_decoded() {
    let mut files = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LIMITS.md", "SECURITY.md"]
        .map(|name| project().join(name))
        .to_vec();
    for folder in ["src", "policies", "grammar", "guide"] {
        texts(&project().join(folder), &mut files);
    }
    assert!(files.len() > 500, "only {} files", files.len());
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            for (phrase, instead) in PHRASES.iter().filter(|(phrase, _)| line.contains(phrase)) {
                let place = file.strip_prefix(project()).unwrap().display();
                found.push(format!("{place}:{number}: `{phrase}`: write `{instead}`"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
