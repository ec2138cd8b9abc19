//! An input whose flows are decided: a source, an artefact, or a folder of artefacts, told by content.

use std::path::{Path, PathBuf};

use crate::check::check;
use crate::diag::Severity;
use crate::evaluate::Knowledge;
use crate::import::{Artefact, Read, read_with, recognise};
use crate::intent::Intent;
use crate::limits::CheckOptions;
use crate::lower::{Lowered, LoweredPolicy, as_written};
use crate::model::{IpGroup, Model, Policy};
use crate::source::Files;

use super::args::SourceArgs;
use super::front::{options, understand};
use super::reader::{entries, is_folder, read};
use super::{Failure, Outcome, printer};

/// What an input says.
pub(super) struct Input {
    pub(super) model: Model,
    pub(super) files: Files,
    pub(super) knowledge: Knowledge,
    /// What the author means, where the input is a source.
    pub(super) intent: Option<Intent>,
    /// What lowering did in its policies.
    policies: Vec<LoweredPolicy>,
    /// The base that is left out on the user's word.
    pub(super) without_parent: Option<String>,
}

impl Input {
    /// The rules as they were written, where the input is a source.
    pub(super) fn written(&self) -> Option<Model> {
        let lowered = Lowered { model: self.model.clone(), policies: self.policies.clone() };
        Some(self.knowledge.applied_to(&as_written(self.intent.as_ref()?, &lowered)))
    }
}

/// Reads an input; `Err(Ok(_))` where it has errors, which have been printed.
pub(super) fn load(
    path: &Path,
    parent: Option<&Path>,
    policy: Option<&str>,
    args: &SourceArgs,
) -> Result<Input, Result<Outcome, Failure>> {
    let mut input = load_alone(path, args)?;
    let chosen = choose(&input.model, policy).map_err(Err)?.clone();
    add_parent(&mut input, chosen, parent, args)?;
    tell_errors(path, &input, args);
    Ok(input)
}

/// Says how many errors `check` has of artefacts, which the other commands answer about all the same.
pub(super) fn tell_errors(path: &Path, input: &Input, args: &SourceArgs) {
    if input.intent.is_none() {
        tell_errors_of(&path.display().to_string(), &input.model, &options(args));
    }
}

/// The same of a model that was read from `files`.
pub(super) fn tell_errors_of(files: &str, model: &Model, options: &CheckOptions) {
    let found = check(model, model, options).placed(|_| None);
    let errors = match found.count(Severity::Error) {
        0 => return,
        1 => "1 error".to_owned(),
        several => format!("{several} errors"),
    };
    printer::complain(&format!("{files}: {errors}, as Azure refuses it: run `fwc check {files}`"));
}

/// Reads artefacts whole, with the bases of all their policies; `None` where the input is a source.
pub(super) fn load_artefacts(
    path: &Path,
    parent: Option<&Path>,
    args: &SourceArgs,
) -> Result<Option<Input>, Result<Outcome, Failure>> {
    if !is_folder(path) && !recognise(&read(path).map_err(Err)?) {
        return Ok(None);
    }
    let mut input = load_alone(path, args)?;
    for policy in input.model.policies.clone() {
        add_parent(&mut input, policy, parent, args)?;
    }
    Ok(Some(input))
}

/// Reads an input whole, with the bases of all its policies; `Err(Ok(_))` where it has errors, which have been printed.
pub(super) fn load_whole(
    path: &Path,
    parent: Option<&Path>,
    args: &SourceArgs,
) -> Result<Input, Result<Outcome, Failure>> {
    let mut input = load_alone(path, args)?;
    for policy in input.model.policies.clone() {
        add_parent(&mut input, policy, parent, args)?;
    }
    tell_errors(path, &input, args);
    Ok(input)
}

/// Puts the base of a policy into the model, where the model does not hold it.
fn add_parent(
    input: &mut Input,
    of: Policy,
    parent: Option<&Path>,
    args: &SourceArgs,
) -> Result<(), Result<Outcome, Failure>> {
    let missing = of.base.filter(|base| input.model.policy(base.name()).is_none());
    match (missing, parent) {
        (None, _) => {}
        (Some(base), Some(parent)) if parent == Path::new("none") => {
            input.without_parent = Some(base.name().to_owned());
        }
        (Some(base), Some(parent)) => {
            let other = load_alone(parent, args)?;
            let found = choose(&other.model, None).map_err(Err)?.clone().behind(input.files.count());
            input.model.policies.insert(0, Policy { name: base.name().to_owned(), ..found });
            let groups = other.model.ip_groups.into_iter();
            input.model.ip_groups.extend(groups.map(|(name, group)| (name, IpGroup { origin: None, ..group })));
            input.files.append(other.files);
        }
        (Some(base), None) => {
            let message = format!(
                "policy `{}` inherits `{}`, which the input does not hold: give it with `--parent INPUT`, or leave it \
                 out with `--parent none`",
                of.name,
                base.name()
            );
            return Err(Err(Failure::new(message)));
        }
    }
    Ok(())
}

