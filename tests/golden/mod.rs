//! Goldens: folders of files that fwc must write byte for byte. `UPDATE=1` rewrites them; look at what changed.

mod aks_hub_spoke;
mod limits;
mod worked_example;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fwc::format::difference;

/// Whether goldens are to be rewritten.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// The files of a folder, by name.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

pub(crate) fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Compares what was written with the goldens in `folder`: each file has its golden, and no golden is left over.
pub(crate) fn compare(folder: &Path, written: &BTreeMap<String, String>) {
    if is_update() {
        rewrite(folder, written);
    }
    let expected = files(folder);
    for (name, text) in written {
        let golden = expected.get(name).map_or("", String::as_str);
        assert_eq!(difference(golden, text), "", "{name}: rewrite with UPDATE=1");
    }
    let orphans: Vec<_> = expected.keys().filter(|name| !written.contains_key(*name)).collect();
    assert!(orphans.is_empty(), "no test writes {orphans:?} in {}", folder.display());
}

fn rewrite(folder: &Path, written: &BTreeMap<String, String>) {
    fs::create_dir_all(folder).unwrap();
    for name in files(folder).keys().filter(|name| !written.contains_key(*name)) {
        fs::remove_file(folder.join(name)).unwrap();
    }
    for (name, text) in written {
        fs::write(folder.join(name), text).unwrap();
    }
}
