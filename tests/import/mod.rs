//! Existing policies become sources that mean the same.

mod conditions;
mod corpus;
mod dialects;
mod folders;
mod forms;
mod headlines;
mod held;
mod parameters;
mod pods;
mod round_trip;
mod source;
mod terraform;

use std::path::Path;

/// Compares what was found with the golden `name` of this folder, or writes it where `UPDATE=1` says so.
fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name);
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = fwc::format::difference(&expected, found);
    assert!(
        difference.is_empty(),
        "{difference}\ntests/import/{name}: rewrite it with UPDATE=1, and read what changed"
    );
}
