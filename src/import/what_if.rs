//! What a deployment would change, as `az deployment … what-if --no-pretty-print` and the API tell it, and PowerShell: each
//! resource as it is before and as it would be after.
//!
//! Source: Microsoft Learn, "ARM template deployment what-if operation" and "Deployments - What If" (REST), 2026-08.

use crate::json::{Json, Map};

use super::assemble::FoundParts;
use super::fault::{ImportFault, quoted};
use super::moment::Moment;
use super::tree::TreeCursor;
use super::{resource, unread};
use crate::model::{AssumptionKind, Bearing};
use crate::net::same_word;
use crate::template::TemplateScope;

/// Whether the document is the result of a what-if operation.
pub(super) fn is_what_if(document: &Map) -> bool {
    changes(document).is_some_and(|(_, changes)| {
        changes.iter().all(|change| get(change, "changeType").is_some()) && get_in(document, "status").is_some()
    })
}

/// Reads the resources of one side, and returns whether either side has any that are read here. A result that is not whole is
/// refused.
pub(super) fn read(document: &Map, moment: Moment, found: &mut FoundParts) -> Result<bool, ImportFault> {
    if let Some(error) = get_in(document, "error").filter(|error| !error.is_null()) {
        let why = get(error, "message").and_then(Json::as_str).unwrap_or("it gives no reason");
        return Err(ImportFault::at("$.error", format!("the what-if operation failed: {why}")));
    }
    let Some((path, changes)) = changes(document) else { return Ok(false) };
    let notes = found.notes();
    let tell = |kind, bears, path: &str, message: String| notes.tell(kind, bears, path.to_owned(), message);
    let message = format!("the result of a what-if operation: it is read as it is {} the deployment", moment.word());
    tell(AssumptionKind::Assumed, Bearing::NoFlow, "$", message);
    for diagnostic in inner(document, "diagnostics").and_then(Json::as_array).into_iter().flatten() {
        let why = get(diagnostic, "message").and_then(Json::as_str).unwrap_or_default();
        let message = format!("the what-if operation does not see everything: {why}");
        tell(AssumptionKind::Unknown, Bearing::EveryFlow, "$.diagnostics", message);
    }
    for (index, change) in changes.iter().enumerate() {
        read_change(change, &format!("{path}[{index}]"), moment, found)?;
    }
    let potential = inner(document, "potentialChanges").and_then(Json::as_array);
    for change in potential.into_iter().flatten().filter(|change| matters(change)) {
        let message = format!("{} may be changed too: the what-if operation does not know", quoted(id(change)));
        tell(AssumptionKind::Unknown, Bearing::EveryFlow, "$.potentialChanges", message);
    }
    Ok(changes.iter().any(matters))
}

fn read_change(change: &Json, at: &str, moment: Moment, found: &mut FoundParts) -> Result<(), ImportFault> {
    if !matters(change) {
        unread::tell_unread(&found.notes(), at, &resource::kind_in(id(change)), "", change);
        return Ok(());
    }
    let kind = change_type(change);
    let is_there =
        |name: &str| get(change, name).filter(|resource| !resource.is_null()).map(|value| (name.to_owned(), value));
    let resource = match (moment, kind) {
        (Moment::Before, Some(WhatIfChange::Create)) | (Moment::After, Some(WhatIfChange::Delete)) => return Ok(()),
        (Moment::Before, _) => is_there("before"),
        // What a deployment leaves alone is after it as before.
        (Moment::After, Some(WhatIfChange::Same)) => is_there("after").or_else(|| is_there("before")),
        (Moment::After, _) => is_there("after"),
    };
    let Some((key, value)) = resource else {
        let why =
            get(change, "unsupportedReason").and_then(Json::as_str).map(|why| format!(" ({why})")).unwrap_or_default();
        return Err(ImportFault::at(
            at,
            format!(
                "{} is not shown {} the deployment{why}: expected the result with `--result-format FullResourcePayloads`",
                quoted(id(change)),
                moment.word()
            ),
        ));
    };
    // What could not be evaluated is there as its expression.
    let node = TemplateScope::new(&mut Map::new(), &[], found.options()).node(with_id(value.clone(), id(change)));
    resource::read(&TreeCursor::root(&node, &format!("{at}.{key}"), &found.notes()), None, found)
}

/// The resource with its id, which the change states.
fn with_id(mut resource: Json, id: &str) -> Json {
    if let Some(resource) = resource.as_object_mut()
        && get_in(resource, "id").is_none()
    {
        resource.insert("id".to_owned(), id.into());
    }
    resource
}

/// What a change does, as far as it decides which side has the resource.
enum WhatIfChange {
    Create,
    Delete,
    /// It stays as it is.
    Same,
    Other,
}

/// PowerShell writes the number of the enumeration: Create, Delete, Ignore, Deploy, NoChange, Modify, Unsupported.
fn change_type(change: &Json) -> Option<WhatIfChange> {
    let kind = get(change, "changeType")?;
    let word = match kind.as_u64() {
        Some(number) => ["create", "delete", "ignore", "deploy", "nochange", "modify", "unsupported"]
            .get(usize::try_from(number).ok()?)
            .copied()?
            .to_owned(),
        None => kind.as_str()?.to_ascii_lowercase(),
    };
    Some(match word.as_str() {
        "create" => WhatIfChange::Create,
        "delete" => WhatIfChange::Delete,
        "ignore" | "nochange" | "noeffect" => WhatIfChange::Same,
        _ => WhatIfChange::Other,
    })
}

/// Whether the change is of a resource that is read.
fn matters(change: &Json) -> bool {
    resource::is_read(id(change))
}

fn id(change: &Json) -> &str {
    let named = ["resourceId", "fullyQualifiedResourceId"].into_iter().find_map(|name| get(change, name)?.as_str());
    named.unwrap_or_default()
}

/// The changes, and the path to them.
fn changes(document: &Map) -> Option<(String, &Vec<Json>)> {
    let own = get_in(document, "changes").and_then(Json::as_array).map(|changes| ("$.changes".to_owned(), changes));
    own.or_else(|| {
        let properties = get_in(document, "properties")?;
        Some(("$.properties.changes".to_owned(), get(properties, "changes")?.as_array()?))
    })
}

/// A property of the result, or of its properties.
fn inner<'v>(document: &'v Map, name: &str) -> Option<&'v Json> {
    get_in(document, name).or_else(|| get(get_in(document, "properties")?, name))
}

fn get<'v>(value: &'v Json, name: &str) -> Option<&'v Json> {
    get_in(value.as_object()?, name)
}

fn get_in<'v>(object: &'v Map, name: &str) -> Option<&'v Json> {
    object.iter().find(|(key, _)| same_word(key, name)).map(|(_, value)| value)
}
