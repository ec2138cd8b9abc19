//! Which stretch of a text states each value of a document that was made from the text.

use std::collections::HashMap;
use std::sync::Arc;

/// How many definitions one value may be followed through, so that a circle ends.
const FURTHEST: usize = 64;

/// A value of a [`SourceLayout`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LayoutId(u32);

/// A stretch of one of the texts, in bytes, the end not inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LayoutStretch {
    /// Which text.
    pub text: usize,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// What a value holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Inside {
    /// Nothing whose place is known.
    Nothing,
    /// Properties, by name.
    Fields(Vec<(String, LayoutId)>),
    /// The elements of a list.
    Items(Vec<LayoutId>),
    /// Each element of a list, or each round of a loop.
    Each(LayoutId),
    /// The elements of these lists, one list after the other.
    Lists(Vec<LayoutId>),
    /// What another value holds, which defines this one.
    Defined(LayoutId),
    /// The property `1` of the value `0`.
    Field(LayoutId, String),
    /// The element `1` of the value `0`.
    Item(LayoutId, usize),
}

/// The places of the values of a document in the texts that it was made from.
#[derive(Clone, Default, Debug)]
pub struct SourceLayout {
    texts: Vec<(String, Arc<str>)>,
    values: Vec<(LayoutStretch, Inside)>,
    root: Option<LayoutId>,
    /// The values that paths may begin at beside the root, by how these begin.
    starts: HashMap<String, LayoutId>,
}

impl SourceLayout {
    /// Adds a text under the name that messages shall show, and gives its number.
    pub fn add_text(&mut self, name: &str, text: &str) -> usize {
        self.texts.push((name.to_owned(), text.into()));
        self.texts.len() - 1
    }

    /// The names and the texts, by their numbers.
    pub fn texts(&self) -> &[(String, Arc<str>)] {
        &self.texts
    }

    /// Adds a value.
    pub fn add(&mut self, at: LayoutStretch, inside: Inside) -> LayoutId {
        let id = LayoutId(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
        self.values.push((at, sorted(inside)));
        id
    }

    /// Gives a value what it holds.
    pub fn set(&mut self, id: LayoutId, inside: Inside) {
        if let Some((_, own)) = self.values.get_mut(id.0 as usize) {
            *own = sorted(inside);
        }
    }

    /// Makes a value the whole document.
    pub fn set_root(&mut self, id: LayoutId) {
        self.root = Some(id);
    }

    /// Makes a value what paths begin at that begin with `start`, as `azurerm_ip_group.spokes["a"]`.
    pub fn add_start(&mut self, start: &str, id: LayoutId) {
        self.starts.insert(start.to_owned(), id);
    }

    /// The properties of a value, where it holds any.
    pub fn fields(&self, of: LayoutId) -> &[(String, LayoutId)] {
        match self.inside(of) {
            Inside::Fields(fields) => fields,
            Inside::Nothing
            | Inside::Items(_)
            | Inside::Each(_)
            | Inside::Lists(_)
            | Inside::Defined(_)
            | Inside::Field(..)
            | Inside::Item(..) => &[],
        }
    }

    /// The elements of a value, where it is a list of which each is known.
    pub fn items(&self, of: LayoutId) -> &[LayoutId] {
        match self.inside(of) {
            Inside::Items(items) => items,
            Inside::Nothing
            | Inside::Fields(_)
            | Inside::Each(_)
            | Inside::Lists(_)
            | Inside::Defined(_)
            | Inside::Field(..)
            | Inside::Item(..) => &[],
        }
    }

    /// Where a value is stated.
    pub fn stretch(&self, of: LayoutId) -> Option<LayoutStretch> {
        self.values.get(of.0 as usize).map(|(stretch, _)| *stretch)
    }

    /// The value that a path begins at, and the rest of the path.
    fn start<'p>(&self, path: &'p str) -> Option<(LayoutId, &'p str)> {
        let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
        let mut ends: Vec<usize> = if self.starts.is_empty() { Vec::new() } else { ends.chain([path.len()]).collect() };
        while let Some(end) = ends.pop() {
            let (start, rest) = path.split_at_checked(end)?;
            if let Some(id) = self.starts.get(start) {
                return Some((*id, rest));
            }
        }
        Some((self.root?, path.strip_prefix('$').unwrap_or(path)))
    }

    /// The stretch that states the value at `path`, such as `$.resources.policy.properties`, or the nearest around it.
    pub fn find(&self, path: &str) -> Option<LayoutStretch> {
        let (mut at, rest) = self.start(path)?;
        for step in steps(rest) {
            match self.below(at, &step, FURTHEST) {
                Some(next) => at = next,
                None => break,
            }
        }
        self.values.get(at.0 as usize).map(|(stretch, _)| *stretch)
    }

    fn inside(&self, of: LayoutId) -> &Inside {
        self.values.get(of.0 as usize).map_or(&Inside::Nothing, |(_, inside)| inside)
    }

