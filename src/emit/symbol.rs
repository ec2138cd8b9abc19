//! Names of resources inside a Bicep or Terraform file.
//!
//! A symbol depends on the names of its resource and on nothing else, so that adding a resource renames no other, and two
//! resources of one kind never share one.

use sha2::{Digest, Sha256};

/// Which characters a symbol takes besides ASCII letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SymbolStyle {
    /// Underscores.
    Bicep,
    /// Underscores and dashes; a letter comes first.
    Terraform,
}

/// The symbol of a resource, from its name and those above it.
///
/// No part of a symbol that is made of a name alone holds two separators in a row, so that `__` parts names from each
/// other and from the hash that is after a name with other characters.
pub(super) fn symbol(style: SymbolStyle, names: &[String]) -> String {
    let parts: Vec<String> = names.iter().map(|name| part(style, name)).collect();
    parts.join("__")
}

fn part(style: SymbolStyle, name: &str) -> String {
    if is_plain(style, name) {
        return match style {
            SymbolStyle::Bicep => name.replace('-', "_"),
            SymbolStyle::Terraform => name.to_owned(),
        };
    }
    let mut words = String::new();
    for c in name.chars() {
        let separates = !c.is_ascii_alphanumeric();
        if !separates || !(words.is_empty() || words.ends_with('_')) {
            words.push(if separates { '_' } else { c });
        }
    }
    let words = words.trim_end_matches('_');
    let first = if words.starts_with(|c: char| c.is_ascii_alphabetic()) { "" } else { "n" };
    let digest = Sha256::digest(name.as_bytes());
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    [first, words, "__", &hash].concat()
}

fn is_plain(style: SymbolStyle, name: &str) -> bool {
    let is_separator = |c: char| match style {
        SymbolStyle::Bicep => c == '-',
        SymbolStyle::Terraform => c == '-' || c == '_',
    };
    let letter_first = name.starts_with(|c: char| match style {
        SymbolStyle::Bicep => c.is_ascii_alphanumeric(),
        SymbolStyle::Terraform => c.is_ascii_alphabetic(),
    });
    let pairs = name.chars().zip(name.chars().skip(1));
    letter_first
        && !name.ends_with(is_separator)
        && name.chars().all(|c| c.is_ascii_alphanumeric() || is_separator(c))
        && !pairs.into_iter().any(|(one, next)| is_separator(one) && is_separator(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(names: &[&str]) -> [String; 2] {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        [SymbolStyle::Bicep, SymbolStyle::Terraform].map(|style| symbol(style, &names))
    }

    #[test]
    fn plain_names_stay_readable() {
        assert_eq!(both(&["aks-weu", "platform"]), ["aks_weu__platform", "aks-weu__platform"]);
    }

    #[test]
    fn names_that_look_alike_stay_apart() {
        let names = ["a-b", "a_b", "a.b", "a--b", "a__b", "a", "1", "-", "é", "${x}"];
        let all = [both(&["a", "b"]), both(&["a-b", "c"]), both(&["a", "b-c"])].into_iter();
        let all: Vec<[String; 2]> = all.chain(names.map(|name| both(&[name]))).collect();
        for style in 0..2 {
            let mut seen: Vec<&String> = all.iter().filter_map(|pair| pair.get(style)).collect();
            let count = seen.len();
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), count, "{seen:?}");
            let is_word = |symbol: &&&String| symbol.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
            assert_eq!(seen.iter().filter(is_word).count(), count, "{seen:?}");
        }
    }
}
