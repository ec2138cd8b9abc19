//! Functions of lists.
//!
//! Source: Microsoft Learn, "Array functions for ARM templates", page of 2020-10-21.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::budget::TemplateBudget;
use super::super::value::{TemplateValue, UnknownRest, ValueList};
use super::argument::{FunctionResult, FunctionStop, count_of, has_unknown, integer, list, listed};
use super::equal::equal;
use super::truths::any_equal;

/// How many items `range` makes at most, and how far it goes.
const LONGEST_RANGE: i64 = 10_000;
const FARTHEST: i64 = i32::MAX as i64;

pub(super) fn call(name: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> Option<FunctionResult> {
    Some(match (name, arguments) {
        ("createarray", items) => listed(items.to_vec()),
        ("array", [TemplateValue::Unknown(_)]) => Err(FunctionStop::Unknown),
        ("array", [list @ TemplateValue::List(_)]) => Ok(list.clone()),
        ("array", [one]) => listed(vec![one.clone()]),
        ("concat", _) if arguments.iter().any(is_list) => concat(arguments, budget),
        ("flatten", [lists]) => list(lists).and_then(|lists| concat(&lists.items, budget)),
        ("union", [TemplateValue::List(_), ..]) => union(arguments, budget),
        ("intersection", [TemplateValue::List(_), ..]) => intersection(arguments, budget),
        ("first", [TemplateValue::List(list)]) => Ok(list.items.first().cloned().unwrap_or(TemplateValue::Null)),
        ("last", [TemplateValue::List(list)]) => Ok(list.items.last().cloned().unwrap_or(TemplateValue::Null)),
        ("first", [TemplateValue::Unknown(rest)]) => end_of(rest, <[TemplateValue]>::first, |list| list.items.first()),
        ("last", [TemplateValue::Unknown(rest)]) => end_of(rest, <[TemplateValue]>::last, |list| list.items.last()),
        ("take", [TemplateValue::List(list), count]) => taken(list, count, budget),
        ("skip", [TemplateValue::List(list), count]) => skipped(list, count, budget),
        ("range", [from, count]) => range(from, count, budget),
        ("indexof", [TemplateValue::List(list), value]) => index_of(list.items.iter().enumerate(), value, budget),
        ("lastindexof", [TemplateValue::List(list), value]) => {
            index_of(list.items.iter().enumerate().rev(), value, budget)
        }
        ("indexfromend", [list, count]) => from_end(list, count).and_then(|item| match item {
            Some(item) => Ok(item),
            None => FunctionStop::refused("there is no such item"),
        }),
        ("tryindexfromend", [TemplateValue::Null, _]) => Ok(TemplateValue::Null),
        ("tryindexfromend", [list, count]) => from_end(list, count).map(|item| item.unwrap_or(TemplateValue::Null)),
        _ => return None,
    })
}

fn is_list(value: &TemplateValue) -> bool {
    matches!(value, TemplateValue::List(_))
}

/// Takes what a list of `count` items weighs from the budget.
fn charge(count: usize, budget: &TemplateBudget) -> Result<(), FunctionStop> {
    Ok(budget.bytes(count.saturating_mul(size_of::<TemplateValue>()))?)
}

fn concat(lists: &[TemplateValue], budget: &TemplateBudget) -> FunctionResult {
    let all: Vec<&Rc<ValueList>> = lists.iter().map(list).collect::<Result<_, _>>()?;
    charge(all.iter().map(|list| list.items.len()).fold(0, usize::saturating_add), budget)?;
    listed(all.iter().flat_map(|list| &list.items).cloned().collect())
}

/// Every value once, where it is first.
fn union(lists: &[TemplateValue], budget: &TemplateBudget) -> FunctionResult {
    let all: Vec<&Rc<ValueList>> = lists.iter().map(list).collect::<Result<_, _>>()?;
    charge(all.iter().map(|list| list.items.len()).fold(0, usize::saturating_add), budget)?;
    distinct(all.iter().flat_map(|list| &list.items), budget).and_then(listed)
}

/// The values, each once. An unknown one that may be another makes the whole unknown.
fn distinct<'v>(
    values: impl Iterator<Item = &'v TemplateValue>,
    budget: &TemplateBudget,
) -> Result<Vec<TemplateValue>, FunctionStop> {
    let (mut kept, mut texts): (Vec<TemplateValue>, HashSet<Rc<str>>) = Default::default();
    // Texts are told from each other by their set; the others are few.
    let mut others: Vec<TemplateValue> = Vec::new();
    for value in values {
        budget.steps(value.bulk().size / 64)?;
        let known = match value {
            TemplateValue::Text(text) if texts.contains(text) => Some(true),
            TemplateValue::Text(_) => any_equal(&others, value, budget)?,
            _ if has_unknown(value) => any_equal(&kept, value, budget)?,
            _ => any_equal(&others, value, budget)?,
        };
        match known {
            Some(true) => continue,
            Some(false) => kept.push(value.clone()),
            None => return Err(FunctionStop::Unknown),
        }
        match value {
            TemplateValue::Text(text) => {
                texts.insert(Rc::clone(text));
            }
            other => others.push(other.clone()),
        }
    }
    Ok(kept)
}

