//! Resources with their values as Terraform has them.

use crate::json::Value;

use crate::template::Node;

/// A resource of a plan or a state.
pub(super) struct Resource<'v> {
    /// As in `module.hub.azurerm_ip_group.spokes["prod"]`.
    pub address: String,
    pub kind: &'v str,
    pub values: Node,
}

/// The name that a name or an id says.
pub(super) fn name_of(node: &Node) -> Option<String> {
    match node {
        Node::Text(id) => id.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned),
        Node::Reference(to) => to.names.last().cloned(),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Expression(_) | Node::List(_) | Node::Object(_) => None,
    }
}

/// The entries of the list at `key`; none where there is no list.
pub(super) fn list<'v>(of: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    of.get(key).and_then(Value::as_array).into_iter().flatten()
}
