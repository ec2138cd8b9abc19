//! Arguments of commands that answer about flows.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::common::{Format, PolicyArgs, input_help, named_file};
use crate::driver::FailOnChange;

#[derive(Debug, Args)]
pub(in crate::cli) struct ReachArgs {
    #[arg(help = input_help(""))]
    pub(in crate::cli) input: PathBuf,
    /// Only flows from these addresses, in the words of the source.
    #[arg(long, value_name = "SET", default_value = "any")]
    pub(in crate::cli) from: String,
    /// Only flows to these addresses or hosts, in the words of the source.
    #[arg(long, value_name = "SET", default_value = "any")]
    pub(in crate::cli) to: String,
    /// Only flows of these services, in the words of the source.
    #[arg(long, value_name = "SET", default_value = "any")]
    pub(in crate::cli) service: String,
    /// List every entry; without this a long list is cut, with the number of what is left out.
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// How to print the flows.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
    #[command(flatten)]
    pub(in crate::cli) about: PolicyArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArgs {
    #[arg(help = format!("{}, any of these as of a git revision", input_help("What there was: ")))]
    pub(in crate::cli) old: PathBuf,
    /// What there is to be.
    pub(in crate::cli) new: PathBuf,
    /// How to print the difference.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(in crate::cli) format: DiffFormat,
    /// Who takes the Markdown, which is cut to what fits.
    #[arg(long, value_enum, default_value_t = HostArgument::Github)]
    pub(in crate::cli) host: HostArgument,
    /// Exit with 1 if flows are newly allowed, unfiltered or sent elsewhere, or something protects less (`widened`), if
    /// flows newly go past the firewall (`unfiltered`), if anything but the structure changes (`changed`), or if a change
    /// is as risky (`risk=low`, `risk=medium`, `risk=high`) [default: never].
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(in crate::cli) fail_on: Vec<FailOnChange>,
    /// The table of risks, or `none` [default: `fwc.toml` of the working folder, of OLD's revision where it is of one].
    #[arg(long, value_name = "none|FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Note the changes in this file as looked at and accepted.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) approve: Option<PathBuf>,
    /// Who accepts them, with `--approve`.
    #[arg(long, value_name = "WHO", requires = "approve")]
    pub(in crate::cli) by: Option<String>,
    /// Why they are accepted, with `--approve`.
    #[arg(long, value_name = "TEXT", requires = "approve")]
    pub(in crate::cli) reason: Option<String>,
    /// The last day on which the approval counts, with `--approve` [default: it counts for good].
    #[arg(long, value_name = "YYYY-MM-DD", requires = "approve")]
    pub(in crate::cli) until: Option<Date>,
    /// Changes that this file notes as accepted do not count for `--fail-on`.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) approved: Option<PathBuf>,
    /// Say what the change of a base policy does to each policy of this folder that inherits it.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) children: Option<PathBuf>,
    /// Say beside each cause what was seen of it in these logs, as `usage` reads them.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(in crate::cli) logs: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) about: PolicyArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum DiffFormat {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// A self-contained page for a browser.
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
pub(in crate::cli) enum HostArgument {
    /// Comments of at most 65,536 characters.
    Github,
    /// Comments of at most 150,000 characters.
    AzureDevops,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArgs {
    #[arg(help = input_help(""))]
    pub(in crate::cli) input: PathBuf,
    /// The file to write [default: standard output, which `-` is too].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What to write.
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    pub(in crate::cli) format: ReportFormat,
    /// Replace a file that fwc did not write.
    #[arg(long)]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    pub(in crate::cli) about: PolicyArgs,
}

impl ReportArgs {
    /// The file to write; `None` for standard output.
    pub(in crate::cli) fn output(&self) -> Option<&Path> {
        named_file(self.output.as_deref())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum ReportFormat {
    /// A self-contained page.
    Html,
    /// Text for where the source is kept.
    Markdown,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArgs {
    #[arg(help = input_help(""))]
    pub(in crate::cli) input: PathBuf,
    /// Who asks: an address, or addresses in the words of the source.
    #[arg(long, value_name = "ADDR|SET", required_unless_present_any = ["flows", "rule"])]
    pub(in crate::cli) from: Option<String>,
    /// Who is asked: a host name, an address, or FIREWALL::IP.
    #[arg(long, value_name = "HOST|ADDR", required_unless_present_any = ["flows", "rule"])]
    pub(in crate::cli) to: Option<String>,
    /// The address that the host name has.
    #[arg(long, value_name = "ADDR")]
    pub(in crate::cli) to_address: Option<String>,
    /// The path of the URL.
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) path: Option<String>,
    /// `https`, `https/8443`, `http`, `mssql`, `tcp/443`, `udp/123`, `icmp`, `proto/47`, or services in the words of the source.
    #[arg(long, required_unless_present_any = ["flows", "rule"])]
    pub(in crate::cli) service: Option<String>,
    /// Read flows, one JSON object a line, or from what Azure Firewall logs: exported records, Event Hub documents, query
    /// results as JSON or CSV, and messages of AzureDiagnostics; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to", "to_address", "path", "service"])]
    pub(in crate::cli) flows: Option<PathBuf>,
    /// With `--flows`, exit with 1 where some line or record is no flow.
    #[arg(long, requires = "flows")]
    pub(in crate::cli) strict: bool,
    /// Say where the rule of a log line was written, and which flows it decides.
    #[arg(long, value_name = "GROUP/COLLECTION/RULE", conflicts_with_all = ["from", "to", "to_address", "path", "service", "flows"])]
    pub(in crate::cli) rule: Option<String>,
    /// Say which rules were passed on the way, and why.
    #[arg(long)]
    pub(in crate::cli) passed: bool,
    /// How to print the answers.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
    #[command(flatten)]
    pub(in crate::cli) about: PolicyArgs,
}
