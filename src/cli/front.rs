//! From a source file to the Azure model, with everything that is wrong on the way.

use std::path::Path;

use jiff::civil::Date;

use crate::assert::knowledge;
use crate::azure::evaluate::Knowledge;
use crate::azure::{CheckOptions, Lock, Lowered, check, lower_with};
use crate::diag::Diagnostics;
use crate::flow::Budget;
use crate::intent::{Intent, Parent, Reader, Sources, resolve};
use crate::lint;

use super::args::{Expired, SourceArgs};
use super::reader::{ImportReader, read};
use super::{Failure, clock, lock};

/// A source, as far as it could be understood.
pub(super) struct Front {
    pub(super) sources: Sources,
    pub(super) intent: Intent,
    pub(super) lowered: Lowered,
    /// The priorities that were known before.
    pub(super) lock: Lock,
    pub(super) diagnostics: Diagnostics,
    /// What [`Front::prove`] proved of each policy; empty where errors stand in the way.
    pub(super) proofs: Vec<lint::Proof>,
    /// The policies of exports that policies of the source inherit; fwc writes none of them.
    pub(super) external: Vec<String>,
    /// The day that counts as today.
    pub(super) today: Date,
}

impl Front {
    /// Proves of each policy without errors that it means what the source says, with what is known of names and tags.
    pub(super) fn prove(&mut self, known: &Knowledge) {
        if !self.diagnostics.has_errors() {
            let (proofs, found) = lint::bypassed(&self.intent, &self.lowered, known, &Budget::default());
            self.proofs = proofs;
            self.diagnostics.extend(found);
            self.sources.lead_to(&mut self.diagnostics);
            self.diagnostics.sort();
        }
    }

    /// What the source alone says about names.
    pub(super) fn knowledge(&self) -> Knowledge {
        knowledge(&self.intent)
    }

    /// Adds what is remarkable about a source that has no errors, and takes away what its author accepts.
    pub(super) fn lint(&mut self, known: &Knowledge, effort: lint::Effort) {
        let Self { sources, intent, lowered, diagnostics, today, .. } = self;
        if !diagnostics.has_errors() {
            diagnostics.extend(lint::of_source(intent, lowered, known, &Budget::default(), effort));
            diagnostics.extend(lint::ownerless(intent));
            diagnostics.extend(lint::stale(sources, intent, *today));
        }
        lint::accepted(intent, diagnostics, effort);
        lint::name_rules(diagnostics, &lowered.model);
        sources.lead_to(diagnostics);
        diagnostics.sort();
    }
}

/// Reads, resolves, lowers and checks a source; what its lock file knows keeps its priority. What needs proofs is left to
/// [`Front::prove`].
pub(super) fn understand(file: &Path, args: &SourceArgs) -> Result<Front, Failure> {
    understand_locked(file, args, lock::read(file)?)
}

/// The same with the priorities of `lock`.
pub(super) fn understand_locked(file: &Path, args: &SourceArgs, lock: Lock) -> Result<Front, Failure> {
    let text = read(file)?;
    let mut reader = ImportReader::new(file, args.root.as_deref())?;
    let name = file.display().to_string();
    let (sources, diagnostics) = Sources::load(&name, &text, &mut reader);
    go_on(sources, diagnostics, reader, args, lock)
}

/// Understands a source and behind it `question`, an item in the words of the source: its names, imports and modules.
pub(super) fn understand_with(file: &Path, question: &str, args: &SourceArgs) -> Result<Front, Failure> {
    let text = read(file)?;
    let mut reader = ImportReader::new(file, args.root.as_deref())?;
    let name = file.display().to_string();
    let asked = format!("{text}\n{question}\n");
    let (sources, diagnostics) = Sources::load(&name, &asked, &mut reader);
    go_on(sources, diagnostics, reader, args, lock::read(file)?)
}

fn go_on(
    mut sources: Sources,
    mut diagnostics: Diagnostics,
    mut reader: ImportReader,
    args: &SourceArgs,
    lock: Lock,
) -> Result<Front, Failure> {
    for (name, value) in &args.set {
        sources.set(name, value);
    }
    let (intent, found) = resolve(&sources);
    diagnostics.extend(found);
    let (mut lowered, found) = lower_with(&intent, &lock);
    diagnostics.extend(found);
    let external = inherit_exports(&intent, &mut lowered, &mut reader, &sources)?;
    diagnostics.extend(check(&intent, &lowered, &options(args)));
    let today = args.as_of.unwrap_or_else(clock::today);
    diagnostics.extend(lint::expiry(&intent, today, args.expired == Expired::Warn));
    sources.lead_to(&mut diagnostics);
    diagnostics.sort();
    Ok(Front { sources, intent, lowered, lock, diagnostics, proofs: Vec::new(), external, today })
}

/// What the checks take as given.
pub(super) fn options(args: &SourceArgs) -> CheckOptions {
    CheckOptions { limits: args.limits.iter().cloned().collect() }
}

/// Puts the bases that are exports into the model.
fn inherit_exports(
    intent: &Intent,
    lowered: &mut Lowered,
    reader: &mut dyn Reader,
    sources: &Sources,
) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for policy in &intent.policies {
        let Some(parent) = &policy.parent else { continue };
        let Parent::External(path) = &parent.value else { continue };
        let importer = sources.files().get(parent.at.file).map_or("", |file| file.name());
        let found = reader.read(importer, path).map_err(|why| Failure::new(format!("cannot read `{path}`: {why}")))?;
        let export = crate::import::read(&found.text, &found.name).map_err(|error| Failure::new(error.to_string()))?;
        let mut leaves = export.leaves();
        let (Some(base), None) = (leaves.next().cloned(), leaves.next()) else {
            return Err(Failure::new(format!("`{path}` must hold one policy")));
        };
        names.push(base.name.clone());
        lowered.inherit(&policy.name.value, base);
    }
    Ok(names)
}
