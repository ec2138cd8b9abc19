//! Artefacts as a source, with their bases.

use std::path::{Path, PathBuf};

use crate::decompile::{DecompileOptions, DecompileRefusal};
use crate::import::{Cloud, Moment, ReadDocument, Spare};
use crate::limits::CheckOptions;
use crate::model::{
    ApplicationRule, Assumption, AssumptionKind, Bearing, Dns, DocumentPlace, Model, NetworkRule, NextHop, Policy,
};
use crate::source::{self, Origin};

use super::choice::{choose, keep_only};
use super::files::{FileFault, ProjectFiles};
use super::import_proof::{Decompiled, decompile};
use super::input::{TemplateValues, read_artefacts, refused};
use super::options::ParentInput;
use super::parents::{WantedParent, wanted};

/// Which artefacts are to become a source, and how.
#[derive(Clone, Default, Debug)]
pub struct ImportRequest {
    /// The artefacts, or folders of them; together they are one policy or several.
    pub inputs: Vec<PathBuf>,
    /// Parameter files of templates.
    pub parameters: Vec<PathBuf>,
    /// Values for the variables of Terraform source, by name.
    pub settings: Vec<(String, String)>,
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
        let Self { parameters, settings, cloud, .. } = self;
        TemplateValues { parameters, spare: Spare::Refused, settings, cloud: *cloud }
    }
}

/// Artefacts as a source.
#[derive(Clone, Debug)]
pub struct ImportedSource {
    /// The source, with its proof.
    pub source: Decompiled,
    /// What the artefacts, and those of the bases, do not settle.
    pub assumptions: Vec<Assumption>,
    /// The bases that were left out on the user's word.
    pub without: Vec<String>,
    /// How many errors `check` has of the artefacts.
    pub refused: usize,
}

/// Why there is no source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotImported {
    /// A file cannot be used, or the request does not fit.
    Fault(FileFault),
    /// The language cannot state it, or the proof fails.
    Refused(DecompileRefusal),
}

impl From<FileFault> for NotImported {
    fn from(fault: FileFault) -> Self {
        Self::Fault(fault)
    }
}

/// Reads artefacts and states them as a source, proved.
///
/// ```rust
/// use fwc::driver::{ImportRequest, MemoryFiles, OutputRequest, Project, ProjectOptions, compile, import};
///
/// let text = r#"policy web { location "westeurope" sku standard
///     group out { api: allow https from 10.0.0.0/16 to api.example.com } }"#;
/// let project = Project::new(MemoryFiles::of("egress.pol", text), "egress.pol", ProjectOptions::default());
/// let compiled = compile(&project, &OutputRequest::default()).outcome.expect("a source without errors");
/// let template = MemoryFiles::of("web.arm.json", std::str::from_utf8(&compiled.files[0].content)?);
/// let request = ImportRequest { inputs: vec!["web.arm.json".into()], ..ImportRequest::default() };
/// let imported = import(&template, &request).expect("a template that the language can state");
/// assert!(imported.source.text.contains("allow https from 10.0.0.0/16 to api.example.com"));
/// # Ok::<(), std::str::Utf8Error>(())
/// ```
///
/// # Errors
/// Where a file cannot be used, or there is no such source.
pub fn import(files: &dyn ProjectFiles, request: &ImportRequest) -> Result<ImportedSource, NotImported> {
    let ReadDocument { mut model, files: texts, .. } =
        read_artefacts(files, &request.inputs, request.values(), Moment::default())?;
    let own = model.assumptions.clone();
    tell_unknown_hops(&mut model, &texts);
    request.policy.as_deref().map_or(Ok(()), |name| keep_only(&mut model, name))?;
    if model.policies.is_empty() && model.ip_groups.is_empty() && model.route_tables.is_empty() {
        return Err(FileFault::new("the artefacts hold no policy, no IP group and no route table").into());
    }
    let mut options = DecompileOptions {
        faithful: request.faithful,
        catalogue: request.catalogue,
        title: vec![format!("Imported from {}.", names(&request.inputs))],
        ..DecompileOptions::default()
    };
    let without = add_parents(files, &mut model, request, &mut options)?;
    let refused = refused(&model, &CheckOptions::default());
    let supposed = suppose(&mut model, &texts, &mut options);
    let uninspected: Vec<Assumption> = model.policies.iter().filter_map(|policy| uninspected(policy, &texts)).collect();
    let own = [uninspected.clone(), own].concat();
    let source = decompile(&model, &own, &options).map_err(NotImported::Refused)?;
    let assumptions = [supposed, uninspected, model.assumptions].concat();
    Ok(ImportedSource { source, assumptions, without, refused })
}

