//! From a source file to the Azure model, with everything that is wrong on the way.

use std::path::Path;

use jiff::civil::Date;

use crate::check::check;
use crate::diag::Diagnostics;
use crate::evaluate::Knowledge;
use crate::flow::Budget;
use crate::intent::{Intent, Parent, Reader, Sources, locate, resolve};
use crate::limits::CheckOptions;
use crate::lint;
use crate::lower::{How, Lock, Lowered, STEPS, Step, as_written, lower_by};
use crate::model::Policy;
use crate::prove::{knowledge, unlike};

use super::args::{Expired, SourceArgs};
use super::reader::{ImportReader, read};
use super::{Failure, clock, lock, printer};

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
    /// The policies of exports, behind the names of those that inherit them; fwc writes none of them.
    bases: Vec<(String, Policy)>,
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

    /// Whether a policy is that of an export, which a policy of the source inherits.
    pub(super) fn is_external(&self, policy: &str) -> bool {
        self.bases.iter().any(|(_, base)| base.name == policy)
    }

    /// In builds for tests, proves that no step of the optimiser changes what happens to a flow.
    pub(super) fn prove_steps(&self, args: &SourceArgs) -> Result<(), Failure> {
        let is_idle = self.lowered.policies.iter().flat_map(|policy| &policy.savings).all(|saving| saving.is_nothing());
        if !cfg!(debug_assertions) || is_idle {
            return Ok(());
        }
        let how = How { lock: &self.lock, options: &options(args), steps: steps(args), bases: &self.bases };
        match unlike(&self.intent, &how, &self.knowledge(), &Budget::default()) {
            Ok(None) => Ok(()),
            Err(stopped) => {
                printer::complain(&format!("the steps of the optimiser were {stopped}"));
                Ok(())
            }
            Ok(Some((step, flow))) => Err(Failure::new(format!("internal error: step `{step}` changes {flow}"))),
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
    let bases = exports(&intent, &mut reader, &sources)?;
    let options = options(args);
    let how = How { lock: &lock, options: &options, steps: steps(args), bases: &bases };
    let (lowered, found) = lower_by(&intent, &how);
    diagnostics.extend(found);
    let found = check(&as_written(&intent, &lowered), &lowered.model, &options);
    diagnostics.extend(found.placed(|site| locate(&intent, site)));
    let today = args.as_of.unwrap_or_else(clock::today);
    diagnostics.extend(lint::expiry(&intent, today, args.expired == Expired::Warn));
    sources.lead_to(&mut diagnostics);
    diagnostics.sort();
    Ok(Front { sources, intent, lowered, lock, bases, diagnostics, proofs: Vec::new(), today })
}

/// The steps of the optimiser that are asked for.
fn steps(args: &SourceArgs) -> &'static [Step] {
    if args.no_optimise { &[] } else { &STEPS }
}

/// What the checks take as given.
pub(super) fn options(args: &SourceArgs) -> CheckOptions {
    CheckOptions { limits: args.limits.iter().cloned().collect(), group_margin: args.group_margin }
}

/// The bases that are exports, behind the names of the policies that inherit them.
fn exports(intent: &Intent, reader: &mut dyn Reader, sources: &Sources) -> Result<Vec<(String, Policy)>, Failure> {
    let mut bases = Vec::new();
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
        bases.push((policy.name.value.clone(), base));
    }
    Ok(bases)
}
