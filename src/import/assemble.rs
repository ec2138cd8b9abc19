//! The resources of several artefacts, put together.

use std::rc::Rc;

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::coerce::SAME_RESOURCE_GROUP;
use super::tree::Notes;
use super::{Error, Fault, quoted};
use crate::model::{self, Pods, Priority, Settings, Sku, Unknown};

/// What was found so far, and where.
#[derive(Default)]
pub(super) struct Found {
    artefact: Rc<str>,
    notes: Rc<Notes>,
    loose: u32,
    reads_all: bool,
    policies: Vec<Placed<model::Policy>>,
    groups: Vec<Placed<(String, model::Group)>>,
    listed: Vec<Placed<(String, String)>>,
    ip_groups: Vec<Placed<(Option<String>, model::IpGroup)>>,
    pods: Vec<(String, Pods)>,
    tables: Vec<Placed<model::RouteTable>>,
    routes: Vec<Placed<(String, model::Route)>>,
}

struct Placed<T> {
    place: Place,
    value: T,
}

struct Place {
    artefact: Rc<str>,
    path: String,
}

impl Place {
    fn error(self, message: String) -> Error {
        Fault::at(self.path, message).of(&self.artefact)
    }
}

impl Found {
    /// What is found from now on is of `artefact`.
    pub(super) fn open(&mut self, artefact: &str) {
        self.artefact = artefact.into();
    }

    /// Where what is odd is noted.
    pub(super) fn notes(&self) -> Rc<Notes> {
        Rc::clone(&self.notes)
    }

