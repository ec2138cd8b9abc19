//! The arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::risk::Level;

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
    /// Finds what is wrong, and writes nothing.
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
    /// What a rule past its expiry date is.
    #[arg(long, value_enum, default_value_t = Expired::Error)]
    pub(super) expired: Expired,
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
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(super) emit: Vec<Emit>,
    /// Let a child's template contain its base, so that one deployment makes both.
    #[arg(long)]
    pub(super) emit_parents: bool,
    /// The resource id of the base of the policies that inherit one.
    #[arg(long, value_name = "ID")]
    pub(super) base_id: Option<String>,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Emit {
    /// ARM templates.
    Arm,
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

/// What every command takes that decides flows.
#[derive(Debug, Args)]
pub(super) struct KnowledgeArgs {
    /// Take the addresses of service tags from the file that Microsoft publishes.
    #[arg(long, value_name = "FILE")]
    pub(super) service_tags: Option<PathBuf>,
    /// Take the addresses of host names from a snapshot.
    #[arg(long, value_name = "FILE")]
    pub(super) dns: Option<PathBuf>,
    /// Print what every answer takes for granted.
    #[arg(long)]
    pub(super) axioms: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReachArgs {
    /// A source, an ARM template, the output of `az`, or a folder of the last two.
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
    /// The policy, where the input holds several.
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
    /// What there was: a source, an ARM template, the output of `az`, a folder of the last two, or `REV:PATH`, any of
    /// these as of a git revision.
    pub(super) old: PathBuf,
    /// What there is to be.
    pub(super) new: PathBuf,
    /// How to print the difference.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,
    /// Who takes the Markdown, which is cut to what fits.
    #[arg(long, value_enum, default_value_t = Host::Github)]
    pub(super) host: Host,
    /// Exit with 1 if flows are newly allowed or sent elsewhere (`widened`), if anything but the structure changes
    /// (`changed`), or if a change is as risky (`risk=low`, `risk=medium`, `risk=high`) [default: never].
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
    /// The policy, where the inputs hold several.
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
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Host {
    /// Comments of at most 65,536 characters.
    Github,
    /// Comments of at most 150,000 characters.
    AzureDevops,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FailOnChange {
    /// Flows that are newly allowed, or sent elsewhere.
    Widened,
    /// Any flow, setting or route that changes.
    Changed,
    /// A change that is as risky.
    Risk(Level),
    /// Nothing.
    Never,
}

impl std::str::FromStr for FailOnChange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("risk=")) {
            ("widened", _) => Ok(Self::Widened),
            ("changed", _) => Ok(Self::Changed),
            ("never", _) => Ok(Self::Never),
            (_, Some(level)) => level.parse().map(Self::Risk),
            (_, None) => Err("expected `widened`, `changed`, `never` or `risk=LEVEL`".to_owned()),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// A source, an ARM template, the output of `az`, a folder of the last two, or one of these as `REV:PATH`.
    pub(super) input: PathBuf,
    /// The file to write [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// What to write.
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    pub(super) format: ReportFormat,
    /// The policy, where the input holds several.
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
    /// Let an expectation fail that holds only under a condition which the source does not state.
    #[arg(long)]
    pub(super) strict: bool,
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
    /// A source, an ARM template, the output of `az`, or a folder of the last two.
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
    /// The policy, where the input holds several.
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
pub(super) struct CatalogArgs {
    #[command(subcommand)]
    pub(super) command: Option<CatalogCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum CatalogCommand {
    /// The modules, a line each.
    List,
    /// A module whole.
    Show {
        /// Its name.
        name: String,
    },
    /// The lines of all modules that hold a text.
    Search {
        /// The text.
        text: String,
    },
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
