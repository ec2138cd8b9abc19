//! The reference example's artefacts.

use super::{compare, files, golden};
use crate::cli::{EXAMPLE, Sandbox};

#[test]
fn the_reference_example_gives_these_artefacts() {
    let sandbox = Sandbox::with_example();
    let run = sandbox.run(&["compile", EXAMPLE, "--as-of", "2026-10-01"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    compare(&golden("aks-hub-spoke"), &files(&sandbox.path("build")));
}
