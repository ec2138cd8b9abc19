//! What a compilation writes, proved: each artefact is read back and compared with the model before it is returned.

use std::collections::HashSet;

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::diff::{DiffSide, renderers::RuleSource};
use crate::emit::{self, EmitScope, EmittedDeployment, OUTPUTS, Parents, ReadBack};
use crate::flow::WorkBudget;
use crate::import::{Artefact, read_all};
use crate::lint;
use crate::lower::Lock;
use crate::model::{Base, Model, Policy, Settings, Sku};
use crate::prove::unlike;
use crate::report::{ReportGiven, html, markdown, report};
use crate::source::Files;

use super::assumptions::assumptions_json;
use super::file_names::refused_on_windows;
use super::files::FileFault;
use super::limits_used;
use super::lock_file::changed_modules;
use super::manifest::{MANIFEST, Manifest, OutputFile, PolicyEntry, ProofEntry};
use super::places::{named_from, placed_from};
use super::project::{CheckDepth, Project};

/// A kind of output that can be requested.
#[derive(Clone, Copy)]
pub struct OutputFormat {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    writer: OutputWriter,
}

/// What writes an output.
#[derive(Clone, Copy)]
enum OutputWriter {
    /// A format of artefacts.
    Artefact(&'static emit::OutputRow),
    /// Files for people, of these policies.
    Pages(fn(&Compiling<'_>, &[&Policy]) -> Vec<OutputFile>),
}

const REVIEW: OutputFormat = OutputFormat {
    name: "review",
    help: "each policy as a page and as Markdown, for who must approve it",
    writer: OutputWriter::Pages(|compiling, policies| compiling.reviews(policies)),
};

impl OutputFormat {
    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        let artefact = |output: &'static emit::OutputRow| Self {
            name: output.name,
            help: output.help,
            writer: OutputWriter::Artefact(output),
        };
        OUTPUTS.iter().map(artefact).chain([REVIEW])
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name == name)
    }
}

impl std::fmt::Debug for OutputFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// What a compilation is to write.
#[derive(Clone, Default, Debug)]
pub struct OutputRequest {
    /// The formats; none means all that can state the policies.
    pub formats: Vec<OutputFormat>,
    /// How artefacts are written.
    pub emit: emit::EmitOptions,
    /// The resource id of the base of the policies that inherit one.
    pub base_id: Option<String>,
    /// Whether the lock may change.
    pub lock: LockChange,
}

/// Whether the lock may change.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum LockChange {
    /// It may.
    #[default]
    Allowed,
    /// A compilation that would change it writes nothing.
    Refused,
}

/// A source, compiled.
pub struct Compilation {
    /// What was found in the source.
    pub diagnostics: Diagnostics,
    /// What is to be written, or why nothing is.
    pub outcome: Result<CompiledOutputs, NotWritten>,
}

/// What is to be written.
pub struct CompiledOutputs {
    /// The files, the manifest last.
    pub files: Vec<OutputFile>,
    /// The manifest.
    pub manifest: Manifest,
    /// The model that the files state.
    pub model: Model,
    /// The lock, where it is another than before.
    pub lock: Option<Lock>,
    /// What else the caller has to be told, as sentences.
    pub remarks: Vec<String>,
}

/// Why nothing is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotWritten {
    /// The source has errors.
    Errors,
    /// The lock would change, and must not: how.
    LockChanges(String),
    /// A format that was requested cannot state a policy.
    Inexpressible(String),
    /// What would be written does not mean what the model means: a fault of fwc.
    Internal(FileFault),
}

/// Compiles a source.
pub fn compile(project: &Project<'_>, request: &OutputRequest) -> Compilation {
    let mut diagnostics = project.diagnostics(CheckDepth::Linted);
    if !diagnostics.has_errors() {
        // Here it is no matter of taste: an empty source is an error, and of one that others may import it is said.
        let nothing = lint::nothing(project.sources(), project.intent());
        let more = |severity| if severity == Severity::Note { Severity::Warning } else { Severity::Error };
        diagnostics.retain(|found| found.code != Code::FW0216);
        diagnostics.extend(nothing.map(|found| Diagnostic { severity: more(found.severity), ..found }));
    }
    let outcome =
        if diagnostics.has_errors() { Err(NotWritten::Errors) } else { outcome(project, request, &diagnostics) };
    Compilation { diagnostics, outcome }
}

