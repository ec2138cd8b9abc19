//! The addresses of names as a file, which `--dns` and `--against` read.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::net::HostName;

use super::answer::DnsAnswers;

/// What an earlier snapshot has.
pub type Earlier = BTreeMap<HostName, BTreeSet<Ipv4Addr>>;

/// The answers as `fwc.dns/1`. That there was no answer states nothing about a name: it keeps what it had `earlier`, and is
/// not in the snapshot where it had nothing.
pub fn snapshot(answers: &DnsAnswers, earlier: &Earlier) -> Value {
    let names = answers.iter().filter_map(|(name, answer)| {
        let addresses = answer.addresses().or_else(|| earlier.get(name).cloned())?;
        Some(json!({ "name": name.as_str(), "addresses": addresses }))
    });
    json!({ "schema": "fwc.dns/1", "names": names.collect::<Vec<Value>>() })
}
