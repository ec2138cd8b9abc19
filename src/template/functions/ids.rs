//! Functions that make the ids of resources.
//!
//! Source: Microsoft Learn, "Resource functions for ARM templates".

use std::rc::Rc;

use super::super::rest::{call as remaining, member_of_place, refused_call};
use super::super::value::{TemplateId, TemplateValue, ValuePlace};
use super::argument::{FunctionResult, FunctionStop, listed, text};

pub(super) fn call(name: &str, arguments: &[TemplateValue]) -> Option<FunctionResult> {
    Some(match (name, arguments) {
        ("tenantresourceid", [_, _, ..]) => {
            path_of(arguments).map(|path| TemplateValue::text(format!("/providers/{path}")))
        }
        ("subscriptionresourceid", [_, _, ..]) => of_subscription(arguments),
        ("managementgroupresourceid", [group, rest @ ..]) if rest.len() > 1 => of_management_group(group, rest),
        ("extensionresourceid", [of, rest @ ..]) if rest.len() > 1 => {
            let of = text(of).cloned();
            of.and_then(|of| {
                Ok(TemplateValue::text(format!("{}/providers/{}", of.trim_end_matches('/'), path_of(rest)?)))
            })
        }
        _ => return None,
    })
}

fn is_kind(text: &str) -> bool {
    text.contains('/') && !text.starts_with('/')
}

fn of_subscription(arguments: &[TemplateValue]) -> FunctionResult {
    match arguments {
        [subscription, rest @ ..] if !is_kind(text(subscription)?) => {
            Ok(TemplateValue::text(format!("/subscriptions/{}/providers/{}", text(subscription)?, path_of(rest)?)))
        }
        _ => Err(FunctionStop::Unknown),
    }
}

fn of_management_group(group: &TemplateValue, rest: &[TemplateValue]) -> FunctionResult {
    let group = text(group)?;
    if is_kind(group) {
        return Err(FunctionStop::Unknown);
    }
    let of = "/providers/Microsoft.Management/managementGroups";
    Ok(TemplateValue::text(format!("{of}/{group}/providers/{}", path_of(rest)?)))
}

/// `Microsoft.Network/ipGroups/NAME`, of a type and the names of the resource and of those around it.
fn path_of(arguments: &[TemplateValue]) -> Result<String, FunctionStop> {
    let texts: Vec<&Rc<str>> = arguments.iter().map(text).collect::<Result<_, _>>()?;
    let Some((kind, names)) = texts.split_first() else { return FunctionStop::refused("expected a resource type") };
    require_names(kind, names.len())?;
    Ok(path(kind, names.iter().map(|name| &***name)))
}

/// Types have a part for each name.
pub(super) fn require_names(kind: &str, names: usize) -> Result<(), FunctionStop> {
    match kind.trim_end_matches('/').matches('/').count() {
        wanted if wanted == names && names > 0 => Ok(()),
        wanted => FunctionStop::refused(format!("`{kind}` needs {wanted} names, found {names}")),
    }
}

fn path<'n>(kind: &'n str, names: impl Iterator<Item = &'n str>) -> String {
    let mut parts = kind.trim_end_matches('/').split('/');
    let mut path = parts.next().unwrap_or_default().to_owned();
    for (part, name) in parts.zip(names) {
        path.push_str(&format!("/{part}/{}", name.trim_end_matches('/')));
    }
    path
}

/// The id `kind` and `names` of the subscription and the resource group.
pub(in crate::template) fn id_text(subscription: &str, group: &str, kind: &str, names: &[&str]) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{}", path(kind, names.iter().copied()))
}

/// The id of a resource: of a kind, with the names of it and of those around it, after what states where it is.
pub(in crate::template) fn resource_id(arguments: &[TemplateValue], place: &Rc<ValuePlace>) -> TemplateValue {
    made(arguments, place).unwrap_or_else(|stop| match stop {
        FunctionStop::Unknown => remaining("resourceId", arguments.to_vec()),
        FunctionStop::Refused(why) => refused_call("resourceId", arguments.to_vec(), why),
    })
}

fn made(arguments: &[TemplateValue], place: &Rc<ValuePlace>) -> FunctionResult {
    let is_type = |value: &TemplateValue| matches!(value, TemplateValue::Text(text) if is_kind(text));
    let Some(at) = arguments.iter().position(is_type) else {
        let is_known = arguments.iter().all(|argument| matches!(argument, TemplateValue::Text(_)));
        return if is_known { FunctionStop::refused("`resourceId` needs a type") } else { Err(FunctionStop::Unknown) };
    };
    let (before, rest) = arguments.split_at(at);
    let Some((kind, names)) = rest.split_first() else { return Err(FunctionStop::Unknown) };
    let kind: Rc<str> = text(kind)?.trim_end_matches('/').into();
    require_names(&kind, names.len())?;
    let (subscription, group) = match before {
        [] => (None, None),
        [group] => (None, Some(text(group)?)),
        [subscription, group] => (Some(text(subscription)?), Some(text(group)?)),
        _ => return FunctionStop::refused("`resourceId` takes a subscription, a resource group, a type and names"),
    };
    let place_text = |stated: &Option<TemplateValue>| match stated {
        Some(TemplateValue::Text(text)) => Some(Rc::clone(text)),
        Some(_) | None => None,
    };
    let whole = (
        subscription.cloned().or_else(|| place_text(&place.subscription)),
        group.cloned().or_else(|| place_text(&place.group)),
        names.iter().map(|name| text(name).map(|name| &**name)).collect::<Result<Vec<&str>, FunctionStop>>(),
    );
    match whole {
        (Some(subscription), Some(group), Ok(names)) => {
            Ok(TemplateValue::text(id_text(&subscription, &group, &kind, &names)))
        }
        (_, _, Err(refused @ FunctionStop::Refused(_))) => Err(refused),
        _ if subscription.is_some() => Err(FunctionStop::Unknown),
        _ => {
            let id = TemplateId { group: group.cloned(), kind, names: names.to_vec(), place: Rc::clone(place) };
            Ok(TemplateValue::Id(Rc::new(id)))
        }
    }
}

/// The parts of an id between its slashes: those that the template states, and two that it may not.
pub(super) fn parts(id: &TemplateId, by: &str) -> FunctionResult {
    if by != "/" {
        return Err(FunctionStop::Unknown);
    }
    let subscription = match &id.place.subscription {
        Some(stated) => stated.clone(),
        None => member_of_place("subscription", "subscriptionId", &id.place),
    };
    let group = match (&id.group, &id.place.group) {
        (Some(group), _) => TemplateValue::Text(Rc::clone(group)),
        (None, Some(group)) => group.clone(),
        (None, None) => member_of_place("resourceGroup", "name", &id.place),
    };
    let mut parts: Vec<TemplateValue> = ["", "subscriptions"].map(TemplateValue::text).into();
    parts.extend([subscription, TemplateValue::text("resourceGroups"), group, TemplateValue::text("providers")]);
    let mut kind = id.kind.trim_end_matches('/').split('/');
    parts.extend(kind.next().map(TemplateValue::text));
    for (part, name) in kind.zip(&id.names) {
        parts.extend([TemplateValue::text(part), name.clone()]);
    }
    listed(parts)
}
