//! The arguments.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::dns::Server;
use super::knowledge::{KnowledgeArgs, TagArgs};
use super::plan_kinds::{PlanBy, PlanFormat};
use super::values::{at_once, limit_and_number, name_and_value, output_format, retries};
use crate::driver::{FailOnChange, OutputFormat};

/// Compiles what a cluster may reach, and what may reach it, to Azure Firewall policy.
#[derive(Debug, Parser)]
#[command(name = "fwc", version, max_term_width = 80, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Checks a source and writes everything that deploys it.
    Compile(CompileArgs),
    /// Finds what is wrong, and writes nothing but fixes that are asked for.
    Check(CheckArgs),
    /// Lists every flow that passes, and by which rule.
    Reach(ReachArgs),
    /// Says which flows a change allows and denies, exactly.
    Diff(DiffArgs),
    /// Writes a policy as a page that a reviewer can search and look at.
    Report(ReportArgs),
    /// Proves every expectation of a source, for every flow it speaks of.
    Test(TestArgs),
    /// Puts sources into the one canonical layout.
    Fmt(FmtArgs),
    /// Says what happens to a flow, and by which rule.
    Explain(ExplainArgs),
    /// Asks DNS about the host names of a policy.
    Resolve(ResolveArgs),
    /// Lists the operations that lead from what is deployed to what is meant, without opening a flow on the way.
    Plan(PlanArgs),
    /// Writes an existing policy as a source that means the same, proved.
    Import(ImportArgs),
    /// Shows the modules that are shipped inside fwc.
    Catalog(CatalogArgs),
    /// Prints a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// What every command takes that reads a source.
#[derive(Clone, Debug, Args)]
pub(super) struct SourceArgs {
    /// Give a parameter of the source a value.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(super) set: Vec<(String, String)>,
    /// The folder that imports may not leave [default: the source's own].
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// Take this day for today when judging expiry dates.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<Date>,
    /// Take this for one of Azure's limits, as in `group-size=1500000`.
    #[arg(long = "limit", value_name = "NAME=NUMBER", value_parser = limit_and_number)]
    pub(super) limits: Vec<(String, u64)>,
    /// Keep groups this far below Azure's limit of their size [default: 30].
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=90))]
    pub(super) group_margin: Option<u8>,
    /// Write rules as stated: merge, shorten and split nothing.
    #[arg(long)]
    pub(super) no_optimise: bool,
    /// What a rule past its expiry date is.
    #[arg(long, value_enum, default_value_t = Expired::Error)]
    pub(super) expired: Expired,
    /// Take the values of a template's parameters from this file; of several, the last one wins.
    #[arg(long, value_name = "FILE")]
    pub(super) parameters: Vec<PathBuf>,
    /// The cloud that templates are deployed to, which `environment()` asks for [default: public, and a note].
    #[arg(long, value_enum)]
    pub(super) cloud: Option<Cloud>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Cloud {
    /// Azure.
    Public,
    /// Azure Government.
    Usgov,
    /// Azure operated by 21Vianet.
    China,
}

