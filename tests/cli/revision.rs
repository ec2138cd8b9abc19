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
    (commit_all(&sandbox) && git(&sandbox, "", &["rm", "-rq", "."])).then_some(sandbox)
}

/// Makes a repository of a sandbox, with all files in one commit; false where there is no git.
pub(super) fn commit_all(sandbox: &Sandbox) -> bool {
    [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "first"]].iter().all(|step| git(sandbox, "", step))
}

/// Runs git in a folder; false where there is none.
fn git(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> bool {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
    let mut git = Command::new("git");
    git.current_dir(sandbox.path(folder)).args(identity).args(["-c", "protocol.file.allow=always"]).args(arguments);
    let done = git.env("GIT_CONFIG_GLOBAL", "/dev/null").status().is_ok_and(|status| status.success());
    assert!(done || std::env::var_os("CI").is_none(), "these tests need git");
    if !done {
        eprintln!("SKIPPED: there is no git");
    }
    done
}

#[test]
fn a_partial_clone_fetches_nothing() {
    let Some(sandbox) = repository() else { return };
    let origin = format!("file://{}", sandbox.path("").display());
    let clone = ["clone", "-q", "--no-local", "--no-checkout", "--filter=blob:none", &origin, "part"];
    if !(git(&sandbox, "", &["config", "uploadpack.allowFilter", "true"]) && git(&sandbox, "", &clone)) {
        return;
    }
    let objects = || {
        let mut count = Command::new("git");
        count.current_dir(sandbox.path("part")).args(["count-objects", "-v"]).output().unwrap().stdout
    };
    let before = objects();
    let mut command = sandbox.command(&["check", "HEAD:infra/egress.pol"]);
    let run = command.current_dir(sandbox.path("part")).output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains("`git show HEAD:infra/egress.pol` fetches it"), "{said}");
    assert_eq!(objects(), before);
    assert!(git(&sandbox, "part", &["show", "HEAD:infra/egress.pol", "HEAD:infra/nodes.pol"]));
    let mut command = sandbox.command(&["check", "HEAD:infra/egress.pol"]);
    let run = command.current_dir(sandbox.path("part")).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
#[cfg(unix)]
fn git_that_gives_no_answer_is_stopped() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::with_small();
    // A stand-in for git that begins an answer and never ends it.
    sandbox.write("bin/git", "#!/bin/sh\necho commit\nexec sleep 300\n");
    std::fs::set_permissions(sandbox.path("bin/git"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::join_paths([sandbox.path("bin"), "/usr/bin".into(), "/bin".into()]).unwrap();
    let start = std::time::Instant::now();
    let mut command = sandbox.command(&["check", "HEAD:a.pol"]);
    let run = command.env("PATH", path).env("FWC_GIT_SECONDS", "1").output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(2) && said.contains("git gave no answer in 1 s"), "{said}");
    assert!(start.elapsed() < std::time::Duration::from_secs(60));
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
