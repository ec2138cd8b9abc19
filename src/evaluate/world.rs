//! Facts about a flow that only Azure knows, and the worlds they make.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::first::ReadFirst;
use super::order::OrderLine;
use crate::net::{HostName, same_word};

/// A name in Azure's spelling, which compares without regard to case.
#[derive(Clone, Debug)]
pub struct HostSpelling(String);

impl HostSpelling {
    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }

    /// Whether the name is `whole` or a dotted part of it, as `Storage.WestEurope` is of `Storage`.
    fn is_part_of(&self, whole: &Self) -> bool {
        let mut rest = self.folded();
        whole.folded().all(|byte| rest.next() == Some(byte)) && matches!(rest.next(), None | Some(b'.'))
    }
}

impl From<&str> for HostSpelling {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl PartialEq for HostSpelling {
    fn eq(&self, other: &Self) -> bool {
        same_word(&self.0, &other.0)
    }
}

impl Eq for HostSpelling {}

impl PartialOrd for HostSpelling {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for HostSpelling {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl Hash for HostSpelling {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| byte.hash(state));
    }
}

impl fmt::Display for HostSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of addresses that only Azure knows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outside {
    /// A service tag.
    ServiceTag(HostSpelling),
    /// An IP group that the model does not hold.
    IpGroup(HostSpelling),
    /// Pods of a cluster, by what selects them.
    Pods(HostSpelling),
    /// The addresses of a host name in a network rule.
    Dns(HostName),
}

impl Outside {
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ServiceTag(part), Self::ServiceTag(whole)) => part.is_part_of(whole),
            (Self::ServiceTag(_) | Self::IpGroup(_) | Self::Dns(_) | Self::Pods(_), _) => self == other,
        }
    }
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServiceTag(tag) => write!(f, "tag({tag})"),
            Self::IpGroup(group) => write!(f, "ip-group({group})"),
            Self::Pods(selected) => write!(f, "pods({selected})"),
            Self::Dns(name) => write!(f, "dns({name})"),
        }
    }
}

/// The place of a rule, as log lines name it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RulePath {
    policy: String,
    group: String,
    collection: String,
    rule: String,
}

impl From<&OrderLine<'_>> for RulePath {
    fn from(line: &OrderLine<'_>) -> Self {
        Self {
            policy: line.policy.name.to_string(),
            group: line.group.name.to_string(),
            collection: line.collection.name.clone(),
            rule: line.rule.name().to_owned(),
        }
    }
}

impl fmt::Display for RulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}/{}/{}", self.group, self.collection, self.rule)
    }
}

/// A fact about a flow that the flow does not state.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Atom {
    /// The source address is in a set that only Azure knows.
    Source(Outside),
    /// The destination address is in a set that only Azure knows.
    Destination(Outside),
    /// The name is in an FQDN tag.
    FqdnTag(HostSpelling),
    /// The name or URL is in a web category.
    WebCategory(HostSpelling),
    /// The URL fits, whose path the flow does not state.
    Url(String),
    /// A rule matches of which Azure does not document what it means.
    Rule(RulePath),
    /// Of several of one priority, this one is read first.
    ReadFirst(ReadFirst),
    /// A condition holds that only a deployment knows.
    Condition(Arc<str>),
}

impl Atom {
    /// Whether `other` is true wherever this one is.
    pub fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Source(part), Self::Source(whole)) => part.implies(whole),
            (Self::Destination(part), Self::Destination(whole)) => part.implies(whole),
            (Self::Source(_) | Self::Destination(_) | Self::FqdnTag(_), _)
            | (Self::WebCategory(_) | Self::Url(_) | Self::Rule(_), _)
            | (Self::ReadFirst(_) | Self::Condition(_), _) => self == other,
        }
    }

    /// Whether `other` is false wherever this one is true.
    pub fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ReadFirst(one), Self::ReadFirst(other)) => one.excludes(other),
            (Self::Source(_) | Self::Destination(_) | Self::FqdnTag(_) | Self::WebCategory(_), _)
            | (Self::Url(_) | Self::Rule(_) | Self::ReadFirst(_) | Self::Condition(_), _) => false,
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(set) => write!(f, "the source in {set}"),
            Self::Destination(set) => set.fmt(f),
            Self::FqdnTag(tag) => write!(f, "fqdn-tag({tag})"),
            Self::WebCategory(category) => write!(f, "category({category})"),
            Self::Url(url) => write!(f, "url({url})"),
            Self::Rule(path) => path.fmt(f),
            Self::ReadFirst(first) => first.fmt(f),
            Self::Condition(text) => f.write_str(text),
        }
    }
}

