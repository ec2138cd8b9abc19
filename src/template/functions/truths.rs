//! Functions that answer with a truth value.
//!
//! Source: Microsoft Learn, "Logical functions for Azure Resource Manager templates", page of 2019-04-15, "Comparison functions
//! for ARM templates", page of 2021-05-11, and "Array functions for ARM templates", page of 2020-10-21.

use super::super::budget::TemplateBudget;
use super::super::value::{TemplateValue, UnknownRest};
use super::argument::{FunctionResult, FunctionStop, integer, printed, text, truth};
use super::equal::equal;
use super::prefix::{prefix, suffix};

pub(super) fn call(name: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> Option<FunctionResult> {
    let made = match (name, arguments) {
        ("true", []) => Ok(true),
        ("false", []) => Ok(false),
        ("not", [value]) => truth(value).map(|value| !value),
        ("bool", [value]) => to_bool(value),
        ("equals", [a, b]) => equal(a, b, budget).and_then(|equal| equal.ok_or(FunctionStop::Unknown)),
        ("empty", [value]) => is_empty(value),
        ("contains", [of, value]) => contains(of, value, budget),
        ("startswith", [of, part]) => starts_with(of, part),
        ("endswith", [of, part]) => ends_with(of, part),
        ("less", [a, b]) => less(a, b),
        ("greater", [a, b]) => less(b, a),
        ("lessorequals", [a, b]) => less(b, a).map(|less| !less),
        ("greaterorequals", [a, b]) => less(a, b).map(|less| !less),
        _ => return None,
    };
    Some(made.map(TemplateValue::Bool))
}

/// `true` and `false` in any case, 1 and 0.
fn to_bool(value: &TemplateValue) -> Result<bool, FunctionStop> {
    match value {
        TemplateValue::Bool(value) => Ok(*value),
        TemplateValue::Number(_) => match integer(value)? {
            0 => Ok(false),
            1 => Ok(true),
            number => FunctionStop::refused(format!("{number} is no truth value")),
        },
        _ => {
            let text = text(value)?;
            let parsed = text.to_ascii_lowercase().parse();
            parsed.or_else(|_| FunctionStop::refused(format!("`{text}` is no truth value")))
        }
    }
}

fn is_empty(value: &TemplateValue) -> Result<bool, FunctionStop> {
    match value {
        TemplateValue::Null => Ok(true),
        TemplateValue::Text(text) => Ok(text.is_empty()),
        TemplateValue::List(list) => Ok(list.items.is_empty()),
        TemplateValue::Object(object) => Ok(object.entries.is_empty()),
        TemplateValue::Id(_) => Ok(false),
        TemplateValue::Unknown(rest) if has_known_part(rest) => Ok(false),
        TemplateValue::Unknown(_) => Err(FunctionStop::Unknown),
        TemplateValue::Bool(_) | TemplateValue::Number(_) => {
            FunctionStop::refused(format!("expected a list, an object or a text, found {}", value.described()))
        }
    }
}

/// Whether something that is not empty is put together with what is unknown.
fn has_known_part(rest: &UnknownRest) -> bool {
    known_parts(rest).any(|part| is_empty(part) == Ok(false))
}

/// The values that are put together with what is unknown.
fn known_parts(rest: &UnknownRest) -> impl Iterator<Item = &TemplateValue> {
    let parts = rest.arguments_of("concat").or_else(|| rest.arguments_of("union")).unwrap_or_default();
    parts.iter().filter(|part| !matches!(part, TemplateValue::Unknown(_)))
}

/// Texts are searched with regard to case, names of properties without.
fn contains(of: &TemplateValue, value: &TemplateValue, budget: &TemplateBudget) -> Result<bool, FunctionStop> {
    match of {
        TemplateValue::List(list) => any_equal(&list.items, value, budget)?.ok_or(FunctionStop::Unknown),
        TemplateValue::Object(object) => Ok(object.get(&printed(value)?).is_some()),
        TemplateValue::Text(text) => {
            let part = printed(value)?;
            budget.steps((text.len() / 64).saturating_add(1))?;
            Ok(text.contains(&*part))
        }
        TemplateValue::Unknown(rest) => {
            let holds = known_parts(rest).any(|part| contains(part, value, budget) == Ok(true));
            if holds { Ok(true) } else { Err(FunctionStop::Unknown) }
        }
        TemplateValue::Id(_) => Err(FunctionStop::Unknown),
        TemplateValue::Null | TemplateValue::Bool(_) | TemplateValue::Number(_) => {
            FunctionStop::refused(format!("expected a list, an object or a text, found {}", of.described()))
        }
    }
}

/// Whether any item is `value`.
pub(super) fn any_equal(
    items: &[TemplateValue],
    value: &TemplateValue,
    budget: &TemplateBudget,
) -> Result<Option<bool>, FunctionStop> {
    let mut any = Some(false);
    for item in items {
        match equal(item, value, budget)? {
            Some(true) => return Ok(Some(true)),
            Some(false) => {}
            None => any = None,
        }
    }
    Ok(any)
}

fn starts_with(of: &TemplateValue, part: &TemplateValue) -> Result<bool, FunctionStop> {
    let part = text(part)?.to_lowercase();
    match of {
        TemplateValue::Unknown(rest) => {
            begins(&prefix(rest).to_lowercase(), &part, |text, part| text.starts_with(part))
        }
        _ => Ok(text(of)?.to_lowercase().starts_with(&part)),
    }
}

fn ends_with(of: &TemplateValue, part: &TemplateValue) -> Result<bool, FunctionStop> {
    let part = text(part)?.to_lowercase();
    match of {
        TemplateValue::Unknown(rest) => begins(&suffix(rest).to_lowercase(), &part, |text, part| text.ends_with(part)),
        _ => Ok(text(of)?.to_lowercase().ends_with(&part)),
    }
}

/// Whether a text of which `known` is its beginning (or end) has `part` there.
fn begins(known: &str, part: &str, is_at: fn(&str, &str) -> bool) -> Result<bool, FunctionStop> {
    if is_at(known, part) {
        return Ok(true);
    }
    if is_at(part, known) { Err(FunctionStop::Unknown) } else { Ok(false) }
}

/// Integers by their size. Texts as in a dictionary: of two that differ in case only, the one with the small letter first. What
/// signs do to that order is not documented, but for those of addresses.
fn less(a: &TemplateValue, b: &TemplateValue) -> Result<bool, FunctionStop> {
    match (a, b) {
        (TemplateValue::Unknown(_), _) | (_, TemplateValue::Unknown(_)) => Err(FunctionStop::Unknown),
        (TemplateValue::Number(_), _) | (_, TemplateValue::Number(_)) => Ok(integer(a)? < integer(b)?),
        _ => {
            let (a, b) = (text(a)?, text(b)?);
            let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte));
            if a != b && !(is_plain(a) && is_plain(b)) {
                return FunctionStop::refused(format!("which of `{a}` and `{b}` is less is not documented"));
            }
            let (small, other) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
            // Small letters come after capitals in ASCII, and before them in a dictionary.
            Ok(if small == other { **a > **b } else { small < other })
        }
    }
}
