//! From what the author means to what Azure takes.
//!
//! In: an [`Intent`](crate::intent::Intent), and the lock of earlier runs. Out: a [`Model`] in which each policy is a
//! policy, each group a rule collection group, and the rules of a group stand, by kind and action, in at most five
//! collections whose priorities never change. Guaranteed: every rule carries its origin, priorities are unique with room
//! between them, and no step of the optimiser changes a flow. Deliberately absent: what Azure refuses (`check` reports it).

mod as_is;
mod called;
mod collections;
mod denies;
mod lock;
mod meet;
mod names;
mod optimise;
mod parts;
mod priorities;
mod routes;

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::intent;
use crate::source::{Origin, Place, Span};

use crate::limits::CheckOptions;
use crate::model::{Base, Firewall, Group, IpGroup, Model, Policy, PrivateEndpoint, ResourceId, Scope};

use optimise::{Clash, Forced};

pub use lock::{Lock, LockedGroup, LockedPart, MadeUp};
pub use optimise::{STEPS, Saving, Step};
pub use parts::{Part, PartKind};

/// A model, and what lowering did to get there.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The model.
    pub model: Model,
    /// For each policy of the model, what lowering did.
    pub policies: Vec<LoweredPolicy>,
}

/// What lowering did in one policy.
#[derive(Clone, Debug, Default)]
pub struct LoweredPolicy {
    /// The name of the policy.
    pub name: String,
    /// How many rules the source has.
    pub source_rules: usize,
    /// What was taken away because something else says it.
    pub removals: Vec<Removal>,
    /// What each step of the optimiser saved, in the order of [`STEPS`].
    pub savings: Vec<Saving>,
    /// For each group, the names of rules that were made up.
    pub made_up: BTreeMap<String, MadeUp>,
    /// The IP groups that a limit forced.
    pub ip_groups: MadeUp,
    /// The rules of Azure kinds in the order of the source, before anything was taken away.
    pub parts: Vec<Placed>,
}

/// Something that was taken away because something else says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Removal {
    /// What was taken away, as the language writes it.
    pub what: String,
    /// The rule it stood in.
    pub rule: Origin,
    /// Its text.
    pub at: Span,
    /// The text that says it already.
    pub by: Span,
}

/// A part of a rule, and its place in the order of the source: smaller decides first.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The place of the group among the groups of the policy, or of the collection in its group, and denies first.
    pub place: (usize, usize),
    /// What the rule does.
    pub action: intent::Action,
    /// The part.
    pub part: Part,
}

/// A base policy that the source names by a file that holds it.
#[derive(Clone, Debug)]
pub struct ExternalBase {
    /// The name of the policy that inherits it.
    pub child: String,
    /// Which policy of `model` it is.
    pub policy: ResourceId,
    /// What the file holds.
    pub model: Model,
}

impl ExternalBase {
    /// The same where the files of its origins come after `count` others.
    #[must_use]
    pub fn behind(self, count: usize) -> Self {
        Self { model: self.model.behind(count), ..self }
    }

    /// Puts the base beside its child.
    fn join(&self, model: &mut Model) {
        let Some(base) = self.model.policy_of(&self.policy) else { return };
        if let Some(child) = model.policies.iter_mut().find(|child| child.name == self.child) {
            child.base.get_or_insert_with(|| Base::Named(ResourceId::own(base.name.clone())));
        }
        model.adopt(&[ResourceId::own(self.child.as_str())], base, &self.model);
    }
}

/// What lowering goes by besides the source.
#[derive(Clone, Copy)]
pub struct How<'h> {
    /// What it knows keeps its priority or name.
    pub lock: &'h Lock,
    /// The limits that may force a step.
    pub options: &'h CheckOptions,
    /// The steps of the optimiser: the first ones of [`STEPS`], or none.
    pub steps: &'static [Step],
    /// The bases that the source does not hold.
    pub bases: &'h [ExternalBase],
}

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
    let mut lowering = Lowering::new(meant, Purpose::Deployed, how);
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

/// `lowered`'s model with the rules as they were written: nothing merged, and nothing taken away that another rule says.
/// It decides every flow as that model does; questions about single rules of the source are asked of it.
pub fn as_written(meant: &intent::Intent, lowered: &Lowered) -> Model {
    let lock = Lock::default().with(meant, lowered);
    let how = How { lock: &lock, options: &CheckOptions::default(), steps: &[], bases: &[] };
    let mut lowering = Lowering::new(meant, Purpose::Asked, &how);
    meant.policies.iter().for_each(|policy| lowering.policy(policy));
    let mut model = lowered.model.clone();
    for whole in lowering.lowered.model.policies {
        let own = model.policies.iter_mut().find(|policy| policy.name == whole.name);
        own.into_iter().for_each(|policy| policy.groups.clone_from(&whole.groups));
    }
    model
}

/// What a model is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be deployed.
    Deployed,
    /// To be asked about the rules of the source.
    Asked,
}

pub(super) struct Lowering<'i> {
    meant: &'i intent::Intent,
    purpose: Purpose,
    how: &'i How<'i>,
    diagnostics: Diagnostics,
    lowered: Lowered,
}

impl<'i> Lowering<'i> {
    fn new(meant: &'i intent::Intent, purpose: Purpose, how: &'i How<'i>) -> Self {
        Self { meant, purpose, how, diagnostics: Diagnostics::new(), lowered: Lowered::default() }
    }
}

impl Lowering<'_> {
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
        let forced = Forced::new(self.meant, self.how);
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
        for group in self.lowered.model.ip_groups.values_mut() {
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

/// An error at a text of a rule, with the `apply`s that lead there.
fn fault(code: &'static Code, origin: &Origin, at: impl Into<Place>, message: impl Into<String>) -> Diagnostic {
    let found = Diagnostic::new(code, at, message).about(origin);
    origin.via.iter().fold(found, |found, &via| found.related(via, "applied here"))
}
