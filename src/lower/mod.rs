//! Lowering: from the author's intent to an Azure model.
//!
//! In: an [`Intent`](crate::intent::Intent), and the lock of earlier runs. Out: a [`Model`] in which each policy is a
//! policy, each group a rule collection group, and the rules of a group are, by kind and action, in at most five
//! collections whose priorities never change. Guaranteed: every rule carries its origin, priorities are unique with
//! room between them, and no step of the optimiser changes a flow. Deliberately absent: what Azure refuses (`check`
//! reports it).

mod as_is;
mod called;
mod collections;
mod denies;
mod fault;
mod how;
mod lock;
mod lowered;
mod lowering;
mod matches;
mod meet;
mod names;
mod optimise;
mod part_names;
mod parts;
mod priorities;
mod remember;
mod routes;

use crate::diag::{Code, Diagnostics};
use crate::intent;
use crate::limits::CheckOptions;
use crate::model::{Base, Came, Firewall, Group, IpGroup, Model, Policy, Presence, PrivateEndpoint, Scope};

use fault::fault;
use lowering::{PolicyLowering, Purpose};
use optimise::{Clash, Forced};

pub use how::{ExternalBase, How};
pub use lock::{Lock, LockedGroup, LockedPart, MadeUp};
pub use lowered::{Lowered, LoweredPolicy, PlacedRule, Removal};
pub use optimise::{OptimiseStep, STEPS, Saving};
pub use parts::{GroupPart, PartKind};

/// Lowers everything that the author means, without memory.
pub fn lower(meant: &intent::Intent) -> (Lowered, Diagnostics) {
    lower_with(meant, &Lock::default())
}

/// Lowers everything that the author means; what `lock` knows keeps its priority.
pub fn lower_with(meant: &intent::Intent, lock: &Lock) -> (Lowered, Diagnostics) {
    lower_by(meant, &How { lock, options: &CheckOptions::default(), steps: &STEPS, bases: &[] })
}

/// Lowers everything that the author means, in a way of one's own.
pub fn lower_by(meant: &intent::Intent, how: &How<'_>) -> (Lowered, Diagnostics) {
    let lock = how.lock.with_renamed(meant);
    let how = &How { lock: &lock, ..*how };
    let mut lowering = PolicyLowering::new(meant, Purpose::Deployed, how);
    meant.policies.iter().for_each(|policy| lowering.policy(policy));
    lowering.lowered.model.ip_groups =
        meant.ip_groups.values().map(ip_group).map(|group| (group.id(), group)).collect();
    lowering.lowered.model.route_tables = meant.route_tables.iter().map(routes::table).collect();
    lowering.lowered.model.firewalls = meant.firewalls.iter().map(firewall).collect();
    lowering.lowered.model.private_endpoints = meant.private_endpoints.iter().map(private_endpoint).collect();
    how.bases.iter().for_each(|base| base.join(&mut lowering.lowered.model));
    lowering.forced();
    lowering.locate();
    (lowering.lowered, lowering.diagnostics)
}

/// `lowered`'s model with the rules as they were written: nothing merged, and nothing removed that another rule covers.
/// It decides every flow as that model does; queries about single rules of the source use it.
pub fn as_written(meant: &intent::Intent, lowered: &Lowered) -> Model {
    let lock = Lock::default().with(meant, lowered);
    let how = How { lock: &lock, options: &CheckOptions::default(), steps: &[], bases: &[] };
    let mut lowering = PolicyLowering::new(meant, Purpose::Asked, &how);
    meant.policies.iter().for_each(|policy| lowering.policy(policy));
    let mut model = lowered.model.clone();
    for whole in lowering.lowered.model.policies {
        let own = model.policies.iter_mut().find(|policy| policy.name == whole.name);
        own.into_iter().for_each(|policy| policy.groups.clone_from(&whole.groups));
    }
    model
}

