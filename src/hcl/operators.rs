//! Operators, and the conversions of single values.

use std::rc::Rc;

use super::ast::{Binary, Unary};
use super::fault::quoted;
use super::number::Number;
use super::value::{Data, Value, same};

/// A value, or why there is none.
pub(super) type Result<T> = std::result::Result<T, String>;

/// What an operator makes of two values.
pub(super) fn binary(operator: Binary, left: &Value, right: &Value) -> Result<Value> {
    match operator {
        Binary::Equal => Ok(equal(left, right, true)),
        Binary::Unequal => Ok(equal(left, right, false)),
        Binary::And | Binary::Or => logical(operator, left, right),
        Binary::Less => compared(operator, left, right, |a, b| a < b),
        Binary::LessOrEqual => compared(operator, left, right, |a, b| a <= b),
        Binary::Greater => compared(operator, left, right, |a, b| a > b),
        Binary::GreaterOrEqual => compared(operator, left, right, |a, b| a >= b),
        Binary::Plus => reckoned(operator, left, right, Number::plus),
        Binary::Minus => reckoned(operator, left, right, Number::minus),
        Binary::Times => reckoned(operator, left, right, Number::times),
        Binary::Divided => reckoned(operator, left, right, Number::divided),
        Binary::Remainder => reckoned(operator, left, right, Number::remainder),
    }
}

type Reckoned = fn(Number, Number) -> Option<Number>;

fn reckoned(operator: Binary, left: &Value, right: &Value, reckon: Reckoned) -> Result<Value> {
    let Some((a, b)) = number(left)?.zip(number(right)?) else { return Ok(unknown(operator, left, right)) };
    let divides = matches!(operator, Binary::Divided | Binary::Remainder);
    if divides && b.is_zero() {
        return Err("division by zero".to_owned());
    }
    reckon(a, b).map(|number| Value::new(Data::Number(number))).ok_or_else(|| "the result is too large".to_owned())
}

fn compared(operator: Binary, left: &Value, right: &Value, is: fn(Number, Number) -> bool) -> Result<Value> {
    let both = number(left)?.zip(number(right)?);
    Ok(both.map_or_else(|| unknown(operator, left, right), |(a, b)| Value::bool(is(a, b))))
}

fn equal(left: &Value, right: &Value, wanted: bool) -> Value {
    match same(left, right) {
        Some(is_same) => Value::bool(is_same == wanted),
        None => unknown(if wanted { Binary::Equal } else { Binary::Unequal }, left, right),
    }
}

/// What one side settles is settled, whatever the other is.
fn logical(operator: Binary, left: &Value, right: &Value) -> Result<Value> {
    let settles = operator == Binary::Or;
    match (truth(left)?, truth(right)?) {
        (Some(a), _) if a == settles => Ok(Value::bool(settles)),
        (_, Some(b)) if b == settles => Ok(Value::bool(settles)),
        (Some(_), Some(_)) => Ok(Value::bool(!settles)),
        (None, _) | (_, None) => Ok(unknown(operator, left, right)),
    }
}

fn unknown(operator: Binary, left: &Value, right: &Value) -> Value {
    let sign = match operator {
        Binary::Equal => "==",
        Binary::Unequal => "!=",
        Binary::Less => "<",
        Binary::LessOrEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterOrEqual => ">=",
        Binary::Plus => "+",
        Binary::Minus => "-",
        Binary::Times => "*",
        Binary::Divided => "/",
        Binary::Remainder => "%",
        Binary::And => "&&",
        Binary::Or => "||",
    };
    Value::unknown_of(format!("({} {sign} {})", left.written(), right.written()), [left, right])
}

pub(super) fn unary(operator: Unary, value: &Value) -> Result<Value> {
    match operator {
        Unary::Not => Ok(match truth(value)? {
            Some(truth) => Value::bool(!truth),
            None => Value::unknown_of(format!("!{}", value.written()), [value]),
        }),
        Unary::Minus => Ok(match number(value)? {
            Some(number) => Value::new(Data::Number(number.negated())),
            None => Value::unknown_of(format!("-{}", value.written()), [value]),
        }),
    }
}

/// The truth value, also of a text; `None` where it is not known.
pub(super) fn truth(value: &Value) -> Result<Option<bool>> {
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
pub(super) fn number(value: &Value) -> Result<Option<Number>> {
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
pub(super) fn text(value: &Value) -> Result<Option<Rc<str>>> {
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
pub(super) fn as_text(value: Value) -> Value {
    match (&value.data, text(&value)) {
        (Data::Number(_) | Data::Bool(_), Ok(Some(text))) => Value { data: Data::Text(text), ..value },
        _ => value,
    }
}

/// The text of a key that is known.
pub(super) fn key_text(key: &Value) -> Result<Rc<str>> {
    text(key)?.ok_or_else(|| "the key is not known".to_owned())
}

/// Values as the arguments of a call.
pub(super) fn all_written(values: &[Value]) -> String {
    values.iter().map(Value::written).collect::<Vec<_>>().join(", ")
}
