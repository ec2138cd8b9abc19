//! The optimiser: fewer and shorter rules that decide every flow alike.
//!
//! Each step has a file and a line in [`STEPS`]; each is proved by itself, in tests and in debug builds, by comparing what
//! the policy does without it and with it (`prove::unlike`). A step works either on rules of one collection, which have
//! one action and are handled alike, so that their order does not matter; or on the whole model, where a limit forces it.
//! Deliberately absent: anything that rewrites a rule with a label to another rule, or a collection that the author made,
//! unless a limit forces it; and IP groups that the author did not ask for, likewise.

mod aggregate;
mod fold;
mod ip_groups;
mod merge;
mod pieces;
mod sources;
mod split;

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::parts::{Part, PartKind};
use super::{How, Removal};
use crate::intent::{Address, GroupBody, Intent};
use crate::limits;
use crate::model::{Model, NetworkProtocol, Policy, size};
use crate::net::{PortSet, ServiceSet};
use crate::source::{Fingerprint, Origin};

/// What is taken away because something else says it.
type Removals<'r> = &'r mut Vec<Removal>;

/// A step of the optimiser.
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// What it does, as it goes behind "by".
    pub does: &'static str,
    run: Run,
}

/// What a step works on.
#[derive(Clone, Copy)]
enum Run {
    /// The rules of one collection, all handled alike.
    Parts(fn(Vec<Part>, Removals<'_>) -> Vec<Part>),
    /// Everything, where a limit forces it.
    Model(fn(&mut Model, &Forced<'_>)),
}

/// What a step that a limit forces goes by.
pub(super) struct Forced<'f> {
    meant: &'f Intent,
    how: &'f How<'f>,
    clashes: RefCell<Vec<Clash>>,
    /// The IP groups that were made: their policy, their name, and the lists that they stand for.
    named: RefCell<Vec<Named>>,
}

type Named = (String, String, BTreeSet<Fingerprint>);

/// Something of the author's that has the name of a piece of something else.
pub(super) struct Clash {
    /// Where it was written.
    pub(super) origin: Option<Origin>,
    /// Its name.
    pub(super) name: String,
    /// What is cut in pieces, in words.
    pub(super) whole: String,
}

impl<'f> Forced<'f> {
    pub(super) fn new(meant: &'f Intent, how: &'f How<'f>) -> Self {
        Self { meant, how, clashes: RefCell::default(), named: RefCell::default() }
    }

    /// The IP groups that were made, and what was found in the way.
    pub(super) fn found(self) -> (Vec<Named>, Vec<Clash>) {
        (self.named.into_inner(), self.clashes.into_inner())
    }

    fn clash(&self, origin: Option<&Origin>, name: &str, whole: String) {
        self.clashes.borrow_mut().push(Clash { origin: origin.cloned(), name: name.to_owned(), whole });
    }

    /// Whether the source itself has the policy, so that its rules may be rewritten.
    fn is_own(&self, policy: &str) -> bool {
        self.meant.policies.iter().any(|own| own.name.value == policy)
    }

    /// Whether a group holds collections that the author made.
    fn is_made(&self, policy: &str, group: &str) -> bool {
        let policy = self.meant.policies.iter().find(|own| own.name.value == policy);
        let group = policy.and_then(|policy| policy.groups.iter().find(|own| own.name.value == group));
        group.is_some_and(|group| match group.body {
            GroupBody::Collections(_) => true,
            GroupBody::Rules(_) => false,
        })
    }
}

/// Every step, in order.
pub static STEPS: [Step; 6] = [
    Step { name: "sources", does: "leaving out sources that lie in others", run: Run::Parts(sources::step) },
    Step { name: "merge", does: "merging rules that differ in one field", run: Run::Parts(merge::step) },
    Step { name: "fold", does: "leaving out what another rule says", run: Run::Parts(fold::step) },
    Step { name: "aggregate", does: "joining neighbouring prefixes", run: Run::Parts(aggregate::step) },
    Step { name: "ip-groups", does: "putting address lists into IP groups", run: Run::Model(ip_groups::step) },
    Step { name: "split", does: "splitting what is over a limit", run: Run::Model(split::step) },
];

impl Step {
    /// The parts after the step, where it works on parts. Those that are handled otherwise, with headers or inspection,
    /// keep their place among the others.
    pub(super) fn on_parts(&self, parts: Vec<Part>, removals: Removals<'_>) -> Vec<Part> {
        let Run::Parts(run) = self.run else { return parts };
        let mut done = Vec::with_capacity(parts.len());
        let mut alike: Vec<Part> = Vec::new();
        for part in parts {
            if alike.last().is_some_and(|last| handling(last) != handling(&part)) {
                done.extend(run(std::mem::take(&mut alike), removals));
            }
            alike.push(part);
        }
        done.extend(run(alike, removals));
        done
    }

    /// Does the step, where it works on the whole model; what it saved in each policy.
    pub(super) fn on_model(&self, model: &mut Model, forced: &Forced<'_>) -> Vec<(String, Saving)> {
        let Run::Model(run) = self.run else { return Vec::new() };
        let measure = |model: &Model| -> Vec<(String, Saving)> {
            model.policies.iter().map(|policy| (policy.name.to_string(), measured(policy))).collect()
        };
        let before = measure(model);
        run(model, forced);
        let after = measure(model).into_iter();
        before.into_iter().zip(after).map(|((name, before), (_, after))| (name, before.less(after))).collect()
    }
}

fn measured(policy: &Policy) -> Saving {
    let collections = || policy.groups.iter().flat_map(|group| &group.collections);
    Saving {
        rules: signed(collections().map(|collection| collection.rules.len()).sum::<usize>()),
        pairs: signed(collections().map(|collection| limits::pairs(&collection.rules)).sum::<u64>()),
        bytes: signed(policy.groups.iter().map(size::group).sum::<u64>()),
    }
}

/// What a step saved in a policy; less than nothing where it made more of it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Saving {
    /// Rules.
    pub rules: i64,
    /// Pairs of source and destination in network rules.
    pub pairs: i64,
    /// Bytes of the groups, as estimated.
    pub bytes: i64,
}

impl Saving {
    /// What is used.
    pub(super) fn new(rules: usize, pairs: u64, bytes: u64) -> Self {
        Self { rules: signed(rules), pairs: signed(pairs), bytes: signed(bytes) }
    }

    /// What is saved where `after` is used instead.
    pub(super) fn less(self, after: Self) -> Self {
        Self { rules: self.rules - after.rules, pairs: self.pairs - after.pairs, bytes: self.bytes - after.bytes }
    }

    /// Both together.
    pub(super) fn add(&mut self, more: Self) {
        *self = Self { rules: self.rules + more.rules, pairs: self.pairs + more.pairs, bytes: self.bytes + more.bytes };
    }

    /// Whether nothing was saved, and nothing more is used.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

fn signed(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// What an application rule does with a flow besides letting it pass.
fn handling(part: &Part) -> Option<(bool, &[(String, String)])> {
    match &part.kind {
        PartKind::Network { .. } => None,
        PartKind::Application { inspect, headers, .. } => Some((*inspect, headers)),
    }
}

/// What parts must share to be merged besides their sources and destinations.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Services {
    Network(Vec<NetworkProtocol>, PortSet),
    Application(ServiceSet, bool, Vec<(String, String)>),
}

impl Services {
    fn of(part: &Part) -> Self {
        match &part.kind {
            PartKind::Network { protocols, ports, .. } => Self::Network(protocols.clone(), ports.clone()),
            PartKind::Application { services, inspect, headers, .. } => {
                Self::Application(services.clone(), *inspect, headers.clone())
            }
        }
    }

    /// Whether every service of `other` is one of `self`, handled the same way.
    fn cover(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Network(a, ports), Self::Network(b, other_ports)) => {
                let all = a.contains(&NetworkProtocol::Any) && ports.is_any();
                all || b.iter().all(|protocol| a.contains(protocol)) && ports.covers(other_ports)
            }
            (Self::Application(a, inspect, headers), Self::Application(b, other_inspect, other_headers)) => {
                inspect == other_inspect && headers == other_headers && a.union(b) == *a
            }
            (Self::Network(..), Self::Application(..)) | (Self::Application(..), Self::Network(..)) => false,
        }
    }
}

fn sorted_sources(part: &Part) -> Vec<Address> {
    let mut sources: Vec<Address> = part.sources.iter().map(|entry| entry.value.clone()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}
