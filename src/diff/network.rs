//! Routes and subnets that differ, and whether they lead more past the firewall.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::model::{Firewall, Model, NextHop, RoutePrefix, RouteTable, TableOf};
use crate::net::{AddressSet, AddressSpan, Cidr};
use crate::way::{Carrier, Destinations, Sender, WayStep, Ways, link_local, of_table};

use super::DiffSide;
use super::protection::Protection;

/// A route or a subnet that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RouteChange {
    /// The route table; that of the subnet before, where a subnet changes its table.
    pub table: String,
    /// What differs.
    pub what: Routed,
    /// Where it went, or the prefixes of the subnet; absent where there was none.
    pub before: Option<String>,
    /// The same after.
    pub after: Option<String>,
    /// What that does to what comes to the firewall.
    pub effect: Protection,
}

/// What differs in a route table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Routed {
    /// The route to a prefix; `bgp-propagation` for the table as a whole.
    Prefix(String),
    /// A subnet.
    Subnet(String),
}

impl Routed {
    /// The prefix, or the name of the subnet with the word for it.
    pub fn words(&self) -> String {
        match self {
            Self::Prefix(prefix) => prefix.clone(),
            Self::Subnet(name) => format!("subnet {name}"),
        }
    }
}

/// The word that tells whether a table takes the routes that a gateway learns.
const PROPAGATION: &str = "bgp-propagation";

/// The routes that differ by table and prefix, and the subnets by name.
pub(super) fn changes(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<RouteChange> {
    let mut found: Vec<RouteChange> =
        tables(old.model, new.model).into_iter().flat_map(|pair| of_tables(pair, old, new)).collect();
    found.extend(subnets(old, new));
    found.sort_by(|a, b| (&a.table, &a.what).cmp(&(&b.table, &b.what)));
    found
}

/// A table on both sides, or on one.
type NetworkPair<'m> = (Option<&'m RouteTable>, Option<&'m RouteTable>);

/// The tables of both sides that are one resource: those of one id, then those that may be.
fn tables<'m>(old: &'m Model, new: &'m Model) -> Vec<NetworkPair<'m>> {
    let (mut before, mut after): (Vec<_>, Vec<_>) =
        (old.route_tables.iter().collect(), new.route_tables.iter().collect());
    let mut pairs: Vec<NetworkPair<'m>> = Vec::new();
    let are_one: [fn(&RouteTable, &RouteTable) -> bool; 3] = [
        |one, other| one.id() == other.id(),
        |one, other| one.id().agrees(&other.id()),
        // One that only has another name.
        |one, other| {
            routes(Some(one)) == routes(Some(other))
                && one.associations().map(|one| one.subnet).eq(other.associations().map(|other| other.subnet))
        },
    ];
    for are_one in are_one {
        before.retain(|one| {
            let at = after.iter().position(|other| are_one(one, other));
            at.map(|at| pairs.push((Some(one), Some(after.remove(at))))).is_none()
        });
    }
    pairs.extend(before.into_iter().map(|one| (Some(one), None)));
    pairs.extend(after.into_iter().map(|other| (None, Some(other))));
    pairs
}

/// The routes of one table that differ.
fn of_tables<'m>((one, other): NetworkPair<'m>, old: DiffSide<'m>, new: DiffSide<'m>) -> Vec<RouteChange> {
    let called = other.or(one).map_or("", |table| table.name.label());
    let (before, after) = (routes(one), routes(other));
    let steps =
        |side: DiffSide<'m>, table| Routes { model: side.model, steps: of_table(side.model, table, side.knowledge) };
    let (old, new) = (steps(old, one), steps(new, other));
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differ = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    differ
        .map(|key| RouteChange {
            table: called.to_owned(),
            what: Routed::Prefix(key.clone()),
            before: of_key(&before, one, key),
            after: of_key(&after, other, key),
            effect: match after.get(key).or_else(|| before.get(key)).and_then(|(_, prefix)| prefix.as_ref()) {
                Some(RoutePrefix::Cidr(cidr)) => of_prefix(&prefixes(&[*cidr]), &old, &new),
                Some(RoutePrefix::ServiceTag(tag)) => of_tag(tag, &old, &new),
                // Routes that a gateway announces may be longer than any of the table.
                None => Protection::ranked(&before.contains_key(key), &after.contains_key(key)),
            },
        })
        .collect()
}

