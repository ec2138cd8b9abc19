//! Which form a document has, and its reader.

use crate::json::{Json, Map};

use super::assemble::FoundParts;
use super::fault::{ImportFault, quoted};
use super::moment::Moment;
use super::{arm, az, foreign, json, powershell, pulumi, terraform, what_if};
use crate::model::{Assumption, Bearing};
use crate::template::GivenParameters;

/// A form of documents that are read.
struct DocumentForm {
    /// Whether a document has it.
    is: fn(&Json) -> bool,
    /// How many states of the resources a document may tell.
    states: States,
    /// Reads a document, and tells whether it may state nothing: one of two states may have nothing yet, or nothing left.
    read: fn(Json, &Supplied<'_>, &mut FoundParts) -> Result<bool, ImportFault>,
}

/// How many states of the resources a document may tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum States {
    /// That of now, or the one that is wanted.
    One,
    /// That of now and what a change leads to.
    Two,
}

/// The forms; a document has the first that fits.
const FORMS: [DocumentForm; 6] = [
    // What `terraform show -json` prints.
    DocumentForm {
        is: |document| document.as_object().is_some_and(terraform::is_terraform),
        states: States::Two,
        read: |document, given, found| read_terraform(object(document), given.asked, found),
    },
    // A deployment template.
    DocumentForm {
        is: |document| document.as_object().is_some_and(arm::is_template),
        states: States::One,
        read: |document, given, found| read_template(object(document), given, found).map(|()| false),
    },
    // The result of a what-if operation.
    DocumentForm {
        is: |document| document.as_object().is_some_and(what_if::is_what_if),
        states: States::Two,
        read: |document, given, found| what_if::read(&object(document), given.asked.unwrap_or(given.moment), found),
    },
    // The export of a Pulumi stack.
    DocumentForm {
        is: |document| document.as_object().is_some_and(pulumi::is_stack),
        states: States::One,
        read: |document, _, found| pulumi::read(&object(document), found).map(|()| false),
    },
    // What PowerShell makes of objects.
    DocumentForm {
        is: powershell::is_powershell,
        states: States::One,
        read: |document, _, found| az::read(powershell::plain(document)?, found).map(|()| false),
    },
    // What `az`, Resource Graph and the API print, and parts of policies.
    DocumentForm {
        is: |_| true,
        states: States::One,
        read: |document, _, found| az::read(document, found).map(|()| false),
    },
];

/// The properties of an object.
fn object(document: Json) -> Map {
    match document {
        Json::Object(object) => object,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => Map::new(),
    }
}

/// What a document is read with.
pub(super) struct Supplied<'g> {
    /// The text of the document, which is parsed again where it is read twice: few are, and a copy of each would cost much.
    pub text: &'g str,
    /// The parameters of templates.
    pub parameters: &'g [(String, GivenParameters)],
    /// Which state of a document that tells two, unless one is wanted.
    pub moment: Moment,
    /// The state that is wanted.
    pub asked: Option<Moment>,
}

/// Reads a document. One without anything to read is an error, but for an empty list, which `az` prints for a policy without
/// groups.
pub(super) fn read(document: Json, given: &Supplied<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    if is_empty_list(&document) {
        return Ok(());
    }
    if let Some(fault) = foreign::of(&document) {
        return Err(fault);
    }
    let (before, told) = (found.count(), found.notes().len());
    let may_be_empty = read_form(document, given, found)?;
    if found.count() > before || may_be_empty {
        return Ok(());
    }
    // The document is used up; the few that hold nothing are parsed once more.
    let foreign = json::parse(given.text).ok().and_then(|document| foreign::foreign(&document));
    Err(nothing(foreign, found.notes().first_since(told)))
}

fn read_form(document: Json, given: &Supplied<'_>, found: &mut FoundParts) -> Result<bool, ImportFault> {
    match FORMS.iter().find(|form| (form.is)(&document)) {
        Some(form) if form.states == States::One && given.asked.is_some() => Err(ImportFault::at("$", ONE_STATE)),
        Some(form) => (form.read)(document, given, found),
        None => Ok(false),
    }
}

const ONE_STATE: &str = "the document tells one state, where `#before` and `#after` are for the results of what-if operations and \
                         for plans of Terraform";

/// A plan tells what it leads to, and what there was where that is wanted.
fn read_terraform(mut shown: Map, asked: Option<Moment>, found: &mut FoundParts) -> Result<bool, ImportFault> {
    match (asked, shown.contains_key("planned_values")) {
        (Some(_), false) => Err(ImportFault::at("$", ONE_STATE)),
        (Some(Moment::Before), true) => match shown.remove("prior_state") {
            Some(Json::Object(prior)) => terraform::read(&prior, found).map(|()| true),
            Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_)) | None => Ok(true),
        },
        (Some(Moment::After), true) | (None, _) => terraform::read(&shown, found).map(|()| false),
    }
}

fn is_empty_list(document: &Json) -> bool {
    match document {
        Json::Array(items) => items.is_empty(),
        Json::Object(page) => page.len() <= 2 && page.get("value").and_then(Json::as_array).is_some_and(Vec::is_empty),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

/// What is under conditions that do not hold is better than nothing; the notes say so.
fn read_template(template: Map, given: &Supplied<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    let (before, noted) = (found.count(), found.notes().len());
    arm::read(template, given.parameters, found)?;
    if found.count() == before
        && let Json::Object(template) = json::parse(given.text)?
    {
        found.notes().forget(noted);
        found.read_all();
        arm::read(template, given.parameters, found)?;
    }
    Ok(())
}

fn nothing(foreign: Option<(String, String)>, told: Option<Assumption>) -> ImportFault {
    let expected = "expected a firewall policy, a rule collection group, an IP group or a route table";
    match foreign {
        Some((path, name)) => {
            let form = "in a form of its own that neither Azure nor `az` nor `terraform show -json` writes";
            ImportFault::foreign(Bearing::EveryFlow, path, format!("found {}, {form}; {expected}", quoted(&name)))
        }
        None => match told {
            Some(told) => ImportFault::foreign(told.bears, told.at.path, format!("{}; {expected}", told.message)),
            None => ImportFault::foreign(Bearing::NoFlow, "$", expected),
        },
    }
}
