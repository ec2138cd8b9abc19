//! The pages of `guide` are true: read from top to bottom, each source is written as `egress.pol`, each `hcl` block as
//! `main.tf`, and each command prints what is shown. `UPDATE=1` rewrites what is shown.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fwc::format::difference;

use crate::cli::Sandbox;
use crate::golden::is_update;

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("guide");
    let mut pages: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|end| end == "md"));
    pages.sort();
    assert!(pages.len() >= 3, "{pages:?}");
    pages
}

/// A part of a page: what is between blocks, or a block of a language.
enum Part<'t> {
    Text(&'t str),
    Block { language: &'t str, body: &'t str },
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, block)) = rest.split_once("\n```").filter(|(_, block)| block.contains('\n')) {
        let (language, block) = block.split_once('\n').unwrap();
        let (body, after) = block.split_once("```\n").unwrap();
        parts.extend([Part::Text(before), Part::Block { language, body }]);
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts
}

/// What a command of a transcript prints, in a shell that finds `fwc`.
fn printed(sandbox: &Sandbox, command: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_fwc")).parent().unwrap();
    let path = std::env::join_paths(
        [binary.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} 2>&1")]).current_dir(sandbox.path("")).env("PATH", path.unwrap());
    shell.env_remove("NO_COLOR").env_remove("COLUMNS").env("GIT_CONFIG_GLOBAL", sandbox.path("none"));
    for (name, value) in [("NAME", "Ada"), ("EMAIL", "ada@example.com")] {
        shell.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    String::from_utf8(shell.output().unwrap().stdout).unwrap()
}

/// The commands of a transcript with what they print today.
fn transcript(sandbox: &Sandbox, block: &str) -> String {
    let mut text = String::new();
    for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
        if !text.is_empty() && !text.ends_with(" --quiet\n") && !text.ends_with("egress.pol\n") {
            text.push('\n');
        }
        writeln!(text, "$ {command}").unwrap();
        text.push_str(&printed(sandbox, command));
    }
    text
}

fn of_today(text: &str) -> String {
    let (sandbox, mut page) = (Sandbox::new(), String::new());
    for part in parts(text) {
        match part {
            Part::Text(text) => page.push_str(text),
            Part::Block { language, body } => {
                let shown = match language {
                    "console" => transcript(&sandbox, body),
                    _ => body.to_owned(),
                };
                match language {
                    "pol" => sandbox.write("egress.pol", body),
                    "hcl" => sandbox.write("main.tf", body),
                    _ => {}
                }
                write!(page, "\n```{language}\n{shown}```\n").unwrap();
            }
        }
    }
    page
}

#[test]
fn transcripts_show_what_is_printed() {
    if Command::new("git").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no git");
        return;
    }
    for path in pages() {
        let text = fs::read_to_string(&path).unwrap();
        let today = of_today(&text);
        if is_update() {
            fs::write(&path, today).unwrap();
        } else {
            assert_eq!(difference(&text, &today), "", "{}: rewrite with UPDATE=1", path.display());
        }
    }
}

#[test]
fn sources_are_sound_and_in_canonical_layout() {
    for path in pages() {
        let text = fs::read_to_string(&path).unwrap();
        let mut count = 0;
        for part in parts(&text) {
            let Part::Block { language: "pol", body } = part else { continue };
            let sandbox = Sandbox::new();
            sandbox.write("egress.pol", body);
            for arguments in
                [&["check", "egress.pol", "--fail-on", "warning"][..], &["fmt", "--diff", "--check", "egress.pol"]]
            {
                let run = sandbox.run(arguments);
                assert_eq!(run.status, 0, "{}: {}{}", path.display(), run.stdout, run.stderr);
            }
            count += 1;
        }
        assert!(count > 0, "{} shows no source", path.display());
    }
}
