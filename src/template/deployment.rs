//! The parts of a template that its expressions can name, taken out of it.

use crate::json::{Json, Map, MemberName};

use crate::net::same_word;

/// How many levels of deployments within each other are kept for what they put out.
const LEVELS: usize = 6;

/// What expressions can name, as it is written.
#[derive(Clone, Default)]
pub(super) struct Sections {
    pub parameters: Map,
    pub variables: Map,
    pub functions: Json,
    pub outputs: Map,
    /// The deployments that it nests, and those that are nested in these and evaluated in its scope.
    pub deployments: Vec<NestedDeployment>,
}

/// A nested deployment.
#[derive(Clone)]
pub(super) struct NestedDeployment {
    /// Its name among the resources, where they are an object.
    pub symbol: Option<String>,
    /// Everything but its template.
    pub resource: Map,
    pub template: Sections,
    pub is_inner: bool,
}

impl Sections {
    /// Takes the parts out of a template; its resources stay.
    pub(super) fn take(template: &mut Map) -> Self {
        let mut section = |name: &str| template.remove(name);
        Self {
            parameters: object(section("parameters")),
            variables: object(section("variables")),
            functions: section("functions").unwrap_or_default(),
            outputs: object(section("outputs")),
            deployments: nested(template.get("resources"), LEVELS),
        }
    }

    /// The parts of a template, copied.
    fn of(template: &Map, levels: usize) -> Self {
        let section = |name: &str| template.get(name).cloned();
        Self {
            parameters: object(section("parameters")),
            variables: object(section("variables")),
            functions: section("functions").unwrap_or_default(),
            outputs: object(section("outputs")),
            deployments: nested(template.get("resources"), levels),
        }
    }
}

impl NestedDeployment {
    fn of(symbol: Option<&MemberName>, resource: &Map, levels: usize) -> Option<Self> {
        let levels = levels.checked_sub(1)?;
        let kind = resource.get("type")?.as_str()?;
        if !same_word(kind, "Microsoft.Resources/deployments") {
            return None;
        }
        let properties = resource.get("properties")?.as_object()?;
        let template = properties.get("template")?.as_object()?;
        let without = |of: &Map, name: &str| -> Map {
            of.iter().filter(|(key, _)| *key != name).map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let mut copy = without(resource, "properties");
        copy.insert("properties".to_owned(), Json::Object(without(properties, "template")));
        let is_inner = is_inner(properties);
        Some(Self {
            symbol: symbol.map(MemberName::to_string),
            resource: copy,
            template: Sections::of(template, levels),
            is_inner,
        })
    }

    pub(super) fn properties(&self) -> Option<&Map> {
        self.resource.get("properties")?.as_object()
    }
}

/// Whether the nested template's expressions name its own parameters and variables.
pub(super) fn is_inner(properties: &Map) -> bool {
    let scope = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope"));
    scope.and_then(Json::as_str).is_some_and(|scope| same_word(scope, "inner"))
}

fn nested(resources: Option<&Json>, levels: usize) -> Vec<NestedDeployment> {
    let mut all = Vec::new();
    match resources {
        Some(Json::Array(items)) => items.iter().for_each(|item| add(None, item, levels, &mut all)),
        Some(Json::Object(entries)) => entries.iter().for_each(|(name, item)| add(Some(name), item, levels, &mut all)),
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) | None => {}
    }
    all
}

/// What is nested in a deployment of the outer scope is evaluated in that scope, too.
fn add(symbol: Option<&MemberName>, resource: &Json, levels: usize, all: &mut Vec<NestedDeployment>) {
    let Some(mut deployment) = resource.as_object().and_then(|resource| NestedDeployment::of(symbol, resource, levels))
    else {
        return;
    };
    if !deployment.is_inner {
        all.append(&mut deployment.template.deployments);
    }
    // Nothing can be asked of one that puts nothing out.
    if !deployment.template.outputs.is_empty() {
        all.push(deployment);
    }
}

fn object(value: Option<Json>) -> Map {
    match value {
        Some(Json::Object(object)) => object,
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_)) | None => Map::new(),
    }
}
