//! Artefacts read back into a model.
//!
//! In: the text of ARM templates, of exports, of what `az network firewall policy …` and `terraform show -json` print,
//! of classic firewalls, and of parts of policies. Out: a [`model::Model`], and in it what the artefacts do not settle.
//! Values are coerced as Azure does it: numbers and booleans may be texts, enumerations and property names are compared
//! without regard to case, and what is null or empty is absent. Guaranteed: a property that could change a meaning is
//! read or refused, never skipped; no input makes it panic or take unbounded time. Template expressions are evaluated
//! as far as that can be done without a deployment; in a place that decides flows, any other is refused, with what it
//! lacks. Deliberately absent: reading files, and judging what was read.

mod arm;
mod around;
mod assemble;
mod az;
mod body;
mod classic;
mod classic_settings;
mod coerce;
mod collections;
mod condition;
mod diagnostics;
mod encoding;
mod fault;
mod foreign;
mod foreign_text;
mod form;
mod fqdn_tags;
mod fragment;
mod json;
mod left_out;
mod moment;
mod network;
mod parameter;
mod placed;
mod powershell;
mod presence;
mod pulumi;
mod recording;
mod resource;
mod routes;
mod rules;
mod settings;
mod snapshots;
mod stated;
mod tables;
mod terraform;
mod tree;
mod unread;
mod what_if;

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use self::assemble::FoundParts;
use self::fault::{ImportFault, quoted};
use self::form::Supplied;
use self::stated::StatedTexts;
use crate::model::{self, AssumptionKind, Bearing, DocumentPlace};
use crate::source::{Files, SourceLayout};
use crate::template::{EvaluationOptions, GivenParameters};

pub use crate::template::Cloud;
pub use encoding::text_of;
pub use fault::Error;
pub use foreign_text::{OtherText, other_text};
pub use fqdn_tags::{FqdnTags, fqdn_tags};
pub use moment::Moment;
pub use snapshots::{dns, dns_names, service_tags};
pub use terraform::{add_places, is_terraform_read};

/// An artefact: a name to tell it by, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Artefact<'t> {
    /// The name, as of a file.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
}

/// Whether `text` is an artefact's JSON rather than a source, by its first character after comments.
pub fn recognise(text: &str) -> bool {
    json::after_comments(without_mark(text)).starts_with(['{', '['])
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
pub struct ReadDocument {
    /// The model, with what the artefacts do not settle.
    pub model: model::Model,
    /// The artefacts, in which its origins are places.
    pub files: Files,
}

/// An artefact of an input, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct ImportedPart<'t> {
    /// The artefact.
    pub artefact: Artefact<'t>,
    /// Which state of a document that tells two, unless one is wanted.
    pub moment: Moment,
    /// The state that is wanted, which is an error of a document that tells one.
    pub asked: Option<Moment>,
    /// What of it is told and not read, rather than an error.
    pub tolerance: Tolerance,
    /// Where texts state its values, where it was made from texts.
    pub layout: Option<&'t Arc<SourceLayout>>,
}

impl<'t> ImportedPart<'t> {
    /// An artefact that was named.
    pub fn of(artefact: Artefact<'t>) -> Self {
        Self { artefact, moment: Moment::default(), asked: None, tolerance: Tolerance::Nothing, layout: None }
    }
}

/// What of an artefact is told and not read, rather than an error.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tolerance {
    /// Nothing: the artefact was named.
    Nothing,
    /// A document that is another than one that states policies: it came with its folder.
    OtherDocuments,
    /// Also what is no JSON after all: its name is that of a file of prose.
    OtherTexts,
}

/// A file beside the artefacts that is not read.
#[derive(Clone, Debug)]
pub struct UnreadPart {
    /// Its name.
    pub name: String,
    /// The reason, as in `is a source`.
    pub why: String,
    /// Which answers may rest on what it holds.
    pub bears: Bearing,
}

/// What templates are read with.
#[derive(Clone, Copy, Default, Debug)]
pub struct ParameterValues<'t> {
    /// Parameter files; of two values for one parameter, the later one is taken.
    pub parameters: &'t [Artefact<'t>],
    /// What becomes of a value for a parameter that no template has.
    pub spare: Spare,
    /// The cloud of `environment()`; without one it is the public cloud, and a note states so.
    pub cloud: Option<Cloud>,
}

/// What becomes of a value for a parameter that no template has.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Spare {
    /// It is an error, as it is for Azure.
    #[default]
    Refused,
    /// A note states so: another input may have the parameter.
    Noted,
}

/// The model that several artefacts hold together, the parameters of templates with the values of parameter files.
///
/// # Errors
/// Where one of them cannot be read, or a value fits no parameter.
pub fn read_with(artefacts: &[Artefact<'_>], parameters: &[Artefact<'_>]) -> Result<ReadDocument, Error> {
    read_given(artefacts, ParameterValues { parameters, ..ParameterValues::default() })
}

