//! Parts of a policy without what is around them, at any depth of a document: resources, groups without a policy, lists of
//! rule collections, and classic rules.
//!
//! What such a part states is kept: a group has the name and the priority that it, its id, or the key before it states. Only
//! what nothing states is made up, and that is told.

use super::assemble::FoundParts;
use super::body::body;
use super::fault::{ImportFault, quoted};
use super::tree::{TreeCursor, TreeFields};
use super::{classic, collections, resource, rules};
use crate::model::{self, Bearing, Priority, ResourceName};
use crate::net::same_word;
use crate::template::TemplateNode;

/// What a policy or a group is called that has no name of its own.
pub(super) const UNNAMED: &str = "imported";
/// What names a policy beside its groups: its own property, and the parameters of modules.
const POLICY_NAMES: [&str; 3] = ["firewallPolicyName", "policyName", "name"];

/// What the document states around a part.
#[derive(Clone, Copy)]
struct AroundFragment<'n> {
    /// The key or parameter that the part is the value of: the name of a group that states none.
    key: &'n str,
    /// The name of the policy.
    policy: &'n str,
}

/// Reads every resource and every part of a policy in `root`.
pub(super) fn read(root: &TreeCursor<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    walk(root, AroundFragment { key: UNNAMED, policy: UNNAMED }, found)
}

/// The depth is that of the document, which its reader bounds.
fn walk(cursor: &TreeCursor<'_>, around: AroundFragment<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    match cursor.node {
        TemplateNode::List(items) if items.iter().any(is_collection) => loose_group(cursor, around, found),
        TemplateNode::List(items) if items.iter().any(classic::is_collection) => {
            classic::loose(cursor, around.key, around.policy, found)
        }
        TemplateNode::List(items) => {
            let several = items.len() > 1;
            for (index, item) in cursor.items()?.enumerate() {
                let own = if several { format!("{}-{}", around.key, index + 1) } else { around.key.to_owned() };
                walk(&item, AroundFragment { key: &own, ..around }, found)?;
            }
            Ok(())
        }
        TemplateNode::Object(_) => object(cursor, around, found),
        TemplateNode::Null
        | TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Text(_)
        | TemplateNode::Expression(_)
        | TemplateNode::Reference(_) => Ok(()),
    }
}

fn object(cursor: &TreeCursor<'_>, around: AroundFragment<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    let fields = cursor.fields()?.through_values();
    if resource::is_one(&fields) {
        return resource::read(cursor, None, found);
    }
    if is_collection(cursor.node) {
        return lone_collection(cursor, around, found);
    }
    let policy = policy_name(&fields).unwrap_or_else(|| around.policy.to_owned());
    let inside = AroundFragment { policy: &policy, ..around };
    if is_group(cursor.node) {
        return group(&fields, inside, found);
    }
    if fields.has("ruleCollections") {
        parameters_of_a_group(&fields, inside, found)?;
    }
    if classic::has_rules(&fields) {
        let own = fields.optional("name", TreeCursor::resource_name)?.unwrap_or_else(|| around.key.into());
        classic::part(&own, &fields, found)?;
    }
    if is_rule(cursor.node) {
        cursor.omit(Bearing::EveryFlow, "what looks like a rule is in no rule collection and is not read");
    }
    let is_read = |key: &str| same_word(key, "ruleCollections") || classic::is_list(key);
    fields.present().filter(|(key, _)| !is_read(key)).try_for_each(|(key, value)| {
        // What is inside the wrappers of answers and of parameter files is called as the wrapper is.
        let key = if matches!(key, "value" | "data" | "properties" | "parameters") { around.key } else { key };
        walk(&value, AroundFragment { key, ..inside }, found)
    })
}

fn has(node: &TemplateNode, name: &str) -> bool {
    let TemplateNode::Object(entries) = node else { return false };
    entries.iter().any(|(key, _)| same_word(key, name))
}

fn is_collection(node: &TemplateNode) -> bool {
    has(node, "ruleCollectionType") && has(node, "rules")
}

/// Whether the object is a group rather than the parameters of one, whose values are wrapped.
fn is_group(node: &TemplateNode) -> bool {
    let TemplateNode::Object(entries) = node else { return false };
    entries.iter().any(|(key, value)| match value {
        TemplateNode::Object(_) if same_word(key, "properties") => is_group(value),
        TemplateNode::List(_) | TemplateNode::Null | TemplateNode::Expression(_) => same_word(key, "ruleCollections"),
        TemplateNode::Bool(_)
        | TemplateNode::Number(_)
        | TemplateNode::Text(_)
        | TemplateNode::Reference(_)
        | TemplateNode::Object(_) => false,
    })
}