    /// `name`, or `name` with a number behind it where the policy has a group of that name.
    pub(super) fn free_name(&self, policy: &str, name: &str) -> String {
        let is_taken = |wanted: &str| {
            let mut groups = self.groups.iter().map(|placed| &placed.value);
            groups.any(|(of, group)| of.eq_ignore_ascii_case(policy) && group.name.eq_ignore_ascii_case(wanted))
        };
        let numbered = (2u32..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// A priority behind those of the groups that were found without one.
    pub(super) fn loose_priority(&mut self) -> Option<Priority> {
        self.loose = self.loose.saturating_add(100);
        Priority::new(self.loose)
    }

    /// From now on resources are read whose conditions do not hold.
    pub(super) fn read_all(&mut self) {
        self.reads_all = true;
    }

    /// Whether resources are read whose conditions do not hold.
    pub(super) fn reads_all(&self) -> bool {
        self.reads_all
    }

    /// How many resources were found.
    pub(super) fn count(&self) -> usize {
        let resources =
            [self.policies.len(), self.groups.len(), self.ip_groups.len(), self.pods.len(), self.tables.len()];
        resources.iter().sum::<usize>() + self.routes.len()
    }

    pub(super) fn policy(&mut self, path: String, policy: model::Policy) {
        let placed = self.placed(path, policy);
        self.policies.push(placed);
    }

    /// A group of the policy called `policy`.
    pub(super) fn group(&mut self, path: String, policy: String, group: model::Group) {
        let placed = self.placed(path, (policy, group));
        self.groups.push(placed);
    }

    /// A group that a policy says it has.
    pub(super) fn listed(&mut self, path: String, policy: String, group: String) {
        let placed = self.placed(path, (policy, group));
        self.listed.push(placed);
    }

    /// Pods of a cluster, kept by the policy called `policy`.
    pub(super) fn pods(&mut self, policy: &str, pods: Pods) {
        self.pods.push((policy.to_ascii_lowercase(), pods));
    }

    /// An IP group, and its resource id where that is known.
    pub(super) fn ip_group(&mut self, path: String, id: Option<String>, group: model::IpGroup) {
        let placed = self.placed(path, (id, group));
        self.ip_groups.push(placed);
    }

    pub(super) fn route_table(&mut self, path: String, table: model::RouteTable) {
        let placed = self.placed(path, table);
        self.tables.push(placed);
    }

    /// A route of the table called `table`.
    pub(super) fn route(&mut self, path: String, table: String, route: model::Route) {
        let placed = self.placed(path, (table, route));
        self.routes.push(placed);
    }

    fn placed<T>(&self, path: String, value: T) -> Placed<T> {
        Placed { place: Place { artefact: Rc::clone(&self.artefact), path }, value }
    }

    /// The model. A resource may be found twice where both say the same.
    pub(super) fn into_model(self) -> Result<model::Model, Error> {
        let (ip_groups, ids) = ip_groups(self.ip_groups)?;
        let mut policies = policies(self.policies, self.groups, self.listed)?;
        if !ids.is_empty() {
            policies.iter_mut().for_each(|policy| name_ip_groups(policy, &ids));
        }
        policies.iter_mut().for_each(|policy| say_pods(policy, &self.pods));
        require_pods(&mut policies, &self.pods, &self.notes)?;
        let route_tables = route_tables(self.tables, self.routes)?;
        Ok(model::Model { policies, ip_groups, route_tables, ..model::Model::default() })
    }
}

/// Puts what a selector group selects into the place of its id, where it was found.
fn say_pods(policy: &mut model::Policy, found: &[(String, Pods)]) {
    let own: Vec<&Pods> =
        found.iter().filter(|(of, _)| of.eq_ignore_ascii_case(&policy.name)).map(|(_, pods)| pods).collect();
    for pods in policy.groups.iter_mut().flat_map(|group| &mut group.collections).flat_map(pods_of) {
        let Pods::Group(id) = pods else { continue };
        let mut steps = id.rsplit('/');
        let (name, of) = (steps.next().unwrap_or_default(), steps.nth(1).unwrap_or_default());
        let is_named = |other: &&&Pods| match other {
            Pods::Selected { name: Some(own), .. } => own.eq_ignore_ascii_case(name),
            Pods::Selected { name: None, .. } | Pods::Group(_) => false,
        };
        let is_own = of.is_empty() || of.eq_ignore_ascii_case(&policy.name);
        if let Some(said) = own.iter().find(is_named).filter(|_| is_own) {
            *pods = (*said).clone();
        }
    }
}

/// Refuses rules whose pods are said nowhere; notes selector groups that no rule names, as the language has no place for
/// them.
fn require_pods(policies: &mut [model::Policy], found: &[(String, Pods)], notes: &Notes) -> Result<(), Error> {
    let mut used = Vec::new();
    for policy in policies {
        for pods in policy.groups.iter_mut().flat_map(|group| &mut group.collections).flat_map(pods_of) {
            match pods {
                Pods::Group(id) if id.starts_with(SAME_RESOURCE_GROUP) => {
                    let name = quoted(id.rsplit('/').next().unwrap_or(id));
                    let message = format!("selector group {name} of policy {} is missing", quoted(&policy.name));
                    return Err(Error::at("the input", "$", message));
                }
                Pods::Selected { .. } | Pods::Group(_) => used.push((policy.name.to_ascii_lowercase(), pods.clone())),
            }
        }
    }
    for (policy, pods) in found.iter().filter(|found| !used.contains(found)) {
        notes.add(format!("{pods} of policy `{policy}` is the source of no rule and is left out"));
    }
    Ok(())
}

fn pods_of(collection: &mut model::Collection) -> Vec<&mut Pods> {
    match &mut collection.rules {
        model::Rules::Nat(_) => Vec::new(),
        model::Rules::Network(_, rules) => rules.iter_mut().flat_map(|rule| &mut rule.matches.sources.pods).collect(),
        model::Rules::Application(_, rules) => {
            rules.iter_mut().flat_map(|rule| &mut rule.matches.sources.pods).collect()
        }
    }
}

/// Values by name in lower case, as Azure compares names.
type ByName<T> = IndexMap<String, T>;

/// Adds `value`; one of the same name must be equal.
fn add<T: PartialEq>(all: &mut ByName<T>, name: &str, placed: Placed<T>) -> Result<(), Error> {
    match all.entry(name.to_ascii_lowercase()) {
        Entry::Vacant(slot) => {
            slot.insert(placed.value);
            Ok(())
        }
        Entry::Occupied(slot) if *slot.get() == placed.value => Ok(()),
        Entry::Occupied(_) => {
            Err(placed.place.error(format!("{} stands here and elsewhere, and not the same", quoted(name))))
        }
    }
}

fn policies(
    policies: Vec<Placed<model::Policy>>,
    groups: Vec<Placed<(String, model::Group)>>,
    listed: Vec<Placed<(String, String)>>,
) -> Result<Vec<model::Policy>, Error> {
    let mut by_name = ByName::new();
    for placed in policies {
        let name = placed.value.name.clone();
        add(&mut by_name, &name, placed)?;
    }
    let mut groups_of: ByName<ByName<model::Group>> = ByName::new();
    for Placed { place, value: (policy, group) } in groups {
        by_name.entry(policy.to_ascii_lowercase()).or_insert_with(|| unseen_policy(&policy));
        let name = group.name.clone();
        let groups = groups_of.entry(policy.to_ascii_lowercase()).or_default();
        add(groups, &name, Placed { place, value: group })?;
    }
    listed.into_iter().try_for_each(|placed| require_listed(placed, &groups_of))?;
    for (name, groups) in groups_of {
        if let Some(policy) = by_name.get_mut(&name) {
            policy.groups = groups.into_values().collect();
        }
    }
    Ok(by_name.into_values().collect())
}

/// A policy whose groups alone were found; of any tier, its rules are ones that Premium takes.
fn unseen_policy(name: &str) -> model::Policy {
    let settings = Settings { unknown: Unknown::ALL, ..Settings::new(Sku::Premium) };
    model::Policy { name: name.to_owned(), base: None, settings, groups: Vec::new(), origin: None }
}

/// Refuses a policy without the rules that it has.
fn require_listed(placed: Placed<(String, String)>, groups_of: &ByName<ByName<model::Group>>) -> Result<(), Error> {
    let (policy, group) = placed.value;
    let groups = groups_of.get(&policy.to_ascii_lowercase());
    if groups.is_some_and(|groups| groups.contains_key(&group.to_ascii_lowercase())) {
        return Ok(());
    }
    let hint = "add the output of `az network firewall policy rule-collection-group list`";
    let message = format!("the rules of group {} of policy {} are missing: {hint}", quoted(&group), quoted(&policy));
    Err(placed.place.error(message))
}

/// The IP groups by name, and their names by name and by resource id in lower case.
type IpGroups = (IndexMap<String, model::IpGroup>, IndexMap<String, String>);

fn ip_groups(found: Vec<Placed<(Option<String>, model::IpGroup)>>) -> Result<IpGroups, Error> {
    let mut by_name = ByName::new();
    let mut ids = IndexMap::new();
    for Placed { place, value: (id, group) } in found {
        let name = group.name.clone();
        ids.insert(name.to_ascii_lowercase(), name.clone());
        ids.extend(id.map(|id| (id.to_ascii_lowercase(), name.clone())));
        add(&mut by_name, &name, Placed { place, value: group })?;
    }
    Ok((by_name.into_values().map(|group| (group.name.clone(), group)).collect(), ids))
}

/// Refers by name, in the resource's own spelling, to the IP groups that were found.
fn name_ip_groups(policy: &mut model::Policy, ids: &IndexMap<String, String>) {
    let collections = policy.groups.iter_mut().flat_map(|group| &mut group.collections);
    for reference in collections.flat_map(|collection| references(&mut collection.rules)) {
        let (model::IpGroupRef::Id(text) | model::IpGroupRef::Named(text)) = &*reference;
        if let Some(name) = ids.get(&text.to_ascii_lowercase()) {
            *reference = model::IpGroupRef::Named(name.clone());
        }
    }
}

fn references(rules: &mut model::Rules) -> Vec<&mut model::IpGroupRef> {
    match rules {
        model::Rules::Nat(rules) => rules.iter_mut().flat_map(|rule| &mut rule.matches.sources.ip_groups).collect(),
        model::Rules::Network(_, rules) => rules
            .iter_mut()
            .flat_map(|rule| rule.matches.sources.ip_groups.iter_mut().chain(&mut rule.matches.destination_ip_groups))
            .collect(),
        model::Rules::Application(_, rules) => {
            rules.iter_mut().flat_map(|rule| &mut rule.matches.sources.ip_groups).collect()
        }
    }
}

fn route_tables(
    tables: Vec<Placed<model::RouteTable>>,
    routes: Vec<Placed<(String, model::Route)>>,
) -> Result<Vec<model::RouteTable>, Error> {
    let mut by_name = ByName::new();
    for placed in tables {
        let name = placed.value.name.clone();
        add(&mut by_name, &name, placed)?;
    }
    for Placed { place, value: (table, route) } in routes {
        let Some(found) = by_name.get_mut(&table.to_ascii_lowercase()) else {
            return Err(place.error(format!("the route table {} of this route is missing", quoted(&table))));
        };
        match found.routes.iter().find(|other| other.name.eq_ignore_ascii_case(&route.name)) {
            Some(other) if *other != route => {
                return Err(place.error(format!("{} stands here and elsewhere, and not the same", quoted(&route.name))));
            }
            Some(_) => {}
            None => found.routes.push(route),
        }
    }
    Ok(by_name.into_values().collect())
}
