//! Groups and collections of one priority, for which the order that Azure reads them in is not documented.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::first::ReadFirst;
use crate::model::{Collection, Group, Presence, Priority, RuleKind, Rules};

/// How many of those that have a priority in common are named.
const NAMED: usize = 3;

/// A group or a collection among its neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct TieEntry<'m> {
    name: &'m str,
    priority: Priority,
    presence: &'m Presence,
    collections: &'m [Collection],
}

impl<'m> From<&'m Group> for TieEntry<'m> {
    fn from(group: &'m Group) -> Self {
        let Group { name, priority, presence, collections, origin: _ } = group;
        Self { name, priority: *priority, presence, collections }
    }
}

impl<'m> From<&'m Collection> for TieEntry<'m> {
    fn from(collection: &'m Collection) -> Self {
        let Collection { name, priority, presence, rules: _, carried: _, origin: _ } = collection;
        Self { name, priority: *priority, presence, collections: std::slice::from_ref(collection) }
    }
}

/// The items by rising priority: 100 is first, 65000 last (RP). Where the order of equal priorities matters, they are
/// sorted by name, so that two files which list them otherwise are read alike; else they keep their written order.
pub(super) fn sorted<'m, T>(items: impl Iterator<Item = &'m T>, pass: RuleKind) -> Vec<&'m T>
where
    TieEntry<'m>: From<&'m T>,
{
    let mut sorted: Vec<&T> = items.collect();
    sorted.sort_by_key(|&item| TieEntry::from(item).priority);
    for run in sorted.chunk_by_mut(|&a, &b| TieEntry::from(a).priority == TieEntry::from(b).priority) {
        if is_open(&run.iter().map(|&item| TieEntry::from(item)).collect::<Vec<_>>(), pass) {
            run.sort_by_key(|&item| TieEntry::from(item).name.to_ascii_lowercase());
        }
    }
    sorted
}

/// Sorted items as they are read: where the order of equal priorities matters, first each as far as it is read first, then
/// each. `what` identifies the item of that name.
pub(super) fn listed<'b, 'm, T, U: 'm>(
    items: &'b [(&'m U, T)],
    pass: RuleKind,
    what: &dyn Fn(&str) -> String,
) -> Vec<(&'b (&'m U, T), Option<ReadFirst>)>
where
    TieEntry<'m>: From<&'m U>,
{
    let entry = |item: &(&'m U, T)| TieEntry::from(item.0);
    let mut all = Vec::new();
    for run in items.chunk_by(|a, b| entry(a).priority == entry(b).priority) {
        let entries: Vec<TieEntry<'m>> = run.iter().map(entry).collect();
        if is_open(&entries, pass) {
            let first = |at: usize, own: &TieEntry<'_>| ReadFirst {
                what: what(own.name).into(),
                others: others(&entries, at),
                priority: own.priority,
                among: format!("{pass} {}", what("")).into(),
            };
            all.extend(run.iter().zip(&entries).enumerate().map(|(at, (item, own))| (item, Some(first(at, own)))));
        }
        all.extend(run.iter().map(|item| (item, None)));
    }
    all
}

/// The names of the others; of many the first, and the number of the rest.
fn others(entries: &[TieEntry<'_>], at: usize) -> Arc<[String]> {
    let others = entries.iter().enumerate().filter(|(other, _)| *other != at);
    let named = others.take(NAMED).map(|(_, entry)| format!("`{}`", entry.name));
    let more = entries.len().saturating_sub(NAMED + 1);
    named.chain((more > 0).then(|| format!("{more} more"))).collect()
}

/// Whether it matters which of the entries, all of one priority, is read first: two of them have rules of the kind that do
/// different things, and may be there together.
fn is_open(entries: &[TieEntry<'_>], pass: RuleKind) -> bool {
    if entries.len() < 2 {
        return false;
    }
    let deeds: Vec<BTreeSet<String>> = entries.iter().map(|entry| deeds(entry, pass)).collect();
    if deeds.iter().flatten().collect::<BTreeSet<_>>().len() < 2 {
        return false;
    }
    let differ = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.iter().any(|one| b.iter().any(|other| one != other));
    let pairs = |at: usize| (at + 1..entries.len()).map(move |other| (at, other));
    (0..entries.len()).flat_map(pairs).any(|(one, other)| {
        let deeds = deeds.get(one).zip(deeds.get(other)).is_some_and(|(a, b)| differ(a, b));
        deeds && entries.get(one).zip(entries.get(other)).is_some_and(|(a, b)| may_meet(a, b))
    })
}

fn may_meet(one: &TieEntry<'_>, other: &TieEntry<'_>) -> bool {
    one.presence.clone().and(other.presence.clone()).is_possible()
}

/// What the rules of that kind do.
fn deeds(entry: &TieEntry<'_>, pass: RuleKind) -> BTreeSet<String> {
    let mut deeds = BTreeSet::new();
    for collection in entry.collections {
        match (&collection.rules, pass) {
            (Rules::Nat(rules), RuleKind::Nat) => deeds.extend(rules.iter().map(|rule| rule.handling.to_string())),
            (Rules::Network(action, rules), RuleKind::Network) => {
                deeds.extend((!rules.is_empty()).then(|| action.to_string()));
            }
            (Rules::Application(action, rules), RuleKind::Application) => {
                deeds.extend((!rules.is_empty()).then(|| action.to_string()));
            }
            (Rules::Nat(_) | Rules::Network(..) | Rules::Application(..), _) => {}
        }
    }
    deeds
}
