//! Where texts state what is found in documents that were made from them.

use std::sync::Arc;

use super::fault::Error;
use crate::model::{DocumentPlace, StatedAt};
use crate::source::{FileId, Files, LayoutStretch, Position, SourceLayout};

/// The texts of documents.
pub(super) struct StatedTexts<'p> {
    documents: Vec<(&'p str, &'p SourceLayout, Vec<FileId>)>,
    files: Files,
}

impl<'p> StatedTexts<'p> {
    /// Those of documents, each with its name.
    pub(super) fn of(layouts: impl Iterator<Item = (&'p str, &'p SourceLayout)>) -> Self {
        let (mut documents, mut files) = (Vec::new(), Files::new());
        for (name, layout) in layouts {
            let texts = layout.texts().iter().map(|(name, text)| files.add(name.as_str(), Arc::clone(text)));
            documents.push((name, layout, texts.collect()));
        }
        Self { documents, files }
    }

    /// The place, with the line and column of the text.
    pub(super) fn place(&self, place: &mut DocumentPlace) {
        if place.stated.is_none() {
            place.stated = self.stated(&place.file, &place.path);
        }
    }

    /// The error, with the line and column of the text.
    pub(super) fn error(&self, error: Error) -> Error {
        match self.stated(&error.artefact, &error.path) {
            Some(StatedAt { file, line, column }) => Error { artefact: format!("{file}:{line}:{column}"), ..error },
            None => error,
        }
    }

    fn stated(&self, name: &str, path: &str) -> Option<StatedAt> {
        let (_, layout, texts) = self.documents.iter().find(|(document, ..)| *document == name)?;
        let LayoutStretch { text, start, .. } = layout.find(path)?;
        let file = self.files.get(*texts.get(text)?)?;
        let Position { line, column } = file.position(start);
        Some(StatedAt { file: file.name().to_owned(), line, column })
    }
}
