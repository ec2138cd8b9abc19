//! A resource and its properties, and where it is.

use super::fault::ImportFault;
use super::tree::{TreeCursor, TreeFields};
use crate::model::{ResourceId, ResourceName, Scope};
use crate::template::TemplateNode;

/// What every resource may say beside its properties: in templates, in what `az` prints, in the columns of Resource Graph, and
/// in what PowerShell's `Get-AzResource` makes of it. None of it changes which flows pass.
///
/// Source: Microsoft Learn, "Understanding the Azure Resource Graph query language", and the `PSResource` of
/// Azure/azure-powershell, 2026-08.
pub(super) const RESOURCE: &[&str] = &[
    "apiVersion",
    "changedTime",
    "comments",
    "condition",
    "createdTime",
    "dependsOn",
    "etag",
    "existing",
    "extendedLocation",
    "extensionResourceName",
    "extensionResourceType",
    "id",
    "identity",
    "kind",
    "location",
    "managedBy",
    "metadata",
    "name",
    "parentResource",
    "plan",
    "properties",
    "resourceGroup",
    "resourceGroupName",
    "resourceId",
    "resourceName",
    "resourceType",
    "resources",
    "subscriptionId",
    "systemData",
    "tag",
    "tags",
    "tagsTable",
    "tenantId",
    "type",
    "zones",
];
/// What Azure adds in its answers.
const READ_ONLY: &[&str] =
    &["firewallPolicies", "firewalls", "hasBgpOverride", "provisioningState", "resourceGuid", "size", "subnets"];

/// A resource's own fields and those of its properties, which `az` prints among them.
pub(super) struct DocumentBody<'a> {
    pub resource: TreeFields<'a>,
    pub properties: TreeFields<'a>,
    pub is_wrapped: bool,
}

impl DocumentBody<'_> {
    /// Refuses what neither `known` nor the lists above name.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ImportFault> {
        if self.is_wrapped {
            self.resource.only(&[RESOURCE])?;
            return self.properties.only(&[known, READ_ONLY]);
        }
        self.properties.only(&[RESOURCE, known, READ_ONLY])
    }
}

pub(super) fn body<'a>(
    resource: TreeFields<'a>,
    wrapped: Option<&'a TreeCursor<'a>>,
) -> Result<DocumentBody<'a>, ImportFault> {
    let properties = wrapped.map(TreeCursor::fields).transpose()?;
    Ok(DocumentBody { resource, properties: properties.unwrap_or(resource), is_wrapped: properties.is_some() })
}

/// Where a resource is: as its id states, or its resource group, else where the deployment is that makes it.
pub(super) fn scope(resource: &TreeFields<'_>, deployment: &Scope) -> Result<Scope, ImportFault> {
    let text = |name: &str| {
        let known = resource.get(name).filter(|at| !matches!(at.node, TemplateNode::Expression(_)));
        known.as_ref().map(TreeCursor::text).transpose()
    };
    let id = match text("id")? {
        Some(id) => Some(id),
        None => text("resourceId")?,
    };
    let stated = id.and_then(|id| ResourceId::parse(&id)).map(|id| id.scope).unwrap_or_default();
    let group = match text("resourceGroup")? {
        Some(group) => Some(group),
        None => text("resourceGroupName")?,
    };
    let group = stated.resource_group.or_else(|| group.map(ResourceName::from));
    Ok(Scope {
        subscription: stated.subscription.or_else(|| deployment.subscription.clone()),
        resource_group: group.or_else(|| deployment.resource_group.clone()),
        came: deployment.came,
    })
}
