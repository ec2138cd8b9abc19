//! The files of one run.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::layout::SourceLayout;
use super::origin::SourceSpan;
use super::place::{PathId, PathStep, Place, PlacePaths};

/// A file of a [`Files`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(u32);

impl FileId {
    /// The id of the same file after `count` others.
    #[must_use]
    pub fn behind(self, count: usize) -> Self {
        Self(self.0.saturating_add(u32::try_from(count).unwrap_or(u32::MAX)))
    }
}

/// A line and a column, both counted from 1; columns count Unicode scalars.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in Unicode scalars.
    pub column: usize,
}

/// `LINE:COLUMN`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The name and text of one file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: Arc<str>,
    line_starts: Vec<u32>,
    /// How many scalars there are before each block of the text, so that a column in a long line is not counted from its start.
    scalars: Vec<u32>,
    paths: PlacePaths,
    /// Of a document that was made from texts, where these state its values, and how many files come before the texts.
    layout: Option<(Arc<SourceLayout>, usize)>,
}

/// Bytes of a block.
const BLOCK: usize = 1 << 12;

impl SourceFile {
    fn new(name: String, text: Arc<str>) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = ends.filter_map(|(at, _)| u32::try_from(at + 1).ok());
        let line_starts = std::iter::once(0).chain(starts).collect();
        let mut scalars = vec![0];
        for block in text.as_bytes().chunks(BLOCK) {
            scalars.push(scalars.last().copied().unwrap_or(0) + count_scalars(block));
        }
        Self { name, text, line_starts, scalars, paths: PlacePaths::default(), layout: None }
    }

    /// The name that messages show: the path as the user gave it, or `catalogue/NAME.pol`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// The text of a path of the document; empty for a file that is no document.
    pub fn path(&self, path: PathId) -> String {
        self.paths.text(path)
    }

    /// The line and column of the byte `offset`.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_of(offset);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        // A byte order mark is no part of the text.
        let mark = u32::from(line == 1 && offset > 0 && self.text.starts_with('\u{feff}'));
        let column = self.scalars_before(offset).saturating_sub(self.scalars_before(start)).saturating_sub(mark);
        Position { line, column: column as usize + 1 }
    }

    /// How many scalars begin before the byte `offset`.
    fn scalars_before(&self, offset: u32) -> u32 {
        let offset = (offset as usize).min(self.text.len());
        let block = offset / BLOCK;
        let rest = self.text.as_bytes().get(block * BLOCK..offset).unwrap_or(&[]);
        self.scalars.get(block).copied().unwrap_or(0) + count_scalars(rest)
    }

    /// The whole lines from the one before `from` to the one with `to`: the number of the first, and their bytes.
    pub fn lines_around(&self, from: u32, to: u32) -> (usize, Range<usize>) {
        let first = self.line_of(from).saturating_sub(1).max(1);
        let start = self.line_starts.get(first - 1).copied().unwrap_or(0) as usize;
        let end = self.line_starts.get(self.line_of(to)).map_or(self.text.len(), |&start| start as usize);
        (first, start..end)
    }

    /// Where the line of that number, from 1, begins.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line.saturating_sub(1)).map_or(self.text.len(), |&start| start as usize)
    }

    /// The line of the byte `offset`, from 1.
    pub fn line_of(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= offset).max(1)
    }
}

