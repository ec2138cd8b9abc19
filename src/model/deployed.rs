//! The part of a model that its artefacts state.

use std::collections::HashSet;

use super::{
    Base, Collection, Group, IpGroup, IpGroupRef, Model, Moves, NetworkMatches, NetworkProtocol, Policy, ResourceId,
    ResourceName, RouteTable, Rules, Scope, Settings, UnknownSetting,
};
use crate::net::PortSet;

impl Model {
    /// The model without the places of its resources, where their names alone distinguish them: two inputs that state
    /// them differently are compared so.
    #[must_use]
    pub fn without_places(&self) -> Self {
        let mut model = self.clone();
        unplaced(&mut model);
        model
    }

    /// The model as its artefacts state it: without origins, firewalls, what they log, private endpoints, the subnets
    /// that a route table is meant for, and the settings and descriptions that state nothing; and without the places of
    /// resources where their names tell them apart.
    ///
    /// What `emit` writes, read back by `import`, equals it.
    #[must_use]
    pub fn as_deployed(&self) -> Self {
        let mut bare = self.clone();
        bare.firewalls.clear();
        bare.log_exports.clear();
        bare.private_endpoints.clear();
        bare.virtual_networks.clear();
        bare.stand_ins.clear();
        bare.adopted.clear();
        unplaced(&mut bare);
        bare.policies.iter_mut().for_each(bare_policy);
        bare.ip_groups.values_mut().for_each(|group| group.origin = None);
        bare.route_tables.iter_mut().for_each(bare_table);
        bare
    }
}

/// Removes where resources are, and that a name is a stand-in, unless that is needed to distinguish them.
fn unplaced(model: &mut Model) {
    if are_unique(model.ip_groups.values().map(|group| &group.name)) {
        let groups = std::mem::take(&mut model.ip_groups).into_values();
        let groups = groups.map(|group| IpGroup { name: plain(&group.name), scope: Scope::default(), ..group });
        model.ip_groups = groups.map(|group| (group.id(), group)).collect();
        for reference in model.policies.iter_mut().flat_map(Policy::ip_group_refs_mut) {
            if let IpGroupRef::Named(id) = reference {
                *id = ResourceId::own(plain(&id.name));
            }
        }
    }
    if are_unique(model.policies.iter().map(|policy| &policy.name)) {
        for policy in &mut model.policies {
            (policy.name, policy.scope) = (plain(&policy.name), Scope::default());
            if let Some(Base::Named(id)) = &mut policy.base {
                *id = ResourceId::own(plain(&id.name));
            }
            policy.groups.iter_mut().for_each(|group| group.name = plain(&group.name));
        }
    }
    if are_unique(model.route_tables.iter().map(|table| &table.name)) {
        for table in &mut model.route_tables {
            (table.name, table.scope) = (plain(&table.name), Scope::default());
        }
    }
}

/// The name as any text.
fn plain(name: &ResourceName) -> ResourceName {
    ResourceName::from(name.as_str())
}

fn are_unique<'n>(mut names: impl Iterator<Item = &'n ResourceName>) -> bool {
    let mut seen = HashSet::new();
    names.all(|name| seen.insert(plain(name)))
}

fn bare_policy(policy: &mut Policy) {
    policy.origin = None;
    bare_settings(&mut policy.settings);
    policy.groups.iter_mut().for_each(bare_group);
}

fn bare_settings(settings: &mut Settings) {
    settings.unknown = UnknownSetting::default();
    settings.is_managed = false;
    drop_default(&mut settings.threat_intel_allow);
    drop_default(&mut settings.dns);
    drop_default(&mut settings.explicit_proxy);
    drop_default(&mut settings.snat);
    drop_default(&mut settings.insights);
}

fn drop_default<T: Default + PartialEq>(slot: &mut Option<T>) {
    slot.take_if(|value| *value == T::default());
}

fn bare_group(group: &mut Group) {
    group.origin = None;
    group.collections.iter_mut().for_each(bare_collection);
}

fn bare_collection(collection: &mut Collection) {
    collection.origin = None;
    for head in collection.rules.heads_mut() {
        *head.origin = None;
        drop_default(head.description);
    }
    if let Rules::Network(_, rules) = &mut collection.rules {
        rules.iter_mut().for_each(|rule| all_ports_of_icmp(&mut rule.matches));
    }
}

/// ICMP has no ports; artefacts state all of them.
fn all_ports_of_icmp(matches: &mut NetworkMatches) {
    if matches.protocols == [NetworkProtocol::Icmp] && matches.ports.is_empty() {
        matches.ports = PortSet::any();
    }
}

fn bare_table(table: &mut RouteTable) {
    table.origin = None;
    table.subnets.clear();
    for route in &mut table.routes {
        (route.origin, route.moves) = (None, Moves::Flows);
    }
}
