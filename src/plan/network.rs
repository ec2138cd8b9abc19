//! The network around the firewalls on the way: which routes hold after each operation.
//!
//! A plan writes route tables, and no subnet, virtual network, endpoint or firewall. What the new model states of these holds
//! in the end; on the way it holds for a subnet as soon as its table is written.

use crate::evaluate::Knowledge;
use crate::model::{Model, Policy, RouteTable, VirtualNetwork};
use crate::net::{AddressSet, AddressSpan, Cidr};
use crate::way::{Sender, Ways};

use super::changes::tables;
use super::state::find_policy;

/// The networks of both ends.
pub(super) struct PlannedNetwork {
    old: Model,
    end: Model,
    /// The tables that the plan writes, as they are afterwards.
    written: Vec<RouteTable>,
}

impl PlannedNetwork {
    /// The networks that `old` and `new` state; none where neither states a subnet.
    pub(super) fn of(old: &Model, new: &Model, knowledge: &Knowledge) -> Option<Self> {
        let end = ended(old, new);
        let is_stated = |model: &Model| !Ways::of(model, knowledge).senders().is_empty();
        if !is_stated(old) && !is_stated(&end) {
            return None;
        }
        let (before, after) = (old.canonical(), new.canonical());
        let is_written = |table: &RouteTable| tables(&before, &after).any(|(name, _)| *name == table.name);
        let written = new.as_deployed().route_tables.into_iter().filter(is_written).collect();
        Some(Self { old: old.clone(), end, written })
    }

    /// The ways before the first operation.
    pub(super) fn before(&self, knowledge: &Knowledge) -> Ways<'_> {
        Ways::of(&self.old, knowledge)
    }

    /// The ways after the last one.
    pub(super) fn after(&self, knowledge: &Knowledge) -> Ways<'_> {
        Ways::of(&self.end, knowledge)
    }

    /// The network that is deployed, with the routes of the tables that `state` holds as they shall be.
    pub(super) fn so_far(&self, state: &Model) -> Model {
        let mut network = network_of(&self.old);
        let done = |table: &RouteTable| {
            self.written.iter().find(|new| new.name == table.name && state.route_tables.contains(new))
        };
        let mut is_new = false;
        for table in &mut network.route_tables {
            if let Some(new) = done(table) {
                table.routes.clone_from(&new.routes);
                table.disable_bgp_propagation = new.disable_bgp_propagation;
                is_new = true;
            }
        }
        if is_new && !network.firewalls.is_empty() {
            add_firewalls(&mut network, &self.end);
        }
        network
    }

    /// The ways in `state`, whose own network is `so_far`.
    pub(super) fn on_the_way<'m>(&'m self, so_far: &'m Model, state: &Model, knowledge: &Knowledge) -> Ways<'m> {
        let open: Vec<&RouteTable> = self.written.iter().filter(|table| !state.route_tables.contains(table)).collect();
        let is_done = |sender: &Sender<'_>| match sender.table() {
            Some(table) => !open.iter().any(|open| open.name == table.name),
            None => open.is_empty(),
        };
        Ways::composed(Ways::of(so_far, knowledge), Ways::of(&self.end, knowledge), is_done)
    }
}

/// What is in Azure after a plan, as far as both models state it: all of `new`, and what it does not speak of as it was.
/// What is kept of `old` has no place in a file.
pub fn ended(old: &Model, new: &Model) -> Model {
    let mut end = new.clone();
    let untold = old.policies.iter().filter(|policy| find_policy(new, &policy.name).is_none());
    end.policies.extend(untold.map(without_origins));
    for (id, group) in &old.ip_groups {
        end.ip_groups.entry(id.clone()).or_insert_with(|| group.clone());
    }
    keep_subnets(&mut end, old);
    if end.firewalls.is_empty() {
        end.firewalls.clone_from(&old.firewalls);
    } else if !old.firewalls.is_empty() {
        add_firewalls(&mut end, old);
    }
    if end.private_endpoints.is_empty() {
        end.private_endpoints.clone_from(&old.private_endpoints);
    }
    end
}

/// Puts the tables and subnets of `old` beside those of `end`, but for subnets whose addresses `end` states.
fn keep_subnets(end: &mut Model, old: &Model) {
    let of_tables = end.route_tables.iter().flat_map(|table| &table.subnets).map(|subnet| &subnet.prefixes);
    let of_networks = end.virtual_networks.iter().flat_map(|network| &network.subnets).map(|subnet| &subnet.prefixes);
    let stated = of_tables.chain(of_networks).fold(AddressSet::default(), |all, of| all.union(&set(of)));
    let is_kept = |prefixes: &[Cidr]| !set(prefixes).intersects(&stated);
    for table in &old.route_tables {
        let mut table = RouteTable { origin: None, ..table.clone() };
        table.subnets.retain(|subnet| is_kept(&subnet.prefixes));
        table.routes.iter_mut().for_each(|route| route.origin = None);
        match end.route_tables.iter_mut().find(|known| known.name == table.name) {
            Some(known) => known.subnets.extend(table.subnets),
            None => end.route_tables.push(table),
        }
    }
    for network in &old.virtual_networks {
        if end.virtual_networks.iter().any(|known| known.id() == network.id()) {
            continue;
        }
        let mut network = VirtualNetwork { origin: None, ..network.clone() };
        network.subnets.retain(|subnet| is_kept(&subnet.prefixes));
        end.virtual_networks.push(network);
    }
}

fn set(prefixes: &[Cidr]) -> AddressSet {
    prefixes.iter().map(|&prefix| AddressSpan::Cidr(prefix)).collect()
}

fn add_firewalls(model: &mut Model, other: &Model) {
    let new =
        other.firewalls.iter().filter(|firewall| !model.firewalls.iter().any(|known| known.name == firewall.name));
    let new: Vec<_> = new.cloned().collect();
    model.firewalls.extend(new);
}

/// The model without its policies and IP groups.
fn network_of(model: &Model) -> Model {
    Model {
        route_tables: model.route_tables.clone(),
        virtual_networks: model.virtual_networks.clone(),
        private_endpoints: model.private_endpoints.clone(),
        firewalls: model.firewalls.clone(),
        ..Model::default()
    }
}

fn without_origins(policy: &Policy) -> Policy {
    let mut policy = Policy { origin: None, ..policy.clone() };
    for group in &mut policy.groups {
        group.origin = None;
        for collection in &mut group.collections {
            collection.origin = None;
            collection.rules.heads_mut().for_each(|head| *head.origin = None);
        }
    }
    policy
}
