//! `azurerm_ip_group_cidr`: members of IP groups in resources of their own.

use super::shape;
use super::values::{PlannedResource, name_of};
use crate::import::assemble::FoundParts;
use crate::import::fault::quoted;
use crate::import::tree::Notes;
use crate::model::{AssumptionKind, Bearing, IP_GROUPS, ResourceId, ResourceName};
use crate::net::same_word;
use crate::template::TemplateNode;

const KIND: &str = "azurerm_ip_group_cidr";

/// Puts members into the IP groups of the plan that they are known to be of.
pub(super) fn add(resources: &[PlannedResource<'_>], nodes: &mut [(String, TemplateNode)], notes: &Notes) {
    for member in members(resources) {
        let Some((group, cidr)) = member.known() else { continue };
        let mut is_here = false;
        for (_, node) in nodes.iter_mut().filter(|(_, node)| is_group(node, group)) {
            is_here = true;
            // A group lists its members as well once they are made.
            if !shape::items_at(node, "properties/ipAddresses").any(|known| same_text(known, cidr)) {
                shape::put(node, "properties/ipAddresses", TemplateNode::List(vec![cidr.clone()]));
            }
        }
        if !is_here {
            let message = format!("{} is of an IP group that is not here", quoted(member.address));
            notes.tell(AssumptionKind::Omitted, Bearing::NoFlow, member.address.to_owned(), message);
        }
    }
}

/// Opens the IP groups that a member may be of: any of them where its group is not known, its own where its address is not.
/// What it adds is a set that only `terraform apply` knows.
pub(super) fn open_groups(resources: &[PlannedResource<'_>], nodes: &[(String, TemplateNode)], found: &mut FoundParts) {
    for member in members(resources).filter(|member| member.known().is_none()) {
        let address = member.address;
        let group = member.group.and_then(name_of);
        if let Some(group) = member.group.filter(|_| group.is_some())
            && !nodes.iter().any(|(_, node)| is_group(node, group))
        {
            continue;
        }
        let message = match (&group, member.cidr) {
            (Some(name), _) => format!("what {} adds to IP group {} is not known", quoted(address), quoted(name)),
            (None, Some(TemplateNode::Text(cidr))) => format!(
                "which IP group {} adds {} to is not known: each of the plan may hold it",
                quoted(address),
                quoted(cidr)
            ),
            (None, _) => format!("what {} adds to which IP group is not known", quoted(address)),
        };
        found.notes().tell(AssumptionKind::Unknown, Bearing::IpGroups, address.to_owned(), message);
        found.open_ip_groups(group.map(ResourceName::from), address);
    }
}

struct CidrMember<'r> {
    address: &'r str,
    group: Option<&'r TemplateNode>,
    cidr: Option<&'r TemplateNode>,
}

impl<'r> CidrMember<'r> {
    /// The group and the address, where both are known.
    fn known(&self) -> Option<(&'r TemplateNode, &'r TemplateNode)> {
        let group = self.group.filter(|group| name_of(group).is_some())?;
        Some((group, self.cidr.filter(|cidr| matches!(cidr, TemplateNode::Text(_)))?))
    }
}

fn members<'r>(resources: &'r [PlannedResource<'_>]) -> impl Iterator<Item = CidrMember<'r>> {
    resources.iter().filter(|resource| resource.kind == KIND).map(|resource| CidrMember {
        address: &resource.address,
        group: shape::get(&resource.values, "ip_group_id"),
        cidr: shape::get(&resource.values, "cidr"),
    })
}

/// Whether the resource is the IP group that `id` names, as far as both state which it is.
fn is_group(node: &TemplateNode, id: &TemplateNode) -> bool {
    let parsed = |id: Option<&TemplateNode>| match id {
        Some(TemplateNode::Text(id)) => ResourceId::parse(id),
        Some(_) | None => None,
    };
    let same_place = match (parsed(shape::get(node, "id")), parsed(Some(id))) {
        (Some(own), Some(wanted)) => own.agrees(&wanted),
        (None, _) | (_, None) => true,
    };
    let own = shape::get(node, "name").and_then(name_of);
    same_place
        && matches!(shape::get(node, "type"), Some(TemplateNode::Text(kind)) if same_word(kind, IP_GROUPS))
        && own.zip(name_of(id)).is_some_and(|(own, wanted)| same_word(&own, &wanted))
}

fn same_text(a: &TemplateNode, b: &TemplateNode) -> bool {
    matches!((a, b), (TemplateNode::Text(a), TemplateNode::Text(b)) if a == b)
}
