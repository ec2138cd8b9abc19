//! The README is true: its sources are sound, its commands run, and what it shows is what they print. `UPDATE=1`
//! rewrites what it shows.
//!
//! A `pol` block is a whole source in canonical layout. A `console` block is a transcript. Each command of an `sh` block
//! succeeds.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use fwc::format::difference;

use crate::cli::Sandbox;
use crate::golden::is_update;
use crate::shipped::shipped_logs;

const SAMPLE: &str = "tests/golden/private-aks-sample/policy.json";
const COMPILE: &str = "cargo run --release -- ";

#[test]
fn the_library_part_is_the_documentation_of_the_crate() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(project.join("README.md")).unwrap();
    let (_, part) = readme.split_once("## As a library\n\n").unwrap();
    let (part, _) = part.split_once("\n## ").unwrap();
    let crate_root = fs::read_to_string(project.join("src/lib.rs")).unwrap();
    let lines = crate_root.lines().map_while(|line| line.strip_prefix("//!"));
    let documentation: String = lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
    assert!(documentation.contains(part), "src/lib.rs does not hold\n{part}");
}

/// The text between fences that open with `language`, each with the text before it, and the text behind the last.
fn blocks<'t>(text: &'t str, language: &str) -> (Vec<(&'t str, &'t str)>, &'t str) {
    let (open, close) = (format!("```{language}\n"), "```\n");
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find(&open).map(|at| at + open.len()) {
        let length = rest[start..].find(close).unwrap();
        found.push((&rest[..start], &rest[start..start + length]));
        rest = &rest[start + length..];
    }
    (found, rest)
}

/// The arguments of `fwc` in a command; `None` for the commands of others.
fn arguments(command: &str) -> Option<Vec<&str>> {
    let rest = command.strip_prefix("fwc ").or_else(|| command.strip_prefix(COMPILE))?;
    Some(rest.split_whitespace().collect())
}

/// The commands of a transcript with what they print today.
fn transcript(sandbox: &Sandbox, block: &str) -> String {
    let mut text = String::new();
    for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
        if !text.is_empty() {
            text.push('\n');
        }
        writeln!(text, "$ {command}").unwrap();
        if let Some(arguments) = arguments(command) {
            let run = sandbox.run(&arguments);
            text.push_str(&run.stdout);
            text.push_str(&run.stderr);
        }
    }
    text
}

/// Runs the commands of an `sh` block.
#[track_caller]
fn succeed(sandbox: &Sandbox, block: &str) {
    for command in block.replace("\\\n", " ").lines() {
        let run = sandbox.run(&arguments(command).unwrap());
        assert_eq!(run.status, 0, "{command}\n{}", run.stderr);
    }
}

/// A source with FQDN tags, and a file of their hosts.
const TAGGED: [(&str, &str); 2] = [
    ("tests/cli/fqdn-tags/egress.pol", include_str!("cli/fqdn-tags/egress.pol")),
    ("tests/cli/fqdn-tags/tags.json", include_str!("cli/fqdn-tags/tags.json")),
];

/// What is deployed where the pages plan a change.
const DEPLOYED: &str = "tests/golden/aks-hub-spoke/aks-weu.arm.json";

/// A folder with the examples and the artefacts that the pages speak of.
fn project() -> Sandbox {
    let sandbox = Sandbox::with_example();
    sandbox.write(SAMPLE, include_str!("golden/private-aks-sample/policy.json"));
    sandbox.write(DEPLOYED, include_str!("golden/aks-hub-spoke/aks-weu.arm.json"));
    sandbox.write(&DEPLOYED.replace("aks-weu", "corp-base"), include_str!("golden/aks-hub-spoke/corp-base.arm.json"));
    sandbox.write(&DEPLOYED.replace("aks-weu", "routes"), include_str!("golden/aks-hub-spoke/routes.arm.json"));
    TAGGED.iter().for_each(|(path, text)| sandbox.write(path, text));
    shipped_logs().iter().for_each(|(path, text)| sandbox.write(path, text));
    sandbox
}

/// The page with what its transcripts print today.
fn page_of_today(text: &str) -> String {
    let sandbox = project();
    for (_, source) in blocks(text, "pol").0 {
        sandbox.write("egress.pol", source);
    }
    let (found, rest) = blocks(text, "console");
    let mut page = String::new();
    for (before, block) in found {
        // A reader runs what stands above first.
        blocks(before, "sh").0.iter().for_each(|(_, commands)| succeed(&sandbox, commands));
        page.push_str(before);
        page.push_str(&transcript(&sandbox, block));
    }
    page + rest
}

/// The project's page, and behind it those of the examples.
fn pages() -> Vec<String> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = fs::read_dir(project.join("policies/examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = folders.map(|folder| folder.join("README.md")).collect();
    pages.sort();
    pages.insert(0, project.join("README.md"));
    pages.into_iter().map(|page| page.display().to_string()).collect()
}

#[test]
fn transcripts_show_what_is_printed() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let today = page_of_today(&text);
        if is_update() {
            fs::write(&page, today).unwrap();
        } else {
            assert_eq!(difference(&text, &today), "", "{page}: rewrite with UPDATE=1");
        }
    }
}

#[test]
fn the_file_of_fqdn_tags_is_the_one_that_the_transcripts_read() {
    let text = fs::read_to_string(&pages()[0]).unwrap();
    let shown: Vec<&str> = blocks(&text, "json").0.into_iter().map(|(_, block)| block).collect();
    assert_eq!(shown, [TAGGED[1].1]);
}

#[test]
fn commands_succeed() {
    for page in pages() {
        let (sandbox, text) = (project(), fs::read_to_string(page).unwrap());
        blocks(&text, "sh").0.iter().for_each(|(_, commands)| succeed(&sandbox, commands));
    }
}

#[test]
fn sources_are_sound_and_in_canonical_layout() {
    let text = fs::read_to_string(&pages()[0]).unwrap();
    let sources = blocks(&text, "pol").0;
    assert!(!sources.is_empty());
    for (_, source) in sources {
        let sandbox = Sandbox::new();
        sandbox.write("egress.pol", source);
        for arguments in
            [&["check", "egress.pol", "--fail-on", "warning"][..], &["fmt", "--diff", "--check", "egress.pol"]]
        {
            let run = sandbox.run(arguments);
            assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        }
    }
}

/// What the published sample really does is the first that a reader sees.
#[test]
fn the_published_sample_opens_the_readme() {
    let text = fs::read_to_string(&pages()[0]).unwrap();
    let first = blocks(&text, "console").0[0].1;
    assert!(first.starts_with(&format!("$ fwc check {SAMPLE}\n")), "{first}");
    assert_eq!(
        first.lines().skip(1).collect::<Vec<_>>(),
        include_str!("golden/private-aks-sample/check.txt").lines().collect::<Vec<_>>()
    );
}

/// A fresh machine needs two commands and no more; `.ci/run` takes them from here.
#[test]
fn two_commands_are_enough() {
    let text = fs::read_to_string(&pages()[0]).unwrap();
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ cargo ")).collect();
    assert_eq!(commands, ["run --release -- compile policies/examples/aks-hub-spoke/egress.pol", "test"]);
}
