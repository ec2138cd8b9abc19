//! Parts of a policy without what is around them: lists of rule collections, groups without a policy, classic rules in a
//! parameter file, and recordings of what the API answered.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::assemble::Found;
use super::fault::{Fault, quoted};
use super::left_out::rule_names;
use super::resource::{self, Parent};
use super::tree::{Cursor, Fields};
use super::{classic, rules};
use crate::model::{self, Presence, Priority};
use crate::net::same_word;
use crate::template::Node;

/// What a policy or a group is called that has no name of its own.
const UNNAMED: &str = "imported";
/// How deep fragments are looked for.
const DEEPEST: u8 = 8;

/// Reads every fragment in `root`.
pub(super) fn read(root: &Cursor<'_>, found: &mut Found) -> Result<(), Fault> {
    walk(root, UNNAMED, DEEPEST, found)
}

fn walk(cursor: &Cursor<'_>, name: &str, depth: u8, found: &mut Found) -> Result<(), Fault> {
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    match cursor.node {
        Node::List(items) if items.iter().any(is_collection) => loose_group(cursor, name, found),
        Node::List(items) => {
            let several = items.len() > 1;
            for (index, item) in cursor.items()?.enumerate() {
                let own = if several { format!("{name}-{}", index + 1) } else { name.to_owned() };
                walk(&item, &own, depth, found)?;
            }
            Ok(())
        }
        Node::Object(_) => {
            let fields = cursor.fields()?;
            if has(cursor.node, "type") && has(cursor.node, "name") {
                return resource::read(cursor, None, found);
            }
            if is_collection(cursor.node) {
                return lone_collection(cursor, found);
            }
            if has(cursor.node, "ruleCollections") {
                return group(cursor, &fields, name, found);
            }
            if classic::has_rules(&fields) {
                let own = fields.optional("name", Cursor::resource_name)?.unwrap_or_else(|| name.into());
                return classic::read(&own, &fields, &fields, found);
            }
            // The values of a parameter file are called like the parameter.
            fields
                .present()
                .try_for_each(|(key, value)| walk(&value, if key == "value" { name } else { key }, depth, found))
        }
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Expression(_) | Node::Reference(_) => {
            Ok(())
        }
    }
}

fn has(node: &Node, name: &str) -> bool {
    let Node::Object(entries) = node else { return false };
    entries.iter().any(|(key, _)| same_word(key, name))
}

fn is_collection(node: &Node) -> bool {
    has(node, "ruleCollectionType") && has(node, "rules")
}

/// A group without its policy.
fn group(cursor: &Cursor<'_>, fields: &Fields<'_>, name: &str, found: &mut Found) -> Result<(), Fault> {
    cursor.notes.add(format!("a rule collection group without its policy: the policy is called `{UNNAMED}` here"));
    if fields.get("name").is_some() {
        let policy = Parent::policy(UNNAMED);
        return resource::read(cursor, Some(&policy), found);
    }
    loose_group(&fields.require("ruleCollections")?, name, found)
}

fn lone_collection(cursor: &Cursor<'_>, found: &mut Found) -> Result<(), Fault> {
    let before = cursor.notes.len();
    let collection = rules::collection(cursor)?;
    add_group(cursor, before, UNNAMED, vec![collection], found);
    Ok(())
}

/// Collections without their group.
fn loose_group(cursor: &Cursor<'_>, name: &str, found: &mut Found) -> Result<(), Fault> {
    let before = cursor.notes.len();
    let collections: Vec<model::Collection> =
        cursor.items()?.map(|item| rules::collection(&item)).collect::<Result<_, _>>()?;
    add_group(cursor, before, name, collections, found);
    Ok(())
}

fn add_group(cursor: &Cursor<'_>, before: usize, name: &str, collections: Vec<model::Collection>, found: &mut Found) {
    let priority = found.loose_priority().unwrap_or(Priority::LAST);
    let name = &found.free_name(&UNNAMED.into(), name);
    cursor.notes.within(before, name);
    cursor.notes.within(before, UNNAMED);
    cursor
        .notes
        .add(format!("rule collections without their group: it is called `{name}` and stands in policy `{UNNAMED}`"));
    let group = model::Group {
        name: name.to_owned().into(),
        priority,
        presence: Presence::Always,
        collections,
        origin: cursor.origin(),
    };
    found.group(cursor.path(), UNNAMED.into(), group);
}

/// The first list of rules, and where it stands, that some other tool's form has: it spells `rule_collections` so.
pub(super) fn foreign(value: &Value) -> Option<(String, String)> {
    foreign_at(value, "$", DEEPEST)
}

fn foreign_at(value: &Value, at: &str, depth: u8) -> Option<(String, String)> {
    let depth = depth.checked_sub(1)?;
    let is_foreign = |name: &str| name.ends_with("rule_collections") || name == "network_rules" || name == "rulebase";
    match value {
        Value::Object(entries) => entries.iter().find_map(|(key, value)| {
            let at = format!("{at}.{key}");
            match value {
                _ if is_foreign(key) => Some((at, key.clone())),
                Value::String(text) if key == "name" && is_foreign(text) => Some((at, text.clone())),
                _ => foreign_at(value, &at, depth),
            }
        }),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| foreign_at(item, &format!("{at}[{index}]"), depth))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Whether `fields` are a recording of requests to the API and its answers.
pub(super) fn is_recording(fields: &Fields<'_>) -> bool {
    fields.get("interactions").is_some()
}

/// Reads the last answer about each resource.
pub(super) fn recording(fields: &Fields<'_>, found: &mut Found) -> Result<(), Fault> {
    fields.cursor.notes.add("a recording: each resource is read as it was answered last");
    let interactions = fields.require("interactions")?;
    let items: Vec<Cursor<'_>> = interactions.items()?.collect();
    let mut answers: IndexMap<String, Cursor<'_>> = IndexMap::new();
    let mut rules: IndexMap<String, IndexSet<String>> = IndexMap::new();
    let requests: Vec<Fields<'_>> = items.iter().map(Cursor::fields).collect::<Result<_, _>>()?;
    for request in &requests {
        let Some(answer) = request.get("response").filter(|answer| has(answer.node, "id") && has(answer.node, "type"))
        else {
            continue;
        };
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
            fields
                .cursor
                .notes
                .add(format!("earlier answers about {what} had rules that the last has not: {}", gone.join(", ")));
        }
    }
    answers.values().try_for_each(|answer| resource::read(answer, None, found))
}

fn id(cursor: &Cursor<'_>) -> String {
    let id = cursor.fields().ok().and_then(|fields| fields.get("id")?.text().ok());
    id.unwrap_or_default()
}
