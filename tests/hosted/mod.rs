//! The scripts of `pipelines`, run as their hosts run them: in a repository with a base and a change, against a server on
//! the loopback that keeps comments; and the hooks for pre-commit.

mod azure;
mod drift;
mod github;
mod hooks;
mod install;
mod stub;

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::cli::{Run, Sandbox};

const BASE: &str = "\
let nodes = 10.240.0.0/16

policy web {
    location \"westeurope\"
    sku      standard

    group out {
        mcr: allow https from nodes to mcr.microsoft.com
    }
}

test \"closed\" for web {
    expect deny ssh from nodes to internet
}
";

/// The source that allows one host more.
fn wider() -> String {
    BASE.replace("to mcr.microsoft.com\n", "to mcr.microsoft.com, new.example.org\n")
}

/// The tools that the scripts need; where one is absent, the tests say that they are skipped.
fn has_tools() -> bool {
    ["bash", "git", "python3"].iter().all(|tool| {
        let is_there = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
        if !is_there {
            // Straight to standard error: a test that passes has its output kept back.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "SKIPPED: there is no {tool}, so nothing is known of the pipelines").unwrap();
        }
        is_there
    })
}

/// A repository with [`BASE`] as `egress.pol` on `main`.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("work/egress.pol", BASE);
    git(&sandbox, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&sandbox, "base");
    sandbox
}

/// Runs git in the repository; what it printed.
fn git(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(sandbox.path("work")).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Commits everything; the commit.
fn commit(sandbox: &Sandbox, subject: &str) -> String {
    git(sandbox, &["add", "--all"]);
    git(sandbox, &["commit", "--quiet", "--message", subject]);
    git(sandbox, &["rev-parse", "HEAD"])
}

/// Commits `text` as the source; the commit.
fn change(sandbox: &Sandbox, text: &str) -> String {
    sandbox.write("work/egress.pol", text);
    commit(sandbox, "change")
}

/// A file of the project.
fn of_project(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Runs a line of shell in the repository, as a host does, with these variables beside the usual ones.
fn shell(sandbox: &Sandbox, line: &str, variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new("bash");
    command.args(["-e", "-o", "pipefail", "-c", line]).current_dir(sandbox.path("work"));
    command
        .env("INPUT_FWC", env!("CARGO_BIN_EXE_fwc"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
