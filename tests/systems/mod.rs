//! The example systems keep their promises: they compile without warnings, all that they expect holds, and whoever breaks
//! a promise hears of it.

mod aks;
mod others;
mod promises;
mod shown;

use std::fs;
use std::path::Path;

use crate::cli::Sandbox;
use crate::golden::is_update;
use crate::shipped::shipped;

const FOLDERS: [&str; 5] = ["aks-hub-spoke", "digibee", "key-vault-private-link", "opta", "profisee"];

/// The other environments of sources that serve several.
const ENVIRONMENTS: [(&str, &[&str]); 3] = [
    ("policies/examples/aks-hub-spoke/egress.pol", &["customers=198.51.100.240/28"]),
    (
        "policies/examples/aks-hub-spoke/environments.pol",
        &[
            "environment=preproduction",
            "nodes=10.241.0.0/20",
            "customers=198.51.100.240/28",
            "frontend=10.241.4.10",
            "hub=10.64.1.4",
            "address=203.0.113.12",
        ],
    ),
    (
        "policies/examples/digibee/egress.pol",
        &[
            "environment=test",
            "nodes=10.31.0.0/20",
            "runner=10.31.16.4",
            "frontend=10.31.4.10",
            "hub=10.64.1.4",
            "address=203.0.113.31",
        ],
    ),
];

/// The sources of the examples, from the root of the project.
pub(crate) fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = shipped().into_iter().map(|(path, _)| path.strip_prefix(root).unwrap().display().to_string());
    paths.filter(|path| path.starts_with("policies/examples/")).collect()
}

#[track_caller]
fn keeps_its_promises(sandbox: &Sandbox, path: &str, set: &[&str]) {
    let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
    let run = sandbox.run(&[&["compile", path], set.as_slice()].concat());
    let source = fs::read_to_string(sandbox.path(path)).unwrap();
    // Of a file that only others import, nothing is compiled, and that is said.
    let is_shared = !source.lines().any(|line| line.starts_with("policy "));
    let said = if is_shared { run.stderr.starts_with("warning[FW0216]") } else { run.stderr.is_empty() };
    assert!(said && run.status == 0, "{path} {set:?}: {}", run.stderr);
    let run = sandbox.run(&[&["check", path, "--fail-on", "warning"], set.as_slice()].concat());
    assert_eq!(run.status, 0, "{path} {set:?}: {}", run.stdout);
    // A name may have the address of an endpoint, for all that is known, which a strict reading does not let pass.
    let strict: &[&str] = if source.contains("private-endpoint ") { &[] } else { &["--strict"] };
    let run = sandbox.run(&[&["test", path], strict, set.as_slice()].concat());
    assert_eq!(run.status, 0, "{path} {set:?}: {}", run.stdout);
}

#[test]
fn each_example_compiles_without_warnings_and_all_it_expects_holds() {
    let sandbox = Sandbox::with_example();
    for path in examples() {
        keeps_its_promises(&sandbox, &path, &[]);
    }
}

#[test]
fn so_does_each_other_environment() {
    let sandbox = Sandbox::with_example();
    for (path, set) in ENVIRONMENTS {
        keeps_its_promises(&sandbox, path, set);
    }
}

/// The priorities that an example was given stay with it, so that who compiles it finds nothing changed.
#[test]
fn each_example_has_its_lock() {
    let sandbox = Sandbox::with_example();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in examples() {
        assert_eq!(sandbox.run(&["compile", &path]).status, 0, "{path}");
        let lock = path.replace(".pol", ".lock");
        let written = fs::read_to_string(sandbox.path(&lock)).ok();
        if let (Some(text), true) = (&written, is_update()) {
            fs::write(root.join(&lock), text).unwrap();
        }
        assert_eq!(fs::read_to_string(root.join(&lock)).ok(), written, "{lock}: rewrite with UPDATE=1");
    }
}

/// Every source says what it expects, but for the one that others apply.
#[test]
fn each_example_expects_something() {
    for (path, text) in shipped() {
        let is_example = path.components().any(|part| part.as_os_str() == "examples");
        assert!(!is_example || text.contains("expect "), "{}", path.display());
    }
}

#[test]
fn each_folder_is_drawn_and_names_its_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/examples");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut folders: Vec<String> = fs::read_dir(&root).unwrap().map(name).collect();
    folders.sort();
    assert_eq!(folders, FOLDERS);
    for folder in folders {
        let page = fs::read_to_string(root.join(&folder).join("README.md")).unwrap();
        assert!(
            page.contains("\n```\n") && page.contains("+--") && page.contains("private-ip"),
            "{folder}: no drawing"
        );
        for file in fs::read_dir(root.join(&folder)).unwrap().map(name).filter(|name| name.ends_with(".pol")) {
            assert!(page.contains(&format!("[{file}]({file})")), "{folder}: {file}");
        }
    }
}
