//! Texts of other tools that are no JSON, each with the way to one that is read.

use super::json::after_comments;

/// A text of another tool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OtherText {
    /// What it is.
    pub what: &'static str,
    /// The way to what is read.
    pub instead: &'static str,
}

/// How many lines at the start tell.
const HEAD: usize = 200;

type ForeignTest = fn(&[&str]) -> bool;

/// In the order in which they are tried; each looks at the first lines that are neither blank nor comments.
const TEXTS: &[(ForeignTest, OtherText)] = &[
    (
        |lines| first(lines).starts_with("version https://git-lfs"),
        OtherText { what: "a pointer of Git LFS", instead: "`git lfs pull` fetches what it points at" },
    ),
    (
        |lines| starts_without_case(first(lines), "<!doctype html") || starts_without_case(first(lines), "<html"),
        OtherText { what: "a web page, as of a login", instead: "expected what the address answers to `az rest`" },
    ),
    (|lines| first(lines).starts_with('<') && !is_conflict(lines), OtherText { what: "XML", instead: EXPORT }),
    (is_conflict, OtherText { what: "a file with a conflict of a merge", instead: "resolve the conflict first" }),
    (
        |lines| first(lines).starts_with("WARNING:") && lines.iter().any(|line| line.starts_with(['{', '['])),
        OtherText {
            what: "JSON with warnings of `az` before it",
            instead: "run `az` with `--only-show-errors`, or without `2>&1`",
        },
    ),
    (
        |lines| ["ERROR:", "az: error", "Please run 'az login'"].iter().any(|start| first(lines).starts_with(start)),
        OtherText { what: "an error of `az`", instead: "expected what `az` prints without one" },
    ),
    (
        |lines| {
            first(lines).starts_with("Terraform used the selected providers")
                || first(lines).starts_with("Terraform will perform")
        },
        OtherText { what: "a Terraform plan for people", instead: "expected what `terraform show -json PLAN` prints" },
    ),
    (
        is_terraform,
        OtherText { what: "Terraform source under another name", instead: "files of a module end in `.tf`" },
    ),
    (is_cloud_formation, OtherText { what: "an AWS CloudFormation template", instead: EXPORT }),
    (
        |lines| {
            is_yaml(lines)
                && lines.iter().any(|line| line.starts_with("kind:"))
                && lines.iter().any(|line| line.starts_with("apiVersion:"))
        },
        OtherText {
            what: "a Kubernetes manifest in YAML, which is not read",
            instead: "expected what `az … -o json` prints of what it deploys",
        },
    ),
    (is_yaml, OtherText { what: "YAML, which is not read", instead: "expected JSON, as `az … -o json` prints it" }),
    (
        is_object_list,
        OtherText {
            what: "PowerShell's list of objects for people",
            instead: "expected what `… | ConvertTo-Json -Depth 100` prints",
        },
    ),
    (is_table, OtherText { what: "a table of `az` for people", instead: "expected what `az … -o json` prints" }),
    (is_csv, OtherText { what: "a table of comma-separated values, which is not read", instead: EXPORT }),
];

const EXPORT: &str = "expected a source, a template, an export, or what `az … -o json` prints";

/// Which text of another tool it is, if it is one; JSON and sources are none.
pub fn other_text(text: &str) -> Option<OtherText> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if after_comments(text).is_empty() {
        return Some(OtherText { what: "empty", instead: EXPORT });
    }
    let is_comment = |line: &&str| line.starts_with('#') || line.starts_with("//");
    let lines: Vec<&str> = after_comments(text)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .filter(|line| !is_comment(line))
        .take(HEAD)
        .collect();
    TEXTS.iter().find(|(is, _)| is(&lines)).map(|(_, known)| *known)
}

fn first<'t>(lines: &[&'t str]) -> &'t str {
    lines.first().copied().unwrap_or_default()
}

fn starts_without_case(line: &str, start: &str) -> bool {
    line.trim_start().get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start))
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn is_conflict(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.starts_with("<<<<<<< ")) && lines.iter().any(|line| line.starts_with(">>>>>>> "))
}

fn is_terraform(lines: &[&str]) -> bool {
    let is_block = |line: &&str| match words(line).as_slice() {
        ["resource" | "data", kind, name, "{", ..] => is_string(kind) && is_string(name),
        ["variable" | "provider" | "module" | "output", name, "{", ..] => is_string(name),
        ["terraform" | "locals", "{", ..] => true,
        _ => false,
    };
    lines.iter().any(is_block)
}

fn is_string(word: &str) -> bool {
    word.len() > 1 && word.starts_with('"') && word.ends_with('"')
}

fn is_cloud_formation(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.starts_with("AWSTemplateFormatVersion:"))
}

/// Whether the first line is the start of a YAML document, or an entry of one.
fn is_yaml(lines: &[&str]) -> bool {
    let line = first(lines).trim_end();
    let key = |line: &str| {
        let (key, value) = line.split_once(':')?;
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-./$".contains(c));
        Some(is_key && (value.is_empty() || value.starts_with(' ')))
    };
    line == "---" || line.starts_with("%YAML") || key(line.strip_prefix("- ").unwrap_or(line)).unwrap_or(false)
}

/// Whether the lines are properties with blanks before their colons.
fn is_object_list(lines: &[&str]) -> bool {
    let is_property = |line: &&str| {
        let Some((key, _)) = line.split_once(" : ") else { return false };
        !key.trim_end().is_empty() && key.trim_end().chars().all(|c| c.is_ascii_alphanumeric())
    };
    lines.len() > 1 && lines.iter().take(3).all(is_property)
}

/// Whether the second line underlines the words of the first.
fn is_table(lines: &[&str]) -> bool {
    let is_rule = |line: &&str| line.len() > 2 && line.chars().all(|c| c == '-' || c == ' ');
    lines.get(1).is_some_and(is_rule)
}

/// Whether the first lines have the same number of commas, semicolons or tabs.
fn is_csv(lines: &[&str]) -> bool {
    [',', ';', '\t'].iter().any(|&separator| {
        let count = |line: &str| line.matches(separator).count();
        let is_row = count(first(lines)) > 1 && !first(lines).contains('{');
        is_row && lines.iter().take(3).all(|line| count(line) >= count(first(lines)))
    })
}
