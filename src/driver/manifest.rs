//! `manifest.json`: what was compiled, from what, to what. No times, no host names.

use indexmap::IndexSet;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::diag::{Diagnostics, Severity};
use crate::intent::Order;
use crate::limits::CheckOptions;
use crate::lint::Proof;
use crate::lower::{LoweredPolicy, OptimiseStep, Removal, STEPS, Saving};
use crate::model::{Model, Policy, PrivateEndpoint, needed_zones};
use crate::source::{Files, SourceSpan};

use super::limits_used::{self, LimitsAround, PolicyLimits};

/// The file that lists the others.
pub const MANIFEST: &str = "manifest.json";

/// A file to write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutputFile {
    /// Its name.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// The manifest.
#[derive(Debug, Serialize)]
pub struct Manifest {
    schema: &'static str,
    tool: String,
    inputs: Vec<Hashed>,
    outputs: Vec<Hashed>,
    /// Each policy that the source states.
    pub policies: Vec<PolicyEntry>,
    /// How much of Azure's limits IP groups, route tables and private endpoints use.
    #[serde(flatten)]
    limits: LimitsAround,
    /// The private DNS zones that the private endpoints need.
    #[serde(rename = "privateDnsZones", skip_serializing_if = "Vec::is_empty")]
    pub private_dns_zones: Vec<ZoneEntry>,
    diagnostics: Counts,
    /// What the artefacts of inherited bases do not settle.
    assumptions: Value,
}

/// A private DNS zone, and the private endpoints that need it.
#[derive(Debug, Serialize)]
pub struct ZoneEntry {
    /// The zone.
    pub zone: String,
    /// The endpoints, by name.
    pub endpoints: Vec<String>,
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
pub struct PolicyEntry {
    /// Its name.
    pub name: String,
    /// The name of its base.
    pub parent: Option<String>,
    /// Its tier.
    pub sku: String,
    /// How many groups it has.
    pub groups: usize,
    /// How many collections.
    pub collections: usize,
    /// How many rules.
    pub rules: usize,
    /// How many rules the source has.
    pub source_rules: usize,
    /// How much of Azure's limits the policy uses, and its groups.
    #[serde(flatten)]
    limits: PolicyLimits,
    /// What is proved of the policy.
    pub proof: ProofEntry,
    /// How many entries were taken away because something else states them.
    pub merged: usize,
    /// Each of them.
    pub removed: Vec<Removed>,
    /// What each step of the optimiser saved; less than nothing where a limit forces more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<Saved>,
}

/// What a step of the optimiser saved.
#[derive(Debug, Serialize)]
pub struct Saved {
    /// The step.
    pub step: &'static str,
    /// What it does, for people.
    #[serde(skip)]
    pub does: &'static str,
    /// Rules.
    pub rules: i64,
    /// Pairs of a source and a destination.
    pub pairs: i64,
    /// Bytes.
    pub bytes: i64,
}

/// What is proved of a policy: that it means what its source states, and that its artefact states the same.
#[derive(Debug, Serialize)]
pub struct ProofEntry {
    order: &'static str,
    /// `proved` or `conditional`.
    pub meaning: &'static str,
    /// What the meaning depends on.
    pub conditions: Vec<String>,
    artefact: &'static str,
}

impl ProofEntry {
    /// For a policy whose meaning has `proof`, and whose artefact was read back and found equal.
    pub fn with_artefact(proof: &Proof) -> Self {
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

/// Something that was taken away because something else states it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// The entry, as the language writes it.
    pub what: String,
    /// Where it is.
    pub at: ManifestPlace,
    /// Where another entry states the same.
    pub covered_by: ManifestPlace,
}

/// A place in a source.
#[derive(Debug, Serialize)]
pub struct ManifestPlace {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

#[derive(Debug, Serialize)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Manifest {
    /// The manifest of what was read and written.
    pub fn new(
        files: &Files,
        outputs: &[OutputFile],
        policies: Vec<PolicyEntry>,
        limits: LimitsAround,
        endpoints: &[PrivateEndpoint],
        diagnostics: &Diagnostics,
        assumptions: Value,
    ) -> Self {
        let inputs = files.iter().map(|(_, file)| (file.name().to_owned(), file.text().as_bytes()));
        Self {
            schema: "fwc.manifest/1",
            tool: concat!("fwc ", env!("CARGO_PKG_VERSION")).to_owned(),
            inputs: inputs.map(|(path, content)| hashed(path, content)).collect(),
            outputs: outputs.iter().map(|file| hashed(file.name.clone(), &file.content)).collect(),
            policies,
            limits,
            private_dns_zones: ZoneEntry::of(endpoints),
            diagnostics: Counts {
                errors: diagnostics.count(Severity::Error),
                warnings: diagnostics.count(Severity::Warning),
                notes: diagnostics.count(Severity::Note),
            },
            assumptions,
        }
    }

    /// The same with the snapshots that its proofs rest on among the inputs: the path of each, and its text.
    #[must_use]
    pub fn with_snapshots(mut self, snapshots: &[(String, String)]) -> Self {
        self.inputs.extend(snapshots.iter().map(|(path, text)| hashed(path.clone(), text.as_bytes())));
        self
    }
}

impl PolicyEntry {
    /// The entry of a policy.
    pub fn new(
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
            limits: limits_used::of_policy(model, policy, given),
            proof,
            merged: lowered.removals.len(),
            removed: lowered.removals.iter().map(|removal| removed(removal, files)).collect(),
            saved: STEPS.iter().zip(&lowered.savings).map(saved).collect(),
        }
    }
}

fn saved((step, saving): (&'static OptimiseStep, &Saving)) -> Saved {
    let Saving { rules, pairs, bytes } = *saving;
    Saved { step: step.name, does: step.does, rules, pairs, bytes }
}

fn removed(removal: &Removal, files: &Files) -> Removed {
    Removed { what: removal.what.clone(), at: place(removal.at, files), covered_by: place(removal.by, files) }
}

fn place(span: SourceSpan, files: &Files) -> ManifestPlace {
    let Some(file) = files.get(span.file) else { return ManifestPlace { file: String::new(), line: 0, column: 0 } };
    let position = file.position(span.start);
    ManifestPlace { file: file.name().to_owned(), line: position.line, column: position.column }
}

fn hashed(path: String, content: &[u8]) -> Hashed {
    let sha256 = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    Hashed { path, sha256 }
}
