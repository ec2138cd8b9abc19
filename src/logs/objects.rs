//! The JSON objects in the lines of a log.
//!
//! An object may be a line, one of several on a line, or span lines. Arrays of objects are cut into them, and so is the
//! array `records` of an Event Hub document, so that a document is never kept whole, each record has its own line, and a
//! document cut short gives the records before the cut.

use serde::de::IgnoredAny;

use crate::net::same_word;

/// How many lines an object may span.
const LINES: usize = 256;
/// How long an object may be that spans lines.
const BYTES: usize = 64 * 1024;

/// A part of the lines.
#[derive(Debug)]
pub(super) struct ObjectPiece {
    /// The line where it begins.
    pub(super) line: u64,
    pub(super) text: String,
    pub(super) kind: JsonKind,
}

/// What a part of the lines is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum JsonKind {
    /// A complete JSON object.
    Object,
    /// The beginning of an object with an error, or without its end.
    Torn,
    /// Something else, up to the end of its line.
    Other,
}

/// Cuts lines into objects.
#[derive(Default, Debug)]
pub(super) struct Objects {
    open: Option<OpenObject>,
}

/// An object whose end is yet to come.
#[derive(Debug)]
struct OpenObject {
    line: u64,
    lines: usize,
    text: String,
}

impl Objects {
    /// Whether no object is open.
    pub(super) fn is_between(&self) -> bool {
        self.open.is_none()
    }

    /// The parts that end on this line.
    pub(super) fn line(&mut self, number: u64, line: &str) -> Vec<ObjectPiece> {
        let mut pieces = Vec::new();
        match self.open.take() {
            None => self.between(number, line, &mut pieces),
            Some(open) => match open.records(line) {
                Some(rest) => self.between(number, rest, &mut pieces),
                None => self.inside(open, number, line, &mut pieces),
            },
        }
        pieces
    }

    /// The parts that the end of the log leaves.
    pub(super) fn end(&mut self) -> Vec<ObjectPiece> {
        self.open.take().map(|open| open.alone()).unwrap_or_default()
    }

    fn between(&mut self, number: u64, line: &str, pieces: &mut Vec<ObjectPiece>) {
        let mut rest = after_separators(line);
        while !rest.is_empty() {
            let piece = |text: &str, kind| ObjectPiece { line: number, text: text.to_owned(), kind };
            match rest.starts_with('{').then(|| first_object(rest)) {
                Some(ObjectEnd::Whole(object, after)) => {
                    pieces.push(piece(object, JsonKind::Object));
                    rest = after_separators(after);
                    continue;
                }
                Some(ObjectEnd::Open) => {
                    self.open = Some(OpenObject { line: number, lines: 1, text: format!("{rest}\n") });
                }
                Some(ObjectEnd::Wrong) => pieces.push(piece(rest, JsonKind::Torn)),
                None => pieces.push(piece(rest, JsonKind::Other)),
            }
            return;
        }
    }

    fn inside(&mut self, open: OpenObject, number: u64, line: &str, pieces: &mut Vec<ObjectPiece>) {
        let text = format!("{}{line}", open.text);
        match first_object(&text) {
            ObjectEnd::Whole(object, rest) => {
                pieces.push(ObjectPiece { line: open.line, text: object.to_owned(), kind: JsonKind::Object });
                self.between(number, rest, pieces);
            }
            ObjectEnd::Open if open.lines < LINES && text.len() < BYTES => {
                self.open = Some(OpenObject { line: open.line, lines: open.lines + 1, text: format!("{text}\n") });
            }
            ObjectEnd::Open | ObjectEnd::Wrong => {
                pieces.extend(open.alone());
                self.between(number, line, pieces);
            }
        }
    }
}

impl OpenObject {
    /// Where the object turns out to be a document of records, what follows the bracket.
    fn records<'l>(&self, line: &'l str) -> Option<&'l str> {
        records_field(line).filter(|_| self.text.trim() == "{")
    }

    /// The lines, each read by itself: where an object has no end, some may be objects that follow it.
    fn alone(self) -> Vec<ObjectPiece> {
        let mut pieces = Vec::new();
        for (number, line) in (self.line..).zip(self.text.lines()) {
            let mut objects = Objects::default();
            objects.between(number, line, &mut pieces);
            let torn = objects.open.map(|open| ObjectPiece { line: number, text: open.text, kind: JsonKind::Torn });
            pieces.extend(torn);
        }
        pieces
    }
}

/// What a text that begins with `{` begins with.
enum ObjectEnd<'t> {
    /// An object, and what follows it.
    Whole(&'t str, &'t str),
    /// An object without its end.
    Open,
    /// No object.
    Wrong,
}

fn first_object(text: &str) -> ObjectEnd<'_> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => text
            .split_at_checked(values.byte_offset())
            .map_or(ObjectEnd::Wrong, |(one, rest)| ObjectEnd::Whole(one, rest)),
        Some(Err(error)) if error.is_eof() => ObjectEnd::Open,
        Some(Err(_)) | None => ObjectEnd::Wrong,
    }
}

/// The text from the next object on, if nothing but separators and the brackets of documents are before it.
fn after_separators(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '}' | ','));
        match rest.strip_prefix('{').and_then(records_field) {
            Some(records) => rest = records,
            None => return rest,
        }
    }
}

/// What follows `"records": [`.
fn records_field(text: &str) -> Option<&str> {
    const NAME: &str = "\"records\"";
    let (name, rest) = text.trim_start().split_at_checked(NAME.len())?;
    let value = rest.trim_start().strip_prefix(':')?;
    value.trim_start().strip_prefix('[').filter(|_| same_word(name, NAME))
}
