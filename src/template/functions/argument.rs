//! Arguments, as what a function takes them for.

use std::rc::Rc;

use super::super::budget::Exhausted;
use super::super::value::{List, Object, Value};

/// What a function makes of its arguments.
pub(in crate::template) type Made = Result<Value, Stop>;

/// Why a function makes nothing of its arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::template) enum Stop {
    /// The answer depends on an argument, or a part of one, that is not known.
    Unknown,
    /// A deployment would refuse them, or what it would answer is not documented: why.
    Refused(Rc<str>),
}

impl Stop {
    pub(super) fn refused<T>(why: impl Into<Rc<str>>) -> Result<T, Self> {
        Err(Self::Refused(why.into()))
    }
}

impl From<Exhausted> for Stop {
    fn from(_: Exhausted) -> Self {
        Self::Refused("it makes too much".into())
    }
}

fn expected<T>(what: &str, found: &Value) -> Result<T, Stop> {
    match found {
        Value::Unknown(_) => Err(Stop::Unknown),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Id(_)
        | Value::List(_)
        | Value::Object(_) => Stop::refused(format!("expected {what}, found {}", found.described())),
    }
}

/// A text.
pub(super) fn text(value: &Value) -> Result<&Rc<str>, Stop> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Id(_) => Err(Stop::Unknown),
        _ => expected("a text", value),
    }
}

/// A text, or what is written as one: a number or a truth value.
///
/// Source: Microsoft Learn, "String functions for ARM templates", format, page of 2022-02-11: `True` and `False`, as .NET writes them.
pub(super) fn printed(value: &Value) -> Result<Rc<str>, Stop> {
    match value {
        Value::Number(number) => Ok(number.to_string().into()),
        Value::Bool(value) => Ok(if *value { "True" } else { "False" }.into()),
        _ => text(value).cloned(),
    }
}

/// An integer.
pub(super) fn integer(value: &Value) -> Result<i64, Stop> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(number) => Ok(number),
            None => Stop::refused(format!("expected an integer, found {number}")),
        },
        _ => expected("an integer", value),
    }
}

/// A truth value.
pub(in crate::template) fn truth(value: &Value) -> Result<bool, Stop> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => expected("a truth value", value),
    }
}

/// A list.
pub(super) fn list(value: &Value) -> Result<&Rc<List>, Stop> {
    match value {
        Value::List(list) => Ok(list),
        _ => expected("a list", value),
    }
}

/// An object.
pub(super) fn object(value: &Value) -> Result<&Rc<Object>, Stop> {
    match value {
        Value::Object(object) => Ok(object),
        _ => expected("an object", value),
    }
}

/// How many of `length` are meant by `count`: none where it is less than zero.
pub(super) fn count_of(count: i64, length: usize) -> usize {
    usize::try_from(count.max(0)).map_or(length, |count| count.min(length))
}

/// A list of `items`, as the value of a function.
pub(super) fn listed(items: Vec<Value>) -> Made {
    Value::list(items).ok_or_else(too_high)
}

/// An object of `entries`, as the value of a function.
pub(super) fn objected(entries: Vec<(Rc<str>, Value)>) -> Made {
    Value::object(entries).ok_or_else(too_high)
}

fn too_high() -> Stop {
    Stop::Refused("it nests too deep".into())
}

/// Whether an argument, or anything in it, is not known.
pub(in crate::template) fn has_unknown(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Id(_) => true,
        Value::List(list) => list.items.iter().any(has_unknown),
        Value::Object(object) => object.entries.iter().any(|(_, value)| has_unknown(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => false,
    }
}
