//! Functions of objects.
//!
//! Source: Microsoft Learn, "Object functions for ARM templates", page of 2024-01-11. `objectKeys` and `shallowMerge` are as
//! Azure/bicep#13658 of 2024-03 describes them, `tryGet` as Bicep compiles `.?`.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::budget::TemplateBudget;
use super::super::rest::refused;
use super::super::value::{TemplateValue, ValueObject};
use super::argument::{FunctionResult, FunctionStop, integer, list, listed, object, objected, printed, text};
use super::equal::equal;

type Entries = Vec<(Rc<str>, TemplateValue)>;

pub(super) fn call(name: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> Option<FunctionResult> {
    Some(match (name, arguments) {
        ("null", []) => Ok(TemplateValue::Null),
        ("createobject", pairs) => created(pairs),
        ("union", [TemplateValue::Object(_), ..]) => merged(arguments, budget, union),
        ("shallowmerge", [objects]) => list(objects).and_then(|list| merged(&list.items, budget, |_, new, _| Ok(new))),
        ("intersection", [TemplateValue::Object(_), ..]) => intersection(arguments, budget),
        ("items", [of]) => object(of).and_then(|of| items(of, budget)),
        ("objectkeys", [of]) => object(of).and_then(|of| {
            charge(of.entries.len(), budget)?;
            listed(of.entries.iter().map(|(key, _)| TemplateValue::Text(Rc::clone(key))).collect())
        }),
        ("tryget", [of, keys @ ..]) if !keys.is_empty() => try_get(of, keys),
        _ => return None,
    })
}

/// Takes what an object of `count` properties weighs from the budget.
fn charge(count: usize, budget: &TemplateBudget) -> Result<(), FunctionStop> {
    Ok(budget.bytes(count.saturating_mul(size_of::<(Rc<str>, TemplateValue)>()))?)
}

fn created(pairs: &[TemplateValue]) -> FunctionResult {
    let mut object = Merged::default();
    for pair in pairs.chunks(2) {
        let [key, value] = pair else { return FunctionStop::refused("`createObject` needs a value for each name") };
        let key = text(key)?;
        if object.put(key, value.clone()).is_some() {
            return FunctionStop::refused(format!("`createObject` is given `{key}` twice"));
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
    fn get(&self, key: &str) -> Option<&TemplateValue> {
        let at = *self.index.get(&key.to_ascii_lowercase())?;
        self.entries.get(at).map(|(_, value)| value)
    }

    /// Sets a property; the value that it had is returned.
    fn put(&mut self, key: &Rc<str>, value: TemplateValue) -> Option<TemplateValue> {
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
fn merged(
    objects: &[TemplateValue],
    budget: &TemplateBudget,
    join: fn(&TemplateValue, TemplateValue, &TemplateBudget) -> FunctionResult,
) -> FunctionResult {
    let objects: Vec<&Rc<ValueObject>> = objects.iter().map(object).collect::<Result<_, _>>()?;
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
fn union(old: &TemplateValue, new: TemplateValue, budget: &TemplateBudget) -> FunctionResult {
    match (old, &new) {
        (TemplateValue::Object(_), TemplateValue::Object(_)) => merged(&[old.clone(), new], budget, union),
        (TemplateValue::Object(_), TemplateValue::Unknown(_)) => Err(FunctionStop::Unknown),
        (TemplateValue::Null, _)
        | (_, TemplateValue::Bool(_) | TemplateValue::Number(_) | TemplateValue::Text(_) | TemplateValue::List(_)) => {
            Ok(new)
        }
        (_, TemplateValue::Null) => {
            Ok(refused("null()", "whether `union` puts null into the place of a value is not documented"))
        }
        (TemplateValue::Unknown(_), TemplateValue::Object(_)) => Err(FunctionStop::Unknown),
        (_, TemplateValue::Object(_) | TemplateValue::Id(_) | TemplateValue::Unknown(_)) => Ok(new),
    }
}

/// The properties of the first object that all the others have with the same value.
fn intersection(objects: &[TemplateValue], budget: &TemplateBudget) -> FunctionResult {
    let objects: Vec<&Rc<ValueObject>> = objects.iter().map(object).collect::<Result<_, _>>()?;
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
            None => return Err(FunctionStop::Unknown),
        }
    }
    objected(kept)
}

/// A list of `key` and `value`, in the order of the keys.
fn items(of: &ValueObject, budget: &TemplateBudget) -> FunctionResult {
    charge(of.entries.len().saturating_mul(3), budget)?;
    let mut sorted: Vec<&(Rc<str>, TemplateValue)> = of.entries.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let item = |(key, value): &(Rc<str>, TemplateValue)| {
        objected(vec![("key".into(), TemplateValue::Text(Rc::clone(key))), ("value".into(), value.clone())])
    };
    listed(sorted.into_iter().map(item).collect::<Result<_, _>>()?)
}

/// What is at the end of the way, or null where its first step leads nowhere.
fn try_get(of: &TemplateValue, keys: &[TemplateValue]) -> FunctionResult {
    let Some((first, more)) = keys.split_first() else { return Ok(of.clone()) };
    let Some(mut found) = step(of, first)? else { return Ok(TemplateValue::Null) };
    for key in more {
        found = match (step(&found, key)?, &found) {
            (Some(next), _) => next,
            (None, TemplateValue::Null) => return Ok(TemplateValue::Null),
            (None, _) => return FunctionStop::refused(format!("there is no `{}`", printed(key)?)),
        };
    }
    Ok(found)
}

/// The property or item `key`; `None` where there is none, and for null.
fn step(of: &TemplateValue, key: &TemplateValue) -> Result<Option<TemplateValue>, FunctionStop> {
    match of {
        TemplateValue::Null => Ok(None),
        TemplateValue::List(list) => {
            let at = usize::try_from(integer(key)?).ok();
            Ok(at.and_then(|at| list.items.get(at)).cloned())
        }
        _ => Ok(object(of)?.get(text(key)?).cloned()),
    }
}
