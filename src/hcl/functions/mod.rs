//! The functions of Terraform's language.
//!
//! Source: HashiCorp, "Functions" of Terraform 1.9; what is not said there was tried with `terraform console` of that version.

mod argument;
mod cidr;
mod collections;
mod encoding;
mod files;
mod lists;
mod maps;
mod numbers;
mod patterns;
mod sets;
mod texts;
mod yaml;

use super::evaluate::{Evaluator, Made};
use super::fault::{Weight, Wrong, quoted};
use super::operators::all_written;
use super::scope::Scope;
use super::value::Value;
use crate::source::Stretch;

use self::argument::{Stop, Taken};

pub(super) use self::encoding::value_json;

/// How a function takes what is not known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Each argument must be known, whole.
    Known,
    /// Each argument must be known, but what is in it may be unknown.
    Shapes,
    /// Anything.
    Anything,
}

/// A call of a function.
struct Asked<'a, 'e, 'r> {
    evaluator: &'e mut Evaluator<'r>,
    name: &'a str,
    arguments: &'a [Value],
    at: Stretch,
    scope: Scope<'a>,
}

type Function = fn(&mut Asked<'_, '_, '_>) -> Taken;

/// What a function gives for values.
pub(super) fn call(
    evaluator: &mut Evaluator<'_>,
    name: &str,
    arguments: &[Value],
    at: Stretch,
    scope: Scope<'_>,
) -> Made {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    let Some((takes, function)) = found(plain) else {
        return Err(Wrong::last(at, format!("function {} is not known to this reader", quoted(name))));
    };
    let size: usize = arguments.iter().map(|argument| argument.bulk().size).sum();
    evaluator.step(at, size.saturating_add(1))?;
    let is_known = |value: &Value| match takes {
        Takes::Known => value.is_known(),
        Takes::Shapes => !value.is_unknown() && !matches!(value.data, super::value::Data::Instance(_)),
        Takes::Anything => true,
    };
    if !arguments.iter().all(is_known) {
        return Ok(unknown(plain, arguments));
    }
    let mut asked = Asked { evaluator, name: plain, arguments, at, scope };
    match function(&mut asked) {
        Ok(value) => Ok(value),
        Err(Stop::Unknown) => Ok(unknown(plain, arguments)),
        Err(Stop::Refused(why)) => Err(Wrong::new(at, format!("`{plain}`: {why}"))),
        Err(Stop::Unread(why)) => Err(Wrong { weight: Weight::Final, ..Wrong::new(at, format!("`{plain}`: {why}")) }),
        Err(Stop::Wrong(wrong)) => Err(wrong),
    }
}

fn unknown(name: &str, arguments: &[Value]) -> Value {
    Value::unknown_of(format!("{name}({})", all_written(arguments)), arguments)
}

fn found(name: &str) -> Option<(Takes, Function)> {
    let known = |function: Option<Function>| function.map(|function| (Takes::Known, function));
    let shapes = |function: Option<Function>| function.map(|function| (Takes::Shapes, function));
    known(texts::function(name))
        .or_else(|| known(numbers::function(name)))
        .or_else(|| known(cidr::function(name)))
        .or_else(|| known(encoding::function(name)))
        .or_else(|| known(files::function(name)))
        .or_else(|| known(sets::function(name)))
        .or_else(|| shapes(lists::function(name)))
        .or_else(|| shapes(maps::function(name)))
        .or_else(|| collections::function(name).map(|function| (Takes::Anything, function)))
}
