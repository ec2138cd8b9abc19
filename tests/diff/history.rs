//! Real commits of real policies.
//!
//! Some of them leave addresses to the deployment, which asks Azure for those of a subnet. They are filled in.

use std::fs;
use std::path::{Path, PathBuf};

use fancy_regex::Regex;
use fwc::evaluate::Knowledge;
use fwc::import;
use fwc::model::Model;

use super::number;
use super::sampled::{Counts, check, side};
use crate::corpus::shared;
use crate::oracle::random::Random;

#[test]
fn the_commits_of_the_corpus() {
    let Some(folder) = shared("corpus/history") else { return };
    let flows = number("FWC_DIFF_FLOWS", 400);
    let (mut counts, mut random, knowledge) = (Counts::default(), Random::of(7), Knowledge::none());
    for texts in histories(&folder) {
        let read = |(path, text): (PathBuf, String)| {
            let model = import::read(&text, &path.display().to_string()).ok()?;
            (model.leaves().count() == 1).then_some((path, model))
        };
        let versions: Vec<(PathBuf, Model)> = texts.into_iter().filter_map(read).collect();
        for pair in versions.windows(2) {
            let [(_, old), (path, new)] = pair else { continue };
            let before = side(old, old.leaves().next().unwrap(), &knowledge);
            let after = side(new, new.leaves().next().unwrap(), &knowledge);
            check(before, after, flows, &mut random, &mut counts, &path.display().to_string());
        }
    }
    println!("{counts:?}");
    assert!(counts.pairs > 50, "{counts:?}");
    assert!(counts.inside * 5 >= counts.flows_of_changed, "too few flows change: {counts:?}");
}

/// The versions of each history, in order.
pub fn histories(folder: &Path) -> Vec<Vec<(PathBuf, String)>> {
    let folders = sorted(folder).into_iter().filter(|path| path.is_dir());
    let versions = |folder: PathBuf| {
        let read = |path: PathBuf| (path.clone(), filled(fs::read_to_string(path).unwrap()));
        sorted(&folder).into_iter().map(read).collect()
    };
    folders.map(versions).collect()
}

/// What Azure would say of a subnet, by the part of a template that asks.
const SUBNETS: [(&str, &str); 2] = [
    (r#""copy": \[\s*\{[^}]*"name": "ipAddresses"[^}]*\}\s*\]"#, r#""ipAddresses": ["10.240.0.0/16"]"#),
    (r#""\[reference\(parameters\('\w+'\), '[\d-]+'\)\.addressPrefix\]""#, r#""10.241.0.0/16""#),
];

fn filled(text: String) -> String {
    SUBNETS
        .iter()
        .fold(text, |text, (asked, answer)| Regex::new(asked).unwrap().replace_all(&text, *answer).into_owned())
}

fn sorted(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