/// The model that several artefacts hold together, templates with the values that are given.
///
/// # Errors
/// Where an artefact cannot be read, or a value fits no parameter.
pub fn read_given(artefacts: &[Artefact<'_>], values: ParameterValues<'_>) -> Result<ReadDocument, Error> {
    let named = |&artefact| ImportedPart::of(artefact);
    read_parts(&artefacts.iter().map(named).collect::<Vec<_>>(), values, &[])
}

/// The model that the artefacts of an input hold together. What is `unread` is told.
///
/// # Errors
/// Where one of them cannot be read, or none states anything.
pub fn read_parts(
    parts: &[ImportedPart<'_>],
    values: ParameterValues<'_>,
    unread: &[UnreadPart],
) -> Result<ReadDocument, Error> {
    let layouts = parts.iter().filter_map(|part| Some((part.artefact.name, &**part.layout?)));
    let texts = StatedTexts::of(layouts);
    let mut read = read_documents(parts, values, unread).map_err(|error| texts.error(error))?;
    read.model.assumptions.iter_mut().for_each(|assumption| texts.place(&mut assumption.at));
    Ok(read)
}

fn read_documents(
    parts: &[ImportedPart<'_>],
    values: ParameterValues<'_>,
    unread: &[UnreadPart],
) -> Result<ReadDocument, Error> {
    let given = given(values.parameters)?;
    let all: Vec<(String, GivenParameters)> =
        given.values().map(|(_, name, value)| (name.clone(), value.clone())).collect();
    let mut found = FoundParts::default();
    let mut left_out = None;
    for part in parts {
        found.set_options(EvaluationOptions { cloud: values.cloud, length: part.artefact.text.len() });
        if let Some(fault) = read_part(part, &all, &mut found)? {
            let message = format!("it is not read: {}", fault.message);
            let bears = fault.foreign.unwrap_or(Bearing::EveryFlow);
            found.notes().tell(AssumptionKind::Omitted, bears, fault.path.clone(), message);
            left_out.get_or_insert_with(|| fault.of(part.artefact.name));
        }
    }
    if let Some(error) = left_out.filter(|_| found.count() == 0) {
        return Err(error);
    }
    if let Some(spare) = found.declared().and_then(|declared| spare(&given, declared)) {
        match values.spare {
            Spare::Refused => return Err(spare),
            Spare::Noted => {
                let Error { path, message, .. } = spare;
                found.notes().tell(AssumptionKind::Omitted, Bearing::NoFlow, path, message);
            }
        }
    }
    let notes = found.notes();
    for UnreadPart { name, why, bears } in unread {
        let at = DocumentPlace::new(name.clone(), "$");
        notes.tell_at(AssumptionKind::Omitted, *bears, at, format!("it {why}"));
    }
    Ok(ReadDocument { model: found.into_model()?, files: notes.files() })
}

/// The values of parameter files, by their names in lower case, each with its file; the last one of a name alone.
fn given<'t>(files: &[Artefact<'t>]) -> Result<GivenValues<'t>, Error> {
    let mut all = IndexMap::new();
    for file in files {
        let values = json::parse(without_mark(file.text)).and_then(parameter::given);
        for (name, value) in values.map_err(|fault| fault.of(file.name))? {
            all.insert(name.to_ascii_lowercase(), (file.name, name, value));
        }
    }
    Ok(all)
}

type GivenValues<'t> = IndexMap<String, (&'t str, String, GivenParameters)>;

/// The error of a value for a parameter that no template has.
fn spare(given: &GivenValues<'_>, declared: &IndexSet<String>) -> Option<Error> {
    let known: HashSet<String> = declared.iter().map(|name| name.to_ascii_lowercase()).collect();
    let (_, (file, name, _)) = given.iter().find(|(low, _)| !known.contains(*low))?;
    let message = match declared.is_empty() {
        true => format!("the template has no parameter {}, and no others", quoted(name)),
        false => {
            let all = parameter::listed(declared.iter().cloned());
            format!("the template has no parameter {}: its parameters are {all}", quoted(name))
        }
    };
    Some(Error::at(file, parameter::path(name), message))
}

/// Reads an artefact. What is tolerated of it is returned.
fn read_part(
    part: &ImportedPart<'_>,
    parameters: &[(String, GivenParameters)],
    found: &mut FoundParts,
) -> Result<Option<ImportFault>, Error> {
    let ImportedPart { artefact: Artefact { name, text }, moment, asked, tolerance, layout } = *part;
    found.open(name, layout);
    let text = without_mark(text);
    let document = json::parse(text).map_err(|fault| foreign::of_lines(text).unwrap_or(fault));
    let fault = match document {
        Ok(document) => match form::read(document, &Supplied { text, parameters, moment, asked }, found) {
            Ok(()) => return Ok(None),
            Err(fault) => fault,
        },
        Err(fault) if tolerance == Tolerance::OtherTexts => {
            ImportFault::foreign(Bearing::NoFlow, fault.path, fault.message)
        }
        Err(fault) => fault,
    };
    if fault.foreign.is_some() && tolerance > Tolerance::Nothing { Ok(Some(fault)) } else { Err(fault.of(name)) }
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
