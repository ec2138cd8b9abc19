//! Functions of numbers.
//!
//! Source: Microsoft Learn, "Numeric functions for ARM templates", as of 05c11e58 of MicrosoftDocs/azure-docs.

use serde_json::Number;

use super::super::value::TemplateValue;
use super::argument::{FunctionResult, FunctionStop, integer, list, text};
use super::text16::length;

pub(super) fn call(name: &str, arguments: &[TemplateValue]) -> Option<FunctionResult> {
    if let ("float", [of]) = (name, arguments) {
        return Some(float(of));
    }
    let made = match (name, arguments) {
        ("length", [of]) => count(of),
        ("int", [of]) => int(of),
        ("add", [a, b]) => calculated(a, b, i64::checked_add),
        ("sub", [a, b]) => calculated(a, b, i64::checked_sub),
        ("mul", [a, b]) => calculated(a, b, i64::checked_mul),
        ("div", [a, b]) => calculated(a, b, i64::checked_div),
        ("mod", [a, b]) => calculated(a, b, i64::checked_rem),
        ("min", _) => integers(arguments).and_then(|all| some(all.into_iter().min())),
        ("max", _) => integers(arguments).and_then(|all| some(all.into_iter().max())),
        _ => return None,
    };
    Some(made.map(TemplateValue::number))
}

fn some(number: Option<i64>) -> Result<i64, FunctionStop> {
    number.map_or_else(|| FunctionStop::refused("there is no number"), Ok)
}

fn calculated(
    a: &TemplateValue,
    b: &TemplateValue,
    calculate: fn(i64, i64) -> Option<i64>,
) -> Result<i64, FunctionStop> {
    let (a, b) = (integer(a)?, integer(b)?);
    calculate(a, b).map_or_else(|| FunctionStop::refused(format!("{a} and {b} have no such result")), Ok)
}

/// Integers, or one list of them.
fn integers(arguments: &[TemplateValue]) -> Result<Vec<i64>, FunctionStop> {
    match arguments {
        [TemplateValue::List(list)] => list.items.iter().map(integer).collect(),
        _ => arguments.iter().map(integer).collect(),
    }
}

fn int(of: &TemplateValue) -> Result<i64, FunctionStop> {
    match of {
        TemplateValue::Number(_) => integer(of),
        _ => {
            let text = text(of)?;
            text.parse().or_else(|_| FunctionStop::refused(format!("`{text}` is no integer")))
        }
    }
}

fn float(of: &TemplateValue) -> FunctionResult {
    let number = match of {
        TemplateValue::Number(number) => number.as_f64(),
        _ => text(of)?.parse().ok(),
    };
    match number.and_then(Number::from_f64) {
        Some(number) => Ok(TemplateValue::Number(number)),
        None => FunctionStop::refused("`float` needs a number"),
    }
}

/// Items, properties, or the UTF-16 units of a text.
fn count(of: &TemplateValue) -> Result<i64, FunctionStop> {
    let count = match of {
        TemplateValue::Object(object) => object.entries.len(),
        TemplateValue::Text(text) => length(text),
        TemplateValue::Id(_) => return Err(FunctionStop::Unknown),
        _ => list(of)?.items.len(),
    };
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
