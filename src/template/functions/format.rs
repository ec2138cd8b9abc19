//! `format`, as .NET's `String.Format` works with the invariant culture.
//!
//! Source: Microsoft Learn, "String functions for ARM templates", format, page of 2022-02-11, which refers to "Composite
//! formatting" and "Standard numeric format strings" of .NET.

use super::super::budget::TemplateBudget;
use super::super::value::TemplateValue;
use super::argument::{FunctionResult, FunctionStop, printed};
use super::text16::length;

/// The pattern with `{0}`, `{1,5}`, `{2:D2}`, … replaced.
pub(super) fn formatted(pattern: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> FunctionResult {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(at);
        budget.bytes(before.len())?;
        text.push_str(before);
        if let Some(doubled) = after.strip_prefix("{{").or_else(|| after.strip_prefix("}}")) {
            text.push_str(after.get(..1).unwrap_or_default());
            rest = doubled;
            continue;
        }
        let Some((item, behind)) = after.strip_prefix('{').and_then(|after| after.split_once('}')) else {
            return FunctionStop::refused(format!("`{pattern}` has a brace without its other half"));
        };
        text.push_str(&placed(item, arguments, budget)?);
        rest = behind;
    }
    budget.bytes(rest.len())?;
    text.push_str(rest);
    Ok(TemplateValue::text(text))
}

/// What means `INDEX[,WIDTH][:FORM]`.
fn placed(item: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> Result<String, FunctionStop> {
    let (place, form) = item.split_once(':').unwrap_or((item, ""));
    let (index, width) = place.split_once(',').unwrap_or((place, "0"));
    let argument = index.trim().parse().ok().and_then(|index: usize| arguments.get(index));
    let (Some(argument), Ok(width)) = (argument, width.trim().parse::<i32>()) else {
        return FunctionStop::refused(format!("`{{{item}}}` refers to no argument"));
    };
    let text = match argument {
        TemplateValue::Number(number) if !form.is_empty() => match number.as_i64() {
            Some(number) => number_as(number, form, budget)?,
            None => return FunctionStop::refused(format!("the form `{form}` of {number} is not read")),
        },
        _ => printed(argument)?.to_string(),
    };
    let wide = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    let missing = wide.saturating_sub(length(&text));
    budget.bytes(missing.saturating_add(text.len()))?;
    let blank = " ".repeat(missing);
    Ok(if width < 0 { text + &blank } else { blank + &text })
}

/// An integer in the forms `D`, `N`, `F` and `X`, and in one of zeros.
fn number_as(number: i64, form: &str, budget: &TemplateBudget) -> Result<String, FunctionStop> {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    if form.bytes().all(|byte| byte == b'0') {
        return Ok([sign, &*zeros(&digits, form.len(), budget)?].concat());
    }
    let mut letters = form.chars();
    let letter = letters.next().unwrap_or_default();
    let wide: Option<usize> = match letters.as_str() {
        "" => None,
        precision => {
            Some(precision.parse().or_else(|_| FunctionStop::refused(format!("the form `{form}` is not read")))?)
        }
    };
    match letter {
        'D' | 'd' => Ok([sign, &*zeros(&digits, wide.unwrap_or(0), budget)?].concat()),
        'N' | 'n' => Ok([sign, &grouped(&digits), &decimals(wide, budget)?].concat()),
        'F' | 'f' => Ok([sign, &digits, &decimals(wide, budget)?].concat()),
        'X' if number >= 0 => Ok(zeros(&format!("{number:X}"), wide.unwrap_or(0), budget)?),
        'x' if number >= 0 => Ok(zeros(&format!("{number:x}"), wide.unwrap_or(0), budget)?),
        _ => FunctionStop::refused(format!("the form `{form}` is not read")),
    }
}

fn zeros(digits: &str, wide: usize, budget: &TemplateBudget) -> Result<String, FunctionStop> {
    let missing = wide.saturating_sub(digits.len());
    budget.bytes(missing)?;
    Ok("0".repeat(missing) + digits)
}

/// The zeros after the point: two where nothing is said.
fn decimals(wide: Option<usize>, budget: &TemplateBudget) -> Result<String, FunctionStop> {
    let wide = wide.unwrap_or(2);
    budget.bytes(wide)?;
    Ok(if wide == 0 { String::new() } else { ".".to_owned() + &"0".repeat(wide) })
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
