//! Snapshots of what changes outside: the addresses of service tags and of host names, the hosts of FQDN tags.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::diag::nearest;
use crate::evaluate::Knowledge;
use crate::import;
use crate::model::{FQDN_TAGS, is_fqdn_tag};
use crate::net::HostName;
use crate::source::visible;

use super::files::{FileFault, ProjectFiles, read};
use super::options::ProjectOptions;
use super::tag_contents::{TagNotes, learn_documented};

/// What is known, and which snapshots said so.
#[derive(Default)]
pub(super) struct Snapshots {
    pub(super) knowledge: Knowledge,
    pub(super) sentences: Vec<String>,
    /// The path and the text of each.
    pub(super) texts: Vec<(String, String)>,
    /// What is assumed of FQDN tags, to be told where they are used.
    pub(super) tag_notes: TagNotes,
}

/// `knowledge` with what the snapshots of the options add, and why one could not be used.
pub(super) fn learned(
    files: &dyn ProjectFiles,
    options: &ProjectOptions,
    knowledge: Knowledge,
) -> (Snapshots, Option<FileFault>) {
    let mut snapshots = Snapshots { knowledge, ..Snapshots::default() };
    let fault = learn(files, options, &mut snapshots).err();
    (snapshots, fault)
}

fn learn(files: &dyn ProjectFiles, options: &ProjectOptions, snapshots: &mut Snapshots) -> Result<(), FileFault> {
    let fault = |error: import::Error| FileFault::new(error.to_string());
    if let Some(path) = &options.service_tags {
        let (text, name) = (read(files, path)?, path.display().to_string());
        let which = import::service_tags(&text, &name, &mut snapshots.knowledge).map_err(fault)?;
        snapshots.sentences.push(format!("answers are for {which}"));
        snapshots.texts.push((name, text));
    }
    let mut stated = Vec::new();
    if let Some(path) = &options.fqdn_tags {
        let (text, name) = (read(files, path)?, path.display().to_string());
        let file = import::fqdn_tags(&text, &name, &mut snapshots.knowledge).map_err(fault)?;
        let which = format!("answers are for the FQDN tags of `{name}`, {}: {}", file.date, file.source);
        snapshots.sentences.push(visible(&which).into_owned());
        let strange = file.tags.iter().filter(|tag| !is_fqdn_tag(tag));
        snapshots.sentences.extend(strange.map(|tag| unknown_tag(&name, tag)));
        stated = file.tags;
        snapshots.texts.push((name, text));
    }
    snapshots.tag_notes = learn_documented(options, &stated, &mut snapshots.knowledge);
    if let Some(path) = &options.dns {
        let (text, name) = (read(files, path)?, path.display().to_string());
        import::dns(&text, &name, &mut snapshots.knowledge).map_err(fault)?;
        snapshots.sentences.push(format!("answers are for the DNS snapshot `{name}`"));
        snapshots.texts.push((name, text));
    }
    Ok(())
}

/// The warning that Azure has no tag of that name, so that no rule has one.
fn unknown_tag(file: &str, tag: &str) -> String {
    let suggested = nearest(tag, FQDN_TAGS.words()).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    let tag = tag.escape_debug();
    format!("warning: `{file}`: `{tag}` is not a known FQDN tag{suggested}")
}

/// The names of a snapshot of DNS in a file of this name, with their addresses.
///
/// # Errors
/// Where the text is none.
pub fn dns_snapshot(text: &str, name: &str) -> Result<BTreeMap<HostName, BTreeSet<Ipv4Addr>>, FileFault> {
    let names = import::dns_names(text, name);
    let names = names.map_err(|error| FileFault::new(error.to_string()))?;
    Ok(names.into_iter().map(|(name, addresses)| (name, addresses.into_iter().collect())).collect())
}
