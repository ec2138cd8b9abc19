//! Splits groups and IP groups that are too large for Azure.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::forced::Forced;
use super::pieces::{append, cut, ip_group_lists, name, one_by_one};
use crate::limits::{GROUP_SIZE, IP_GROUP_ADDRESSES};
use crate::lower::lock::{LockedPart, member};
use crate::model::{
    Collection, Group, IpGroup, IpGroupRef, Model, Policy, Priority, ResourceId, ResourceName, Rules, size,
};
use crate::source::{Fingerprint, Origin};

/// How far apart the priorities of the parts of a group are where it fits.
const STEP: u16 = 10;

/// A group that was split is united again when it takes no more than this part of what is safe, so that a size near the
/// border does not split and unite it in turn.
const UNITED: u64 = 2;

/// How many bytes the estimate of a whole may differ from the sum of its parts.
const SLACK: u64 = 16;

/// Splits IP groups over the limit, and groups over what is safe. A group of collections that the author made stays.
pub(super) fn step(model: &mut Model, forced: &Forced<'_>) {
    let most = usize::try_from(forced.options.max(&IP_GROUP_ADDRESSES)).unwrap_or(usize::MAX).max(1);
    let large: Vec<ResourceId> =
        model.own_ip_groups().filter(|group| group.addresses.len() > most).map(IpGroup::id).collect();
    let each = usize::try_from(forced.options.near(&IP_GROUP_ADDRESSES)).unwrap_or(most).max(1);
    large.iter().for_each(|group| split_ip_group(model, group, each, forced));
    let safe = forced.options.near(&GROUP_SIZE);
    for policy in model.policies.iter_mut().filter(|policy| forced.is_own(&policy.name)) {
        split_groups(policy, safe, forced);
    }
}

fn split_ip_group(model: &mut Model, whole: &ResourceId, most: usize, forced: &Forced<'_>) {
    let count = model.ip_groups.get(whole).map_or(0, |group| group.addresses.len()).div_ceil(most);
    let names: Vec<ResourceName> = (1..count).map(|index| name(&whole.name, index).into()).collect();
    let is_taken = |group: &&IpGroup| names.contains(&group.name);
    if let Some(taken) = model.ip_groups.values().find(is_taken) {
        forced.clash(taken.origin.as_ref(), &taken.name, format!("IP group `{}`", whole.name));
        return;
    }
    let Some(group) = model.ip_groups.get_mut(whole) else { return };
    let rest = group.addresses.split_off(most.min(group.addresses.len()));
    let like = group.clone();
    for (name, addresses) in names.iter().zip(rest.chunks(most)) {
        let piece = IpGroup { name: name.clone(), addresses: addresses.to_vec(), ipv6: Vec::new(), ..like.clone() };
        model.ip_groups.insert(piece.id(), piece);
    }
    for list in model.policies.iter_mut().flat_map(ip_group_lists) {
        let place = list.iter().position(|group| matches!(group, IpGroupRef::Named(id) if id == whole));
        if let Some(place) = place {
            let more = names.iter().cloned().map(|name| IpGroupRef::Named(ResourceId::own(name)));
            list.splice(place + 1..place + 1, more);
        }
    }
}

fn split_groups(policy: &mut Policy, safe: u64, forced: &Forced<'_>) {
    let lock = forced.lock;
    let known = policy.groups.iter().flat_map(|group| lock.parts(&policy.name, &group.name)).map(|(name, ..)| name);
    let groups = policy.groups.iter().map(|group| group.name.as_str());
    let mut taken: BTreeSet<String> = groups.chain(known).map(str::to_ascii_lowercase).collect();
    let stated: Vec<(ResourceName, Option<Origin>)> =
        policy.groups.iter().map(|group| (group.name.clone(), group.origin.clone())).collect();
    let mut split = Vec::with_capacity(policy.groups.len());
    let mut groups = std::mem::take(&mut policy.groups).into_iter().peekable();
    while let Some(group) = groups.next() {
        let parts = lock.parts(&policy.name, &group.name);
        let enough = if parts.is_empty() { safe } else { safe / UNITED };
        if size::group(&group) <= enough || forced.is_made(&policy.name, &group.name) {
            split.push(group);
            continue;
        }
        let end = groups.peek().map_or(Priority::LAST.get() + 1, |next| next.priority.get());
        let lots = lots(&group, safe.saturating_sub(SLACK), &Homes::of(&parts));
        let whole = Split { group: &group, parts, lots };
        // Without room or a name the group stays as it is, and what Azure would refuse of it is reported.
        let pieces = if is_in_the_way(&whole, &stated, forced) { None } else { whole.pieces(end, &mut taken) };
        split.extend(pieces.unwrap_or_else(|| vec![group]));
    }
    policy.groups = split;
}

