//! Functions of texts.
//!
//! Source: Microsoft Learn, "String functions for ARM templates", page of 2022-02-11.

use std::rc::Rc;

use serde_json::{Map, Value as Json};

use super::super::budget::TemplateBudget;
use super::super::value::TemplateValue;
use super::argument::{FunctionResult, FunctionStop, count_of, integer, list, listed, printed, text};
use super::format::formatted;
use super::text16::{length, slice, unit_at};

pub(super) fn call(name: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> Option<FunctionResult> {
    Some(match (name, arguments) {
        ("concat", [one]) => printed(one).map(TemplateValue::Text),
        ("concat", [_, ..]) => concat(arguments, budget),
        ("format", [pattern, rest @ ..]) => text(pattern).and_then(|pattern| formatted(pattern, rest, budget)),
        ("tolower", [of]) => changed(of, budget, str::to_lowercase),
        ("toupper", [of]) => changed(of, budget, str::to_uppercase),
        ("trim", [of]) => changed(of, budget, |text| text.trim().to_owned()),
        ("string", [of]) => string(of, budget),
        ("json", [of]) => text(of).and_then(|text| json(text, budget)),
        ("replace", [of, from, to]) => replaced(of, from, to, budget),
        ("join", [of, by]) => joined(of, by, budget),
        ("split", [TemplateValue::Id(id), by]) => text(by).and_then(|by| super::ids::parts(id, by)),
        ("split", [of, by]) => split(of, by, budget),
        ("substring", [of, from]) => substring(of, from, None),
        ("substring", [of, from, count]) => substring(of, from, Some(count)),
        ("first", [of]) => text(of).and_then(|text| cut(text, 0, length(text).min(1))),
        ("last", [of]) => text(of).and_then(|text| {
            let from = length(text).saturating_sub(1);
            cut(text, from, length(text).min(1))
        }),
        ("take", [of, count]) => text(of).and_then(|text| cut(text, 0, count_of(integer(count)?, length(text)))),
        ("skip", [of, count]) => text(of).and_then(|text| {
            let (all, from) = (length(text), count_of(integer(count)?, length(text)));
            cut(text, from, all.saturating_sub(from))
        }),
        ("padleft", [of, width]) => padded(of, width, &TemplateValue::text(" "), budget),
        ("padleft", [of, width, with]) => padded(of, width, with, budget),
        ("indexof", [of, part]) => position(of, part, |text, part| text.find(part)),
        ("lastindexof", [of, part]) => position(of, part, |text, part| text.rfind(part)),
        ("fail", [why]) => text(why).and_then(|why| FunctionStop::refused(format!("the template fails: {why}"))),
        _ => return None,
    })
}

/// A text of `size` bytes is made.
fn charge(size: usize, budget: &TemplateBudget) -> Result<(), FunctionStop> {
    Ok(budget.bytes(size)?)
}

fn concat(arguments: &[TemplateValue], budget: &TemplateBudget) -> FunctionResult {
    let texts: Vec<Rc<str>> = arguments.iter().map(printed).collect::<Result<_, _>>()?;
    charge(texts.iter().map(|text| text.len()).fold(0, usize::saturating_add), budget)?;
    Ok(TemplateValue::text(texts.concat()))
}

fn changed(of: &TemplateValue, budget: &TemplateBudget, change: fn(&str) -> String) -> FunctionResult {
    let text = text(of)?;
    charge(text.len(), budget)?;
    Ok(TemplateValue::text(change(text)))
}

fn replaced(of: &TemplateValue, from: &TemplateValue, to: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    let (of, from, to) = (text(of)?, text(from)?, text(to)?);
    if from.is_empty() {
        return FunctionStop::refused("`replace` needs a text that is to be replaced");
    }
    charge(of.len(), budget)?;
    charge(of.matches(&**from).count().saturating_mul(to.len()), budget)?;
    Ok(TemplateValue::text(of.replace(&**from, to)))
}

fn joined(of: &TemplateValue, by: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    let (items, by) = (&list(of)?.items, text(by)?);
    let texts: Vec<Rc<str>> = items.iter().map(printed).collect::<Result<_, _>>()?;
    let all = texts.iter().map(|text| text.len().saturating_add(by.len())).fold(0, usize::saturating_add);
    charge(all, budget)?;
    Ok(TemplateValue::text(texts.join(by)))
}

/// The parts between the delimiters: a text, or several in a list.
fn split(of: &TemplateValue, by: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    let of = text(of)?;
    let delimiters: Vec<&Rc<str>> = match by {
        TemplateValue::List(several) => several.items.iter().map(text).collect::<Result<_, _>>()?,
        one => vec![text(one)?],
    };
    if delimiters.is_empty() || delimiters.iter().any(|delimiter| delimiter.is_empty()) {
        return FunctionStop::refused("`split` needs delimiters that are not empty");
    }
    budget.steps(of.len().saturating_mul(delimiters.len()) / 16)?;
    let mut parts = Vec::new();
    let mut rest: &str = of;
    while let Some((before, after)) = split_once(rest, &delimiters) {
        charge(before.len().saturating_add(size_of::<TemplateValue>()), budget)?;
        parts.push(TemplateValue::text(before));
        rest = after;
    }
    parts.push(TemplateValue::text(rest));
    listed(parts)
}

/// What is before the first delimiter, and what is after it.
fn split_once<'t>(text: &'t str, delimiters: &[&Rc<str>]) -> Option<(&'t str, &'t str)> {
    if let [one] = delimiters {
        return text.split_once(&***one);
    }
    text.char_indices().find_map(|(at, _)| {
        let (before, rest) = text.split_at(at);
        delimiters.iter().find_map(|delimiter| rest.strip_prefix(&***delimiter)).map(|after| (before, after))
    })
}

