//! Inputs as of a git revision.

use std::process::Command;

use super::{SMALL, Sandbox};

/// A repository whose first commit has the small source in `infra`, with an import, and whose files are gone since.
fn repository() -> Option<Sandbox> {
    let sandbox = Sandbox::new();
    sandbox.write("infra/nodes.pol", "let nodes = 10.240.0.0/16\n");
    let (_, rules) = SMALL.split_once("\n\n").unwrap();
    sandbox.write("infra/egress.pol", &format!("import \"nodes.pol\"\n\n{rules}"));
    sandbox.write("infra/outside.pol", "import \"../nodes.pol\"\n");
    sandbox.write("deployed/a.json", r#"{"resources":[]}"#);
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
    for step in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "first"], &["rm", "-rq", "."]] {
        let mut git = Command::new("git");
        let done = git.current_dir(sandbox.path("")).args(identity).args(step).env("GIT_CONFIG_GLOBAL", "/dev/null");
        if !done.status().is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "these tests need git");
            eprintln!("SKIPPED: there is no git");
            return None;
        }
    }
    Some(sandbox)
}

const QUESTION: [&str; 6] = ["--from", "10.240.0.4", "--to", "mcr.microsoft.com", "--service", "https"];

fn explain(sandbox: &Sandbox, input: &str) -> super::Run {
    sandbox.run(&[&["explain", input][..], &QUESTION].concat())
}

#[test]
fn a_source_and_its_imports_are_read_as_of_the_revision() {
    let Some(sandbox) = repository() else { return };
    let run = explain(&sandbox, "HEAD:infra/egress.pol");
    assert!(run.stdout.contains("written at  HEAD:infra/egress.pol:8:9"), "{}{}", run.stdout, run.stderr);
}

#[test]
fn imports_of_a_revision_stay_below_the_folder_of_the_source() {
    let Some(sandbox) = repository() else { return };
    let run = explain(&sandbox, "HEAD:infra/outside.pol");
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("lies outside `HEAD:infra`"), "{}", run.stderr);
}

#[test]
fn a_folder_is_read_as_of_the_revision() {
    let Some(sandbox) = repository() else { return };
    explain(&sandbox, "HEAD:deployed").fails("HEAD:deployed/a.json");
}

#[test]
fn what_the_revision_does_not_have_is_said() {
    let Some(sandbox) = repository() else { return };
    explain(&sandbox, "HEAD:no.pol").fails("cannot read `HEAD:no.pol`: path 'no.pol' does not exist in 'HEAD'");
    explain(&sandbox, "no-such:no.pol").fails("cannot read `no-such:no.pol`");
    explain(&sandbox, "--help:no.pol");
}
