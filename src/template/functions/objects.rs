//! Functions of objects.
//!
//! Source: Microsoft Learn, "Object functions for ARM templates", page of 2024-01-11. `objectKeys` and `shallowMerge` are as
//! Azure/bicep#13658 of 2024-03 describes them, `tryGet` as Bicep compiles `.?`.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::budget::Budget;
use super::super::rest::refused;
use super::super::value::{Object, Value};
use super::argument::{Made, Stop, integer, list, listed, object, objected, printed, text};
use super::equal::equal;

type Entries = Vec<(Rc<str>, Value)>;

pub(super) fn call(name: &str, arguments: &[Value], budget: &Budget) -> Option<Made> {
    Some(match (name, arguments) {
        ("null", []) => Ok(Value::Null),
        ("createobject", pairs) => created(pairs),
        ("union", [Value::Object(_), ..]) => merged(arguments, budget, union),
        ("shallowmerge", [objects]) => list(objects).and_then(|list| merged(&list.items, budget, |_, new, _| Ok(new))),
        ("intersection", [Value::Object(_), ..]) => intersection(arguments, budget),
        ("items", [of]) => object(of).and_then(|of| items(of, budget)),
        ("objectkeys", [of]) => object(of).and_then(|of| {
            charge(of.entries.len(), budget)?;
            listed(of.entries.iter().map(|(key, _)| Value::Text(Rc::clone(key))).collect())
        }),
        ("tryget", [of, keys @ ..]) if !keys.is_empty() => try_get(of, keys),
        _ => return None,
    })
}

/// Takes what an object of `count` properties weighs from the budget.
fn charge(count: usize, budget: &Budget) -> Result<(), Stop> {
    Ok(budget.bytes(count.saturating_mul(size_of::<(Rc<str>, Value)>()))?)
}

fn created(pairs: &[Value]) -> Made {
    let mut object = Merged::default();
    for pair in pairs.chunks(2) {
        let [key, value] = pair else { return Stop::refused("`createObject` needs a value for each name") };
        let key = text(key)?;
        if object.put(key, value.clone()).is_some() {
            return Stop::refused(format!("`createObject` is given `{key}` twice"));
        }
    }
    objected(object.entries)
}

/// Properties in the order in which they came, each once.
#[derive(Default)]
struct Merged {
    entries: Entries,
    index: HashMap<String, usize>,
}

impl Merged {
    fn get(&self, key: &str) -> Option<&Value> {
        let at = *self.index.get(&key.to_ascii_lowercase())?;
        self.entries.get(at).map(|(_, value)| value)
    }

    /// Sets a property; the value that it had is returned.
    fn put(&mut self, key: &Rc<str>, value: Value) -> Option<Value> {
        let next = self.entries.len();
        let at = *self.index.entry(key.to_ascii_lowercase()).or_insert(next);
        match self.entries.get_mut(at) {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                self.entries.push((Rc::clone(key), value));
                None
            }
        }
    }
}

/// All properties; `join` makes one value of two for one name.
fn merged(objects: &[Value], budget: &Budget, join: fn(&Value, Value, &Budget) -> Made) -> Made {
    let objects: Vec<&Rc<Object>> = objects.iter().map(object).collect::<Result<_, _>>()?;
    let mut all = Merged::default();
    for of in objects {
        charge(of.entries.len(), budget)?;
        for (key, new) in &of.entries {
            let value = match all.get(key) {
                Some(old) => join(old, new.clone(), budget)?,
                None => new.clone(),
            };
            all.put(key, value);
        }
    }
    objected(all.entries)
}

/// Objects are merged at every depth; of anything else, lists among them, the later one is taken. Whether a null takes the
/// place of a value is not documented.
fn union(old: &Value, new: Value, budget: &Budget) -> Made {
    match (old, &new) {
        (Value::Object(_), Value::Object(_)) => merged(&[old.clone(), new], budget, union),
        (Value::Object(_), Value::Unknown(_)) => Err(Stop::Unknown),
        (Value::Null, _) | (_, Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_)) => Ok(new),
        (_, Value::Null) => {
            Ok(refused("null()", "whether `union` puts null into the place of a value is not documented"))
        }
        (Value::Unknown(_), Value::Object(_)) => Err(Stop::Unknown),
        (_, Value::Object(_) | Value::Id(_) | Value::Unknown(_)) => Ok(new),
    }
}

/// The properties of the first object that all the others have with the same value.
fn intersection(objects: &[Value], budget: &Budget) -> Made {
    let objects: Vec<&Rc<Object>> = objects.iter().map(object).collect::<Result<_, _>>()?;
    let Some((first, others)) = objects.split_first() else { return objected(Vec::new()) };
    charge(first.entries.len(), budget)?;
    let mut kept = Vec::new();
    for (key, value) in &first.entries {
        let mut in_all = Some(true);
        for other in others {
            let same = match other.get(key) {
                Some(of) => equal(value, of, budget)?,
                None => Some(false),
            };
            in_all = super::lists::both(in_all, same);
        }
        match in_all {
            Some(true) => kept.push((Rc::clone(key), value.clone())),
            Some(false) => {}
            None => return Err(Stop::Unknown),
        }
    }
    objected(kept)
}

/// A list of `key` and `value`, in the order of the keys.
fn items(of: &Object, budget: &Budget) -> Made {
    charge(of.entries.len().saturating_mul(3), budget)?;
    let mut sorted: Vec<&(Rc<str>, Value)> = of.entries.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let item = |(key, value): &(Rc<str>, Value)| {
        objected(vec![("key".into(), Value::Text(Rc::clone(key))), ("value".into(), value.clone())])
    };
    listed(sorted.into_iter().map(item).collect::<Result<_, _>>()?)
}

/// What is at the end of the way, or null where its first step leads nowhere.
fn try_get(of: &Value, keys: &[Value]) -> Made {
    let Some((first, more)) = keys.split_first() else { return Ok(of.clone()) };
    let Some(mut found) = step(of, first)? else { return Ok(Value::Null) };
    for key in more {
        found = match (step(&found, key)?, &found) {
            (Some(next), _) => next,
            (None, Value::Null) => return Ok(Value::Null),
            (None, _) => return Stop::refused(format!("there is no `{}`", printed(key)?)),
        };
    }
    Ok(found)
}

/// The property or item `key`; `None` where there is none, and for null.
fn step(of: &Value, key: &Value) -> Result<Option<Value>, Stop> {
    match of {
        Value::Null => Ok(None),
        Value::List(list) => {
            let at = usize::try_from(integer(key)?).ok();
            Ok(at.and_then(|at| list.items.get(at)).cloned())
        }
        _ => Ok(object(of)?.get(text(key)?).cloned()),
    }
}
