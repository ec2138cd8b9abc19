//! Deployment templates: their resources in a list or by symbolic name, and the templates nested in them.

use serde_json::{Map, Value};

use super::assemble::Found;
use super::fault::Fault;
use super::tree::Cursor;
use super::{condition, left_out, parameter, resource};
use crate::model::{self, Came, Presence, ResourceName};
use crate::net::same_word;
use crate::template::{Given, Node, Options, Scope};

/// Whether the object is a template.
pub(super) fn is_template(object: &Map<String, Value>) -> bool {
    let schema = object.get("$schema").and_then(Value::as_str).unwrap_or_default();
    schema.contains("eploymentTemplate") || (object.contains_key("resources") && !object.contains_key("type"))
}

/// Reads a template. Parameters have the values that are `given`, else their defaults.
pub(super) fn read(
    mut template: Map<String, Value>,
    given: &[(String, Given)],
    options: Options,
    found: &mut Found,
) -> Result<(), Fault> {
    let declared = parameter::declared(&template);
    parameter::check(&declared, given)?;
    found.declare(declared.keys().cloned());
    let scope = Scope::new(&mut template, given, options);
    let read = read_resources(template, "$", &scope, found);
    if scope.assumes_cloud() {
        found
            .notes()
            .add("`environment()` is that of the public cloud: state another with `--cloud usgov` or `--cloud china`");
    }
    read
}

fn object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(object)) => object,
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | None => Map::new(),
    }
}

fn read_resources(mut template: Map<String, Value>, at: &str, scope: &Scope, found: &mut Found) -> Result<(), Fault> {
    match template.remove("resources") {
        Some(Value::Array(items)) => items
            .into_iter()
            .enumerate()
            .try_for_each(|(index, item)| read_resource(item, &format!("{at}.resources[{index}]"), scope, found)),
        Some(Value::Object(entries)) => entries
            .into_iter()
            .try_for_each(|(name, item)| read_resource(item, &format!("{at}.resources.{name}"), scope, found)),
        Some(Value::Null) | None => Ok(()),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            Err(Fault::at(format!("{at}.resources"), "expected a list of resources, or an object of them"))
        }
    }
}

fn read_resource(mut value: Value, at: &str, scope: &Scope, found: &mut Found) -> Result<(), Fault> {
    let copy = value.as_object_mut().and_then(|resource| resource.shift_remove("copy"));
    let Some(copy) = copy else { return read_one(value, at, scope, found) };
    let before = found.count();
    let rounds = scope.rounds(&copy, &mut |scope, index| {
        let at = format!("{at}#{index}");
        scope.charge(&value).map_err(|why| Fault::at(at.clone(), why))?;
        read_one(value.clone(), &at, scope, found)
    });
    match rounds {
        Ok(rounds) => rounds.into_iter().collect(),
        Err(count) => {
            // What the loop makes matters only where it is read at all.
            let read = read_one(value, at, scope, found);
            match read.is_ok() && found.count() == before {
                true => Ok(()),
                false => Err(Cursor::root(&count, &format!("{at}.copy.count"), &found.notes()).unevaluated()),
            }
        }
    }
}

fn read_one(value: Value, at: &str, scope: &Scope, found: &mut Found) -> Result<(), Fault> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if same_word(kind, "Microsoft.Resources/deployments") {
        return read_deployment(object(Some(value)), at, scope, found);
    }
    if resource::is_ignored(kind) {
        return Ok(());
    }
    let node = scope.node(value);
    let notes = found.notes();
    resource::read(&Cursor::root(&node, at, &notes), None, found)
}

/// Reads the template that a deployment nests. One that it links to is not here, and is passed over.
fn read_deployment(
    mut deployment: Map<String, Value>,
    at: &str,
    outer: &Scope,
    found: &mut Found,
) -> Result<(), Fault> {
    let mut properties = object(deployment.remove("properties"));
    let mut template = object(properties.remove("template"));
    let condition = deployment.get("condition").map(|condition| outer.node(condition.clone()));
    let reads_all = found.reads_all();
    if matches!(condition, Some(Node::Bool(false))) && !reads_all {
        left_out::note_left_out(&Node::plain(Value::Object(template)), &found.notes());
        return Ok(());
    }
    let before = found.count();
    let inside = format!("{at}.properties.template");
    let presence = match &condition {
        Some(Node::Expression(unknown)) if !reads_all => condition::presence(unknown),
        Some(_) | None => Presence::Always,
    };
    let around = found.enter(target(&deployment, outer, found.scope()));
    let before_it = found.under(presence);
    deployment.insert("properties".to_owned(), Value::Object(properties));
    let scope = outer.nested(&deployment, &mut template);
    let read = read_resources(template, &inside, &scope, found);
    found.enter(around);
    found.set_presence(before_it);
    if let Some(condition @ (Node::Bool(false) | Node::Expression(_))) = condition
        && reads_all
        && found.count() > before
    {
        let what = condition.described();
        found.notes().add(format!("a deployment stands under the condition {what}: it is read as if that held"));
    }
    read
}

/// Where a nested deployment puts its resources: where the one around it does, unless it states another subscription or
/// resource group. What only a deployment knows is a place of its own, but for an expression of the place around.
///
/// Source: Microsoft Learn, "Deploy resources to more than one subscription or resource group", 2026-03.
fn target(deployment: &Map<String, Value>, outer: &Scope, around: &model::Scope) -> model::Scope {
    let stated = |name: &str| {
        let (_, value) = deployment.iter().find(|(key, _)| same_word(key, name))?;
        match outer.node(value.clone()) {
            Node::Text(text) if !text.is_empty() => Some(ResourceName::from(text)),
            Node::Expression(unknown) if unknown.is_place_around() => None,
            Node::Expression(unknown) => Some(ResourceName::unknown(unknown.key())),
            Node::Null
            | Node::Bool(_)
            | Node::Number(_)
            | Node::Text(_)
            | Node::Reference(_)
            | Node::List(_)
            | Node::Object(_) => None,
        }
    };
    let (subscription, group) = (stated("subscriptionId"), stated("resourceGroup"));
    if subscription.is_none() && group.is_none() {
        return around.clone();
    }
    let resource_group = group.or_else(|| around.resource_group.clone());
    let subscription = subscription.or_else(|| around.subscription.clone());
    model::Scope { subscription, resource_group, came: Came::Elsewhere }
}
