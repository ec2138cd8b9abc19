//! What a module was when a source was compiled with it, so that another one is noticed.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::{Module, ModulePage};

/// A module at a moment.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Pin {
    /// The day on which its oldest fact was checked; empty where it states none.
    pub checked: String,
    /// The SHA-256 of its text.
    pub sha256: String,
    /// What its bundles open, a service and a destination each, as they are written.
    pub opens: BTreeSet<String>,
}

impl Pin {
    /// A module as it is now.
    pub fn of(module: &Module) -> Self {
        let page = ModulePage::of(module);
        let entries = page.bundles.iter().flat_map(|bundle| &bundle.entries);
        let opened = entries
            .flat_map(|entry| entry.destinations.iter().map(|destination| format!("{} {destination}", entry.services)));
        Self {
            checked: page.oldest().unwrap_or_default().to_owned(),
            sha256: Sha256::digest(module.text).iter().map(|byte| format!("{byte:02x}")).collect(),
            opens: opened.collect(),
        }
    }

    /// What `now` opens that this one does not, and the other way round.
    pub fn changes<'p>(&'p self, now: &'p Self) -> [Vec<&'p str>; 2] {
        let only = |of: &'p Self, other: &Self| -> Vec<&'p str> {
            of.opens.iter().filter(|what| !other.opens.contains(*what)).map(String::as_str).collect()
        };
        [only(now, self), only(self, now)]
    }
}
