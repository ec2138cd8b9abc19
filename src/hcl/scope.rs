//! The names that an expression sees beside those of its module: `each`, `count`, and the variables of loops.

use std::rc::Rc;

use super::value::{HclObject, HclValue};

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) struct HclScope<'s> {
    pub module: usize,
    pub frame: Option<&'s ScopeFrame<'s>>,
}

/// Names, and those around them.
#[derive(Debug)]
pub(super) struct ScopeFrame<'s> {
    pub names: ScopeNames,
    pub above: Option<&'s ScopeFrame<'s>>,
}

#[derive(Debug)]
pub(super) enum ScopeNames {
    One(Rc<str>, HclValue),
    /// The entries of an object.
    All(Rc<HclObject>),
}

impl<'s> HclScope<'s> {
    /// The names of a module alone.
    pub(super) fn of(module: usize) -> Self {
        Self { module, frame: None }
    }

    pub(super) fn find(&self, name: &str) -> Option<&'s HclValue> {
        let mut frame = self.frame;
        while let Some(own) = frame {
            match &own.names {
                ScopeNames::One(known, value) if **known == *name => return Some(value),
                ScopeNames::One(..) => {}
                ScopeNames::All(object) => {
                    if let Some(value) = object.entries.get(name) {
                        return Some(value);
                    }
                }
            }
            frame = own.above;
        }
        None
    }

    /// A frame above the names of this scope.
    pub(super) fn frame(&self, name: &Rc<str>, value: HclValue) -> ScopeFrame<'s> {
        ScopeFrame { names: ScopeNames::One(Rc::clone(name), value), above: self.frame }
    }

    /// The scope that sees `frame` too.
    pub(super) fn with<'n>(&self, frame: &'n ScopeFrame<'n>) -> HclScope<'n> {
        HclScope { module: self.module, frame: Some(frame) }
    }
}
