//! Type constraints of variables, and what values become by them.
//!
//! Source: HashiCorp, "Type Constraints" of Terraform 1.9, conversion and `optional`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::{Expr, Kind};
use super::evaluate::{Evaluator, Made};
use super::fault::{Wrong, quoted};
use super::operators;
use super::scope::Scope;
use super::value::{Data, ListKind, ObjectKind, Value, order, same};
use crate::source::Stretch;

/// A type constraint.
#[derive(Clone, Debug)]
pub(super) enum Type {
    Any,
    Text,
    Number,
    Bool,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(Vec<Field>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub(super) struct Field {
    name: Rc<str>,
    of: Type,
    is_optional: bool,
    default: Option<Expr>,
}

/// The type that an expression states.
pub(super) fn parse(expr: &Expr) -> Result<Type, Wrong> {
    let refused = || Wrong::last(expr.at, "found no type, expected one such as `list(string)`");
    match &expr.kind {
        Kind::Variable(name) | Kind::Text(name) => match &**name {
            "any" => Ok(Type::Any),
            "string" => Ok(Type::Text),
            "number" => Ok(Type::Number),
            "bool" => Ok(Type::Bool),
            // Before version 0.12 a collection had no type of its elements.
            "list" => Ok(Type::List(Box::new(Type::Any))),
            "map" => Ok(Type::Map(Box::new(Type::Any))),
            _ => Err(refused()),
        },
        Kind::Call(call) => match (&*call.name, call.arguments.as_slice()) {
            ("list", [of]) => Ok(Type::List(Box::new(parse(of)?))),
            ("set", [of]) => Ok(Type::Set(Box::new(parse(of)?))),
            ("map", [of]) => Ok(Type::Map(Box::new(parse(of)?))),
            ("tuple", [Expr { kind: Kind::List(items), .. }]) => {
                Ok(Type::Tuple(items.iter().map(parse).collect::<Result<_, _>>()?))
            }
            ("object", [Expr { kind: Kind::Object(entries), .. }]) => {
                Ok(Type::Object(entries.iter().map(field).collect::<Result<_, _>>()?))
            }
            _ => Err(refused()),
        },
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::Template(_)
        | Kind::List(_)
        | Kind::Object(_)
        | Kind::Conditional(_)
        | Kind::Traversal(..)
        | Kind::Unary(..)
        | Kind::Binary(..)
        | Kind::For(_) => Err(refused()),
    }
}

fn field((name, of): &(Expr, Expr)) -> Result<Field, Wrong> {
    let Kind::Text(name) = &name.kind else { return Err(Wrong::last(name.at, "expected the name of an attribute")) };
    let name = Rc::clone(name);
    if let Kind::Call(call) = &of.kind
        && &*call.name == "optional"
    {
        return match call.arguments.as_slice() {
            [own] => Ok(Field { name, of: parse(own)?, is_optional: true, default: None }),
            [own, default] => Ok(Field { name, of: parse(own)?, is_optional: true, default: Some(default.clone()) }),
            _ => Err(Wrong::last(of.at, "`optional` has a type and a default")),
        };
    }
    Ok(Field { name, of: parse(of)?, is_optional: false, default: None })
}

impl Evaluator<'_> {
    /// The value as one of that type.
    pub(super) fn converted(&mut self, value: Value, to: &Type, at: Stretch, scope: Scope<'_>) -> Made {
        self.step(at, 1)?;
        if matches!(value.data, Data::Null | Data::Unknown(_) | Data::Instance(_)) {
            return Ok(value);
        }
        let wrong = |message: String| Wrong::new(value.at.unwrap_or(at), message);
        let own = value.at;
        let made = match to {
            Type::Any => return Ok(value),
            Type::Text => operators::text(&value).map_err(wrong)?.map_or(value, Value::text),
            Type::Number => match operators::number(&value).map_err(wrong)? {
                Some(number) => Value::new(Data::Number(number)),
                None => value,
            },
            Type::Bool => operators::truth(&value).map_err(wrong)?.map_or(value, Value::bool),
            Type::List(of) => self.list_of(ListKind::List, &value, of, at, scope)?,
            Type::Set(of) => {
                let list = self.list_of(ListKind::List, &value, of, at, scope)?;
                self.set_of(&list, at)?
            }
            Type::Map(of) => self.map_of(&value, of, at, scope)?,
            Type::Tuple(types) => self.tuple_of(&value, types, at, scope)?,
            Type::Object(fields) => self.typed_object(&value, fields, at, scope)?,
        };
        Ok(Value { at: own, ..made })
    }

    fn list_of(&mut self, kind: ListKind, value: &Value, of: &Type, at: Stretch, scope: Scope<'_>) -> Made {
        let Data::List(list) = &value.data else { return Err(expected("a list", value, at)) };
        let items = list.items.iter().map(|item| self.converted(item.clone(), of, at, scope));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.list(at, kind, items)
    }

    fn tuple_of(&mut self, value: &Value, types: &[Type], at: Stretch, scope: Scope<'_>) -> Made {
        let Data::List(list) = &value.data else { return Err(expected("a list", value, at)) };
        if list.items.len() != types.len() {
            let message = format!("found {} elements, expected {}", list.items.len(), types.len());
            return Err(Wrong::new(value.at.unwrap_or(at), message));
        }
        let items = list.items.iter().zip(types).map(|(item, of)| self.converted(item.clone(), of, at, scope));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.list(at, ListKind::Tuple, items)
    }

    /// The elements as a set: sorted, each once. Which of them are the same is not known where one is unknown.
    pub(super) fn set_of(&mut self, list: &Value, at: Stretch) -> Made {
        let Data::List(own) = &list.data else { return Err(expected("a list", list, at)) };
        if own.kind == ListKind::Set {
            return Ok(list.clone());
        }
        if !list.is_known() {
            return Ok(Value::unknown_of(format!("toset({})", list.written()), [list]));
        }
        self.step(at, list.bulk().size)?;
        let mut items = unified(&own.items);
        items.sort_by(order);
        let items = self.distinct(items, at)?;
        self.list(at, ListKind::Set, items)
    }

    /// Each value once, the first of them.
    pub(super) fn distinct(&mut self, items: Vec<Value>, at: Stretch) -> Result<Vec<Value>, Wrong> {
        let mut seen = std::collections::HashSet::new();
        let mut kept: Vec<Value> = Vec::new();
        for item in items {
            self.step(at, 1)?;
            let is_new = match &item.data {
                Data::Text(text) => seen.insert(Rc::clone(text)),
                Data::Null
                | Data::Bool(_)
                | Data::Number(_)
                | Data::List(_)
                | Data::Object(_)
                | Data::Instance(_)
                | Data::Unknown(_) => {
                    self.step(at, kept.len().saturating_add(1).saturating_mul(item.bulk().size))?;
                    kept.iter().all(|other| same(other, &item) != Some(true))
                }
            };
            if is_new {
                kept.push(item);
            }
        }
        Ok(kept)
    }

    fn map_of(&mut self, value: &Value, of: &Type, at: Stretch, scope: Scope<'_>) -> Made {
        let Data::Object(object) = &value.data else { return Err(expected("a map", value, at)) };
        let mut entries = BTreeMap::new();
        for (key, value) in &object.entries {
            entries.insert(Rc::clone(key), self.converted(value.clone(), of, at, scope)?);
        }
        self.object(at, ObjectKind::Map, entries)
    }

    /// The attributes that the type has: others are left out, as Terraform does it.
    fn typed_object(&mut self, value: &Value, fields: &[Field], at: Stretch, scope: Scope<'_>) -> Made {
        let Data::Object(object) = &value.data else { return Err(expected("an object", value, at)) };
        let mut entries = BTreeMap::new();
        for Field { name, of, is_optional, default } in fields {
            let given = object.entries.get(name);
            if given.is_none() && !is_optional {
                let message = format!("expected attribute {}", quoted(name));
                return Err(Wrong::new(value.at.unwrap_or(at), message));
            }
            let given = match (given.filter(|given| !given.is_null()), default) {
                (Some(given), _) => given.clone(),
                (None, Some(default)) => self.eval(default, scope)?,
                (None, None) => Value::null(),
            };
            entries.insert(Rc::clone(name), self.converted(given, of, at, scope)?);
        }
        self.object(at, ObjectKind::Object, entries)
    }
}

fn expected(what: &str, found: &Value, at: Stretch) -> Wrong {
    Wrong::new(found.at.unwrap_or(at), format!("found {}, expected {what}", found.described()))
}

/// Values of one type, as far as they are single ones: where a text is among them, all are texts.
pub(super) fn unified(items: &[Value]) -> Vec<Value> {
    let has_text = items.iter().any(|item| matches!(item.data, Data::Text(_)));
    let is_single = |item: &Value| {
        matches!(item.data, Data::Text(_) | Data::Number(_) | Data::Bool(_) | Data::Null | Data::Unknown(_))
    };
    match has_text && items.iter().all(is_single) {
        true => items.iter().cloned().map(operators::as_text).collect(),
        false => items.to_vec(),
    }
}
