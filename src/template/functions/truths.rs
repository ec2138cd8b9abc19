//! Functions that answer with a truth value.
//!
//! Source: Microsoft Learn, "Logical functions for Azure Resource Manager templates", page of 2019-04-15, "Comparison functions
//! for ARM templates", page of 2021-05-11, and "Array functions for ARM templates", page of 2020-10-21.

use super::super::budget::Budget;
use super::super::value::{Rest, Value};
use super::argument::{Made, Stop, integer, printed, text, truth};
use super::equal::equal;
use super::prefix::{prefix, suffix};

pub(super) fn call(name: &str, arguments: &[Value], budget: &Budget) -> Option<Made> {
    let made = match (name, arguments) {
        ("true", []) => Ok(true),
        ("false", []) => Ok(false),
        ("not", [value]) => truth(value).map(|value| !value),
        ("bool", [value]) => to_bool(value),
        ("equals", [a, b]) => equal(a, b, budget).and_then(|equal| equal.ok_or(Stop::Unknown)),
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
    Some(made.map(Value::Bool))
}

/// `true` and `false` in any case, 1 and 0.
fn to_bool(value: &Value) -> Result<bool, Stop> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::Number(_) => match integer(value)? {
            0 => Ok(false),
            1 => Ok(true),
            number => Stop::refused(format!("{number} is no truth value")),
        },
        _ => {
            let text = text(value)?;
            let parsed = text.to_ascii_lowercase().parse();
            parsed.or_else(|_| Stop::refused(format!("`{text}` is no truth value")))
        }
    }
}

fn is_empty(value: &Value) -> Result<bool, Stop> {
    match value {
        Value::Null => Ok(true),
        Value::Text(text) => Ok(text.is_empty()),
        Value::List(list) => Ok(list.items.is_empty()),
        Value::Object(object) => Ok(object.entries.is_empty()),
        Value::Id(_) => Ok(false),
        Value::Unknown(rest) if has_known_part(rest) => Ok(false),
        Value::Unknown(_) => Err(Stop::Unknown),
        Value::Bool(_) | Value::Number(_) => {
            Stop::refused(format!("expected a list, an object or a text, found {}", value.described()))
        }
    }
}

/// Whether something that is not empty is put together with what is unknown.
fn has_known_part(rest: &Rest) -> bool {
    known_parts(rest).any(|part| is_empty(part) == Ok(false))
}

/// The values that are put together with what is unknown.
fn known_parts(rest: &Rest) -> impl Iterator<Item = &Value> {
    let parts = rest.arguments_of("concat").or_else(|| rest.arguments_of("union")).unwrap_or_default();
    parts.iter().filter(|part| !matches!(part, Value::Unknown(_)))
}

/// Texts are searched with regard to case, names of properties without.
fn contains(of: &Value, value: &Value, budget: &Budget) -> Result<bool, Stop> {
    match of {
        Value::List(list) => any_equal(&list.items, value, budget)?.ok_or(Stop::Unknown),
        Value::Object(object) => Ok(object.get(&printed(value)?).is_some()),
        Value::Text(text) => {
            let part = printed(value)?;
            budget.steps((text.len() / 64).saturating_add(1))?;
            Ok(text.contains(&*part))
        }
        Value::Unknown(rest) => {
            let holds = known_parts(rest).any(|part| contains(part, value, budget) == Ok(true));
            if holds { Ok(true) } else { Err(Stop::Unknown) }
        }
        Value::Id(_) => Err(Stop::Unknown),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            Stop::refused(format!("expected a list, an object or a text, found {}", of.described()))
        }
    }
}

/// Whether any item is `value`.
pub(super) fn any_equal(items: &[Value], value: &Value, budget: &Budget) -> Result<Option<bool>, Stop> {
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

fn starts_with(of: &Value, part: &Value) -> Result<bool, Stop> {
    let part = text(part)?.to_lowercase();
    match of {
        Value::Unknown(rest) => begins(&prefix(rest).to_lowercase(), &part, |text, part| text.starts_with(part)),
        _ => Ok(text(of)?.to_lowercase().starts_with(&part)),
    }
}

fn ends_with(of: &Value, part: &Value) -> Result<bool, Stop> {
    let part = text(part)?.to_lowercase();
    match of {
        Value::Unknown(rest) => begins(&suffix(rest).to_lowercase(), &part, |text, part| text.ends_with(part)),
        _ => Ok(text(of)?.to_lowercase().ends_with(&part)),
    }
}

/// Whether a text of which `known` is its beginning (or end) has `part` there.
fn begins(known: &str, part: &str, is_at: fn(&str, &str) -> bool) -> Result<bool, Stop> {
    if is_at(known, part) {
        return Ok(true);
    }
    if is_at(part, known) { Err(Stop::Unknown) } else { Ok(false) }
}

/// Integers by their size. Texts as in a dictionary: of two that differ in case only, the one with the small letter first. What
/// signs do to that order is not documented, but for those of addresses.
fn less(a: &Value, b: &Value) -> Result<bool, Stop> {
    match (a, b) {
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => Err(Stop::Unknown),
        (Value::Number(_), _) | (_, Value::Number(_)) => Ok(integer(a)? < integer(b)?),
        _ => {
            let (a, b) = (text(a)?, text(b)?);
            let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte));
            if a != b && !(is_plain(a) && is_plain(b)) {
                return Stop::refused(format!("which of `{a}` and `{b}` is less is not documented"));
            }
            let (small, other) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
            // Small letters come after capitals in ASCII, and before them in a dictionary.
            Ok(if small == other { **a > **b } else { small < other })
        }
    }
}
