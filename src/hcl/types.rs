//! Type constraints of variables, and what values become by them.
//!
//! Source: HashiCorp, "Type Constraints" of Terraform 1.9, conversion and `optional`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::{Expr, HclKind};
use super::evaluate::{HclEvaluator, HclResult};
use super::fault::{WrongHcl, quoted};
use super::operators;
use super::scope::HclScope;
use super::value::{Data, HclValue, ListKind, ObjectKind, order, same};
use crate::source::LayoutStretch;

/// A type constraint.
#[derive(Clone, Debug)]
pub(super) enum HclType {
    Any,
    Text,
    Number,
    Bool,
    List(Box<HclType>),
    Set(Box<HclType>),
    Map(Box<HclType>),
    Tuple(Vec<HclType>),
    Object(Vec<TypeField>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub(super) struct TypeField {
    name: Rc<str>,
    of: HclType,
    is_optional: bool,
    default: Option<Expr>,
}

/// The type that an expression states.
pub(super) fn parse(expr: &Expr) -> Result<HclType, WrongHcl> {
    let refused = || WrongHcl::last(expr.at, "found no type, expected one such as `list(string)`");
    match &expr.kind {
        HclKind::Variable(name) | HclKind::Text(name) => match &**name {
            "any" => Ok(HclType::Any),
            "string" => Ok(HclType::Text),
            "number" => Ok(HclType::Number),
            "bool" => Ok(HclType::Bool),
            // Before version 0.12 a collection had no type of its elements.
            "list" => Ok(HclType::List(Box::new(HclType::Any))),
            "map" => Ok(HclType::Map(Box::new(HclType::Any))),
            _ => Err(refused()),
        },
        HclKind::Call(call) => match (&*call.name, call.arguments.as_slice()) {
            ("list", [of]) => Ok(HclType::List(Box::new(parse(of)?))),
            ("set", [of]) => Ok(HclType::Set(Box::new(parse(of)?))),
            ("map", [of]) => Ok(HclType::Map(Box::new(parse(of)?))),
            ("tuple", [Expr { kind: HclKind::List(items), .. }]) => {
                Ok(HclType::Tuple(items.iter().map(parse).collect::<Result<_, _>>()?))
            }
            ("object", [Expr { kind: HclKind::Object(entries), .. }]) => {
                Ok(HclType::Object(entries.iter().map(field).collect::<Result<_, _>>()?))
            }
            _ => Err(refused()),
        },
        HclKind::Null
        | HclKind::Bool(_)
        | HclKind::Number(_)
        | HclKind::Template(_)
        | HclKind::List(_)
        | HclKind::Object(_)
        | HclKind::Conditional(_)
        | HclKind::Traversal(..)
        | HclKind::Unary(..)
        | HclKind::Binary(..)
        | HclKind::For(_) => Err(refused()),
    }
}

fn field((name, of): &(Expr, Expr)) -> Result<TypeField, WrongHcl> {
    let HclKind::Text(name) = &name.kind else {
        return Err(WrongHcl::last(name.at, "expected the name of an attribute"));
    };
    let name = Rc::clone(name);
    if let HclKind::Call(call) = &of.kind
        && &*call.name == "optional"
    {
        return match call.arguments.as_slice() {
            [own] => Ok(TypeField { name, of: parse(own)?, is_optional: true, default: None }),
            [own, default] => {
                Ok(TypeField { name, of: parse(own)?, is_optional: true, default: Some(default.clone()) })
            }
            _ => Err(WrongHcl::last(of.at, "`optional` has a type and a default")),
        };
    }
    Ok(TypeField { name, of: parse(of)?, is_optional: false, default: None })
}

impl HclEvaluator<'_> {
    /// The value as one of that type.
    pub(super) fn converted(
        &mut self,
        value: HclValue,
        to: &HclType,
        at: LayoutStretch,
        scope: HclScope<'_>,
    ) -> HclResult {
        self.step(at, 1)?;
        if matches!(value.data, Data::Null | Data::Unknown(_) | Data::Instance(_)) {
            return Ok(value);
        }
        let wrong = |message: String| WrongHcl::new(value.at.unwrap_or(at), message);
        let own = value.at;
        let made = match to {
            HclType::Any => return Ok(value),
            HclType::Text => operators::text(&value).map_err(wrong)?.map_or(value, HclValue::text),
            HclType::Number => match operators::number(&value).map_err(wrong)? {
                Some(number) => HclValue::new(Data::Number(number)),
                None => value,
            },
            HclType::Bool => operators::truth(&value).map_err(wrong)?.map_or(value, HclValue::bool),
            HclType::List(of) => self.list_of(ListKind::List, &value, of, at, scope)?,
            HclType::Set(of) => {
                let list = self.list_of(ListKind::List, &value, of, at, scope)?;
                self.set_of(&list, at)?
            }
            HclType::Map(of) => self.map_of(&value, of, at, scope)?,
            HclType::Tuple(types) => self.tuple_of(&value, types, at, scope)?,
            HclType::Object(fields) => self.typed_object(&value, fields, at, scope)?,
        };
        Ok(HclValue { at: own, ..made })
    }

    fn list_of(
        &mut self,
        kind: ListKind,
        value: &HclValue,
        of: &HclType,
        at: LayoutStretch,
        scope: HclScope<'_>,
    ) -> HclResult {
        let Data::List(list) = &value.data else { return Err(expected("a list", value, at)) };
        let items = list.items.iter().map(|item| self.converted(item.clone(), of, at, scope));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.list(at, kind, items)
    }

    fn tuple_of(&mut self, value: &HclValue, types: &[HclType], at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let Data::List(list) = &value.data else { return Err(expected("a list", value, at)) };
        if list.items.len() != types.len() {
            let message = format!("found {} elements, expected {}", list.items.len(), types.len());
            return Err(WrongHcl::new(value.at.unwrap_or(at), message));
        }
        let items = list.items.iter().zip(types).map(|(item, of)| self.converted(item.clone(), of, at, scope));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.list(at, ListKind::Tuple, items)
    }

    /// The elements as a set: sorted, each once. Which of them are the same is not known where one is unknown.
    pub(super) fn set_of(&mut self, list: &HclValue, at: LayoutStretch) -> HclResult {
        let Data::List(own) = &list.data else { return Err(expected("a list", list, at)) };
        if own.kind == ListKind::Set {
            return Ok(list.clone());
        }
        if !list.is_known() {
            return Ok(HclValue::unknown_of(format!("toset({})", list.written()), [list]));
        }
        self.step(at, list.bulk().size)?;
        let mut items = unified(&own.items);
        items.sort_by(order);
        let items = self.distinct(items, at)?;
        self.list(at, ListKind::Set, items)
    }

    /// Each value once, the first of them.
    pub(super) fn distinct(&mut self, items: Vec<HclValue>, at: LayoutStretch) -> Result<Vec<HclValue>, WrongHcl> {
        let mut seen = std::collections::HashSet::new();
        let mut kept: Vec<HclValue> = Vec::new();
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

    fn map_of(&mut self, value: &HclValue, of: &HclType, at: LayoutStretch, scope: HclScope<'_>) -> HclResult {
        let Data::Object(object) = &value.data else { return Err(expected("a map", value, at)) };
        let mut entries = BTreeMap::new();
        for (key, value) in &object.entries {
            entries.insert(Rc::clone(key), self.converted(value.clone(), of, at, scope)?);
        }
        self.object(at, ObjectKind::Map, entries)
    }

    /// The attributes that the type has: others are left out, as Terraform does it.
    fn typed_object(
        &mut self,
        value: &HclValue,
        fields: &[TypeField],
        at: LayoutStretch,
        scope: HclScope<'_>,
    ) -> HclResult {
        let Data::Object(object) = &value.data else { return Err(expected("an object", value, at)) };
        let mut entries = BTreeMap::new();
        for TypeField { name, of, is_optional, default } in fields {
            let given = object.entries.get(name);
            if given.is_none() && !is_optional {
                let message = format!("expected attribute {}", quoted(name));
                return Err(WrongHcl::new(value.at.unwrap_or(at), message));
            }
            let given = match (given.filter(|given| !given.is_null()), default) {
                (Some(given), _) => given.clone(),
                (None, Some(default)) => self.eval(default, scope)?,
                (None, None) => HclValue::null(),
            };
            entries.insert(Rc::clone(name), self.converted(given, of, at, scope)?);
        }
        self.object(at, ObjectKind::Object, entries)
    }
}

fn expected(what: &str, found: &HclValue, at: LayoutStretch) -> WrongHcl {
    WrongHcl::new(found.at.unwrap_or(at), format!("found {}, expected {what}", found.described()))
}

/// Values of one type, as far as they are single ones: where a text is among them, all are texts.
pub(super) fn unified(items: &[HclValue]) -> Vec<HclValue> {
    let has_text = items.iter().any(|item| matches!(item.data, Data::Text(_)));
    let is_single = |item: &HclValue| {
        matches!(item.data, Data::Text(_) | Data::Number(_) | Data::Bool(_) | Data::Null | Data::Unknown(_))
    };
    match has_text && items.iter().all(is_single) {
        true => items.iter().cloned().map(operators::as_text).collect(),
        false => items.to_vec(),
    }
}
