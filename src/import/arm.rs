//! Deployment templates: their resources in a list or by symbolic name, and the templates nested in them.

use crate::json::{Json, Map};

use super::assemble::FoundParts;
use super::fault::{ImportFault, quoted};
use super::tree::TreeCursor;
use super::{condition, diagnostics, left_out, parameter, resource, unread};
use crate::model::{self, AssumptionKind, Bearing, Came, Presence, ResourceName};
use crate::net::same_word;
use crate::template::{GivenParameters, TemplateNode, TemplateScope};

/// Whether the object is a template.
pub(super) fn is_template(object: &Map) -> bool {
    let schema = object.get("$schema").and_then(Json::as_str).unwrap_or_default();
    schema.contains("eploymentTemplate") || (object.contains_key("resources") && !object.contains_key("type"))
}

/// Reads a template. Parameters have the values that are `given`, else their defaults.
pub(super) fn read(
    template: Map,
    given: &[(String, GivenParameters)],
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    read_at(template, given, "$", found)
}

/// As [`read`], of a template that is at the path `at`.
pub(super) fn read_at(
    mut template: Map,
    given: &[(String, GivenParameters)],
    at: &str,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let declared = parameter::declared(&template);
    parameter::check(&declared, given)?;
    found.declare(declared.keys().cloned());
    let scope = TemplateScope::new(&mut template, given, found.options());
    let read = read_resources(template, at, &scope, found);
    if scope.assumes_cloud() {
        let message =
            "`environment()` is that of the public cloud: state another with `--cloud usgov` or `--cloud china`";
        found.notes().tell(AssumptionKind::Assumed, Bearing::Rules, at.to_owned(), message);
    }
    read
}

/// Leaves the parameters without values: those that are given are not known, so that no default holds.
pub(super) fn forget_defaults(template: &mut Map) {
    let Some(Json::Object(parameters)) = template.get_mut("parameters") else { return };
    for parameter in parameters.values_mut().filter_map(Json::as_object_mut) {
        parameter.retain(|key| key != "defaultValue" && key != "nullable");
    }
}

fn object(value: Option<Json>) -> Map {
    match value {
        Some(Json::Object(object)) => object,
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_)) | None => Map::new(),
    }
}

fn read_resources(
    mut template: Map,
    at: &str,
    scope: &TemplateScope,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    match take(&mut template, "resources") {
        Some(Json::Array(items)) => items
            .into_iter()
            .enumerate()
            .try_for_each(|(index, item)| read_resource(item, &format!("{at}.resources[{index}]"), scope, found)),
        Some(Json::Object(entries)) => entries
            .into_iter()
            .try_for_each(|(name, item)| read_resource(item, &format!("{at}.resources.{name}"), scope, found)),
        Some(Json::Null) | None => Ok(()),
        Some(Json::Bool(_) | Json::Number(_) | Json::String(_)) => {
            Err(ImportFault::at(format!("{at}.resources"), "expected a list of resources, or an object of them"))
        }
    }
}

fn read_resource(mut value: Json, at: &str, scope: &TemplateScope, found: &mut FoundParts) -> Result<(), ImportFault> {
    let copy = value.as_object_mut().and_then(|resource| resource.remove("copy"));
    let Some(copy) = copy else { return read_one(value, at, scope, found) };
    let before = found.count();
    let rounds = scope.rounds(&copy, &mut |scope, index| {
        let at = format!("{at}#{index}");
        scope.charge(&value).map_err(|why| ImportFault::at(at.clone(), why))?;
        read_one(value.clone(), &at, scope, found)
    });
    match rounds {
        Ok(rounds) => rounds.into_iter().collect(),
        Err(count) => {
            // What the loop makes matters only where it is read at all.
            let read = read_one(value, at, scope, found);
            match read.is_ok() && found.count() == before {
                true => Ok(()),
                false => Err(TreeCursor::root(&count, &format!("{at}.copy.count"), &found.notes()).unevaluated()),
            }
        }
    }
}

fn read_one(mut value: Json, at: &str, scope: &TemplateScope, found: &mut FoundParts) -> Result<(), ImportFault> {
    let Some(kind) = kind_of(&mut value, at, scope, found) else { return Ok(()) };
    if DEPLOYMENTS.iter().any(|deployment| same_word(deployment, &kind)) {
        return read_deployment(object(Some(value)), at, scope, found);
    }
    if resource::is_ignored(&kind) && !diagnostics::is_one(&kind) {
        let name = value.get("name").and_then(Json::as_str).unwrap_or_default();
        unread::tell_unread(&found.notes(), at, &kind, name, &value);
        return Ok(());
    }
    let node = scope.node(value);
    let notes = found.notes();
    resource::read(&TreeCursor::root(&node, at, &notes), None, found)
}

/// What deploys a template, with the same properties.
const DEPLOYMENTS: [&str; 2] = ["Microsoft.Resources/deployments", "Microsoft.Resources/deploymentStacks"];

