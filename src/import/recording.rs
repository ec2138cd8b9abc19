//! Recordings of requests to the API and of its answers, and the examples of its description.

use indexmap::{IndexMap, IndexSet};

use super::assemble::FoundParts;
use super::fault::{ImportFault, quoted};
use super::left_out::rule_names;
use super::resource;
use super::tree::{TreeCursor, TreeFields};
use crate::model::Bearing;

/// Whether `fields` are a recording.
pub(super) fn is_recording(fields: &TreeFields<'_>) -> bool {
    fields.get("interactions").is_some()
}

/// The answer of an example of the API's description, which has a request and answers to it: what the request states is in
/// the answer once more.
pub(super) fn answer_of_example<'a>(answers: &'a TreeFields<'_>) -> Option<TreeCursor<'a>> {
    let with_body = |(_, answer): (&'a str, TreeCursor<'a>)| {
        let has_body = answer.fields().is_ok_and(|answer| answer.has("body"));
        has_body.then_some(answer)
    };
    answers.present().find_map(with_body)
}

/// Reads the last answer about each resource.
pub(super) fn read(fields: &TreeFields<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    fields.cursor.assume(Bearing::NoFlow, "a recording: each resource is read as it was answered last");
    let interactions = fields.require("interactions")?;
    let items: Vec<TreeCursor<'_>> = interactions.items()?.collect();
    let mut answers: IndexMap<String, TreeCursor<'_>> = IndexMap::new();
    let mut rules: IndexMap<String, IndexSet<String>> = IndexMap::new();
    let requests: Vec<TreeFields<'_>> = items.iter().map(TreeCursor::fields).collect::<Result<_, _>>()?;
    for request in &requests {
        let Some(answer) = request.get("response").filter(is_resource) else { continue };
        let id = id(&answer).to_ascii_lowercase();
        let mut named = IndexSet::new();
        rule_names(answer.node, &mut named);
        rules.entry(id.clone()).or_default().extend(named);
        answers.insert(id, answer);
    }
    for (id, answer) in &answers {
        let mut last = IndexSet::new();
        rule_names(answer.node, &mut last);
        let gone: Vec<String> =
            rules.get(id).into_iter().flatten().filter(|name| !last.contains(*name)).map(|name| quoted(name)).collect();
        if !gone.is_empty() {
            let what = quoted(id.rsplit('/').next().unwrap_or(id));
            let message = format!("earlier answers about {what} had rules that the last has not: {}", gone.join(", "));
            fields.cursor.omit(Bearing::NoFlow, message);
        }
    }
    answers.values().try_for_each(|answer| resource::read(answer, None, found))
}

fn is_resource(answer: &TreeCursor<'_>) -> bool {
    answer.fields().is_ok_and(|fields| fields.has("id") && fields.has("type"))
}

fn id(cursor: &TreeCursor<'_>) -> String {
    let id = cursor.fields().ok().and_then(|fields| fields.get("id")?.text().ok());
    id.unwrap_or_default()
}
