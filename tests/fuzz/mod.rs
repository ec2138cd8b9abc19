//! What fuzzing found and kept: each file keeps the promises of parser, formatter and readers.

#[path = "../../fuzz/measure/src/promises.rs"]
mod promises;
#[path = "../../fuzz/measure/src/readers.rs"]
mod readers;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use fwc::syntax::keywords;

/// What makes more of a text than letters do, besides the keywords.
const OTHERS: [&str; 36] = [
    "from ",
    "to ",
    " except ",
    "except (",
    "inspect",
    "with header ",
    "outside ",
    "for ",
    " via ",
    "priority 300",
    "inherits ",
    "external ",
    "port ",
    "file ",
    "region ",
    "return via internet for ",
    "any",
    "on",
    "off",
    "https",
    "->",
    "::",
    "## ",
    "# ",
    "\r\n",
    "{tcp,udp}/53",
    "{80,443}",
    "tag(",
    "category(",
    "url(",
    "host(",
    "10.0.0.0/8",
    "*.x.com",
    "{a}",
    "\\u{1F600}",
    "\"\"",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The texts kept for a target.
fn kept(target: &str) -> Vec<(PathBuf, String)> {
    let files = fs::read_dir(folder().join("corpus").join(target)).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let texts: Vec<_> = paths.filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect();
    assert!(!texts.is_empty());
    texts
}

/// Calls `check` with each text, and names the one that fails.
fn replay(target: &str, check: fn(&str)) {
    for (path, text) in kept(target) {
        let kept = std::panic::catch_unwind(|| check(&text));
        assert!(kept.is_ok(), "{}", path.display());
    }
}

#[test]
fn kept_texts_are_parsed() {
    replay("parse", promises::parses);
}

#[test]
fn kept_texts_are_formatted() {
    replay("format", |text| promises::formats(text, |text, format| format(text)));
}

#[test]
fn kept_documents_are_read() {
    for (name, reader) in readers::READERS {
        replay(name, reader);
    }
}

#[test]
fn the_dictionary_is_what_the_keyword_table_says() {
    let mut words: Vec<&str> = keywords().iter().map(|keyword| keyword.word).chain(OTHERS).collect();
    words.sort_unstable();
    words.dedup();
    let mut expected = String::from("# The words that fuzzing puts in. Made from the keyword table.\n");
    for word in words {
        // Only these escapes are known to libFuzzer.
        let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('\r', "\\x0D").replace('\n', "\\x0A");
        writeln!(expected, "\"{escaped}\"").unwrap();
    }
    let path = folder().join("keywords.dict");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), expected, "rewrite with UPDATE=1");
}