/// What a table states of a key. Routes are propagated unless a table states otherwise.
fn of_key(routes: &ByKey, table: Option<&RouteTable>, key: &str) -> Option<String> {
    let usual = || (key == PROPAGATION && table.is_some()).then(|| "on".to_owned());
    routes.get(key).map(|(hop, _)| hop.clone()).or_else(usual)
}

/// What a table states: the next hop of each prefix with the prefix, and `bgp-propagation`.
type ByKey = BTreeMap<String, (String, Option<RoutePrefix>)>;

/// Where each prefix of a table goes.
fn routes(table: Option<&RouteTable>) -> ByKey {
    let mut found: BTreeMap<String, (Vec<String>, Option<RoutePrefix>)> = BTreeMap::new();
    for route in table.into_iter().flat_map(|table| &table.routes) {
        let entry = found.entry(route.prefix.to_string()).or_insert((Vec::new(), Some(route.prefix.clone())));
        entry.0.push(route.next_hop.to_string());
    }
    if table.is_some_and(|table| table.disable_bgp_propagation == Some(true)) {
        found.insert(PROPAGATION.to_owned(), (vec!["off".to_owned()], None));
    }
    found.into_iter().map(|(key, (hops, prefix))| (key, (hops.join(", "), prefix))).collect()
}

fn prefixes(all: &[Cidr]) -> AddressSet {
    all.iter().map(|&prefix| AddressSpan::Cidr(prefix)).collect()
}

/// The routes of one table, and the model that states it.
struct Routes<'m> {
    model: &'m Model,
    steps: Vec<WayStep<'m>>,
}

/// What a change does to the flows to one prefix.
fn of_prefix(prefix: &AddressSet, before: &Routes<'_>, after: &Routes<'_>) -> Protection {
    let [before, after] = [before, after].map(|routes| PastNetwork::of(routes.model, &routes.steps).within(prefix));
    before.to(&after)
}

/// What a change does to the flows to a service tag: those that no route to it takes go by the default route.
fn of_tag(tag: &str, before: &Routes<'_>, after: &Routes<'_>) -> Protection {
    let taken = |routes: &Routes<'_>| {
        let is_own = |step: &&WayStep<'_>| step.way.route.is_some_and(|route| route.prefix.to_string() == tag);
        routes.steps.iter().position(|step| is_own(&step)).or(routes.steps.len().checked_sub(1))
    };
    let [one, other] = [before, after].map(|routes| {
        let step = taken(routes).and_then(|at| routes.steps.get(at));
        let past = step.is_some_and(|step| may_pass(step.way.by));
        (past, step.and_then(|step| reached(routes.model, step)))
    });
    match (one.1, other.1) {
        (Some((_, one)), Some((_, other))) if !one.is_as(&other) => Protection::Weakens,
        _ => Protection::ranked(&other.0, &one.0),
    }
}

/// Whether a flow that travels so may not come to the firewall, and is not dropped.
fn may_pass(by: Carrier) -> bool {
    by.is_unfiltered() || by == Carrier::Unknown
}

/// Where a subnet's flows go past the firewall, or may; apart from what no route table moves.
#[derive(Default)]
struct PastNetwork<'m> {
    addresses: AddressSet,
    tags: BTreeSet<String>,
    /// Whether some flow comes to the firewall.
    filters: bool,
    /// The firewalls that a route leads to.
    firewalls: Vec<(AddressSet, ReachedSubnets<'m>)>,
}

/// A firewall at the end of a route.
#[derive(Clone, Copy)]
struct ReachedSubnets<'m> {
    address: Ipv4Addr,
    stated: Option<&'m Firewall>,
}

impl ReachedSubnets<'_> {
    /// Whether both are one firewall, or have the same policy: the same rules decide there. What else is known of a policy
    /// that a firewall gets is told beside.
    fn is_as(&self, other: &Self) -> bool {
        let both = self.stated.zip(other.stated);
        let alike = |(one, other): (&Firewall, &Firewall)| {
            one.name == other.name || one.policy.is_some() && one.policy == other.policy
        };
        self.address == other.address || both.is_some_and(alike)
    }
}

