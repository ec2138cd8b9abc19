//! The functions that need nothing but their arguments.
//!
//! Each answers where the arguments that are known settle the answer, whatever the unknown ones are, and never otherwise.

mod argument;
mod cidr;
mod dates;
mod equal;
mod format;
mod ids;
mod lists;
mod numbers;
mod objects;
mod prefix;
mod text16;
mod texts;
mod truths;
mod uris;

pub(super) use self::argument::{Made, Stop, truth};
pub(super) use self::equal::equal;
pub(super) use self::ids::{id_text, resource_id};

use super::budget::Budget;
use super::value::Value;

/// What the function called `name`, in lower case, makes of `arguments`; `None` where there is no such function of these.
pub(super) fn call(name: &str, arguments: &[Value], budget: &Budget) -> Option<Made> {
    if let Err(exhausted) = budget.steps(arguments.iter().map(reading).fold(0, usize::saturating_add)) {
        return Some(Err(exhausted.into()));
    }
    truths::call(name, arguments, budget)
        .or_else(|| lists::call(name, arguments, budget))
        .or_else(|| objects::call(name, arguments, budget))
        .or_else(|| texts::call(name, arguments, budget))
        .or_else(|| numbers::call(name, arguments))
        .or_else(|| ids::call(name, arguments))
        .or_else(|| cidr::call(name, arguments))
        .or_else(|| dates::call(name, arguments))
        .or_else(|| uris::call(name, arguments, budget))
}

/// What reading an argument costs: texts are read from end to end.
fn reading(argument: &Value) -> usize {
    match argument {
        Value::Text(text) => text.len() / 64,
        Value::Unknown(rest) => rest.size().min(prefix::LONGEST) / 64,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Id(_) | Value::List(_) | Value::Object(_) => 0,
    }
}
