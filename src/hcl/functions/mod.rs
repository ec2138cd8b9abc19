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

use super::evaluate::{HclEvaluator, HclResult};
use super::fault::{Weight, WrongHcl, quoted};
use super::operators::all_written;
use super::scope::HclScope;
use super::value::HclValue;
use crate::source::LayoutStretch;

use self::argument::{HclStop, Taken};

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
struct FunctionCall<'a, 'e, 'r> {
    evaluator: &'e mut HclEvaluator<'r>,
    name: &'a str,
    arguments: &'a [HclValue],
    at: LayoutStretch,
    scope: HclScope<'a>,
}

type Function = fn(&mut FunctionCall<'_, '_, '_>) -> Taken;

/// What a function gives for values.
pub(super) fn call(
    evaluator: &mut HclEvaluator<'_>,
    name: &str,
    arguments: &[HclValue],
    at: LayoutStretch,
    scope: HclScope<'_>,
) -> HclResult {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    let Some((takes, function)) = found(plain) else {
        return Err(WrongHcl::last(at, format!("function {} is not known to this reader", quoted(name))));
    };
    let size: usize = arguments.iter().map(|argument| argument.bulk().size).sum();
    evaluator.step(at, size.saturating_add(1))?;
    let is_known = |value: &HclValue| match takes {
        Takes::Known => value.is_known(),
        Takes::Shapes => !value.is_unknown() && !matches!(value.data, super::value::Data::Instance(_)),
        Takes::Anything => true,
    };
    if !arguments.iter().all(is_known) {
        return Ok(unknown(plain, arguments));
    }
    let mut asked = FunctionCall { evaluator, name: plain, arguments, at, scope };
    match function(&mut asked) {
        Ok(value) => Ok(value),
        Err(HclStop::Unknown) => Ok(unknown(plain, arguments)),
        Err(HclStop::Refused(why)) => Err(WrongHcl::new(at, format!("`{plain}`: {why}"))),
        Err(HclStop::Unread(why)) => {
            Err(WrongHcl { weight: Weight::Final, ..WrongHcl::new(at, format!("`{plain}`: {why}")) })
        }
        Err(HclStop::Wrong(wrong)) => Err(wrong),
    }
}

fn unknown(name: &str, arguments: &[HclValue]) -> HclValue {
    HclValue::unknown_of(format!("{name}({})", all_written(arguments)), arguments)
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