/// The type of the resource, evaluated where it is an expression; `None` where that only a deployment knows, which is told.
fn kind_of(value: &mut Json, at: &str, scope: &TemplateScope, found: &FoundParts) -> Option<String> {
    let written = value.get("type").and_then(Json::as_str).unwrap_or_default().to_owned();
    if !written.starts_with('[') {
        return Some(written);
    }
    match scope.node(Json::String(written.clone())) {
        TemplateNode::Text(kind) => {
            if let Some(fields) = value.as_object_mut() {
                fields.insert("type".to_owned(), Json::String(kind.clone()));
            }
            Some(kind)
        }
        _ => {
            let message =
                format!("a resource has the type {}, which cannot be evaluated: it is not read", quoted(&written));
            found.notes().tell(AssumptionKind::Unknown, Bearing::EveryFlow, at.to_owned(), message);
            None
        }
    }
}

/// Reads the template that a deployment nests. One that it links to is not here, and is passed over.
fn read_deployment(
    mut deployment: Map,
    at: &str,
    outer: &TemplateScope,
    found: &mut FoundParts,
) -> Result<(), ImportFault> {
    let mut properties = object(take(&mut deployment, "properties"));
    let Some(mut template) = nested(&mut properties, &deployment, at, found) else { return Ok(()) };
    if properties.keys().any(|key| same_word(key, "parametersLink")) {
        forget_defaults(&mut template);
    }
    let condition = deployment.get("condition").map(|condition| outer.node(condition.clone()));
    let reads_all = found.reads_all();
    if matches!(condition, Some(TemplateNode::Bool(false))) && !reads_all {
        let node = TemplateNode::plain(Json::Object(template));
        left_out::note_left_out(&node, at.to_owned(), &found.notes());
        return Ok(());
    }
    let before = found.count();
    let inside = format!("{at}.properties.template");
    let presence = match &condition {
        Some(TemplateNode::Expression(unknown)) if !reads_all => condition::presence(unknown),
        Some(_) | None => Presence::Always,
    };
    let around = found.enter(target(&deployment, outer, found.scope()));
    let before_it = found.under(presence);
    deployment.insert("properties".to_owned(), Json::Object(properties));
    let scope = outer.nested(&deployment, &mut template);
    let read = read_resources(template, &inside, &scope, found);
    found.enter(around);
    found.set_presence(before_it);
    if let Some(condition @ (TemplateNode::Bool(false) | TemplateNode::Expression(_))) = condition
        && reads_all
        && found.count() > before
    {
        let what = condition.described();
        let message = format!("a deployment is under the condition {what}: it is read as if that held");
        found.notes().tell(AssumptionKind::Unknown, Bearing::Rules, at.to_owned(), message);
    }
    read
}

/// The template that a deployment nests; `None` where it is elsewhere or made by an expression, which is told.
fn nested(properties: &mut Map, deployment: &Map, at: &str, found: &FoundParts) -> Option<Map> {
    let template = take(properties, "template");
    if let Some(Json::Object(template)) = template {
        return Some(template);
    }
    let is_skipped = deployment.get("condition") == Some(&Json::Bool(false));
    let name = deployment.get("name").and_then(Json::as_str).unwrap_or_default();
    let link = take(properties, "templateLink").map(|link| object(Some(link)));
    let part = |link: &Map, key: &str| link.get(key).and_then(Json::as_str).map(str::to_owned);
    let from =
        link.and_then(|link| part(&link, "uri").or_else(|| part(&link, "id")).or_else(|| part(&link, "relativePath")));
    let why = match (from, template) {
        (Some(from), _) => format!("its `templateLink` is {}, which is not here", quoted(&from)),
        (None, Some(Json::String(text))) => format!("its template is {}, which is not evaluated", quoted(&text)),
        (None, _) => "it states no template".to_owned(),
    };
    if !is_skipped {
        let message = format!("deployment {} is not read, and may hold rules: {why}", quoted(name));
        found.notes().tell(AssumptionKind::Omitted, Bearing::EveryFlow, at.to_owned(), message);
    }
    None
}

/// The value of the entry `name`, whose case does not matter, taken out.
fn take(object: &mut Map, name: &str) -> Option<Json> {
    let key = object.keys().find(|key| same_word(key, name))?.clone();
    object.remove(&key)
}

/// Where a nested deployment puts its resources: where the one around it does, unless it states another subscription or
/// resource group. What only a deployment knows is a place of its own, but for an expression of the place around.
///
/// Source: Microsoft Learn, "Deploy resources to more than one subscription or resource group", 2026-03.
fn target(deployment: &Map, outer: &TemplateScope, around: &model::Scope) -> model::Scope {
    let stated = |name: &str| {
        let (_, value) = deployment.iter().find(|(key, _)| same_word(key, name))?;
        match outer.node(value.clone()) {
            TemplateNode::Text(text) if !text.is_empty() => Some(ResourceName::from(text)),
            TemplateNode::Expression(unknown) if unknown.is_place_around() => None,
            TemplateNode::Expression(unknown) => Some(ResourceName::unknown(unknown.key())),
            TemplateNode::Null
            | TemplateNode::Bool(_)
            | TemplateNode::Number(_)
            | TemplateNode::Text(_)
            | TemplateNode::Reference(_)
            | TemplateNode::List(_)
            | TemplateNode::Object(_) => None,
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
