//! The resources of several artefacts, put together.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexSet;

use super::around::DocumentsAround;
use super::coerce::SAME_RESOURCE_GROUP;
use super::fault::{Error, quoted};
use super::placed::{ImportPlace, PlacedValue, ambiguous, settled, the_one};
use super::presence::{self, Supposed};
use super::tables::ImportTables;
use super::tree::Notes;
use crate::model::{
    self, AssumptionKind, Bearing, Pods, Presence, Priority, ResourceId, ResourceName, Scope, Settings, Sku,
    UnknownSetting,
};
use crate::net::same_word;
use crate::source::SourceLayout;
use crate::template::EvaluationOptions;

/// What was found so far, and where.
#[derive(Default)]
pub(super) struct FoundParts {
    artefact: Rc<str>,
    notes: Rc<Notes>,
    loose: u32,
    reads_all: bool,
    declared: Option<IndexSet<String>>,
    scope: Scope,
    /// When the resources are there that are read now.
    presence: Presence,
    supposed: Vec<(ResourceId, Presence)>,
    policies: Vec<PlacedValue<model::Policy>>,
    groups: Vec<PlacedValue<(ResourceId, model::Group)>>,
    listed: Vec<PlacedValue<(ResourceId, ResourceName)>>,
    ip_groups: Vec<(PlacedValue<model::IpGroup>, Presence)>,
    pods: Vec<PlacedValue<(ResourceId, Pods)>>,
    tables: ImportTables,
    /// IP groups that hold more than is known, by name or all of them, and what the rest is called.
    opened: Vec<(Option<ResourceName>, String)>,
    around: DocumentsAround,
    /// What the templates of the artefact are evaluated with.
    options: EvaluationOptions,
}

impl FoundParts {
    /// What is found from now on is of `artefact`, whose values the texts of `layout` state, where it was made from texts.
    pub(super) fn open(&mut self, artefact: &str, layout: Option<&Arc<SourceLayout>>) {
        self.artefact = artefact.into();
        self.notes.open(artefact, layout);
    }

    /// Where what is odd is noted.
    pub(super) fn notes(&self) -> Rc<Notes> {
        Rc::clone(&self.notes)
    }

    /// Where the resources are that are read now, as far as the deployment states it.
    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Reads what follows as of another deployment; the scope of the one before is returned.
    pub(super) fn enter(&mut self, scope: Scope) -> Scope {
        std::mem::replace(&mut self.scope, scope)
    }

    /// When the resources are there that are read now.
    pub(super) fn presence(&self) -> &Presence {
        &self.presence
    }

    /// What follows is there only where `presence` is the case too; when what was read before is there is returned.
    pub(super) fn under(&mut self, presence: Presence) -> Presence {
        let both = self.presence.clone().and(presence).settled();
        std::mem::replace(&mut self.presence, both)
    }

    /// What follows is there where `presence` is the case.
    pub(super) fn set_presence(&mut self, presence: Presence) {
        self.presence = presence;
    }

    /// The policy is there only under the condition of what is read now, which answers suppose.
    pub(super) fn suppose(&mut self, policy: ResourceId) {
        self.supposed.push((policy, self.presence.clone()));
    }

