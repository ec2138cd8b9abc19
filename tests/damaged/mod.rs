//! Files of the corpus, as they are and a little damaged, through the commands: each ends in an answer or in an error that
//! is not about fwc itself.

mod commands;
#[path = "../../fuzz/measure/src/damage.rs"]
mod damage;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::corpus::shared;
use crate::dice;
use commands::Pair;

/// How many damaged files are tried, or which: `.ci/long` asks for `10000`, and `57..58` repeats one that failed.
const WHICH: &str = "FWC_DAMAGED";
const FEW: &str = "300";

/// A file of the corpus.
struct Original {
    name: String,
    text: String,
    /// What it states, where it is JSON without comments.
    document: Option<Value>,
}

#[test]
fn the_corpus_ends_in_answers_or_errors() {
    let Some(folder) = shared("corpus") else { return };
    let originals = originals(&folder);
    all_end_well(0..originals.len(), |number| {
        let original = &originals[number];
        (original.name.clone(), original.text.clone(), original.text.clone())
    });
}

#[test]
fn damaged_files_end_in_answers_or_errors() {
    let Some(folder) = shared("corpus") else { return };
    let originals = originals(&folder);
    let which = std::env::var(WHICH).unwrap_or_else(|_| FEW.to_owned());
    let (first, end) = which.split_once("..").unwrap_or(("0", &which));
    let [first, end] = [first, end].map(|number| number.parse::<usize>().expect("a number"));
    all_end_well(first..end, |number| {
        let original = &originals[number % originals.len()];
        (format!("{} damaged with {number}", original.name), original.text.clone(), original.damaged(number))
    });
}

impl Original {
    /// One in four is damaged as bytes, and so is what is no document.
    fn damaged(&self, number: usize) -> String {
        let seed = u64::try_from(number).unwrap();
        match &self.document {
            // The number of a file and that of a way to damage it must not go in step.
            Some(document) if !(number / 7).is_multiple_of(4) => damage::document(document, seed),
            Some(_) | None => damage::bytes(&self.text, seed),
        }
    }
}

/// Runs the commands on each pair of a file before and after, on every processor; fails with all that went wrong.
fn all_end_well(numbers: Range<usize>, pair: impl Fn(usize) -> (String, String, String) + Sync) {
    let (next, wrong) = (AtomicUsize::new(numbers.start), Mutex::new(Vec::new()));
    let count = numbers.len();
    let slowest = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            let work = || {
                while let Some(number) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < numbers.end)
                {
                    let (name, old, new) = pair(number);
                    let start = Instant::now();
                    wrong.lock().unwrap().extend(complaints(&name, &Pair::of(old, new)));
                    slowest.lock().unwrap().insert(start.elapsed(), name);
                }
            };
            // Deeply nested documents are part of the trial, not of the stack of a test thread.
            std::thread::Builder::new().stack_size(8 << 20).spawn_scoped(scope, work).unwrap();
        }
    });
    tell(count, &slowest.into_inner().unwrap());
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

fn tell(count: usize, slowest: &BTreeMap<Duration, String>) {
    let total: Duration = slowest.keys().sum();
    println!("{count} files in {total:?}");
    for (time, name) in slowest.iter().rev().take(5) {
        println!("{time:?} {name}");
    }
}

/// What went wrong with one pair.
fn complaints(name: &str, pair: &Pair) -> Vec<String> {
    let run = |(command, run): &(&str, fn(&Pair) -> Vec<String>)| {
        let messages = catch_unwind(AssertUnwindSafe(|| run(pair)));
        let wrong = messages.map_or_else(
            |_| vec!["panics".to_owned()],
            |messages| messages.into_iter().filter(|message| is_about_fwc(message)).collect(),
        );
        wrong.into_iter().map(|what| format!("{name}: {command}: {what}")).collect::<Vec<_>>()
    };
    commands::ALL.iter().flat_map(run).collect()
}

fn is_about_fwc(message: &str) -> bool {
    message.trim().is_empty() || message.contains("internal error")
}

/// The JSON files of the folders with policies.
fn originals(folder: &Path) -> Vec<Original> {
    let mut left: Vec<PathBuf> = ["arm", "azcli", "other", "history"].iter().map(|name| folder.join(name)).collect();
    let mut found = Vec::new();
    while let Some(next) = left.pop() {
        let entries = fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path());
        for path in entries {
            match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => left.push(path),
                Some("json" | "jsonc") => found.push(original(folder, &path)),
                _ => {}
            }
        }
    }
    found.sort_by(|one, next| one.name.cmp(&next.name));
    assert!(found.len() > 150, "{} files", found.len());
    found
}

fn original(folder: &Path, path: &Path) -> Original {
    let text = fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(folder).unwrap().display().to_string();
    Original { document: serde_json::from_str(&text).ok(), name, text }
}