    fn below(&self, of: LayoutId, step: &LayoutStep<'_>, left: usize) -> Option<LayoutId> {
        let left = left.checked_sub(1)?;
        match (self.inside(of), step) {
            (Inside::Fields(fields), LayoutStep::Key(key)) => {
                let key = key.to_ascii_lowercase();
                let at = fields.binary_search_by(|(own, _)| own.as_str().cmp(&key)).ok()?;
                fields.get(at).map(|(_, id)| *id)
            }
            (Inside::Items(items), LayoutStep::Index(index)) => items.get(*index).copied(),
            (Inside::Each(each), LayoutStep::Index(_) | LayoutStep::Round) => Some(*each),
            (Inside::Lists(lists), LayoutStep::Index(index)) => self.of_lists(lists, *index, left),
            // A round of a loop, where nothing tells one from another.
            (_, LayoutStep::Round) => Some(of),
            (Inside::Defined(other), _) => self.below(*other, step, left),
            (Inside::Field(other, key), _) => self.below(self.below(*other, &LayoutStep::Key(key), left)?, step, left),
            (Inside::Item(other, index), _) => {
                self.below(self.below(*other, &LayoutStep::Index(*index), left)?, step, left)
            }
            // The resource of a loop without a round.
            (Inside::Each(each), LayoutStep::Key(_)) => self.below(*each, step, left),
            (Inside::Nothing | Inside::Fields(_) | Inside::Items(_) | Inside::Lists(_), _) => None,
        }
    }

    /// The element of several lists, as far as the lengths of those before it are known.
    fn of_lists(&self, lists: &[LayoutId], mut index: usize, left: usize) -> Option<LayoutId> {
        for list in lists {
            match self.length(*list, left) {
                Some(length) if index >= length => index -= length,
                Some(_) => return self.below(*list, &LayoutStep::Index(index), left),
                None if lists.len() == 1 => return self.below(*list, &LayoutStep::Index(index), left),
                None => return None,
            }
        }
        None
    }

    fn length(&self, of: LayoutId, left: usize) -> Option<usize> {
        let left = left.checked_sub(1)?;
        match self.inside(of) {
            Inside::Items(items) => Some(items.len()),
            Inside::Lists(lists) => lists.iter().map(|list| self.length(*list, left)).sum(),
            Inside::Defined(other) => self.length(*other, left),
            Inside::Field(other, key) => self.length(self.below(*other, &LayoutStep::Key(key), left)?, left),
            Inside::Item(other, index) => self.length(self.below(*other, &LayoutStep::Index(*index), left)?, left),
            Inside::Nothing | Inside::Fields(_) | Inside::Each(_) => None,
        }
    }
}

/// The properties by their names in lower case, in order, so that one is found soon.
fn sorted(inside: Inside) -> Inside {
    let Inside::Fields(mut fields) = inside else { return inside };
    fields.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    Inside::Fields(fields)
}

enum LayoutStep<'p> {
    Key(&'p str),
    Index(usize),
    /// `#2`, a round of a loop of resources.
    Round,
}

/// The steps of a path as [`PlacePaths`](super::PlacePaths) and readers write it.
fn steps(path: &str) -> impl Iterator<Item = LayoutStep<'_>> {
    let mut rest = path;
    std::iter::from_fn(move || {
        let (step, after) = step(rest)?;
        rest = after;
        Some(step)
    })
}

fn step(path: &str) -> Option<(LayoutStep<'_>, &str)> {
    if let Some(rest) = path.strip_prefix("['") {
        let (key, after) = rest.split_once("']")?;
        return Some((LayoutStep::Key(key), after));
    }
    if let Some(rest) = path.strip_prefix('[') {
        let (index, after) = rest.split_once(']')?;
        return Some((LayoutStep::Index(index.parse().ok()?), after));
    }
    let end = |rest: &str| rest.find(['.', '[', '#']).unwrap_or(rest.len());
    if let Some(rest) = path.strip_prefix('#') {
        return Some((LayoutStep::Round, rest.get(end(rest)..)?));
    }
    let rest = path.strip_prefix('.')?;
    Some((LayoutStep::Key(rest.get(..end(rest))?), rest.get(end(rest)..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: u32) -> LayoutStretch {
        LayoutStretch { text: 0, start, end: start + 1 }
    }

    #[test]
    fn values_are_found_through_loops_and_definitions() {
        let mut layout = SourceLayout::default();
        let rule = layout.add(at(1), Inside::Nothing);
        let rules = layout.add(at(2), Inside::Items(vec![rule, rule]));
        let variable = layout.add(at(3), Inside::Defined(rules));
        let last = layout.add(at(4), Inside::Nothing);
        let more = layout.add(at(5), Inside::Items(vec![last]));
        let all = layout.add(at(6), Inside::Lists(vec![variable, more]));
        let body = layout.add(at(7), Inside::Fields(vec![("rules".to_owned(), all)]));
        let each = layout.add(at(8), Inside::Each(body));
        let root = layout.add(at(9), Inside::Fields(vec![("group".to_owned(), each)]));
        layout.set_root(root);
        let found = |path: &str| layout.find(path).map(|stretch| stretch.start);
        assert_eq!(found("$"), Some(9));
        assert_eq!(found("$.group#3.rules[1].name"), Some(1));
        assert_eq!(found("$.group#3.rules[2]"), Some(4));
        assert_eq!(found("$.group#3.rules[3]"), Some(6));
        assert_eq!(found("$['Group'].other"), Some(8));
        assert_eq!(SourceLayout::default().find("$"), None);
        layout.add_start("policy[\"a.b\"]", body);
        let found = |path: &str| layout.find(path).map(|stretch| stretch.start);
        assert_eq!(found("policy[\"a.b\"].rules[2]"), Some(4));
        assert_eq!(found("policy.rules[2]"), Some(9));
    }

    #[test]
    fn a_circle_of_definitions_ends() {
        let mut layout = SourceLayout::default();
        let first = layout.add(at(1), Inside::Nothing);
        let second = layout.add(at(2), Inside::Defined(first));
        layout.set(first, Inside::Defined(second));
        layout.set_root(first);
        assert_eq!(layout.find("$.a[0]").map(|stretch| stretch.start), Some(1));
    }
}