impl<'m> PastNetwork<'m> {
    fn of(model: &'m Model, steps: &[WayStep<'m>]) -> Self {
        let mut found = Self::default();
        for step in steps {
            let is_fixed = match step.way.by {
                Carrier::VirtualNetwork => step.way.route.is_none(),
                Carrier::PrivateEndpoint | Carrier::LinkLocal => true,
                Carrier::Firewall
                | Carrier::Internet
                | Carrier::Gateway
                | Carrier::ServiceEndpoint
                | Carrier::Nowhere
                | Carrier::Unknown => false,
            };
            found.filters |= step.way.by == Carrier::Firewall && step.way.table.is_some();
            found.firewalls.extend(reached(model, step));
            if is_fixed || !may_pass(step.way.by) {
                continue;
            }
            match &step.to {
                Destinations::Addresses(addresses) => found.addresses = found.addresses.union(addresses),
                Destinations::Tagged { tags, .. } => found.tags.extend(tags.iter().map(|tag| tag.to_ascii_lowercase())),
            }
        }
        found.addresses = found.addresses.difference(&link_local());
        found
    }

    fn within(&self, prefix: &AddressSet) -> Self {
        let firewalls = self.firewalls.iter().map(|(addresses, at)| (addresses.intersection(prefix), *at)).collect();
        Self { addresses: self.addresses.intersection(prefix), tags: BTreeSet::new(), filters: self.filters, firewalls }
    }

    /// What it does where flows go past the firewall here first, and `after` then.
    fn to(&self, after: &Self) -> Protection {
        let lacks =
            |one: &Self, other: &Self| !one.addresses.covers(&other.addresses) || !one.tags.is_superset(&other.tags);
        // Nobody can tell whether another firewall lets more through.
        let is_another = |(addresses, at): &(AddressSet, ReachedSubnets<'_>)| {
            let mut others = after.firewalls.iter().filter(|(others, _)| others.intersects(addresses));
            others.any(|(_, other)| !at.is_as(other))
        };
        if self.firewalls.iter().any(is_another) {
            return Protection::Weakens;
        }
        match (lacks(self, after), lacks(after, self)) {
            (true, _) => Protection::Weakens,
            (false, true) => Protection::Strengthens,
            (false, false) => Protection::Neutral,
        }
    }
}

/// The addresses that a route of a step leads to a firewall, and which.
fn reached<'m>(model: &'m Model, step: &WayStep<'m>) -> Option<(AddressSet, ReachedSubnets<'m>)> {
    let NextHop::Appliance(address) = step.way.route.filter(|_| step.way.by == Carrier::Firewall)?.next_hop else {
        return None;
    };
    let stated = model.firewalls.iter().find(|firewall| firewall.private_ip == Some(address));
    let addresses = match &step.to {
        Destinations::Addresses(addresses) => addresses.clone(),
        Destinations::Tagged { within, .. } => within.clone(),
    };
    Some((addresses, ReachedSubnets { address, stated }))
}

/// A subnet as one side states it.
#[derive(PartialEq, Eq)]
struct StatedNetwork {
    table: Option<String>,
    prefixes: Vec<Cidr>,
    service_endpoints: Vec<String>,
}

impl StatedNetwork {
    /// The prefixes, the service endpoints, and, where that differs, the table.
    fn words(&self, other: Option<&Self>) -> String {
        let list = |all: &[String]| all.join(", ");
        let prefixes: Vec<String> = self.prefixes.iter().map(ToString::to_string).collect();
        let mut said = list(&prefixes);
        if !self.service_endpoints.is_empty() {
            said += &format!(", service endpoints {}", list(&self.service_endpoints));
        }
        if other.is_some_and(|other| other.table != self.table) {
            said += &match &self.table {
                Some(table) => format!(", route table {table}"),
                None => ", no route table".to_owned(),
            };
        }
        said
    }
}

/// The subnets that differ, by the network that states them and by name.
fn subnets(old: DiffSide<'_>, new: DiffSide<'_>) -> Vec<RouteChange> {
    let (mut before, mut after) = (stated(old.model), stated(new.model));
    let ways = (Ways::of(old.model, old.knowledge), Ways::of(new.model, new.knowledge));
    let keys: BTreeSet<(String, String)> = before.keys().chain(after.keys()).cloned().collect();
    let mut found = Vec::new();
    for key in keys {
        let (mut one, mut other) = (before.remove(&key).unwrap_or_default(), after.remove(&key).unwrap_or_default());
        one.retain(|subnet| {
            let at = other.iter().position(|known| known == subnet);
            at.map(|at| other.remove(at)).is_none()
        });
        let differ = (0..one.len().max(other.len())).map(|at| (one.get(at), other.get(at)));
        found.extend(differ.map(|pair| of_subnet(&key.1, pair, [(old.model, &ways.0), (new.model, &ways.1)])));
    }
    found
}