/// How many Unicode scalars begin in some bytes of a text.
fn count_scalars(bytes: &[u8]) -> u32 {
    let count = bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Every file of a run, by [`FileId`].
#[derive(Clone, Default, Debug)]
pub struct Files {
    files: Vec<SourceFile>,
}

impl Files {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file under the name that messages shall show.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(SourceFile::new(name.into(), text.into()));
        FileId(id)
    }

    /// Adds a document that is read as values, whose places are `paths`.
    pub fn add_document(&mut self, name: impl Into<String>, paths: PlacePaths) -> FileId {
        let id = self.add(name, "");
        self.set_paths(id, paths);
        id
    }

    /// Gives the document `id` its paths.
    pub fn set_paths(&mut self, id: FileId, paths: PlacePaths) {
        if let Some(file) = self.files.get_mut(id.0 as usize) {
            file.paths = paths;
        }
    }

    /// Gives the document `id` the texts that it was made from, which are added.
    pub fn set_layout(&mut self, id: FileId, layout: &Arc<SourceLayout>) {
        let before = self.count();
        for (name, text) in layout.texts() {
            self.add(name.as_str(), Arc::clone(text));
        }
        if let Some(file) = self.files.get_mut(id.0 as usize) {
            file.layout = Some((Arc::clone(layout), before));
        }
    }

    /// The stretch of text that states a value of a document which was made from texts; any other place as it is.
    pub fn stated(&self, place: Place) -> Place {
        let Place::Value(id, path) = place else { return place };
        let Some(file) = self.get(id) else { return place };
        let Some((layout, before)) = &file.layout else { return place };
        match layout.find(&file.path(path)) {
            Some(stretch) => {
                let number = u32::try_from(before.saturating_add(stretch.text)).unwrap_or(u32::MAX);
                Place::Text(SourceSpan::new(FileId(number), stretch.start, stretch.end))
            }
            None => place,
        }
    }

    /// The value below `place` that the steps lead to; a stretch of text is left as it is.
    pub fn below(&mut self, place: Place, steps: &[PathStep]) -> Place {
        let Place::Value(id, path) = place else { return place };
        let Some(file) = self.files.get_mut(id.0 as usize) else { return place };
        let below = steps.iter().fold(path, |path, step| {
            file.paths.find(path, step).unwrap_or_else(|| file.paths.add(Some(path), step.clone()))
        });
        Place::Value(id, below)
    }

    /// As [`below`](Self::below), as far as there are such values.
    pub fn within(&self, place: Place, steps: &[PathStep]) -> Place {
        let Place::Value(id, path) = place else { return place };
        let Some(file) = self.get(id) else { return place };
        let found = steps.iter().try_fold(path, |path, step| file.paths.find(path, step).ok_or(path));
        Place::Value(
            id,
            match found {
                Ok(path) | Err(path) => path,
            },
        )
    }

    /// Adds the files of `others`, whose ids are then [`FileId::behind`] as many as there were.
    pub fn append(&mut self, others: Files) {
        let count = self.count();
        let moved = |file: SourceFile| {
            let layout = file.layout.map(|(layout, before)| (layout, before.saturating_add(count)));
            SourceFile { layout, ..file }
        };
        self.files.extend(others.files.into_iter().map(moved));
    }

    /// The same files under other names.
    #[must_use]
    pub fn renamed(&self, name: impl Fn(&SourceFile) -> String) -> Self {
        let files = self.files.iter().map(|file| SourceFile { name: name(file), ..file.clone() });
        Self { files: files.collect() }
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// The file, or `None` for an id of another `Files`.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The text of a place; empty for a value of a document, and for a place of another `Files`.
    pub fn text(&self, place: impl Into<Place>) -> &str {
        let text = |span: SourceSpan| self.get(span.file).and_then(|file| file.text().get(span.range()));
        place.into().span().and_then(text).unwrap_or("")
    }

    /// The whole text of a file; empty for an id of another `Files`.
    pub fn text_of(&self, id: FileId) -> &str {
        self.get(id).map_or("", SourceFile::text)
    }

    /// Every file with its id, in the order of addition.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_scalars() {
        let mut files = Files::new();
        let id = files.add("a.pol", "let é = x\nlet b = y\n");
        let position = |offset| files.get(id).map(|file| file.position(offset));
        assert_eq!(position(0), Some(Position { line: 1, column: 1 }));
        assert_eq!(position(7), Some(Position { line: 1, column: 7 }));
        assert_eq!(position(11), Some(Position { line: 2, column: 1 }));
    }

    #[test]
    fn columns_of_a_long_line_count_scalars_from_its_start() {
        let mut files = Files::new();
        let long = "é".repeat(5 * BLOCK);
        let id = files.add("a.pol", format!("x\n{long}"));
        for chars in [0, 1, BLOCK / 2 - 1, BLOCK / 2, BLOCK, 5 * BLOCK] {
            let offset = u32::try_from(2 + 2 * chars).unwrap_or(0);
            let position = files.get(id).map(|file| file.position(offset));
            assert_eq!(position, Some(Position { line: 2, column: chars + 1 }));
        }
    }
}