/// A group that is too large.
struct Split<'g> {
    group: &'g Group,
    /// The parts that it had before.
    parts: Vec<(&'g str, Priority, &'g LockedPart)>,
    lots: Vec<Lot>,
}

impl Split<'_> {
    /// A group for each lot, with priorities below `end`; none where there are too few.
    fn pieces(self, end: u16, taken: &mut BTreeSet<String>) -> Option<Vec<Group>> {
        let known: Vec<_> = self.lots.iter().map(|lot| lot.home.and_then(|home| self.parts.get(home))).collect();
        let given: Vec<Option<u16>> = known.iter().map(|part| part.map(|&(_, priority, _)| priority.get())).collect();
        let numbers = numbers(self.group.priority.get(), &given, end)?;
        let mut fresh = fresh_names(&self.group.name, taken);
        let mut names = vec![self.group.name.clone()];
        for part in known.iter().skip(1) {
            names.push(part.map(|&(name, ..)| name.to_owned()).or_else(|| fresh.next())?.into());
        }
        let piece = |((lot, name), priority): ((Lot, ResourceName), Priority)| Group {
            name,
            priority,
            presence: self.group.presence.clone(),
            collections: lot.collections,
            origin: self.group.origin.clone(),
        };
        Some(self.lots.into_iter().zip(names).zip(numbers).map(piece).collect())
    }
}

/// Whether a group of the author's has the name of a part, or a rule that of a piece of another; reports which.
fn is_in_the_way(split: &Split<'_>, stated: &[(ResourceName, Option<Origin>)], forced: &Forced<'_>) -> bool {
    let is_part = |name: &ResourceName| split.parts.iter().any(|(part, ..)| *name == **part);
    let group = stated.iter().find(|(name, _)| is_part(name));
    if let Some((name, origin)) = group {
        forced.clash(origin.as_ref(), name, format!("group `{}`", split.group.name));
    }
    let mut seen = HashSet::new();
    let named = split
        .lots
        .iter()
        .flat_map(|lot| &lot.collections)
        .flat_map(|collection| collection.rules.names().map(move |rule| (collection.name.as_str(), rule)));
    let twice = named.into_iter().find(|&(collection, rule)| !seen.insert((collection, rule.to_ascii_lowercase())));
    if let Some((_, rule)) = twice {
        forced.clash(split.group.origin.as_ref(), rule, format!("a rule of group `{}`", split.group.name));
    }
    group.is_some() || twice.is_some()
}

/// In which part of its group each rule was before.
struct Homes(HashMap<Fingerprint, usize>);

impl Homes {
    fn of(parts: &[(&str, Priority, &LockedPart)]) -> Self {
        let members = parts
            .iter()
            .enumerate()
            .flat_map(|(place, (.., part))| part.members.iter().map(move |&member| (member, place)));
        Self(members.collect())
    }

    /// The part of the one rule among `rules`; none where it is new, or was in the first part.
    fn home(&self, collection: &str, rules: &Rules) -> Option<usize> {
        let rule = rules.names().next()?;
        self.0.get(&member(collection, rule)).copied()
    }
}

/// Rules of a group that become a group of their own.
struct Lot {
    size: u64,
    collections: Vec<Collection>,
    /// The part of the group that it was before.
    home: Option<usize>,
    /// The last part that it or an earlier lot was in.
    reached: Option<usize>,
}

