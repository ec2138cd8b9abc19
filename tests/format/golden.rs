//! Pairs of files in `golden/`: `NAME.in.pol` as written, `NAME.out.pol` as formatted. `UPDATE=1` rewrites the latter.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fwc::format::difference;

use super::formatted;
use crate::golden::is_update;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format/golden")
}

fn names(suffix: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder())
        .expect("the folder of goldens")
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter_map(|file| file.strip_suffix(suffix).map(str::to_owned)).collect()
}

/// The texts to format.
pub(super) fn sources() -> Vec<String> {
    let path = |name: &String| folder().join(format!("{name}.in.pol"));
    names(".in.pol").iter().map(|name| fs::read_to_string(path(name)).unwrap()).collect()
}

#[test]
fn each_construct_has_its_layout() {
    for name in names(".in.pol") {
        let source = fs::read_to_string(folder().join(format!("{name}.in.pol"))).unwrap();
        let golden = folder().join(format!("{name}.out.pol"));
        let canonical = formatted(&source);
        if is_update() {
            fs::write(&golden, &canonical).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(difference(&expected, &canonical), "", "{name}: rewrite with UPDATE=1");
        assert_eq!(difference(&canonical, &formatted(&canonical)), "", "{name}: not stable");
    }
}

#[test]
fn no_golden_is_orphaned() {
    assert_eq!(names(".in.pol"), names(".out.pol"));
}
