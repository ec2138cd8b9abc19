//! Arguments of commands about traffic that was seen.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use super::common::{PolicyArgs, input_help, named_file};

#[derive(Debug, Args)]
pub(in crate::cli) struct UsageArgs {
    #[arg(help = input_help(""))]
    pub(in crate::cli) input: PathBuf,
    /// What the firewall logged: files, or folders with all that is below them, as diagnostic settings export them; records of
    /// Event Hubs, query results as JSON or CSV, messages of AzureDiagnostics, lines of `--flows`; compressed by gzip or zstd
    /// or not; `-` is standard input.
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "result", conflicts_with = "result")]
    pub(in crate::cli) logs: Vec<PathBuf>,
    /// Take a table of observed flows instead, lines of `fwc.observed/1` as `--format observed` prints them; `-` is standard
    /// input.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) result: Option<PathBuf>,
    /// Decide the seen flows by this input too, and say which it decides otherwise.
    #[arg(long, value_name = "NEW")]
    pub(in crate::cli) replay: Option<PathBuf>,
    /// Exit with 1 if a rule that allows something was not used for so many days (`unused=90d`; the days are those before the
    /// last record, or before `--as-of`, and the logs must cover them), or if flows that were seen to
    /// pass may not pass after the change (`breaks-seen`, with `--replay`).
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(in crate::cli) fail_on: Vec<FailOnUse>,
    /// Exit with 1 where some line or record could not be read.
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// How to print what was seen.
    #[arg(long, value_enum, default_value_t = UsageFormat::Text)]
    pub(in crate::cli) format: UsageFormat,
    #[command(flatten)]
    pub(in crate::cli) about: PolicyArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GenerateArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: GenerateCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum GenerateCommand {
    /// Rules for what the firewall denied because no rule matched, each with its evidence.
    Logs(GenerateLogsArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GenerateLogsArgs {
    #[arg(help = input_help(""))]
    pub(in crate::cli) input: PathBuf,
    /// What the firewall logged, as `usage` reads it.
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub(in crate::cli) logs: Vec<PathBuf>,
    /// Propose a wildcard where at least three names below a domain were denied, which is wider than what was seen.
    #[arg(long)]
    pub(in crate::cli) wildcards: bool,
    /// The file to write, which must not be there [default: standard output, which `-` is too].
    #[arg(short, long, value_name = "FILE.pol")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) about: PolicyArgs,
}

impl GenerateLogsArgs {
    /// The file to write; `None` for standard output.
    pub(in crate::cli) fn output(&self) -> Option<&Path> {
        named_file(self.output.as_deref())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum UsageFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// A self-contained page for a browser.
    Html,
    /// The table of distinct flows, a line of JSON each, for `--result`.
    Observed,
}

/// What of the use of rules makes the command fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum FailOnUse {
    /// A rule was not used for so many days.
    Unused(u64),
    /// A change may break flows that were seen.
    BreaksSeen,
}

impl FromStr for FailOnUse {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "breaks-seen" {
            return Ok(Self::BreaksSeen);
        }
        let days = text.strip_prefix("unused=").map(|days| days.strip_suffix('d').unwrap_or(days));
        let days = days.and_then(|days| days.parse().ok()).filter(|days| *days > 0);
        days.map(Self::Unused).ok_or_else(|| "expected `unused=DAYS`, as in `unused=90d`, or `breaks-seen`".to_owned())
    }
}
