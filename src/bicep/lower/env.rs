//! Where an expression is: its file, and the names of the loops and lambdas around it.

use std::rc::Rc;

use super::super::ast::Spanned;
use super::super::fault::{BicepFault, WrongBicep};
use super::super::unit::BicepSource;

/// Where an expression is.
#[derive(Clone)]
pub(super) struct BicepEnv<'e> {
    pub unit: usize,
    pub source: &'e BicepSource,
    locals: Option<Rc<Local>>,
    /// The resource in whose body it is.
    pub inside: Option<usize>,
}

/// A name of a loop, of a lambda or of a function's parameter, and those around it.
struct Local {
    name: String,
    text: String,
    up: Option<Rc<Local>>,
}

impl<'e> BicepEnv<'e> {
    pub(super) fn of(unit: usize, source: &'e BicepSource) -> Self {
        Self { unit, source, locals: None, inside: None }
    }

    /// The same, where `name` means the template expression `text`.
    pub(super) fn with(&self, name: &str, text: String) -> Self {
        let local = Local { name: name.to_owned(), text, up: self.locals.clone() };
        Self { locals: Some(Rc::new(local)), ..self.clone() }
    }

    /// The same, in the body of the resource `declared`.
    pub(super) fn in_body(&self, declared: usize) -> Self {
        Self { inside: Some(declared), ..self.clone() }
    }

    /// The template expression that `name` means in a loop, a lambda or a function.
    pub(super) fn local(&self, name: &str) -> Option<&str> {
        let mut next = self.locals.as_deref();
        while let Some(local) = next {
            if local.name == name {
                return Some(&local.text);
            }
            next = local.up.as_deref();
        }
        None
    }

    pub(super) fn fault(&self, at: Spanned, message: impl Into<String>) -> BicepFault {
        self.source.fault(WrongBicep::new(at, message))
    }
}
