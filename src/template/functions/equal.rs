//! Whether two values are one.

use std::rc::Rc;

use super::super::budget::TemplateBudget;
use super::super::value::{TemplateId, TemplateValue, UnknownRest, ValueObject};
use super::argument::FunctionStop;
use super::prefix::{prefix, suffix};
use crate::net::same_word;

/// How big what remains may be for it to be looked into.
const LONGEST: usize = 10_000;

/// Whether `a` and `b` are equal; `None` where that depends on what is not known, or is not documented.
///
/// Source: Microsoft Learn, "Comparison functions for ARM templates", equals, page of 2021-05-11: texts are compared with regard to
/// case. Whether names of properties that differ in case only are one is not documented, nor whether 1 is 1.0.
///
/// # Errors
/// Where the comparison takes too long.
pub(in crate::template) fn equal(
    a: &TemplateValue,
    b: &TemplateValue,
    budget: &TemplateBudget,
) -> Result<Option<bool>, FunctionStop> {
    let size = |value: &TemplateValue| match value {
        TemplateValue::Unknown(rest) => rest.size().min(LONGEST) / 64,
        _ => 1,
    };
    budget.steps(size(a).saturating_add(size(b)))?;
    Ok(match (a, b) {
        (TemplateValue::Unknown(a), TemplateValue::Unknown(b)) if Rc::ptr_eq(a, b) || same_rest(a, b) => Some(true),
        (TemplateValue::Unknown(rest), TemplateValue::Text(text))
        | (TemplateValue::Text(text), TemplateValue::Unknown(rest)) => may_be(rest, text),
        (TemplateValue::Unknown(_), _) | (_, TemplateValue::Unknown(_)) => None,
        (TemplateValue::Null, TemplateValue::Null) => Some(true),
        (TemplateValue::Bool(a), TemplateValue::Bool(b)) => Some(a == b),
        (TemplateValue::Number(a), TemplateValue::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a == b),
            _ if a == b => Some(true),
            _ => (a.as_f64() != b.as_f64()).then_some(false),
        },
        (TemplateValue::Text(a), TemplateValue::Text(b)) => Some(a == b),
        (TemplateValue::Id(id), TemplateValue::Text(text)) | (TemplateValue::Text(text), TemplateValue::Id(id)) => {
            may_be_id(id, text)
        }
        (TemplateValue::Id(a), TemplateValue::Id(b)) => equal_ids(a, b, budget)?,
        (TemplateValue::List(a), TemplateValue::List(b)) => {
            if a.items.len() != b.items.len() {
                return Ok(Some(false));
            }
            all(a.items.iter().zip(&b.items), budget)?
        }
        (TemplateValue::Object(a), TemplateValue::Object(b)) => equal_objects(a, b, budget)?,
        (
            TemplateValue::Null
            | TemplateValue::Bool(_)
            | TemplateValue::Number(_)
            | TemplateValue::Text(_)
            | TemplateValue::Id(_)
            | TemplateValue::List(_)
            | TemplateValue::Object(_),
            _,
        ) => Some(false),
    })
}

/// Whether all pairs are equal: one that is not settles it.
fn all<'v>(
    pairs: impl Iterator<Item = (&'v TemplateValue, &'v TemplateValue)>,
    budget: &TemplateBudget,
) -> Result<Option<bool>, FunctionStop> {
    let mut whole = Some(true);
    for (a, b) in pairs {
        match equal(a, b, budget)? {
            Some(false) => return Ok(Some(false)),
            Some(true) => {}
            None => whole = None,
        }
    }
    Ok(whole)
}

fn equal_objects(a: &ValueObject, b: &ValueObject, budget: &TemplateBudget) -> Result<Option<bool>, FunctionStop> {
    if a.entries.len() != b.entries.len() {
        return Ok(Some(false));
    }
    let mut pairs = Vec::new();
    let mut same_case = true;
    for (key, value) in &a.entries {
        let Some(at) = b.position(key) else { return Ok(Some(false)) };
        let Some((other, of)) = b.entries.get(at) else { return Ok(Some(false)) };
        same_case &= key == other;
        pairs.push((value, of));
    }
    let values = all(pairs.into_iter(), budget)?;
    Ok(if same_case { values } else { values.filter(|equal| !equal) })
}

/// Ids of one place are equal where their types and names are.
fn equal_ids(a: &TemplateId, b: &TemplateId, budget: &TemplateBudget) -> Result<Option<bool>, FunctionStop> {
    if a.kind != b.kind && !same_word(&a.kind, &b.kind) || a.names.len() != b.names.len() {
        return Ok(Some(false));
    }
    let names = all(a.names.iter().zip(&b.names), budget)?;
    let same_place = Rc::ptr_eq(&a.place, &b.place) && a.group == b.group && a.kind == b.kind;
    Ok(if same_place { names } else { names.filter(|equal| !equal) })
}

/// Nothing but a whole id of the same type can be an id.
fn may_be_id(id: &TemplateId, text: &str) -> Option<bool> {
    let last = id.kind.rsplit('/').next().unwrap_or_default();
    let begins = text.get(..15).is_some_and(|start| same_word(start, "/subscriptions/"));
    let parts: Vec<&str> = text.split('/').collect();
    let has_type = parts.iter().rev().nth(1).is_some_and(|part| same_word(part, last));
    (!begins || !has_type).then_some(false)
}

/// What is known of the beginning and the end of an unknown text may exclude another; only what is short is looked at.
fn may_be(rest: &UnknownRest, text: &str) -> Option<bool> {
    if rest.size() > LONGEST {
        return None;
    }
    (!text.starts_with(&*prefix(rest)) || !text.ends_with(&*suffix(rest))).then_some(false)
}

/// Whether the same remains of both; only what is short is compared.
fn same_rest(a: &UnknownRest, b: &UnknownRest) -> bool {
    a.size() == b.size() && a.size() <= LONGEST && a.is_same(b)
}
