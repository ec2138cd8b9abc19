//! Values of arguments that are more than a text.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::driver::OutputFormat;
use crate::limits::LIMITS;

pub(super) fn at_once(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| (1..=512).contains(number)).ok_or_else(|| "expected 1 to 512".to_owned())
}

pub(super) fn retries(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number <= 10).ok_or_else(|| "expected 0 to 10".to_owned())
}

/// The names of the outputs, each with what it is.
pub(super) fn output_format() -> impl TypedValueParser<Value = OutputFormat> {
    let value = |format: OutputFormat| PossibleValue::new(format.name()).help(format.help());
    let names = PossibleValuesParser::new(OutputFormat::all().map(value));
    names.try_map(|name| OutputFormat::named(&name).ok_or("there is no such format"))
}

/// A limit of the table and a number.
pub(super) fn limit_and_number(text: &str) -> Result<(String, u64), String> {
    let (name, number) = name_and_value(text)?;
    let number = number.parse().map_err(|_| "expected NAME=NUMBER".to_owned())?;
    if LIMITS.iter().all(|limit| limit.name != name) {
        let known: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
        return Err(format!("there is no limit `{name}`: there are {}", known.join(", ")));
    }
    if LIMITS.iter().any(|limit| limit.name == name && limit.is_fixed()) {
        return Err(format!("`{name}` cannot be given: the language itself has no other"));
    }
    Ok((name, number))
}

pub(super) fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
