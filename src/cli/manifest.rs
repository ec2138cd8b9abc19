//! `manifest.json`: what was compiled, from what, to what. No times, no host names.

use indexmap::IndexSet;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::diag::{Diagnostics, Severity};
use crate::intent::Order;
use crate::limits::CheckOptions;
use crate::lint::Proof;
use crate::lower::{LoweredPolicy, Removal, STEPS, Saving, Step};
use crate::model::{Model, Policy, PrivateEndpoint, needed_zones};
use crate::source::{Files, Span};

use super::folder::Output;
use super::limits::{self, LimitsAround, PolicyLimits};

/// The manifest.
#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    schema: &'static str,
    tool: String,
    inputs: Vec<Hashed>,
    outputs: Vec<Hashed>,
    pub(super) policies: Vec<PolicyEntry>,
    /// How much of Azure's limits IP groups, route tables and private endpoints use.
    #[serde(flatten)]
    limits: LimitsAround,
    /// The private DNS zones that the private endpoints need.
    #[serde(rename = "privateDnsZones", skip_serializing_if = "Vec::is_empty")]
    pub(super) private_dns_zones: Vec<ZoneEntry>,
    diagnostics: Counts,
}

/// A private DNS zone, and the private endpoints that need it.
#[derive(Debug, Serialize)]
pub(super) struct ZoneEntry {
    pub(super) zone: String,
    pub(super) endpoints: Vec<String>,
}

impl ZoneEntry {
    /// The zones that endpoints need.
    fn of(endpoints: &[PrivateEndpoint]) -> Vec<Self> {
        let entry = |(zone, endpoints): (String, IndexSet<&str>)| Self {
            zone,
            endpoints: endpoints.into_iter().map(str::to_owned).collect(),
        };
        needed_zones(endpoints).into_iter().map(entry).collect()
    }
}

#[derive(Debug, Serialize)]
struct Hashed {
    path: String,
    sha256: String,
}

/// What became of one policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyEntry {
    pub(super) name: String,
    pub(super) parent: Option<String>,
    pub(super) sku: String,
    pub(super) groups: usize,
    pub(super) collections: usize,
    pub(super) rules: usize,
    pub(super) source_rules: usize,
    /// How much of Azure's limits the policy uses, and its groups.
    #[serde(flatten)]
    limits: PolicyLimits,
    /// What is proved of the policy.
    pub(super) proof: ProofEntry,
    /// How many entries were taken away because something else says them.
    pub(super) merged: usize,
    /// Each of them.
    pub(super) removed: Vec<Removed>,
    /// What each step of the optimiser saved; less than nothing where a limit forces more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) saved: Vec<Saved>,
}

/// What a step of the optimiser saved.
#[derive(Debug, Serialize)]
pub(super) struct Saved {
    pub(super) step: &'static str,
    #[serde(skip)]
    pub(super) does: &'static str,
    pub(super) rules: i64,
    pub(super) pairs: i64,
    pub(super) bytes: i64,
}

/// What is proved of a policy: that it means what its source says, and that its artefact says the same.
#[derive(Debug, Serialize)]
pub(super) struct ProofEntry {
    order: &'static str,
    pub(super) meaning: &'static str,
    pub(super) conditions: Vec<String>,
    artefact: &'static str,
}

impl ProofEntry {
    /// For a policy whose meaning has `proof`, and whose artefact was read back and found equal.
    pub(super) fn with_artefact(proof: &Proof) -> Self {
        Self {
            order: match proof.order {
                Order::Intent => "intent",
                Order::Azure => "azure",
            },
            meaning: if proof.conditions.is_empty() { "proved" } else { "conditional" },
            conditions: proof.conditions.clone(),
            artefact: "proved",
        }
    }
}

/// Something that was taken away because something else says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Removed {
    pub(super) what: String,
    pub(super) at: Place,
    pub(super) covered_by: Place,
}

#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

#[derive(Debug, Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Manifest {
    pub(super) fn new(
        files: &Files,
        outputs: &[Output],
        policies: Vec<PolicyEntry>,
        limits: LimitsAround,
        endpoints: &[PrivateEndpoint],
        diagnostics: &Diagnostics,
    ) -> Self {
        let inputs = files.iter().map(|(_, file)| (file.name().to_owned(), file.text().as_bytes()));
        Self {
            schema: "fwc.manifest/1",
            tool: concat!("fwc ", env!("CARGO_PKG_VERSION")).to_owned(),
            inputs: inputs.map(|(path, content)| hashed(path, content)).collect(),
            outputs: outputs.iter().map(|(path, content)| hashed(path.clone(), content)).collect(),
            policies,
            limits,
            private_dns_zones: ZoneEntry::of(endpoints),
            diagnostics: Counts {
                errors: diagnostics.count(Severity::Error),
                warnings: diagnostics.count(Severity::Warning),
                notes: diagnostics.count(Severity::Note),
            },
        }
    }
}

impl PolicyEntry {
    pub(super) fn new(
        model: &Model,
        policy: &Policy,
        lowered: &LoweredPolicy,
        proof: ProofEntry,
        given: &CheckOptions,
        files: &Files,
    ) -> Self {
        let collections = || policy.groups.iter().flat_map(|group| &group.collections);
        Self {
            name: policy.name.to_string(),
            parent: policy.base.as_ref().map(|base| base.name().to_owned()),
            sku: policy.settings.sku.to_string(),
            groups: policy.groups.len(),
            collections: collections().count(),
            rules: collections().map(|collection| collection.rules.len()).sum(),
            source_rules: lowered.source_rules,
            limits: limits::of_policy(model, policy, given),
            proof,
            merged: lowered.removals.len(),
            removed: lowered.removals.iter().map(|removal| removed(removal, files)).collect(),
            saved: STEPS.iter().zip(&lowered.savings).map(saved).collect(),
        }
    }
}

fn saved((step, saving): (&'static Step, &Saving)) -> Saved {
    let Saving { rules, pairs, bytes } = *saving;
    Saved { step: step.name, does: step.does, rules, pairs, bytes }
}

fn removed(removal: &Removal, files: &Files) -> Removed {
    Removed { what: removal.what.clone(), at: place(removal.at, files), covered_by: place(removal.by, files) }
}

fn place(span: Span, files: &Files) -> Place {
    let Some(file) = files.get(span.file) else { return Place { file: String::new(), line: 0, column: 0 } };
    let position = file.position(span.start);
    Place { file: file.name().to_owned(), line: position.line, column: position.column }
}

fn hashed(path: String, content: &[u8]) -> Hashed {
    let sha256 = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    Hashed { path, sha256 }
}
