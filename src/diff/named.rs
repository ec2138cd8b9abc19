//! The sets that words name, and what they hold.

use crate::diag::grouped;

use super::words::{BEFORE, Words, size};

/// A set of the author that words name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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
        let counted = |count: u64, one: &str, several: &str| {
            format!("{} {}", grouped(count), if count == 1 { one } else { several })
        };
        match self.addresses {
            Some(addresses) => counted(addresses, "address", "addresses"),
            None => counted(self.entries.len() as u64, "host name", "host names"),
        }
    }
}

impl Words {
    /// The sets of the author that `said` names, each once; `internet` and `private` are words of the language.
    pub fn named_in<'s>(&self, said: impl IntoIterator<Item = &'s String> + Clone) -> Vec<NamedSet> {
        let names = |name: &str| said.clone().into_iter().any(|word| is_named(word, name));
        let addresses = self.addresses.iter().filter(|(name, _)| !matches!(name.as_str(), "internet" | "private"));
        let addresses = addresses.filter(|(name, _)| names(name)).map(|(name, set)| NamedSet {
            name: name.clone(),
            entries: set.spans().map(|span| span.to_string()).collect(),
            addresses: Some(size(set)),
        });
        let hosts = self.hosts.iter().filter(|(name, _)| names(name)).map(|(name, set)| NamedSet {
            name: name.clone(),
            entries: set.iter().map(ToString::to_string).collect(),
            addresses: None,
        });
        // An address that stands beside its name is told already.
        let is_told =
            |set: &NamedSet| matches!(set.entries.as_slice(), [one] if names(&format!("{} ({one})", set.name)));
        addresses.chain(hosts).filter(|set| !is_told(set)).collect()
    }
}

/// Whether a phrase of [`Words`] has the name in it.
fn is_named(phrase: &str, name: &str) -> bool {
    let is_edge = |c: Option<char>| c.is_none_or(|c| matches!(c, ' ' | ',' | '(' | ')'));
    phrase.match_indices(name).any(|(at, _)| {
        let (before, behind) =
            (phrase.get(..at).unwrap_or_default(), phrase.get(at + name.len()..).unwrap_or_default());
        is_edge(before.chars().next_back()) && is_edge(behind.chars().next()) && !behind.starts_with(BEFORE)
    })
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn a_name_is_a_whole_word_of_a_phrase() {
        for phrase in ["nodes", "nodes except 10.0.0.4", "any except (nodes, pods)", "10.0.0.4 in nodes"] {
            assert!(is_named(phrase, "nodes"), "{phrase}");
        }
        for phrase in ["nodes (before)", "weu-nodes", "nodes2", "aks::nodes", ""] {
            assert!(!is_named(phrase, "nodes"), "{phrase}");
        }
        assert!(is_named("nodes (before)", "nodes (before)"));
    }
}
