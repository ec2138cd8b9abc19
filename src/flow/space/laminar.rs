//! Sets of texts given by exact texts and by prefixes, as intervals.
//!
//! Two prefixes either contain one another or are disjoint. Numbered depth-first, an exact text is a point, and the
//! texts with a prefix are one interval; its last number is "any other text with this prefix".

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::flow::spans::IntervalSpan;
use crate::net::{Interval, IntervalSet};

/// What a text of the domain looks like, read from its stem to its growing end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grammar {
    /// The bytes that a text can go on with.
    pub(super) alphabet: &'static [u8],
    /// What a text is.
    pub(super) judge: fn(&[u8]) -> LaminarFit,
    /// Endings that make a natural example from a prefix, tried in order.
    pub(super) endings: fn(&[u8]) -> &'static [&'static [u8]],
}

/// Whether a text can be an element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LaminarFit {
    /// It is one.
    Element,
    /// It is none, but can grow into one.
    Unfinished,
    /// Neither it nor any longer text is one.
    Dead,
}

#[derive(Clone, Debug)]
struct LaminarEntry {
    text: Box<[u8]>,
    exact: Option<u32>,
    prefix: Option<Prefix>,
    /// The entry of the longest shorter prefix.
    parent: usize,
}

#[derive(Clone, Debug)]
struct Prefix {
    span: Option<IntervalSpan>,
    other: Option<u32>,
    example: Option<Box<[u8]>>,
}

impl LaminarEntry {
    /// The lowest number below this prefix, where `number` is its own for "any other".
    fn lowest_below(&self, number: u32) -> Option<u32> {
        let prefix = self.prefix.as_ref().filter(|prefix| prefix.other == Some(number))?;
        prefix.span.map(Interval::first)
    }
}

/// A numbered family of exact texts and prefixes; the empty prefix is one of them.
#[derive(Clone, Debug)]
pub(super) struct Laminar {
    /// In the order of the texts, so a prefix comes before its texts.
    entries: Vec<LaminarEntry>,
    /// The first bytes of each text as a number, which is quicker to search in.
    stems: Vec<u128>,
    /// For each number, its entry.
    cells: Vec<usize>,
    first: u32,
}

/// The meaning of one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LaminarCell<'l> {
    /// A text.
    Exact(&'l [u8]),
    /// The texts with a prefix that have no other number, with an example.
    Other { prefix: &'l [u8], example: &'l [u8] },
}

impl Laminar {
    /// Numbers the texts, from `first` on.
    pub(super) fn new(
        first: u32,
        exact: impl Iterator<Item = Box<[u8]>>,
        prefixes: impl Iterator<Item = Box<[u8]>>,
        grammar: Grammar,
    ) -> Self {
        let mut texts: BTreeMap<Box<[u8]>, (bool, bool)> = BTreeMap::new();
        exact.for_each(|text| texts.entry(text).or_default().0 = true);
        prefixes.chain([Box::default()]).for_each(|text| texts.entry(text).or_default().1 = true);
        let mut family = Self { entries: Vec::with_capacity(texts.len()), stems: Vec::new(), cells: Vec::new(), first };
        family.enter(texts);
        family.stems = family.entries.iter().map(|entry| stem(&entry.text)).collect();
        family.find_examples(grammar);
        family.number();
        family
    }

    fn enter(&mut self, texts: BTreeMap<Box<[u8]>, (bool, bool)>) {
        let mut open: Vec<(usize, Box<[u8]>)> = Vec::new();
        for (text, (exact, prefix)) in texts {
            while open.last().is_some_and(|(_, prefix)| !text.starts_with(prefix)) {
                open.pop();
            }
            let parent = open.last().map_or(0, |(entry, _)| *entry);
            if prefix {
                open.push((self.entries.len(), text.clone()));
            }
            let prefix = prefix.then_some(Prefix { span: None, other: None, example: None });
            self.entries.push(LaminarEntry { text, exact: exact.then_some(0), prefix, parent });
        }
    }

