//! `fwc.toml`: which one is read, and that it is said.

use serde_json::Value;

use super::{Run, SMALL, Sandbox};

/// A table by which nothing is risky.
const OFF: &str = "[risk]\nany-to-any = \"off\"\nwhole-port-range = \"off\"\nwide-prefix = \"off\"\nevery-name = \"off\"\n\
                   all-of-internet = \"off\"\nwide-sources = \"off\"\nmanagement-ports = \"off\"\nshared-hosting = \"off\"\n";

const DIFF: [&str; 5] = ["diff", "old.pol", "new.pol", "--fail-on", "risk=high"];

fn open() -> String {
    SMALL.replace("        mcr:", "        odd: allow any from any to any\n        mcr:")
}

/// Two sources, the second of which is open to everything, and a table by which nothing is risky.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old.pol", SMALL);
    sandbox.write("new.pol", &open());
    sandbox.write("fwc.toml", OFF);
    sandbox
}

fn diff(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.run(&[&DIFF[..], more].concat())
}

#[test]
fn the_file_of_the_working_folder_is_read_and_named() {
    let sandbox = sandbox();
    let run = diff(&sandbox, &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("risks are judged by `fwc.toml`"), "{}", run.stderr);
    let run = diff(&sandbox, &["--format", "json"]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(value["config"], "fwc.toml");
    for format in ["markdown", "html"] {
        let run = diff(&sandbox, &["--format", format]);
        assert!(run.stdout.contains("risks are judged by"), "{format}: {}", run.stdout);
    }
}

#[test]
fn none_leaves_it_out_and_a_file_comes_in_its_place() {
    let sandbox = sandbox();
    let run = diff(&sandbox, &["--config", "none"]);
    assert!(run.status == 1 && !run.stderr.contains("fwc.toml"), "{}", run.stderr);
    sandbox.write("other.toml", "[risk]\nmanagement-ports = \"off\"\n");
    let run = diff(&sandbox, &["--config", "other.toml"]);
    assert!(run.status == 1 && run.stderr.contains("judged by `other.toml`"), "{}", run.stderr);
    diff(&sandbox, &["--config", "no.toml"]).fails("cannot read `no.toml`");
}

#[test]
fn no_file_is_nothing_to_say() {
    let sandbox = sandbox();
    std::fs::remove_file(sandbox.path("fwc.toml")).unwrap();
    let run = diff(&sandbox, &["--format", "json"]);
    assert!(run.status == 1 && run.stderr.is_empty(), "{}", run.stderr);
    assert!(!run.stdout.contains("\"config\""));
}

/// A repository with `files` in its one commit.
fn committed(files: &[(&str, &str)]) -> Option<Sandbox> {
    let sandbox = Sandbox::new();
    files.iter().for_each(|(name, text)| sandbox.write(name, text));
    super::revision::commit_all(&sandbox).then_some(sandbox)
}

#[test]
fn a_change_is_judged_by_what_was_agreed_before_it() {
    let Some(sandbox) = committed(&[("infra/egress.pol", SMALL)]) else { return };
    sandbox.write("infra/egress.pol", &open());
    sandbox.write("fwc.toml", OFF);
    let ends = ["diff", "HEAD:infra/egress.pol", "infra/egress.pol", "--fail-on", "risk=high"];
    let run = sandbox.run(&ends);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("`fwc.toml` of the working folder is not used"), "{}", run.stderr);
    assert_eq!(sandbox.run(&[&ends[..], &["--config", "fwc.toml"]].concat()).status, 0);
}

#[test]
fn the_file_of_the_old_revision_is_read_and_named() {
    let Some(sandbox) = committed(&[("egress.pol", SMALL), ("fwc.toml", OFF)]) else { return };
    sandbox.write("egress.pol", &open());
    sandbox.write("fwc.toml", "[risk]\nany-to-any = \"high\"\n");
    let run = sandbox.run(&["diff", "HEAD:egress.pol", "egress.pol", "--fail-on", "risk=high"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("risks are judged by `HEAD:./fwc.toml`"), "{}", run.stderr);
}
