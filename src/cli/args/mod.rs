//! The arguments.

mod command;
mod common;

mod answers;
mod sources;
mod surroundings;
mod traffic;

pub(super) use answers::{DiffArgs, DiffFormat, ExplainArgs, HostArgument, ReachArgs, ReportArgs, ReportFormat};
pub(super) use command::{Arguments, Command};
pub(super) use common::{ExpiredArgument, FailOn, Format, KnowledgeArgs, PolicyArgs, SourceArgs, TagArgs};
pub(super) use sources::{CheckArgs, CheckFormat, CompileArgs, FmtArgs, TestArgs, TestFormat};
pub(super) use surroundings::{
    CatalogArgs, CatalogCommand, DriftArgs, ImportArgs, PlanArgs, PlanBy, PlanFormat, ResolveArgs,
};
pub(super) use traffic::{FailOnUse, GenerateArgs, GenerateCommand, GenerateLogsArgs, UsageArgs, UsageFormat};
