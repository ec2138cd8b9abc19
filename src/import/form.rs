//! Which form a document has, and its reader.

use serde_json::{Map, Value};

use super::assemble::Found;
use super::fault::{Fault, quoted};
use super::moment::Moment;
use super::{arm, az, foreign, json, powershell, pulumi, terraform, what_if};
use crate::model::{Assumption, Bearing};
use crate::template::Given;

/// The forms of documents that are read.
enum Form {
    /// What `terraform show -json` prints.
    Terraform(Map<String, Value>),
    /// A deployment template.
    Template(Map<String, Value>),
    /// The result of a what-if operation.
    WhatIf(Map<String, Value>),
    /// The export of a Pulumi stack.
    Pulumi(Map<String, Value>),
    /// What PowerShell makes of objects.
    PowerShell(Value),
    /// What `az`, Resource Graph and the API print, and parts of policies.
    Resources(Value),
}

impl Form {
    fn of(document: Value) -> Self {
        match document {
            Value::Object(object) if terraform::is_terraform(&object) => Self::Terraform(object),
            Value::Object(object) if arm::is_template(&object) => Self::Template(object),
            Value::Object(object) if what_if::is_what_if(&object) => Self::WhatIf(object),
            Value::Object(object) if pulumi::is_stack(&object) => Self::Pulumi(object),
            document if powershell::is_powershell(&document) => Self::PowerShell(document),
            document => Self::Resources(document),
        }
    }
}

/// What a document is read with.
pub(super) struct Supplied<'g> {
    /// The text of the document, which is parsed again where it is read twice: few are, and a copy of each would cost much.
    pub text: &'g str,
    /// The parameters of templates.
    pub parameters: &'g [(String, Given)],
    /// Which state of a document that tells two, unless one is asked for.
    pub moment: Moment,
    /// The state that is asked for.
    pub asked: Option<Moment>,
}

/// Reads a document. One without anything to read is an error, but for an empty list, which `az` prints for a policy without
/// groups.
pub(super) fn read(document: Value, given: &Supplied<'_>, found: &mut Found) -> Result<(), Fault> {
    if is_empty_list(&document) {
        return Ok(());
    }
    if let Some(fault) = foreign::of(&document) {
        return Err(fault);
    }
    let (before, told) = (found.count(), found.notes().len());
    let foreign = foreign::foreign(&document);
    let may_be_empty = read_form(Form::of(document), given, found)?;
    if found.count() > before || may_be_empty { Ok(()) } else { Err(nothing(foreign, found.notes().first_since(told))) }
}

/// Reads a form, and says whether it may state nothing: one of two states may have nothing yet, or nothing left.
fn read_form(form: Form, given: &Supplied<'_>, found: &mut Found) -> Result<bool, Fault> {
    match form {
        Form::WhatIf(result) => what_if::read(&result, given.asked.unwrap_or(given.moment), found),
        Form::Terraform(shown) => read_terraform(shown, given.asked, found),
        Form::Template(_) | Form::Pulumi(_) | Form::PowerShell(_) | Form::Resources(_) if given.asked.is_some() => {
            Err(Fault::at("$", ONE_STATE))
        }
        Form::Template(template) => read_template(template, given, found).map(|()| false),
        Form::Pulumi(stack) => pulumi::read(&stack, found).map(|()| false),
        Form::PowerShell(objects) => az::read(powershell::plain(objects)?, found).map(|()| false),
        Form::Resources(resources) => az::read(resources, found).map(|()| false),
    }
}

const ONE_STATE: &str = "the document tells one state, where `#before` and `#after` are for the results of what-if operations and \
                         for plans of Terraform";

/// A plan tells what it leads to, and what there was where that is asked for.
fn read_terraform(mut shown: Map<String, Value>, asked: Option<Moment>, found: &mut Found) -> Result<bool, Fault> {
    match (asked, shown.contains_key("planned_values")) {
        (Some(_), false) => Err(Fault::at("$", ONE_STATE)),
        (Some(Moment::Before), true) => match shown.remove("prior_state") {
            Some(Value::Object(prior)) => terraform::read(&prior, found).map(|()| true),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | None => {
                Ok(true)
            }
        },
        (Some(Moment::After), true) | (None, _) => terraform::read(&shown, found).map(|()| false),
    }
}

fn is_empty_list(document: &Value) -> bool {
    match document {
        Value::Array(items) => items.is_empty(),
        Value::Object(page) => {
            page.len() <= 2 && page.get("value").and_then(Value::as_array).is_some_and(Vec::is_empty)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// What stands under conditions that do not hold is better than nothing; the notes say so.
fn read_template(template: Map<String, Value>, given: &Supplied<'_>, found: &mut Found) -> Result<(), Fault> {
    let (before, noted) = (found.count(), found.notes().len());
    arm::read(template, given.parameters, found)?;
    if found.count() == before
        && let Value::Object(template) = json::parse(given.text)?
    {
        found.notes().forget(noted);
        found.read_all();
        arm::read(template, given.parameters, found)?;
    }
    Ok(())
}

fn nothing(foreign: Option<(String, String)>, told: Option<Assumption>) -> Fault {
    let expected = "expected a firewall policy, a rule collection group, an IP group or a route table";
    match foreign {
        Some((path, name)) => {
            let form = "in a form of its own that neither Azure nor `az` nor `terraform show -json` writes";
            Fault::foreign(Bearing::EveryFlow, path, format!("found {}, {form}; {expected}", quoted(&name)))
        }
        None => match told {
            Some(told) => Fault::foreign(told.bears, told.at.path, format!("{}; {expected}", told.message)),
            None => Fault::foreign(Bearing::NoFlow, "$", expected),
        },
    }
}
