//! Names of rules and collections: the author's label, or one made from the content of the rule, never from its place.

use std::collections::{HashMap, HashSet};

use crate::limits::NAMES;
use crate::source::Fingerprint;

/// The longest name that every resource takes (Azure resource name rules).
pub(super) const MAX_NAME: usize = NAMES.max as usize;

/// Gives out names that are unique, without regard to case.
#[derive(Default)]
pub(super) struct NameTable {
    taken: HashSet<String>,
    /// How many names were made from a content so far.
    rounds: HashMap<String, u32>,
    /// Labels of the author's, which no name that is made up takes.
    labels: HashSet<String>,
}

impl NameTable {
    /// Keeps `labels` for those whose they are.
    pub(super) fn reserving<'l>(labels: impl Iterator<Item = &'l str>) -> Self {
        Self { labels: labels.map(str::to_ascii_lowercase).collect(), ..Self::default() }
    }

    /// The author's label, or one made from it where another has the same.
    pub(super) fn take_label(&mut self, label: &str, content: &str) -> String {
        self.labels.remove(&label.to_ascii_lowercase());
        self.take(label, content)
    }

    /// `wanted`, or `wanted` with a suffix made from `content` where it is taken or too long.
    pub(super) fn take(&mut self, wanted: &str, content: &str) -> String {
        let mut name = fit(wanted, content);
        if self.is_new(&name) {
            return name;
        }
        let mut round = self.rounds.get(content).copied().unwrap_or(0);
        loop {
            round += 1;
            name = with_suffix(wanted, &hash(&format!("{content}#{round}")));
            if self.is_new(&name) {
                self.rounds.insert(content.to_owned(), round);
                return name;
            }
        }
    }

    /// Reserves `name` if it is free.
    fn is_new(&mut self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        !self.labels.contains(&name) && self.taken.insert(name)
    }
}

/// `wanted`, cut to length with a suffix made from `content` where it is too long.
pub(super) fn fit(wanted: &str, content: &str) -> String {
    if wanted.chars().count() <= MAX_NAME {
        return wanted.to_owned();
    }
    with_suffix(wanted, &hash(&format!("{wanted}\n{content}")))
}

/// A name made of words that describe the rule, and a hash of its content.
pub(super) fn from_content(words: &[String], content: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    let mut text: String = words.join("-").chars().map(plain).collect();
    while text.contains("--") {
        text = text.replace("--", "-");
    }
    let text = text.trim_matches(['-', '.', '_']);
    with_suffix(if text.is_empty() { "rule" } else { text }, &hash(content))
}

fn with_suffix(wanted: &str, hash: &str) -> String {
    let room = MAX_NAME - hash.len() - 1;
    let kept: String = wanted.chars().take(room).collect();
    format!("{}-{hash}", kept.trim_end_matches(['-', '.']))
}

/// Eight hexadecimal digits that depend on nothing but `content`.
fn hash(content: &str) -> String {
    Fingerprint::of(content).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_suffix_from_its_content() {
        let mut names = NameTable::default();
        assert_eq!(names.take("web", "a"), "web");
        let second = names.take("WEB", "b");
        assert!(second.starts_with("WEB-") && second.len() == 12, "{second}");
        assert_eq!(names.take(&"x".repeat(100), "c").len(), MAX_NAME);
    }

    #[test]
    fn a_label_goes_before_a_name_that_is_made_up() {
        let mut names = NameTable::reserving(["web-tcp"].into_iter());
        assert!(names.take("web-tcp", "a").starts_with("web-tcp-"));
        assert_eq!(names.take_label("web-tcp", "b"), "web-tcp");
    }
}
