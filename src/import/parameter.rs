//! The parameters of templates: what files give, and what a template takes.

use std::collections::{HashMap, HashSet};

use crate::json::{Map, Name, Value};
use indexmap::IndexMap;

use super::fault::{Fault, quoted};
use crate::net::same_word;
use crate::template::Given;

/// The parameters that a template declares, by their names.
pub(super) type Declared = IndexMap<String, Value>;

pub(super) fn declared(template: &Map) -> Declared {
    let parameters = template.get("parameters").and_then(Value::as_object);
    parameters.into_iter().flatten().map(|(name, parameter)| (name.to_string(), without_default(parameter))).collect()
}

fn without_default(parameter: &Value) -> Value {
    let kept = |(key, _): &(&Name, &Value)| *key == "type" || *key == "allowedValues";
    let entries = parameter.as_object().into_iter().flatten().filter(kept);
    Value::Object(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// The values that a parameter file gives. A secret of a key vault takes the place of a default, and is not known.
///
/// Source: Microsoft Learn, "Use Azure Key Vault to pass secure parameter value during deployment".
pub(super) fn given(file: Value) -> Result<Vec<(String, Given)>, Fault> {
    let Some(Value::Object(parameters)) = property(file, "parameters") else {
        return Err(Fault::at("$", "expected a parameter file: an object with `parameters`"));
    };
    values(parameters)
}

/// The values of `{"name": {"value": …}}`.
pub(super) fn values(parameters: Map) -> Result<Vec<(String, Given)>, Fault> {
    let values = parameters.into_iter().map(|(name, parameter)| {
        let name = name.to_string();
        let is_secret = parameter.get("reference").is_some();
        match property(parameter, "value") {
            Some(value) => Ok((name, Given::Value(value))),
            None if is_secret => Ok((name, Given::Secret)),
            None => Err(Fault::at(path(&name), "expected `value`, or `reference` to a secret of a key vault")),
        }
    });
    values.collect()
}

fn property(of: Value, name: &str) -> Option<Value> {
    match of {
        Value::Object(mut entries) => entries.remove(name),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// Where a parameter file gives a value.
pub(super) fn path(name: &str) -> String {
    format!("$.parameters.{name}")
}

/// Refuses a value of another type than the parameter's, and one that the template does not allow.
///
/// Source: Microsoft Learn, "Parameters in ARM templates".
pub(super) fn check(declared: &Declared, given: &[(String, Given)]) -> Result<(), Fault> {
    let by_name: HashMap<String, &Value> =
        declared.iter().map(|(name, parameter)| (name.to_ascii_lowercase(), parameter)).collect();
    for (name, given) in given {
        let Given::Value(value) = given else { continue };
        let Some(parameter) = by_name.get(&name.to_ascii_lowercase()) else { continue };
        let at = || format!("$.parameters.{name}");
        let kind = parameter.get("type").and_then(Value::as_str).unwrap_or_default();
        if !takes(kind, value) {
            let found = quoted(&value.to_string());
            return Err(Fault::at(at(), format!("parameter {} is of type `{kind}`, found {found}", quoted(name))));
        }
        let allowed = parameter.get("allowedValues").and_then(Value::as_array);
        if let Some(allowed) = allowed.filter(|allowed| !is_allowed(value, allowed)) {
            let all = listed(allowed.iter().map(Value::to_string));
            let message = format!("parameter {} is given {}", quoted(name), quoted(&value.to_string()));
            return Err(Fault::at(at(), format!("{message}, expected one of {all}")));
        }
    }
    Ok(())
}

/// Whether a parameter of the type takes the value. Texts that are written for numbers and truth values are taken.
fn takes(kind: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(_) => !["string", "securestring", "int", "bool", "object", "secureobject"]
            .iter()
            .any(|other| same_word(other, kind)),
        Value::Object(_) => {
            !["string", "securestring", "int", "bool", "array"].iter().any(|other| same_word(other, kind))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            !["array", "object", "secureobject"].iter().any(|other| same_word(other, kind))
        }
    }
}

/// Of a list, each item may be one of the allowed values.
fn is_allowed(value: &Value, allowed: &[Value]) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) if !allowed.contains(value) => {
            let known: HashSet<String> = allowed.iter().map(Value::to_string).collect();
            items.iter().all(|item| known.contains(&item.to_string()))
        }
        Value::Array(_) => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => allowed.contains(value),
    }
}

/// The first few of `all`.
pub(super) fn listed(all: impl ExactSizeIterator<Item = String>) -> String {
    const MOST: usize = 12;
    let more = if all.len() > MOST { ", …" } else { "" };
    let few: Vec<String> = all.take(MOST).map(|one| quoted(&one)).collect();
    few.join(", ") + more
}
