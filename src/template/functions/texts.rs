//! Functions of texts.
//!
//! Source: Microsoft Learn, "String functions for ARM templates", page of 2022-02-11.

use std::rc::Rc;

use serde_json::{Map, Value as Json};

use super::super::budget::Budget;
use super::super::value::Value;
use super::argument::{Made, Stop, count_of, integer, list, listed, printed, text};
use super::format::formatted;
use super::text16::{length, slice, unit_at};

pub(super) fn call(name: &str, arguments: &[Value], budget: &Budget) -> Option<Made> {
    Some(match (name, arguments) {
        ("concat", [one]) => printed(one).map(Value::Text),
        ("concat", [_, ..]) => concat(arguments, budget),
        ("format", [pattern, rest @ ..]) => text(pattern).and_then(|pattern| formatted(pattern, rest, budget)),
        ("tolower", [of]) => changed(of, budget, str::to_lowercase),
        ("toupper", [of]) => changed(of, budget, str::to_uppercase),
        ("trim", [of]) => changed(of, budget, |text| text.trim().to_owned()),
        ("string", [of]) => string(of, budget),
        ("json", [of]) => text(of).and_then(|text| json(text, budget)),
        ("replace", [of, from, to]) => replaced(of, from, to, budget),
        ("join", [of, by]) => joined(of, by, budget),
        ("split", [Value::Id(id), by]) => text(by).and_then(|by| super::ids::parts(id, by)),
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
        ("padleft", [of, width]) => padded(of, width, &Value::text(" "), budget),
        ("padleft", [of, width, with]) => padded(of, width, with, budget),
        ("indexof", [of, part]) => position(of, part, |text, part| text.find(part)),
        ("lastindexof", [of, part]) => position(of, part, |text, part| text.rfind(part)),
        ("fail", [why]) => text(why).and_then(|why| Stop::refused(format!("the template fails: {why}"))),
        _ => return None,
    })
}

/// A text of `size` bytes is made.
fn charge(size: usize, budget: &Budget) -> Result<(), Stop> {
    Ok(budget.bytes(size)?)
}

fn concat(arguments: &[Value], budget: &Budget) -> Made {
    let texts: Vec<Rc<str>> = arguments.iter().map(printed).collect::<Result<_, _>>()?;
    charge(texts.iter().map(|text| text.len()).fold(0, usize::saturating_add), budget)?;
    Ok(Value::text(texts.concat()))
}

fn changed(of: &Value, budget: &Budget, change: fn(&str) -> String) -> Made {
    let text = text(of)?;
    charge(text.len(), budget)?;
    Ok(Value::text(change(text)))
}

fn replaced(of: &Value, from: &Value, to: &Value, budget: &Budget) -> Made {
    let (of, from, to) = (text(of)?, text(from)?, text(to)?);
    if from.is_empty() {
        return Stop::refused("`replace` needs a text that is to be replaced");
    }
    charge(of.len(), budget)?;
    charge(of.matches(&**from).count().saturating_mul(to.len()), budget)?;
    Ok(Value::text(of.replace(&**from, to)))
}

fn joined(of: &Value, by: &Value, budget: &Budget) -> Made {
    let (items, by) = (&list(of)?.items, text(by)?);
    let texts: Vec<Rc<str>> = items.iter().map(printed).collect::<Result<_, _>>()?;
    let all = texts.iter().map(|text| text.len().saturating_add(by.len())).fold(0, usize::saturating_add);
    charge(all, budget)?;
    Ok(Value::text(texts.join(by)))
}

