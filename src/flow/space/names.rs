//! Host names as numbers: 0 is a flow without a name, the rest a trie of the names' reversed bytes.

use crate::flow::spans::IntervalSpan;
use crate::net::{HostName, HostPattern, Interval, IntervalSet};

use super::laminar::{Grammar, Laminar, LaminarCell, LaminarFit, LaminarMember};

/// The number of a flow without a name.
pub(in crate::flow) const UNNAMED: u32 = 0;

/// The names of all lists that are compared.
#[derive(Clone, Debug)]
pub(super) struct NameDomain {
    family: Laminar,
}

/// A set of names: what one of `of` matches and none of `except`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NameTerm {
    /// The names inside.
    pub of: Vec<HostPattern>,
    /// The names among them that are not.
    pub except: Vec<HostPattern>,
}

/// The names of a product.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FlowNames {
    /// Any name or none.
    Any,
    /// Some of them.
    Of {
        /// Whether flows without a name are among them.
        unnamed: bool,
        /// The names, in terms that do not meet.
        terms: Vec<NameTerm>,
    },
}

impl NameDomain {
    pub(super) fn new<'l>(
        patterns: impl Iterator<Item = &'l HostPattern> + Clone,
        names: impl Iterator<Item = &'l HostName>,
    ) -> Self {
        let exact =
            patterns.clone().filter_map(HostPattern::as_exact).chain(names).map(|name| reversed(name.as_str(), ""));
        let prefixes = patterns.filter_map(suffix);
        let grammar = Grammar { alphabet: ALPHABET, judge, endings };
        Self { family: Laminar::new(1, exact, prefixes, grammar) }
    }

    /// The largest number.
    pub(super) fn last(&self) -> u32 {
        self.family.last()
    }

    /// The numbers of every name.
    pub(super) fn all(&self) -> IntervalSet<u32> {
        Interval::new(1, self.last()).into_iter().collect()
    }

    /// The numbers of the names that `pattern`, one of those given at first, matches.
    pub(super) fn pattern(&self, pattern: &HostPattern) -> Option<IntervalSpan> {
        match (pattern, suffix(pattern)) {
            (HostPattern::Exact(name), _) => self.name(name),
            (_, Some(suffix)) => self.family.behind(&suffix),
            (HostPattern::Any | HostPattern::Below(_) | HostPattern::Ending(_), None) => None,
        }
    }

    /// The number of a name that was given at first.
    pub(super) fn name(&self, name: &HostName) -> Option<IntervalSpan> {
        self.family.exact(&reversed(name.as_str(), "")).map(Interval::point)
    }

    /// The number of any flow's name.
    pub(super) fn locate(&self, name: Option<&HostName>) -> Option<u32> {
        let Some(name) = name else { return Some(UNNAMED) };
        let mut room = [0; LONGEST];
        let Some(text) = room.get_mut(..name.as_str().len()) else {
            return self.family.locate(&reversed(name.as_str(), ""));
        };
        text.iter_mut().zip(name.as_str().bytes().rev()).for_each(|(slot, byte)| *slot = byte);
        self.family.locate(text)
    }

    /// A name that has this number, and whether it is the only one.
    pub(super) fn example(&self, number: u32) -> Option<(HostName, Only)> {
        let (text, only) = match self.family.cell(number)? {
            LaminarCell::Exact(text) => (text, Only::One),
            LaminarCell::Other { example, .. } => (example, Only::Many),
        };
        Some((forward(text).parse().ok()?, only))
    }

    /// The names of a set of numbers, as terms that do not meet.
    pub(super) fn terms(&self, numbers: &IntervalSet<u32>) -> Vec<NameTerm> {
        let layers = self.family.layers(numbers);
        let patterns = |members: Vec<LaminarMember<'_>>| members.into_iter().filter_map(pattern).collect();
        layers.into_iter().map(|layer| NameTerm { of: patterns(layer.of), except: patterns(layer.except) }).collect()
    }
}

/// Whether a number represents one name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Only {
    One,
    Many,
}

/// Bytes of a name, as DNS has it.
const LONGEST: usize = 253;

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-_.";

fn reversed(name: &str, dot: &str) -> Box<[u8]> {
    name.bytes().rev().chain(dot.bytes()).collect()
}

fn forward(text: &[u8]) -> String {
    text.iter().rev().map(|&byte| char::from(byte)).collect()
}

/// The reversed text that every name of a wildcard begins with.
fn suffix(pattern: &HostPattern) -> Option<Box<[u8]>> {
    match pattern {
        HostPattern::Any => Some(Box::default()),
        HostPattern::Exact(_) => None,
        HostPattern::Below(parent) => Some(reversed(parent.as_str(), ".")),
        HostPattern::Ending(ending) => Some(reversed(ending.as_str(), "")),
    }
}

