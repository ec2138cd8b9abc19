//! Arguments of commands about sources.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::common::{FailOn, KnowledgeArgs, SourceArgs, TagArgs};
use crate::driver::OutputFormat;

#[derive(Debug, Args)]
pub(in crate::cli) struct CompileArgs {
    /// The source.
    pub(in crate::cli) file: PathBuf,
    /// The folder to write, whole or not at all.
    #[arg(short, long, value_name = "DIR", default_value = "build")]
    pub(in crate::cli) output: PathBuf,
    /// What to write [default: all].
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', value_parser = output_format())]
    pub(in crate::cli) emit: Vec<OutputFormat>,
    /// Let a child's ARM and Bicep contain its base, so that one deployment makes both.
    #[arg(long)]
    pub(in crate::cli) emit_parents: bool,
    /// Leave the policies themselves to somebody else: write groups, rules and IP groups.
    #[arg(long)]
    pub(in crate::cli) rules_only: bool,
    /// Refuse to give anything a priority that the lock file beside the source does not have.
    #[arg(long, conflicts_with = "no_lock")]
    pub(in crate::cli) locked: bool,
    /// Neither read nor write the lock file: number everything anew.
    #[arg(long)]
    pub(in crate::cli) no_lock: bool,
    /// Say how much of each of Azure's limits is used, and how much is free, though none is near.
    #[arg(long = "limits")]
    pub(in crate::cli) show_limits: bool,
    /// The resource id of the base of the policies that inherit one.
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) base_id: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) tags: TagArgs,
    #[command(flatten)]
    pub(in crate::cli) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// Sources, ARM templates, outputs of `az`, or folders of the last two.
    #[arg(required_unless_present = "explain")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(in crate::cli) format: CheckFormat,
    /// Exit with 1 on findings of this severity too.
    #[arg(long, value_enum)]
    pub(in crate::cli) fail_on: Option<FailOn>,
    /// Report only what this file does not have, an earlier `--format json`.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// The base policy, where an artefact refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(in crate::cli) parent: Option<PathBuf>,
    /// Say how much of each of Azure's limits is used, and how much is free; JSON always does.
    #[arg(long = "limits")]
    pub(in crate::cli) show_limits: bool,
    /// Write the safe fixes of what is found into the sources.
    #[arg(long)]
    pub(in crate::cli) fix: bool,
    /// With `--fix`, print what would change and write nothing.
    #[arg(long, requires = "fix")]
    pub(in crate::cli) diff: bool,
    /// Print the page of a code, as in `--explain FW0303`.
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) explain: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(in crate::cli) source: SourceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum CheckFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// Annotations of an Azure pipeline.
    AzurePipelines,
    /// JUnit's XML.
    Junit,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TestArgs {
    /// The sources.
    #[arg(required = true)]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Let an expectation fail that holds only under a condition which the source does not state, past the firewall, or
    /// at ordinary addresses.
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// List the rules that no expectation touches.
    #[arg(long)]
    pub(in crate::cli) coverage: bool,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub(in crate::cli) format: TestFormat,
    #[command(flatten)]
    pub(in crate::cli) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(in crate::cli) source: SourceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum TestFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// JUnit's XML.
    Junit,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FmtArgs {
    /// The sources, or folders of sources; `-` formats standard input to standard output.
    #[arg(required = true)]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Write nothing; exit with 1 if a file is not in its layout.
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Write nothing; print what would change.
    #[arg(long)]
    pub(in crate::cli) diff: bool,
}

/// The names of the outputs, each with what it is.
fn output_format() -> impl TypedValueParser<Value = OutputFormat> {
    let value = |format: OutputFormat| PossibleValue::new(format.name).help(format.help);
    let names = PossibleValuesParser::new(OutputFormat::all().map(value));
    names.try_map(|name| OutputFormat::named(&name).ok_or("there is no such format"))
}
