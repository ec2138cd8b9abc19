//! The arguments that say what is known of tags and names.

use std::path::PathBuf;

use clap::Args;

/// What is known of FQDN tags.
#[derive(Debug, Args)]
pub(super) struct TagArgs {
    /// Take the hosts of FQDN tags from a file with the schema `fwc.fqdn-tags/1`.
    #[arg(long, value_name = "FILE")]
    pub(super) fqdn_tags: Option<PathBuf>,
    /// Take the hosts that Microsoft documents for those of other FQDN tags, and say so.
    #[arg(long)]
    pub(super) assume_documented_tags: bool,
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
    #[command(flatten)]
    pub(super) tags: TagArgs,
    /// Print what every answer takes for granted.
    #[arg(long)]
    pub(super) axioms: bool,
}
