//! Arguments of functions, as what they are expected to be.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::fault::WrongHcl;
use super::super::number::Number;
use super::super::operators;
use super::super::value::{Data, HclList, HclObject, HclValue, ListKind, ObjectKind};
use super::FunctionCall;

/// Why a function gives no value.
pub(super) enum HclStop {
    /// What it is given settles nothing.
    Unknown,
    /// It is an error for Terraform too.
    Refused(String),
    /// This reader does not do it.
    Unread(String),
    Wrong(WrongHcl),
}

pub(super) type Taken = Result<HclValue, HclStop>;

impl From<WrongHcl> for HclStop {
    fn from(wrong: WrongHcl) -> Self {
        Self::Wrong(wrong)
    }
}

/// An error for Terraform too.
pub(super) fn refused<T>(why: impl Into<String>) -> Result<T, HclStop> {
    Err(HclStop::Refused(why.into()))
}

impl<'a> FunctionCall<'a, '_, '_> {
    /// The argument `index`.
    pub(super) fn get(&self, index: usize) -> Result<&'a HclValue, HclStop> {
        match self.arguments.get(index) {
            Some(value) => Ok(value),
            None => refused(format!("expected more than {} arguments", self.arguments.len())),
        }
    }

    /// The arguments, of which there must be `count`.
    pub(super) fn only<const N: usize>(&self) -> Result<[&'a HclValue; N], HclStop> {
        let all: Vec<&HclValue> = self.arguments.iter().collect();
        let found = all.len();
        all.try_into().or_else(|_| refused(format!("found {found} arguments, expected {N}")))
    }

    pub(super) fn text(&self, index: usize) -> Result<Rc<str>, HclStop> {
        text(self.get(index)?)
    }

    pub(super) fn number(&self, index: usize) -> Result<Number, HclStop> {
        number(self.get(index)?)
    }

    /// A whole number.
    pub(super) fn integer(&self, index: usize) -> Result<i128, HclStop> {
        let number = self.number(index)?;
        number.integer().map_or_else(|| refused("expected a whole number"), Ok)
    }

    pub(super) fn object(&self, index: usize) -> Result<&'a HclObject, HclStop> {
        object(self.get(index)?)
    }

    /// Takes the bytes of a text that is to be made.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), HclStop> {
        Ok(self.evaluator.charge(self.at, bytes)?)
    }

    pub(super) fn made_text(&mut self, text: impl Into<String>) -> Taken {
        let text = text.into();
        self.charge(text.len())?;
        Ok(HclValue::text(text))
    }

    pub(super) fn made_list(&mut self, kind: ListKind, items: Vec<HclValue>) -> Taken {
        Ok(self.evaluator.list(self.at, kind, items)?)
    }

    pub(super) fn made_object(&mut self, kind: ObjectKind, entries: BTreeMap<Rc<str>, HclValue>) -> Taken {
        Ok(self.evaluator.object(self.at, kind, entries)?)
    }
}

pub(super) fn text(value: &HclValue) -> Result<Rc<str>, HclStop> {
    operators::text(value).map_err(HclStop::Refused)?.ok_or(HclStop::Unknown)
}

pub(super) fn number(value: &HclValue) -> Result<Number, HclStop> {
    operators::number(value).map_err(HclStop::Refused)?.ok_or(HclStop::Unknown)
}

pub(super) fn truth(value: &HclValue) -> Result<bool, HclStop> {
    operators::truth(value).map_err(HclStop::Refused)?.ok_or(HclStop::Unknown)
}

pub(super) fn list(value: &HclValue) -> Result<&HclList, HclStop> {
    match &value.data {
        Data::List(list) => Ok(list),
        Data::Unknown(_) | Data::Instance(_) => Err(HclStop::Unknown),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Object(_) => {
            refused(format!("found {}, expected a list", value.described()))
        }
    }
}

pub(super) fn object(value: &HclValue) -> Result<&HclObject, HclStop> {
    match &value.data {
        Data::Object(object) => Ok(object),
        Data::Unknown(_) | Data::Instance(_) => Err(HclStop::Unknown),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) => {
            refused(format!("found {}, expected a map", value.described()))
        }
    }
}
