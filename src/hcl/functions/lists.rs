//! Functions of lists, which take elements that are not known.

use super::super::types::unified;
use super::super::value::{Data, HclList, HclValue, ListKind, order, same};
use super::argument::{HclStop, Taken, list, number, refused, truth};
use super::{Function, FunctionCall};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "length" => length,
        "concat" => concat,
        "flatten" => flatten,
        "element" => element,
        "slice" => slice,
        "reverse" => reverse,
        "one" => one,
        "contains" => contains,
        "index" => index,
        "distinct" => distinct,
        "compact" => compact,
        "sort" => sort,
        "chunklist" => chunk_list,
        "tolist" => |asked| to_list(asked, ListKind::List),
        "toset" => to_set,
        "coalescelist" => coalesce_list,
        "setproduct" => set_product,
        "alltrue" => |asked| all_are(asked, true),
        "anytrue" => |asked| all_are(asked, false),
        _ => return None,
    })
}

fn length(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    match &value.data {
        Data::List(list) => Ok(HclValue::count(list.items.len())),
        Data::Object(object) => Ok(HclValue::count(object.entries.len())),
        Data::Text(text) => Ok(HclValue::count(text.chars().count())),
        Data::Unknown(_) | Data::Instance(_) => Err(HclStop::Unknown),
        Data::Null | Data::Bool(_) | Data::Number(_) => {
            refused(format!("found {}, expected a list, a map or a text", value.described()))
        }
    }
}

/// A list where all of them are lists, else a tuple.
fn concat(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let (mut kind, mut items) = (ListKind::List, Vec::new());
    for own in asked.arguments {
        let own = list(own)?;
        if own.kind == ListKind::Tuple {
            kind = ListKind::Tuple;
        }
        asked.charge(own.items.len())?;
        items.extend(own.items.iter().cloned());
    }
    asked.made_list(kind, items)
}

/// What may turn out to be a list is unknown, and with it the whole.
fn flatten(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let mut items = Vec::new();
    flattened(list(value)?, &mut items)?;
    asked.made_list(ListKind::Tuple, items)
}

fn flattened(of: &HclList, items: &mut Vec<HclValue>) -> Result<(), HclStop> {
    for item in &of.items {
        match &item.data {
            Data::List(inner) => flattened(inner, items)?,
            // The attribute of a resource that is a text by its name is no list.
            Data::Unknown(unknown) if unknown.reference.as_ref().is_some_and(|own| own.ends_with(".id")) => {
                items.push(item.clone());
            }
            Data::Unknown(_) => return Err(HclStop::Unknown),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Object(_) | Data::Instance(_) => {
                items.push(item.clone());
            }
        }
    }
    Ok(())
}

/// The element of that number, counted round and round.
fn element(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value, _] = asked.only()?;
    let (items, number) = (&list(value)?.items, asked.integer(1)?);
    let count = i128::try_from(items.len()).unwrap_or(i128::MAX);
    if count == 0 {
        return refused("the list is empty");
    }
    let at = usize::try_from(number.rem_euclid(count)).unwrap_or(0);
    items.get(at).cloned().ok_or(HclStop::Unknown)
}

fn slice(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value, ..] = asked.only::<3>()?;
    let (own, start, end) = (list(value)?, asked.number(1)?.index(), asked.number(2)?.index());
    let kind = if own.kind == ListKind::Set { ListKind::List } else { own.kind };
    let part = start.zip(end).and_then(|(start, end)| own.items.get(start..end));
    let Some(part) = part else { return refused("there are no such elements") };
    asked.made_list(kind, part.to_vec())
}

fn reverse(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let own = list(value)?;
    let kind = if own.kind == ListKind::Tuple { ListKind::Tuple } else { ListKind::List };
    asked.made_list(kind, own.items.iter().rev().cloned().collect())
}

fn one(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    match list(value)?.items.as_slice() {
        [] => Ok(HclValue::null()),
        [only] => Ok(only.clone()),
        _ => refused("expected at most one element"),
    }
}

/// An element that is not known may be the one.
fn contains(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value, wanted] = asked.only()?;
    let mut found = Ok(HclValue::bool(false));
    for item in &list(value)?.items {
        match same(item, wanted) {
            Some(true) => return Ok(HclValue::bool(true)),
            Some(false) => {}
            None => found = Err(HclStop::Unknown),
        }
    }
    found
}

