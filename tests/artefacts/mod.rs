//! Artefacts: what is written, what is read, and that the two agree.

mod emitting;
mod models;
mod reading;
mod round_trip;
mod schema;

use std::path::{Path, PathBuf};

/// A file or folder of the shared corpus; where that is absent, says so and gives `None`.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !path.exists() {
        eprintln!("SKIPPED: {} is absent", path.display());
        return None;
    }
    Some(path)
}
