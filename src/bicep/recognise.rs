//! Whether a text is Bicep, by how its lines begin.

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BicepKind {
    /// A file that deploys something.
    Template,
    /// A file that gives parameters values.
    Parameters,
}

/// How many lines at the start tell.
const HEAD: usize = 200;

/// What the text is, if it is Bicep.
pub fn recognise(text: &str) -> Option<BicepKind> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(HEAD);
    let words = |line: &str| -> Vec<String> { line.split_whitespace().take(4).map(str::to_owned).collect() };
    let lines: Vec<Vec<String>> = lines.map(words).collect();
    if lines.iter().any(|words| is_using(words)) {
        return Some(BicepKind::Parameters);
    }
    lines.iter().any(|words| is_declaration(words)).then_some(BicepKind::Template)
}

fn is_using(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(words.as_slice(), ["using", file, ..] if file.starts_with('\'') || *file == "none")
}

/// The types of parameters that tell Bicep from other languages.
const KINDS: [&str; 5] = ["string", "int", "bool", "array", "object"];
/// Decorators.
const DECORATORS: [&str; 5] = ["@description(", "@allowed(", "@secure(", "@minLength(", "@export("];

fn is_declaration(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["targetScope", "=", ..] => true,
        ["param", _, kind, ..] => KINDS.contains(&kind.trim_end_matches(['[', ']', '?'])),
        ["resource" | "module", _, kind, ..] => kind.starts_with('\''),
        [word, ..] => DECORATORS.iter().any(|start| word.starts_with(start)),
        [] => false,
    }
}