/// The parts between the delimiters: a text, or several in a list.
fn split(of: &Value, by: &Value, budget: &Budget) -> Made {
    let of = text(of)?;
    let delimiters: Vec<&Rc<str>> = match by {
        Value::List(several) => several.items.iter().map(text).collect::<Result<_, _>>()?,
        one => vec![text(one)?],
    };
    if delimiters.is_empty() || delimiters.iter().any(|delimiter| delimiter.is_empty()) {
        return Stop::refused("`split` needs delimiters that are not empty");
    }
    budget.steps(of.len().saturating_mul(delimiters.len()) / 16)?;
    let mut parts = Vec::new();
    let mut rest: &str = of;
    while let Some((before, after)) = split_once(rest, &delimiters) {
        charge(before.len().saturating_add(size_of::<Value>()), budget)?;
        parts.push(Value::text(before));
        rest = after;
    }
    parts.push(Value::text(rest));
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

fn substring(of: &Value, from: &Value, count: Option<&Value>) -> Made {
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
        None => Stop::refused(format!("`substring` goes beyond the end of `{text}`")),
    }
}

fn cut(text: &str, from: usize, count: usize) -> Made {
    match slice(text, from, count) {
        Some(part) => Ok(Value::text(part)),
        None => Stop::refused(format!("a character of `{text}` is cut in two")),
    }
}

fn padded(of: &Value, width: &Value, with: &Value, budget: &Budget) -> Made {
    let (text, width, with) = (printed(of)?, integer(width)?, text(with)?);
    if length(with) != 1 {
        return Stop::refused(format!("`padLeft` needs one character, found `{with}`"));
    }
    let width = count_of(width, usize::MAX);
    let missing = width.saturating_sub(length(&text));
    charge(missing.saturating_mul(with.len()).saturating_add(text.len()), budget)?;
    Ok(Value::text([&*with.repeat(missing), &*text].concat()))
}

/// The place of a part, without regard to case; -1 where it is none.
fn position(of: &Value, part: &Value, find: fn(&str, &str) -> Option<usize>) -> Made {
    let (of, part) = (text(of)?, text(part)?);
    let (low, part) = (of.to_lowercase(), part.to_lowercase());
    if low.len() != of.len() && !of.is_ascii() {
        return Stop::refused(format!("where `{part}` is in `{of}`, without regard to case, is not known"));
    }
    let at = find(&low, &part).and_then(|at| unit_at(&low, at));
    Ok(Value::number(at.map_or(-1, |at| i64::try_from(at).unwrap_or(i64::MAX))))
}

/// Any value as a text; a list or an object as JSON.
fn string(of: &Value, budget: &Budget) -> Made {
    match of {
        Value::List(_) | Value::Object(_) => {
            charge(of.bulk().size, budget)?;
            Ok(Value::text(to_json(of)?.to_string()))
        }
        Value::Null => Stop::refused("what `string` makes of null is not documented"),
        _ => printed(of).map(Value::Text),
    }
}

fn to_json(value: &Value) -> Result<Json, Stop> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(number.clone()),
        Value::Text(text) => Json::String(text.to_string()),
        Value::List(list) => Json::Array(list.items.iter().map(to_json).collect::<Result<_, _>>()?),
        Value::Object(object) => {
            let entry = |(key, value): &(Rc<str>, Value)| Ok((key.to_string(), to_json(value)?));
            Json::Object(object.entries.iter().map(entry).collect::<Result<Map<_, _>, Stop>>()?)
        }
        Value::Id(_) | Value::Unknown(_) => return Err(Stop::Unknown),
    })
}

/// The value that a JSON text is.
pub(super) fn json(text: &str, budget: &Budget) -> Made {
    charge(text.len().saturating_mul(8), budget)?;
    match serde_json::from_str(text) {
        Ok(json) => from_json(json),
        Err(_) => Stop::refused("`json` needs JSON"),
    }
}

fn from_json(json: Json) -> Made {
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(value) => Ok(Value::Bool(value)),
        Json::Number(number) => Ok(Value::Number(number)),
        Json::String(text) => Ok(Value::text(text)),
        Json::Array(items) => listed(items.into_iter().map(from_json).collect::<Result<_, _>>()?),
        Json::Object(entries) => {
            let entry = |(key, value): (String, Json)| Ok((key.into(), from_json(value)?));
            super::argument::objected(entries.into_iter().map(entry).collect::<Result<_, Stop>>()?)
        }
    }
}
