//! Why an artefact cannot be read, and what was odd in one that was.

use std::fmt;

use crate::model::Bearing;

pub(super) use crate::template::quoted;

/// Why an artefact cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The name of the artefact.
    pub artefact: String,
    /// Where in it, as a JSON path such as `$.resources[0].properties`; `$` is the whole.
    pub path: String,
    /// What was found there, and what was expected.
    pub message: String,
}

impl Error {
    pub(super) fn at(artefact: &str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { artefact: artefact.to_owned(), path: path.into(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is wrong with the whole document is at no place of its own.
        match self.path.as_str() {
            "$" => write!(f, "{}: {}", self.artefact, self.message),
            path => write!(f, "{}: {path}: {}", self.artefact, self.message),
        }
    }
}

impl std::error::Error for Error {}

/// An error that does not know yet which artefact it is of.
#[derive(Debug)]
pub(super) struct ImportFault {
    pub path: String,
    pub message: String,
    /// Whether the value is one that only a deployment, or a parameter, tells.
    pub is_unknown: bool,
    /// Whether the value is one that only a deployment tells.
    pub is_deployed: bool,
    /// Where the document is another than one that states policies, which answers may rest on what it is.
    pub foreign: Option<Bearing>,
}

impl ImportFault {
    pub(super) fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), is_unknown: false, is_deployed: false, foreign: None }
    }

    /// The error that a document is another than one that states policies.
    pub(super) fn foreign(bears: Bearing, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { foreign: Some(bears), ..Self::at(path, message) }
    }

    pub(super) fn of(self, artefact: &str) -> Error {
        Error { artefact: artefact.to_owned(), path: self.path, message: self.message }
    }
}