fn pattern(member: LaminarMember<'_>) -> Option<HostPattern> {
    match member {
        LaminarMember::Exact(text) => forward(text).parse().ok().map(HostPattern::Exact),
        LaminarMember::Behind(text) => format!("*{}", forward(text)).parse().ok(),
    }
}

fn judge(text: &[u8]) -> LaminarFit {
    let name = forward(text);
    if name.ends_with('.') {
        LaminarFit::Dead
    } else if name.parse::<HostName>().is_ok() {
        LaminarFit::Element
    } else if format!("a{name}").parse::<HostName>().is_ok() {
        LaminarFit::Unfinished
    } else {
        LaminarFit::Dead
    }
}

/// Natural names, reversed: `www.example.com` where any name fits, else `www` and `fwc-witness` before the given
/// suffix.
fn endings(prefix: &[u8]) -> &'static [&'static [u8]] {
    match prefix {
        [] => &[b"moc.elpmaxe.www", b"moc.elpmaxe.ssentiw-cwf"],
        [.., b'.'] => &[b"www", b"ssentiw-cwf"],
        _ => &[b".www", b".ssentiw-cwf", b"ssentiw-cwf"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn patterns() -> impl Strategy<Value = HostPattern> {
        ("[ab]{1,2}(\\.[ab]{1,2}){0,2}", 0..5u8).prop_filter_map("a pattern", |(name, form)| match form {
            0 => Some(HostPattern::Any),
            1 | 2 => name.parse().ok(),
            3 => format!("*.{name}").parse().ok(),
            _ => format!("*{name}").parse().ok(),
        })
    }

    fn domain(patterns: &[HostPattern]) -> NameDomain {
        NameDomain::new(patterns.iter(), [].into_iter())
    }

    proptest! {
        #[test]
        fn numbers_agree_with_matching(
            patterns in proptest::collection::vec(patterns(), 0..8),
            names in proptest::collection::vec("[ab]{1,3}(\\.[ab]{1,3}){0,3}", 20),
        ) {
            let domain = domain(&patterns);
            for name in names.iter().filter_map(|name| name.parse::<HostName>().ok()) {
                let number = domain.locate(Some(&name));
                prop_assert!(number.is_some_and(|number| (1..=domain.last()).contains(&number)));
                for pattern in &patterns {
                    let inside = domain.pattern(pattern).zip(number).is_some_and(|(span, number)| span.contains(number));
                    prop_assert_eq!(inside, pattern.matches(&name), "{} {}", pattern, name);
                }
            }
        }

        #[test]
        fn every_number_has_an_example_and_comes_back_as_terms(
            patterns in proptest::collection::vec(patterns(), 0..8),
            chosen in proptest::collection::vec(any::<bool>(), 40),
        ) {
            let domain = domain(&patterns);
            let inside = |number: u32| chosen.get(number as usize).copied().unwrap_or(false);
            let set: IntervalSet<u32> = (1..=domain.last()).filter(|&number| inside(number)).map(Interval::point).collect();
            let terms = domain.terms(&set);
            for number in 1..=domain.last() {
                let example = domain.example(number).map(|(name, _)| name);
                prop_assert_eq!(domain.locate(example.as_ref()), Some(number));
                let matching = |term: &NameTerm| example.as_ref().is_some_and(|name| {
                    term.of.iter().any(|of| of.matches(name)) && !term.except.iter().any(|except| except.matches(name))
                });
                prop_assert_eq!(terms.iter().filter(|term| matching(term)).count(), usize::from(inside(number)));
            }
        }
    }

    #[test]
    fn examples_are_natural() {
        let texts = ["*.a.com", "www.a.com", "*b.com", "*.b.com"];
        let patterns: Vec<HostPattern> = texts.iter().filter_map(|text| text.parse().ok()).collect();
        let domain = domain(&patterns);
        let example = |text: &str| {
            let name: HostName = text.parse().ok()?;
            domain.example(domain.locate(Some(&name))?).map(|(name, _)| name.to_string())
        };
        assert_eq!(example("x.a.com").as_deref(), Some("fwc-witness.a.com"));
        assert_eq!(example("x.b.com").as_deref(), Some("www.b.com"));
        assert_eq!(example("evilb.com").as_deref(), Some("fwc-witnessb.com"));
        assert_eq!(example("other").as_deref(), Some("www.example.com"));
    }

    #[test]
    fn a_wildcard_whose_names_would_be_too_long_holds_none() {
        let label = "a".repeat(63);
        let long = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        let patterns: Vec<HostPattern> = format!("*.{long}").parse().into_iter().collect();
        assert_eq!(patterns.iter().filter_map(|pattern| domain(&patterns).pattern(pattern)).count(), 0);
    }
}
