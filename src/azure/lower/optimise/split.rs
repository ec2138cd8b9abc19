//! Groups and IP groups that Azure would find too large, in several.

use std::collections::BTreeSet;

use super::Forced;
use super::pieces::{append, cut, ip_group_lists, name, one_by_one};
use crate::azure::limits::{GROUP_SIZE, IP_GROUP_ADDRESSES};
use crate::azure::model::{Collection, Group, IpGroup, IpGroupRef, Model, Policy, Rules};
use crate::azure::size;
use crate::intent::Priority;

/// How far apart the priorities of the parts of a group are where it fits.
const STEP: u16 = 10;

/// How many bytes the estimate of a whole may differ from the sum of its parts.
const SLACK: u64 = 16;

/// Splits IP groups over the limit, and groups over what is safe. A group of collections that the author made stays.
pub(super) fn step(model: &mut Model, forced: &Forced<'_>) {
    let most = usize::try_from(forced.how.options.max(&IP_GROUP_ADDRESSES)).unwrap_or(usize::MAX).max(1);
    let large: Vec<String> =
        model.ip_groups.values().filter(|group| group.addresses.len() > most).map(|group| group.name.clone()).collect();
    let each = usize::try_from(forced.how.options.near(&IP_GROUP_ADDRESSES)).unwrap_or(most).max(1);
    large.iter().for_each(|group| split_ip_group(model, group, each));
    let safe = forced.how.options.near(&GROUP_SIZE);
    for policy in model.policies.iter_mut().filter(|policy| forced.is_own(&policy.name)) {
        split_groups(policy, safe, forced);
    }
}

fn split_ip_group(model: &mut Model, whole: &str, most: usize) {
    let Some(group) = model.ip_groups.get_mut(whole) else { return };
    let rest = group.addresses.split_off(most.min(group.addresses.len()));
    let like = group.clone();
    let mut names = Vec::new();
    for addresses in rest.chunks(most) {
        let is_taken = |name: &String| model.ip_groups.keys().any(|known| known.eq_ignore_ascii_case(name));
        let free = (names.len() + 1..).map(|index| name(whole, index)).find(|name| !is_taken(name));
        let Some(free) = free else { return };
        let piece = IpGroup { name: free.clone(), addresses: addresses.to_vec(), ..like.clone() };
        model.ip_groups.insert(free.clone(), piece);
        names.push(free);
    }
    for list in model.policies.iter_mut().flat_map(ip_group_lists) {
        let place = list.iter().position(|group| matches!(group, IpGroupRef::Named(name) if name == whole));
        if let Some(place) = place {
            let more = names.iter().cloned().map(IpGroupRef::Named);
            list.splice(place + 1..place + 1, more);
        }
    }
}

fn split_groups(policy: &mut Policy, safe: u64, forced: &Forced<'_>) {
    let mut taken: BTreeSet<String> = policy.groups.iter().map(|group| group.name.to_ascii_lowercase()).collect();
    let mut split = Vec::with_capacity(policy.groups.len());
    let mut groups = std::mem::take(&mut policy.groups).into_iter().peekable();
    while let Some(group) = groups.next() {
        if size::group(&group) <= safe || forced.is_made(&policy.name, &group.name) {
            split.push(group);
            continue;
        }
        let end = groups.peek().map_or(Priority::LAST.get() + 1, |next| next.priority.get());
        let all = chunks(&group, safe.saturating_sub(SLACK));
        let names = names(&group.name, all.len(), &mut taken);
        match numbers(&policy.name, &names, group.priority, end, forced) {
            Some(numbers) => {
                let part = |((collections, name), priority)| Group {
                    name,
                    priority,
                    collections,
                    origin: group.origin.clone(),
                };
                split.extend(all.into_iter().zip(names).zip(numbers).map(part));
            }
            // Without room the group stays as it is, and what Azure would refuse of it is reported.
            None => split.push(group),
        }
    }
    policy.groups = split;
}

/// The collections of a group in several lots, none larger than `safe`: the rules in order, so that of each kind the same
/// rule decides as before.
fn chunks(group: &Group, safe: u64) -> Vec<Vec<Collection>> {
    let empty = |collection: &Collection| {
        let bare = Collection { rules: nothing_like(&collection.rules), ..collection.clone() };
        size::group(&Group { collections: vec![bare], ..group.clone() })
    };
    let mut lots: Vec<(u64, Vec<Collection>)> = Vec::new();
    for collection in &group.collections {
        let around = empty(collection);
        for rule in small_enough(&collection.rules, safe.saturating_sub(around)) {
            let own = size::of_rules(&rule);
            let is_open = |lot: &(u64, Vec<Collection>)| lot.1.last().is_some_and(|last| last.name == collection.name);
            match lots.last_mut() {
                Some(lot) if is_open(lot) && lot.0 + own <= safe => {
                    lot.0 += own;
                    lot.1.last_mut().into_iter().for_each(|last| append(&mut last.rules, rule.clone()));
                }
                Some(lot) if !is_open(lot) && lot.0 + around + own <= safe => {
                    lot.0 += around + own;
                    lot.1.push(Collection { rules: rule, ..collection.clone() });
                }
                Some(_) | None => lots.push((around + own, vec![Collection { rules: rule, ..collection.clone() }])),
            }
        }
    }
    lots.into_iter().map(|(_, collections)| collections).collect()
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

fn names(group: &str, count: usize, taken: &mut BTreeSet<String>) -> Vec<String> {
    let mut names = vec![group.to_owned()];
    let mut candidates = (1..).map(|index| name(&format!("{group}-part"), index));
    while names.len() < count {
        let free = candidates.by_ref().find(|name| taken.insert(name.to_ascii_lowercase()));
        names.extend(free);
    }
    names
}

/// Rising priorities from that of the group to below `end`; those that the lock knows stay where they rise.
fn numbers(policy: &str, names: &[String], first: Priority, end: u16, forced: &Forced<'_>) -> Option<Vec<Priority>> {
    let known = forced.how.lock.groups(policy);
    let room = usize::from(end - first.get());
    let step = u16::try_from((room / names.len()).min(usize::from(STEP))).ok().filter(|&step| step > 0)?;
    let mut numbers = vec![first];
    for (left, name) in (0..names.len() - 1).rev().zip(names.iter().skip(1)) {
        let last = numbers.last()?.get();
        let fits = |number: u16| last < number && usize::from(number) + left < usize::from(end);
        let given = known.get(name).map(Priority::get).filter(|&number| fits(number));
        let number = given.or(Some(last + step)).filter(|&number| fits(number)).unwrap_or(last + 1);
        numbers.push(Priority::new(number.into()).filter(|_| fits(number))?);
    }
    Some(numbers)
}
