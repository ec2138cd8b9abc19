//! Artefacts as a source, with their bases.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::express::{Options as ExpressOptions, Refusal};
use crate::import::{Cloud, Note, Read, Spare};
use crate::limits::CheckOptions;
use crate::model::{Model, Policy};

use super::choice::{choose, keep_only};
use super::files::{Fault, Files};
use super::import_proof::{Expressed, express};
use super::input::{TemplateValues, artefact_files, read_artefacts, refused};
use super::options::ParentInput;
use super::parents::{Wanted, wanted};

/// Which artefacts are to become a source, and how.
#[derive(Clone, Default, Debug)]
pub struct ImportRequest {
    /// The artefacts, or folders of them; together they are one policy or several.
    pub inputs: Vec<PathBuf>,
    /// Parameter files of templates.
    pub parameters: Vec<PathBuf>,
    /// The cloud that templates are deployed to, where it is stated.
    pub cloud: Option<Cloud>,
    /// Only this policy, with its base.
    pub policy: Option<String>,
    /// The base policy, where the artefacts do not hold it.
    pub parent: Option<ParentInput>,
    /// Where the source will be, to name its base from there.
    pub output: Option<PathBuf>,
    /// Whether every collection keeps its name and priority.
    pub faithful: bool,
    /// Whether sets of the shipped catalogue are named.
    pub catalogue: bool,
}

impl ImportRequest {
    fn values(&self) -> TemplateValues<'_> {
        TemplateValues { parameters: &self.parameters, spare: Spare::Refused, cloud: self.cloud }
    }
}

/// Artefacts as a source.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The source, with its proof.
    pub source: Expressed,
    /// What was odd in the artefacts.
    pub notes: Vec<Note>,
    /// The bases that were left out on the user's word.
    pub without: Vec<String>,
    /// How many errors `check` has of the artefacts.
    pub refused: usize,
}

/// Why there is no source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotImported {
    /// A file cannot be used, or the request does not fit.
    Fault(Fault),
    /// The language cannot state it, or the proof fails.
    Refused(Refusal),
}

impl From<Fault> for NotImported {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Reads artefacts and states them as a source, proved.
///
/// # Errors
/// Where a file cannot be used, or there is no such source.
pub fn import(files: &dyn Files, request: &ImportRequest) -> Result<Imported, NotImported> {
    let paths: Vec<Vec<PathBuf>> =
        request.inputs.iter().map(|path| artefact_files(files, path)).collect::<Result<_, _>>()?;
    let Read { mut model, notes, .. } = read_artefacts(files, &paths.concat(), request.values())?;
    request.policy.as_deref().map_or(Ok(()), |name| keep_only(&mut model, name))?;
    if model.policies.is_empty() && model.ip_groups.is_empty() && model.route_tables.is_empty() {
        return Err(Fault::new("the artefacts hold no policy, no IP group and no route table").into());
    }
    let mut options = ExpressOptions {
        faithful: request.faithful,
        catalogue: request.catalogue,
        title: vec![format!("Imported from {}.", names(&request.inputs))],
        external: IndexMap::new(),
    };
    let without = add_parents(files, &mut model, request, &mut options)?;
    let source = express(&model, &notes, &options).map_err(NotImported::Refused)?;
    Ok(Imported { source, notes, without, refused: refused(&model, &CheckOptions::default()) })
}

/// The names of inputs, without their folders.
pub fn names(inputs: &[PathBuf]) -> String {
    let name = |path: &PathBuf| match path.file_name() {
        Some(name) => Path::new(name).display().to_string(),
        None => path.display().to_string(),
    };
    inputs.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Puts bases that the artefacts do not hold into the model; those that are left out on the user's word are returned.
fn add_parents(
    files: &dyn Files,
    model: &mut Model,
    request: &ImportRequest,
    options: &mut ExpressOptions,
) -> Result<Vec<String>, Fault> {
    let mut without = Vec::new();
    for policy in model.policies.clone() {
        match wanted(model, &policy, request.parent.as_ref(), "the artefacts do")? {
            Wanted::Nothing => {}
            Wanted::LeftOut(base) => without.push(base),
            Wanted::From(path) => {
                let read = read_artefacts(
                    files,
                    &artefact_files(files, path)?,
                    TemplateValues { spare: Spare::Noted, ..request.values() },
                )?;
                let base = choose(&read.model, None)?;
                options.external.insert(policy.id(), relative(path, request.output.as_deref()));
                model.adopt(&[policy.id()], &Policy { base: None, ..base.clone() }, &read.model);
            }
        }
    }
    Ok(without)
}

/// The path of the base as the source that is written names it.
fn relative(parent: &Path, output: Option<&Path>) -> String {
    let folder = output.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let below = folder.and_then(|folder| parent.strip_prefix(folder).ok());
    below.unwrap_or(parent).display().to_string()
}