pub(super) fn load_alone(path: &Path, args: &SourceArgs) -> Result<Input, Result<Outcome, Failure>> {
    if is_folder(path) {
        return artefacts(&json_files(path).map_err(Err)?, &args.parameters).map_err(Err);
    }
    let text = read(path).map_err(Err)?;
    if recognise(&text) {
        return artefacts(&[path.to_owned()], &args.parameters).map_err(Err);
    }
    let mut front = understand(path, args).map_err(Err)?;
    let knowledge = front.knowledge();
    front.prove(&knowledge);
    printer::findings(&front.diagnostics, front.sources.files(), Severity::Error);
    if front.diagnostics.has_errors() {
        return Err(Ok(Outcome::Found));
    }
    let files = front.sources.files().clone();
    let intent = Some(front.intent);
    let Lowered { model, policies } = front.lowered;
    Ok(Input { model, files, knowledge, intent, policies, without_parent: None })
}

/// The artefacts at `path`: itself, or the JSON files of the folder.
pub(super) fn artefact_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if is_folder(path) { json_files(path) } else { Ok(vec![path.to_owned()]) }
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    // A compiled folder holds a manifest, which says nothing about flows.
    let is_artefact = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "json" || extension == "jsonc")
            && path.file_name().is_some_and(|name| name != "manifest.json")
    };
    let files: Vec<PathBuf> = entries(folder)?.into_iter().filter(is_artefact).collect();
    if files.is_empty() {
        return Err(Failure::new(format!("`{}` holds no JSON", folder.display())));
    }
    Ok(files)
}

fn artefacts(paths: &[PathBuf], parameters: &[PathBuf]) -> Result<Input, Failure> {
    let Read { model, .. } = read_files(paths, parameters)?;
    let (files, knowledge) = (Files::new(), Knowledge::none());
    Ok(Input { model, files, knowledge, intent: None, policies: Vec::new(), without_parent: None })
}

/// What artefacts say, the parameters of their templates with the values of other files.
pub(super) fn read_files(paths: &[PathBuf], parameters: &[PathBuf]) -> Result<Read, Failure> {
    let texts = |paths: &[PathBuf]| -> Result<Vec<(String, String)>, Failure> {
        paths.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
    };
    let (texts, parameters) = (texts(paths)?, texts(parameters)?);
    if let Some((name, _)) = texts.iter().chain(&parameters).find(|(_, text)| !recognise(text)) {
        return Err(Failure::new(format!("`{name}` is no JSON: it begins with neither an object nor a list")));
    }
    let artefacts: Vec<Artefact<'_>> = texts.iter().map(|(name, text)| Artefact { name, text }).collect();
    let given: Vec<Artefact<'_>> = parameters.iter().map(|(name, text)| Artefact { name, text }).collect();
    read_with(&artefacts, &given).map_err(|error| Failure::new(error.to_string()))
}

/// The policy that `name` picks, else the one that no other inherits.
pub(super) fn choose<'m>(model: &'m Model, name: Option<&str>) -> Result<&'m Policy, Failure> {
    let names = |policies: &[&Policy]| policies.iter().map(|policy| policy.name.clone()).collect::<Vec<_>>().join(", ");
    if let Some(name) = name {
        let all: Vec<&Policy> = model.policies.iter().collect();
        let unknown = || Failure::new(format!("the input has no policy `{name}`; it has {}", names(&all)));
        return model.policy(name).ok_or_else(unknown);
    }
    let leaves: Vec<&Policy> = model.leaves().collect();
    match leaves.as_slice() {
        [only] => Ok(only),
        [] => Err(Failure::new("the input holds no policy")),
        several => {
            Err(Failure::new(format!("the input holds several policies: pick one with `--policy`: {}", names(several))))
        }
    }
}
