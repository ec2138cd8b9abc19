//! How much of each limit is used.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::model::{
    Collection, Group, IpGroup, IpGroupRef, Model, NatRule, NetworkRule, Policy, PrivateEndpoint, ResourceId,
    RoutePrefix, RouteTable, RuleKind, Rules, needed_zones, size,
};

use super::{Limit, LimitUsed, Of};

/// How many of the biggest contributors a count names.
pub(super) const NAMED: usize = 3;

/// A rule that is one such part of its group, or more, is remarkable by itself.
const REMARKABLE: u64 = 50;

/// A policy with what it inherits: all collections of its bases but those of DNAT, of which it is not known whether they are
/// read.
pub(super) struct Lineage<'m> {
    pub(super) model: &'m Model,
    pub(super) policy: &'m Policy,
    pub(super) parents: Vec<&'m Policy>,
}

impl<'m> Lineage<'m> {
    pub(super) fn new(model: &'m Model, policy: &'m Policy) -> Self {
        Self { model, policy, parents: model.bases(policy) }
    }

    /// The groups that the firewall reads, and whose they are.
    fn groups(&self) -> impl Iterator<Item = (&'m Policy, &'m Group)> {
        let policies = self.parents.iter().copied().chain(std::iter::once(self.policy));
        policies.flat_map(|policy| policy.groups.iter().map(move |group| (policy, group)))
    }

    /// The collections that the firewall reads, with the path of their group.
    fn collections(&self) -> impl Iterator<Item = (String, &'m Collection)> {
        let own = self.policy;
        self.groups().flat_map(move |(policy, group)| {
            let inherited = !std::ptr::eq(policy, own);
            let path = if inherited { format!("{}/{}", policy.name, group.name) } else { group.name.to_string() };
            let read = move |collection: &&Collection| !inherited || collection.rules.kind() != RuleKind::Nat;
            group.collections.iter().filter(read).map(move |collection| (path.clone(), collection))
        })
    }

    /// The network rules that the firewall reads, with the path of their collection.
    fn network_rules(&self) -> impl Iterator<Item = (String, &'m NetworkRule)> {
        self.collections().flat_map(|(path, collection)| {
            collection
                .rules
                .network()
                .iter()
                .map(move |rule| (format!("{path}/{}/{}", collection.name, rule.name), rule))
        })
    }

    /// The DNAT rules of the policy itself, with the name of their group.
    fn nat_rules(&self) -> impl Iterator<Item = (&'m str, &'m NatRule)> {
        self.policy.groups.iter().flat_map(|group| {
            let rules = group.collections.iter().flat_map(|collection| collection.rules.nat());
            rules.map(|rule| (group.name.as_str(), rule))
        })
    }
}

/// How much is used, and by whom.
#[derive(Default)]
pub(super) struct LimitCount {
    pub(super) total: u64,
    pub(super) by: BTreeMap<String, u64>,
}

impl LimitCount {
    pub(super) fn of(total: usize) -> Self {
        Self { total: number(total), by: BTreeMap::new() }
    }

    fn add(&mut self, whose: String, amount: u64) {
        self.total = self.total.saturating_add(amount);
        let part = self.by.entry(whose).or_default();
        *part = part.saturating_add(amount);
    }

    pub(super) fn used(self, limit: &'static Limit, of: Of) -> LimitUsed {
        let mut biggest: Vec<(String, u64)> = self.by.into_iter().collect();
        biggest.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
        biggest.truncate(NAMED);
        LimitUsed { limit, of, used: self.total, biggest }
    }
}

pub(super) fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

pub(super) fn groups(lineage: &Lineage<'_>) -> LimitCount {
    LimitCount::of(lineage.policy.groups.len())
}

pub(super) fn collections(lineage: &Lineage<'_>) -> LimitCount {
    let mut count = LimitCount::default();
    lineage.collections().for_each(|(group, _)| count.add(group, 1));
    count
}

pub(super) fn dnat(lineage: &Lineage<'_>) -> LimitCount {
    let mut before = BTreeSet::new();
    let mut after = HashSet::new();
    let mut count = LimitCount::default();
    for (group, rule) in lineage.nat_rules() {
        for &protocol in &rule.matches.protocols {
            for (destination, port) in
                rule.matches.destinations.iter().flat_map(|to| rule.matches.ports.iter().map(move |p| (to, p)))
            {
                if before.insert((destination, port, protocol)) {
                    count.add(group.to_owned(), 1);
                }
            }
            after.insert((&rule.handling, protocol));
        }
    }
    count.total = number(before.len().max(after.len())) + public_addresses(lineage);
    count
}

