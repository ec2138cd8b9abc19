//! Bicep as an input: files that name others of their folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::bicep::{self, BicepFiles, BicepKind, LoadedBicep, OmittedModule, ParameterFile, Template, recognise};
use crate::import::{Cloud, UnreadPart};
use crate::model::Bearing;
use crate::source::SourceLayout;

use super::files::{FileFault, ProjectFiles, has_ending};

/// A file as the template that it means.
#[derive(Clone, Debug)]
pub(super) struct MadeTemplate {
    /// The template.
    pub text: String,
    /// Where the texts state its values.
    pub layout: Arc<SourceLayout>,
    /// What the files name and that is not read.
    pub unread: Vec<UnreadPart>,
}

/// Which Bicep a text is, by the name of its file, else by its content.
pub(super) fn kind(path: &Path, text: &str) -> Option<BicepKind> {
    match (has_ending(path, &["bicep"]), has_ending(path, &["bicepparam"])) {
        (true, _) => Some(BicepKind::Template),
        (_, true) => Some(BicepKind::Parameters),
        (false, false) => recognise(text),
    }
}

/// The files that a file may name: those below the folder of `root`, which lies in it.
pub(super) struct BicepNeighbours<'f> {
    pub files: &'f dyn ProjectFiles,
    pub root: PathBuf,
}

impl BicepFiles for BicepNeighbours<'_> {
    fn read(&mut self, importer: &str, path: &str) -> Result<LoadedBicep, String> {
        let found = self.files.import(&self.root, importer, path)?;
        Ok(LoadedBicep { name: found.name, text: found.text })
    }
}

impl BicepNeighbours<'_> {
    /// The template that a file means; of a parameter file, the one that it gives values.
    pub(super) fn made(
        &mut self,
        name: &str,
        text: &str,
        kind: BicepKind,
        cloud: Option<Cloud>,
    ) -> Result<MadeTemplate, FileFault> {
        match kind {
            BicepKind::Template => Ok(made(template(name, text, self)?)),
            BicepKind::Parameters => {
                let given = parameters(name, text, cloud, self)?;
                let Some(using) = &given.using else {
                    return Err(FileFault::new(format!("`{name}` names no template: give it with `--parameters`")));
                };
                let found = self.read(name, using);
                let found = found.map_err(|why| FileFault::cannot_read(Path::new(using), &why))?;
                let mut template = template(&found.name, &found.text, self)?;
                give(&mut template.json, &given.values).map_err(|why| FileFault::new(format!("`{name}`: {why}")))?;
                template.omitted.extend(given.omitted);
                Ok(made(template))
            }
        }
    }

    /// The values of a parameter file, as a parameter file of JSON.
    pub(super) fn values(&mut self, name: &str, text: &str, cloud: Option<Cloud>) -> Result<String, FileFault> {
        let given = parameters(name, text, cloud, self)?;
        let value = |(name, value): (String, Value)| (name, json!({ "value": value }));
        let values: Map<String, Value> = given.values.into_iter().map(value).collect();
        Ok(json!({ "parameters": values }).to_string())
    }
}

fn template(name: &str, text: &str, reader: &mut dyn BicepFiles) -> Result<Template, FileFault> {
    bicep::template(name, text, reader).map_err(|fault| FileFault::new(fault.to_string()))
}

fn parameters(
    name: &str,
    text: &str,
    cloud: Option<Cloud>,
    reader: &mut dyn BicepFiles,
) -> Result<ParameterFile, FileFault> {
    bicep::parameters(name, text, cloud, reader).map_err(|fault| FileFault::new(fault.to_string()))
}

fn made(Template { json, layout, omitted }: Template) -> MadeTemplate {
    // A module that is not read is a deployment of the template, which tells it; of other files, a value that matters is none.
    let unread = |OmittedModule { file, message }| UnreadPart { name: file, why: message, bears: Bearing::NoFlow };
    MadeTemplate { text: json.to_string(), layout: Arc::new(layout), unread: omitted.into_iter().map(unread).collect() }
}

/// Gives the parameters of a template their values as defaults, so that other values may still take their place.
fn give(template: &mut Value, values: &Map<String, Value>) -> Result<(), String> {
    let Some(parameters) = template.get_mut("parameters").and_then(Value::as_object_mut) else { return Ok(()) };
    let mut given: HashMap<String, &Value> =
        values.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    for (name, declared) in parameters {
        let value = given.remove(&name.to_ascii_lowercase());
        if let Some((declared, value)) = declared.as_object_mut().zip(value) {
            declared.insert("defaultValue".to_owned(), bicep::literal(value.clone()));
        }
    }
    match values.keys().find(|name| given.contains_key(&name.to_ascii_lowercase())) {
        Some(name) => Err(format!("the template has no parameter `{name}`")),
        None => Ok(()),
    }
}