/// Which facts are true: those listed and those that they imply. No others.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct World {
    facts: BTreeSet<Atom>,
    /// Conditions that are stated not to hold. The others that are not among the facts do not hold either, but no
    /// result depends on it.
    denied: BTreeSet<Atom>,
}

impl World {
    /// Whether `atom` is true.
    pub fn holds(&self, atom: &Atom) -> bool {
        self.facts.iter().any(|fact| fact.implies(atom))
    }

    /// Whether every statement of `other` is true in this world.
    pub fn implies(&self, other: &Self) -> bool {
        other.facts.iter().all(|atom| self.holds(atom)) && other.denied.is_subset(&self.denied)
    }

    /// Whether it states nothing.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.denied.is_empty()
    }

    /// Whether the two do not contradict one another.
    pub fn agrees(&self, other: &Self) -> bool {
        let excluded = |atom: &Atom| other.facts.iter().any(|fact| fact.excludes(atom)) || other.denied.contains(atom);
        !self.facts.iter().any(excluded) && !self.denied.iter().any(|atom| other.holds(atom))
    }

    /// The statements of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let facts = self.facts.union(&other.facts).cloned().collect();
        Self { facts, denied: self.denied.union(&other.denied).cloned().collect() }
    }

    /// The facts of this world that `known` does not hold.
    #[must_use]
    pub fn beyond(&self, known: &Self) -> Self {
        let facts = self.facts.iter().filter(|atom| !known.holds(atom)).cloned().collect();
        Self { facts, denied: self.denied.difference(&known.denied).cloned().collect() }
    }

    /// Whether a condition is stated not to hold.
    pub fn denies(&self, atom: &Atom) -> bool {
        self.denied.contains(atom)
    }

    /// The facts that make the world.
    pub fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.facts.iter()
    }

    /// The world with one more fact.
    #[must_use]
    pub fn with(&self, atom: &Atom) -> Self {
        let mut world = self.clone();
        world.facts.insert(atom.clone());
        world
    }

    /// This world, with a condition stated not to hold.
    #[must_use]
    pub fn without(&self, atom: &Atom) -> Self {
        let mut world = self.clone();
        world.denied.insert(atom.clone());
        world
    }
}

impl Atom {
    /// The words for where it is false.
    fn denial(&self) -> String {
        match self {
            Self::Source(set) => format!("the source not in {set}"),
            Self::ReadFirst(first) => format!("not ({first})"),
            Self::Condition(text) => format!("not({text})"),
            Self::Destination(_) | Self::FqdnTag(_) | Self::WebCategory(_) | Self::Url(_) | Self::Rule(_) => {
                format!("not {self}")
            }
        }
    }
}

impl World {
    /// The words for any other world than this one and those that imply it.
    pub(super) fn denial(&self) -> String {
        let facts: Vec<&Atom> = self.facts.iter().collect();
        let denied: Vec<&Atom> = self.denied.iter().collect();
        match (facts.as_slice(), denied.as_slice()) {
            ([fact], []) => fact.denial(),
            ([], [denied]) => denied.to_string(),
            (_, _) => format!("not ({self})"),
        }
    }
}

/// The statements, joined by `and`.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = self.facts.iter().map(ToString::to_string);
        let said: Vec<String> = facts.chain(self.denied.iter().map(Atom::denial)).collect();
        f.write_str(&said.join(" and "))
    }
}

impl FromIterator<Atom> for World {
    fn from_iter<I: IntoIterator<Item = Atom>>(atoms: I) -> Self {
        Self { facts: atoms.into_iter().collect(), denied: BTreeSet::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Atom {
        Atom::Destination(Outside::ServiceTag(text.into()))
    }

    #[test]
    fn a_region_lies_in_its_tag_in_any_case() {
        let world = World::from_iter([tag("storage.westeurope")]);
        assert!(world.holds(&tag("Storage")));
        assert!(world.holds(&tag("Storage.WestEurope")));
        assert!(!world.holds(&tag("Stor")));
        assert!(!World::from_iter([tag("Storage")]).holds(&tag("Storage.WestEurope")));
    }

    #[test]
    fn source_and_destination_are_facts_apart() {
        let group = || Outside::IpGroup("g".into());
        assert!(!World::from_iter([Atom::Source(group())]).holds(&Atom::Destination(group())));
    }
}
