//! What to write instead, as edits that a program can apply.

use crate::source::SourceSpan;

/// How sure it is that a fix does what the author wants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Applicability {
    /// It can only be what is meant: `check --fix` applies it.
    Safe,
    /// It removes the finding, and may not be what is meant.
    Maybe,
    /// It shows what to write, with parts that only the author knows.
    Display,
}

impl Applicability {
    /// The word of `fwc.check/1`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Maybe => "maybe",
            Self::Display => "display",
        }
    }
}

/// A text to write in place of another, which may be empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    /// What is replaced.
    pub at: SourceSpan,
    /// What is written there.
    pub text: String,
}

impl Edit {
    /// Writes `text` in place of what is at `at`.
    pub fn new(at: SourceSpan, text: impl Into<String>) -> Self {
        Self { at, text: text.into() }
    }

    /// Whether both change the same text, or would insert at the same place.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (one, two) = (self.at, other.at);
        one.file == two.file && (one.start == two.start || one.start < two.end && two.start < one.end)
    }
}

/// Edits that together remove a finding.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fix {
    /// What it does, in the words of a help.
    pub message: String,
    /// How sure it is.
    pub applicability: Applicability,
    /// The edits, none of which overlaps another.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of one edit.
    pub fn new(message: impl Into<String>, applicability: Applicability, edit: Edit) -> Self {
        Self { message: message.into(), applicability, edits: vec![edit] }
    }
}

/// The text with the edits made, which are of one file and do not overlap.
pub fn edited<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort();
    let (mut result, mut from) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        let range = edit.at.range();
        result.push_str(text.get(from..range.start).unwrap_or(""));
        result.push_str(&edit.text);
        from = range.end;
    }
    result.push_str(text.get(from..).unwrap_or(""));
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;

    #[test]
    fn edits_are_made_wherever_they_are() {
        let mut files = Files::new();
        let file = files.add("a.pol", "");
        let edit = |start, end, text: &str| Edit::new(SourceSpan::new(file, start, end), text);
        assert_eq!(edited("sku = standard;", &[edit(14, 15, ""), edit(3, 5, "")]), "sku standard");
        assert_eq!(edited("a b", &[edit(1, 1, ",")]), "a, b");
    }

    #[test]
    fn edits_overlap_where_they_share_text_or_a_place() {
        let mut files = Files::new();
        let file = files.add("a.pol", "");
        let edit = |start, end| Edit::new(SourceSpan::new(file, start, end), "");
        assert!(edit(1, 3).overlaps(&edit(2, 4)));
        assert!(edit(1, 1).overlaps(&edit(1, 1)));
        assert!(!edit(1, 2).overlaps(&edit(2, 3)));
    }
}
