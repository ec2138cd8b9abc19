//! Snapshots of what changes outside: the addresses of service tags and of host names.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::evaluate::Knowledge;
use crate::import;
use crate::net::HostName;

use super::files::{Fault, Files, read};
use super::options::Options;

/// What is known, and which snapshots said so.
#[derive(Default)]
pub(super) struct Snapshots {
    pub(super) knowledge: Knowledge,
    pub(super) sentences: Vec<String>,
}

/// `knowledge` with what the snapshots of the options add, and why one could not be used.
pub(super) fn learned(files: &dyn Files, options: &Options, knowledge: Knowledge) -> (Snapshots, Option<Fault>) {
    let mut snapshots = Snapshots { knowledge, sentences: Vec::new() };
    let fault = learn(files, options, &mut snapshots).err();
    (snapshots, fault)
}

fn learn(files: &dyn Files, options: &Options, snapshots: &mut Snapshots) -> Result<(), Fault> {
    let fault = |error: import::Error| Fault::new(error.to_string());
    if let Some(path) = &options.service_tags {
        let (text, name) = (read(files, path)?, path.display().to_string());
        let which = import::service_tags(&text, &name, &mut snapshots.knowledge).map_err(fault)?;
        snapshots.sentences.push(format!("answers are for {which}"));
    }
    if let Some(path) = &options.dns {
        let (text, name) = (read(files, path)?, path.display().to_string());
        import::dns(&text, &name, &mut snapshots.knowledge).map_err(fault)?;
        snapshots.sentences.push(format!("answers are for the DNS snapshot `{name}`"));
    }
    Ok(())
}

/// The names of a snapshot of DNS in a file of this name, with their addresses.
///
/// # Errors
/// Where the text is none.
pub fn dns_snapshot(text: &str, name: &str) -> Result<BTreeMap<HostName, BTreeSet<Ipv4Addr>>, Fault> {
    let names = import::dns_names(text, name);
    let names = names.map_err(|error| Fault::new(error.to_string()))?;
    Ok(names.into_iter().map(|(name, addresses)| (name, addresses.into_iter().collect())).collect())
}
