//! Texts that stand for what only a deployment knows: enough for a reader to tell one name from another.

use std::rc::Rc;

use super::budget::Budget;
use super::functions;
use super::rest::marked;
use super::value::{Id, Kind, Lack, Rest, Value};

/// How big what remains may be.
const BIGGEST: usize = 100_000;

/// What `value` says with such texts: a parameter's own name, else the function with a mark of what it is asked. No text that
/// an input states is meant by them.
pub(super) fn stand_in(value: &Value) -> Option<Value> {
    let budget = Budget::of(0);
    (value.bulk().size <= BIGGEST).then(|| stood_in(value, &budget)).flatten()
}

fn stood_in(value: &Value, budget: &Budget) -> Option<Value> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => Some(value.clone()),
        Value::Id(id) => {
            let names = all(&id.names, budget)?;
            let id = Id { group: id.group.clone(), kind: Rc::clone(&id.kind), names, place: Rc::clone(&id.place) };
            Some(Value::Id(Rc::new(id)))
        }
        Value::List(list) => Value::list(all(&list.items, budget)?),
        Value::Object(object) => {
            let entries = object.entries.iter();
            Value::object(
                entries.map(|(key, value)| Some((Rc::clone(key), stood_in(value, budget)?))).collect::<Option<_>>()?,
            )
        }
        Value::Unknown(rest) => of_rest(rest, value, budget),
    }
}

fn all(values: &[Value], budget: &Budget) -> Option<Vec<Value>> {
    values.iter().map(|value| stood_in(value, budget)).collect()
}

fn of_rest(rest: &Rest, value: &Value, budget: &Budget) -> Option<Value> {
    match &rest.kind {
        Kind::Parameter(name) => Some(Value::Text(Rc::clone(name))),
        Kind::Of(_, value) => stood_in(value, budget),
        Kind::Item(..) => Some(mark(value)),
        Kind::Member(of, name) => Some(member(of, name, value)),
        Kind::Call(function, arguments) => of_call(&function.to_ascii_lowercase(), arguments, value, budget),
        // What is written and refused is no value that is lacking.
        Kind::Written(_) => match rest.lack {
            Some(Lack::Parameter(_) | Lack::Deployment(_)) => Some(mark(value)),
            Some(Lack::Refused(_)) | None => None,
        },
        Kind::Bound(_) | Kind::Lambda(..) => None,
    }
}

fn member(of: &Value, name: &Rc<str>, whole: &Value) -> Value {
    let of = match of {
        Value::Unknown(rest) => match &rest.kind {
            Kind::Of(_, inside) => inside,
            Kind::Parameter(_)
            | Kind::Bound(_)
            | Kind::Call(..)
            | Kind::Member(..)
            | Kind::Item(..)
            | Kind::Lambda(..)
            | Kind::Written(_) => of,
        },
        known => known,
    };
    let Value::Unknown(rest) = of else { return mark(whole) };
    match &rest.kind {
        Kind::Parameter(_) => Value::Text(Rc::clone(name)),
        Kind::Call(function, _) => match &**function {
            "resourceGroup" => Value::text(format!("resource-group-{name}")),
            "subscription" | "deployment" | "tenant" => Value::Text(Rc::clone(name)),
            _ => mark(whole),
        },
        Kind::Bound(_) | Kind::Member(..) | Kind::Item(..) | Kind::Lambda(..) | Kind::Written(_) | Kind::Of(..) => {
            mark(whole)
        }
    }
}

fn of_call(function: &str, arguments: &[Value], value: &Value, budget: &Budget) -> Option<Value> {
    match function {
        "uniquestring" | "guid" | "reference" | "newguid" | "utcnow" => Some(mark(value)),
        "resourceid" => match functions::resource_id(&all(arguments, budget)?, &Rc::default()) {
            Value::Unknown(_) => None,
            id => Some(id),
        },
        "coalesce" => stood_in(arguments.first()?, budget),
        _ => functions::call(function, &all(arguments, budget)?, budget)?.ok(),
    }
}

/// Six digits that tell one value from another.
pub(super) fn mark(value: &Value) -> Value {
    Value::text(marked(value).get(..6).unwrap_or_default())
}
