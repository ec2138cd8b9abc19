//! What a reader assumes, leaves out or cannot know. Every command reports it, and every answer that depends on it.

use std::collections::HashSet;
use std::fmt;

use indexmap::{IndexMap, IndexSet};

use crate::source::{Files, Place, Position, is_unseen};

/// Something that an artefact does not settle, and what is done about it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Assumption {
    /// What is done about it.
    pub kind: AssumptionKind,
    /// What it is about: the names of the policy, the group, the collection and the rule, as far as they go.
    pub of: Vec<String>,
    /// What is supposed, left out or unknown, as a sentence.
    pub message: String,
    /// Where.
    pub at: DocumentPlace,
    /// Which answers about flows may rest on it.
    pub bears: Bearing,
}

/// A value of a document, by name rather than by [`FileId`](crate::source::FileId), so that it means the same beside the
/// files of any other input.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DocumentPlace {
    /// The name of the file, as messages show it.
    pub file: String,
    /// The JSON path, such as `$.resources[0]`, the address of a Terraform resource, or `LINE:COLUMN` of a source.
    pub path: String,
    /// Where a text states the value, for a document that was made from one.
    pub stated: Option<StatedAt>,
}

/// A place in a text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StatedAt {
    /// The name of the file, as messages show it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in Unicode scalars.
    pub column: usize,
}

/// What is done about something that an artefact does not settle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AssumptionKind {
    /// Its most probable meaning is assumed.
    Assumed,
    /// It is not read, and does not take part in any answer.
    Omitted,
    /// It stays unknown, and answers depend on it.
    Unknown,
}

impl AssumptionKind {
    /// The word in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Assumed => "assumed",
            Self::Omitted => "omitted",
            Self::Unknown => "unknown",
        }
    }
}

/// Which answers about flows may rest on an assumption.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bearing {
    /// None: a name, a region, something that nothing uses.
    NoFlow,
    /// Flows that a rule at the place, in it or around it decides, or may decide.
    Rules,
    /// Flows that a rule with an IP group decides, or may decide.
    IpGroups,
    /// Flows that no rule before the place decides.
    FromHere,
    /// All: rules may be missing that come before every other.
    EveryFlow,
    /// Answers about the way that the network gives a flow, none about what the rules decide.
    Routes,
}

impl Assumption {
    /// What is assumed, with the names of what it is about.
    pub fn what(&self) -> String {
        match self.of.as_slice() {
            [] => self.message.clone(),
            of => {
                // Names come from the artefact; what would steer a terminal, or is not seen, is spelled out.
                let name = |name: &String| name.chars().flat_map(spelled).collect::<String>();
                format!("{}: {}", of.iter().map(name).collect::<Vec<_>>().join("/"), self.message)
            }
        }
    }
}

fn spelled(c: char) -> Vec<char> {
    if is_unseen(c) { c.escape_default().collect() } else { vec![c] }
}

/// The assumptions, each once: what is stated once is read once for each case of the conditions around it.
pub fn distinct<'a>(assumptions: impl IntoIterator<Item = &'a Assumption>) -> impl Iterator<Item = &'a Assumption> {
    let mut seen = HashSet::new();
    assumptions.into_iter().filter(move |assumption| seen.insert((assumption.kind, assumption.what(), &assumption.at)))
}

/// The assumptions as sentences, each once: an assumption that is made at several places is listed at the first of
/// them.
pub fn told_once<'a>(assumptions: impl IntoIterator<Item = &'a Assumption>) -> Vec<String> {
    let mut places: IndexMap<(AssumptionKind, String), IndexSet<&DocumentPlace>> = IndexMap::new();
    for assumption in assumptions {
        places.entry((assumption.kind, assumption.what())).or_default().insert(&assumption.at);
    }
    let sentence = |((kind, what), places): ((AssumptionKind, String), IndexSet<&DocumentPlace>)| {
        let first = places.first().map(|place| format!("{place}: ")).unwrap_or_default();
        let more = match places.len() {
            0 | 1 => String::new(),
            2 => ", here and at 1 other place".to_owned(),
            count => format!(", here and at {} other places", count - 1),
        };
        format!("{}: {first}{what}{more}", kind.word())
    };
    places.into_iter().map(sentence).collect()
}

impl fmt::Display for Assumption {
    /// Prints kind, place and sentence on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.kind.word(), self.at, self.what())
    }
}

impl fmt::Display for DocumentPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stated {
            Some(StatedAt { file, line, column }) => write!(f, "{file}:{line}:{column}"),
            None => write!(f, "{}: {}", self.file, self.path),
        }
    }
}

impl DocumentPlace {
    /// The value at `path` of the document `file`.
    pub fn new(file: impl Into<String>, path: impl Into<String>) -> Self {
        Self { file: file.into(), path: path.into(), stated: None }
    }

    /// A place of `files`; of a source it is `LINE:COLUMN`.
    pub fn of(files: &Files, place: Place) -> Option<Self> {
        let document = files.get(place.file())?;
        let (name, path) = match place {
            Place::Text(span) => (document.name(), document.position(span.start).to_string()),
            Place::Value(_, path) => (document.name(), document.path(path)),
        };
        Some(Self { stated: Self::stated(files, place), ..Self::new(name, path) })
    }

    /// Where a text states the value of a document that was made from it.
    fn stated(files: &Files, place: Place) -> Option<StatedAt> {
        let span = files.stated(place).span().filter(|_| place.span().is_none())?;
        let file = files.get(span.file)?;
        let Position { line, column } = file.position(span.start);
        Some(StatedAt { file: file.name().to_owned(), line, column })
    }

    /// Whether one of the places is in the other, or both are the same.
    pub fn meets(&self, other: &Self) -> bool {
        let is_within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '#']))
        };
        self.file == other.file && (is_within(&self.path, &other.path) || is_within(&other.path, &self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> DocumentPlace {
        DocumentPlace::new("a.json", path)
    }

    #[test]
    fn places_meet_where_one_is_in_the_other() {
        let rule = place("$.resources[1].properties.rules[0]");
        assert!(place("$.resources[1]").meets(&rule));
        assert!(rule.meets(&place("$.resources[1]")));
        assert!(!place("$.resources[10]").meets(&rule));
        assert!(!place("$.resources[1].properties.rules[0]x").meets(&rule));
        assert!(!DocumentPlace { file: "b.json".to_owned(), ..rule.clone() }.meets(&rule));
    }
}
