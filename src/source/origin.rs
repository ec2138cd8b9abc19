//! Spans of text, and the way from a thing back to the text that made it.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::files::FileId;
use super::place::Place;

/// A part of a file, in bytes, the end not inside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceSpan {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl SourceSpan {
    /// The part of `file` from `start` to `end`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end: end.max(start) }
    }

    /// The bytes as a range to slice with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// From the start of `self` to the end of `other`, which must be of the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.file, self.start, other.end)
    }
}

/// Where a thing was written, and through which `apply`s it got to where it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Origin {
    /// Where it is stated.
    pub at: Place,
    /// The `apply`s that it came through, innermost first.
    pub via: Arc<[SourceSpan]>,
}

impl Origin {
    /// A thing stated at `at`.
    pub fn direct(at: impl Into<Place>) -> Self {
        static NOWHERE: LazyLock<Arc<[SourceSpan]>> = LazyLock::new(|| Arc::from([]));
        Self { at: at.into(), via: Arc::clone(&NOWHERE) }
    }

    /// A thing written at `at` in a bundle that was expanded through `via`, innermost first.
    pub fn through(at: SourceSpan, via: Arc<[SourceSpan]>) -> Self {
        Self { at: at.into(), via }
    }

    /// The text that states it; `None` where a value of a document does.
    pub fn span(&self) -> Option<SourceSpan> {
        self.at.span()
    }

    /// The same where its files are after `count` others.
    #[must_use]
    pub fn behind(&self, count: usize) -> Self {
        let moved = |span: SourceSpan| SourceSpan { file: span.file.behind(count), ..span };
        Self { at: self.at.behind(count), via: self.via.iter().copied().map(moved).collect() }
    }

    /// Where the author of the file meets the thing: the outermost `apply`, or the text itself.
    pub fn outermost(&self) -> Place {
        self.via.last().map_or(self.at, |&span| span.into())
    }
}
