//! Artefacts read back into a model.
//!
//! In: the text of ARM templates, of exports, of what `az network firewall policy …` and `terraform show -json` print, of
//! classic firewalls, and of parts of policies. Out: an [`model::Model`], and notes on what was odd. Values are coerced as
//! Azure does it: numbers and booleans may be texts, enumerations and property names are compared without regard to case,
//! and what is null or empty is absent. Guaranteed: a property that could change a meaning is read or refused, never
//! skipped; no input makes it panic or take unbounded time. Template expressions are evaluated as far as that can be done
//! without a deployment; in a place that decides flows, any other is refused, with what it lacks. Deliberately absent:
//! reading files, and judging what was read.

mod arm;
mod assemble;
mod az;
mod classic;
mod coerce;
mod expression;
mod fragment;
mod functions;
mod json;
mod resource;
mod rules;
mod scope;
mod settings;
mod snapshots;
mod terraform;
mod tree;

use std::fmt;

use serde_json::Value;

use self::assemble::Found;
use crate::model;
use crate::source::Files;

pub use snapshots::{dns, dns_names, service_tags};

/// An artefact: a name to tell it by, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Artefact<'t> {
    /// The name, as of a file.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
}

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
    fn at(artefact: &str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { artefact: artefact.to_owned(), path: path.into(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.artefact, self.path, self.message)
    }
}

impl std::error::Error for Error {}

/// Something odd that was read, and taken for what Azure takes it for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// What it is about: the names of the policy, the group, the collection and the rule, as far as they go.
    pub of: Vec<String>,
    /// What was odd.
    pub message: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.of.is_empty() {
            write!(f, "{}: ", self.of.join("/"))?;
        }
        f.write_str(&self.message)
    }
}

/// Whether `text` is an artefact's JSON rather than a source, by its first character.
pub fn recognise(text: &str) -> bool {
    without_mark(text).trim_start().starts_with(['{', '['])
}

/// The model that the artefact `text`, called `name`, holds.
pub fn read(text: &str, name: &str) -> Result<model::Model, Error> {
    read_all(&[Artefact { name, text }])
}

/// The model that several artefacts hold together, such as a policy and the list of its rule collection groups.
pub fn read_all(artefacts: &[Artefact<'_>]) -> Result<model::Model, Error> {
    read_with(artefacts, &[]).map(|read| read.model)
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The model.
    pub model: model::Model,
    /// The artefacts, in which its origins are places.
    pub files: Files,
    /// What was odd in the artefacts.
    pub notes: Vec<Note>,
}

/// The model that several artefacts hold together, the parameters of templates with the values of parameter files.
pub fn read_with(artefacts: &[Artefact<'_>], parameters: &[Artefact<'_>]) -> Result<Read, Error> {
    let mut given = Vec::new();
    for file in parameters {
        let values = json::parse(without_mark(file.text)).and_then(arm::parameters);
        given.extend(values.map_err(|fault| fault.of(file.name))?);
    }
    let mut found = Found::default();
    for artefact in artefacts {
        found.open(artefact.name);
        read_one(artefact.text, &given, &mut found).map_err(|fault| fault.of(artefact.name))?;
    }
    let notes = found.notes();
    Ok(Read { model: found.into_model()?, files: notes.files(), notes: notes.take() })
}

/// An artefact without anything to read is an error, but for the empty list, which `az` prints for a policy without groups.
fn read_one(text: &str, given: &[(String, Value)], found: &mut Found) -> Result<(), Fault> {
    let (before, noted) = (found.count(), found.notes().len());
    let mut foreign = None;
    match json::parse(without_mark(text))? {
        Value::Array(items) if items.is_empty() => return Ok(()),
        Value::Object(object) if terraform::is_terraform(&object) => terraform::read(&object, found)?,
        Value::Object(object) if arm::is_template(&object) => {
            arm::read(object.clone(), given, found)?;
            if found.count() == before {
                // What stands under conditions that do not hold is better than nothing; the notes say so.
                found.notes().forget(noted);
                found.read_all();
                arm::read(object, given, found)?;
            }
        }
        value => {
            foreign = fragment::foreign(&value);
            az::read(value, found)?;
        }
    }
    if found.count() == before {
        let expected = "expected a firewall policy, a rule collection group, an IP group or a route table";
        return Err(match foreign {
            Some((path, name)) => Fault::at(
                path,
                format!(
                    "found {}, in a form of its own that neither Azure nor `az` nor `terraform show -json` writes; \
                     {expected}",
                    quoted(&name)
                ),
            ),
            None => Fault::at("$", expected),
        });
    }
    Ok(())
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// An error that does not know yet which artefact it is of.
#[derive(Debug)]
struct Fault {
    path: String,
    message: String,
    /// Whether the value is one that only a deployment, or a parameter, tells.
    is_unknown: bool,
    /// Whether the value is one that only a deployment tells.
    is_deployed: bool,
}

impl Fault {
    fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), is_unknown: false, is_deployed: false }
    }

    fn of(self, artefact: &str) -> Error {
        Error { artefact: artefact.to_owned(), path: self.path, message: self.message }
    }
}

/// `text` in backticks, cut where it is long, with its control characters escaped.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut quoted = String::from("`");
    for (index, c) in text.chars().enumerate() {
        match c {
            _ if index == LONGEST => {
                quoted.push('…');
                break;
            }
            c if c.is_control() => quoted.extend(c.escape_default()),
            c => quoted.push(c),
        }
    }
    quoted.push('`');
    quoted
}