fn outcome(project: &Project<'_>, request: &OutputRequest, found: &Diagnostics) -> Result<CompiledOutputs, NotWritten> {
    let next = project.next_lock();
    if let Some(why) = project.lock().lacks(&next).filter(|_| request.lock == LockChange::Refused) {
        return Err(NotWritten::LockChanges(why));
    }
    let model = with_base_id(project.model().clone(), request.base_id.as_deref());
    let texts = named_from(project.path(), project.texts());
    let compiling = Compiling { project, request, model: &model, texts };
    let mut remarks = changed_modules(project.lock(), &next);
    let mut files = compiling.files(&mut remarks)?;
    compiling.prove_artefacts().map_err(NotWritten::Internal)?;
    remarks.extend(prove_steps(project).map_err(NotWritten::Internal)?);
    let manifest = compiling.manifest(&files, found);
    let internal = |error: serde_json::Error| NotWritten::Internal(FileFault::new(error.to_string()));
    let value = serde_json::to_value(&manifest).map_err(internal)?;
    files.push(OutputFile { name: MANIFEST.to_owned(), content: emit::json_text(&value).into_bytes() });
    let lock = (next != *project.lock()).then_some(next);
    Ok(CompiledOutputs { files, manifest, model, lock, remarks })
}

fn with_base_id(mut model: Model, id: Option<&str>) -> Model {
    for policy in model.policies.iter_mut().filter(|policy| policy.base.is_some()) {
        policy.base = id.map(Base::id).or(policy.base.take());
    }
    model
}

struct Compiling<'c> {
    project: &'c Project<'c>,
    request: &'c OutputRequest,
    model: &'c Model,
    /// The files under names that do not depend on where fwc was called.
    texts: Files,
}

impl Compiling<'_> {
    /// The policies that the source itself states.
    fn own(&self) -> impl Iterator<Item = &Policy> {
        self.model.policies.iter().filter(|policy| !policy.is_adopted())
    }

    /// The policies that are written; of one without groups, nothing is left where the policy itself is not.
    fn written(&self) -> Vec<&Policy> {
        let whole = self.request.emit.scope == EmitScope::Whole;
        self.own().filter(|policy| whole || !policy.groups.is_empty()).collect()
    }

    /// The files of every format that was requested.
    fn files(&self, remarks: &mut Vec<String>) -> Result<Vec<OutputFile>, NotWritten> {
        let policies = self.written();
        let deployment = EmittedDeployment { model: self.model, policies: &policies, options: self.request.emit };
        let formats = &self.request.formats;
        let mut files: Vec<OutputFile> = Vec::new();
        for format in OutputFormat::all() {
            let asked = formats.iter().any(|asked| asked.name == format.name);
            if !(asked || formats.is_empty()) {
                continue;
            }
            match format.writer {
                OutputWriter::Artefact(output) => match artefacts(output, &deployment) {
                    Ok(written) => files.extend(written),
                    Err(why) if asked => return Err(NotWritten::Inexpressible(format!("{why}: nothing is written"))),
                    Err(why) => remarks.push(format!("{why}: it is left out")),
                },
                OutputWriter::Pages(pages) => files.extend(pages(self, &policies)),
            }
        }
        let twice = |name| format!("two files would be called `{name}`: give the policy another name");
        repeated(&files).map_or(Ok(()), |name| Err(NotWritten::Inexpressible(twice(name))))?;
        files.iter().try_for_each(|file| named_anywhere(&file.name))?;
        Ok(files)
    }

    /// The pages of each policy. Only dates that are past are judged: what is written must not change from one day to the
    /// next for a date that is still to come.
    fn reviews(&self, policies: &[&Policy]) -> Vec<OutputFile> {
        let options = self.project.options();
        let today = options.today.unwrap_or(jiff::civil::Date::MIN);
        let given = ReportGiven { today, soon: 0, limits: &options.checks, budget: WorkBudget::default() };
        let one = |policy: &&Policy| {
            let side = DiffSide { model: self.model, policy, knowledge: self.project.knowledge() };
            let intent = Some(self.project.intent());
            let found = report(&RuleSource { side, intent, files: &self.texts, label: &policy.name }, &given);
            let kinds = [("md", markdown(&found)), ("html", html(&found))];
            kinds.map(|(kind, text)| OutputFile {
                name: format!("{}.review.{kind}", policy.name),
                content: text.into_bytes(),
            })
        };
        policies.iter().flat_map(one).collect()
    }

    /// What is read back must be what was meant; a difference is a fault of fwc.
    ///
    /// It is made and read whatever was requested: the other formats write the same resources.
    fn prove_artefacts(&self) -> Result<(), FileFault> {
        let wrong = |why: String| {
            FileFault::new(format!("internal error: what would be written does not read back as meant: {why}"))
        };
        let policies = self.written();
        let deployment = EmittedDeployment { model: self.model, policies: &policies, options: self.request.emit };
        let proving = OUTPUTS.iter().filter(|output| output.read_back == ReadBack::Proved);
        let files: Vec<emit::EmittedFile> = proving.flat_map(|output| (output.files)(&deployment)).collect();
        let artefacts: Vec<Artefact<'_>> =
            files.iter().map(|file| Artefact { name: &file.name, text: &file.text }).collect();
        let read = read_all(&artefacts).map_err(|error| wrong(error.to_string()))?;
        difference(&self.expected(), &read).map_or(Ok(()), |what| Err(wrong(what)))
    }

    /// What has to be read back.
    fn expected(&self) -> Model {
        let emit::EmitOptions { parents, scope } = self.request.emit;
        let mut meant = self.model.clone();
        if parents == Parents::Referenced {
            meant.policies.retain(|policy| !policy.is_adopted());
            meant.ip_groups.retain(|id, _| !id.is_adopted());
        }
        let mut meant = meant.as_deployed();
        if scope == EmitScope::RulesOnly {
            meant.policies.retain(|policy| !policy.groups.is_empty());
            for policy in &mut meant.policies {
                policy.base = None;
                // What the importer takes for the settings of a policy that it does not see.
                policy.settings = Settings::new(Sku::Premium);
            }
        }
        meant
    }

    fn manifest(&self, files: &[OutputFile], found: &Diagnostics) -> Manifest {
        let (given, texts) = (&self.project.options().checks, &self.texts);
        let entry = |policy: &Policy| {
            let lowered = self.project.lowered().policies.iter().find(|lowered| lowered.name == policy.name)?;
            let proof = self.project.proofs().iter().find(|proof| proof.policy == policy.name)?;
            Some(PolicyEntry::new(self.model, policy, lowered, ProofEntry::with_artefact(proof), given, texts))
        };
        let policies = self.own().filter_map(entry).collect();
        let network = limits_used::around(self.model, given);
        let assumptions = assumptions_json(&placed_from(self.project.path(), &self.model.assumptions));
        let manifest =
            Manifest::new(texts, files, policies, network, &self.model.private_endpoints, found, assumptions);
        manifest.with_snapshots(self.project.snapshot_texts())
    }
}

