//! Extreme inputs: nesting a million deep, lines of 100 MB. Nothing panics, the heap stays within its bound, and the time
//! grows no faster than the input.
//!
//! Sizes are divided by `EXTREMES_SHARE`, 1 if it is not set. Run in release, one test after the other: see the README.

use std::time::Duration;

use fwc_measure::{bound, peak_of, promises, time_of};

const DEEP: usize = 1_000_000;
const LONG: usize = 100 << 20;
/// How much longer than ten times the time of a tenth the whole may take: a tenth lies in caches that the whole does not
/// fit, and what grows with the square takes ten times as much again.
const SLACK: f64 = 2.0;

/// What takes less is mostly the machine's own: the first touch of memory grows in steps.
const MEASURABLE: Duration = Duration::from_millis(100);

/// A text that is as long as asked: nested so often, or of so many bytes.
type Make = fn(usize) -> String;

fn main() {
    let share = std::env::var("EXTREMES_SHARE").ok().and_then(|share| share.parse().ok()).unwrap_or(1);
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    println!("{:<44} {:>7} {:>9} {:>9} {:>7} {:>7}", "input", "MB", "heap ×", "time s", "growth", "MB/s");
    let mut wrong = 0;
    for (name, make, size) in EXTREMES {
        for (pass, run) in PASSES {
            let name = format!("{pass} {name}");
            if only.as_ref().is_none_or(|only| name.contains(only)) {
                wrong += check(&name, *make, size / share, *run);
            }
        }
    }
    assert_eq!(wrong, 0, "bounds are broken");
}

const PASSES: &[(&str, fn(&str))] = &[("parse", promises::parses), ("format", |text| drop(promises::formatted(text)))];

const EXTREMES: &[(&str, Make, usize)] = &[
    ("`(` nested", |size| format!("let a = {}", "(".repeat(size)), DEEP),
    ("`{` nested", |size| "{".repeat(size), DEEP),
    ("`[` nested in JSON", |size| policy(&format!("azure \"x\" {}{}", "[".repeat(size), "]".repeat(size))), DEEP),
    ("`[` nested in JSON, never closed", |size| policy(&format!("azure \"x\" {}", "[".repeat(size))), DEEP),
    ("`{` nested in JSON", |size| policy(&format!("azure \"x\" {}{}", "{".repeat(size), "}".repeat(size))), DEEP),
    ("`except (` nested", |size| format!("let a = {}b{}\n", "a except (".repeat(size), ")".repeat(size)), DEEP),
    ("`except (` nested, never closed", |size| format!("let a = {}", "a except (".repeat(size)), DEEP),
    ("`group a {` nested", |size| policy(&format!("{}{}", "group a { ".repeat(size), "}".repeat(size))), DEEP),
    ("`group a {` nested on lines, never closed", |size| format!("policy p {{\n{}", "group a {\n".repeat(size)), DEEP),
    ("`when a {` nested", |size| format!("bundle b() {{\n{}{}}}\n", "when a { ".repeat(size), "}".repeat(size)), DEEP),
    ("a word", |size| format!("let a = {}\n", "w".repeat(size)), LONG),
    ("a word that begins no item", |size| "w".repeat(size), LONG),
    ("a label", |size| rule(&format!("{}: allow a, b, c, d from e to f", "l".repeat(size))), LONG),
    ("a list of hosts", |size| format!("let a = {}y.com\n", "x.com, ".repeat(size / 7)), LONG),
    ("a list of hosts behind a long label", long_label, LONG),
    ("a list of letters", |size| format!("let a = {}b\n", "a,".repeat(size / 2)), LONG / 4),
    ("a list of letters, far in", |size| far_in(&"a,".repeat(size / 2)), LONG / 4),
    ("a list of letters behind `except (`s", |size| excepts(&"a,".repeat(size / 2)), LONG / 4),
    ("comments of a list, far in", |size| far_in(&"a,#\n".repeat(size / 4)), LONG / 4),
    ("tags", |size| policy(&format!("tags {{ {}}}", "a=b ".repeat(size / 4))), LONG / 4),
    ("annotations", |size| format!("{}let a = b\n", "@a".repeat(size / 2)), LONG / 4),
    ("a list with a mistake at its end", |size| format!("let a = {}=\n", "x.com, ".repeat(size / 7)), LONG),
    ("ports in braces", |size| rule(&format!("allow tcp/{{{}1}} from a to b", "1,".repeat(size / 2))), LONG / 4),
    ("a comment", |size| format!("# {}\nlet a = b\n", "c".repeat(size)), LONG),
    ("a description", |size| format!("## {}\nlet a = b\n", "d ".repeat(size / 2)), LONG),
    ("a string", |size| policy(&format!("location \"{}\"", "s".repeat(size))), LONG),
    ("a string of escapes", |size| policy(&format!("location \"{}\"", "\\u{1F600}".repeat(size / 9))), LONG),
    ("a string that never ends", |size| policy(&format!("location \"{}", "s".repeat(size))), LONG),
    ("JSON", |size| policy(&format!("azure \"x\" [{}0]", "1, ".repeat(size / 3))), LONG),
    ("blanks", |size| " ".repeat(size), LONG),
    ("empty lines", |size| "\n".repeat(size), LONG),
    ("short comments", |size| format!("let a = b\n{}", "#\n".repeat(size / 2)), LONG / 4),
    ("short comments in a list", |size| format!("let a = b\n{}, c\n", "#\n".repeat(size / 2)), LONG / 4),
    ("hyphens", |size| "-".repeat(size), LONG),
    ("parameters in a row", |size| "{a}".repeat(size / 3), LONG / 4),
    ("signs that stand nowhere", |size| "%".repeat(size), LONG / 4),
    ("annotations of nothing", |size| "@\n".repeat(size / 2), LONG / 4),
    ("braces that close nothing", |size| "}".repeat(size), LONG / 4),
];

