//! Changes by what causes them: the pair of rules or ways that decided before and after.

use indexmap::IndexMap;

use crate::diag::counted;
use crate::flow::{FlowNames, FlowServices, MatchingField};
use crate::net::{AddressSet, HostPattern, PortSet};
use crate::reach::ReachCase;
use crate::words::opaque_set;

use super::{Change, Diff, DiffOutcome, Effect};

/// The changes that one pair of rules or ways causes.
#[derive(Clone, Debug)]
pub struct Cause<'d, 'm> {
    /// How the flows change.
    pub effect: Effect,
    /// Whether the flows go to addresses that their names usually have.
    pub case: ReachCase,
    /// What became of them.
    pub before: DiffOutcome<'m>,
    /// What becomes of them.
    pub after: DiffOutcome<'m>,
    /// The flows, the largest part first.
    pub changes: Vec<&'d Change<'m>>,
}

/// The changes by cause: ordinary ones first, of these what opens first, then the largest.
pub fn causes<'d, 'm>(diff: &'d Diff<'m>) -> Vec<Cause<'d, 'm>> {
    let mut causes: IndexMap<Key, Cause<'d, 'm>> = IndexMap::new();
    for change in &diff.changes {
        let Change { effect, case, before, after, .. } = *change;
        let cause = causes.entry((case, effect, place(effect, &before), place(effect, &after)));
        cause.or_insert_with(|| Cause { effect, case, before, after, changes: Vec::new() }).changes.push(change);
    }
    let mut causes: Vec<Cause<'d, 'm>> = causes.into_values().collect();
    causes.iter_mut().for_each(|cause| cause.changes.sort_by(|a, b| b.product.share.total_cmp(&a.product.share)));
    causes.sort_by(|a, b| (a.case, a.effect).cmp(&(b.case, b.effect)).then(b.share().total_cmp(&a.share())));
    causes
}

type Key = (ReachCase, Effect, Option<CausePlace>, Option<CausePlace>);

/// What decides.
#[derive(PartialEq, Eq, Hash)]
enum CausePlace {
    Rule(usize),
    Way(String),
}

/// What tells a cause apart: a way, or the rule, unless it is only the way that changes.
fn place(effect: Effect, outcome: &DiffOutcome<'_>) -> Option<CausePlace> {
    match outcome.off_course() {
        Some(way) => Some(CausePlace::Way(crate::way::words(way))),
        None if effect.is_of_the_way() => None,
        None => outcome.rule().map(|line| CausePlace::Rule(line.place)),
    }
}

impl Cause<'_, '_> {
    fn share(&self) -> f64 {
        self.changes.iter().map(|change| change.product.share).sum()
    }

    /// How much: sources, names or addresses, and ports, as in `65,536 sources, 2 names, 1 port`.
    pub fn extent(&self) -> String {
        let all = |of: for<'c, 'm> fn(&'c Change<'m>) -> &'c AddressSet| {
            self.changes.iter().fold(AddressSet::default(), |all, change| all.union(of(change)))
        };
        let sources = counted(all(|change| &change.product.sources).count(), "source");
        let addresses = || counted(all(|change| &change.product.addresses).count(), "address");
        let to = names(self).or_else(|| opaque(self)).unwrap_or_else(addresses);
        format!("{sources}, {to}, {}", services(self))
    }
}

/// How many names; `None` where some flow asks for none, so that addresses count.
fn names(cause: &Cause<'_, '_>) -> Option<String> {
    let (mut exact, mut wild) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for change in &cause.changes {
        let FlowNames::Of { unnamed: false, terms } = &change.product.names else { return None };
        for pattern in terms.iter().flat_map(|term| &term.of) {
            match pattern {
                HostPattern::Any => return Some("any name".to_owned()),
                HostPattern::Exact(name) => exact.insert(name.to_string()),
                HostPattern::Below(_) | HostPattern::Ending(_) => wild.insert(pattern.to_string()),
            };
        }
    }
    let parts = [(exact.len(), "name"), (wild.len(), "wildcard")];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|&(n, word)| counted(n, word)).collect();
    Some(said.join(" and "))
}

/// Addresses that only Azure knows, where all flows that ask for no name go to such.
fn opaque(cause: &Cause<'_, '_>) -> Option<String> {
    let mut sets = std::collections::BTreeSet::new();
    for change in &cause.changes {
        let mut inside =
            change.product.opaque_inside().filter(|(field, _)| *field == MatchingField::Destination).peekable();
        match (inside.peek(), &change.product.names) {
            (Some(_), _) | (None, FlowNames::Of { unnamed: false, .. }) => {}
            (None, FlowNames::Of { .. } | FlowNames::Any) => return None,
        }
        sets.extend(inside.map(|(_, atom)| opaque_set(atom)));
    }
    Some(format!("the addresses of {}", sets.into_iter().collect::<Vec<_>>().join(", ")))
}

fn services(cause: &Cause<'_, '_>) -> String {
    let all = cause.changes.iter().fold(FlowServices::default(), |all, change| {
        let of = &change.product.services;
        FlowServices {
            tcp: all.tcp.union(&of.tcp).union(&of.http).union(&of.https).union(&of.mssql),
            udp: all.udp.union(&of.udp),
            icmp: all.icmp || of.icmp,
            other: all.other || of.other,
            ..FlowServices::default()
        }
    });
    if all.tcp.is_any() && all.udp.is_any() && all.icmp && all.other {
        return "every service".to_owned();
    }
    let count = |ports: &PortSet| -> u64 {
        ports.as_intervals().intervals().iter().map(|span| u64::from(span.last() - span.first()) + 1).sum()
    };
    let mut said = Vec::new();
    let number = count(&all.tcp) + count(&all.udp);
    said.extend((number > 0).then(|| counted(number, "port")));
    said.extend(all.icmp.then(|| "icmp".to_owned()));
    said.extend(all.other.then(|| "other protocols".to_owned()));
    said.join(" and ")
}
