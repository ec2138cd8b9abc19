//! The names that an expression sees beside those of its module: `each`, `count`, and the variables of loops.

use std::rc::Rc;

use super::value::{Object, Value};

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub module: usize,
    pub frame: Option<&'s Frame<'s>>,
}

/// Names, and those around them.
#[derive(Debug)]
pub(super) struct Frame<'s> {
    pub names: Names,
    pub above: Option<&'s Frame<'s>>,
}

#[derive(Debug)]
pub(super) enum Names {
    One(Rc<str>, Value),
    /// The entries of an object.
    All(Rc<Object>),
}

impl<'s> Scope<'s> {
    /// The names of a module alone.
    pub(super) fn of(module: usize) -> Self {
        Self { module, frame: None }
    }

    pub(super) fn find(&self, name: &str) -> Option<&'s Value> {
        let mut frame = self.frame;
        while let Some(own) = frame {
            match &own.names {
                Names::One(known, value) if **known == *name => return Some(value),
                Names::One(..) => {}
                Names::All(object) => {
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
    pub(super) fn frame(&self, name: &Rc<str>, value: Value) -> Frame<'s> {
        Frame { names: Names::One(Rc::clone(name), value), above: self.frame }
    }

    /// The scope that sees `frame` too.
    pub(super) fn with<'n>(&self, frame: &'n Frame<'n>) -> Scope<'n> {
        Scope { module: self.module, frame: Some(frame) }
    }
}
