//! What `az` and the API print: resources without template expressions, alone or in a list.

use serde_json::Value;

use super::assemble::Found;
use super::tree::{Cursor, Node};
use super::{Fault, resource};

/// Reads a resource, a list of them, or a page of the API's.
pub(super) fn read(value: Value, found: &mut Found) -> Result<(), Fault> {
    let node = Node::plain(value);
    let notes = found.notes();
    let root = Cursor::root(&node, "$", &notes);
    if matches!(node, Node::List(_)) {
        return read_list(&root, found);
    }
    let fields = root.fields()?;
    match fields.get("value").filter(|_| fields.get("type").is_none()) {
        Some(page) => {
            if let Some(next) = fields.get("nextLink") {
                return Err(next.fault("the list goes on elsewhere: expected the whole list"));
            }
            read_list(&page, found)
        }
        None => resource::read(&root, None, found),
    }
}

fn read_list(list: &Cursor<'_>, found: &mut Found) -> Result<(), Fault> {
    list.items()?.try_for_each(|item| resource::read(&item, None, found))
}
