//! An input whose flows are decided: a source, an artefact, or a folder of artefacts, told by content.

use std::path::{Path, PathBuf};

use crate::check::{check, in_artefact};
use crate::diag::{Diagnostics, Severity};
use crate::evaluate::Knowledge;
use crate::hcl::LoadedModules;
use crate::import::{Artefact, Cloud, Moment, ParameterValues, ReadDocument, Spare, other_text, read_parts};
use crate::intent::{Intent, PrivateEndpoint};
use crate::limits::CheckOptions;
use crate::lint::{self, Overview};
use crate::lower::{Lowered, LoweredPolicy, as_written};
use crate::model::{Model, Policy, ResourceId};
use crate::source;

use super::choice::{choose, refuse_circle};
use super::files::{FileFault, ProjectFiles, read};
use super::kinds::{InputKind, KindReader};
use super::options::ProjectOptions;
use super::parents::{WantedParent, wanted};
use super::project::{CheckDepth, Project};
use super::snapshots;
use super::tag_contents::TagNotes;
use super::terraform::{self, is_values_file};
use super::texts::{LoadedTexts, other_format, parameters, read_state};

/// What an input states.
pub struct Input {
    /// Its model.
    pub model: Model,
    /// The texts that origins point at.
    pub files: source::Files,
    /// What is known of names and tags.
    pub knowledge: Knowledge,
    /// What the author means, where the input is a source.
    pub intent: Option<Intent>,
    /// What lowering did in its policies.
    lowered: Vec<LoweredPolicy>,
    /// The base that is left out on the user's word.
    pub without_parent: Option<String>,
    /// The snapshots that answers rest on, as sentences.
    pub snapshots: Vec<String>,
    /// What is assumed of FQDN tags.
    pub(super) tag_notes: TagNotes,
    /// How many errors `check` has of it, where it is an artefact: other commands answer about it all the same.
    pub refused: usize,
}

/// Why there is no input.
#[derive(Debug)]
pub enum Unusable {
    /// It has errors.
    Errors {
        /// Everything that was found.
        found: Diagnostics,
        /// The texts that it points at.
        texts: source::Files,
    },
    /// A file cannot be used, or the input is not what the request supposes.
    Fault(FileFault),
}

impl From<FileFault> for Unusable {
    fn from(fault: FileFault) -> Self {
        Self::Fault(fault)
    }
}

impl Unusable {
    /// Why a source is no input: a file that cannot be read, or an error among what was `found`.
    pub fn of(project: &Project<'_>, found: &Diagnostics) -> Option<Self> {
        if let Some(fault) = project.fault() {
            return Some(Self::Fault(fault.clone()));
        }
        found.has_errors().then(|| Self::Errors { found: found.clone(), texts: project.texts().clone() })
    }
}

impl Input {
    /// A source as an input.
    pub(super) fn of(project: Project<'_>) -> Self {
        let (files, knowledge) = (project.texts().clone(), project.knowledge().clone());
        let (snapshots, tag_notes) = (project.snapshots().to_vec(), project.tag_notes().clone());
        let (intent, Lowered { model, policies }) = project.into_lowered();
        let (intent, without_parent) = (Some(intent), None);
        Self { model, files, knowledge, intent, lowered: policies, without_parent, snapshots, tag_notes, refused: 0 }
    }

    /// The input with what Azure refuses of an artefact counted.
    fn judged(mut self, options: &ProjectOptions) -> Self {
        self.refused = if self.intent.is_some() { 0 } else { refused(&self.model, &options.checks) };
        self
    }

    /// The rules as they were written, where the input is a source.
    pub fn written(&self) -> Option<Model> {
        let lowered = Lowered { model: self.model.clone(), policies: self.lowered.clone() };
        Some(self.knowledge.applied_to(&as_written(self.intent.as_ref()?, &lowered)))
    }

    /// The input with known addresses in the place of service tags and of names in network rules.
    #[must_use]
    pub fn with_known_addresses(mut self) -> Self {
        self.model = self.knowledge.applied_to(&self.model);
        self
    }

    /// The policy that is meant.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub fn policy(&self, options: &ProjectOptions) -> Result<&Policy, FileFault> {
        choose(&self.model, options.policy.as_deref())
    }
}

/// What is looked up in DNS.
pub struct NamesOf {
    /// The model with every rule as it was written.
    pub model: Model,
    /// The private endpoints of a source.
    pub endpoints: Vec<PrivateEndpoint>,
    /// The texts that origins point at.
    pub texts: source::Files,
    /// How many errors `check` has of artefacts.
    pub refused: usize,
}