pub(super) fn public(lineage: &Lineage<'_>) -> LimitCount {
    LimitCount { total: public_addresses(lineage), by: BTreeMap::new() }
}

/// The public addresses of the firewall that the policy is attached to; of several, that with the most.
pub(super) fn public_addresses(lineage: &Lineage<'_>) -> u64 {
    let attached = lineage
        .model
        .firewalls
        .iter()
        .filter(|firewall| firewall.policy.as_ref().is_some_and(|policy| *policy == lineage.policy.name));
    attached.map(|firewall| number(firewall.public_ips.len())).max().unwrap_or(0)
}

pub(super) fn network_pairs(lineage: &Lineage<'_>) -> LimitCount {
    let mut count = LimitCount::default();
    for (path, rule) in lineage.network_rules() {
        count.add(path, pairs_of(rule));
    }
    count
}

fn pairs_of(rule: &NetworkRule) -> u64 {
    let from = unique(&rule.matches.sources.addresses)
        + unique(&rule.matches.sources.ip_groups)
        + unique(&rule.matches.sources.pods);
    let to = unique(&rule.matches.destinations)
        + unique(&rule.matches.destination_ip_groups)
        + unique(&rule.matches.destination_fqdns);
    from.saturating_mul(to)
}

/// The pairs of source and destination of the network rules among `rules`.
pub fn pairs(rules: &Rules) -> u64 {
    rules.network().iter().map(pairs_of).sum()
}

fn unique<T: Ord>(items: &[T]) -> u64 {
    number(items.iter().collect::<BTreeSet<_>>().len())
}

pub(super) fn network_names(lineage: &Lineage<'_>) -> LimitCount {
    let mut seen = BTreeSet::new();
    let mut count = LimitCount::default();
    for (path, rule) in lineage.network_rules() {
        let new = rule.matches.destination_fqdns.iter().filter(|&name| seen.insert(name)).count();
        if new > 0 {
            count.add(path, number(new));
        }
    }
    count
}

pub(super) fn ip_groups_used(lineage: &Lineage<'_>) -> LimitCount {
    let lists = lineage.collections().flat_map(|(_, collection)| collection.rules.ip_groups());
    let seen: BTreeSet<(Option<ResourceId>, String)> = lists.flatten().map(group_key).collect();
    LimitCount::of(seen.len())
}

/// A group of the model by its id, one outside by its key.
fn group_key(group: &IpGroupRef) -> (Option<ResourceId>, String) {
    match group {
        IpGroupRef::Named(id) => (Some(id.clone()), String::new()),
        IpGroupRef::Id(_) => (None, group.key()),
    }
}

pub(super) fn idps_signatures(lineage: &Lineage<'_>) -> LimitCount {
    LimitCount::of(lineage.policy.settings.idps.as_ref().map_or(0, |idps| idps.signatures.len()))
}

/// By rules where one is large by itself, else by collections: of thousands of rules alike none is the one to move.
pub(super) fn group_size(group: &Group) -> LimitCount {
    let rules: BTreeMap<String, u64> = size::rules(group).into_iter().collect();
    let total = size::group(group);
    let one_is_large = rules.values().any(|size| size.saturating_mul(REMARKABLE) >= total);
    let by_collection = || group.collections.iter().map(|own| (own.name.clone(), size::of_rules(&own.rules)));
    LimitCount { total, by: if one_is_large { rules } else { by_collection().collect() } }
}

pub(super) fn ip_group_addresses(group: &IpGroup) -> LimitCount {
    LimitCount::of(group.addresses.len() + group.ipv6.len())
}

/// The private DNS zones in which an endpoint has names.
pub(super) fn endpoint_zones(endpoint: &PrivateEndpoint) -> LimitCount {
    LimitCount::of(needed_zones(std::slice::from_ref(endpoint)).len())
}

pub(super) fn routes(table: &RouteTable) -> LimitCount {
    LimitCount::of(table.routes.len())
}

pub(super) fn tag_routes(table: &RouteTable) -> LimitCount {
    let to_tag = |prefix: &RoutePrefix| match prefix {
        RoutePrefix::ServiceTag(_) => true,
        RoutePrefix::Cidr(_) => false,
    };
    LimitCount::of(table.routes.iter().filter(|route| to_tag(&route.prefix)).count())
}
