//! The archive of a release, and the script that installs it, from a server on the loopback.
#![cfg(unix)]

use super::github::commands;
use super::stub::{Asked, Server};
use super::{has_tools, repository, shell};
use crate::cli::{Run, Sandbox};

/// The files of a release by name.
type Release = Vec<(String, Vec<u8>)>;

fn answer(release: &mut Release, asked: &Asked) -> (u16, Vec<u8>) {
    assert_eq!(asked.authorization, "");
    let name = asked.path.strip_prefix("/v9.8.7/");
    let file = release.iter().find(|(file, _)| Some(file.as_str()) == name);
    file.map_or((404, Vec::new()), |(_, bytes)| (200, bytes.clone()))
}

/// What installing needs to know of this machine.
fn target() -> &'static str {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("macos", "x86_64") => "x86_64-apple-darwin",
        ("macos", _) => "aarch64-apple-darwin",
        (_, "x86_64") => "x86_64-unknown-linux-musl",
        _ => "aarch64-unknown-linux-musl",
    }
}

/// Makes the archive in `FOLDER/`, of a small program that calls the one under test; its name.
fn package(sandbox: &Sandbox, folder: &str) -> String {
    sandbox.write("built/fwc", "#!/bin/sh\nexec \"$INPUT_FWC\" \"$@\"\n");
    let line = format!("chmod +x ../built/fwc && python3 \"$PROJECT/.ci/package\" {} ../built ../{folder}", target());
    let made = shell(sandbox, &line, &[("PROJECT", env!("CARGO_MANIFEST_DIR"))]);
    assert_eq!(made.status, 0, "{}", made.stderr);
    format!("fwc-{}.tar.gz", target())
}

/// A release with these sums.
fn release(sandbox: &Sandbox, sums: &str) -> Server<Release> {
    let archive = package(sandbox, "dist");
    let path = sandbox.path(&format!("dist/{archive}"));
    let sums = sums.replace("HASH", &crate::cli::sha256(&path)).replace("ARCHIVE", &archive).into_bytes();
    Server::new(vec![(archive, std::fs::read(path).unwrap()), ("SHA256SUMS".to_owned(), sums)], answer)
}

fn install(sandbox: &Sandbox, server: &Server<Release>, inputs: &[(&str, &str)]) -> Run {
    let (folder, path) = (sandbox.path("").display().to_string(), sandbox.path("path").display().to_string());
    let variables = [
        ("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR")),
        ("GITHUB_PATH", &path),
        ("RUNNER_TEMP", &folder),
        ("INPUT_RELEASES", &server.url),
        ("INPUT_VERSION", "9.8.7"),
    ];
    shell(sandbox, &commands()[0], &[&variables, inputs].concat())
}

#[test]
fn a_release_is_on_the_path_of_later_steps() {
    if !has_tools() {
        return;
    }
    let sandbox = repository();
    let server = release(&sandbox, "HASH  ARCHIVE\n");
    let run = install(&sandbox, &server, &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let run = shell(&sandbox, "PATH=\"$(cat ../path):$PATH\" fwc --version", &[]);
    assert_eq!(run.stdout, concat!("fwc ", env!("CARGO_PKG_VERSION"), "\n"), "{}", run.stderr);
}

#[test]
fn an_archive_has_binary_completions_and_manual_pages_and_is_the_same_twice() {
    if !has_tools() {
        return;
    }
    let sandbox = repository();
    let archive = package(&sandbox, "one");
    package(&sandbox, "two");
    let hash = |folder: &str| crate::cli::sha256(&sandbox.path(&format!("{folder}/{archive}")));
    assert_eq!(hash("one"), hash("two"));
    let listed = shell(&sandbox, &format!("tar -tzf ../one/{archive}"), &[]).stdout;
    for file in ["fwc", "LICENSE", "completions/fwc.bash", "completions/_fwc", "man/fwc.1", "man/fwc-diff.1"] {
        assert!(listed.contains(&format!("fwc-{}/{file}\n", target())), "{file}: {listed}");
    }
    // Every command has its page: those of the help, but `help`, and one of fwc itself.
    let help = sandbox.run(&["--help"]).stdout;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "));
    assert_eq!(listed.matches("/man/fwc").count(), commands.count());
}

#[test]
fn an_archive_with_another_hash_is_not_installed() {
    if !has_tools() {
        return;
    }
    let sandbox = repository();
    let wrong = "0".repeat(64);
    for (sums, inputs, why) in [
        (format!("{wrong}  ARCHIVE\n"), vec![], "expected the SHA-256 0000"),
        ("HASH  another\n".to_owned(), vec![], "states no hash of"),
        ("HASH  ARCHIVE\n".to_owned(), vec![("INPUT_SHA256", wrong.as_str())], "expected the SHA-256 0000"),
        ("HASH  ARCHIVE\n".to_owned(), vec![("INPUT_VERSION", "9.8.6")], "cannot download"),
        ("HASH  ARCHIVE\n".to_owned(), vec![("INPUT_VERSION", "../x")], "expected a number"),
    ] {
        let run = install(&sandbox, &release(&sandbox, &sums), &inputs);
        assert!(run.status == 1 && run.stderr.contains(why), "{why}: {}", run.stderr);
    }
    assert!(!sandbox.path("path").exists() && !sandbox.path("fwc-bin").exists());
}