/// The files of one format, or what it cannot state.
fn artefacts(output: &emit::OutputRow, deployment: &EmittedDeployment<'_>) -> Result<Vec<OutputFile>, String> {
    match (output.unsaid)(deployment).first() {
        Some(what) => Err(format!("{} has no word for {what}", output.name)),
        None => {
            let files = (output.files)(deployment).into_iter();
            Ok(files.map(|file| OutputFile { name: file.name, content: file.text.into_bytes() }).collect())
        }
    }
}

/// Refuses a name that a file can have on some systems only.
fn named_anywhere(name: &str) -> Result<(), NotWritten> {
    let refused = |why| {
        let message = format!("no file can be called `{name}` on Windows, because {why}: give the policy another name");
        NotWritten::Inexpressible(message)
    };
    refused_on_windows(name).map_or(Ok(()), |why| Err(refused(why)))
}

/// A name that two files have; some systems tell no case apart.
fn repeated(files: &[OutputFile]) -> Option<&str> {
    let mut seen = HashSet::new();
    files.iter().map(|file| file.name.as_str()).find(|name| !seen.insert(name.to_ascii_lowercase()))
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

/// In builds for tests, proves that no step of the optimiser changes what happens to a flow; a remark where that was not
/// decided.
fn prove_steps(project: &Project<'_>) -> Result<Option<String>, FileFault> {
    let mut savings = project.lowered().policies.iter().flat_map(|policy| &policy.savings);
    if !cfg!(debug_assertions) || savings.all(|saving| saving.is_nothing()) {
        return Ok(None);
    }
    match unlike(project.intent(), &project.how(), project.knowledge(), &project.options().budget) {
        Ok(None) => Ok(None),
        Err(stopped) => Ok(Some(format!("the steps of the optimiser were {stopped}"))),
        Ok(Some((step, flow))) => Err(FileFault::new(format!("internal error: step `{step}` changes {flow}"))),
    }
}
