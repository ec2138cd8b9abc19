//! The part of a model that its artefacts say.

use super::{Collection, Group, Model, Policy, RouteTable, Rules};

impl Model {
    /// The model as its artefacts say it: without origins, firewalls and the subnets that a route table is meant for.
    ///
    /// What `emit` writes, read back by `import`, equals it.
    #[must_use]
    pub fn as_deployed(&self) -> Self {
        let mut bare = self.clone();
        bare.firewalls.clear();
        bare.policies.iter_mut().for_each(bare_policy);
        bare.ip_groups.values_mut().for_each(|group| group.origin = None);
        bare.route_tables.iter_mut().for_each(bare_table);
        bare
    }
}

fn bare_policy(policy: &mut Policy) {
    policy.origin = None;
    policy.groups.iter_mut().for_each(bare_group);
}

fn bare_group(group: &mut Group) {
    group.origin = None;
    group.collections.iter_mut().for_each(bare_collection);
}

fn bare_collection(collection: &mut Collection) {
    collection.origin = None;
    match &mut collection.rules {
        Rules::Nat(rules) => rules.iter_mut().for_each(|rule| rule.origin = None),
        Rules::Network(_, rules) => rules.iter_mut().for_each(|rule| rule.origin = None),
        Rules::Application(_, rules) => rules.iter_mut().for_each(|rule| rule.origin = None),
    }
}

fn bare_table(table: &mut RouteTable) {
    table.origin = None;
    table.subnets.clear();
    table.routes.iter_mut().for_each(|route| route.origin = None);
}
