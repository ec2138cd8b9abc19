//! `fwc compile`.

use crate::azure::{Base, Model, Policy};
use crate::diag::Severity;
use crate::emit;
use crate::emit::arm::{Options, Parents};
use crate::import::{Artefact, read_all};
use crate::lint::Effort;

use super::args::CompileArgs;
use super::folder::{self, MANIFEST, Output};
use super::front::{Front, understand};
use super::manifest::{Manifest, PolicyEntry, ProofEntry};
use super::summary::summary;
use super::{Failure, Outcome, printer};

pub(super) fn run(args: &CompileArgs) -> Result<Outcome, Failure> {
    let mut front = understand(&args.file, &args.source)?;
    let known = front.knowledge();
    front.prove(&known);
    front.lint(&known, Effort::Quick);
    printer::findings(&front.diagnostics, front.sources.files(), Severity::Warning);
    if front.diagnostics.has_errors() {
        printer::complain(&format!("{}: nothing is written", printer::counts(&front.diagnostics)));
        return Ok(Outcome::Found);
    }
    if let Some(id) = &args.base_id {
        set_base_id(&mut front, id);
    }
    let mut outputs = templates(&front, args);
    prove(&front, &outputs, args)?;
    let files = front.sources.files();
    let policies: Vec<PolicyEntry> = own_policies(&front)
        .filter_map(|policy| {
            let lowered = front.lowered.policies.iter().find(|lowered| lowered.name == policy.name)?;
            let proof = front.proofs.iter().find(|proof| proof.policy == policy.name)?;
            Some(PolicyEntry::new(&front.lowered.model, policy, lowered, ProofEntry::with_artefact(proof), files))
        })
        .collect();
    let manifest = Manifest::new(files, &outputs, policies, &front.diagnostics);
    let value = serde_json::to_value(&manifest).map_err(|error| Failure::new(error.to_string()))?;
    outputs.push((MANIFEST.to_owned(), emit::json_text(&value).into_bytes()));
    folder::write(&args.output, &outputs)?;
    let model = &front.lowered.model;
    print!("{}", summary(&args.file, &args.output, model, &manifest.policies, &outputs, &front.diagnostics));
    Ok(Outcome::Done)
}

/// The policies that the source itself holds.
fn own_policies(front: &Front) -> impl Iterator<Item = &Policy> {
    front.lowered.model.policies.iter().filter(|policy| !front.external.contains(&policy.name))
}

fn set_base_id(front: &mut Front, id: &str) {
    for policy in front.lowered.model.policies.iter_mut().filter(|policy| policy.base.is_some()) {
        policy.base = Some(Base::Id(id.to_owned()));
    }
}

fn templates(front: &Front, args: &CompileArgs) -> Vec<Output> {
    let parents = if args.emit_parents { Parents::Included } else { Parents::Referenced };
    let options = Options { parents };
    let model = &front.lowered.model;
    let mut outputs: Vec<Output> = own_policies(front)
        .map(|policy| {
            let template = emit::arm::policy_template(model, policy, &options);
            (format!("{}.arm.json", policy.name), emit::json_text(&template).into_bytes())
        })
        .collect();
    if let Some(template) = emit::arm::route_template(model) {
        outputs.push(("routes.arm.json".to_owned(), emit::json_text(&template).into_bytes()));
    }
    outputs
}

/// What was emitted, read back, must be what was meant; a difference is a fault of fwc, and nothing is written.
fn prove(front: &Front, outputs: &[Output], args: &CompileArgs) -> Result<(), Failure> {
    let wrong =
        |why: String| Failure::new(format!("internal error: what would be written does not read back as meant: {why}"));
    let texts: Vec<(&str, &str)> = outputs
        .iter()
        .filter_map(|(name, content)| Some((name.as_str(), std::str::from_utf8(content).ok()?)))
        .collect();
    let artefacts: Vec<Artefact<'_>> = texts.iter().map(|&(name, text)| Artefact { name, text }).collect();
    let read = read_all(&artefacts).map_err(|error| wrong(error.to_string()))?;
    let mut meant = front.lowered.model.as_deployed();
    meant.policies.retain(|policy| !front.external.contains(&policy.name) || args.emit_parents);
    match difference(&meant, &read) {
        None => Ok(()),
        Some(what) => Err(wrong(what)),
    }
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
