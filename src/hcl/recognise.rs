//! Whether a text is of Terraform's language, by the name of its file or by how its lines begin.

/// How many lines at the start tell.
const HEAD: usize = 400;

/// Whether the text is Terraform source, by its content.
pub fn recognise(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().filter(|line| !line.trim().is_empty()).take(HEAD).any(is_block)
}

/// Whether a line begins a block of a file.
fn is_block(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_label = |word: &str| word.len() > 2 && word.starts_with('"') && word.trim_end_matches('{').ends_with('"');
    match words.as_slice() {
        ["resource" | "data", kind, name, "{" | "{}", ..] => is_label(kind) && is_label(name),
        ["variable" | "module" | "output" | "provider", name, "{" | "{}", ..] => is_label(name),
        ["terraform" | "locals", "{", ..] => true,
        _ => false,
    }
}

/// Whether a file of that name gives values to variables.
pub fn is_values_file(name: &str) -> bool {
    name.ends_with(".tfvars") || name.ends_with(".tfvars.json")
}

/// Whether Terraform reads a file of values of that name by itself.
pub(super) fn is_automatic(name: &str) -> bool {
    matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
        || name.ends_with(".auto.tfvars")
        || name.ends_with(".auto.tfvars.json")
}