    /// `name`, or `name` with a number after it where the policy has a group of that name.
    pub(super) fn free_name(&self, policy: &ResourceId, name: &str) -> String {
        let is_taken = |wanted: &str| {
            let mut groups = self.groups.iter().map(|placed| &placed.value);
            groups.any(|(of, group)| of == policy && group.name == *wanted)
        };
        let numbered = (2u32..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// A priority after those of the groups that were found without one.
    pub(super) fn loose_priority(&mut self) -> Option<Priority> {
        self.loose = self.loose.saturating_add(100);
        Priority::new(self.loose)
    }

    /// From now on resources are read whose conditions do not hold.
    pub(super) fn read_all(&mut self) {
        self.reads_all = true;
    }

    /// A template declares the parameters `names`.
    pub(super) fn declare(&mut self, names: impl Iterator<Item = String>) {
        self.declared.get_or_insert_default().extend(names);
    }

    /// The parameters that templates declare; `None` where no template was read.
    pub(super) fn declared(&self) -> Option<&IndexSet<String>> {
        self.declared.as_ref()
    }

    /// Whether resources are read whose conditions do not hold.
    pub(super) fn reads_all(&self) -> bool {
        self.reads_all
    }

    /// How many resources were found.
    pub(super) fn count(&self) -> usize {
        let resources =
            [self.policies.len(), self.groups.len(), self.ip_groups.len(), self.pods.len(), self.tables.len()];
        resources.iter().sum::<usize>()
    }

    pub(super) fn policy(&mut self, path: String, policy: model::Policy) {
        let placed = self.placed(path, policy);
        self.policies.push(placed);
    }

    /// A group of `policy`.
    pub(super) fn group(&mut self, path: String, policy: ResourceId, group: model::Group) {
        let placed = self.placed(path, (policy, group));
        self.groups.push(placed);
    }

    /// A group that a policy states it has.
    pub(super) fn listed(&mut self, path: String, policy: ResourceId, group: ResourceName) {
        let placed = self.placed(path, (policy, group));
        self.listed.push(placed);
    }

    /// Pods of a cluster, kept by `policy`.
    pub(super) fn pods(&mut self, path: String, policy: ResourceId, pods: Pods) {
        let placed = self.placed(path, (policy, pods));
        self.pods.push(placed);
    }

    pub(super) fn ip_group(&mut self, path: String, group: model::IpGroup) {
        let placed = self.placed(path, group);
        self.ip_groups.push((placed, self.presence.clone()));
    }

    pub(super) fn route_table(&mut self, path: String, table: model::RouteTable) {
        let placed = self.placed(path, table);
        self.tables.tables.push((placed, self.presence.clone()));
    }

    /// A route of `table`.
    pub(super) fn route(&mut self, path: String, table: ResourceId, route: model::Route) {
        let placed = self.placed(path, (table, route));
        self.tables.routes.push((placed, self.presence.clone()));
    }

    /// What the templates of the artefact that is read now are evaluated with.
    pub(super) fn options(&self) -> EvaluationOptions {
        self.options
    }

    pub(super) fn set_options(&mut self, options: EvaluationOptions) {
        self.options = options;
    }

    pub(super) fn virtual_network(&mut self, path: String, network: model::VirtualNetwork) {
        let at = self.placed(path, ()).place.in_document();
        let place = |peering: &model::Peering| (network.name.clone(), peering.name.clone(), at.clone());
        self.around.places.extend(network.peerings.iter().map(place));
        self.around.networks.insert(network.id(), network);
    }

    /// A subnet of `network`.
    pub(super) fn subnet(&mut self, network: ResourceId, subnet: model::NetworkSubnet) {
        self.around.subnets.push((network, subnet));
    }

    /// A peering of `network`.
    pub(super) fn peering(&mut self, path: String, network: ResourceId, peering: model::Peering) {
        let at = self.placed(path, ()).place.in_document();
        self.around.places.push((network.name.clone(), peering.name.clone(), at));
        self.around.peerings.push((network, peering));
    }

    pub(super) fn private_endpoint(&mut self, endpoint: model::PrivateEndpoint) {
        self.around.endpoints.push(endpoint);
    }

    pub(super) fn firewall(&mut self, firewall: model::Firewall) {
        self.around.firewalls.push(firewall);
    }

    pub(super) fn log_export(&mut self, export: Option<model::LogExport>) {
        self.around.log_exports.extend(export);
    }

    /// The IP group of that name, or each, holds more than is known: a set called `rest`.
    pub(super) fn open_ip_groups(&mut self, group: Option<ResourceName>, rest: &str) {
        self.opened.push((group, rest.to_owned()));
    }

    fn placed<T>(&self, path: String, value: T) -> PlacedValue<T> {
        PlacedValue { place: ImportPlace { artefact: Rc::clone(&self.artefact), path }, value }
    }

    /// The model. A resource may be found twice where both say the same.
    pub(super) fn into_model(self) -> Result<model::Model, Error> {
        let mut policies = policies(self.policies, self.groups, self.listed)?;
        let supposed = presence::suppose(&mut policies, self.supposed);
        let is_sure = |(placed, presence): &(PlacedValue<model::IpGroup>, Presence)| {
            let at = placed.place.in_document();
            presence::is_sure(&placed.value, at, presence, &policies, &supposed, &self.notes)
        };
        let sure = self.ip_groups.into_iter().filter(is_sure);
        let ip_groups = settled(sure.map(|(placed, _)| placed).collect())?;
        policies.iter_mut().try_for_each(|policy| link_ip_groups(policy, &ip_groups))?;
        policies.iter_mut().for_each(|policy| open_ip_groups(policy, &self.opened));
        policies.iter_mut().for_each(|policy| say_pods(policy, &self.pods));
        require_pods(&mut policies, &self.pods, &self.notes)?;
        let policies_there = Supposed { policies: &policies, supposed: &supposed };
        let route_tables = self.tables.joined(&policies_there, &self.notes)?;
        let ip_groups = ip_groups.into_iter().map(|group| (group.id(), group)).collect();
        let (stand_ins, assumptions) = (self.notes.stand_ins(), self.notes.take());
        let mut model = model::Model {
            policies,
            ip_groups,
            route_tables,
            stand_ins,
            supposed,
            assumptions,
            ..model::Model::default()
        };
        self.around.into_model(&mut model);
        model.tell_twins_apart();
        Ok(model)
    }
}

/// Puts what a selector group selects into the place of its id, where it was found.
fn say_pods(policy: &mut model::Policy, found: &[PlacedValue<(ResourceId, Pods)>]) {
    let id = policy.id();
    let own: Vec<&Pods> = found.iter().filter(|at| at.value.0.agrees(&id)).map(|at| &at.value.1).collect();
    for pods in policy
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.collections)
        .flat_map(|collection| collection.rules.pods_mut())
    {
        let Pods::Group(text) = pods else { continue };
        let mut steps = text.rsplit('/');
        let (name, of) = (steps.next().unwrap_or_default(), steps.nth(1).unwrap_or_default());
        let is_named = |other: &&&Pods| match other {
            Pods::Selected { name: Some(own), .. } => same_word(own, name),
            Pods::Selected { name: None, .. } | Pods::Group(_) => false,
        };
        let is_own = of.is_empty() || id.name == of;
        if let Some(said) = own.iter().find(is_named).filter(|_| is_own) {
            *pods = (*said).clone();
        }
    }
}

/// Refuses rules whose pods are said nowhere; notes selector groups that no rule names, as the language has no place for
/// them.
fn require_pods(
    policies: &mut [model::Policy],
    found: &[PlacedValue<(ResourceId, Pods)>],
    notes: &Notes,
) -> Result<(), Error> {
    let mut used = Vec::new();
    for policy in policies {
        let id = policy.id();
        for pods in policy
            .groups
            .iter_mut()
            .flat_map(|group| &mut group.collections)
            .flat_map(|collection| collection.rules.pods_mut())
        {
            match pods {
                Pods::Group(text) if text.starts_with(SAME_RESOURCE_GROUP) => {
                    let name = quoted(text.rsplit('/').next().unwrap_or(text));
                    let message = format!("selector group {name} of policy {} is missing", quoted(&id.name));
                    return Err(Error::at("the input", "$", message));
                }
                Pods::Selected { .. } | Pods::Group(_) => used.push((id.clone(), pods.clone())),
            }
        }
    }
    let is_used = |placed: &&PlacedValue<(ResourceId, Pods)>| {
        let (of, pods) = &placed.value;
        used.iter().any(|(id, used)| of.agrees(id) && pods == used)
    };
    for PlacedValue { place, value: (policy, pods) } in found.iter().filter(|found| !is_used(found)) {
        let message = format!("{pods} of policy `{}` is the source of no rule and is left out", policy.name);
        let at = place.in_document();
        notes.tell_at(AssumptionKind::Omitted, Bearing::NoFlow, at, message);
    }
    Ok(())
}

fn policies(
    policies: Vec<PlacedValue<model::Policy>>,
    groups: Vec<PlacedValue<(ResourceId, model::Group)>>,
    listed: Vec<PlacedValue<(ResourceId, ResourceName)>>,
) -> Result<Vec<model::Policy>, Error> {
    let mut policies = settled(policies)?;
    for PlacedValue { place, value: (of, group) } in groups {
        let at = match policy_at(&policies, &of, &place)? {
            Some(at) => at,
            None => {
                policies.push(unseen_policy(&of));
                policies.len() - 1
            }
        };
        let Some(policy) = policies.get_mut(at) else { continue };
        let name = group.name.clone();
        if !presence::add_group(policy, group) {
            let message = format!("{} is stated here and elsewhere, and the two differ", quoted(&name));
            return Err(place.error(message));
        }
    }
    for placed in listed {
        let (of, _) = &placed.value;
        let at = policy_at(&policies, of, &placed.place)?;
        require_listed(placed, at.and_then(|at| policies.get(at)))?;
    }
    Ok(policies)
}

fn policy_at(policies: &[model::Policy], of: &ResourceId, place: &ImportPlace) -> Result<Option<usize>, Error> {
    let ids: Vec<ResourceId> = policies.iter().map(model::Policy::id).collect();
    the_one(of, ids.iter()).map_err(|all| place.ambiguous(&of.name, &all))
}

/// A policy whose groups alone were found; of any tier, its rules are ones that Premium takes.
fn unseen_policy(id: &ResourceId) -> model::Policy {
    let settings = Settings { unknown: UnknownSetting::ALL, ..Settings::new(Sku::Premium) };
    let ResourceId { name, scope } = id.clone();
    model::Policy { name, scope, base: None, settings, groups: Vec::new(), origin: None }
}

/// Refuses a policy without the rules that it has.
fn require_listed(
    placed: PlacedValue<(ResourceId, ResourceName)>,
    policy: Option<&model::Policy>,
) -> Result<(), Error> {
    let (of, group) = placed.value;
    if policy.is_some_and(|policy| policy.groups.iter().any(|known| known.name == group)) {
        return Ok(());
    }
    let hint = "add the output of `az network firewall policy rule-collection-group list`";
    let message = format!("the rules of group {} of policy {} are missing: {hint}", quoted(&group), quoted(&of.name));
    Err(placed.place.error(message))
}

/// Refers by their own ids to the IP groups that were found.
fn link_ip_groups(policy: &mut model::Policy, found: &[model::IpGroup]) -> Result<(), Error> {
    if found.is_empty() {
        return Ok(());
    }
    let mut by_name: HashMap<ResourceName, Vec<ResourceId>> = HashMap::new();
    found.iter().for_each(|group| by_name.entry(group.name.clone()).or_default().push(group.id()));
    let home = policy.scope.clone();
    for reference in policy.ip_group_refs_mut() {
        let wanted = match &*reference {
            model::IpGroupRef::Named(id) => Some(id.clone()),
            model::IpGroupRef::Id(text) => ResourceId::parse(text),
        };
        let Some(wanted) = wanted else { continue };
        let known = by_name.get(&wanted.name).map(Vec::as_slice).unwrap_or_default();
        // A group that is named alone is of the policy's own resource group.
        let near = ResourceId { name: wanted.name.clone(), scope: home.clone() };
        let nearest = (wanted.scope == Scope::default()).then(|| known.iter().position(|id| *id == near)).flatten();
        let at = match nearest {
            Some(at) => Some(at),
            None => the_one(&wanted, known.iter())
                .map_err(|all| Error::at("the input", "$", ambiguous("IP group", &wanted.name, &all)))?,
        };
        if let Some(id) = at.and_then(|at| known.get(at)) {
            *reference = model::IpGroupRef::Named(id.clone());
        }
    }
    Ok(())
}

/// Has rules that name an open IP group name the rest of it too.
fn open_ip_groups(policy: &mut model::Policy, opened: &[(Option<ResourceName>, String)]) {
    let collections = policy.groups.iter_mut().flat_map(|group| &mut group.collections);
    for list in collections.flat_map(|collection| collection.rules.ip_groups_mut()) {
        let is_named = |name: &ResourceName, of: &model::IpGroupRef| match of {
            model::IpGroupRef::Named(id) => id.name == *name,
            model::IpGroupRef::Id(id) => id.rsplit('/').next().is_some_and(|last| *name == *last),
        };
        let is_open = |group: &Option<ResourceName>| match group {
            None => !list.is_empty(),
            Some(name) => list.iter().any(|of| is_named(name, of)),
        };
        let rest: Vec<&String> = opened.iter().filter(|(group, _)| is_open(group)).map(|(_, rest)| rest).collect();
        list.extend(rest.into_iter().cloned().map(model::IpGroupRef::Id));
    }
}
