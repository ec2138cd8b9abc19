//! URL paths as numbers. Every flow has a path here; where it carries no URL, no line tests it.

use crate::flow::{matching::PathPattern, spans::IntervalSpan};
use crate::net::IntervalSet;

use super::laminar::{Grammar, Laminar, LaminarCell, LaminarFit, LaminarMember};

/// The paths of all lists that are compared.
#[derive(Clone, Debug)]
pub(super) struct PathDomain {
    family: Laminar,
}

/// A set of paths: what one of `of` matches and none of `except`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PathTerm {
    /// The paths inside.
    pub of: Vec<PathPattern>,
    /// The paths among them that are not.
    pub except: Vec<PathPattern>,
}

/// The paths of a product.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FlowPaths {
    /// Whatever the path, and flows that have none.
    Any,
    /// Some paths, in terms that do not meet.
    Of(Vec<PathTerm>),
}

impl PathDomain {
    pub(super) fn new<'l>(patterns: impl Iterator<Item = &'l PathPattern> + Clone) -> Self {
        let exact = patterns.clone().filter_map(|pattern| match pattern {
            PathPattern::Exact(path) => Some(path.as_bytes().into()),
            PathPattern::Beginning(_) => None,
        });
        let prefixes = patterns.filter_map(|pattern| match pattern {
            PathPattern::Exact(_) => None,
            PathPattern::Beginning(prefix) => Some(prefix.as_bytes().into()),
        });
        Self { family: Laminar::new(0, exact, prefixes, Grammar { alphabet: ALPHABET, judge, endings }) }
    }

    /// The largest number.
    pub(super) fn last(&self) -> u32 {
        self.family.last()
    }

    /// The numbers of the paths that `pattern`, one of those given at first, matches.
    pub(super) fn pattern(&self, pattern: &PathPattern) -> Option<IntervalSpan> {
        match pattern {
            PathPattern::Exact(path) => self.family.exact(path.as_bytes()).map(IntervalSpan::point),
            PathPattern::Beginning(prefix) => self.family.behind(prefix.as_bytes()),
        }
    }

    /// The number of any path.
    pub(super) fn locate(&self, path: Option<&str>) -> Option<u32> {
        self.family.locate(path.unwrap_or("/").as_bytes())
    }

    /// A path that has this number.
    pub(super) fn example(&self, number: u32) -> Option<String> {
        let text = match self.family.cell(number)? {
            LaminarCell::Exact(text) | LaminarCell::Other { example: text, .. } => text,
        };
        String::from_utf8(text.to_vec()).ok()
    }

    /// The paths of a set of numbers, as terms that do not meet.
    pub(super) fn terms(&self, numbers: &IntervalSet<u32>) -> Vec<PathTerm> {
        let layers = self.family.layers(numbers);
        let patterns = |members: Vec<LaminarMember<'_>>| members.into_iter().map(pattern).collect();
        layers.into_iter().map(|layer| PathTerm { of: patterns(layer.of), except: patterns(layer.except) }).collect()
    }
}

const ALPHABET: &[u8] =
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%?&=+!$'()*,;:@\"<>[]\\^`{|}#";

fn judge(text: &[u8]) -> LaminarFit {
    match text {
        [] => LaminarFit::Unfinished,
        [b'/', ..] if std::str::from_utf8(text).is_ok() => LaminarFit::Element,
        _ => LaminarFit::Dead,
    }
}

fn endings(prefix: &[u8]) -> &'static [&'static [u8]] {
    match prefix {
        [] => &[b"/", b"/fwc-witness"],
        _ => &[b"index.html", b"fwc-witness"],
    }
}

fn pattern(member: LaminarMember<'_>) -> PathPattern {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match member {
        LaminarMember::Exact(path) => PathPattern::Exact(text(path)),
        LaminarMember::Behind(prefix) => PathPattern::Beginning(text(prefix)),
    }
}