/// Reads an input for its host names; a source need not be proved for that.
///
/// # Errors
/// Where it has errors or cannot be read.
pub fn names_of(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Result<NamesOf, Unusable> {
    if is_artefact(files, path)? {
        let input = load_whole(files, path, options)?;
        let Input { model, files: texts, refused, .. } = input;
        return Ok(NamesOf { model, endpoints: Vec::new(), texts, refused });
    }
    let project = Project::new(files, path, options.clone());
    let found = project.diagnostics(CheckDepth::Checked);
    Unusable::of(&project, &found).map_or(Ok(()), Err)?;
    let mut model = as_written(project.intent(), project.lowered());
    model.assumptions.clone_from(&project.model().assumptions);
    model.policies.retain(|policy| !policy.is_adopted());
    let (endpoints, texts) = (project.intent().private_endpoints.clone(), project.texts().clone());
    Ok(NamesOf { model, endpoints, texts, refused: 0 })
}

/// What is found in artefacts.
pub struct InputFindings {
    /// What was found, in order.
    pub found: Diagnostics,
    /// What matters most of each policy.
    pub overviews: Vec<Overview>,
}

/// Checks artefacts as they are stated, and lints them with what is known of addresses.
pub fn artefact_findings(input: &mut Input, options: &ProjectOptions) -> InputFindings {
    let Input { model, files, knowledge, .. } = input;
    let (mut found, overviews) = lint::of_model(&knowledge.applied_to(model), knowledge, &options.budget);
    found.extend(check(model, model, &options.checks).placed(|site| in_artefact(files, site)));
    found.sort();
    InputFindings { found, overviews }
}

/// How many errors `check` has of a model that was read from artefacts.
pub(super) fn refused(model: &Model, options: &CheckOptions) -> usize {
    check(model, model, options).placed(|_| None).count(Severity::Error)
}

/// Whether an input is an artefact or a folder of artefacts rather than a source.
///
/// # Errors
/// Where it cannot be read, or is a file of another tool.
pub fn is_artefact(files: &dyn ProjectFiles, path: &Path) -> Result<bool, FileFault> {
    if files.is_folder(path) {
        return Ok(true);
    }
    let (text, _) = read_state(files, path)?;
    match InputKind::of(path, &text).map(|kind| kind.reader) {
        Some(KindReader::Artefact | KindReader::Module | KindReader::Made(_) | KindReader::Values { .. }) => Ok(true),
        Some(KindReader::Source) => Ok(false),
        None => other_text(&text).map_or(Ok(false), |other| Err(other_format(&path.display().to_string(), other))),
    }
}

/// Reads an input, with the base of the policy that is meant.
///
/// ```rust
/// use fwc::driver::{MemoryFiles, ProjectOptions, load};
/// use fwc::explain::{FlowVerdict, explain};
/// use fwc::flow::Flow;
///
/// let text = r#"policy web { location "westeurope" sku standard
///     group out { api: allow https from 10.0.0.0/16 to api.example.com } }"#;
/// let (files, options) = (MemoryFiles::of("egress.pol", text), ProjectOptions::default());
/// let Ok(input) = load(&files, "egress.pol".as_ref(), &options) else { panic!("the source has errors") };
/// let flow = Flow {
///     source: "10.0.0.4".parse()?,
///     address: Some("203.0.113.7".parse()?),
///     name: Some("api.example.com".parse()?),
///     path: None,
///     service: "https".parse()?,
/// };
/// let answer = explain(&input.model, input.policy(&options)?, &flow, &input.knowledge)?;
/// assert_eq!(answer.verdict, FlowVerdict::Allow);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Where it has errors or cannot be read.
pub fn load(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Result<Input, Unusable> {
    let mut input = load_alone(files, path, options)?;
    let chosen = input.policy(options)?.id();
    add_parents(files, &mut input, chosen, options)?;
    Ok(input.judged(options))
}

/// Reads an input with the bases of the policy that is meant, where it has it, else of all its policies.
///
/// # Errors
/// Where it has errors or cannot be read.
pub fn load_to_compare(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Result<Input, Unusable> {
    let mut input = load_alone(files, path, options)?;
    let has = |name: &&String| !input.model.policies_called(name).is_empty();
    match options.policy.as_ref().filter(has) {
        Some(_) => {
            let chosen = input.policy(options)?.id();
            add_parents(files, &mut input, chosen, options)?;
        }
        None => {
            add_all_parents(files, &mut input, options)?;
            input.model.policies.iter().try_for_each(|policy| refuse_circle(&input.model, policy))?;
        }
    }
    Ok(input.judged(options))
}

/// Reads an input with the bases of all its policies.
///
/// # Errors
/// Where it has errors or cannot be read.
pub fn load_whole(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Result<Input, Unusable> {
    let input = load_to_check(files, path, options)?;
    input.model.policies.iter().try_for_each(|policy| refuse_circle(&input.model, policy))?;
    Ok(input)
}

/// As [`load_whole`], with bases in a circle, which are an error that `check` reports.
///
/// # Errors
/// Where it has errors or cannot be read.
pub fn load_to_check(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Result<Input, Unusable> {
    let mut input = load_alone(files, path, options)?;
    add_all_parents(files, &mut input, options)?;
    Ok(input.judged(options))
}

/// Puts the bases of all policies beside them.
fn add_all_parents(files: &dyn ProjectFiles, input: &mut Input, options: &ProjectOptions) -> Result<(), Unusable> {
    let ends = |policy: &&Policy| input.model.circle(policy).is_none();
    let policies: Vec<ResourceId> = input.model.policies.iter().filter(ends).map(Policy::id).collect();
    policies.into_iter().try_for_each(|policy| add_parents(files, input, policy, options))
}

/// Puts the bases of a policy beside it, to the last one, where the input does not hold them.
fn add_parents(
    files: &dyn ProjectFiles,
    input: &mut Input,
    policy: ResourceId,
    options: &ProjectOptions,
) -> Result<(), Unusable> {
    let mut next = Some(policy);
    while let Some(id) = next {
        let Some(child) = input.model.policy_of(&id) else { break };
        let wanted = wanted(&input.model, child, options.parent.as_ref(), "the input does")?;
        add_parent(files, input, &id, wanted, options)?;
        let base = input.model.policy_of(&id).and_then(|child| input.model.parent_of(child));
        next = base.map(Policy::id);
    }
    Ok(())
}

/// Does what is to be done about the base of a policy.
fn add_parent(
    files: &dyn ProjectFiles,
    input: &mut Input,
    child: &ResourceId,
    wanted: WantedParent<'_>,
    options: &ProjectOptions,
) -> Result<(), Unusable> {
    match wanted {
        WantedParent::Nothing => {}
        WantedParent::LeftOut(base) => input.without_parent = Some(base),
        WantedParent::From(path) => {
            let other = load_alone(files, path, options)?;
            let model = other.model.behind(input.files.count());
            input.model.adopt(std::slice::from_ref(child), choose(&model, None)?, &model);
            input.files.append(other.files);
        }
    }
    Ok(())
}

/// Reads an input without the bases that it does not hold.
///
/// # Errors
/// Where it has errors or cannot be read.
pub fn load_alone(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Result<Input, Unusable> {
    if is_artefact(files, path)? {
        return artefact(files, path, options);
    }
    let project = Project::new(files, path, options.clone());
    let found = project.diagnostics(CheckDepth::Proved);
    Unusable::of(&project, &found).map_or(Ok(()), Err)?;
    Ok(Input::of(project))
}

fn artefact(files: &dyn ProjectFiles, path: &Path, options: &ProjectOptions) -> Result<Input, Unusable> {
    let read = read_artefacts(files, &[path.to_owned()], TemplateValues::of(options), options.moment)?;
    let ReadDocument { mut model, files: texts, .. } = read;
    let (snapshots, fault) = snapshots::learned(files, options, Knowledge::of(&model.private_endpoints));
    fault.map_or(Ok(()), Err)?;
    snapshots.tag_notes.suppose(&mut model, &texts, []);
    Ok(Input {
        model,
        files: texts,
        knowledge: snapshots.knowledge,
        intent: None,
        lowered: Vec::new(),
        without_parent: None,
        snapshots: snapshots.sentences,
        tag_notes: snapshots.tag_notes,
        refused: 0,
    })
}

/// What templates are read with.
#[derive(Clone, Copy, Debug)]
pub struct TemplateValues<'o> {
    /// Parameter files; the last one wins.
    pub parameters: &'o [PathBuf],
    /// What becomes of a value for a parameter that no template has.
    pub spare: Spare,
    /// Values for the variables of Terraform source, by name.
    pub settings: &'o [(String, String)],
    /// The cloud, where it is stated.
    pub cloud: Option<Cloud>,
}

impl<'o> TemplateValues<'o> {
    /// Those of the options.
    pub fn of(options: &'o ProjectOptions) -> Self {
        let ProjectOptions { parameters, spare, settings, cloud, .. } = options;
        Self { parameters, spare: *spare, settings, cloud: *cloud }
    }
}

/// What the artefacts at `paths` state together, the parameters of their templates with the values of other files; a folder
/// is all the artefacts in it.
///
/// # Errors
/// Where one of them cannot be read.
pub(super) fn read_artefacts(
    files: &dyn ProjectFiles,
    paths: &[PathBuf],
    values: TemplateValues<'_>,
    moment: Moment,
) -> Result<ReadDocument, FileFault> {
    let (of_modules, of_templates): (Vec<&PathBuf>, Vec<&PathBuf>) =
        values.parameters.iter().partition(|path| is_values_file(path));
    let of_modules = of_modules.into_iter().map(|path| loaded(files, path)).collect::<Result<Vec<_>, _>>()?;
    let mut texts =
        LoadedTexts::of(values.cloud, terraform::VariableValues { files: &of_modules, settings: values.settings });
    paths.iter().try_for_each(|path| texts.add(files, path, moment))?;
    let given = of_templates.into_iter().map(|path| parameters(files, path, values.cloud));
    let given = given.collect::<Result<Vec<_>, _>>()?;
    let given: Vec<Artefact<'_>> = given.iter().map(|(name, text)| Artefact { name, text }).collect();
    let parts = texts.parts();
    let values = ParameterValues { parameters: &given, spare: values.spare, cloud: values.cloud };
    read_parts(&parts, values, &texts.unread).map_err(|error| FileFault::new(error.to_string()))
}

/// A file of values.
fn loaded(files: &dyn ProjectFiles, path: &Path) -> Result<LoadedModules, FileFault> {
    Ok(LoadedModules { name: path.display().to_string(), text: read(files, path)? })
}
