//! Names of types: one name is one thing.

use std::collections::BTreeMap;

use super::{Source, sources};

/// The folders that are layers of the same things: a rule as it is written, as it is meant, and as Azure has it.
const LAYERS: [&str; 3] = ["syntax", "intent", "model"];

/// The type that a line of code defines; the types of a trait's implementation, indented and without a visibility, are none.
fn defined(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let (public, code) = match code.strip_prefix("pub") {
        Some(rest) => {
            (true, rest.strip_prefix('(').and_then(|scope| scope.split_once(')')).map_or(rest, |(_, code)| code))
        }
        None => (false, code),
    };
    let (word, rest) = code.trim_start().split_once(' ')?;
    let name = rest.split(|c: char| !c.is_alphanumeric()).next()?;
    let defines = match word {
        "struct" | "enum" | "trait" | "union" => true,
        "type" => public || !line.starts_with(' '),
        _ => false,
    };
    (defines && name.starts_with(char::is_uppercase)).then_some(name)
}

/// The lines before the unit tests of a file.
fn outside_tests(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.code().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
}

#[test]
fn a_type_is_named_once() {
    let sources = sources();
    let mut places: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
    for source in &sources {
        for (number, line) in outside_tests(source) {
            if let Some(name) = defined(line) {
                let place = format!("{}:{number}", source.path.display());
                places.entry(name).or_default().push((source.folder().unwrap_or_default(), place));
            }
        }
    }
    assert!(places.len() > 1000, "only {} types found", places.len());
    let shared: Vec<String> = places
        .iter()
        .filter(|(_, places)| {
            let mut layers: Vec<&str> = places.iter().map(|(folder, _)| *folder).collect();
            layers.sort_unstable();
            layers.dedup();
            places.len() > 1 && (layers.len() < places.len() || layers.iter().any(|layer| !LAYERS.contains(layer)))
        })
        .map(|(name, places)| {
            let places: Vec<&str> = places.iter().map(|(_, place)| place.as_str()).collect();
            format!("{name}: {}", places.join(", "))
        })
        .collect();
    assert!(shared.is_empty(), "types that share a name:\n{}", shared.join("\n"));
}

#[test]
fn definitions_are_found() {
    assert_eq!(defined("pub struct Rule {"), Some("Rule"));
    assert_eq!(defined("pub(super) enum Part<'a> {"), Some("Part"));
    assert_eq!(defined("pub(in crate::flow) struct Node {"), Some("Node"));
    assert_eq!(defined("type Row = (u8, u8);"), Some("Row"));
    assert_eq!(defined("    type Item = u8;"), None);
    assert_eq!(defined("let structure = 3;"), None);
}