    fn find_examples(&mut self, grammar: Grammar) {
        for at in 0..self.entries.len() {
            let prefix = self.entries.get(at).filter(|entry| entry.prefix.is_some());
            let Some(example) = prefix.map(|entry| self.example(at, &entry.text, grammar)) else { continue };
            if let Some(prefix) = self.entries.get_mut(at).and_then(|entry| entry.prefix.as_mut()) {
                prefix.example = example;
            }
        }
    }

    /// A text with the prefix of entry `at` that is neither listed nor has a longer prefix; `None` only where there is
    /// none.
    fn example(&self, at: usize, prefix: &[u8], grammar: Grammar) -> Option<Box<[u8]>> {
        let natural = (grammar.endings)(prefix).iter().map(|ending| [prefix, ending].concat());
        let mut natural = natural.filter(|text| self.is_example(at, text, grammar));
        if let Some(text) = natural.next() {
            return Some(text.into());
        }
        let mut waiting: Vec<Vec<u8>> = vec![prefix.to_vec()];
        while let Some(text) = waiting.pop() {
            if self.is_example(at, &text, grammar) {
                return Some(text.into());
            }
            if self.place(&text).prefix != at || (grammar.judge)(&text) == LaminarFit::Dead {
                continue;
            }
            waiting.extend(grammar.alphabet.iter().rev().map(|&byte| text.iter().copied().chain([byte]).collect()));
        }
        None
    }

    fn is_example(&self, at: usize, text: &[u8], grammar: Grammar) -> bool {
        let place = self.place(text);
        place.prefix == at && place.exact.is_none() && (grammar.judge)(text) == LaminarFit::Element
    }

    fn number(&mut self) {
        let mut next = self.first;
        let mut open: Vec<usize> = Vec::new();
        for at in 0..self.entries.len() {
            let parent = self.entries.get(at).map_or(0, |entry| entry.parent);
            while open.last().is_some_and(|&last| last > parent) {
                self.close(open.pop(), &mut next);
            }
            let Some(entry) = self.entries.get_mut(at) else { continue };
            if let Some(prefix) = &mut entry.prefix {
                prefix.span = Some(Interval::point(next));
                open.push(at);
            }
            if entry.exact.is_some() {
                entry.exact = Some(next);
                self.cells.push(at);
                next += 1;
            }
        }
        while let Some(at) = open.pop() {
            self.close(Some(at), &mut next);
        }
    }

    /// Gives the prefix its number for "any other", and its interval.
    fn close(&mut self, at: Option<usize>, next: &mut u32) {
        let Some((at, entry)) = at.and_then(|at| self.entries.get_mut(at).map(|entry| (at, entry))) else { return };
        let Some(prefix) = &mut entry.prefix else { return };
        if prefix.example.is_some() {
            prefix.other = Some(*next);
            self.cells.push(at);
            *next += 1;
        }
        let first = prefix.span.map_or(*next, Interval::first);
        prefix.span = next.checked_sub(1).and_then(|last| Interval::new(first, last));
    }

    /// The largest number.
    pub(super) fn last(&self) -> u32 {
        u32::try_from(self.cells.len()).map_or(u32::MAX, |cells| (self.first + cells).saturating_sub(1))
    }

    /// The number of a text that was listed.
    pub(super) fn exact(&self, text: &[u8]) -> Option<u32> {
        self.entry(text)?.exact
    }

    /// The interval of a listed prefix; `None` too where no text has it.
    pub(super) fn behind(&self, prefix: &[u8]) -> Option<IntervalSpan> {
        self.entry(prefix)?.prefix.as_ref()?.span
    }

    /// The number of any text.
    pub(super) fn locate(&self, text: &[u8]) -> Option<u32> {
        let place = self.place(text);
        place.exact.or_else(|| self.entries.get(place.prefix)?.prefix.as_ref()?.other)
    }

