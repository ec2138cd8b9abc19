//! Which resources of a plan or a state are read.

use crate::json::Json;

use super::values::PlannedResource;
use super::{azapi, schema, templates};
use crate::import::tree::Notes;
use crate::import::unread;
use crate::template::TemplateNode;

/// Whether a resource of that type is read.
pub(super) fn wanted(kind: &str) -> bool {
    schema::matters(kind) || azapi::is_one(kind) || templates::is_one(kind)
}

/// Adds a resource where its type is one that is read; any other is told where it may hold rules.
pub(super) fn push<'v>(
    resources: &mut Vec<PlannedResource<'v>>,
    kind: &'v str,
    address: String,
    plain: &Json,
    notes: &Notes,
    values: &dyn Fn() -> TemplateNode,
) {
    if wanted(kind) {
        resources.push(PlannedResource { address, kind, values: values() });
    } else {
        unread::tell_unread(notes, &address, kind, &address, plain);
    }
}
