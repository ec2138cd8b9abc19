//! One source, from its text to what is proved of it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::check::{Remedy, check};
use crate::diag::{Applicability, Code, Diagnostic, Diagnostics, Edit, Fix};
use crate::evaluate::Knowledge;
use crate::intent::{self, Intent, Parent, Sources, resolve};
use crate::lint::{self, Looked, Proof};
use crate::lower::{ExternalBase, How, Lock, Lowered, as_written, lower_by};
use crate::model::{Model, Policy};
use crate::prove::{self, Checked, Coverage};

use super::files::{FileFault, Importer, ProjectFiles, read};
use super::lock_file;
use super::mistakes::{joined, whole_lines};
use super::options::{Expired, Exports, LockUse, ProjectOptions};
use super::parents::of_export;
use super::snapshots::{self, Snapshots};
use super::tag_contents::{TagNotes, tags_of};

/// A source with its imports, understood as far as it can be. Each stage is computed once, when it is wanted, from what
/// the one before could give; none fails. A file that cannot be read is a finding, and a [`FileFault`] as well.
pub struct Project<'f> {
    files: Box<dyn ProjectFiles + 'f>,
    path: PathBuf,
    options: ProjectOptions,
    loaded: OnceCell<LoadedSources>,
    understood: OnceCell<(Intent, Diagnostics)>,
    lock: OnceCell<(Lock, Option<FileFault>)>,
    bases: OnceCell<Bases>,
    lowered: OnceCell<(Lowered, Diagnostics)>,
    snapshots: OnceCell<(Snapshots, Option<FileFault>)>,
    proved: OnceCell<(Vec<Proof>, Diagnostics)>,
    checked: OnceCell<Diagnostics>,
    deployed: OnceCell<Model>,
    stated: OnceCell<Model>,
    written: OnceCell<Model>,
}

struct LoadedSources {
    sources: Sources,
    found: Diagnostics,
    fault: Option<FileFault>,
}

/// The bases that exports hold.
#[derive(Default)]
struct Bases {
    policies: Vec<ExternalBase>,
    /// The texts of the source, and after them the exports.
    texts: crate::source::Files,
    found: Diagnostics,
    fault: Option<FileFault>,
}

/// A stage of the one order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// Files are read and parsed.
    Load,
    /// Names are resolved.
    Understand,
    /// Rules become Azure's.
    Lower,
    /// The policies are proved to mean what the source states.
    Prove,
    /// What Azure refuses, and what has expired.
    Check,
}

impl Stage {
    /// Every stage, in order; lints come after all of them.
    pub const ALL: [Self; 5] = [Self::Load, Self::Understand, Self::Lower, Self::Prove, Self::Check];
}

/// How far findings are collected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckDepth {
    /// All but proofs and lints.
    Checked,
    /// Proofs as well.
    Proved,
    /// Lints as well, without what the author accepts.
    Linted,
}

impl<'f> Project<'f> {
    /// The source at `path`, of files that are owned or borrowed. Nothing is read yet.
    pub fn new(files: impl ProjectFiles + 'f, path: impl Into<PathBuf>, options: ProjectOptions) -> Self {
        Self {
            files: Box::new(files),
            path: path.into(),
            options,
            loaded: OnceCell::new(),
            understood: OnceCell::new(),
            lock: OnceCell::new(),
            bases: OnceCell::new(),
            lowered: OnceCell::new(),
            snapshots: OnceCell::new(),
            proved: OnceCell::new(),
            checked: OnceCell::new(),
            deployed: OnceCell::new(),
            stated: OnceCell::new(),
            written: OnceCell::new(),
        }
    }

    /// The path of the source.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The options.
    pub fn options(&self) -> &ProjectOptions {
        &self.options
    }

    /// The trees of the source, its imports and its modules.
    pub fn sources(&self) -> &Sources {
        &self.loaded().sources
    }

    /// The texts and documents that diagnostics and origins point at: those of the source, and the exports it inherits.
    pub fn texts(&self) -> &crate::source::Files {
        &self.bases().texts
    }

    /// What the author means.
    pub fn intent(&self) -> &Intent {
        &self.understood().0
    }

    /// What the lock beside the source remembers.
    pub fn lock(&self) -> &Lock {
        &self.locked().0
    }

    /// The lock after this source was compiled.
    pub fn next_lock(&self) -> Lock {
        let modules = lock_file::used_modules(self.sources().files());
        Lock { modules, ..self.lock().with(self.intent(), self.lowered()) }
    }

    /// The model, and what lowering did.
    pub fn lowered(&self) -> &Lowered {
        &self.lowering().0
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.lowered().model
    }

    /// What is known of names and tags, from the source and from snapshots.
    pub fn knowledge(&self) -> &Knowledge {
        &self.learned().0.knowledge
    }

    /// The snapshots that answers rest on, as sentences.
    pub fn snapshots(&self) -> &[String] {
        &self.learned().0.sentences
    }

    /// The snapshots that answers rest on: the path of each, and its text.
    pub(super) fn snapshot_texts(&self) -> &[(String, String)] {
        &self.learned().0.texts
    }