impl Lot {
    fn is_open(&self, collection: &Collection) -> bool {
        self.collections.last().is_some_and(|last| last.name == collection.name)
    }
}

/// The collections of a group in several lots, none larger than `safe`: the rules in order, so that of each kind the same
/// rule decides as before. A rule that was in another part of the group than the one before it is so again.
fn lots(group: &Group, safe: u64, homes: &Homes) -> Vec<Lot> {
    let empty = |collection: &Collection| {
        let bare = Collection { rules: nothing_like(&collection.rules), ..collection.clone() };
        size::group(&Group { collections: vec![bare], ..group.clone() })
    };
    let mut lots: Vec<Lot> = Vec::new();
    for collection in &group.collections {
        let around = empty(collection);
        for rules in small_enough(&collection.rules, safe.saturating_sub(around)) {
            let own = size::of_rules(&rules);
            let reached = lots.last().and_then(|lot| lot.reached);
            let home = homes.home(&collection.name, &rules).filter(|&home| Some(home) > reached && !lots.is_empty());
            match lots.last_mut().filter(|_| home.is_none()) {
                Some(lot) if lot.is_open(collection) && lot.size + own <= safe => {
                    lot.size += own;
                    lot.collections.last_mut().into_iter().for_each(|last| append(&mut last.rules, rules.clone()));
                }
                Some(lot) if !lot.is_open(collection) && lot.size + around + own <= safe => {
                    lot.size += around + own;
                    lot.collections.push(Collection { rules, ..collection.clone() });
                }
                Some(_) | None => lots.push(Lot {
                    size: around + own,
                    collections: vec![Collection { rules, ..collection.clone() }],
                    home,
                    reached: home.or(reached),
                }),
            }
        }
    }
    lots
}

fn nothing_like(rules: &Rules) -> Rules {
    match rules {
        Rules::Nat(_) => Rules::Nat(Vec::new()),
        Rules::Network(action, _) => Rules::Network(*action, Vec::new()),
        Rules::Application(action, _) => Rules::Application(*action, Vec::new()),
    }
}

/// Each rule by itself, and one that is too large by itself in pieces.
fn small_enough(rules: &Rules, room: u64) -> Vec<Rules> {
    let mut small = Vec::new();
    for rule in one_by_one(rules) {
        let count = size::of_rules(&rule).div_ceil(room.max(1)).saturating_mul(2);
        let pieces = usize::try_from(count).ok().filter(|_| count > 2).and_then(|count| cut(&rule, count));
        small.extend(pieces.unwrap_or_else(|| vec![rule]));
    }
    small
}

/// Names for parts of a group that have none.
fn fresh_names(group: &str, taken: &mut BTreeSet<String>) -> impl Iterator<Item = String> {
    let candidates = (1..).map(move |index| name(&format!("{group}-part"), index));
    candidates.filter(|name| taken.insert(name.to_ascii_lowercase()))
}

/// Rising priorities from that of the group to below `end`. Those that were given stay, unless there is no room between
/// them for what is new.
fn numbers(first: u16, given: &[Option<u16>], end: u16) -> Option<Vec<Priority>> {
    let mut numbers = vec![first];
    let mut waiting = 0;
    let later = given.iter().skip(1).copied();
    for number in later.chain([Some(end)]) {
        let Some(number) = number else {
            waiting += 1;
            continue;
        };
        let last = numbers.last().copied()?;
        let Some(between) = between(last, waiting, number) else {
            let nothing = vec![None; given.len()];
            return if given.iter().all(Option::is_none) { None } else { self::numbers(first, &nothing, end) };
        };
        numbers.extend(between);
        numbers.push(number);
        waiting = 0;
    }
    numbers.pop();
    numbers.into_iter().map(|number| Priority::new(number.into())).collect()
}

/// `count` rising numbers between two.
fn between(below: u16, count: u16, above: u16) -> Option<Vec<u16>> {
    let step = (above.checked_sub(below)? / (count + 1)).min(STEP);
    (step > 0).then(|| (1..=count).map(|index| below + index * step).collect())
}