/// The values of the first list that all the others have.
fn intersection(lists: &[TemplateValue], budget: &TemplateBudget) -> FunctionResult {
    let all: Vec<&Rc<ValueList>> = lists.iter().map(list).collect::<Result<_, _>>()?;
    let Some((first, others)) = all.split_first() else { return listed(Vec::new()) };
    charge(first.items.len(), budget)?;
    let mut kept = Vec::new();
    for value in &first.items {
        let mut in_all = Some(true);
        for other in others {
            in_all = both(in_all, any_equal(&other.items, value, budget)?);
        }
        match in_all {
            Some(true) => kept.push(value.clone()),
            Some(false) => {}
            None => return Err(FunctionStop::Unknown),
        }
    }
    distinct(kept.iter(), budget).and_then(listed)
}

pub(super) fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), other) | (other, Some(true)) => other,
        (None, None) => None,
    }
}

/// The first or last item of lists that are put together, where the list there is known and not empty.
fn end_of(
    rest: &UnknownRest,
    part: fn(&[TemplateValue]) -> Option<&TemplateValue>,
    item: fn(&ValueList) -> Option<&TemplateValue>,
) -> FunctionResult {
    let known = rest.arguments_of("concat").and_then(part);
    match known {
        Some(TemplateValue::List(list)) => item(list).cloned().ok_or(FunctionStop::Unknown),
        _ => Err(FunctionStop::Unknown),
    }
}

fn taken(list: &ValueList, count: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    let count = count_of(integer(count)?, list.items.len());
    charge(count, budget)?;
    listed(list.items.iter().take(count).cloned().collect())
}

fn skipped(list: &ValueList, count: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    let count = count_of(integer(count)?, list.items.len());
    charge(list.items.len().saturating_sub(count), budget)?;
    listed(list.items.iter().skip(count).cloned().collect())
}

fn range(from: &TemplateValue, count: &TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    let (from, count) = (integer(from)?, integer(count)?);
    let end = from.saturating_add(count);
    if !(0..=LONGEST_RANGE).contains(&count) || end > FARTHEST {
        return FunctionStop::refused(format!("`range` makes up to {LONGEST_RANGE} numbers up to {FARTHEST}"));
    }
    charge(usize::try_from(count).unwrap_or(usize::MAX), budget)?;
    listed((from..end).map(TemplateValue::number).collect())
}

/// The place of the first item that is `value`; -1 where there is none.
fn index_of<'v>(
    items: impl Iterator<Item = (usize, &'v TemplateValue)>,
    value: &TemplateValue,
    budget: &TemplateBudget,
) -> FunctionResult {
    for (at, item) in items {
        match equal(item, value, budget)? {
            Some(true) => return Ok(TemplateValue::number(i64::try_from(at).unwrap_or(i64::MAX))),
            Some(false) => {}
            None => return Err(FunctionStop::Unknown),
        }
    }
    Ok(TemplateValue::number(-1))
}

/// The item that is the `count`th from the end.
fn from_end(of: &TemplateValue, count: &TemplateValue) -> Result<Option<TemplateValue>, FunctionStop> {
    let (list, count) = (list(of)?, integer(count)?);
    let at =
        usize::try_from(count).ok().filter(|count| *count > 0).and_then(|count| list.items.len().checked_sub(count));
    Ok(at.and_then(|at| list.items.get(at)).cloned())
}