    /// The text or texts with this `number`.
    pub(super) fn cell(&self, number: u32) -> Option<LaminarCell<'_>> {
        let entry = self.entries.get(self.entry_of(number)?)?;
        match &entry.prefix {
            Some(Prefix { other: Some(other), example: Some(example), .. }) if *other == number => {
                Some(LaminarCell::Other { prefix: &entry.text, example })
            }
            Some(_) | None => Some(LaminarCell::Exact(&entry.text)),
        }
    }

    /// A set of numbers as layers: what the first layer's `of` holds but its `except`, and of that again what the second
    /// layer's `of` holds but its `except`, and so on. The layers do not meet. The work grows with the set, not with the family.
    pub(super) fn layers(&self, numbers: &IntervalSet<u32>) -> Vec<Layer<'_>> {
        if let Some(whole) = self.whole(numbers) {
            return vec![whole];
        }
        let mut layers: Vec<Layer<'_>> = Vec::new();
        let mut open = Vec::new();
        for at in self.concerned(numbers) {
            let Some(entry) = self.entries.get(at) else { continue };
            let outer = if at == 0 { 0 } else { self.depth_around(entry, &mut open) };
            let mut depth = outer;
            if let Some(other) = entry.prefix.as_ref().and_then(|prefix| prefix.other) {
                depth = mark(&mut layers, outer, numbers.contains(other), LaminarMember::Behind(&entry.text));
            }
            if let Some(own) = entry.exact {
                mark(&mut layers, depth, numbers.contains(own), LaminarMember::Exact(&entry.text));
            }
            if entry.prefix.is_some() {
                open.push((at, depth));
            }
        }
        layers
    }

    /// The one layer of a set that holds every text.
    fn whole(&self, numbers: &IntervalSet<u32>) -> Option<Layer<'_>> {
        let root = self.entries.first().filter(|root| root.prefix.as_ref().is_some_and(|all| all.other.is_some()))?;
        let all = IntervalSet::from(Interval::new(self.first, self.last())?);
        numbers.covers(&all).then(|| Layer { of: vec![LaminarMember::Behind(&root.text)], except: Vec::new() })
    }

    /// The entries with a number of the set, and those below a prefix that the set holds, in order. All other entries are
    /// outside the set, and so is what surrounds them.
    fn concerned(&self, numbers: &IntervalSet<u32>) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        // An outer prefix has a greater number for "any other" than what is below it.
        let mut before = self.last().saturating_add(1);
        for interval in numbers.intervals().iter().rev() {
            before = before.min(interval.last().saturating_add(1));
            while before > interval.first().max(self.first) {
                let number = before - 1;
                let Some(at) = self.entry_of(number) else { break };
                let lowest = self.entries.get(at).and_then(|entry| entry.lowest_below(number)).unwrap_or(number);
                found.push(at);
                found.extend((lowest..number).filter_map(|below| self.entry_of(below)));
                before = lowest;
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn entry_of(&self, number: u32) -> Option<usize> {
        self.cells.get(usize::try_from(number.checked_sub(self.first)?).ok()?).copied()
    }

    /// The depth of the nearest prefix around an entry that has one. `open` has the prefixes around the entry before, with
    /// their depths, outermost first; those that do not contain this entry are dropped.
    fn depth_around(&self, entry: &LaminarEntry, open: &mut Vec<(usize, usize)>) -> usize {
        let mut at = entry.parent;
        loop {
            while open.last().is_some_and(|&(last, _)| last > at) {
                open.pop();
            }
            match open.last() {
                Some(&(last, depth)) if last == at => return depth,
                Some(_) | None if at == 0 => return 0,
                Some(_) | None => at = self.entries.get(at).map_or(0, |around| around.parent),
            }
        }
    }

    fn entry(&self, text: &[u8]) -> Option<&LaminarEntry> {
        let at = self.up_to(text).checked_sub(1)?;
        self.entries.get(at).filter(|entry| *entry.text == *text)
    }

    /// How many texts are `text` or come before it.
    fn up_to(&self, text: &[u8]) -> usize {
        let wanted = stem(text);
        let before = self.stems.partition_point(|&stem| stem < wanted);
        let alike = self.stems.get(before..).unwrap_or(&[]).partition_point(|&stem| stem == wanted);
        let alike = self.entries.get(before..before + alike).unwrap_or(&[]);
        before + alike.partition_point(|entry| (*entry.text).cmp(text) != Ordering::Greater)
    }

    /// Where `text` belongs: its own number, and the entry of the longest listed prefix.
    fn place(&self, text: &[u8]) -> LaminarPlace {
        let mut at = self.up_to(text).saturating_sub(1);
        let exact = self.entries.get(at).filter(|entry| *entry.text == *text).and_then(|entry| entry.exact);
        while let Some(entry) = self.entries.get(at).filter(|_| at > 0) {
            if entry.prefix.is_some() && text.starts_with(&entry.text) {
                break;
            }
            at = entry.parent;
        }
        LaminarPlace { exact, prefix: at }
    }
}

/// One of several disjoint parts of a set of texts.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Layer<'l> {
    /// What is inside.
    pub(super) of: Vec<LaminarMember<'l>>,
    /// What of it is not.
    pub(super) except: Vec<LaminarMember<'l>>,
}

