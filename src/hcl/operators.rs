//! Operators, and the conversions of single values.

use std::rc::Rc;

use super::ast::{HclOperator, Unary};
use super::fault::quoted;
use super::number::Number;
use super::value::{Data, HclValue, same};

/// A value, or why there is none.
pub(super) type Result<T> = std::result::Result<T, String>;

/// What an operator makes of two values.
pub(super) fn binary(operator: HclOperator, left: &HclValue, right: &HclValue) -> Result<HclValue> {
    match operator {
        HclOperator::Equal => Ok(equal(left, right, true)),
        HclOperator::Unequal => Ok(equal(left, right, false)),
        HclOperator::And | HclOperator::Or => logical(operator, left, right),
        HclOperator::Less => compared(operator, left, right, |a, b| a < b),
        HclOperator::LessOrEqual => compared(operator, left, right, |a, b| a <= b),
        HclOperator::Greater => compared(operator, left, right, |a, b| a > b),
        HclOperator::GreaterOrEqual => compared(operator, left, right, |a, b| a >= b),
        HclOperator::Plus => reckoned(operator, left, right, Number::plus),
        HclOperator::Minus => reckoned(operator, left, right, Number::minus),
        HclOperator::Times => reckoned(operator, left, right, Number::times),
        HclOperator::Divided => reckoned(operator, left, right, Number::divided),
        HclOperator::Remainder => reckoned(operator, left, right, Number::remainder),
    }
}

type Reckoned = fn(Number, Number) -> Option<Number>;

fn reckoned(operator: HclOperator, left: &HclValue, right: &HclValue, reckon: Reckoned) -> Result<HclValue> {
    let Some((a, b)) = number(left)?.zip(number(right)?) else { return Ok(unknown(operator, left, right)) };
    let divides = matches!(operator, HclOperator::Divided | HclOperator::Remainder);
    if divides && b.is_zero() {
        return Err("division by zero".to_owned());
    }
    reckon(a, b).map(|number| HclValue::new(Data::Number(number))).ok_or_else(|| "the result is too large".to_owned())
}

fn compared(
    operator: HclOperator,
    left: &HclValue,
    right: &HclValue,
    is: fn(Number, Number) -> bool,
) -> Result<HclValue> {
    let both = number(left)?.zip(number(right)?);
    Ok(both.map_or_else(|| unknown(operator, left, right), |(a, b)| HclValue::bool(is(a, b))))
}

fn equal(left: &HclValue, right: &HclValue, wanted: bool) -> HclValue {
    match same(left, right) {
        Some(is_same) => HclValue::bool(is_same == wanted),
        None => unknown(if wanted { HclOperator::Equal } else { HclOperator::Unequal }, left, right),
    }
}

/// What one side settles is settled, whatever the other is.
fn logical(operator: HclOperator, left: &HclValue, right: &HclValue) -> Result<HclValue> {
    let settles = operator == HclOperator::Or;
    match (truth(left)?, truth(right)?) {
        (Some(a), _) if a == settles => Ok(HclValue::bool(settles)),
        (_, Some(b)) if b == settles => Ok(HclValue::bool(settles)),
        (Some(_), Some(_)) => Ok(HclValue::bool(!settles)),
        (None, _) | (_, None) => Ok(unknown(operator, left, right)),
    }
}

fn unknown(operator: HclOperator, left: &HclValue, right: &HclValue) -> HclValue {
    let sign = match operator {
        HclOperator::Equal => "==",
        HclOperator::Unequal => "!=",
        HclOperator::Less => "<",
        HclOperator::LessOrEqual => "<=",
        HclOperator::Greater => ">",
        HclOperator::GreaterOrEqual => ">=",
        HclOperator::Plus => "+",
        HclOperator::Minus => "-",
        HclOperator::Times => "*",
        HclOperator::Divided => "/",
        HclOperator::Remainder => "%",
        HclOperator::And => "&&",
        HclOperator::Or => "||",
    };
    HclValue::unknown_of(format!("({} {sign} {})", left.written(), right.written()), [left, right])
}

pub(super) fn unary(operator: Unary, value: &HclValue) -> Result<HclValue> {
    match operator {
        Unary::Not => Ok(match truth(value)? {
            Some(truth) => HclValue::bool(!truth),
            None => HclValue::unknown_of(format!("!{}", value.written()), [value]),
        }),
        Unary::Minus => Ok(match number(value)? {
            Some(number) => HclValue::new(Data::Number(number.negated())),
            None => HclValue::unknown_of(format!("-{}", value.written()), [value]),
        }),
    }
}

/// The truth value, also of a text; `None` where it is not known.
pub(super) fn truth(value: &HclValue) -> Result<Option<bool>> {
    match &value.data {
        Data::Bool(truth) => Ok(Some(*truth)),
        Data::Text(text) if matches!(&**text, "true" | "1") => Ok(Some(true)),
        Data::Text(text) if matches!(&**text, "false" | "0") => Ok(Some(false)),
        Data::Unknown(_) => Ok(None),
        Data::Null | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Object(_) | Data::Instance(_) => {
            Err(format!("found {}, expected a truth value", value.described()))
        }
    }
}

/// The number, also of a text; `None` where it is not known.
pub(super) fn number(value: &HclValue) -> Result<Option<Number>> {
    match &value.data {
        Data::Number(number) => Ok(Some(*number)),
        Data::Text(text) => match Number::parse(text) {
            Some(number) => Ok(Some(number)),
            None => Err(format!("found text {}, expected a number", quoted(text))),
        },
        Data::Unknown(_) => Ok(None),
        Data::Null | Data::Bool(_) | Data::List(_) | Data::Object(_) | Data::Instance(_) => {
            Err(format!("found {}, expected a number", value.described()))
        }
    }
}

/// The text, also of a number or a truth value; `None` where it is not known.
pub(super) fn text(value: &HclValue) -> Result<Option<Rc<str>>> {
    match &value.data {
        Data::Text(text) => Ok(Some(Rc::clone(text))),
        Data::Bool(truth) => Ok(Some(if *truth { "true" } else { "false" }.into())),
        Data::Number(number) => match number.text() {
            Some(text) => Ok(Some(text.into())),
            None => Err("the number has no end as a text".to_owned()),
        },
        Data::Unknown(_) => Ok(None),
        Data::Null | Data::List(_) | Data::Object(_) | Data::Instance(_) => {
            Err(format!("found {}, expected a text", value.described()))
        }
    }
}

/// The value as a text, where it is a number or a truth value.
pub(super) fn as_text(value: HclValue) -> HclValue {
    match (&value.data, text(&value)) {
        (Data::Number(_) | Data::Bool(_), Ok(Some(text))) => HclValue { data: Data::Text(text), ..value },
        _ => value,
    }
}

/// The text of a key that is known.
pub(super) fn key_text(key: &HclValue) -> Result<Rc<str>> {
    text(key)?.ok_or_else(|| "the key is not known".to_owned())
}

/// Values as the arguments of a call.
pub(super) fn all_written(values: &[HclValue]) -> String {
    values.iter().map(HclValue::written).collect::<Vec<_>>().join(", ")
}
