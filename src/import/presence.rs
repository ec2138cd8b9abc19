//! Resources that are there only under conditions, put together.

use indexmap::IndexMap;

use super::fault::quoted;
use super::tree::Notes;
use crate::logic::Formula;
use crate::model::{AssumptionKind, Bearing, DocumentPlace, Group, IpGroup, IpGroupRef, Policy, Presence, ResourceId};

/// The policies, and those of them that are supposed to be there.
pub(super) struct Supposed<'f> {
    pub(super) policies: &'f [Policy],
    pub(super) supposed: &'f IndexMap<ResourceId, Presence>,
}

impl Supposed<'_> {
    /// Whether what is there where `presence` is the case is there for sure, each policy being there.
    pub(super) fn imply(&self, presence: &Presence) -> bool {
        let by = |policy: &Policy| match self.supposed.get(&policy.id()) {
            Some(known) => presence.supposing(known).settled().is_always(),
            None => false,
        };
        presence.is_always() || (!self.policies.is_empty() && self.policies.iter().all(by))
    }
}

/// Adds a group; one of that name may be there already where it is the same, or never at the same time. False where neither
/// is so.
pub(super) fn add_group(policy: &mut Policy, group: Group) -> bool {
    let mut known = policy.groups.iter_mut().filter(|known| known.name == group.name).peekable();
    if known.peek().is_none() {
        policy.groups.push(group);
        return true;
    }
    for known in known {
        if same_but_for_presence(known, &group) {
            known.presence = std::mem::take(&mut known.presence).or(group.presence).settled();
            return true;
        }
        let both = known.presence.clone().and(group.presence.clone());
        if both.atoms().len() > crate::logic::MOST || both.is_possible() {
            return false;
        }
    }
    policy.groups.push(group);
    true
}

fn same_but_for_presence(one: &Group, other: &Group) -> bool {
    Group { presence: other.presence.clone(), ..one.clone() } == *other
}

/// The policies that are there only under a condition; it is supposed to hold, so that no group of theirs depends on it.
pub(super) fn suppose(policies: &mut [Policy], found: Vec<(ResourceId, Presence)>) -> IndexMap<ResourceId, Presence> {
    let mut supposed = IndexMap::new();
    for policy in policies {
        let id = policy.id();
        let all = found.iter().filter(|(of, _)| of.agrees(&id)).map(|(_, presence)| presence.clone());
        let presence = all.reduce(Formula::or).unwrap_or_default().settled();
        if presence.is_always() {
            continue;
        }
        for group in &mut policy.groups {
            group.presence = group.presence.supposing(&presence).settled();
        }
        policy.groups.retain(|group| group.presence != Presence::Never);
        supposed.insert(id, presence);
    }
    supposed
}

/// Whether an IP group is there wherever a rule names it. What another one holds is not known where it is not made here, which
/// is noted: it stays an IP group of elsewhere to the rules that name it.
pub(super) fn is_sure(
    group: &IpGroup,
    at: DocumentPlace,
    presence: &Presence,
    policies: &[Policy],
    supposed: &IndexMap<ResourceId, Presence>,
    notes: &Notes,
) -> bool {
    if presence.is_always() || is_there_for_all(group, presence, policies, supposed) {
        return true;
    }
    let message = format!(
        "IP group {} is there only where {presence}, which only a deployment knows: what it holds is not known",
        quoted(&group.name)
    );
    notes.tell_at(AssumptionKind::Unknown, Bearing::IpGroups, at, message);
    false
}

fn is_there_for_all(
    ip_group: &IpGroup,
    presence: &Presence,
    policies: &[Policy],
    supposed: &IndexMap<ResourceId, Presence>,
) -> bool {
    let is_it = |reference: &IpGroupRef| match reference {
        IpGroupRef::Named(id) => id.agrees(&ip_group.id()),
        IpGroupRef::Id(text) => ResourceId::parse(text).is_some_and(|id| id.agrees(&ip_group.id())),
    };
    policies.iter().all(|policy| {
        let known = supposed.get(&policy.id()).cloned().unwrap_or_default();
        policy.groups.iter().all(|group| {
            let names_it = group.collections.iter().flat_map(|of| of.rules.ip_groups()).flatten().any(is_it);
            let left = || presence.supposing(&known.clone().and(group.presence.clone())).settled();
            !names_it || left().is_always()
        })
    })
}
