//! `fwc import`.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::express::{Expressed, Options, Proof, Refusal, express};
use crate::import::{Note, Read};
use crate::limits::CheckOptions;
use crate::model::{Base, Model, Policy};

use super::args::ImportArgs;
use super::input::{artefact_files, choose, read_files, tell_errors_of};
use super::{Failure, Outcome, folder, lock, printer};

/// How many remarks are printed; all stand in the source.
const REMARKS: usize = 8;

pub(super) fn run(args: &ImportArgs) -> Result<Outcome, Failure> {
    let Read { mut model, notes } = read_files(&files(&args.files)?, &args.parameters)?;
    if let Some(name) = &args.policy {
        keep_only(&mut model, name)?;
    }
    if model.policies.is_empty() && model.ip_groups.is_empty() && model.route_tables.is_empty() {
        return Err(Failure::new("the artefacts hold no policy, no IP group and no route table"));
    }
    let title = format!("Imported from {}.", names(&args.files));
    let mut options = Options {
        faithful: args.faithful,
        catalogue: !args.no_catalogue,
        title: vec![title],
        external: IndexMap::new(),
        elsewhere: Vec::new(),
    };
    let without = add_parents(&mut model, args, &mut options)?;
    tell_errors_of(&paths(&args.files), &model, &CheckOptions::default());
    match express(&model, &notes, &options) {
        Ok(expressed) => {
            write(args, &expressed, &notes, &without)?;
            Ok(Outcome::Done)
        }
        Err(refusal) => {
            printer::complain(&refused(&refusal, args));
            printer::complain("nothing is written");
            Ok(Outcome::Found)
        }
    }
}

fn refused(refusal: &Refusal, args: &ImportArgs) -> String {
    format!("cannot import {}: {refusal}", names(&args.files))
}

fn names(files: &[PathBuf]) -> String {
    let name = |path: &PathBuf| match path.file_name() {
        Some(name) => Path::new(name).display().to_string(),
        None => path.display().to_string(),
    };
    files.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn paths(files: &[PathBuf]) -> String {
    files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")
}

/// The files that the inputs are, those of folders among them.
fn files(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let files: Vec<Vec<PathBuf>> = inputs.iter().map(|path| artefact_files(path)).collect::<Result<_, _>>()?;
    Ok(files.concat())
}

/// Keeps one policy with its base.
fn keep_only(model: &mut Model, name: &str) -> Result<(), Failure> {
    let chosen = choose(model, Some(name))?.clone();
    let base = chosen.base.as_ref().map(|base| base.name().to_owned());
    let is_kept = |policy: &Policy| {
        policy.name == chosen.name || base.as_ref().is_some_and(|base| base.eq_ignore_ascii_case(&policy.name))
    };
    model.policies.retain(is_kept);
    Ok(())
}

/// Puts bases that the artefacts do not hold into the model; those that are left out on the user's word are returned.
fn add_parents(model: &mut Model, args: &ImportArgs, options: &mut Options) -> Result<Vec<String>, Failure> {
    let mut without = Vec::new();
    for policy in model.policies.clone() {
        let Some(base) = policy.base.as_ref().filter(|base| model.policy(base.name()).is_none()) else { continue };
        match args.parent.as_deref() {
            Some(parent) if parent == Path::new("none") => without.push(base.name().to_owned()),
            Some(parent) => add_parent(model, base, parent, args, options)?,
            None => {
                return Err(Failure::new(format!(
                    "policy `{}` inherits `{}`, which the artefacts do not hold: give it with `--parent INPUT`, or \
                     leave it out with `--parent none`",
                    policy.name,
                    base.name()
                )));
            }
        }
    }
    Ok(without)
}

fn add_parent(
    model: &mut Model,
    base: &Base,
    parent: &Path,
    args: &ImportArgs,
    options: &mut Options,
) -> Result<(), Failure> {
    let read = read_files(&artefact_files(parent)?, &args.parameters)?;
    let found = choose(&read.model, None)?.clone();
    options.external.insert(base.name().to_owned(), relative(parent, args.output.as_deref()));
    model.policies.insert(0, Policy { name: base.name().to_owned(), base: None, ..found });
    for (name, group) in read.model.ip_groups {
        if !model.ip_groups.contains_key(&name) {
            options.elsewhere.push(name.clone());
            model.ip_groups.insert(name, group);
        }
    }
    Ok(())
}

/// The path of the base as the source that is written names it.
fn relative(parent: &Path, output: Option<&Path>) -> String {
    let folder = output.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let below = folder.and_then(|folder| parent.strip_prefix(folder).ok());
    below.unwrap_or(parent).display().to_string()
}

fn write(args: &ImportArgs, expressed: &Expressed, notes: &[Note], without: &[String]) -> Result<(), Failure> {
    let mut lines = Vec::new();
    match &args.output {
        Some(output) => {
            folder::write_file(output, expressed.text.as_bytes())?;
            if lock::path(output) != *output {
                lock::prepare(output, &expressed.lock)?.put()?;
            }
            lines.push(format!("{}: {}", output.display(), counts(&expressed.proof)));
        }
        None => {
            say!("{}", expressed.text);
            lines.push(counts(&expressed.proof));
        }
    }
    lines.push(proved(&expressed.proof));
    lines.extend(without.iter().map(|base| format!("compared without the base policy `{base}`")));
    lines.extend(notes.iter().take(REMARKS).map(|note| format!("note: {note}")));
    if notes.len() > REMARKS {
        lines.push(format!("{} more notes stand as comments in the source", notes.len() - REMARKS));
    }
    for line in lines {
        if args.output.is_some() {
            say_line!("{line}");
        } else {
            eprintln!("{line}");
        }
    }
    Ok(())
}

fn counts(proof: &Proof) -> String {
    let rules = |count: usize| if count == 1 { "1 rule".to_owned() } else { format!("{count} rules") };
    match proof.rules - proof.compiled.min(proof.rules) {
        0 => rules(proof.rules),
        1 => format!("{}, 1 of which says nothing that another does not", rules(proof.rules)),
        fewer => format!("{}, {fewer} of which say nothing that another does not", rules(proof.rules)),
    }
}

fn proved(proof: &Proof) -> String {
    let structure = match proof.same_structure {
        true => ", with the same names and priorities",
        false => "; collections get new names and priorities (`--faithful` keeps them)",
    };
    let order = if proof.order_is_proved { "" } else { "; it says `order azure`, as its meaning hangs on that order" };
    format!("proved: the source decides every flow as the input does{structure}{order}")
}
