//! The sets that words name, and what they hold.

use std::collections::HashMap;

use crate::diag::counted;

use super::sets::{BEFORE, SetWords};

/// A set of the author that words name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedSet {
    /// Its name, as the words have it.
    pub name: String,
    /// Its spans of addresses or its host names, in order.
    pub entries: Vec<String>,
    /// How many addresses those are; absent for host names.
    addresses: Option<u64>,
}

impl NamedSet {
    /// How much it holds: `4,096 addresses`.
    pub fn size(&self) -> String {
        match self.addresses {
            Some(addresses) => counted(addresses, "address"),
            None => counted(self.entries.len(), "host name"),
        }
    }
}

/// The sets of the author, by name; `internet` and `private` are words of the language.
#[derive(Clone, Debug)]
pub struct NamedSets(HashMap<String, NamedSet>);

impl NamedSets {
    /// Those that `words` may name.
    pub fn of(words: &SetWords) -> Self {
        let addresses = words.addresses.iter().filter(|(name, _)| !matches!(name.as_str(), "internet" | "private"));
        let addresses = addresses.map(|(name, set)| NamedSet {
            name: name.clone(),
            entries: set.spans().map(|span| span.to_string()).collect(),
            addresses: Some(set.count()),
        });
        let hosts = words.hosts.iter().map(|(name, set)| NamedSet {
            name: name.clone(),
            entries: set.iter().map(ToString::to_string).collect(),
            addresses: None,
        });
        Self(hosts.chain(addresses).map(|set| (set.name.clone(), set)).collect())
    }

    /// The sets that the phrases name, each once, in their order.
    pub fn among<'s>(&self, phrases: impl IntoIterator<Item = &'s String>) -> Vec<&NamedSet> {
        let mut found: Vec<&NamedSet> = Vec::new();
        for set in phrases.into_iter().flat_map(|phrase| self.in_phrase(phrase)) {
            if !found.iter().any(|known| known.name == set.name) {
                found.push(set);
            }
        }
        found
    }

    fn in_phrase<'p>(&self, phrase: &'p str) -> impl Iterator<Item = &NamedSet> + use<'_, 'p> {
        words_of(phrase).filter_map(|(word, behind)| {
            let before = behind.starts_with(BEFORE).then(|| format!("{word}{BEFORE}"));
            let set = self.0.get(before.as_deref().unwrap_or(word))?;
            // An address that is beside its name is told already.
            let is_told = match set.entries.as_slice() {
                [one] => behind.strip_prefix(" (").is_some_and(|rest| rest.starts_with(&format!("{one})"))),
                _ => false,
            };
            (!is_told).then_some(set)
        })
    }
}

/// The words of a phrase of [`SetWords`], each with what is after it.
fn words_of(phrase: &str) -> impl Iterator<Item = (&str, &str)> {
    let words = phrase.split([' ', ',', '(', ')']).scan(0, |at, word| {
        let end = *at + word.len();
        *at = end + 1;
        Some((word, phrase.get(end..).unwrap_or_default()))
    });
    words.filter(|(word, _)| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{NamedSet, NamedSets};

    fn sets(names: &[&str]) -> NamedSets {
        let set = |name: &&str| {
            let entries = vec!["10.0.0.4".to_owned()];
            ((*name).to_owned(), NamedSet { name: (*name).to_owned(), entries, addresses: Some(1) })
        };
        NamedSets(names.iter().map(set).collect())
    }

    #[test]
    fn a_name_is_a_whole_word_of_a_phrase() {
        let sets = sets(&["nodes", "pods", "nodes (before)"]);
        let named =
            |phrase: &str| sets.among([&phrase.to_owned()]).into_iter().map(|set| set.name.clone()).collect::<Vec<_>>();
        for phrase in ["nodes", "nodes except 10.0.0.9", "10.0.0.4 in nodes", "any except (nodes, nodes)"] {
            assert_eq!(named(phrase), ["nodes"], "{phrase}");
        }
        assert_eq!(named("any except (pods, nodes)"), ["pods", "nodes"]);
        assert_eq!(named("nodes (before)"), ["nodes (before)"]);
        for phrase in ["weu-nodes", "nodes2", "aks::nodes", "nodes (10.0.0.4)", ""] {
            assert_eq!(named(phrase), Vec::<String>::new(), "{phrase}");
        }
    }
}
