//! Bicep, as the templates that it means.
//!
//! In: the text of a `.bicep` or a `.bicepparam` file, and the files that it names, given by a [`BicepFiles`]. Out: a deployment
//! template as a JSON value, with the place of each value in the texts, or the first fault with its line and column.
//! Guaranteed: a construct that is not understood is a fault, or a value that the template cannot evaluate, never left out;
//! what is named and not read is told; no input makes it panic, or take time or memory out of proportion. Deliberately
//! absent: types, which a template hardly states, and what resources and expressions mean, which `import` and `template` know.

mod ast;
mod cursor;
mod expressions;
mod fault;
mod lower;
mod program;
mod recognise;
mod statements;
mod texts;
mod types;
mod unit;
mod value;

use serde_json::{Map, Value as Json};

use self::program::Program;
use crate::source::SourceLayout;
use crate::template::{Cloud, ConditionAnswer, evaluate};

pub use self::fault::BicepFault;
pub use self::program::{BicepFiles, LoadedBicep, OmittedModule};
pub use self::recognise::{BicepKind, recognise};
pub use self::value::literal;

/// A file as the template that it means.
#[derive(Clone, Debug)]
pub struct Template {
    /// The template.
    pub json: Json,
    /// Where the texts state its values.
    pub layout: SourceLayout,
    /// What the files name and that is not read.
    pub omitted: Vec<OmittedModule>,
}

/// The values of a parameter file.
#[derive(Clone, Debug)]
pub struct ParameterFile {
    /// The values, by the names of parameters; of a secret of a key vault there is none.
    pub values: Map<String, Json>,
    /// The template that they are for, as the file names it.
    pub using: Option<String>,
    /// What the file names and that is not read.
    pub omitted: Vec<OmittedModule>,
}

/// The template that the file `name`, whose text is `text`, means.
///
/// # Errors
/// Where it, or a file that it names, is not understood.
pub fn template(name: &str, text: &str, reader: &mut dyn BicepFiles) -> Result<Template, BicepFault> {
    let mut program = Program::new(reader);
    let source = program.parsed(name, text)?;
    let (json, place) = lower::template(&mut program, &source, &[])?;
    program.layout.set_root(place);
    let Program { layout, omitted, .. } = program;
    Ok(Template { json: Json::Object(json), layout, omitted: omitted.into_iter().collect() })
}

/// The values that the parameter file `name`, whose text is `text`, gives.
///
/// # Errors
/// Where it is not understood, or a value is one that only a deployment knows.
pub fn parameters(
    name: &str,
    text: &str,
    cloud: Option<Cloud>,
    reader: &mut dyn BicepFiles,
) -> Result<ParameterFile, BicepFault> {
    let mut program = Program::new(reader);
    let source = program.parsed(name, text)?;
    let made = lower::parameters(&mut program, &source)?;
    let mut values = Map::new();
    for (parameter, expression) in made.values {
        match evaluate(&made.template, &format!("[{expression}]"), &[], cloud) {
            ConditionAnswer::Known(value) => drop(values.insert(parameter, value)),
            unknown => {
                let why = why(&unknown).unwrap_or("it cannot be evaluated");
                let message = format!("the value of parameter {} is not known: {why}", fault::quoted(&parameter));
                let stated = source.file.parameters.iter().find(|stated| stated.name.text == parameter);
                let at = stated.map_or(unit::START, |stated| stated.at);
                return Err(source.fault(fault::WrongBicep::new(at, message)));
            }
        }
    }
    Ok(ParameterFile { values, using: made.using, omitted: program.omitted.into_iter().collect() })
}

/// Why an answer is not known, by the first part that is not.
fn why(answer: &ConditionAnswer) -> Option<&str> {
    match answer {
        ConditionAnswer::Known(_) => None,
        ConditionAnswer::List(items) => items.iter().find_map(why),
        ConditionAnswer::Object(entries) => entries.iter().find_map(|(_, answer)| why(answer)),
        ConditionAnswer::Unknown { why, .. } => Some(why),
    }
}