/// A text, or the texts with a prefix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LaminarMember<'l> {
    Exact(&'l [u8]),
    Behind(&'l [u8]),
}

/// Notes `member` where it turns from outside to inside or back, and gives its depth: even is outside, odd inside.
fn mark<'l>(layers: &mut Vec<Layer<'l>>, depth: usize, inside: bool, member: LaminarMember<'l>) -> usize {
    if inside == (depth % 2 == 1) {
        return depth;
    }
    if layers.len() <= depth / 2 {
        layers.push(Layer::default());
    }
    if let Some(layer) = layers.get_mut(depth / 2) {
        if inside { layer.of.push(member) } else { layer.except.push(member) }
    }
    depth + 1
}

/// The first bytes of a text, in their order.
fn stem(text: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(text).for_each(|(slot, byte)| *slot = *byte);
    u128::from_be_bytes(bytes)
}

struct LaminarPlace {
    exact: Option<u32>,
    prefix: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Grammar = Grammar {
        alphabet: b"ab",
        judge: |text| if text.is_empty() { LaminarFit::Unfinished } else { LaminarFit::Element },
        endings: |_| &[b"b"],
    };

    /// Texts after nested prefixes, some of which are texts of the family too.
    fn family() -> Laminar {
        let texts = |all: &'static [&'static str]| all.iter().map(|text| text.as_bytes().into());
        Laminar::new(2, texts(&["a", "aa", "aba", "abab", "b", "bb"]), texts(&["a", "ab", "aba", "bb"]), WORDS)
    }

    /// The numbers that a layer holds.
    fn held(family: &Laminar, layer: &Layer<'_>) -> IntervalSet<u32> {
        let of = |members: &[LaminarMember<'_>]| {
            let span = |member: &LaminarMember<'_>| match member {
                LaminarMember::Exact(text) => family.exact(text).map(Interval::point),
                LaminarMember::Behind(prefix) => family.behind(prefix),
            };
            members.iter().filter_map(span).collect::<IntervalSet<u32>>()
        };
        of(&layer.of).difference(&of(&layer.except))
    }

    #[test]
    fn the_layers_of_every_set_hold_it_and_do_not_meet() {
        let family = family();
        let numbers: Vec<u32> = (family.first..=family.last()).collect();
        assert!(numbers.len() >= 11, "{numbers:?}");
        for chosen in 0..1_u32 << numbers.len() {
            let is_chosen = |at: usize| chosen >> at & 1 == 1;
            let points = numbers.iter().enumerate().filter(|(at, _)| is_chosen(*at));
            let set: IntervalSet<u32> = points.map(|(_, number)| Interval::point(*number)).collect();
            // What lies before the family, as flows without a name do, is in no layer.
            let layers = family.layers(&set.union(&Interval::point(1).into()));
            let mut all = IntervalSet::empty();
            for layer in &layers {
                let own = held(&family, layer);
                assert!(!own.intersects(&all), "{set:?}: {layers:?}");
                all = all.union(&own);
            }
            assert_eq!(all, set, "{layers:?}");
        }
    }
}
