//! What an earlier snapshot states otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::net::HostName;

use super::answer::DnsAnswers;

/// A name with other addresses than before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddressChange {
    /// The name.
    pub name: HostName,
    /// The addresses it has now and had not.
    pub added: BTreeSet<Ipv4Addr>,
    /// The addresses it had and has no more.
    pub removed: BTreeSet<Ipv4Addr>,
}

/// The names that were answered now and before, and otherwise; by name.
pub fn changes(answers: &DnsAnswers, before: &BTreeMap<HostName, BTreeSet<Ipv4Addr>>) -> Vec<AddressChange> {
    let changed = answers.iter().filter_map(|(name, answer)| {
        let (now, before) = (answer.addresses()?, before.get(name)?);
        let added: BTreeSet<Ipv4Addr> = now.difference(before).copied().collect();
        let removed: BTreeSet<Ipv4Addr> = before.difference(&now).copied().collect();
        let is_same = added.is_empty() && removed.is_empty();
        (!is_same).then(|| AddressChange { name: name.clone(), added, removed })
    });
    changed.collect()
}