impl From<Cloud> for crate::import::Cloud {
    fn from(cloud: Cloud) -> Self {
        match cloud {
            Cloud::Public => Self::Public,
            Cloud::Usgov => Self::UsGov,
            Cloud::China => Self::China,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Expired {
    /// An error.
    Error,
    /// A warning, which lets a break-glass change through.
    Warn,
}

#[derive(Debug, Args)]
pub(super) struct CompileArgs {
    /// The source.
    pub(super) file: PathBuf,
    /// The folder to write, whole or not at all.
    #[arg(short, long, value_name = "DIR", default_value = "build")]
    pub(super) output: PathBuf,
    /// What to write [default: all].
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', value_parser = output_format())]
    pub(super) emit: Vec<OutputFormat>,
    /// Let a child's ARM and Bicep contain its base, so that one deployment makes both.
    #[arg(long)]
    pub(super) emit_parents: bool,
    /// Leave the policies themselves to somebody else: write groups, rules and IP groups.
    #[arg(long)]
    pub(super) rules_only: bool,
    /// Refuse to give anything a priority that the lock file beside the source does not have.
    #[arg(long, conflicts_with = "no_lock")]
    pub(super) locked: bool,
    /// Neither read nor write the lock file: number everything anew.
    #[arg(long)]
    pub(super) no_lock: bool,
    /// The resource id of the base of the policies that inherit one.
    #[arg(long, value_name = "ID")]
    pub(super) base_id: Option<String>,
    #[command(flatten)]
    pub(super) tags: TagArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Sources, ARM templates, outputs of `az`, or folders of the last two.
    #[arg(required_unless_present = "explain")]
    pub(super) files: Vec<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    /// Exit with 1 on findings of this severity too.
    #[arg(long, value_enum)]
    pub(super) fail_on: Option<FailOn>,
    /// Report only what this file does not have, an earlier `--format json`.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// The base policy, where an artefact refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(super) parent: Option<PathBuf>,
    /// Say how much of each of Azure's limits is used, and how much is free; JSON always does.
    #[arg(long = "limits")]
    pub(super) show_limits: bool,
    /// Write the safe fixes of what is found into the sources.
    #[arg(long)]
    pub(super) fix: bool,
    /// With `--fix`, print what would change and write nothing.
    #[arg(long, requires = "fix")]
    pub(super) diff: bool,
    /// Print the page of a code, as in `--explain FW0303`.
    #[arg(long, value_name = "CODE")]
    pub(super) explain: Option<String>,
    #[command(flatten)]
    pub(super) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum CheckFormat {
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

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum FailOn {
    /// Warnings as well as errors.
    Warning,
}

#[derive(Debug, Args)]
pub(super) struct ReachArgs {
    /// A source, an ARM template, the output of `az` or `terraform show -json`, a folder of these, or `REV:PATH`.
    pub(super) input: PathBuf,
    /// Only flows from these addresses, in the words of the source.
    #[arg(long, value_name = "SET", default_value = "any")]
    pub(super) from: String,
    /// Only flows to these addresses or hosts, in the words of the source.
    #[arg(long, value_name = "SET", default_value = "any")]
    pub(super) to: String,
    /// Only flows of these services, in the words of the source.
    #[arg(long, value_name = "SET", default_value = "any")]
    pub(super) service: String,
    /// How to print the flows.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// The policy, where the input holds several: its name, RESOURCEGROUP/NAME or resource id.
    #[arg(long, value_name = "NAME")]
    pub(super) policy: Option<String>,
    /// The base policy, where the input refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(super) parent: Option<PathBuf>,
    #[command(flatten)]
    pub(super) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// What there was: a source, an ARM template, the output of `az` or `terraform show -json`, a folder of these, or
    /// `REV:PATH`, any of these as of a git revision.
    pub(super) old: PathBuf,
    /// What there is to be.
    pub(super) new: PathBuf,
    /// How to print the difference.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,
    /// Who takes the Markdown, which is cut to what fits.
    #[arg(long, value_enum, default_value_t = Host::Github)]
    pub(super) host: Host,
    /// Exit with 1 if flows are newly allowed, unfiltered or sent elsewhere, or something protects less (`widened`), if
    /// flows newly go past the firewall (`unfiltered`), if anything but the structure changes (`changed`), or if a change
    /// is as risky (`risk=low`, `risk=medium`, `risk=high`) [default: never].
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(super) fail_on: Vec<FailOnChange>,
    /// The table of risks [default: `fwc.toml`, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Note the changes in this file as looked at and accepted.
    #[arg(long, value_name = "FILE")]
    pub(super) approve: Option<PathBuf>,
    /// Changes that this file notes as accepted do not count for `--fail-on`.
    #[arg(long, value_name = "FILE")]
    pub(super) approved: Option<PathBuf>,
    /// Say what the change of a base policy does to each policy of this folder that inherits it.
    #[arg(long, value_name = "DIR")]
    pub(super) children: Option<PathBuf>,
    /// The policy, where the inputs hold several: its name, RESOURCEGROUP/NAME or resource id.
    #[arg(long, value_name = "NAME")]
    pub(super) policy: Option<String>,
    /// The base policy, where an input refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(super) parent: Option<PathBuf>,
    #[command(flatten)]
    pub(super) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum DiffFormat {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// A page for a browser, which stands alone.
    Html,
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

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Host {
    /// Comments of at most 65,536 characters.
    Github,
    /// Comments of at most 150,000 characters.
    AzureDevops,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// A source, an ARM template, the output of `az` or `terraform show -json`, a folder of these, or `REV:PATH`.
    pub(super) input: PathBuf,
    /// The file to write [default: standard output, which `-` is too].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to write.
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    pub(super) format: ReportFormat,
    /// The policy, where the input holds several: its name, RESOURCEGROUP/NAME or resource id.
    #[arg(long, value_name = "NAME")]
    pub(super) policy: Option<String>,
    /// The base policy, where the input refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(super) parent: Option<PathBuf>,
    #[command(flatten)]
    pub(super) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum ReportFormat {
    /// A page that stands alone.
    Html,
    /// Text for where the source is kept.
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// The sources.
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Let an expectation fail that holds only under a condition which the source does not state, past the firewall, or
    /// at ordinary addresses.
    #[arg(long)]
    pub(super) strict: bool,
    /// List the rules that no expectation touches.
    #[arg(long)]
    pub(super) coverage: bool,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub(super) format: TestFormat,
    #[command(flatten)]
    pub(super) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum TestFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// JUnit's XML.
    Junit,
}

#[derive(Debug, Args)]
pub(super) struct FmtArgs {
    /// The sources; `-` formats standard input to standard output.
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Write nothing; exit with 1 if a file is not in its layout.
    #[arg(long)]
    pub(super) check: bool,
    /// Write nothing; print what would change.
    #[arg(long)]
    pub(super) diff: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A source, an ARM template, the output of `az` or `terraform show -json`, a folder of these, or `REV:PATH`.
    pub(super) input: PathBuf,
    /// Who asks: an address.
    #[arg(long, value_name = "ADDR", required_unless_present_any = ["flows", "rule"])]
    pub(super) from: Option<String>,
    /// Who is asked: a host name, an address, or FIREWALL::IP.
    #[arg(long, value_name = "HOST|ADDR", required_unless_present_any = ["flows", "rule"])]
    pub(super) to: Option<String>,
    /// The address that the host name has.
    #[arg(long, value_name = "ADDR")]
    pub(super) to_address: Option<String>,
    /// The path of the URL.
    #[arg(long, value_name = "PATH")]
    pub(super) path: Option<String>,
    /// `https`, `https/8443`, `http`, `mssql`, `tcp/443`, `udp/123`, `icmp` or `proto/47`.
    #[arg(long, required_unless_present_any = ["flows", "rule"])]
    pub(super) service: Option<String>,
    /// Read flows, one JSON object a line; `-` is standard input.
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["from", "to", "to_address", "path", "service"])]
    pub(super) flows: Option<PathBuf>,
    /// Say where the rule of a log line was written, and which flows it decides.
    #[arg(long, value_name = "GROUP/COLLECTION/RULE", conflicts_with_all = ["from", "to", "to_address", "path", "service", "flows"])]
    pub(super) rule: Option<String>,
    /// Say which rules were passed on the way, and why.
    #[arg(long)]
    pub(super) passed: bool,
    /// How to print the answers.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// The policy, where the input holds several: its name, RESOURCEGROUP/NAME or resource id.
    #[arg(long, value_name = "NAME")]
    pub(super) policy: Option<String>,
    /// The base policy, where the input refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(super) parent: Option<PathBuf>,
    #[command(flatten)]
    pub(super) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(super) struct ResolveArgs {
    /// A source, an ARM template, the output of `az` or `terraform show -json`, a folder of these, or `REV:PATH`.
    pub(super) input: PathBuf,
    /// Write the addresses of all names, for `--dns` and `--against`.
    #[arg(long, value_name = "FILE")]
    pub(super) snapshot: Option<PathBuf>,
    /// Say what has changed since this snapshot.
    #[arg(long, value_name = "FILE")]
    pub(super) against: Option<PathBuf>,
    /// Ask this server, as in 10.0.0.10 or 10.0.0.10:5353 [default: the system's].
    #[arg(long, value_name = "ADDR")]
    pub(super) server: Option<Server>,
    /// How many names to ask about at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = at_once)]
    pub(super) at_once: usize,
    /// How long to wait for an answer, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub(super) timeout: u64,
    /// How often to ask again where there is no answer.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = retries)]
    pub(super) retries: usize,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Exit with 1 on findings of this severity too.
    #[arg(long, value_enum)]
    pub(super) fail_on: Option<FailOn>,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// What is meant: a source, an ARM template, the output of `az` or `terraform show -json`, a folder of these, or
    /// `REV:PATH`.
    pub(super) new: PathBuf,
    /// What is deployed: an exported template, the output of `az` or `terraform show -json`, or a folder of these.
    #[arg(long, value_name = "EXPORT")]
    pub(super) deployed: PathBuf,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(super) format: PlanFormat,
    /// What the plan is made of.
    #[arg(long, value_enum, default_value_t = PlanBy::Operations)]
    pub(super) by: PlanBy,
    /// Write a script that leads back to what is deployed now.
    #[arg(long, value_name = "FILE")]
    pub(super) rollback: Option<PathBuf>,
    /// The base policy, where an input refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(super) parent: Option<PathBuf>,
    #[command(flatten)]
    pub(super) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// ARM templates, exports, outputs of `az`, plans and states of `terraform show -json`, or folders of them, on disk or
    /// as `REV:PATH`; together they are one policy or several.
    #[arg(required = true, value_name = "ARTEFACT")]
    pub(super) files: Vec<PathBuf>,
    /// The source to write, whole or not at all [default: standard output, which `-` is too].
    #[arg(short, long, value_name = "FILE.pol")]
    output: Option<PathBuf>,
    /// Keep every collection, with its name and priority.
    #[arg(long)]
    pub(super) faithful: bool,
    /// List hosts where a set of the shipped catalogue has them.
    #[arg(long)]
    pub(super) no_catalogue: bool,
    /// Take the values of the template's parameters from this file; of several, the last one wins.
    #[arg(long, value_name = "FILE")]
    pub(super) parameters: Vec<PathBuf>,
    /// The cloud that templates are deployed to, which `environment()` asks for [default: public, and a note].
    #[arg(long, value_enum)]
    pub(super) cloud: Option<Cloud>,
    /// Only this policy, with its base.
    #[arg(long, value_name = "NAME")]
    pub(super) policy: Option<String>,
    /// The base policy, where the artefacts refer to one that they do not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(super) parent: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CatalogArgs {
    #[command(subcommand)]
    pub(super) command: Option<CatalogCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum CatalogCommand {
    /// The modules, a line each.
    List,
    /// What a module opens, for whom, and who says so.
    Show {
        /// Its name.
        name: String,
        /// Print the module as it is written instead.
        #[arg(long)]
        source: bool,
    },
    /// What all modules say of a host, or of anything else.
    Search {
        /// A host name, which wildcards are held against, or any text.
        text: String,
    },
}

impl ReportArgs {
    /// The file to write; `None` for standard output.
    pub(super) fn output(&self) -> Option<&Path> {
        named_file(self.output.as_deref())
    }
}

impl ImportArgs {
    /// The file to write; `None` for standard output.
    pub(super) fn output(&self) -> Option<&Path> {
        named_file(self.output.as_deref())
    }
}

fn named_file(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| *path != Path::new("-"))
}
