//! Arguments of several commands.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::driver::{artefacts, inputs};
use crate::limits::LIMITS;

/// What an argument takes that is an input.
pub(super) fn input_help(what: &str) -> String {
    capitalised(format!("{what}{}, a folder of these, or `REV:PATH`", inputs()))
}

/// What an argument takes that is an artefact.
pub(super) fn artefact_help(what: &str, more: &str) -> String {
    capitalised(format!("{what}{}, or a folder of these{more}", artefacts()))
}

fn capitalised(text: String) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// What every command takes that reads a source.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct SourceArgs {
    /// Give a parameter of the source, or a variable of Terraform, a value.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub(in crate::cli) set: Vec<(String, String)>,
    /// The folder that imports may not leave [default: the source's own].
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) root: Option<PathBuf>,
    /// Take this day for today when judging expiry dates.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(in crate::cli) as_of: Option<Date>,
    /// Take this for one of Azure's limits, as in `group-size=1500000`.
    #[arg(long = "limit", value_name = "NAME=NUMBER", value_parser = limit_and_number)]
    pub(in crate::cli) limits: Vec<(String, u64)>,
    /// Keep groups this far below Azure's limit of their size [default: 30].
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=90))]
    pub(in crate::cli) group_margin: Option<u8>,
    /// Write rules as stated: merge, shorten and split nothing.
    #[arg(long)]
    pub(in crate::cli) no_optimise: bool,
    /// What a rule past its expiry date is.
    #[arg(long, value_enum, default_value_t = ExpiredArgument::Error)]
    pub(in crate::cli) expired: ExpiredArgument,
    /// Take the values of parameters of templates, or of variables of Terraform, from this file; of several, the last one wins.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) parameters: Vec<PathBuf>,
    /// The cloud that templates are deployed to, which `environment()` asks for [default: public, and a note].
    #[arg(long, value_enum)]
    pub(in crate::cli) cloud: Option<CloudArgument>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum CloudArgument {
    /// Azure.
    Public,
    /// Azure Government.
    Usgov,
    /// Azure operated by 21Vianet.
    China,
}

impl From<CloudArgument> for crate::import::Cloud {
    fn from(cloud: CloudArgument) -> Self {
        match cloud {
            CloudArgument::Public => Self::Public,
            CloudArgument::Usgov => Self::UsGov,
            CloudArgument::China => Self::China,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum ExpiredArgument {
    /// An error.
    Error,
    /// A warning, which lets a break-glass change through.
    Warn,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(in crate::cli) enum FailOn {
    /// Warnings as well as errors.
    Warning,
}

/// What is known of FQDN tags.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct TagArgs {
    /// Take the hosts of FQDN tags from a file with the schema `fwc.fqdn-tags/1`.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) fqdn_tags: Option<PathBuf>,
    /// Take the hosts that Microsoft documents for those of other FQDN tags, and say so.
    #[arg(long)]
    pub(in crate::cli) assume_documented_tags: bool,
}

/// What every command takes that decides flows.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct KnowledgeArgs {
    /// Take the addresses of service tags from the file that Microsoft publishes.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) service_tags: Option<PathBuf>,
    /// Take the addresses of host names from a snapshot.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) dns: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) tags: TagArgs,
    /// Print what every answer takes for granted.
    #[arg(long)]
    pub(in crate::cli) axioms: bool,
}

pub(super) fn named_file(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| *path != Path::new("-"))
}

/// A limit of the table and a number.
fn limit_and_number(text: &str) -> Result<(String, u64), String> {
    let (name, number) = name_and_value(text)?;
    let number = number.parse().map_err(|_| "expected NAME=NUMBER".to_owned())?;
    if LIMITS.iter().all(|limit| limit.name != name) {
        let known: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
        return Err(format!("there is no limit `{name}`: there are {}", known.join(", ")));
    }
    if LIMITS.iter().any(|limit| limit.name == name && limit.is_fixed()) {
        return Err(format!("`{name}` cannot be given: the language itself has no other"));
    }
    Ok((name, number))
}

pub(super) fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Which policy an answer about flows is about, and what it rests on.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct PolicyArgs {
    /// The policy, where an input holds several: its name, RESOURCEGROUP/NAME or resource id.
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) policy: Option<String>,
    /// The base policy, where an input refers to one that it does not hold; `none` leaves it out.
    #[arg(long, value_name = "INPUT")]
    pub(in crate::cli) parent: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) knowledge: KnowledgeArgs,
    #[command(flatten)]
    pub(in crate::cli) source: SourceArgs,
}