/// Whether the object has what only rules of a firewall have.
fn is_rule(node: &TemplateNode) -> bool {
    const OWN: [&str; 5] = ["ipProtocols", "targetFqdns", "targetUrls", "fqdnTags", "translatedAddress"];
    OWN.iter().any(|name| has(node, name)) || has(node, "sourceAddresses") && has(node, "destinationPorts")
}

/// The name of the policy whose groups are among the fields.
fn policy_name(fields: &TreeFields<'_>) -> Option<String> {
    let is_policy = fields.has("ruleCollectionGroups");
    let names = POLICY_NAMES.iter().filter(|name| is_policy || **name != "name");
    let known = |name: &&str| fields.get(name).and_then(|at| at.text().ok());
    names.filter_map(known).find(|text| !text.is_empty() && !text.contains('/'))
}

/// A group without its policy.
fn group(fields: &TreeFields<'_>, around: AroundFragment<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    let wrapped = fields.object("properties");
    let body = body(*fields, wrapped.as_ref())?;
    body.only(&["priority", "ruleCollections"])?;
    let name = match fields.get("name") {
        Some(name) => Some(name),
        None => body.properties.get("name"),
    };
    put(fields.cursor, &body.properties, name.as_ref(), around, found)
}

/// The parameters of a module that makes one group.
fn parameters_of_a_group(
    fields: &TreeFields<'_>,
    around: AroundFragment<'_>,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let name = match fields.get("ruleCollectionGroupName") {
        Some(name) => Some(name),
        None => fields.get("name").filter(|_| !fields.has("ruleCollectionGroups")),
    };
    put(fields.cursor, fields, name.as_ref(), around, found)
}

/// Puts the collections and the priority that `fields` state into a group; what is not stated is made up.
fn put(
    cursor: &TreeCursor<'_>,
    fields: &TreeFields<'_>,
    name: Option<&TreeCursor<'_>>,
    around: AroundFragment<'_>,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let policy = quoted(around.policy);
    let message = format!("a rule collection group without its policy: the policy is called {policy} here");
    cursor.assume(Bearing::NoFlow, message);
    let before = cursor.notes.len();
    let stated = StatedParts {
        name: name.map(TreeCursor::resource_name).transpose()?,
        priority: fields.optional("priority", TreeCursor::priority)?,
        collections: collections::read(fields)?,
    };
    add_group(cursor, before, stated, around, found);
    Ok(())
}

/// What is stated of a group.
struct StatedParts {
    name: Option<ResourceName>,
    priority: Option<Priority>,
    collections: Vec<model::Collection>,
}

fn lone_collection(
    cursor: &TreeCursor<'_>,
    around: AroundFragment<'_>,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let before = cursor.notes.len();
    let collections = vec![rules::collection(cursor)?];
    let around = AroundFragment { key: UNNAMED, ..around };
    add_group(cursor, before, StatedParts { name: None, priority: None, collections }, around, found);
    Ok(())
}

/// Collections without their group.
fn loose_group(cursor: &TreeCursor<'_>, around: AroundFragment<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    let before = cursor.notes.len();
    let collections: Vec<model::Collection> =
        cursor.items()?.map(|item| rules::collection(&item)).collect::<Result<_, _>>()?;
    add_group(cursor, before, StatedParts { name: None, priority: None, collections }, around, found);
    Ok(())
}

fn add_group(
    cursor: &TreeCursor<'_>,
    before: usize,
    stated: StatedParts,
    around: AroundFragment<'_>,
    found: &mut FoundParts,
) {
    let StatedParts { name, priority, collections } = stated;
    let policy = around.policy.into();
    let (is_named, name) = match name {
        Some(name) => (true, name),
        None => (false, found.free_name(&policy, around.key).into()),
    };
    cursor.notes.within(before, &name);
    cursor.notes.within(before, around.policy);
    if !is_named {
        let (name, policy) = (quoted(&name), quoted(around.policy));
        let message = format!("a rule collection group without a name: it is called {name} in policy {policy} here");
        cursor.assume(Bearing::NoFlow, message);
    }
    let priority = priority.unwrap_or_else(|| {
        let priority = found.loose_priority().unwrap_or(Priority::LAST);
        let name = quoted(&name);
        let message = format!("group {name} states no priority: {priority} is assumed, in the order of the input");
        cursor.assume(Bearing::Rules, message);
        priority
    });
    let group =
        model::Group { name, priority, presence: found.presence().clone(), collections, origin: cursor.origin() };
    found.group(cursor.path(), policy, group);
}
