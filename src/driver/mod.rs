//! The one order of the passes, for every command, test, editor and embedder.
//!
//! In: [`ProjectFiles`] and [`ProjectOptions`]. Out: a [`Project`], whose stages are load, understand, lower, prove, check and lint; an
//! [`Input`], which is any source or artefact whose flows are decided; compilations, imports and assessments of changes, as
//! data. Guaranteed: each stage is computed once, when it is first needed; no stage fails; a file that cannot be read is a
//! finding; a compilation with an error holds nothing to write, and every other was read back and proved. Deliberately
//! absent: arguments, files on disk, revisions of git, the clock, the terminal and the network, which `cli` has.

mod approvals;
mod assessment;
mod assumptions;
mod baseline;
mod bicep;
mod choice;
mod compared;
mod drifted;
mod file_names;
mod files;
mod folder;
mod gates;
mod import_proof;
mod imported;
mod input;
mod kinds;
pub mod limits_used;
mod lock_file;
pub mod manifest;
mod mistakes;
mod options;
mod output;
mod parents;
mod places;
mod project;
mod question;
mod reached;
mod snapshots;
mod sources;
mod tag_contents;
mod terraform;
mod texts;
mod walk;

pub use approvals::{ApprovalContent, Approvals, Signature};
pub use assessment::{Assessed, AssessedBeside, AssessmentRemark, Criteria};
pub use assumptions::assumptions_json;
pub use baseline::Baseline;
pub use choice::{choose, keep_only};
pub use compared::{ComparedProjects, PolicyPair, Sides, Status, Whole, compared, difference, pairs, planned_pairs};
pub use drifted::{Drift, drift, without_parent};
pub use file_names::{refused_on_windows, slashed};
pub use files::{FileFault, MemoryFiles, ProjectFiles};
pub use gates::{Conditional, FailOnChange, OpenGate, fails, is_failed};
pub use import_proof::{Decompiled, SourceProof, decompile};
pub use imported::{ImportRequest, ImportedSource, NotImported, import, names};
pub use input::{
    Input, InputFindings, NamesOf, TemplateValues, Unusable, artefact_findings, is_artefact, load, load_alone,
    load_to_check, load_to_compare, load_whole, names_of,
};
pub use kinds::{artefacts, inputs};
pub use lock_file::{lock_path, lock_text, parse_lock};
pub use manifest::{MANIFEST, OutputFile};
pub use options::{Expired, Exports, LockUse, OtherFqdnTags, ParentInput, ProjectOptions};
pub use output::{Compilation, CompiledOutputs, LockChange, NotWritten, OutputFormat, OutputRequest, compile};
pub use project::{CheckDepth, Project, Stage};
pub use question::{FlowQuestion, ParsedQuestion, Unasked, asked};
pub use reached::{ReachedAnswer, children};
pub use snapshots::dns_snapshot;
pub use sources::{checked_sources, sources_below};
