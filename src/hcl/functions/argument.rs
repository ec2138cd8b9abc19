//! Arguments of functions, as what they are expected to be.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::fault::Wrong;
use super::super::number::Number;
use super::super::operators;
use super::super::value::{Data, List, ListKind, Object, ObjectKind, Value};
use super::Asked;

/// Why a function gives no value.
pub(super) enum Stop {
    /// What it is given settles nothing.
    Unknown,
    /// It is an error for Terraform too.
    Refused(String),
    /// This reader does not do it.
    Unread(String),
    Wrong(Wrong),
}

pub(super) type Taken = Result<Value, Stop>;

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

/// An error for Terraform too.
pub(super) fn refused<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(why.into()))
}

impl<'a> Asked<'a, '_, '_> {
    /// The argument `index`.
    pub(super) fn get(&self, index: usize) -> Result<&'a Value, Stop> {
        match self.arguments.get(index) {
            Some(value) => Ok(value),
            None => refused(format!("expected more than {} arguments", self.arguments.len())),
        }
    }

    /// The arguments, of which there must be `count`.
    pub(super) fn only<const N: usize>(&self) -> Result<[&'a Value; N], Stop> {
        let all: Vec<&Value> = self.arguments.iter().collect();
        let found = all.len();
        all.try_into().or_else(|_| refused(format!("found {found} arguments, expected {N}")))
    }

    pub(super) fn text(&self, index: usize) -> Result<Rc<str>, Stop> {
        text(self.get(index)?)
    }

    pub(super) fn number(&self, index: usize) -> Result<Number, Stop> {
        number(self.get(index)?)
    }

    /// A whole number.
    pub(super) fn integer(&self, index: usize) -> Result<i128, Stop> {
        let number = self.number(index)?;
        number.integer().map_or_else(|| refused("expected a whole number"), Ok)
    }

    pub(super) fn object(&self, index: usize) -> Result<&'a Object, Stop> {
        object(self.get(index)?)
    }

    /// Takes the bytes of a text that is to be made.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), Stop> {
        Ok(self.evaluator.charge(self.at, bytes)?)
    }

    pub(super) fn made_text(&mut self, text: impl Into<String>) -> Taken {
        let text = text.into();
        self.charge(text.len())?;
        Ok(Value::text(text))
    }

    pub(super) fn made_list(&mut self, kind: ListKind, items: Vec<Value>) -> Taken {
        Ok(self.evaluator.list(self.at, kind, items)?)
    }

    pub(super) fn made_object(&mut self, kind: ObjectKind, entries: BTreeMap<Rc<str>, Value>) -> Taken {
        Ok(self.evaluator.object(self.at, kind, entries)?)
    }
}

pub(super) fn text(value: &Value) -> Result<Rc<str>, Stop> {
    operators::text(value).map_err(Stop::Refused)?.ok_or(Stop::Unknown)
}

pub(super) fn number(value: &Value) -> Result<Number, Stop> {
    operators::number(value).map_err(Stop::Refused)?.ok_or(Stop::Unknown)
}

pub(super) fn truth(value: &Value) -> Result<bool, Stop> {
    operators::truth(value).map_err(Stop::Refused)?.ok_or(Stop::Unknown)
}

pub(super) fn list(value: &Value) -> Result<&List, Stop> {
    match &value.data {
        Data::List(list) => Ok(list),
        Data::Unknown(_) | Data::Instance(_) => Err(Stop::Unknown),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Object(_) => {
            refused(format!("found {}, expected a list", value.described()))
        }
    }
}

pub(super) fn object(value: &Value) -> Result<&Object, Stop> {
    match &value.data {
        Data::Object(object) => Ok(object),
        Data::Unknown(_) | Data::Instance(_) => Err(Stop::Unknown),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) => {
            refused(format!("found {}, expected a map", value.described()))
        }
    }
}
