//! What `az`, PowerShell, Resource Graph and the API print: resources without template expressions, alone or in a list, and
//! parts of them at any depth.

use crate::json::Json;

use super::assemble::FoundParts;
use super::fault::ImportFault;
use super::tree::{TreeCursor, TreeFields};
use super::{fragment, recording};
use crate::model::Bearing;
use crate::template::TemplateNode;

/// Reads a resource, a list of them, a page of the API's, a recording of its answers, or the parts of a policy.
pub(super) fn read(value: Json, found: &mut FoundParts) -> Result<(), ImportFault> {
    let node = TemplateNode::plain(value);
    let notes = found.notes();
    let root = TreeCursor::root(&node, "$", &notes);
    if let TemplateNode::Object(_) = node {
        let fields = root.fields()?;
        if recording::is_recording(&fields) {
            return recording::read(&fields, found);
        }
        require_whole(&fields)?;
        if let Some(answers) = fields.object("responses").filter(|_| fields.has("parameters"))
            && let Some(answer) = answers.fields().ok().as_ref().and_then(recording::answer_of_example)
        {
            answer.assume(
                Bearing::Rules,
                "an example of the API: the first answer is read, and neither request nor others",
            );
            return fragment::read(&answer, found);
        }
    }
    fragment::read(&root, found)
}

/// Refuses a page of a list that goes on elsewhere.
///
/// Source: Microsoft Learn, "List - Azure REST API" (`nextLink`), and "Working with large Azure resource data sets"
/// (`skip_token` of `az graph query`, `$skipToken` of the API, `resultTruncated`), 2026-08.
fn require_whole(page: &TreeFields<'_>) -> Result<(), ImportFault> {
    let whole = "expected the whole list";
    if let Some(next) = page.get("nextLink").filter(|_| page.has("value")) {
        return Err(next.fault(format!("the list goes on elsewhere: {whole}")));
    }
    if !page.has("data") {
        return Ok(());
    }
    let is_more = ["skip_token", "skipToken", "$skipToken"].into_iter().find_map(|name| page.get(name));
    if let Some(next) = is_more {
        return Err(next.fault(format!("the result of the query goes on elsewhere: {whole}, as with `--first 1000`")));
    }
    let number = |name: &str| page.get(name).and_then(|at| at.text().ok()?.parse::<u64>().ok());
    let all = number("total_records").or_else(|| number("totalRecords"));
    match (all, number("count")) {
        (Some(all), Some(count)) if all > count => {
            let what = format!("the query found {all} rows, and {count} are here: {whole}, as with `--first 1000`");
            Err(page.cursor.fault(what))
        }
        _ => Ok(()),
    }
}
