//! The shared corpus: real artefacts, specifications and schemas, in the folder `shared` beside the project.

use std::path::{Path, PathBuf};

/// A file or folder of the shared material. Where that is absent, `None`, and a line that says so; where the variable
/// `CI` is `true` nothing may be skipped, and the test fails.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!is_ci, "{} is absent, and CI skips nothing", path.display());
    eprintln!("SKIPPED: {} is absent", path.display());
    None
}
