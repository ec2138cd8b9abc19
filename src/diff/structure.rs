//! What was added, removed, moved or renamed, told by content and not by place.
//!
//! The largest thing is named: where a group is new, its rules are not listed besides.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;

use crate::flow::longest_rise;
use crate::model::{Collection, Group, Model, Policy, Rule, Rules};
use crate::net::same_word;

use super::DiffSide;

/// Something that is elsewhere, is called otherwise, or is only on one side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Move {
    /// What happened to it.
    pub kind: StructureKind,
    /// What it is.
    pub what: StructureChange,
    /// Its path on the side that has it, the new one where both have: `POLICY/GROUP/COLLECTION/RULE`.
    pub name: String,
    /// Its path before, where that was another.
    pub from: Option<String>,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StructureKind {
    /// Only the new side has it.
    Added,
    /// Only the old side has it.
    Removed,
    /// It is in another place.
    Moved,
    /// It has another name.
    Renamed,
}

impl StructureKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Renamed => "renamed",
        }
    }
}

/// A thing that can be moved.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StructureChange {
    /// A policy.
    Policy,
    /// A rule collection group.
    Group,
    /// A rule collection.
    Collection,
    /// A rule.
    Rule,
    /// An IP group.
    IpGroup,
    /// A route table.
    RouteTable,
}

impl StructureChange {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Group => "group",
            Self::Collection => "collection",
            Self::Rule => "rule",
            Self::IpGroup => "ip-group",
            Self::RouteTable => "route-table",
        }
    }
}

/// What is elsewhere in the attached policy and its base, and among IP groups and route tables.
pub(super) fn moves(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<Move> {
    let (old_model, new_model) = (old.model.as_deployed(), new.model.as_deployed());
    let policy = |model: &Model, side: DiffSide<'_>| model.policy(&side.policy.name).map(of_policy);
    let base = |model: &Model, side: DiffSide<'_>| {
        let policy = model.policy(&side.policy.name);
        policy.map(|policy| model.bases(policy)).into_iter().flatten().map(of_policy).collect::<Vec<_>>()
    };
    let mut compare = Compare::default();
    compare.siblings(("", ""), &base(&old_model, old), &base(&new_model, new));
    if let (Some(old), Some(new)) = (policy(&old_model, old), policy(&new_model, new)) {
        // The attached policies are what is compared, whatever they are called.
        compare.pair(("", ""), &old, &new);
    }
    compare.siblings(("", ""), &others(&old_model), &others(&new_model));
    compare.moves()
}

/// A thing with what it holds.
struct StructureItem {
    what: StructureChange,
    name: String,
    /// Equal for items that say the same, whatever they are called.
    content: String,
    items: Vec<Self>,
}

impl StructureItem {
    fn new(what: StructureChange, name: &str, own: &str, items: Vec<Self>) -> Self {
        let below: Vec<&str> = items.iter().map(|item| item.content.as_str()).collect();
        Self { what, name: name.to_owned(), content: format!("{own}[{}]", below.join(";")), items }
    }
}

fn of_policy(policy: &Policy) -> StructureItem {
    let mut groups: Vec<&Group> = policy.groups.iter().collect();
    groups.sort_by_key(|group| group.priority);
    StructureItem::new(StructureChange::Policy, &policy.name, "", groups.into_iter().map(of_group).collect())
}

fn of_group(group: &Group) -> StructureItem {
    let mut collections: Vec<&Collection> = group.collections.iter().collect();
    collections.sort_by_key(|collection| collection.priority);
    StructureItem::new(StructureChange::Group, &group.name, "", collections.into_iter().map(of_collection).collect())
}

fn of_collection(collection: &Collection) -> StructureItem {
    let (own, items): (String, Vec<StructureItem>) = match &collection.rules {
        Rules::Nat(rules) => ("dnat".to_owned(), rules.iter().map(of_rule).collect()),
        Rules::Network(action, rules) => (format!("network {action}"), rules.iter().map(of_rule).collect()),
        Rules::Application(action, rules) => (format!("application {action}"), rules.iter().map(of_rule).collect()),
    };
    StructureItem::new(StructureChange::Collection, &collection.name, &own, items)
}

fn of_rule<M: fmt::Debug, H: fmt::Debug>(rule: &Rule<M, H>) -> StructureItem {
    StructureItem::new(
        StructureChange::Rule,
        &rule.name,
        &format!("{:?} {:?} {:?}", rule.matches, rule.handling, rule.carried),
        Vec::new(),
    )
}