fn policy(inside: &str) -> String {
    format!("policy p {{\n{inside}\n}}\n")
}

fn rule(rule: &str) -> String {
    policy(&format!("group g {{\n{rule}\n}}"))
}

/// A list in a rule as far from the margin as blocks get.
fn far_in(list: &str) -> String {
    let whens = "when a {\n".repeat(10);
    format!("bundle b() {{\n{whens}allow any from {list}b to c\n{}}}\n", "}\n".repeat(10))
}

/// A list in as many brackets as there may be.
fn excepts(list: &str) -> String {
    format!("let a = {}{list}b{}\n", "a except (".repeat(60), ")".repeat(60))
}

fn long_label(size: usize) -> String {
    rule(&format!("{}: allow {}b from c to d", "l".repeat(size / 2), "x.com, ".repeat(size / 14)))
}

/// Prints the figures of an input; 1 if a bound is broken.
fn check(name: &str, make: Make, size: usize, run: fn(&str)) -> usize {
    let tenth = measured(&make(size / 10), run).1;
    let text = make(size);
    let (peak, time) = measured(&text, run);
    let growth = time.as_secs_f64() / tenth.max(MEASURABLE).as_secs_f64();
    let heap = peak as f64 / text.len() as f64;
    let megabytes = text.len() as f64 / 1e6;
    let too_much = if peak > bound(text.len()) { "  TOO MUCH HEAP" } else { "" };
    let too_slow = if growth > 10.0 * SLACK { "  GROWS TOO FAST" } else { "" };
    let (time, speed) = (time.as_secs_f64(), megabytes / time.as_secs_f64());
    println!("{name:<44} {megabytes:>7.1} {heap:>9.1} {time:>9.3} {growth:>7.1} {speed:>7.0}{too_much}{too_slow}");
    usize::from(!(too_much.is_empty() && too_slow.is_empty()))
}

fn measured(text: &str, run: fn(&str)) -> (usize, Duration) {
    let (((), time), peak) = peak_of(|| time_of(|| run(text)));
    (peak, time)
}
