//! Deployment templates: their resources in a list or by symbolic name, and the templates nested in them.

use serde_json::{Map, Value};

use super::assemble::Found;
use super::expression::{Parameter, Scope};
use super::tree::{Cursor, Node};
use super::{Fault, resource};

/// Whether the object is a template.
pub(super) fn is_template(object: &Map<String, Value>) -> bool {
    let schema = object.get("$schema").and_then(Value::as_str).unwrap_or_default();
    schema.contains("eploymentTemplate") || (object.contains_key("resources") && !object.contains_key("type"))
}

/// Reads a template. Parameters have their default values.
pub(super) fn read(mut template: Map<String, Value>, found: &mut Found) -> Result<(), Fault> {
    let scope = scope(&mut template, Vec::new());
    read_resources(template, "$", &scope, found)
}

/// What the expressions of `template` can name; what is `given` comes before a default.
fn scope(template: &mut Map<String, Value>, given: Vec<(String, Parameter)>) -> Scope {
    let defaults = object(template.remove("parameters")).into_iter().filter_map(|(name, parameter)| {
        let default = object(Some(parameter)).remove("defaultValue")?;
        Some((name, Parameter::Default(default)))
    });
    Scope::new(given.into_iter().chain(defaults).collect(), object(template.remove("variables")))
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

fn read_resource(value: Value, at: &str, scope: &Scope, found: &mut Found) -> Result<(), Fault> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
        return read_deployment(object(Some(value)), at, scope, found);
    }
    let node = scope.node(value);
    resource::read(&Cursor::root(&node, at), None, found)
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
    if matches!(outer.node(deployment.get("condition").cloned().unwrap_or_default()), Node::Bool(false)) {
        return Ok(());
    }
    let before = found.count();
    let inside = format!("{at}.properties.template");
    if is_inner(&properties) {
        let scope = scope(&mut template, given(&mut properties, outer));
        read_resources(template, &inside, &scope, found)?;
    } else {
        read_resources(template, &inside, outer, found)?;
    }
    if found.count() > before { certain(&deployment, at, outer) } else { Ok(()) }
}

/// Whether the nested template's expressions name its own parameters and variables.
fn is_inner(properties: &Map<String, Value>) -> bool {
    let scope = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope"));
    scope.and_then(Value::as_str).is_some_and(|scope| scope.eq_ignore_ascii_case("inner"))
}

fn given(properties: &mut Map<String, Value>, outer: &Scope) -> Vec<(String, Parameter)> {
    let parameters = object(properties.remove("parameters")).into_iter();
    let value = |parameter: Value| object(Some(parameter)).remove("value").unwrap_or_default();
    parameters.map(|(name, parameter)| (name, Parameter::Given(outer.node(value(parameter))))).collect()
}

/// Refuses a deployment that may happen several times or not at all.
fn certain(deployment: &Map<String, Value>, at: &str, scope: &Scope) -> Result<(), Fault> {
    if deployment.contains_key("copy") {
        return Err(Fault::at(at, "`copy` of a deployment is not read: expected literal resources"));
    }
    match deployment.get("condition").map(|condition| scope.node(condition.clone())) {
        None | Some(Node::Bool(_)) => Ok(()),
        Some(condition) => Err(Cursor::root(&condition, at).expected("a literal condition")),
    }
}