fn of_subnet<'m>(
    name: &str,
    (one, other): (Option<&StatedNetwork>, Option<&StatedNetwork>),
    [old, new]: [(&'m Model, &Ways<'m>); 2],
) -> RouteChange {
    let both = || [one, other].into_iter().flatten();
    let all: Vec<Cidr> = both().flat_map(|subnet| &subnet.prefixes).copied().collect();
    RouteChange {
        table: both().find_map(|subnet| subnet.table.clone()).unwrap_or_default(),
        what: Routed::Subnet(name.to_owned()),
        before: one.map(|subnet| subnet.words(other)),
        after: other.map(|subnet| subnet.words(one)),
        effect: of_sources(&prefixes(&all), old, new),
    }
}

/// The subnets of a source's route tables and of the virtual networks of artefacts, by network and name: several tables of a
/// source may have one of the same name.
fn stated(model: &Model) -> BTreeMap<(String, String), Vec<StatedNetwork>> {
    let mut found: BTreeMap<(String, String), Vec<StatedNetwork>> = BTreeMap::new();
    for table in &model.route_tables {
        for subnet in &table.subnets {
            let (prefixes, service_endpoints) = (subnet.prefixes.clone(), subnet.service_endpoints.clone());
            let stated = StatedNetwork { table: Some(table.name.to_string()), prefixes, service_endpoints };
            found.entry((String::new(), subnet.name.clone())).or_default().push(stated);
        }
    }
    for network in &model.virtual_networks {
        for subnet in &network.subnets {
            let table = match &subnet.route_table {
                TableOf::None => None,
                TableOf::Named(id) => Some(id.name.to_string()),
                TableOf::Unknown(expression) => Some(expression.clone()),
            };
            let (prefixes, service_endpoints) = (subnet.prefixes.clone(), subnet.service_endpoints.clone());
            let stated = StatedNetwork { table, prefixes, service_endpoints };
            found.entry((network.name.to_string(), subnet.name.clone())).or_default().push(stated);
        }
    }
    found
}

/// What a change does to the flows from `sources`. Sources in no stated subnet are supposed to come to the firewall: one that
/// is taken out of a table that leads there does so no more.
fn of_sources<'m>(sources: &AddressSet, old: (&'m Model, &Ways<'m>), new: (&'m Model, &Ways<'m>)) -> Protection {
    let (before, after) = (parts(sources, old), parts(sources, new));
    let mut effects = BTreeSet::new();
    for (one, before) in &before {
        for (other, after) in &after {
            if one.intersects(other) {
                effects.insert(between(before.as_ref(), after.as_ref()));
            }
        }
    }
    effects.into_iter().max().unwrap_or(Protection::Neutral)
}

/// Part by part, where flows from `sources` go; `None` for those of no stated subnet.
fn parts<'m>(
    sources: &AddressSet,
    (model, ways): (&'m Model, &Ways<'m>),
) -> Vec<(AddressSet, Option<PastNetwork<'m>>)> {
    let of = |sender: &Sender<'m>| (sender.sources.intersection(sources), Some(PastNetwork::of(model, &sender.steps)));
    let rest = (ways.elsewhere().intersection(sources), None);
    let parts = ways.senders().iter().map(of).chain([rest]);
    parts.filter(|(part, _)| !part.is_empty()).collect()
}

fn between(before: Option<&PastNetwork<'_>>, after: Option<&PastNetwork<'_>>) -> Protection {
    match (before, after) {
        (Some(before), Some(after)) => before.to(after),
        (Some(past), None) if past.filters => Protection::Weakens,
        (None, Some(past)) if past.filters => Protection::Strengthens,
        (None, Some(_)) => Protection::Weakens,
        (Some(_), None) => Protection::Strengthens,
        (None, None) => Protection::Neutral,
    }
}