impl PolicyLowering<'_> {
    fn policy(&mut self, policy: &intent::Policy) {
        let order =
            priorities::groups(&policy.groups, &self.how.lock.groups(&policy.name.value), &mut self.diagnostics);
        let mut done = LoweredPolicy { name: policy.name.value.clone(), ..LoweredPolicy::default() };
        let mut groups = Vec::new();
        for (place, (group, priority)) in order.into_iter().enumerate() {
            let collections = self.group(group, place, &mut done);
            groups.push(Group {
                name: group.name.value.clone().into(),
                priority,
                presence: Presence::Always,
                collections,
                origin: Some(group.origin.clone()),
            });
        }
        done.savings.resize(self.how.steps.len(), Saving::default());
        self.lowered.model.policies.push(Policy {
            name: policy.name.value.clone().into(),
            scope: Scope::default(),
            base: base(policy),
            settings: policy.settings.clone(),
            groups,
            origin: Some(policy.origin.clone()),
        });
        self.lowered.policies.push(done);
    }

    /// The steps of the optimiser that limits force.
    fn forced(&mut self) {
        let forced = Forced::new(self.meant, self.how.lock, self.how.options);
        for (index, step) in self.how.steps.iter().enumerate() {
            for (policy, saving) in step.on_model(&mut self.lowered.model, &forced) {
                let done = self.lowered.policies.iter_mut().find(|done| done.name == policy);
                if let Some(known) = done.and_then(|done| done.savings.get_mut(index)) {
                    known.add(saving);
                }
            }
        }
        let (named, clashes) = forced.found();
        for (policy, name, lists) in named {
            let done = self.lowered.policies.iter_mut().find(|done| done.name == policy);
            done.into_iter().for_each(|done| drop(done.ip_groups.insert(name.clone(), lists.clone())));
        }
        for Clash { origin, name, whole } in clashes {
            let Some(origin) = origin else { continue };
            let message = format!("`{name}` is the name of a piece of {whole}, which is too large for one");
            let found = fault(Code::FW0403, &origin, origin.at, message);
            self.diagnostics.push(found.help("give it another name"));
        }
    }

    /// IP groups and route tables without a region of their own take that of the policies, where it is one.
    fn locate(&mut self) {
        let mut locations: Vec<&String> =
            self.meant.policies.iter().filter_map(|p| p.settings.location.as_ref()).collect();
        locations.sort_unstable();
        locations.dedup();
        let [only] = locations.as_slice() else { return };
        let own = |group: &&mut IpGroup| !matches!(group.scope.came, Came::Base(_));
        for group in self.lowered.model.ip_groups.values_mut().filter(own) {
            group.location.get_or_insert_with(|| (*only).clone());
        }
        for table in &mut self.lowered.model.route_tables {
            table.location.get_or_insert_with(|| (*only).clone());
        }
    }
}

fn base(policy: &intent::Policy) -> Option<Base> {
    // Without a slash it is no resource id but the name of a policy in the same resource group.
    let by_id = |id: &String| if id.contains('/') { Base::id(id) } else { Base::Named(id.clone().into()) };
    let named = match policy.parent.as_ref().map(|parent| &parent.value) {
        Some(intent::Parent::Policy(name)) => Some(Base::Named(name.clone().into())),
        Some(intent::Parent::External(_)) | None => None,
    };
    match &policy.base_id {
        Some(id) => Some(by_id(id)),
        None => named,
    }
}

fn ip_group(group: &intent::IpGroup) -> IpGroup {
    IpGroup {
        name: group.name.clone().into(),
        scope: Scope::default(),
        location: None,
        addresses: group.addresses.iter().map(|entry| entry.value).collect(),
        ipv6: group.ipv6.iter().map(|entry| entry.value).collect(),
        origin: Some(group.origin.clone()),
    }
}

fn firewall(firewall: &intent::Firewall) -> Firewall {
    Firewall {
        name: firewall.name.value.clone().into(),
        policy: firewall.policy.as_ref().map(|policy| policy.value.as_str().into()),
        sku: firewall.sku.as_ref().map(|sku| sku.value),
        private_ip: firewall.private_ip,
        public_ips: firewall.public_ips.clone(),
        origin: Some(firewall.origin.clone()),
    }
}

fn private_endpoint(endpoint: &intent::PrivateEndpoint) -> PrivateEndpoint {
    PrivateEndpoint {
        name: endpoint.name.value.clone(),
        hosts: endpoint.hosts.iter().map(|host| host.value.clone()).collect(),
        addresses: endpoint.addresses.clone(),
        zones: endpoint.zones.iter().map(|zone| zone.value.clone()).collect(),
        origin: Some(endpoint.origin.clone()),
    }
}
