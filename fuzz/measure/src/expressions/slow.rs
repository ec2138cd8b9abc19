//! A second evaluator of template expressions, written apart from the product's and as plainly as the pages are: every parameter
//! has a value, every argument is evaluated, nothing is shared but JSON values.

use serde_json::{Map, Value, json};

/// An expression.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Value(Value),
    Parameter(usize),
    /// The variable of the lambda around.
    Variable,
    Call(&'static str, Vec<Expression>),
    /// A function of a list, and the body of its lambda.
    Each(&'static str, Box<Expression>, Box<Expression>),
    Property(Box<Expression>, &'static str),
}

use Expression::{Call, Each, Parameter, Property, Variable};

impl Expression {
    /// As a template writes it.
    pub(super) fn text(&self) -> String {
        let all = |of: &[Expression]| of.iter().map(Expression::text).collect::<Vec<_>>().join(", ");
        match self {
            Expression::Value(Value::String(text)) => format!("'{}'", text.replace('\'', "''")),
            Expression::Value(Value::Number(number)) => number.to_string(),
            Expression::Value(Value::Bool(value)) => format!("{value}()"),
            Expression::Value(Value::Null) => "null()".to_owned(),
            Expression::Value(Value::Array(items)) => {
                format!("createArray({})", all(&items.iter().cloned().map(Expression::Value).collect::<Vec<_>>()))
            }
            Expression::Value(Value::Object(_)) => "createObject()".to_owned(),
            Parameter(index) => format!("parameters('p{index}')"),
            Variable => "lambdaVariables('x')".to_owned(),
            Call(function, arguments) => format!("{function}({})", all(arguments)),
            Each(function, list, body) => format!("{function}({}, lambda('x', {}))", list.text(), body.text()),
            Property(of, name) => format!("{}.{name}", of.text()),
        }
    }

    /// The value, or that there is none.
    pub(super) fn value(&self, parameters: &[Value], variable: Option<&Value>) -> Option<Value> {
        match self {
            Expression::Value(value) => Some(value.clone()),
            Parameter(index) => parameters.get(*index).cloned(),
            Variable => variable.cloned(),
            Property(of, name) => of.value(parameters, variable)?.as_object()?.get(*name).cloned(),
            Each(function, list, body) => {
                let items = list.value(parameters, variable)?;
                let items = items.as_array()?;
                let values: Vec<Value> =
                    items.iter().map(|item| body.value(parameters, Some(item))).collect::<Option<_>>()?;
                match *function {
                    "map" => Some(Value::Array(values)),
                    _ => {
                        let kept = items.iter().zip(&values).filter(|(_, keep)| **keep == json!(true));
                        let is_truth = values.iter().all(Value::is_boolean);
                        is_truth.then(|| kept.map(|(item, _)| item.clone()).collect::<Vec<_>>().into())
                    }
                }
            }
            Call("if", arguments) => match arguments[0].value(parameters, variable)? {
                Value::Bool(true) => arguments[1].value(parameters, variable),
                Value::Bool(false) => arguments[2].value(parameters, variable),
                _ => None,
            },
            Call(function, arguments) => {
                let values: Vec<Value> =
                    arguments.iter().map(|argument| argument.value(parameters, variable)).collect::<Option<_>>()?;
                call(function, &values)
            }
        }
    }
}

fn call(function: &str, values: &[Value]) -> Option<Value> {
    let text = |at: usize| values[at].as_str();
    let list = |at: usize| values[at].as_array();
    let number = |at: usize| values[at].as_i64();
    let truths = || values.iter().map(Value::as_bool).collect::<Option<Vec<bool>>>();
    let lists = || values.iter().map(|value| value.as_array().cloned()).collect::<Option<Vec<Vec<Value>>>>();
    Some(match function {
        "and" => json!(truths()?.iter().all(|value| *value)),
        "or" => json!(truths()?.iter().any(|value| *value)),
        "not" => json!(!values[0].as_bool()?),
        "equals" => json!(values[0] == values[1]),
        "empty" => match &values[0] {
            Value::Null => json!(true),
            Value::String(text) => json!(text.is_empty()),
            Value::Array(items) => json!(items.is_empty()),
            Value::Object(entries) => json!(entries.is_empty()),
            _ => return None,
        },
        "contains" => match &values[0] {
            Value::Array(items) => json!(items.contains(&values[1])),
            Value::String(of) => json!(of.contains(text(1)?)),
            Value::Object(entries) => json!(entries.contains_key(text(1)?)),
            _ => return None,
        },
        "startsWith" => json!(text(0)?.to_lowercase().starts_with(&text(1)?.to_lowercase())),
        "endsWith" => json!(text(0)?.to_lowercase().ends_with(&text(1)?.to_lowercase())),
        "less" => json!(number(0)? < number(1)?),
        "add" => json!(number(0)? + number(1)?),
        "sub" => json!(number(0)? - number(1)?),
        "length" => match &values[0] {
            Value::String(text) => json!(text.len()),
            Value::Array(items) => json!(items.len()),
            _ => return None,
        },
        "indexOf" => {
            let at = list(0)?.iter().position(|item| *item == values[1]);
            json!(at.map_or(-1, |at| i64::try_from(at).unwrap()))
        }
        "coalesce" => values.iter().find(|value| !value.is_null()).cloned().unwrap_or_default(),
        "concat" if values[0].is_array() => Value::Array(lists()?.concat()),
        "concat" => json!(values.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.concat()),
        "toUpper" => json!(text(0)?.to_uppercase()),
        "replace" => json!(text(0)?.replace(text(1).filter(|from| !from.is_empty())?, text(2)?)),
        "join" => json!(list(0)?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.join(text(1)?)),
        "split" => json!(text(0)?.split(text(1).filter(|by| !by.is_empty())?).collect::<Vec<_>>()),
        "createArray" => Value::Array(values.to_vec()),
        "createObject" => {
            let mut entries = Map::new();
            values.chunks(2).for_each(|pair| {
                entries.insert(pair[0].as_str().unwrap().to_owned(), pair[1].clone());
            });
            Value::Object(entries)
        }
        "first" => list(0)?.first().cloned().unwrap_or_default(),
        "last" => list(0)?.last().cloned().unwrap_or_default(),
        "take" => Value::Array(list(0)?.iter().take(usize::try_from(number(1)?).unwrap_or(0)).cloned().collect()),
        "skip" => Value::Array(list(0)?.iter().skip(usize::try_from(number(1)?).unwrap_or(0)).cloned().collect()),
        "union" => {
            let mut all: Vec<Value> = Vec::new();
            for item in lists()?.concat() {
                if !all.contains(&item) {
                    all.push(item);
                }
            }
            Value::Array(all)
        }
        "intersection" => {
            let (first, second) = (list(0)?, list(1)?);
            let mut all: Vec<Value> = Vec::new();
            for item in first {
                if second.contains(item) && !all.contains(item) {
                    all.push(item.clone());
                }
            }
            Value::Array(all)
        }
        other => panic!("`{other}` is not evaluated here"),
    })
}
