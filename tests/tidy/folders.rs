//! What each folder says of itself, and what its files may hold.

use super::{Source, sources};

const LONGEST: usize = 600;

/// What nobody may write, and why.
const BANNED: [(&str, &str); 3] =
    [("todo!", "unfinished"), ("unimplemented!", "unfinished"), ("dbg!", "left over from a search")];

/// What only `cli` may touch: files, clock, network, processes, terminal. `use std::{…}` would hide it.
const ONLY_CLI: [&str; 19] = [
    "std::fs",
    "std::env",
    "std::process",
    "std::io",
    "std::{",
    "std::time",
    "SystemTime",
    "Instant::now",
    "jiff::Timestamp",
    "Timestamp::now",
    "Zoned::now",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
];

fn found<'s>(source: &'s Source, words: &'s [&str]) -> impl Iterator<Item = String> + 's {
    source.code().flat_map(move |(line, code)| {
        let held = words.iter().filter(move |word| holds(code, word));
        held.map(move |word| format!("src/{}:{line}: {word}", source.path.display()))
    })
}

/// Whether a line holds `word`, and not as the end of a longer one.
fn holds(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[test]
fn each_folder_says_what_it_is() {
    for source in sources().iter().filter(|source| source.path.ends_with("mod.rs")) {
        let path = source.path.display();
        let lines: Vec<&str> = source.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let text = lines.join(" ");
        assert!(!text.trim().is_empty(), "src/{path} does not say what it is");
        if source.path.iter().count() == 2 {
            for part in ["In: ", "Out: ", "Guaranteed: ", "Deliberately absent: "] {
                assert!(text.contains(part), "src/{path} does not say `{part}`");
            }
        }
    }
}

#[test]
fn no_file_is_two_files() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= LONGEST, "src/{} has {lines} lines", source.path.display());
    }
}

#[test]
fn nothing_is_left_unfinished() {
    let banned = BANNED.map(|(word, _)| word);
    let wrong: Vec<String> = sources().iter().flat_map(|source| found(source, &banned).collect::<Vec<_>>()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_command_line_touches_the_world() {
    let sources = sources();
    let pure = sources.iter().filter(|source| source.folder().is_some_and(|folder| folder != "cli"));
    let wrong: Vec<String> = pure.flat_map(|source| found(source, &ONLY_CLI)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What only `fwc resolve` may use: the network.
const NETWORK: [&str; 2] = ["hickory_resolver", "tokio"];

#[test]
fn only_resolve_touches_the_network() {
    let sources = sources();
    let asks = |source: &&Source| !source.path.ends_with("cli/dns.rs");
    let wrong: Vec<String> = sources.iter().filter(asks).flat_map(|source| found(source, &NETWORK)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let askers = sources.iter().filter(|source| source.code().any(|(_, code)| code.contains("super::dns::")));
    let askers: Vec<_> = askers.map(|source| source.path.display().to_string()).collect();
    assert_eq!(askers, ["cli/args/surroundings.rs", "cli/resolve.rs"]);
}

#[test]
fn what_touches_the_world_is_found() {
    let source = |text: &str| Source { path: "net/port.rs".into(), text: text.to_owned() };
    let count = |text: &str| found(&source(text), &ONLY_CLI).count();
    assert_eq!(count("use std::fmt;\n// std::fs\nlet mut printer = printer();\nlet x = env!(\"X\");\n"), 0);
    assert_eq!(count("use std::fs::File;\nprintln!(\"x\");\nuse std::{fmt, fs};\n"), 3);
}

#[test]
fn the_licence_of_the_wheel_is_that_of_the_project() {
    let read = |path: &str| std::fs::read_to_string(super::project().join(path)).unwrap();
    assert_eq!(read("packages/python/LICENSE"), read("LICENSE"));
}
