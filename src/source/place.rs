//! Places: a stretch of text, or a path in a document that is read as values.

use std::fmt::Write;
use std::sync::Arc;

use super::files::FileId;
use super::origin::SourceSpan;

/// Where something is stated. It has a meaning only together with the [`Files`](super::Files) that it was made for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// A stretch of a text.
    Text(SourceSpan),
    /// A value of a document, such as a rule of a template.
    Value(FileId, PathId),
}

impl Place {
    /// The file.
    pub fn file(self) -> FileId {
        match self {
            Self::Text(span) => span.file,
            Self::Value(file, _) => file,
        }
    }

    /// The stretch of text; `None` for a value of a document.
    pub fn span(self) -> Option<SourceSpan> {
        match self {
            Self::Text(span) => Some(span),
            Self::Value(..) => None,
        }
    }

    /// The same place where its file comes after `count` others.
    #[must_use]
    pub fn behind(self, count: usize) -> Self {
        match self {
            Self::Text(span) => Self::Text(SourceSpan { file: span.file.behind(count), ..span }),
            Self::Value(file, path) => Self::Value(file.behind(count), path),
        }
    }
}

impl From<SourceSpan> for Place {
    fn from(span: SourceSpan) -> Self {
        Self::Text(span)
    }
}

/// A path of a [`PlacePaths`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PathId(u32);

/// One step of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PathStep {
    /// Where a document, or a part of it, begins: `$`, or the address of a resource.
    Root(Arc<str>),
    /// A property.
    Key(Arc<str>),
    /// An element of a list, from 0.
    Index(usize),
}

/// The paths of a document. Paths share what they have in common: each is its last step and the path before it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct PlacePaths(Vec<(Option<PathId>, PathStep)>);

impl PlacePaths {
    /// The path that `step` adds to `before`; `None` is the document itself.
    pub fn add(&mut self, before: Option<PathId>, step: PathStep) -> PathId {
        let id = PathId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push((before, step));
        id
    }

    /// The path that `step` adds to `before`, where it was added.
    pub fn find(&self, before: PathId, step: &PathStep) -> Option<PathId> {
        let place = self.0.iter().position(|(of, own)| *of == Some(before) && own == step)?;
        u32::try_from(place).ok().map(PathId)
    }

    /// The path as text, such as `$.resources[0].properties['a b']`; empty for a path of another document.
    pub fn text(&self, path: PathId) -> String {
        let mut steps = Vec::new();
        let mut next = Some(path);
        while let Some((before, step)) = next.and_then(|PathId(at)| self.0.get(at as usize)) {
            steps.push(step);
            // A path is made before those that go on from it, so that this ends.
            next = before.filter(|before| Some(*before) < next);
        }
        let mut text = String::new();
        steps.into_iter().rev().for_each(|step| push(&mut text, step));
        text
    }
}

fn push(text: &mut String, step: &PathStep) {
    // Writing to a `String` cannot fail.
    let _ = match step {
        PathStep::Root(root) => write!(text, "{root}"),
        PathStep::Index(index) => write!(text, "[{index}]"),
        PathStep::Key(key) if is_plain(key) => write!(text, ".{key}"),
        PathStep::Key(key) => write!(text, "['{}']", key.escape_debug()),
    };
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_json_paths() {
        let mut paths = PlacePaths::default();
        let root = paths.add(None, PathStep::Root("$".into()));
        let list = paths.add(Some(root), PathStep::Key("resources".into()));
        let item = paths.add(Some(list), PathStep::Index(2));
        let odd = paths.add(Some(item), PathStep::Key("a'b".into()));
        assert_eq!(paths.text(item), "$.resources[2]");
        assert_eq!(paths.text(odd), r"$.resources[2]['a\'b']");
        assert_eq!(PlacePaths::default().text(odd), "");
    }
}
