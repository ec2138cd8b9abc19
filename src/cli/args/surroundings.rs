//! Arguments of commands about what is around a source: DNS, what is deployed, artefacts, the catalogue.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::super::dns::Server;
use super::common::{
    CloudArgument, FailOn, Format, KnowledgeArgs, PolicyArgs, SourceArgs, artefact_help, input_help, name_and_value,
    named_file,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct ResolveArgs {
    #[arg(help = input_help(""))]
    pub(in crate::cli) input: PathBuf,
    /// Write the addresses of all names, for `--dns` and `--against`.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) snapshot: Option<PathBuf>,
    /// Say what has changed since this snapshot.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) against: Option<PathBuf>,
    /// Ask this server, as in 10.0.0.10 or 10.0.0.10:5353 [default: the system's].
    #[arg(long, value_name = "ADDR")]
    pub(in crate::cli) server: Option<Server>,
    /// How many names to ask about at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = at_once)]
    pub(in crate::cli) at_once: usize,
    /// How long to wait for an answer, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub(in crate::cli) timeout: u64,
    /// How often to ask again where there is no answer.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = retries)]
    pub(in crate::cli) retries: usize,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
    /// Exit with 1 on findings of this severity too.
    #[arg(long, value_enum)]
    pub(in crate::cli) fail_on: Option<FailOn>,
    /// Replace a file that fwc did not write.
    #[arg(long)]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    pub(in crate::cli) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArgs {
    #[arg(help = input_help("What is meant: "))]
    pub(in crate::cli) new: PathBuf,
    #[arg(long, value_name = "EXPORT", help = artefact_help("What is deployed: ", ""))]
    pub(in crate::cli) deployed: PathBuf,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(in crate::cli) format: PlanFormat,
    /// What the plan is made of.
    #[arg(long, value_enum, default_value_t = PlanBy::Operations)]
    pub(in crate::cli) by: PlanBy,
    /// Write a script that leads back to what is deployed now.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) rollback: Option<PathBuf>,
    /// The base policy, where an input refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(in crate::cli) parent: Option<PathBuf>,
    /// Replace a file that fwc did not write.
    #[arg(long)]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    pub(in crate::cli) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(in crate::cli) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DriftArgs {
    #[arg(help = input_help("What is meant: "))]
    pub(in crate::cli) source: PathBuf,
    #[arg(long, value_name = "EXPORT", help = artefact_help("What is deployed: ", ""))]
    pub(in crate::cli) deployed: PathBuf,
    /// How to print the changes.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
    #[command(flatten)]
    pub(in crate::cli) about: PolicyArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum PlanBy {
    /// Writes of single resources, one after the other.
    Operations,
    /// One draft of the policy with its groups, deployed at once: nothing is in between. Only where no group is new or gone,
    /// one policy changes, and no IP group or route table.
    Draft,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum PlanFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// A shell script of `az` calls. It first compares what is deployed with what the plan was made from, and writes nothing
    /// where that differs.
    Script,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArgs {
    #[arg(required = true, value_name = "ARTEFACT", help = artefact_help("", ", on disk or as `REV:PATH`; together they are one policy or several"))]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// The source to write, whole or not at all [default: standard output, which `-` is too].
    #[arg(short, long, value_name = "FILE.pol")]
    output: Option<PathBuf>,
    /// Replace a file that fwc did not write; a source is never replaced.
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// Keep every collection, with its name and priority.
    #[arg(long)]
    pub(in crate::cli) faithful: bool,
    /// List hosts where a set of the shipped catalogue has them.
    #[arg(long)]
    pub(in crate::cli) no_catalogue: bool,
    /// Take the values of parameters of templates, or of variables of Terraform, from this file; of several, the last one wins.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) parameters: Vec<PathBuf>,
    /// Give a variable of Terraform source a value.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(in crate::cli) set: Vec<(String, String)>,
    /// The cloud that templates are deployed to, which `environment()` asks for [default: public, and a note].
    #[arg(long, value_enum)]
    pub(in crate::cli) cloud: Option<CloudArgument>,
    /// The folder that the modules of Bicep and Terraform may not leave [default: the file's own].
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) root: Option<PathBuf>,
    /// Only this policy, with its base.
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) policy: Option<String>,
    /// The base policy, where the artefacts refer to one that they do not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(in crate::cli) parent: Option<PathBuf>,
}

impl ImportArgs {
    /// The file to write; `None` for standard output.
    pub(in crate::cli) fn output(&self) -> Option<&Path> {
        named_file(self.output.as_deref())
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CatalogArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<CatalogCommand>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CatalogCommand {
    /// The modules, a line each.
    List {
        /// How to print them.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// What a module opens, for whom, and the source of each entry.
    Show {
        /// Its name.
        name: String,
        /// Print the module as it is written instead.
        #[arg(long, conflicts_with = "format")]
        source: bool,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// What all modules say of a host, or of anything else.
    Search {
        /// A host name, which wildcards are held against, or any text.
        text: String,
        /// How to print what is found.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// What the modules of a lock open now, and did not when it was written.
    Diff {
        /// The lock of a source.
        #[arg(default_value = "egress.lock")]
        lock: PathBuf,
        /// How to print the difference.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

fn at_once(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| (1..=512).contains(number)).ok_or_else(|| "expected 1 to 512".to_owned())
}

fn retries(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number <= 10).ok_or_else(|| "expected 0 to 10".to_owned())
}
