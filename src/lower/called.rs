//! Names of the rules of a collection: the author's label, or one that is made up and then kept.
//!
//! A name is made from the content of its rule, never from its place. The lock remembers, for each name that was made
//! up, the marks of the rules it was given to; a rule that has one of them gets the same name again, whatever was
//! added, renamed or removed around it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::source::Fingerprint;

use super::lock::MadeUp;
use super::names::NameTable;

/// How many names that share a mark are examined; more equal rules than this are not distinguished.
const ALIKE: usize = 64;

/// The generated name of a rule of the source without a label, and the marks by which a later run recognises it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CalledNames {
    /// The name made from its content.
    name: String,
    /// One of its content, and one of its notation.
    marks: [Fingerprint; 2],
}

impl CalledNames {
    /// A rule with the content-based name `name` and the text `written`. `sort` separates kinds that may share a name.
    pub(super) fn new(name: String, written: &str, sort: &str) -> Self {
        let marks = [&name, written].map(|text| Fingerprint::of(&format!("{sort}\n{text}")));
        Self { name, marks }
    }
}

/// A name request for a rule of a collection.
pub(super) struct NameRequest {
    wants: Wants,
    /// What distinguishes its name from an equal one.
    content: String,
}

enum Wants {
    /// The author's label.
    Label(String),
    /// One of these names, the first where no other is known.
    OneOf(Vec<String>, BTreeSet<Fingerprint>),
}

impl NameRequest {
    /// For the author's label.
    pub(super) fn label(label: &str, content: String) -> Self {
        Self { wants: Wants::Label(label.to_owned()), content }
    }

    /// For a name made from a label.
    pub(super) fn like_label(name: String, content: String) -> Self {
        let marks = BTreeSet::from([Fingerprint::of(&name)]);
        Self { wants: Wants::OneOf(vec![name], marks), content }
    }

    /// For a name that is made up, of a rule that is made of one or several of the source.
    pub(super) fn made_up(called: &[CalledNames], content: String) -> Self {
        let names = called.iter().map(|called| called.name.clone()).collect();
        let marks = called.iter().flat_map(|called| called.marks).collect();
        Self { wants: Wants::OneOf(names, marks), content }
    }

    /// The label, where it requests one.
    pub(super) fn as_label(&self) -> Option<&str> {
        match &self.wants {
            Wants::Label(label) => Some(label),
            Wants::OneOf(..) => None,
        }
    }
}

/// The names of the rules of a collection.
#[derive(Default)]
pub(super) struct GivenNames {
    /// The name of each.
    pub(super) names: Vec<String>,
    /// The generated names.
    pub(super) made_up: MadeUp,
    /// Labels that are the name of another rule already: the place of the label's rule, and that of the other.
    pub(super) clashes: Vec<(usize, usize)>,
}

/// Gives each rule its name: those that were given before, the labels, and the others in order.
pub(super) fn give(asking: &[NameRequest], known: &MadeUp) -> GivenNames {
    let labels = || asking.iter().enumerate().filter_map(|(place, asks)| Some((place, asks.as_label()?)));
    let mut names = NameTable::reserving(labels().map(|(_, label)| label));
    let reserved: HashMap<String, usize> = labels().map(|(place, label)| (label.to_ascii_lowercase(), place)).collect();
    let mut given = GivenNames::default();
    let mut kept: HashMap<usize, String> = HashMap::new();
    for (place, name) in kept_names(asking, known) {
        match reserved.get(&name.to_ascii_lowercase()) {
            Some(&label) => given.clashes.push((label, place)),
            None => drop(kept.insert(place, names.take(name, ""))),
        }
    }
    for (place, asks) in asking.iter().enumerate() {
        let name = match (&asks.wants, kept.remove(&place)) {
            (Wants::Label(label), _) => names.take_label(label, &asks.content),
            (Wants::OneOf(..), Some(name)) => name,
            (Wants::OneOf(wanted, _), None) => names.take(wanted.first().map_or("rule", String::as_str), &asks.content),
        };
        if let Wants::OneOf(_, marks) = &asks.wants {
            given.made_up.entry(name.clone()).or_default().extend(marks);
        }
        given.names.push(name);
    }
    given
}

/// The rules that were given a name before, each with it: the one that shares the most marks with those of the name.
fn kept_names<'k>(asking: &[NameRequest], known: &'k MadeUp) -> Vec<(usize, &'k str)> {
    let mut same: HashMap<&BTreeSet<Fingerprint>, Vec<&'k str>> = HashMap::new();
    let mut like: HashMap<Fingerprint, Vec<&'k str>> = HashMap::new();
    for (name, marks) in known.iter().rev() {
        same.entry(marks).or_default().push(name);
        for &mark in marks {
            like.entry(mark).or_default().push(name);
        }
    }
    let mut claims: Vec<(Reverse<usize>, usize, &'k str)> = Vec::new();
    for (place, asks) in asking.iter().enumerate() {
        let Wants::OneOf(wanted, marks) = &asks.wants else { continue };
        // Equal rules get a name each.
        if let Some(name) = same.get_mut(marks).and_then(Vec::pop) {
            claims.push((Reverse(usize::MAX), place, name));
            continue;
        }
        let mut shared: BTreeMap<&'k str, usize> = BTreeMap::new();
        let marked = marks.iter().filter_map(|mark| like.get(mark)).flat_map(|names| names.iter().rev().take(ALIKE));
        let by_name = wanted.iter().filter_map(|name| known.get_key_value(name)).map(|(name, _)| name.as_str());
        marked.copied().chain(by_name).for_each(|name| *shared.entry(name).or_default() += 1);
        claims.extend(shared.into_iter().map(|(name, count)| (Reverse(count), place, name)));
    }
    claims.sort_unstable();
    let (mut placed, mut taken) = (BTreeSet::new(), BTreeSet::new());
    let mut is_first = |place: usize, name: &'k str| {
        let free = !placed.contains(&place) && !taken.contains(name);
        free && placed.insert(place) && taken.insert(name)
    };
    claims.retain(|&(_, place, name)| is_first(place, name));
    claims.into_iter().map(|(_, place, name)| (place, name)).collect()
}