    /// What is assumed of FQDN tags.
    pub(super) fn tag_notes(&self) -> &TagNotes {
        &self.learned().0.tag_notes
    }

    /// The model with what is known, for questions about flows.
    pub fn known_model(&self) -> &Model {
        self.deployed.get_or_init(|| self.knowledge().applied_to(self.model()))
    }

    /// The model with the rules as they were written, for questions about single rules.
    pub fn written_model(&self) -> &Model {
        self.written.get_or_init(|| self.knowledge().applied_to(self.stated_model()))
    }

    /// The same without what is known.
    fn stated_model(&self) -> &Model {
        self.stated.get_or_init(|| as_written(self.intent(), self.lowered()))
    }

    /// The policies that the source itself states.
    pub fn own_policies(&self) -> impl Iterator<Item = &Policy> {
        self.model().policies.iter().filter(|policy| !policy.is_adopted())
    }

    /// What is proved of each policy; empty where an error of an earlier stage prevents it.
    pub fn proofs(&self) -> &[Proof] {
        &self.proved().0
    }

    /// Every expectation of the source, judged.
    pub fn expectations(&self) -> Vec<Checked<'_, '_>> {
        prove::expectations(self.intent(), self.known_model(), self.knowledge(), &self.options.budget)
    }

    /// Which rules the expectations touch.
    pub fn coverage(&self) -> Vec<Coverage> {
        prove::coverage(self.intent(), self.written_model(), self.knowledge(), &self.options.budget)
    }

    /// Why a file could not be used: the first one.
    pub fn fault(&self) -> Option<&FileFault> {
        let (locked, loaded) = (self.locked().1.as_ref(), self.loaded().fault.as_ref());
        let rest = || self.bases().fault.as_ref().or(self.learned().1.as_ref());
        loaded.or(locked).or_else(rest)
    }

    /// What one stage found.
    pub fn found(&self, stage: Stage) -> &Diagnostics {
        match stage {
            Stage::Load => &self.loaded().found,
            Stage::Understand => &self.understood().1,
            Stage::Lower => &self.lowering().1,
            Stage::Prove => &self.proved().1,
            Stage::Check => self.checked.get_or_init(|| self.check()),
        }
    }

    /// Whether a stage up to this one found an error.
    pub fn has_errors_through(&self, stage: Stage) -> bool {
        Stage::ALL.iter().filter(|&&earlier| earlier <= stage).any(|&earlier| self.found(earlier).has_errors())
    }

    /// Everything that is found up to a depth, in order.
    ///
    /// ```rust
    /// use fwc::driver::{CheckDepth, MemoryFiles, Project, ProjectOptions};
    ///
    /// let files = MemoryFiles::of("egress.pol", "policy web { sku standrad }");
    /// let project = Project::new(files, "egress.pol", ProjectOptions::default());
    /// let found = project.diagnostics(CheckDepth::Checked);
    /// assert!(found.iter().any(|found| found.message.contains("standrad")));
    /// ```
    pub fn diagnostics(&self, depth: CheckDepth) -> Diagnostics {
        let wanted = |stage: &&Stage| **stage != Stage::Prove || depth != CheckDepth::Checked;
        let stages = Stage::ALL.iter().filter(wanted);
        let mut found: Diagnostics = stages.flat_map(|stage| self.found(*stage).iter().cloned()).collect();
        if depth == CheckDepth::Linted {
            self.lint(&mut found);
        }
        let mut found = joined(found, self.sources().files());
        self.sources().lead_to(&mut found);
        found.iter_mut().for_each(|found| {
            self.keep_own_fixes(found);
            self.sources().at_the_author(found);
        });
        found.sort();
        found
    }

    /// Leaves out the fixes of what the author cannot edit: a module of the catalogue, a value of the command line.
    fn keep_own_fixes(&self, found: &mut Diagnostic) {
        let is_own = |edit: &Edit| self.sources().unit(edit.at.file).is_some_and(|unit| !unit.is_module);
        found.fixes.retain(|fix| fix.edits.iter().all(is_own));
        let edits = found.fixes.iter_mut().flat_map(|fix| &mut fix.edits);
        edits.filter(|edit| edit.text.is_empty()).for_each(|edit| *edit = whole_lines(edit, self.sources().files()));
    }

    /// The intent and the model, for those that go on from there.
    pub fn into_lowered(mut self) -> (Intent, Lowered) {
        self.lowering();
        let (intent, _) = self.understood.take().unwrap_or_default();
        let (lowered, _) = self.lowered.take().unwrap_or_default();
        (intent, lowered)
    }

    fn loaded(&self) -> &LoadedSources {
        self.loaded.get_or_init(|| self.load())
    }

    fn load(&self) -> LoadedSources {
        let (text, fault) = match read(&*self.files, &self.path) {
            Ok(text) => (text, None),
            Err(fault) => (String::new(), Some(fault)),
        };
        let mut importer = Importer { files: &*self.files, source: &self.path };
        let (mut sources, mut found) = Sources::load(&self.path.display().to_string(), &text, &mut importer);
        self.options.settings.iter().for_each(|(name, value)| sources.set(name, value));
        found.extend(fault.as_ref().map(unreadable));
        LoadedSources { sources, found, fault }
    }