fn substring(of: &TemplateValue, from: &TemplateValue, count: Option<&TemplateValue>) -> FunctionResult {
    let (text, from) = (text(of)?, integer(from)?);
    let count = count.map(integer).transpose()?;
    let whole = usize::try_from(from).ok().and_then(|from| {
        let count = match count {
            Some(count) => usize::try_from(count).ok()?,
            None => length(text).checked_sub(from)?,
        };
        (from.checked_add(count)? <= length(text)).then_some((from, count))
    });
    match whole {
        Some((from, count)) => cut(text, from, count),
        None => FunctionStop::refused(format!("`substring` goes beyond the end of `{text}`")),
    }
}

fn cut(text: &str, from: usize, count: usize) -> FunctionResult {
    match slice(text, from, count) {
        Some(part) => Ok(TemplateValue::text(part)),
        None => FunctionStop::refused(format!("a character of `{text}` is cut in two")),
    }
}

fn padded(of: &TemplateValue, width: &TemplateValue, with: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    let (text, width, with) = (printed(of)?, integer(width)?, text(with)?);
    if length(with) != 1 {
        return FunctionStop::refused(format!("`padLeft` needs one character, found `{with}`"));
    }
    let width = count_of(width, usize::MAX);
    let missing = width.saturating_sub(length(&text));
    charge(missing.saturating_mul(with.len()).saturating_add(text.len()), budget)?;
    Ok(TemplateValue::text([&*with.repeat(missing), &*text].concat()))
}

/// The place of a part, without regard to case; -1 where it is none.
fn position(of: &TemplateValue, part: &TemplateValue, find: fn(&str, &str) -> Option<usize>) -> FunctionResult {
    let (of, part) = (text(of)?, text(part)?);
    let (low, part) = (of.to_lowercase(), part.to_lowercase());
    if low.len() != of.len() && !of.is_ascii() {
        return FunctionStop::refused(format!("where `{part}` is in `{of}`, without regard to case, is not known"));
    }
    let at = find(&low, &part).and_then(|at| unit_at(&low, at));
    Ok(TemplateValue::number(at.map_or(-1, |at| i64::try_from(at).unwrap_or(i64::MAX))))
}

/// Any value as a text; a list or an object as JSON.
fn string(of: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    match of {
        TemplateValue::List(_) | TemplateValue::Object(_) => {
            charge(of.bulk().size, budget)?;
            Ok(TemplateValue::text(to_json(of)?.to_string()))
        }
        TemplateValue::Null => FunctionStop::refused("what `string` makes of null is not documented"),
        _ => printed(of).map(TemplateValue::Text),
    }
}

fn to_json(value: &TemplateValue) -> Result<Json, FunctionStop> {
    Ok(match value {
        TemplateValue::Null => Json::Null,
        TemplateValue::Bool(value) => Json::Bool(*value),
        TemplateValue::Number(number) => Json::Number(number.clone()),
        TemplateValue::Text(text) => Json::String(text.to_string()),
        TemplateValue::List(list) => Json::Array(list.items.iter().map(to_json).collect::<Result<_, _>>()?),
        TemplateValue::Object(object) => {
            let entry = |(key, value): &(Rc<str>, TemplateValue)| Ok((key.to_string(), to_json(value)?));
            Json::Object(object.entries.iter().map(entry).collect::<Result<Map<_, _>, FunctionStop>>()?)
        }
        TemplateValue::Id(_) | TemplateValue::Unknown(_) => return Err(FunctionStop::Unknown),
    })
}

/// The value that a JSON text is.
pub(super) fn json(text: &str, budget: &TemplateBudget) -> FunctionResult {
    charge(text.len().saturating_mul(8), budget)?;
    match serde_json::from_str(text) {
        Ok(json) => from_json(json),
        Err(_) => FunctionStop::refused("`json` needs JSON"),
    }
}

fn from_json(json: Json) -> FunctionResult {
    match json {
        Json::Null => Ok(TemplateValue::Null),
        Json::Bool(value) => Ok(TemplateValue::Bool(value)),
        Json::Number(number) => Ok(TemplateValue::Number(number)),
        Json::String(text) => Ok(TemplateValue::text(text)),
        Json::Array(items) => listed(items.into_iter().map(from_json).collect::<Result<_, _>>()?),
        Json::Object(entries) => {
            let entry = |(key, value): (String, Json)| Ok((key.into(), from_json(value)?));
            super::argument::objected(entries.into_iter().map(entry).collect::<Result<_, FunctionStop>>()?)
        }
    }
}
