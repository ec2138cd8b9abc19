//! `fwc compile`.

use std::collections::HashSet;

use crate::diag::Severity;
use crate::emit::{self, Deployment, OUTPUTS, Options, Parents, Scope};
use crate::evaluate::Knowledge;
use crate::import::{Artefact, read_all};
use crate::lint::Effort;
use crate::lower::Lock;
use crate::model::{Base, Model, Policy, Settings, Sku};

use super::args::CompileArgs;
use super::folder::{self, MANIFEST, Output};
use super::front::{Front, options, understand_locked};
use super::limits::{self, Account};
use super::manifest::{Manifest, PolicyEntry, ProofEntry};
use super::summary::{Report, summary};
use super::{Failure, Outcome, lock, printer, review};

pub(super) fn run(args: &CompileArgs) -> Result<Outcome, Failure> {
    let lock = if args.no_lock { Lock::default() } else { lock::read(&args.file)? };
    let mut front = understand_locked(&args.file, &args.source, lock)?;
    let known = front.knowledge();
    front.prove(&known);
    front.lint(&known, Effort::Quick);
    printer::findings(&front.diagnostics, front.sources.files(), Severity::Warning);
    if front.diagnostics.has_errors() {
        printer::complain(&format!("{}: nothing is written", printer::counts(&front.diagnostics)));
        return Ok(Outcome::Found);
    }
    let next = front.lock.with(&front.intent, &front.lowered);
    if let Some(why) = front.lock.lacks(&next).filter(|_| args.locked) {
        let lock = lock::path(&args.file);
        let help = "compile without `--locked`, and keep the file with the source";
        printer::complain(&format!("`{}` would change: {why}; {help}", lock.display()));
        return Ok(Outcome::Found);
    }
    if let Some(id) = &args.base_id {
        set_base_id(&mut front, id);
    }
    let mut outputs = match artefacts(&front, &known, args) {
        Ok(outputs) => outputs,
        Err(why) => {
            printer::complain(&why);
            return Ok(Outcome::Found);
        }
    };
    prove(&front, args)?;
    front.prove_steps(&args.source)?;
    let files = front.sources.files();
    let given = &options(&args.source);
    let policies: Vec<PolicyEntry> = own_policies(&front)
        .filter_map(|policy| {
            let lowered = front.lowered.policies.iter().find(|lowered| lowered.name == policy.name)?;
            let proof = front.proofs.iter().find(|proof| proof.policy == policy.name)?;
            Some(PolicyEntry::new(
                &front.lowered.model,
                policy,
                lowered,
                ProofEntry::with_artefact(proof),
                given,
                files,
            ))
        })
        .collect();
    let endpoints = &front.lowered.model.private_endpoints;
    let network = limits::around(&front.lowered.model, given);
    let manifest = Manifest::new(files, &outputs, policies, network, endpoints, &front.diagnostics);
    let value = serde_json::to_value(&manifest).map_err(|error| Failure::new(error.to_string()))?;
    outputs.push((MANIFEST.to_owned(), emit::json_text(&value).into_bytes()));
    let lock_changed = !args.no_lock && next != front.lock;
    let prepared = lock_changed.then(|| lock::prepare(&args.file, &next)).transpose()?;
    folder::write(&args.output, &outputs)?;
    prepared.map_or(Ok(()), lock::Prepared::put)?;
    let model = &front.lowered.model;
    let own: Vec<&Policy> = own_policies(&front).collect();
    let limits = limits::table(&Account { model, policies: &own, given }, MANIFEST);
    let report = Report { model, manifest: &manifest, limits, outputs: &outputs, diagnostics: &front.diagnostics };
    say!("{}", summary(&args.file, &args.output, &report));
    Ok(Outcome::Done)
}

/// The policies that the source itself holds.
fn own_policies(front: &Front) -> impl Iterator<Item = &Policy> {
    front.lowered.model.policies.iter().filter(|policy| !front.is_external(&policy.name))
}

fn set_base_id(front: &mut Front, id: &str) {
    for policy in front.lowered.model.policies.iter_mut().filter(|policy| policy.base.is_some()) {
        policy.base = Some(Base::id(id));
    }
}