/// Gives policies what a source of them must state and the input does not tell; what that is.
fn suppose(model: &mut Model, texts: &source::Files, options: &mut DecompileOptions) -> Vec<Assumption> {
    let mut supposed = Vec::new();
    for policy in model.policies.iter_mut().filter(|policy| !policy.is_adopted()) {
        supposed.extend(suppose_tier(policy, texts));
        let proxy = suppose_proxy(policy, texts);
        options.assumed_proxy.extend(proxy.is_some().then(|| policy.id()));
        supposed.extend(proxy);
    }
    supposed
}

/// A policy of which only groups were found has any tier; its source has one.
fn suppose_tier(policy: &Policy, texts: &source::Files) -> Option<Assumption> {
    let (tier, unknown) = (policy.settings.sku, policy.settings.unknown);
    unknown
        .is_all()
        .then(|| assumed(policy, texts, format!("`sku {tier}` is assumed, as the input does not state the tier")))
}

/// Azure takes a host name in a network rule only where the policy has the DNS proxy.
fn suppose_proxy(policy: &mut Policy, texts: &source::Files) -> Option<Assumption> {
    let has_names = |rule: &NetworkRule| !rule.matches.destination_fqdns.is_empty();
    let mut collections = policy.groups.iter().flat_map(|group| &group.collections);
    let named = collections.any(|collection| collection.rules.network().iter().any(has_names));
    if !named || !policy.settings.unknown.dns || policy.settings.takes_network_names() {
        return None;
    }
    let dns = policy.settings.dns.take().unwrap_or_default();
    policy.settings.dns = Some(Dns { proxy: Some(true), ..dns });
    let why = "as the input does not state it, and Azure takes a host name in a network rule only with it";
    Some(assumed(policy, texts, format!("`dns {{ proxy on }}` is assumed, {why}")))
}

/// A policy of which only groups were found has a certificate that nobody can guess.
fn uninspected(policy: &Policy, texts: &source::Files) -> Option<Assumption> {
    let inspects = |rule: &ApplicationRule| rule.handling.terminate_tls;
    let mut collections = policy.groups.iter().flat_map(|group| &group.collections);
    let inspected = collections.any(|collection| collection.rules.application().iter().any(inspects));
    let message = "a rule inspects TLS, and the input does not state the policy: add its `tls` and `identity`";
    (inspected && policy.settings.unknown.is_all()).then(|| assumed(policy, texts, message.to_owned()))
}

fn assumed(policy: &Policy, texts: &source::Files, message: String) -> Assumption {
    Assumption {
        kind: AssumptionKind::Assumed,
        of: vec![policy.name.to_string()],
        message,
        at: document_place(texts, policy.origin.as_ref()),
        bears: Bearing::NoFlow,
    }
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
    files: &dyn ProjectFiles,
    model: &mut Model,
    request: &ImportRequest,
    options: &mut DecompileOptions,
) -> Result<Vec<String>, FileFault> {
    let mut without = Vec::new();
    for policy in model.policies.clone() {
        match wanted(model, &policy, request.parent.as_ref(), "the artefacts do")? {
            WantedParent::Nothing => {}
            WantedParent::LeftOut(base) => without.push(base),
            WantedParent::From(path) => {
                let values = TemplateValues { spare: Spare::Noted, ..request.values() };
                let read = read_artefacts(files, &[path.to_owned()], values, Moment::default())?;
                let base = choose(&read.model, None)?;
                options.external.insert(policy.id(), relative(path, request.output.as_deref()));
                model.adopt(&[policy.id()], base, &read.model);
            }
        }
    }
    Ok(without)
}

/// Tells the routes that are only a comment of the source, as the language cannot state where they lead.
fn tell_unknown_hops(model: &mut Model, texts: &source::Files) {
    let tables = model.route_tables.iter();
    let routes = tables.flat_map(|table| table.routes.iter().map(move |route| (table, route)));
    let omitted = routes.filter(|(_, route)| matches!(route.next_hop, NextHop::Unknown(_))).map(|(table, route)| {
        let what = format!("route `{}` to `{}` of route table `{}`", route.name, route.prefix, table.name);
        Assumption {
            kind: AssumptionKind::Omitted,
            of: Vec::new(),
            message: format!("{what} is only a comment of the source: what a deployment knows it cannot state"),
            at: document_place(texts, route.origin.as_ref()),
            bears: Bearing::Routes,
        }
    });
    let omitted: Vec<Assumption> = omitted.collect();
    model.assumptions.extend(omitted);
}

fn document_place(texts: &source::Files, origin: Option<&Origin>) -> DocumentPlace {
    let place = origin.and_then(|origin| DocumentPlace::of(texts, origin.at));
    place.unwrap_or_else(|| DocumentPlace::new("the input", "$"))
}

/// The path of the base as the source that is written names it.
fn relative(parent: &Path, output: Option<&Path>) -> String {
    let folder = output.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let below = folder.and_then(|folder| parent.strip_prefix(folder).ok());
    below.unwrap_or(parent).display().to_string()
}
