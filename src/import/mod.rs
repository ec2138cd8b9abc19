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
mod body;
mod classic;
mod coerce;
mod condition;
mod fault;
mod fragment;
mod json;
mod left_out;
mod presence;
mod resource;
mod rules;
mod settings;
mod snapshots;
mod terraform;
mod tree;

use serde_json::Value;

use self::assemble::Found;
use self::fault::{Fault, quoted};
use crate::model;
use crate::source::Files;

pub use fault::{Error, Note};
pub use snapshots::{dns, dns_names, service_tags};

/// An artefact: a name to tell it by, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Artefact<'t> {
    /// The name, as of a file.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
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
            arm::read(object, given, found)?;
            if found.count() == before
                && let Value::Object(object) = json::parse(without_mark(text))?
            {
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
