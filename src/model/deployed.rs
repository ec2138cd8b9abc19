//! The part of a model that its artefacts say.

use super::{Collection, Group, Model, NetworkMatches, NetworkProtocol, Policy, RouteTable, Rules, Settings};
use crate::net::PortSet;

impl Model {
    /// The model as its artefacts say it: without origins, firewalls, private endpoints and the subnets that a route table is meant for, and
    /// without settings and descriptions that say nothing.
    ///
    /// What `emit` writes, read back by `import`, equals it.
    #[must_use]
    pub fn as_deployed(&self) -> Self {
        let mut bare = self.clone();
        bare.firewalls.clear();
        bare.private_endpoints.clear();
        bare.policies.iter_mut().for_each(bare_policy);
        bare.ip_groups.values_mut().for_each(|group| group.origin = None);
        bare.route_tables.iter_mut().for_each(bare_table);
        bare
    }
}

fn bare_policy(policy: &mut Policy) {
    policy.origin = None;
    bare_settings(&mut policy.settings);
    policy.groups.iter_mut().for_each(bare_group);
}

fn bare_settings(settings: &mut Settings) {
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

/// ICMP has no ports; artefacts say all of them.
fn all_ports_of_icmp(matches: &mut NetworkMatches) {
    if matches.protocols == [NetworkProtocol::Icmp] && matches.ports.is_empty() {
        matches.ports = PortSet::any();
    }
}

fn bare_table(table: &mut RouteTable) {
    table.origin = None;
    table.subnets.clear();
    table.routes.iter_mut().for_each(|route| route.origin = None);
}
