//! Places looked up: what a person or a program is told.

use std::fmt;

use serde_json::{Value, json};

use super::files::{Files, Position};
use super::place::Place;

/// A [`Place`] with the name of its file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Located<'f> {
    /// The name of the file, as messages show it.
    pub file: &'f str,
    /// Where in it.
    pub at: PlaceSpot,
}

/// Where in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlaceSpot {
    /// A stretch of text: its first character, and the one after its last.
    Text(Position, Position),
    /// The path of a value, such as `$.resources[0]`.
    Value(String),
}

impl Files {
    /// The place with the name of its file; `None` for a place of another `Files`. A value of a document that was made from a text
    /// is where the text states it.
    pub fn locate(&self, place: impl Into<Place>) -> Option<Located<'_>> {
        let place = self.stated(place.into());
        let file = self.get(place.file())?;
        let at = match place {
            Place::Text(span) => PlaceSpot::Text(file.position(span.start), file.position(span.end)),
            Place::Value(_, path) => PlaceSpot::Value(file.path(path)),
        };
        Some(Located { file: file.name(), at })
    }
}

impl Located<'_> {
    /// `{"file","line","column"}` of the start, or `{"file","path"}` of a value.
    pub fn start_json(&self) -> Value {
        match &self.at {
            PlaceSpot::Text(start, _) => json!({ "file": self.file, "line": start.line, "column": start.column }),
            PlaceSpot::Value(path) => json!({ "file": self.file, "path": path }),
        }
    }

    /// As [`start_json`](Self::start_json), with `endLine` and `endColumn` of a stretch of text.
    pub fn json(&self) -> Value {
        match &self.at {
            PlaceSpot::Text(start, end) => json!({
                "file": self.file,
                "line": start.line,
                "column": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            }),
            PlaceSpot::Value(_) => self.start_json(),
        }
    }

    /// `FILE:LINE`, or `FILE: PATH`.
    pub fn line(&self) -> String {
        match &self.at {
            PlaceSpot::Text(start, _) => format!("{}:{}", self.file, start.line),
            PlaceSpot::Value(path) => format!("{}: {path}", self.file),
        }
    }
}

/// `FILE:LINE:COLUMN`, or `FILE: PATH`.
impl fmt::Display for Located<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            PlaceSpot::Text(start, _) => write!(f, "{}:{}:{}", self.file, start.line, start.column),
            PlaceSpot::Value(path) => write!(f, "{}: {path}", self.file),
        }
    }
}
