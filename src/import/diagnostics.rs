//! Diagnostic settings of firewalls: what they log. One whose firewall is not stated, and one that may not be there, states
//! nothing here.
//!
//! Source: Azure's schema of diagnostic settings, Microsoft.Insights 2021-05-01-preview; they are a resource of their own with
//! a `scope`, or are under the firewall as `providers/diagnosticSettings`.

use std::collections::BTreeSet;

use super::tree::{TreeCursor, TreeFields};
use crate::model::{LogExport, ResourceId, ResourceName};
use crate::net::same_word;

const FIREWALLS: &str = "Microsoft.Network/azureFirewalls";

/// Whether resources of that kind are diagnostic settings.
pub(super) fn is_one(kind: &str) -> bool {
    kind.rsplit_once('/').is_some_and(|(_, last)| same_word(last, "diagnosticSettings"))
}

/// What the resource of that kind has a firewall log; `around` is the resource that it is written in.
pub(super) fn read(resource: &TreeFields<'_>, kind: &str, around: Option<&ResourceName>) -> Option<LogExport> {
    let (of, _) = kind.rsplit_once('/').filter(|_| is_one(kind) && is_there(resource))?;
    let firewall = match resource.get("scope") {
        Some(scope) => of_scope(&scope)?,
        None => of_name(resource, of, around)?,
    };
    let wrapped = resource.object("properties")?;
    let logs = wrapped.fields().ok()?.get("logs")?;
    let on = |item: TreeCursor<'_>| {
        let fields = item.fields().ok()?;
        let is_on = fields.optional("enabled", TreeCursor::bool).ok()?.unwrap_or(false);
        let named = fields.get("category").or_else(|| fields.get("categoryGroup"))?;
        is_on.then(|| named.text().ok())?
    };
    let logs: BTreeSet<String> = logs.items().ok()?.filter_map(on).collect();
    Some(LogExport { firewall, logs })
}

/// Whether it is there without a condition.
fn is_there(resource: &TreeFields<'_>) -> bool {
    resource.get("condition").is_none_or(|condition| condition.bool().unwrap_or(false))
}

fn of_scope(scope: &TreeCursor<'_>) -> Option<ResourceName> {
    let by_id =
        |text: String| match text.get(..FIREWALLS.len() + 1).filter(|start| same_word(start, &format!("{FIREWALLS}/")))
        {
            Some(start) => text.strip_prefix(start).map(ResourceName::from),
            None => {
                let id = ResourceId::parse(&text)?;
                text.to_ascii_lowercase().contains("/azurefirewalls/").then_some(id.name)
            }
        };
    scope.reference(FIREWALLS, |id| Some(id.name), by_id).ok().flatten()
}

/// By the names of a child of the firewall, or the id of an export.
fn of_name(resource: &TreeFields<'_>, of: &str, around: Option<&ResourceName>) -> Option<ResourceName> {
    let is_firewalls = of.to_ascii_lowercase().starts_with("microsoft.network/azurefirewalls");
    if let Some(around) = around.filter(|_| is_firewalls) {
        return Some(around.clone());
    }
    let text = |key: &str| resource.get(key).and_then(|value| value.text().ok());
    if let Some(id) = text("id").map(|id| id.to_ascii_lowercase()) {
        let (_, rest) = id.split_once("/azurefirewalls/")?;
        return rest.split('/').next().map(ResourceName::from);
    }
    let name = text("name").filter(|_| is_firewalls)?;
    name.split('/').next().map(ResourceName::from)
}