/// The IP groups and route tables, whose order states nothing.
fn others(model: &Model) -> Vec<StructureItem> {
    let groups = model.ip_groups.values().map(|group| {
        StructureItem::new(
            StructureChange::IpGroup,
            &group.name,
            &format!("{:?} {:?}", group.addresses, group.ipv6),
            Vec::new(),
        )
    });
    let tables = model.route_tables.iter().map(|table| {
        let routes: Vec<String> =
            table.routes.iter().map(|route| format!("{} {:?}", route.prefix, route.next_hop)).collect();
        StructureItem::new(StructureChange::RouteTable, &table.name, &routes.join(","), Vec::new())
    });
    let mut items: Vec<StructureItem> = groups.chain(tables).collect();
    items.sort_by(|a, b| (a.what, &a.name).cmp(&(b.what, &b.name)));
    items
}

/// What was found, each with the content of the thing.
#[derive(Default)]
struct Compare(Vec<(Move, String)>);

impl Compare {
    fn siblings(&mut self, (old_path, new_path): (&str, &str), old: &[StructureItem], new: &[StructureItem]) {
        let pairs = pairs(old, new);
        let unmoved: HashSet<(usize, usize)> = longest_rise(&pairs).into_iter().collect();
        for &(a, b) in &pairs {
            let (Some(before), Some(after)) = (old.get(a), new.get(b)) else { continue };
            if !unmoved.contains(&(a, b)) {
                self.note(StructureKind::Moved, after, path(new_path, &after.name), None);
            }
            self.pair((old_path, new_path), before, after);
        }
        let (before, after): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
        for (_, item) in old.iter().enumerate().filter(|(at, _)| !before.contains(at)) {
            self.note(StructureKind::Removed, item, path(old_path, &item.name), None);
        }
        for (_, item) in new.iter().enumerate().filter(|(at, _)| !after.contains(at)) {
            self.note(StructureKind::Added, item, path(new_path, &item.name), None);
        }
    }

    fn pair(&mut self, (old_path, new_path): (&str, &str), old: &StructureItem, new: &StructureItem) {
        let (from, name) = (path(old_path, &old.name), path(new_path, &new.name));
        if !same_word(&old.name, &new.name) {
            self.note(StructureKind::Renamed, new, name.clone(), Some(from.clone()));
        }
        self.siblings((&from, &name), &old.items, &new.items);
    }

    fn note(&mut self, kind: StructureKind, item: &StructureItem, name: String, from: Option<String>) {
        self.0.push((Move { kind, what: item.what, name, from }, item.content.clone()));
    }

    /// What is gone here and new there, and states the same, was moved.
    fn moves(self) -> Vec<Move> {
        let mut found: Vec<(Move, String)> = Vec::new();
        let mut gone: Vec<Option<Move>> = Vec::new();
        let mut places: HashMap<(StructureChange, String), VecDeque<usize>> = HashMap::new();
        for (one, content) in self.0 {
            if one.kind == StructureKind::Removed {
                places.entry((one.what, content)).or_default().push_back(gone.len());
                gone.push(Some(one));
            } else {
                found.push((one, content));
            }
        }
        let mut moves: Vec<Move> = Vec::new();
        for (mut one, content) in found {
            let same = places.get_mut(&(one.what, content)).filter(|_| one.kind == StructureKind::Added);
            if let Some(from) = same.and_then(VecDeque::pop_front).and_then(|at| gone.get_mut(at)?.take()) {
                one.kind = StructureKind::Moved;
                one.from = Some(from.name);
            }
            moves.push(one);
        }
        moves.splice(0..0, gone.into_iter().flatten());
        moves.sort_by_key(|one| (one.kind, one.what));
        moves
    }
}

fn path(of: &str, name: &str) -> String {
    if of.is_empty() { name.to_owned() } else { format!("{of}/{name}") }
}

/// What an item is, and its name or what it states.
type StructureKey = (StructureChange, String);

/// Those that are one thing on both sides, in the order of the old: those of one name, then those that say the same.
fn pairs(old: &[StructureItem], new: &[StructureItem]) -> Vec<(usize, usize)> {
    let mut pairs: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: HashSet<usize> = HashSet::new();
    let keys: [fn(&StructureItem) -> StructureKey; 2] =
        [|item| (item.what, item.name.to_ascii_lowercase()), |item| (item.what, item.content.clone())];
    for key in keys {
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, item) in new.iter().enumerate().rev().filter(|(at, _)| !taken.contains(at)) {
            places.entry(key(item)).or_default().push(at);
        }
        for (at, item) in old.iter().enumerate() {
            if pairs.contains_key(&at) {
                continue;
            }
            if let Some(other) = places.get_mut(&key(item)).and_then(Vec::pop) {
                taken.insert(other);
                pairs.insert(at, other);
            }
        }
    }
    pairs.into_iter().collect()
}
