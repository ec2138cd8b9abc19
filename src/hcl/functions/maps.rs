//! Functions of maps and objects, which take entries that are not known.

use std::collections::BTreeMap;

use super::super::operators::key_text;
use super::super::value::{Data, HclValue, ListKind, ObjectKind};
use super::argument::{HclStop, Taken, list, object, refused, text};
use super::{Function, FunctionCall};

pub(super) fn function(name: &str) -> Option<Function> {
    Some(match name {
        "keys" => keys,
        "values" => values,
        "lookup" => lookup,
        "merge" => merge,
        "zipmap" => zip_map,
        "tomap" => to_map,
        "transpose" => transpose,
        "matchkeys" => match_keys,
        _ => return None,
    })
}

fn keys(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let own = object(value)?;
    let keys = own.entries.keys().map(|key| HclValue::text(std::rc::Rc::clone(key))).collect();
    asked.made_list(if own.kind == ObjectKind::Map { ListKind::List } else { ListKind::Tuple }, keys)
}

fn values(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let own = object(value)?;
    let values = own.entries.values().cloned().collect();
    asked.made_list(if own.kind == ObjectKind::Map { ListKind::List } else { ListKind::Tuple }, values)
}

fn lookup(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let (own, key) = (asked.object(0)?, asked.text(1)?);
    match (own.entries.get(&key), asked.arguments.get(2)) {
        (Some(value), _) => Ok(value.clone()),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => refused(format!("there is no entry {}", super::super::fault::quoted(&key))),
    }
}

/// A map where all of them are maps, else an object; null is as good as empty.
fn merge(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let (mut kind, mut entries) = (ObjectKind::Map, BTreeMap::new());
    for own in asked.arguments.iter().filter(|own| !own.is_null()) {
        let own = object(own)?;
        if own.kind == ObjectKind::Object {
            kind = ObjectKind::Object;
        }
        entries.extend(own.entries.iter().map(|(key, value)| (std::rc::Rc::clone(key), value.clone())));
    }
    asked.made_object(kind, entries)
}

fn zip_map(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [keys, values] = asked.only()?;
    let (keys, values) = (list(keys)?, list(values)?);
    if keys.items.len() != values.items.len() {
        return refused(format!("found {} keys and {} values", keys.items.len(), values.items.len()));
    }
    let kind = if values.kind == ListKind::Tuple { ObjectKind::Object } else { ObjectKind::Map };
    let mut entries = BTreeMap::new();
    for (key, value) in keys.items.iter().zip(&values.items) {
        entries.insert(text(key)?, value.clone());
    }
    asked.made_object(kind, entries)
}

fn to_map(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    if value.is_null() {
        return Ok(value.clone());
    }
    let own = object(value)?;
    let unified = super::super::types::unified(&own.entries.values().cloned().collect::<Vec<_>>());
    let entries = own.entries.keys().cloned().zip(unified).collect();
    Ok(HclValue { at: value.at, ..asked.made_object(ObjectKind::Map, entries)? })
}

/// A map of lists of texts, the other way round.
fn transpose(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [value] = asked.only()?;
    let mut groups: BTreeMap<std::rc::Rc<str>, Vec<HclValue>> = BTreeMap::new();
    for (key, items) in &object(value)?.entries {
        for item in &list(items)?.items {
            groups.entry(text(item)?).or_default().push(HclValue::text(std::rc::Rc::clone(key)));
        }
    }
    let mut entries = BTreeMap::new();
    for (key, values) in groups {
        entries.insert(key, asked.made_list(ListKind::List, values)?);
    }
    asked.made_object(ObjectKind::Map, entries)
}

/// The values whose keys are among the wanted ones.
fn match_keys(asked: &mut FunctionCall<'_, '_, '_>) -> Taken {
    let [values, keys, wanted] = asked.only()?;
    let (values, keys, wanted) = (list(values)?, list(keys)?, list(wanted)?);
    if values.items.len() != keys.items.len() {
        return refused("the lists have different lengths");
    }
    let is_all_known = keys.items.iter().chain(&wanted.items).all(|item| !matches!(item.data, Data::Unknown(_)));
    if !is_all_known {
        return Err(HclStop::Unknown);
    }
    let wanted: Vec<_> = wanted.items.iter().filter_map(|item| key_text(item).ok()).collect();
    let mut found = Vec::new();
    for (value, key) in values.items.iter().zip(&keys.items) {
        asked.evaluator.step(asked.at, wanted.len())?;
        if wanted.contains(&text(key)?) {
            found.push(value.clone());
        }
    }
    asked.made_list(ListKind::List, found)
}
