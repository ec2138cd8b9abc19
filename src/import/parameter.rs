//! The parameters of templates: what files give, and what a template takes.

use std::collections::{HashMap, HashSet};

use crate::json::{Json, Map, MemberName};
use indexmap::IndexMap;

use super::fault::{ImportFault, quoted};
use crate::net::same_word;
use crate::template::GivenParameters;

/// The parameters that a template declares, by their names.
pub(super) type DeclaredParameters = IndexMap<String, Json>;

pub(super) fn declared(template: &Map) -> DeclaredParameters {
    let parameters = template.get("parameters").and_then(Json::as_object);
    parameters.into_iter().flatten().map(|(name, parameter)| (name.to_string(), without_default(parameter))).collect()
}

fn without_default(parameter: &Json) -> Json {
    let kept = |(key, _): &(&MemberName, &Json)| *key == "type" || *key == "allowedValues";
    let entries = parameter.as_object().into_iter().flatten().filter(kept);
    Json::Object(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// The values that a parameter file gives. A secret of a key vault takes the place of a default, and is not known.
///
/// Source: Microsoft Learn, "Use Azure Key Vault to pass secure parameter value during deployment".
pub(super) fn given(file: Json) -> Result<Vec<(String, GivenParameters)>, ImportFault> {
    let Some(Json::Object(parameters)) = property(file, "parameters") else {
        return Err(ImportFault::at("$", "expected a parameter file: an object with `parameters`"));
    };
    values(parameters)
}

/// The values of `{"name": {"value": …}}`.
pub(super) fn values(parameters: Map) -> Result<Vec<(String, GivenParameters)>, ImportFault> {
    let values = parameters.into_iter().map(|(name, parameter)| {
        let name = name.to_string();
        let is_secret = parameter.get("reference").is_some();
        match property(parameter, "value") {
            Some(value) => Ok((name, GivenParameters::Value(value))),
            None if is_secret => Ok((name, GivenParameters::Secret)),
            None => Err(ImportFault::at(path(&name), "expected `value`, or `reference` to a secret of a key vault")),
        }
    });
    values.collect()
}

fn property(of: Json, name: &str) -> Option<Json> {
    match of {
        Json::Object(mut entries) => entries.remove(name),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
    }
}

/// Where a parameter file gives a value.
pub(super) fn path(name: &str) -> String {
    format!("$.parameters.{name}")
}

/// Refuses a value of another type than the parameter's, and one that the template does not allow.
///
/// Source: Microsoft Learn, "Parameters in ARM templates".
pub(super) fn check(declared: &DeclaredParameters, given: &[(String, GivenParameters)]) -> Result<(), ImportFault> {
    let by_name: HashMap<String, &Json> =
        declared.iter().map(|(name, parameter)| (name.to_ascii_lowercase(), parameter)).collect();
    for (name, given) in given {
        let GivenParameters::Value(value) = given else { continue };
        let Some(parameter) = by_name.get(&name.to_ascii_lowercase()) else { continue };
        let at = || format!("$.parameters.{name}");
        let kind = parameter.get("type").and_then(Json::as_str).unwrap_or_default();
        if !takes(kind, value) {
            let found = quoted(&value.to_string());
            return Err(ImportFault::at(
                at(),
                format!("parameter {} is of type `{kind}`, found {found}", quoted(name)),
            ));
        }
        let allowed = parameter.get("allowedValues").and_then(Json::as_array);
        if let Some(allowed) = allowed.filter(|allowed| !is_allowed(value, allowed)) {
            let all = listed(allowed.iter().map(Json::to_string));
            let message = format!("parameter {} is given {}", quoted(name), quoted(&value.to_string()));
            return Err(ImportFault::at(at(), format!("{message}, expected one of {all}")));
        }
    }
    Ok(())
}

/// Whether a parameter of the type takes the value. Texts that are written for numbers and truth values are taken.
fn takes(kind: &str, value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(_) => !["string", "securestring", "int", "bool", "object", "secureobject"]
            .iter()
            .any(|other| same_word(other, kind)),
        Json::Object(_) => {
            !["string", "securestring", "int", "bool", "array"].iter().any(|other| same_word(other, kind))
        }
        Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            !["array", "object", "secureobject"].iter().any(|other| same_word(other, kind))
        }
    }
}

/// Of a list, each item may be one of the allowed values.
fn is_allowed(value: &Json, allowed: &[Json]) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) if !allowed.contains(value) => {
            let known: HashSet<String> = allowed.iter().map(Json::to_string).collect();
            items.iter().all(|item| known.contains(&item.to_string()))
        }
        Json::Array(_) => true,
        Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => allowed.contains(value),
    }
}

/// The first few of `all`.
pub(super) fn listed(all: impl ExactSizeIterator<Item = String>) -> String {
    const MOST: usize = 12;
    let more = if all.len() > MOST { ", …" } else { "" };
    let few: Vec<String> = all.take(MOST).map(|one| quoted(&one)).collect();
    few.join(", ") + more
}
