//! The destinations of one subnet, in the order in which routes win.

use std::net::Ipv4Addr;

use super::travel::{Carrier, NetworkWay};
use crate::net::{AddressSet, same_word};

/// Destinations, and the way of flows there that no earlier step takes.
#[derive(Clone, Debug)]
pub struct WayStep<'m> {
    /// The destinations.
    pub to: Destinations<'m>,
    /// Where they are sent.
    pub way: NetworkWay<'m>,
}

/// Destinations of one step.
#[derive(Clone, Debug)]
pub enum Destinations<'m> {
    /// These addresses.
    Addresses(AddressSet),
    /// The addresses that each of these service tags holds, within a set.
    Tagged {
        /// The tags.
        tags: Vec<&'m str>,
        /// The addresses outside which the tags do not count.
        within: AddressSet,
    },
}

impl Destinations<'_> {
    /// Whether `address` is one, where `holds` tells whether a service tag holds it.
    pub fn holds(&self, address: Ipv4Addr, holds: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Addresses(addresses) => addresses.contains(address),
            Self::Tagged { tags, within } => within.contains(address) && tags.iter().all(|tag| holds(tag)),
        }
    }
}

/// A route to one prefix, or to a set of addresses as if it were one.
#[derive(Clone, Debug)]
pub(super) struct PrefixRoute<'m> {
    /// How long the prefix is: the longest wins.
    pub length: u8,
    /// Whether a user stated it: of equal prefixes it wins over a system route.
    pub rank: Rank,
    /// Where it leads.
    pub to: AddressSet,
    /// The way.
    pub way: NetworkWay<'m>,
}

/// Which of several routes of one prefix wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Rank {
    /// A user's.
    User,
    /// Azure's.
    System,
}

/// A route to a service tag.
#[derive(Clone, Debug)]
pub(super) struct TagRoute<'m> {
    /// The tag.
    pub tag: &'m str,
    /// Its addresses, where they are known.
    pub known: Option<AddressSet>,
    /// The way.
    pub way: NetworkWay<'m>,
}

/// The steps of all routes: the longest prefix first, those to service tags between the other prefixes and 0.0.0.0/0.
pub(super) fn steps<'m>(mut prefixes: Vec<PrefixRoute<'m>>, mut tags: Vec<TagRoute<'m>>) -> Vec<WayStep<'m>> {
    prefixes.sort_by_key(|route| (std::cmp::Reverse(route.length), route.rank));
    tags.sort_by_key(|route| rank_of_tag(route.tag));
    let mut list = Vec::with_capacity(prefixes.len() + tags.len());
    let mut left = AddressSet::any();
    let (hosts, rest): (Vec<_>, Vec<_>) = prefixes.into_iter().partition(|route| route.length == 32);
    let (longer, everything): (Vec<_>, Vec<_>) = rest.into_iter().partition(|route| route.length > 0);
    hosts.into_iter().for_each(|route| push(&mut list, &mut left, route.to, route.way));
    for route in longer {
        let here = left.intersection(&route.to);
        between(&mut list, &tags, &here, &route.way);
        push(&mut list, &mut left, route.to, route.way);
    }
    for of_rank in tags.chunk_by(|a, b| rank_of_tag(a.tag) == rank_of_tag(b.tag)) {
        among(&mut list, of_rank, &left);
        list.extend(of_rank.iter().map(|route| step(&[route], left.clone(), route.way)));
    }
    everything.into_iter().for_each(|route| push(&mut list, &mut left, route.to, route.way));
    list.retain(|step| !is_empty(step));
    list
}

/// Appends what `to` has that no earlier step took.
fn push<'m>(list: &mut Vec<WayStep<'m>>, left: &mut AddressSet, to: AddressSet, way: NetworkWay<'m>) {
    list.push(WayStep { to: Destinations::Addresses(left.intersection(&to)), way });
    *left = left.difference(&to);
}

/// Inside a service tag, whose prefixes may be longer or shorter than that of `here`, the way is not known, unless both
/// lead the same way.
fn between<'m>(list: &mut Vec<WayStep<'m>>, tags: &[TagRoute<'m>], here: &AddressSet, way: &NetworkWay<'m>) {
    let public = here.difference(&AddressSet::untagged());
    if public.is_empty() {
        return;
    }
    for route in tags.iter().filter(|route| route.way.by != way.by) {
        list.push(step(&[route], public.clone(), NetworkWay::plain(Carrier::Unknown)));
    }
}

/// Where two service tags of one rank hold one address and lead different ways, the way is not known.
fn among<'m>(list: &mut Vec<WayStep<'m>>, tags: &[TagRoute<'m>], left: &AddressSet) {
    for (index, route) in tags.iter().enumerate() {
        for other in tags.iter().skip(index + 1) {
            if route.way.by != other.way.by && !are_regions_apart(route.tag, other.tag) {
                list.push(step(&[route, other], left.clone(), NetworkWay::plain(Carrier::Unknown)));
            }
        }
    }
}

/// The step to what each of `routes` leads to, within `within`.
fn step<'m>(routes: &[&TagRoute<'m>], within: AddressSet, way: NetworkWay<'m>) -> WayStep<'m> {
    let known = routes.iter().filter_map(|route| route.known.as_ref());
    let within = known.fold(within, |within, known| within.intersection(known));
    let mut tags: Vec<&str> = routes.iter().filter(|route| route.known.is_none()).map(|route| route.tag).collect();
    tags.dedup_by(|a, b| same_word(a, b));
    let to = match tags.is_empty() {
        true => Destinations::Addresses(within),
        false => Destinations::Tagged { tags, within: within.difference(&AddressSet::untagged()) },
    };
    WayStep { to, way }
}

fn is_empty(step: &WayStep<'_>) -> bool {
    match &step.to {
        Destinations::Addresses(addresses) => addresses.is_empty(),
        Destinations::Tagged { within, .. } => within.is_empty(),
    }
}

/// Regional tags rank before those of all regions, and both before `AzureCloud`, a region of it first.
fn rank_of_tag(tag: &str) -> u8 {
    let (name, region) = tag.split_once('.').map_or((tag, None), |(name, region)| (name, Some(region)));
    match (same_word(name, "AzureCloud"), region) {
        (false, Some(_)) => 0,
        (false, None) => 1,
        (true, Some(_)) => 2,
        (true, None) => 3,
    }
}

/// Whether the tags are of different regions, which share no address.
fn are_regions_apart(a: &str, b: &str) -> bool {
    match (a.split_once('.'), b.split_once('.')) {
        (Some((_, a)), Some((_, b))) => !same_word(a, b),
        (Some(_), None) | (None, Some(_)) | (None, None) => false,
    }
}