fn index(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value, wanted] = asked.only()?;
    for (index, item) in list(value)?.items.iter().enumerate() {
        match same(item, wanted) {
            Some(true) => return Ok(HclValue::count(index)),
            Some(false) => {}
            None => return Err(HclStop::Unknown),
        }
    }
    refused("there is no such element")
}

fn distinct(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    if !value.is_known() {
        return Err(HclStop::Unknown);
    }
    let items = unified(&list(value)?.items);
    let items = asked.evaluator.distinct(items, asked.at)?;
    asked.made_list(ListKind::List, items)
}

/// Texts that are not empty.
fn compact(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    if !value.is_known() {
        return Err(HclStop::Unknown);
    }
    let is_there = |item: &&HclValue| !item.is_null() && !matches!(&item.data, Data::Text(text) if text.is_empty());
    let items = unified(&list(value)?.items).iter().filter(is_there).cloned().collect();
    asked.made_list(ListKind::List, items)
}

fn sort(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    if !value.is_known() {
        return Err(HclStop::Unknown);
    }
    let mut items = Vec::new();
    for item in &list(value)?.items {
        items.push(HclValue { at: item.at, ..HclValue::text(super::argument::text(item)?) });
    }
    items.sort_by(order);
    asked.made_list(ListKind::List, items)
}

fn chunk_list(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value, size] = asked.only()?;
    let (items, size) = (&list(value)?.items, number(size)?.index());
    let size = match size {
        Some(0) => items.len().max(1),
        Some(size) => size,
        None => return refused("expected a whole number that is not negative"),
    };
    let mut chunks = Vec::new();
    for chunk in items.chunks(size) {
        chunks.push(asked.made_list(ListKind::List, chunk.to_vec())?);
    }
    asked.made_list(ListKind::List, chunks)
}

fn to_list(asked: &mut FunctionCall<'_, '_, '_>, kind: ListKind) -> Taken {
    let [value] = asked.only()?;
    if value.is_null() {
        return Ok(value.clone());
    }
    let items = unified(&list(value)?.items);
    Ok(HclValue { at: value.at, ..asked.made_list(kind, items)? })
}

fn to_set(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    if value.is_null() {
        return Ok(value.clone());
    }
    list(value)?;
    Ok(HclValue { at: value.at, ..asked.evaluator.set_of(value, asked.at)? })
}

fn coalesce_list(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    for value in asked.arguments {
        if !value.is_null() && !list(value)?.items.is_empty() {
            return Ok(value.clone());
        }
    }
    refused("no list has elements")
}

/// Every combination of elements, those of the first list changing slowest.
fn set_product(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let lists = asked.arguments.iter().map(list).collect::<Result<Vec<_>, _>>()?;
    if lists.len() < 2 {
        return refused("expected two lists or more");
    }
    let is_set = lists.iter().all(|own| own.kind == ListKind::Set);
    let count = lists.iter().fold(1usize, |count, own| count.saturating_mul(own.items.len()));
    asked.charge(count.saturating_mul(lists.len().saturating_add(1)).saturating_mul(super::super::budget::VALUE))?;
    let mut rows: Vec<Vec<HclValue>> = vec![Vec::new()];
    for own in lists {
        let longer = |row: &Vec<HclValue>| {
            let row = row.clone();
            own.items.iter().map(move |item| [row.as_slice(), std::slice::from_ref(item)].concat())
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    let rows = rows.into_iter().map(|row| asked.made_list(ListKind::Tuple, row)).collect::<Result<_, _>>()?;
    asked.made_list(if is_set { ListKind::Set } else { ListKind::List }, rows)
}

/// Whether all elements are true, or one of them is.
fn all_are(asked: &mut FunctionCall<'_, '_, '_>, wanted: bool) -> Taken {
    let [value] = asked.only()?;
    let mut all = Ok(HclValue::bool(wanted));
    for item in &list(value)?.items {
        match item.data {
            Data::Unknown(_) => all = Err(HclStop::Unknown),
            Data::Null if wanted => return Ok(HclValue::bool(false)),
            Data::Null => {}
            _ if truth(item)? != wanted => return Ok(HclValue::bool(!wanted)),
            _ => {}
        }
    }
    all
}
