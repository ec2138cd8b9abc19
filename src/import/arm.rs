//! Deployment templates: their resources in a list or by symbolic name, and the templates nested in them.

use serde_json::{Map, Value};

use super::assemble::Found;
use super::fault::Fault;
use super::tree::Cursor;
use super::{condition, left_out, resource};
use crate::model::{self, Came, Presence, ResourceName};
use crate::net::same_word;
use crate::template::{Node, Parameter, Scope, Unknown, Why};

/// Whether the object is a template.
pub(super) fn is_template(object: &Map<String, Value>) -> bool {
    let schema = object.get("$schema").and_then(Value::as_str).unwrap_or_default();
    schema.contains("eploymentTemplate") || (object.contains_key("resources") && !object.contains_key("type"))
}

/// Reads a template. Parameters have the values that are `given`, else their defaults.
pub(super) fn read(
    mut template: Map<String, Value>,
    given: &[(String, Value)],
    found: &mut Found,
) -> Result<(), Fault> {
    let given =
        given.iter().map(|(name, value)| (name.clone(), Parameter::Given(Node::plain(value.clone())))).collect();
    let scope = scope(&mut template, given);
    read_resources(template, "$", &scope, found)
}

/// What the expressions of `template` can name; what is `given` comes before a default.
fn scope(template: &mut Map<String, Value>, given: Vec<(String, Parameter)>) -> Scope {
    let defaults = object(template.remove("parameters")).into_iter().filter_map(|(name, parameter)| {
        let mut parameter = object(Some(parameter));
        let is_nullable = parameter.get("nullable") == Some(&Value::Bool(true));
        let default = parameter.remove("defaultValue").or_else(|| is_nullable.then_some(Value::Null))?;
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

fn read_resource(mut value: Value, at: &str, scope: &Scope, found: &mut Found) -> Result<(), Fault> {
    let copy = value.as_object_mut().and_then(|resource| resource.shift_remove("copy"));
    let Some(copy) = copy else { return read_one(value, at, scope, found) };
    let before = found.count();
    let rounds = scope.rounds(&copy, &mut |index| read_one(value.clone(), &format!("{at}#{index}"), scope, found));
    match rounds {
        Some(rounds) => rounds.into_iter().collect(),
        None => {
            // What the loop makes matters only where it is read at all.
            let read = read_one(value, at, scope, found);
            match read.is_ok() && found.count() == before {
                true => Ok(()),
                false => {
                    let count = scope.unknown_count(&copy);
                    Err(Cursor::root(&count, &format!("{at}.copy.count"), &found.notes()).unevaluated())
                }
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
    found.conditions_are(condition::conditions(&value, scope, found.inside()));
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
        Some(Node::Expression(unknown)) if !reads_all => condition::presence(&unknown.text, outer, found.inside()),
        Some(_) | None => Presence::Always,
    };
    let around = found.enter(target(&deployment, outer, found.scope()));
    let before_it = found.under(presence);
    let read = if is_inner(&properties) {
        let outer_place = found.go_inside(Some(inside.clone()));
        let scope = scope(&mut template, given(&mut properties, outer));
        let read = read_resources(template, &inside, &scope, found);
        found.go_inside(outer_place);
        read
    } else {
        read_resources(template, &inside, outer, found)
    };
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
            Node::Expression(unknown) if is_place_around(&unknown.text) => None,
            Node::Expression(unknown) => Some(ResourceName::unknown(unknown.text)),
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

/// Whether the expression is the name of the resource group around, or the id of the subscription around: by the
/// function that gives it, or cut from the id of a resource there.
fn is_place_around(expression: &str) -> bool {
    let text: String = expression.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let is_cut = || {
        // A type as the first argument: with a subscription or a resource group before it, the id is one of elsewhere.
        let first = text.strip_prefix("[split(resourceid('").and_then(|rest| rest.split('\'').next());
        let is_whole = text.ends_with("),'/')[2]]") || text.ends_with("),'/')[4]]");
        is_whole && first.is_some_and(|first| first.contains('/'))
    };
    matches!(text.as_str(), "[resourcegroup().name]" | "[subscription().subscriptionid]") || is_cut()
}

/// Whether the nested template's expressions name its own parameters and variables.
fn is_inner(properties: &Map<String, Value>) -> bool {
    let scope = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope"));
    scope.and_then(Value::as_str).is_some_and(|scope| same_word(scope, "inner"))
}

fn given(properties: &mut Map<String, Value>, outer: &Scope) -> Vec<(String, Parameter)> {
    let parameters = object(properties.remove("parameters")).into_iter();
    parameters.map(|(name, parameter)| (name, Parameter::Given(given_value(outer.node(parameter))))).collect()
}

/// What stands under `value`; a secret of a key vault and an expression are known to nobody here.
fn given_value(parameter: Node) -> Node {
    let unknown = |text: &str, why: &str| {
        let why = Why::Other(why.to_owned());
        Node::Expression(Box::new(Unknown { text: text.to_owned(), why, stand_in: None }))
    };
    match parameter {
        Node::Object(entries) => {
            let is_secret = entries.iter().any(|(key, _)| same_word(key, "reference"));
            let value = entries.into_iter().find(|(key, _)| same_word(key, "value"));
            match value {
                Some((_, value)) => value,
                None if is_secret => unknown("reference", "it is a secret of a key vault"),
                None => Node::Null,
            }
        }
        Node::Expression(_) => parameter,
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Reference(_) | Node::List(_) => Node::Null,
    }
}

/// The values that a parameter file gives.
pub(super) fn parameters(value: Value) -> Result<Vec<(String, Value)>, Fault> {
    let mut file = object(Some(value));
    let Some(Value::Object(parameters)) = file.remove("parameters") else {
        return Err(Fault::at("$", "expected a parameter file: an object with `parameters`"));
    };
    let value = |(name, parameter): (String, Value)| Some((name, object(Some(parameter)).remove("value")?));
    Ok(parameters.into_iter().filter_map(value).collect())
}
