//! Arguments, as what a function takes them for.

use std::rc::Rc;

use super::super::budget::Exhausted;
use super::super::value::{TemplateValue, ValueList, ValueObject};

/// What a function makes of its arguments.
pub(in crate::template) type FunctionResult = Result<TemplateValue, FunctionStop>;

/// Why a function makes nothing of its arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::template) enum FunctionStop {
    /// The answer depends on an argument, or a part of one, that is not known.
    Unknown,
    /// A deployment would refuse them, or what it would answer is not documented: why.
    Refused(Rc<str>),
}

impl FunctionStop {
    pub(super) fn refused<T>(why: impl Into<Rc<str>>) -> Result<T, Self> {
        Err(Self::Refused(why.into()))
    }
}

impl From<Exhausted> for FunctionStop {
    fn from(_: Exhausted) -> Self {
        Self::Refused("it makes too much".into())
    }
}

fn expected<T>(what: &str, found: &TemplateValue) -> Result<T, FunctionStop> {
    match found {
        TemplateValue::Unknown(_) => Err(FunctionStop::Unknown),
        TemplateValue::Null
        | TemplateValue::Bool(_)
        | TemplateValue::Number(_)
        | TemplateValue::Text(_)
        | TemplateValue::Id(_)
        | TemplateValue::List(_)
        | TemplateValue::Object(_) => FunctionStop::refused(format!("expected {what}, found {}", found.described())),
    }
}

/// A text.
pub(super) fn text(value: &TemplateValue) -> Result<&Rc<str>, FunctionStop> {
    match value {
        TemplateValue::Text(text) => Ok(text),
        TemplateValue::Id(_) => Err(FunctionStop::Unknown),
        _ => expected("a text", value),
    }
}

/// A text, or what is written as one: a number or a truth value.
///
/// Source: Microsoft Learn, "String functions for ARM templates", format, page of 2022-02-11: `True` and `False`, as .NET writes them.
pub(super) fn printed(value: &TemplateValue) -> Result<Rc<str>, FunctionStop> {
    match value {
        TemplateValue::Number(number) => Ok(number.to_string().into()),
        TemplateValue::Bool(value) => Ok(if *value { "True" } else { "False" }.into()),
        _ => text(value).cloned(),
    }
}

/// An integer.
pub(super) fn integer(value: &TemplateValue) -> Result<i64, FunctionStop> {
    match value {
        TemplateValue::Number(number) => match number.as_i64() {
            Some(number) => Ok(number),
            None => FunctionStop::refused(format!("expected an integer, found {number}")),
        },
        _ => expected("an integer", value),
    }
}

/// A truth value.
pub(in crate::template) fn truth(value: &TemplateValue) -> Result<bool, FunctionStop> {
    match value {
        TemplateValue::Bool(value) => Ok(*value),
        _ => expected("a truth value", value),
    }
}

/// A list.
pub(super) fn list(value: &TemplateValue) -> Result<&Rc<ValueList>, FunctionStop> {
    match value {
        TemplateValue::List(list) => Ok(list),
        _ => expected("a list", value),
    }
}

/// An object.
pub(super) fn object(value: &TemplateValue) -> Result<&Rc<ValueObject>, FunctionStop> {
    match value {
        TemplateValue::Object(object) => Ok(object),
        _ => expected("an object", value),
    }
}

/// How many of `length` are meant by `count`: none where it is less than zero.
pub(super) fn count_of(count: i64, length: usize) -> usize {
    usize::try_from(count.max(0)).map_or(length, |count| count.min(length))
}

/// A list of `items`, as the value of a function.
pub(super) fn listed(items: Vec<TemplateValue>) -> FunctionResult {
    TemplateValue::list(items).ok_or_else(too_high)
}

/// An object of `entries`, as the value of a function.
pub(super) fn objected(entries: Vec<(Rc<str>, TemplateValue)>) -> FunctionResult {
    TemplateValue::object(entries).ok_or_else(too_high)
}

fn too_high() -> FunctionStop {
    FunctionStop::Refused("it nests too deep".into())
}

/// Whether an argument, or anything in it, is not known.
pub(in crate::template) fn has_unknown(value: &TemplateValue) -> bool {
    match value {
        TemplateValue::Unknown(_) | TemplateValue::Id(_) => true,
        TemplateValue::List(list) => list.items.iter().any(has_unknown),
        TemplateValue::Object(object) => object.entries.iter().any(|(_, value)| has_unknown(value)),
        TemplateValue::Null | TemplateValue::Bool(_) | TemplateValue::Number(_) | TemplateValue::Text(_) => false,
    }
}