    fn understood(&self) -> &(Intent, Diagnostics) {
        self.understood.get_or_init(|| resolve(self.sources()))
    }

    fn locked(&self) -> &(Lock, Option<FileFault>) {
        self.lock.get_or_init(|| match self.options.lock {
            LockUse::Ignore => (Lock::default(), None),
            LockUse::Read => match lock_file::read(&*self.files, &self.path) {
                Ok(lock) => (lock, None),
                Err(fault) => (Lock::default(), Some(fault)),
            },
        })
    }

    fn bases(&self) -> &Bases {
        self.bases.get_or_init(|| {
            let mut bases = Bases { texts: self.sources().files().clone(), ..Bases::default() };
            match self.options.exports {
                Exports::Ignore => {}
                Exports::Read => self.read_bases(&mut bases),
            }
            bases
        })
    }

    fn read_bases(&self, bases: &mut Bases) {
        for policy in &self.intent().policies {
            let Some(parent) = &policy.parent else { continue };
            let Parent::External(path) = &parent.value else { continue };
            match self.base(&policy.name.value, parent, path) {
                Ok((base, texts)) => {
                    bases.policies.push(base.behind(bases.texts.count()));
                    bases.texts.append(texts);
                }
                Err(fault) => {
                    bases.found.push(Diagnostic::new(Code::FW0209, parent.at, fault.to_string()));
                    bases.fault.get_or_insert(fault);
                }
            }
        }
    }

    fn base(
        &self,
        child: &str,
        parent: &intent::Entry<Parent>,
        path: &str,
    ) -> Result<(ExternalBase, crate::source::Files), FileFault> {
        let importer = self.sources().files().get(parent.at.file).map_or("", |file| file.name());
        let found = self.files.import(&self.path, importer, path);
        let found = found.map_err(|why| FileFault::cannot_read(Path::new(path), &why))?;
        of_export(child, &found.text, &found.name)
    }

    fn lowering(&self) -> &(Lowered, Diagnostics) {
        self.lowered.get_or_init(|| {
            let (mut lowered, mut found) = lower_by(self.intent(), &self.how());
            found.extend(self.bases().found.iter().cloned());
            found.extend(self.locked().1.as_ref().map(unreadable));
            let expected = self.intent().policies.iter().flat_map(|policy| &policy.expectations);
            let tests = self.intent().tests.iter().flat_map(|test| &test.expectations);
            let asked = self.intent().expectations.iter().chain(expected).chain(tests).flat_map(tags_of);
            self.learned().0.tag_notes.suppose(&mut lowered.model, self.texts(), asked);
            (lowered, found)
        })
    }

    /// How lowering is done.
    pub(super) fn how(&self) -> How<'_> {
        let ProjectOptions { checks, steps, .. } = &self.options;
        How { lock: self.lock(), options: checks, steps, bases: &self.bases().policies }
    }

    fn learned(&self) -> &(Snapshots, Option<FileFault>) {
        let learn = || snapshots::learned(&*self.files, &self.options, prove::knowledge(self.intent()));
        self.snapshots.get_or_init(learn)
    }

    fn proved(&self) -> &(Vec<Proof>, Diagnostics) {
        self.proved.get_or_init(|| {
            let fault = self.learned().1.as_ref().map(unreadable);
            if fault.is_some() || self.has_errors_through(Stage::Lower) {
                return (Vec::new(), fault.into_iter().collect());
            }
            lint::bypassed(self.intent(), self.lowered(), self.knowledge(), &self.options.budget)
        })
    }

    fn check(&self) -> Diagnostics {
        let found = check(self.stated_model(), self.model(), &self.options.checks);
        let mut found = found.cured(|site| intent::locate(self.intent(), site), |remedy| self.cure(remedy));
        let let_through = self.options.expired == Expired::Warn;
        found.extend(self.options.today.iter().flat_map(|today| lint::expiry(self.intent(), *today, let_through)));
        found
    }

    /// The edits that add what the source lacks.
    fn cure(&self, remedy: &Remedy) -> Option<Fix> {
        let Remedy::DnsProxy(policy) = remedy;
        let policy = self.intent().policies.iter().find(|own| own.name.value == *policy)?;
        Some(Fix::new("turn on the DNS proxy", Applicability::Maybe, policy.proxy_edit.clone()?))
    }

    /// Adds what is remarkable about a source that has no errors, and removes what its author accepts.
    fn lint(&self, found: &mut Diagnostics) {
        if !found.has_errors() {
            let ProjectOptions { budget, today, .. } = &self.options;
            found.extend(lint::of_source(self.intent(), self.model(), self.written_model(), self.knowledge(), budget));
            found.extend(lint::of_text(self.sources(), self.intent(), *today));
        }
        lint::accepted(self.intent(), found, Looked::ForAll);
        lint::name_rules(found, self.model());
    }
}

/// A file that cannot be used, where no text of the source names it.
fn unreadable(fault: &FileFault) -> Diagnostic {
    Diagnostic::nowhere(Code::FW0209, fault.to_string())
}
