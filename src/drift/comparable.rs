//! Two models, so that only what means something differs.

use crate::model::{Base, IpGroup, IpGroupRef, Model, Policy, ResourceId, Settings};

/// What a source states and what is deployed, each without what the other does not state.
#[derive(Clone, Debug)]
pub struct Comparable {
    /// What the source states.
    pub source: Model,
    /// What is deployed.
    pub deployed: Model,
    /// What was not compared, each as a clause.
    pub not_compared: Vec<String>,
    /// Whether private endpoints are compared; else those of the source hold for both.
    pub has_endpoints: bool,
}

/// The models, with Azure's defaults left out of the settings, and with what only one of them states left out of both.
///
/// # Errors
/// Where what is deployed does not tell which base a policy inherits that has one in the source.
pub fn comparable(source: &Model, deployed: &Model) -> Result<Comparable, String> {
    let (mut source, mut deployed, mut not_compared) = (named(source), named(deployed), Vec::new());
    let has_endpoints = network(&mut source, &mut deployed, &mut not_compared);
    ip_groups(&source, &mut deployed, &mut not_compared);
    let is_one = source.policies.len() == 1 && deployed.policies.len() == 1;
    for policy in &mut source.policies {
        let id = policy.id();
        let at = deployed.policies.iter().position(|other| is_one || other.id().agrees(&id));
        let Some(at) = at else { continue };
        base_of(policy, at, &mut deployed)?;
        let Some(other) = deployed.policies.get_mut(at) else { continue };
        let told = match (policy.settings.unknown.is_all(), other.settings.unknown.is_all()) {
            (false, false) => None,
            (false, true) => Some((&mut other.settings, &policy.settings)),
            (true, _) => Some((&mut policy.settings, &other.settings)),
        };
        if let Some((untold, told)) = told {
            untold.clone_from(told);
            not_compared.push(format!("settings of policy `{}`", policy.name));
        }
        if policy.settings.unknown.sku || other.settings.unknown.sku {
            not_compared.push(format!("tier of policy `{}`", policy.name));
        }
        unstated(&mut policy.settings, &mut other.settings);
    }
    let (source, deployed) = (source.with_usual_settings(), deployed.with_usual_settings());
    Ok(Comparable { source, deployed, not_compared, has_endpoints })
}

/// The model without the places of its resources, which a source rarely states. A base of an input of its own is told by its
/// place.
fn named(model: &Model) -> Model {
    if model.adopted.is_empty() { model.without_places() } else { model.clone() }
}

/// Leaves out each part of the network that only one of the two states: policies are mostly exported without it. Whether both
/// state private endpoints.
fn network(source: &mut Model, deployed: &mut Model, not_compared: &mut Vec<String>) -> bool {
    let mut told = |what: &str, [source, deployed]: [bool; 2]| {
        if source != deployed {
            not_compared.push(what.to_owned());
        }
        source && deployed
    };
    // Beside a network that is deployed, a firewall of the source that is not there is gone, which is compared.
    let has_firewalls = |model: &Model| !model.firewalls.is_empty();
    let has_networks = !deployed.virtual_networks.is_empty();
    told("firewalls", [has_firewalls(source), has_firewalls(deployed) || has_networks && has_firewalls(source)]);
    if !told("route tables", [&*source, &*deployed].map(|model| !model.route_tables.is_empty())) {
        source.route_tables.clear();
        deployed.route_tables.clear();
    }
    // A source has subnets in its route tables, an artefact in virtual networks.
    let has_subnets = |model: &Model| {
        !model.virtual_networks.is_empty() || model.route_tables.iter().any(|table| !table.subnets.is_empty())
    };
    if !told("subnets", [&*source, &*deployed].map(has_subnets)) {
        for model in [&mut *source, &mut *deployed] {
            model.virtual_networks.clear();
            model.route_tables.iter_mut().for_each(|table| table.subnets.clear());
        }
    }
    let has_endpoints =
        told("private endpoints", [&*source, &*deployed].map(|model| !model.private_endpoints.is_empty()));
    if !has_endpoints {
        source.private_endpoints.clear();
        deployed.private_endpoints.clear();
    }
    has_endpoints
}

/// Gives the rules that are deployed the IP groups of the source where the deployed model names one and does not hold it.
fn ip_groups(source: &Model, deployed: &mut Model, not_compared: &mut Vec<String>) {
    let known: Vec<ResourceId> = deployed.ip_groups.keys().cloned().collect();
    let references: Vec<&IpGroupRef> = source.policies.iter().flat_map(Policy::ip_group_refs).collect();
    let mut lent: Vec<IpGroup> = Vec::new();
    for reference in deployed.policies.iter_mut().flat_map(Policy::ip_group_refs_mut) {
        let Some(id) = id_of(reference).filter(|id| !known.contains(id)) else { continue };
        let same = references.iter().find(|other| id_of(other).is_some_and(|other| other.agrees(&id)));
        let Some(same) = same else { continue };
        *reference = (*same).clone();
        lent.extend(source.ip_group(same).filter(|group| !lent.iter().any(|known| known.id() == group.id())).cloned());
    }
    for group in lent {
        not_compared.push(format!("members of IP group `{}`", group.name));
        deployed.ip_groups.insert(group.id(), group);
    }
}

fn id_of(reference: &IpGroupRef) -> Option<ResourceId> {
    match reference {
        IpGroupRef::Named(id) => Some(id.clone()),
        IpGroupRef::Id(text) => ResourceId::parse(text),
    }
}

/// Gives a policy of which only the groups are known the base that it has in the source.
fn base_of(policy: &Policy, at: usize, deployed: &mut Model) -> Result<(), String> {
    let is_untold = deployed.policies.get(at).is_some_and(|other| other.settings.unknown.is_all());
    let Some(base) = policy.base.as_ref().filter(|_| is_untold) else { return Ok(()) };
    let found = deployed.policies.iter().find(|other| other.name == *base.name()).map(Policy::id);
    let (Some(id), Some(other)) = (found, deployed.policies.get_mut(at)) else {
        return Err(format!(
            "what is deployed does not tell which base policy `{}` inherits: add the output of `az network firewall policy \
             show` for it, and the policy `{}`",
            policy.name,
            base.name()
        ));
    };
    other.base = Some(Base::Named(id));
    Ok(())
}

/// What one side leaves to the deployment is as the other has it. Tags that the source does not state are those of others.
fn unstated(source: &mut Settings, deployed: &mut Settings) {
    if source.location.is_none() || source.unknown.location {
        source.location.clone_from(&deployed.location);
    }
    if deployed.location.is_none() || deployed.unknown.location {
        deployed.location.clone_from(&source.location);
    }
    if source.unknown.sku {
        source.sku = deployed.sku;
    }
    if deployed.unknown.sku {
        deployed.sku = source.sku;
    }
    deployed.tags.retain(|name, _| source.tags.keys().any(|stated| stated.eq_ignore_ascii_case(name)));
}
