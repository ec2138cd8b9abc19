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

pub(super) use self::argument::{FunctionResult, FunctionStop, truth};
pub(super) use self::equal::equal;
pub(super) use self::ids::{id_text, resource_id};

use super::budget::TemplateBudget;
use super::value::TemplateValue;

/// What the function called `name`, in lower case, makes of `arguments`; `None` where there is no such function of these.
pub(super) fn call(name: &str, arguments: &[TemplateValue], budget: &TemplateBudget) -> Option<FunctionResult> {
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
fn reading(argument: &TemplateValue) -> usize {
    match argument {
        TemplateValue::Text(text) => text.len() / 64,
        TemplateValue::Unknown(rest) => rest.size().min(prefix::LONGEST) / 64,
        TemplateValue::Null
        | TemplateValue::Bool(_)
        | TemplateValue::Number(_)
        | TemplateValue::Id(_)
        | TemplateValue::List(_)
        | TemplateValue::Object(_) => 0,
    }
}
