//! What `az`, PowerShell and the API print: resources without template expressions, alone or in a list, and parts of them.

use serde_json::Value;

use super::assemble::Found;
use super::fault::Fault;
use super::tree::{Cursor, Fields};
use super::{fragment, resource};
use crate::template::Node;

/// Reads a resource, a list of them, a page of the API's, a recording of its answers, or the fragments of a policy.
pub(super) fn read(value: Value, found: &mut Found) -> Result<(), Fault> {
    let node = Node::plain(value);
    let notes = found.notes();
    let root = Cursor::root(&node, "$", &notes);
    if matches!(node, Node::List(_)) {
        return read_list(&root, found);
    }
    let fields = root.fields()?;
    if fragment::is_recording(&fields) {
        return fragment::recording(&fields, found);
    }
    match fields.get("value").filter(|_| fields.get("type").is_none()) {
        Some(page) => {
            if let Some(next) = fields.get("nextLink") {
                return Err(next.fault("the list goes on elsewhere: expected the whole list"));
            }
            read_list(&page, found)
        }
        None if is_resource(&fields) => resource::read(&root, None, found),
        None => fragment::read(&root, found),
    }
}

fn read_list(list: &Cursor<'_>, found: &mut Found) -> Result<(), Fault> {
    let mut resources = true;
    for item in list.items()? {
        resources &= !matches!(item.node, Node::Object(_)) || is_resource(&item.fields()?);
    }
    match resources {
        true => list.items()?.try_for_each(|item| resource::read(&item, None, found)),
        false => fragment::read(list, found),
    }
}

/// Whether the object says what it is: by its type, or as `az` prints a group, by its id.
fn is_resource(fields: &Fields<'_>) -> bool {
    fields.get("type").is_some() || fields.get("ruleCollections").is_some() && fields.get("id").is_some()
}