fn emit_options(args: &CompileArgs) -> Options {
    let parents = if args.emit_parents { Parents::Included } else { Parents::Referenced };
    let scope = if args.rules_only { Scope::RulesOnly } else { Scope::Whole };
    Options { parents, scope }
}

/// The policies that are written; of one without groups, nothing is left where the policy itself is not.
fn written(front: &Front, scope: Scope) -> Vec<&Policy> {
    own_policies(front).filter(|policy| scope == Scope::Whole || !policy.groups.is_empty()).collect()
}

/// The files of every format that was asked for, or why they cannot be written.
fn artefacts(front: &Front, known: &Knowledge, args: &CompileArgs) -> Result<Vec<Output>, String> {
    let options = emit_options(args);
    let policies = written(front, options.scope);
    let deployment = Deployment { model: &front.lowered.model, policies: &policies, options };
    let mut files: Vec<Output> = Vec::new();
    for output in &OUTPUTS {
        let asked = args.emit.iter().any(|name| name == output.name);
        if !(asked || args.emit.is_empty()) {
            continue;
        }
        match (output.unsaid)(&deployment).first() {
            Some(what) if asked => return Err(format!("{} has no word for {what}: nothing is written", output.name)),
            Some(what) => printer::complain(&format!("{} has no word for {what}: it is left out", output.name)),
            None => {
                let written = (output.files)(&deployment).into_iter();
                files.extend(written.map(|file| (file.name, file.text.into_bytes())));
            }
        }
    }
    if args.emit.is_empty() || args.emit.iter().any(|name| name == review::REVIEW.0) {
        files.extend(review::reviews(front, &policies, known, &args.source));
    }
    match twice(&files) {
        Some(name) => Err(format!("two files would be called `{name}`: give the policy another name")),
        None => Ok(files),
    }
}

/// The name of a file that stands twice; some systems tell no case apart.
fn twice(files: &[Output]) -> Option<&str> {
    let mut seen = HashSet::new();
    let name = files.iter().map(|(name, _)| name).find(|name| !seen.insert(name.to_ascii_lowercase()))?;
    Some(name)
}

/// The ARM text, read back, must be what was meant; a difference is a fault of fwc, and nothing is written.
///
/// It is made and read whatever was asked for: the other formats write the same resources.
fn prove(front: &Front, args: &CompileArgs) -> Result<(), Failure> {
    let wrong =
        |why: String| Failure::new(format!("internal error: what would be written does not read back as meant: {why}"));
    let options = emit_options(args);
    let policies = written(front, options.scope);
    let deployment = Deployment { model: &front.lowered.model, policies: &policies, options };
    let files = OUTPUTS.iter().filter(|output| output.name == "arm").flat_map(|output| (output.files)(&deployment));
    let files: Vec<emit::File> = files.collect();
    let artefacts: Vec<Artefact<'_>> =
        files.iter().map(|file| Artefact { name: &file.name, text: &file.text }).collect();
    let read = read_all(&artefacts).map_err(|error| wrong(error.to_string()))?;
    match difference(&expected(front, args), &read) {
        None => Ok(()),
        Some(what) => Err(wrong(what)),
    }
}

/// What has to be read back.
fn expected(front: &Front, args: &CompileArgs) -> Model {
    let mut meant = front.lowered.model.as_deployed();
    meant.policies.retain(|policy| !front.is_external(&policy.name) || args.emit_parents);
    if args.rules_only {
        meant.policies.retain(|policy| !policy.groups.is_empty());
        for policy in &mut meant.policies {
            policy.base = None;
            // What the importer takes for the settings of a policy that it does not see.
            policy.settings = Settings::new(Sku::Premium);
        }
    }
    meant
}

/// What differs between two models, whatever the order of their policies.
fn difference(meant: &Model, read: &Model) -> Option<String> {
    for policy in &meant.policies {
        match read.policy(&policy.name) {
            Some(other) if other == policy => {}
            Some(_) => return Some(format!("policy `{}`", policy.name)),
            None => return Some(format!("policy `{}` is missing", policy.name)),
        }
    }
    if meant.ip_groups != read.ip_groups {
        return Some("the IP groups".to_owned());
    }
    (meant.route_tables != read.route_tables).then(|| "the route tables".to_owned())
}
