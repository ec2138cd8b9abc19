//! `azurerm_ip_group_cidr`: members of IP groups in resources of their own.

use super::shape;
use super::values::{Resource, name_of};
use crate::import::assemble::Found;
use crate::import::fault::quoted;
use crate::import::tree::Notes;
use crate::model::{AssumptionKind, Bearing, IP_GROUPS, ResourceId, ResourceName};
use crate::net::same_word;
use crate::template::Node;

const KIND: &str = "azurerm_ip_group_cidr";

/// Puts members into the IP groups of the plan that they are known to be of.
pub(super) fn add(resources: &[Resource<'_>], nodes: &mut [(String, Node)], notes: &Notes) {
    for member in members(resources) {
        let Some((group, cidr)) = member.known() else { continue };
        let mut is_here = false;
        for (_, node) in nodes.iter_mut().filter(|(_, node)| is_group(node, group)) {
            is_here = true;
            // A group lists its members as well once they are made.
            if !shape::items_at(node, "properties/ipAddresses").any(|known| same_text(known, cidr)) {
                shape::put(node, "properties/ipAddresses", Node::List(vec![cidr.clone()]));
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
pub(super) fn open_groups(resources: &[Resource<'_>], nodes: &[(String, Node)], found: &mut Found) {
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
            (None, Some(Node::Text(cidr))) => format!(
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

struct Member<'r> {
    address: &'r str,
    group: Option<&'r Node>,
    cidr: Option<&'r Node>,
}

impl<'r> Member<'r> {
    /// The group and the address, where both are known.
    fn known(&self) -> Option<(&'r Node, &'r Node)> {
        let group = self.group.filter(|group| name_of(group).is_some())?;
        Some((group, self.cidr.filter(|cidr| matches!(cidr, Node::Text(_)))?))
    }
}

fn members<'r>(resources: &'r [Resource<'_>]) -> impl Iterator<Item = Member<'r>> {
    resources.iter().filter(|resource| resource.kind == KIND).map(|resource| Member {
        address: &resource.address,
        group: shape::get(&resource.values, "ip_group_id"),
        cidr: shape::get(&resource.values, "cidr"),
    })
}

/// Whether the resource is the IP group that `id` names, as far as both state which it is.
fn is_group(node: &Node, id: &Node) -> bool {
    let parsed = |id: Option<&Node>| match id {
        Some(Node::Text(id)) => ResourceId::parse(id),
        Some(_) | None => None,
    };
    let same_place = match (parsed(shape::get(node, "id")), parsed(Some(id))) {
        (Some(own), Some(wanted)) => own.agrees(&wanted),
        (None, _) | (_, None) => true,
    };
    let own = shape::get(node, "name").and_then(name_of);
    same_place
        && matches!(shape::get(node, "type"), Some(Node::Text(kind)) if same_word(kind, IP_GROUPS))
        && own.zip(name_of(id)).is_some_and(|(own, wanted)| same_word(&own, &wanted))
}

fn same_text(a: &Node, b: &Node) -> bool {
    matches!((a, b), (Node::Text(a), Node::Text(b)) if a == b)
}
