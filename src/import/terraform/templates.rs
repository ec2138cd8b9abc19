//! Templates that Terraform deploys: `azurerm_resource_group_template_deployment` and its kin.
//!
//! Source: hashicorp/terraform-provider-azurerm, docs of v4: `template_content` and `parameters_content` are JSON texts,
//! `template_spec_version_id` names a template that is elsewhere.

use crate::json::{Json, Map, MemberName};

use super::shape;
use super::values::PlannedResource;
use crate::import::assemble::FoundParts;
use crate::import::fault::{ImportFault, quoted};
use crate::import::{arm, json, parameter};
use crate::model::{AssumptionKind, Bearing, ResourceId, Scope};
use crate::template::{GivenParameters, TemplateNode};

const KINDS: [&str; 5] = [
    "azurerm_resource_group_template_deployment",
    "azurerm_subscription_template_deployment",
    "azurerm_management_group_template_deployment",
    "azurerm_tenant_template_deployment",
    // Gone since version 3.
    "azurerm_template_deployment",
];

/// Whether a resource of that type deploys a template.
pub(super) fn is_one(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// Reads the template that the resource deploys. One that is elsewhere or not known is told.
pub(super) fn read(of: &PlannedResource<'_>, found: &mut FoundParts) -> Result<(), ImportFault> {
    let PlannedResource { address, values, .. } = of;
    let text = |names: &[&str]| names.iter().find_map(|name| stated(values, name));
    let omit = |kind: AssumptionKind, why: &str| {
        let message = format!("the template of {} is not read, and may hold rules: {why}", quoted(address));
        found.notes().tell(kind, Bearing::EveryFlow, address.clone(), message);
    };
    let template = match text(&["template_content", "template_body"]) {
        Some(TemplateNode::Text(template)) => template,
        Some(_) => {
            omit(AssumptionKind::Unknown, "only `terraform apply` knows it");
            return Ok(());
        }
        None => {
            omit(AssumptionKind::Omitted, &elsewhere(values));
            return Ok(());
        }
    };
    let at = format!("{address}.template_content");
    let mut template = object(template, &at)?;
    let given = match text(&["parameters_content", "parameters_body", "parameters"]) {
        None => Vec::new(),
        Some(TemplateNode::Text(parameters)) => {
            parameter::values(object(parameters, &format!("{address}.parameters_content"))?)?
        }
        Some(TemplateNode::Object(entries)) => {
            texts(entries).into_iter().map(|(name, value)| (name, GivenParameters::Value(value))).collect()
        }
        Some(_) => {
            arm::forget_defaults(&mut template);
            let message = format!("the parameters of {} are not known", quoted(address));
            found.notes().tell(AssumptionKind::Unknown, Bearing::NoFlow, address.clone(), message);
            Vec::new()
        }
    };
    let around = found.enter(scope(values));
    let read = arm::read_at(template, &given, &at, found);
    found.enter(around);
    read
}

fn stated<'n>(values: &'n TemplateNode, name: &str) -> Option<&'n TemplateNode> {
    shape::get(values, name).filter(|value| !value.is_absent())
}

fn elsewhere(values: &TemplateNode) -> String {
    match stated(values, "template_spec_version_id") {
        Some(TemplateNode::Text(id)) => format!("it is the template spec {}", quoted(id)),
        Some(_) => "it is a template spec".to_owned(),
        None => "none is stated".to_owned(),
    }
}

fn object(text: &str, at: &str) -> Result<Map, ImportFault> {
    match json::parse(text).map_err(|fault| ImportFault::at(at, fault.message))? {
        Json::Object(object) => Ok(object),
        _ => Err(ImportFault::at(at, "expected a JSON object")),
    }
}

/// The parameters of the oldest of them, which are texts.
fn texts(entries: &[(MemberName, TemplateNode)]) -> Vec<(String, Json)> {
    let text = |(name, value): &(MemberName, TemplateNode)| match value {
        TemplateNode::Text(text) => Some((name.to_string(), Json::String(text.clone()))),
        _ => None,
    };
    entries.iter().filter_map(text).collect()
}

fn scope(values: &TemplateNode) -> Scope {
    if let Some(TemplateNode::Text(id)) = stated(values, "id")
        && let Some(id) = ResourceId::parse(id)
    {
        return id.scope;
    }
    let group = match stated(values, "resource_group_name") {
        Some(TemplateNode::Text(group)) => Some(group.as_str().into()),
        Some(_) | None => None,
    };
    Scope { resource_group: group, ..Scope::default() }
}
