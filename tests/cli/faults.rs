//! Each call of the system that writes is made to fail, one after the other, as on a full disk: the command says so, and the
//! files are what they were, or what they were to be. It needs `strace`.

use std::fs;
use std::process::{Command, Stdio};

use super::killed::long;
use super::{SMALL, Sandbox};
use crate::golden::files;
use crate::resolve::server::Zone;

/// The calls by which something is written, and how each fails.
const CALLS: [(&str, &str); 7] = [
    ("write", "ENOSPC"),
    ("fsync", "EIO"),
    ("ftruncate", "ENOSPC"),
    ("rename", "ENOSPC"),
    ("renameat2", "ENOSPC"),
    ("mkdir", "ENOSPC"),
    ("fchmod", "EPERM"),
];

/// Runs under `strace`; the status, and what was said.
fn traced(sandbox: &Sandbox, options: &[&str], arguments: &[&str]) -> (Option<i32>, String) {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "trace"]).args(options).arg(env!("CARGO_BIN_EXE_fwc")).args(arguments);
    let run = strace.current_dir(sandbox.path("")).stdout(Stdio::null()).stdin(Stdio::null()).output().unwrap();
    (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
}

/// How often the command makes each call.
fn calls(sandbox: &Sandbox, which: &[(&str, &str)], arguments: &[&str]) -> Vec<usize> {
    let names = which.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    let (status, said) = traced(sandbox, &["-e", &format!("trace={names}")], arguments);
    assert_eq!(status, Some(0), "{arguments:?}: {said}");
    let trace = sandbox.read("trace");
    which.iter().map(|(name, _)| trace.matches(&format!(" {name}(")).count()).collect()
}

/// Lets each call of `arguments` that is one of `which` fail in turn; `old` puts back what was there, `state` is what is looked at.
fn fails_whole<S: PartialEq + std::fmt::Debug>(
    sandbox: &Sandbox,
    which: &[(&str, &str)],
    arguments: &[&str],
    old: impl Fn(),
    state: impl Fn() -> S,
) {
    old();
    let before = state();
    let calls = calls(sandbox, which, arguments);
    let after = state();
    assert_ne!(before, after, "{arguments:?}");
    let mut failed = 0;
    for (&(name, error), &times) in which.iter().zip(&calls) {
        for when in 1..=times {
            old();
            let inject = format!("inject={name}:error={error}:when={when}");
            let (status, said) = traced(sandbox, &["-e", &format!("trace={name}"), "-e", &inject], arguments);
            let shown = format!("{arguments:?}, {name} {when}: {status:?} {said}");
            let now = state();
            match status {
                // Only what is said to a person on standard error may go missing.
                Some(0) => assert_eq!(now, after, "{shown}"),
                Some(2) => {
                    assert!((now == before || now == after) && said.contains("cannot write"), "{shown}\n{now:?}")
                }
                Some(_) | None => panic!("{shown}"),
            }
            failed += usize::from(status == Some(2));
            let left = sandbox.names("").into_iter().find(|name| name.contains(".fwc-"));
            assert_eq!(left, None, "{shown}");
        }
    }
    assert!(failed > 2, "{arguments:?}: {calls:?}");
}

fn has_strace() -> bool {
    let is_there = Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok();
    if !is_there {
        eprintln!("SKIPPED: there is no strace");
    }
    is_there
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_files_whole() {
    if !has_strace() {
        return;
    }
    let sandbox = Sandbox::with_small();
    let other = SMALL.replace("mcr.microsoft.com", "www.example.com");
    sandbox.write("old.pol", SMALL);
    sandbox.write("new.pol", &other);
    assert_eq!(sandbox.run(&["compile", "old.pol", "--no-lock", "-o", "deployed"]).status, 0);
    let runs: [(&[&str], &str, String); 6] = [
        (&["fmt", "bad.pol"], "bad.pol", SMALL.replace("sku      ", "sku ")),
        (&["check", "habits.pol", "--fix"], "habits.pol", SMALL.replace("sku      standard", "sku = standard")),
        (&["report", "new.pol", "-o", "page.html"], "page.html", String::new()),
        (&["plan", "new.pol", "--deployed", "deployed", "--rollback", "back.sh"], "back.sh", String::new()),
        (
            &["diff", "old.pol", "new.pol", "--approve", "ok.json", "--by", "a", "--reason", "b"],
            "ok.json",
            String::new(),
        ),
        (&["import", "deployed", "-o", "made.pol"], "made.pol", String::new()),
    ];
    for (arguments, name, text) in runs {
        let old = || match text.is_empty() {
            true => drop(fs::remove_file(sandbox.path(name))),
            false => sandbox.write(name, &text),
        };
        fails_whole(&sandbox, &CALLS, arguments, old, || fs::read_to_string(sandbox.path(name)).ok());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_the_folder_whole() {
    if !has_strace() {
        return;
    }
    let sandbox = Sandbox::with_small();
    let text = |host: &str| SMALL.replace("mcr.microsoft.com", host);
    for old in [Some("old.example.com"), None] {
        let put_back = || {
            let _ = fs::remove_dir_all(sandbox.path("build"));
            let _ = fs::remove_file(sandbox.path("egress.lock"));
            if let Some(host) = old {
                sandbox.write("egress.pol", &text(host));
                assert_eq!(sandbox.run(&["compile", "egress.pol", "--no-lock"]).status, 0);
            }
            sandbox.write("egress.pol", &text("new.example.com"));
        };
        let state = || sandbox.path("build").exists().then(|| files(&sandbox.path("build")));
        fails_whole(&sandbox, &CALLS, &["compile", "egress.pol", "--emit", "arm"], put_back, state);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_the_snapshot_whole() {
    if !has_strace() {
        return;
    }
    let (sandbox, zone) = (Sandbox::new(), Zone::new());
    let server = zone.address.to_string();
    sandbox.write("old.pol", &long(1));
    sandbox.write("egress.pol", &long(4));
    let arguments = |source| ["resolve", source, "--server", &server, "--snapshot", "dns.json"].map(str::to_owned);
    for has_old in [true, false] {
        let old = || {
            let _ = fs::remove_file(sandbox.path("dns.json"));
            if has_old {
                assert_eq!(sandbox.run(&arguments("old.pol").each_ref().map(String::as_str)).status, 0);
            }
        };
        let state = || fs::read_to_string(sandbox.path("dns.json")).ok();
        // Threads wake each other by writing, to no file.
        fails_whole(&sandbox, &CALLS[1..], &arguments("egress.pol").each_ref().map(String::as_str), old, state);
    }
}
