//! The hooks for pre-commit: their entries on a clean and on a dirty file. A hook fails by its status or by what it changes.

use super::{BASE, of_project};
use crate::cli::Sandbox;

/// The arguments of fwc in the entry of each hook.
fn entries() -> Vec<Vec<String>> {
    let hooks = of_project(".pre-commit-hooks.yaml");
    let entries = hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: fwc "));
    entries.map(|entry| entry.split(' ').map(str::to_owned).collect()).collect()
}

/// Whether a hook lets a file with this text pass.
fn passes(entry: &[String], text: &str) -> bool {
    let sandbox = Sandbox::new();
    sandbox.write("egress.pol", text);
    let arguments: Vec<&str> = entry.iter().map(String::as_str).chain(["egress.pol"]).collect();
    sandbox.run(&arguments).status == 0 && sandbox.read("egress.pol") == text
}

#[test]
fn hooks_pass_what_is_clean_and_stop_what_is_not() {
    let entries = entries();
    assert_eq!(entries.len(), of_project(".pre-commit-hooks.yaml").matches("- id: ").count());
    let dirty = [BASE.replace("from nodes", "frm nodes"), BASE.replace("    group", "group")];
    assert_eq!(entries.len(), dirty.len());
    for (entry, dirty) in entries.iter().zip(dirty) {
        assert!(passes(entry, BASE), "{entry:?}");
        assert!(!passes(entry, &dirty), "{entry:?}");
    }
}
