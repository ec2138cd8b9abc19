//! ARM deployment templates.

use serde_json::{Map, Value as Json, json};

use super::EmitOptions;
use super::template::{
    EmittedId, EmittedObject, EmittedResource, EmittedValue, IdKind, ip_group_resource, needed_by, policy_resources,
    route_tables,
};
use crate::model;
use crate::net::same_word;

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/// The template of `policy`.
pub fn policy_template(model: &model::Model, policy: &model::Policy, options: &EmitOptions) -> Json {
    template(&policy_resources(model, policy, options))
}

/// The template of the route tables, where the model has any.
pub fn route_template(model: &model::Model) -> Option<Json> {
    let tables = route_tables(model);
    (!tables.is_empty()).then(|| template(&tables))
}

/// A single resource of a model.
#[derive(Clone, Copy, Debug)]
pub enum Single<'n> {
    /// A policy without its groups.
    Policy(&'n str),
    /// A group, after its policy.
    Group(&'n str, &'n str),
    /// A selector group of pods, after its policy.
    Pods(&'n str, &'n str),
    /// An IP group.
    IpGroup(&'n str),
    /// A route table.
    RouteTable(&'n str),
}

/// The template of one resource, which waits for nothing; `None` where the model does not hold it.
pub fn single(model: &model::Model, what: Single<'_>) -> Option<Json> {
    let whole = |policy: &str| Some(policy_resources(model, model.policy(policy)?, &EmitOptions::default()));
    let (resources, id) = match what {
        Single::Policy(name) => (whole(name)?, EmittedId::new(IdKind::Policy, &[name])),
        Single::Group(policy, name) => (whole(policy)?, EmittedId::new(IdKind::Group, &[policy, name])),
        Single::Pods(policy, name) => (whole(policy)?, EmittedId::new(IdKind::Pods, &[policy, name])),
        Single::IpGroup(name) => {
            let known = model.ip_groups.values().find(|known| known.name == *name);
            (vec![ip_group_resource(known?, None)], EmittedId::new(IdKind::IpGroup, &[name]))
        }
        Single::RouteTable(name) => (route_tables(model), EmittedId::new(IdKind::RouteTable, &[name])),
    };
    let same = |names: &[String]| names.iter().zip(&id.names).all(|(one, other)| same_word(one, other));
    // The pods that the rules of a group name are made with it; nothing refers to them before.
    let needed = match what {
        Single::Group(policy, name) => needed_by(model.policy(policy)?, name),
        Single::Policy(_) | Single::Pods(..) | Single::IpGroup(_) | Single::RouteTable(_) => Vec::new(),
    };
    let is_asked = |resource: &EmittedResource| resource.id.kind == id.kind && same(&resource.id.names);
    resources.iter().find(|resource| is_asked(resource))?;
    let mut found: Vec<EmittedResource> =
        resources.into_iter().filter(|resource| is_asked(resource) || needed.contains(&resource.id)).collect();
    let all: Vec<EmittedId> = found.iter().map(|resource| resource.id.clone()).collect();
    found.iter_mut().for_each(|resource| resource.depends_on.retain(|before| all.contains(before)));
    if let (Some(last), Some(group)) = (needed.last(), found.last_mut()) {
        group.depends_on = vec![last.clone()];
    }
    Some(template(&found))
}

/// The draft of a policy, and those of some of its groups, one after the other; `None` where the model does not hold them.
///
/// Source: the resources `firewallPolicyDrafts` and `ruleCollectionGroupDrafts` of Microsoft.Network, of interface 2023-11-01 on:
/// each has the one name `default`, and a policy's has neither tier nor certificate nor identity.
pub fn draft(model: &model::Model, policy: &str, groups: &[model::ResourceName]) -> Option<Json> {
    let of = |what| {
        let mut template = single(model, what)?;
        template.get_mut("resources")?.as_array_mut()?.pop()
    };
    let mut first = of(Single::Policy(policy))?;
    first.as_object_mut()?.shift_remove("identity");
    let properties = first.get_mut("properties")?.as_object_mut()?;
    for missing in ["sku", "transportSecurity"] {
        properties.shift_remove(missing);
    }
    let mut drafts = vec![drafted(first, DRAFT, None)?];
    let mut before = reference(DRAFT, &[policy, "default"]);
    for group in groups {
        drafts.push(drafted(of(Single::Group(policy, group))?, GROUP_DRAFT, Some(before))?);
        before = reference(GROUP_DRAFT, &[policy, group, "default"]);
    }
    Some(json!({ "$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": drafts }))
}

const DRAFT: &str = "Microsoft.Network/firewallPolicies/firewallPolicyDrafts";
const GROUP_DRAFT: &str = "Microsoft.Network/firewallPolicies/ruleCollectionGroups/ruleCollectionGroupDrafts";

/// A resource as the draft of it, which waits for another.
fn drafted(resource: Json, kind: &str, before: Option<Json>) -> Option<Json> {
    let mut written = Map::new();
    for (key, value) in resource.as_object()? {
        match key.as_str() {
            "type" => drop(written.insert(key.clone(), kind.into())),
            "name" => drop(written.insert(key.clone(), [value.as_str()?, "/default"].concat().into())),
            "dependsOn" => {}
            "properties" => {
                written.extend(before.clone().map(|before| ("dependsOn".to_owned(), Json::from(vec![before]))));
                written.insert(key.clone(), value.clone());
            }
            _ => drop(written.insert(key.clone(), value.clone())),
        }
    }
    Some(Json::Object(written))
}

fn template(resources: &[EmittedResource]) -> Json {
    let resources: Vec<Json> = resources.iter().map(resource).collect();
    json!({ "$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources })
}

fn resource(resource: &EmittedResource) -> Json {
    let mut written = Map::new();
    let mut set = |key: &str, value: Json| {
        written.insert(key.to_owned(), value);
    };
    set("type", resource.id.kind.spelled().into());
    set("apiVersion", resource.version.into());
    set("name", escaped(&resource.id.names.join("/")).into());
    for (key, value) in resource.body.iter() {
        if key == "properties" && !resource.depends_on.is_empty() {
            set("dependsOn", resource.depends_on.iter().map(resource_id).collect());
        }
        set(&escaped(key), json(value));
    }
    Json::Object(written)
}

fn json(value: &EmittedValue) -> Json {
    match value {
        EmittedValue::Null => Json::Null,
        EmittedValue::Bool(value) => Json::Bool(*value),
        EmittedValue::Number(number) => Json::Number(number.clone()),
        EmittedValue::Text(text) => Json::String(escaped(text)),
        EmittedValue::Id(id) => resource_id(id),
        EmittedValue::GroupLocation => Json::from("[resourceGroup().location]"),
        EmittedValue::List(items) => items.iter().map(json).collect(),
        EmittedValue::Object(object) => properties(object),
    }
}

fn properties(object: &EmittedObject) -> Json {
    Json::Object(object.iter().map(|(key, value)| (escaped(key), json(value))).collect())
}

/// `[resourceId('KIND','NAME',…)]`: a resource of the deployment's resource group.
fn resource_id(id: &EmittedId) -> Json {
    let names: Vec<&str> = id.names.iter().map(String::as_str).collect();
    reference(id.kind.spelled(), &names)
}

fn reference(kind: &str, names: &[&str]) -> Json {
    let arguments: Vec<String> = std::iter::once(kind).chain(names.iter().copied()).map(quoted).collect();
    Json::String(["[resourceId(", &arguments.join(","), ")]"].concat())
}

fn quoted(text: &str) -> String {
    ["'", &text.replace('\'', "''"), "'"].concat()
}

/// A text that the template engine takes as it is: it evaluates what is in brackets.
fn escaped(text: &str) -> String {
    let evaluated = text.starts_with('[') && text.ends_with(']');
    [if evaluated { "[" } else { "" }, text].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracketed_text_is_kept_from_evaluation() {
        let written = |text: &str| json(&EmittedValue::from(text));
        assert_eq!(written("[x]"), json!("[[x]"));
        assert_eq!(written("[x"), json!("[x"));
        assert_eq!(written("[[x]"), json!("[[[x]"));
    }

    #[test]
    fn a_quote_inside_an_expression_is_doubled() {
        let id = EmittedId::new(IdKind::IpGroup, &["it's"]);
        assert_eq!(resource_id(&id), json!("[resourceId('Microsoft.Network/ipGroups','it''s')]"));
    }
}
