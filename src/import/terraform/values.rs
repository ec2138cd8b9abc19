//! Resources with their values as Terraform has them.

use crate::json::Json;

use crate::template::TemplateNode;

/// A resource of a plan or a state.
pub(super) struct PlannedResource<'v> {
    /// As in `module.hub.azurerm_ip_group.spokes["prod"]`.
    pub address: String,
    pub kind: &'v str,
    pub values: TemplateNode,
}

/// The name that a name or an id states.
pub(super) fn name_of(node: &TemplateNode) -> Option<String> {
    match node {
        TemplateNode::Text(id) => id.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned),
        TemplateNode::Reference(to) => to.names.last().cloned(),
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Expression(_)
        | TemplateNode::List(_)
        | TemplateNode::Object(_) => None,
    }
}

/// The entries of the list at `key`; none where there is no list.
pub(super) fn list<'v>(of: &'v Json, key: &str) -> impl Iterator<Item = &'v Json> {
    of.get(key).and_then(Json::as_array).into_iter().flatten()
}
