//! Which of the host patterns of a policy match a name.

use std::collections::HashMap;

use crate::net::{HostName, HostPattern};

/// Host patterns, to be looked up by name: as much work as the name is long, however many there are.
#[derive(Clone, Default, Debug)]
pub(super) struct Hosts {
    exact: HashMap<HostName, u32>,
    /// The ends of names, with the dot where a label ends there.
    ends: HashMap<String, u32>,
    /// The sets of patterns that some name matches.
    sets: HashMap<Vec<u32>, u32>,
}

impl Hosts {
    /// Adds a pattern.
    pub(super) fn add(&mut self, pattern: &HostPattern) {
        let next = u32::try_from(self.exact.len() + self.ends.len()).unwrap_or(u32::MAX);
        match pattern {
            // Every name matches it.
            HostPattern::Any => {}
            HostPattern::Exact(name) => drop(self.exact.entry(name.clone()).or_insert(next)),
            HostPattern::Below(parent) => drop(self.ends.entry(format!(".{parent}")).or_insert(next)),
            HostPattern::Ending(end) => drop(self.ends.entry(end.to_string()).or_insert(next)),
        }
    }

    /// The number of the set of patterns that match a name.
    pub(super) fn set_of(&mut self, name: &HostName) -> u32 {
        let text = name.as_str();
        let ends = (0..text.len()).filter_map(|at| self.ends.get(text.get(at..)?));
        // Nothing but a part of the name comes before an end that begins with a dot.
        let matched: Vec<u32> = self.exact.get(name).into_iter().chain(ends).copied().collect();
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        *self.sets.entry(matched).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_share_a_set_where_they_match_the_same_patterns() {
        let mut hosts = Hosts::default();
        let patterns = ["a.com", "*.b.com", "*b.com", "*"];
        patterns.iter().filter_map(|text| text.parse().ok()).for_each(|pattern| hosts.add(&pattern));
        let mut set = |name: &str| name.parse().map(|name| hosts.set_of(&name)).ok();
        assert_eq!(set("x.org"), set("y.net"));
        assert_eq!(set("x.b.com"), set("y.z.b.com"));
        assert_ne!(set("b.com"), set("x.b.com"));
        assert_eq!(set("b.com"), set("evilb.com"));
        assert_ne!(set("a.com"), set("x.org"));
    }
}
