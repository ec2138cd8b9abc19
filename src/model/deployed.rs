//! The part of a model that its artefacts say.

use super::{Collection, Group, Model, NetworkProtocol, NetworkRule, Policy, RouteTable, Rules, Settings, Unknown};
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
        bare.stand_ins.clear();
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
    settings.unknown = Unknown::default();
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
    match &mut collection.rules {
        Rules::Nat(rules) => rules.iter_mut().for_each(|rule| {
            rule.origin = None;
            drop_default(&mut rule.description);
        }),
        Rules::Network(_, rules) => rules.iter_mut().for_each(bare_network_rule),
        Rules::Application(_, rules) => rules.iter_mut().for_each(|rule| {
            rule.origin = None;
            drop_default(&mut rule.description);
        }),
    }
}

/// ICMP has no ports; artefacts say all of them.
fn bare_network_rule(rule: &mut NetworkRule) {
    rule.origin = None;
    drop_default(&mut rule.description);
    if rule.matches.protocols == [NetworkProtocol::Icmp] && rule.matches.ports.is_empty() {
        rule.matches.ports = PortSet::any();
    }
}

fn bare_table(table: &mut RouteTable) {
    table.origin = None;
    table.subnets.clear();
    table.routes.iter_mut().for_each(|route| route.origin = None);
}
